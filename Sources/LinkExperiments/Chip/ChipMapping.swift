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
        try section.finish()
    }
}
