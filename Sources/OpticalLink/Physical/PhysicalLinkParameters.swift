/// The parts of a link in absolute units; each is optional where a link can be without.
///
/// Alphabet, symbol rate, samples per symbol and roll-off stand in `LinkParameters`.
public struct PhysicalLinkParameters: Sendable, Hashable {
    /// How the drive becomes light.
    public enum Source: Sendable, Hashable {
        case direct(DirectModulation)
        case machZehnder(MachZehnderModulator)
        case electroAbsorption(ElectroAbsorptionModulator)
    }

    /// The shape of a symbol in the drive, and of the receiver's filter beside the electrical ones.
    public enum Pulse: Sendable, Hashable {
        /// Root-raised cosine at both ends.
        case rootRaisedCosine
        /// One symbol long and rectangular; no matched filter.
        case rectangular
    }

    /// A converter between digital and analog.
    public struct Converter: Sendable, Hashable {
        public var bits: Int
        /// Clipping level over the root mean square of the signal.
        public var clippingRatio: Double
        /// Standard deviation of sampling instants.
        public var jitterInSeconds: Double
        public init(bits: Int, clippingRatio: Double, jitterInSeconds: Double = 0) {
            self.bits = bits
            self.clippingRatio = clippingRatio
            self.jitterInSeconds = jitterInSeconds
        }
    }

    public var laser: Laser
    public var source: Source
    public var pulse: Pulse
    /// Magnitude of the outer levels in the drive of -1...1.
    public var driveSwing: Double
    public var digitalToAnalog: Converter?
    public var driver: ElectricalFilter?
    public var fiber: FiberSpan
    public var polarizationModeDispersion: PolarizationModeDispersion?
    public var opticalAmplifier: OpticalAmplifier?
    /// Power of a neighboring channel that passes the demultiplexer, relative to this one, in dB.
    public var neighborInDecibels: Double?
    /// Mean optical power on the photodiode in dBm, set by an attenuator.
    public var receivedPowerInDBm: Double
    public var photodiode: PhotodiodeModel
    /// Input-referred noise of the transimpedance amplifier, A per square root of Hz.
    public var amplifierNoiseInAmperesPerRootHertz: Double
    public var receiverFilter: ElectricalFilter?
    public var analogToDigital: Converter?
    /// Sampling off the best instant, in symbols.
    public var timingOffset: Double
    /// Whether a clock recovery finds the phase of every block.
    public var hasClockRecovery: Bool

    public init(
        laser: Laser, source: Source, pulse: Pulse, driveSwing: Double, fiber: FiberSpan,
        receivedPowerInDBm: Double, photodiode: PhotodiodeModel,
        amplifierNoiseInAmperesPerRootHertz: Double
    ) {
        self.laser = laser
        self.source = source
        self.pulse = pulse
        self.driveSwing = driveSwing
        self.fiber = fiber
        self.receivedPowerInDBm = receivedPowerInDBm
        self.photodiode = photodiode
        self.amplifierNoiseInAmperesPerRootHertz = amplifierNoiseInAmperesPerRootHertz
        timingOffset = 0
        hasClockRecovery = false
    }
}
