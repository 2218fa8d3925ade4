public import RandomStreams

/// The chip as a multiplier of vectors and matrices, as the public software models it without hardware.
///
/// Inputs of 5 bits become pulse lengths, weights have 6 bits and a sign, membranes integrate, the CADC
/// reads a signed byte. A matrix of more than 128 rows is cut into tiles; for each
///     y = clamp(floor(gain sends (x W) + noise), -128, 127),
/// and the sum over tiles is clamped once more.
/// Source: mock of the perceptron mode (hxtorch); gain 0.002 and noise 2 are its defaults.
public struct PerceptronMode: Sendable, Hashable, Codable {
    public var gain: Double
    /// Standard deviation of an output, LSB.
    public var noise: Double
    /// How often each input is sent.
    public var sends: Int

    public init(gain: Double = 0.002, noise: Double = 2, sends: Int = 1) {
        self.gain = gain
        self.noise = noise
        self.sends = sends
    }

    /// Rows of a tile.
    public static let tileRows = 128

    /// Why an operand does not fit the chip.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case inputOutOfRange(Int)
        case weightOutOfRange(Int)
        case shape(inputs: Int, weights: Int, columns: Int)

        public var description: String {
            switch self {
            case .inputOutOfRange(let value): "input \(value); inputs are 0...31"
            case .weightOutOfRange(let value): "weight \(value); weights are -63...63"
            case .shape(let inputs, let weights, let columns):
                "\(weights) weights are not \(inputs) rows of \(columns) columns"
            }
        }
    }

    /// - Parameters:
    ///   - weights: [input, column].
    /// - Returns: signed bytes, [column].
    public func multiply(
        _ inputs: [Int], _ weights: [Int], columns: Int, noise stream: inout RandomStream
    ) throws(Failure) -> [Int] {
        guard columns > 0, weights.count == inputs.count * columns else {
            throw .shape(inputs: inputs.count, weights: weights.count, columns: columns)
        }
        if let value = inputs.first(where: { !(0...31).contains($0) }) {
            throw .inputOutOfRange(value)
        }
        if let value = weights.first(where: { abs($0) > 63 }) { throw .weightOutOfRange(value) }
        var sums = [Int](repeating: 0, count: columns)
        for first in stride(from: 0, to: inputs.count, by: Self.tileRows) {
            let rows = first..<min(first + Self.tileRows, inputs.count)
            for column in 0..<columns {
                let product = rows.reduce(0) { $0 + inputs[$1] * weights[$1 * columns + column] }
                let jitter = noise > 0 ? noise * stream.gaussian() : 0
                let value = (gain * Double(sends * product) + jitter).rounded(.down)
                sums[column] += Int(min(max(value, -128), 127))
            }
        }
        return sums.map { min(max($0, -128), 127) }
    }

    /// 0...127.
    public static func rectified(_ value: Int) -> Int { min(max(value, 0), 127) }

    /// The input of a next layer: rectified, divided by 2^shift, 0...31.
    public static func converted(_ value: Int, shift: Int = 2) -> Int {
        min(max(value, 0) >> shift, 31)
    }
}
