/// How a software network becomes a configuration of the chip; unit-carrying keys of the `chip`
/// section of a model.
public struct ChipMapping: Sendable, Hashable {
    /// Hardware time of one time step.
    public var stepInMicroseconds: Double
    /// Height of the readouts' resting potential and CADC LSB per unit of score above it.
    public var readoutLeakInLSB: Double
    public var readoutLSBPerUnit: Double
    /// Time between CADC samples.
    public var sampleIntervalInMicroseconds: Double
    public var adaptation: Adaptation
    /// Training with the chip as forward pass; nil where the model does not say how.
    public var inTheLoop: InTheLoop?

    /// Training of all weights from the host with the chip in the loop.
    public struct InTheLoop: Sendable, Hashable {
        public var symbols: Int
        public var batch: Int
        public var learningRate: Double
        public var noisePowerInDecibels: Double
    }

    /// The on-chip delta rule on the readout.
    public struct Adaptation: Sendable, Hashable {
        public var pilots: Int
        /// Weight LSB per unit of error and spike.
        public var learningRate: Double
        /// Pilots after which the rate halves.
        public var halvingInterval: Int
        /// Softmax temperature in CADC LSB.
        public var temperatureInLSB: Double
    }

    init(_ section: ConfigurationSection) throws {
        stepInMicroseconds = try section.number("step_us", in: 0.008...1000)
        readoutLeakInLSB = try section.number("readout_leak_LSB", in: 0...255)
        readoutLSBPerUnit = try section.number("readout_LSB_per_unit", in: 1e-3...1e3)
        sampleIntervalInMicroseconds = try section.number("sample_interval_us", in: 1.7...100)
        let adaptation = try section.section("adaptation")
        self.adaptation = Adaptation(
            pilots: try adaptation.integer("pilots", in: 1...100_000_000),
            learningRate: try adaptation.number("learning_rate", in: 1e-6...63),
            halvingInterval: try adaptation.integer("halving_interval", in: 1...100_000_000),
            temperatureInLSB: try adaptation.number("temperature_LSB", in: 0.1...1000))
        try adaptation.finish()
        inTheLoop = try section.optionalSection("in_the_loop").map { loop in
            let settings = InTheLoop(
                symbols: try loop.integer("symbols", in: 1...1_000_000_000),
                batch: try loop.integer("batch", in: 4...10_000),
                learningRate: try loop.number("learning_rate", in: 1e-9...1),
                noisePowerInDecibels: try loop.number("noise_power_dB", in: -60...60))
            try loop.finish()
            return settings
        }
        try section.finish()
    }
}
