import ErrorRates
public import Reporting

/// Holds figures against the genie bound: a receiver below it is an error in the test.
///
/// A count contradicts the bound when so few errors would come by chance with probability below
/// 1e-9 at the bound's rate, less five of its standard errors and the 1 % by which the sum over
/// competitors may be above the genie's own rate. Bits of a symbol and neighboring symbols err
/// together, which widens the true distribution; the margin is for that.
public struct BoundCheck: Sendable {
    /// For receivers of symbol-spaced samples, and for those that see more of the photocurrent.
    private let bound: GenieBound
    private let oversampledBound: GenieBound

    /// - Throws: what computing the bounds throws.
    public init(_ link: LinkDescription, parallel: Parallel) throws {
        bound = try GenieBound(link, samples: .received, seed: 1, blocks: 40, parallel: parallel)
        oversampledBound = try GenieBound(
            link, samples: .photocurrent, seed: 1, blocks: 40, parallel: parallel)
    }

    /// - Throws: `BelowBound` for the first point that no receiver of these samples can reach.
    public func check(_ record: EvaluationRecord) throws {
        let bound = record.receiver.samplesPerSymbol == nil ? bound : oversampledBound
        for point in record.points {
            let estimate = bound.bitErrorRate(
                noisePowerInDecibels: point.noiseDB, competitors: .all)
            let least = 0.99 * estimate.rate - 5 * estimate.standardError
            let interval = BinomialInterval.exact(
                successes: point.bitErrors, trials: point.bits, level: 1 - 2e-9)
            if interval.upperBound < least {
                throw BelowBound(
                    receiver: record.receiver.name, noiseDB: point.noiseDB,
                    bitErrors: point.bitErrors, bits: point.bits, bound: estimate.rate)
            }
        }
    }
}

/// A bit error rate that cannot be.
public struct BelowBound: Error, CustomStringConvertible {
    public let receiver: String
    public let noiseDB: Double
    public let bitErrors: Int
    public let bits: Int
    public let bound: Double

    public var description: String {
        "\(receiver): \(bitErrors) errors in \(bits) bits at noise level "
            + "\(NumberText.plain(-noiseDB, decimals: 1)) dB are fewer than any receiver of these "
            + "samples can make (genie bound \(NumberText.scientific(bound))): the test is wrong; "
            + "look for symbols that reach the receiver or its training by another way"
    }
}
