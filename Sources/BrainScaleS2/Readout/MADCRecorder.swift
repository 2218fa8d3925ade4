public import PhysicalQuantities

/// Fast recording of one or two membranes by the MADC.
///
/// 10 bits; a sample every 17 periods of 500 MHz (34 ns), every second of them for each of two sources,
/// which must lie in an even and an odd column. Up to 65 535 samples an arming; the first 8 us are
/// invalid and left out. Scale: 305 at 80 CADC LSB and three codes to one of them, read from published
/// traces; noise 1.5 codes, below 2 by a public test.
/// Source: MADC of the public headers (haldls vx) and its characterization (calix).
public struct MADCRecorder: Sendable, Hashable, Codable {
    /// Members of populations, one or two.
    public struct Channel: Sendable, Hashable, Codable {
        public let population: PopulationID
        public let member: Int
        public init(population: PopulationID, member: Int) {
            self.population = population
            self.member = member
        }
    }

    public let channels: [Channel]
    /// When it is armed, from the start of the experiment.
    public let start: TimeSpan
    /// Samples of all channels together.
    public let sampleCount: Int

    public static let largestSampleCount = 65_535
    /// Ticks of 8 ns between samples: 34 ns.
    static let ticksPerSample = 4.25
    /// Ticks after arming whose samples are invalid.
    static let invalidTicks = 1000
    static let codeAtRest = 305.0
    static let restInCADC = 80.0
    static let codesPerCADC = 3.0
    static let noise = 1.5

    public init(channels: [Channel], start: TimeSpan, sampleCount: Int) {
        self.channels = channels
        self.start = start
        self.sampleCount = sampleCount
    }

    /// The nearest tick to a sample, at most 4 ns from it.
    func tick(of sample: Int) -> Int {
        ChipTime.ticks(start) + Int((Double(sample) * Self.ticksPerSample).rounded())
    }

    static func code(_ potential: Double, noise: Double) -> UInt16 {
        let value = codeAtRest + codesPerCADC * (potential - restInCADC) + noise
        return UInt16(min(max(value.rounded(), 0), 1023))
    }
}
