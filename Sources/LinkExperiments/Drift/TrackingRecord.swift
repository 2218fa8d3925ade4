import ErrorRates
import Foundation
public import Reporting

/// What a tracking study counted; its JSON.
public struct TrackingRecord: Sendable, Codable {
    public static let currentSchema = "spikelink.tracking/1"
    public var schema = Self.currentSchema
    public var channel: JSONValue
    public var model: String
    public var noiseDB: Double
    public var seed: UInt64
    public var pilotInterval: Int
    public var learningRate: Double
    public var trainingPolicy: String
    public var revision: String
    public var chips: [Chip]

    enum CodingKeys: String, CodingKey {
        case schema, channel, model, seed, revision, chips
        case noiseDB = "noise_db"
        case pilotInterval = "pilot_interval"
        case learningRate = "learning_rate"
        case trainingPolicy = "training_policy"
    }

    public struct Chip: Sendable, Codable {
        public var chipSeed: UInt64
        /// Hardware time of a symbol whose update is done within the wait between trials.
        public var trialNanoseconds: Double
        public var windows: [Window] = []

        enum CodingKeys: String, CodingKey {
            case chipSeed = "chip_seed"
            case trialNanoseconds = "trial_ns"
            case windows
        }
    }

    /// One block of symbols.
    public struct Window: Sendable, Codable {
        /// Its first one.
        public var symbol: Int
        /// Bits counted: those of symbols that are no pilots.
        public var bits: Int
        public var staticErrors: Int
        public var adaptingErrors: Int
        public var pilots: Int
        /// Root mean square change of the readout weights since the beginning, weight LSB.
        public var weightMovement: Double
        public var plasticityCycles: Int
        /// Updates that took longer than the wait between trials.
        public var overruns: Int
        public var hardwareNanoseconds: Double
        /// Of drifting parameters by name, in the unit of the name.
        public var changes: [String: Double]

        enum CodingKeys: String, CodingKey {
            case symbol, bits, pilots, overruns, changes
            case staticErrors = "static_errors"
            case adaptingErrors = "adapting_errors"
            case weightMovement = "weight_movement_lsb"
            case plasticityCycles = "plasticity_cycles"
            case hardwareNanoseconds = "hardware_ns"
        }
    }

    public init(_ study: TrackingStudy, chips: [Chip]) {
        channel = study.link.json
        model = study.receiver.model.name
        noiseDB = study.noisePowerInDecibels
        seed = study.seed
        pilotInterval = study.pilotInterval
        learningRate = study.learningRate
        trainingPolicy = study.receiver.training.policy
        revision = Provenance.revision
        self.chips = chips
    }

    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}

// MARK: - Sums

extension TrackingRecord.Chip {
    /// Bits and errors of a stretch of windows.
    public struct Share: Sendable {
        public var bits = 0
        public var errors = 0
        public var rate: Double { bits == 0 ? 0 : Double(errors) / Double(bits) }
        public var interval: ClosedRange<Double> {
            BinomialInterval.exact(successes: errors, trials: bits, level: 0.95)
        }
    }

    public func share(
        _ range: Range<Int>, _ errors: KeyPath<TrackingRecord.Window, Int>
    ) -> Share {
        windows[range.clamped(to: windows.indices)].reduce(into: Share()) {
            $0.bits += $1.bits
            $0.errors += $1[keyPath: errors]
        }
    }

    /// The last quarter of the windows.
    public var final: Range<Int> { (windows.count - max(1, windows.count / 4))..<windows.count }

    /// Symbols from a place until the adapting chip's bit error rate over two windows is first at most
    /// 1.3 times that of its last quarter; nil where it never is.
    public func recovery(since symbol: Int) -> (symbols: Int, milliseconds: Double)? {
        let limit = 1.3 * share(final, \.adaptingErrors).rate
        guard let first = windows.firstIndex(where: { $0.symbol >= symbol }) else { return nil }
        var nanoseconds = 0.0
        for index in first..<max(first, windows.count - 1) {
            if share(index..<index + 2, \.adaptingErrors).rate <= limit {
                return (windows[index].symbol - windows[first].symbol, nanoseconds / 1e6)
            }
            nanoseconds += windows[index].hardwareNanoseconds
        }
        return nil
    }

    /// Share of the line's bits that carry data: pilots do not, nor the symbols that pass while an
    /// update runs beyond the wait between trials.
    public var netShare: Double {
        let symbols = Double(windows.count * SymbolStreams.blockLength)
        let time = windows.reduce(0) { $0 + $1.hardwareNanoseconds }
        guard symbols > 0, time > 0 else { return 0 }
        let pilots = Double(windows.reduce(0) { $0 + $1.pilots })
        return (1 - pilots / symbols) * min(1, symbols * trialNanoseconds / time)
    }
}
