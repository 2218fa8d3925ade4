import ArrayFiles
import ErrorRates
import Foundation

/// What the restarts of a training did on validation data, as `restarts.json`.
public struct RestartListing: Sendable, Codable {
    static let name = "restarts.json"

    var schema = "spikelink.restarts/1"
    /// Noise power of the validation stream in dB.
    public var noiseDB: Double
    /// Which restart was kept, from 1.
    public var kept: Int
    /// Median over the restarts of the bit error rate on validation data.
    public var medianBER: Double
    public var restarts: [Restart]

    /// One training from start to end.
    public struct Restart: Sendable, Codable {
        public var seed: UInt64
        public var bits: Int
        public var bitErrors: Int
        /// Bit error rate with its exact 95 % interval.
        public var ber: Double
        public var ci95: [Double]

        init(seed: UInt64, validation: BitErrorCount) {
            self.seed = seed
            bits = validation.bits
            bitErrors = validation.bitErrors
            ber = validation.rate
            let interval = validation.confidenceInterval()
            ci95 = [interval.lowerBound, interval.upperBound]
        }
    }

    init(noiseDB: Double, kept: Int, restarts: [Restart]) {
        self.noiseDB = noiseDB
        self.kept = kept + 1
        self.restarts = restarts
        let rates = restarts.map(\.ber).sorted()
        medianBER = (rates[(rates.count - 1) / 2] + rates[rates.count / 2]) / 2
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try AtomicFile.write(Array(try encoder.encode(self)), to: folder + "/" + Self.name)
    }

    /// Restarts differ in initial weights, data and noise.
    static func seed(of restart: Int, model: ModelDescription) -> UInt64 {
        model.training.seed &+ UInt64(restart - 1) &* 1_000_003
    }
}
