import ComplexModule
import RealModule

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

    /// Drive levels of -1...1 whose light is equally spaced, from the least to the most: what a
    /// nonlinear modulator makes of them is a regular alphabet. Static; filters and chirp are left out.
    ///
    /// - Parameters:
    ///   - count: number of levels.
    ///   - swing: magnitude of the outermost drive.
    /// - Returns: ascending, the outermost -1 and 1, in units of the swing; nil where light does not
    ///   grow with the drive.
    public static func equallyBrightLevels(
        _ source: Source, count: Int, swing: Double
    ) -> [Double]? {
        func power(_ drive: Double) -> Double {
            switch source {
            case .direct: drive
            case .machZehnder(let modulator):
                modulator.transmission(drive: drive).lengthSquared
            case .electroAbsorption(let modulator):
                modulator.transmission(drive: drive).lengthSquared
            }
        }
        let grid = (0...200).map { power(swing * (Double($0) / 100 - 1)) }
        guard zip(grid, grid.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        return (0..<count).map { index in
            let wanted =
                grid[0] + (grid[200] - grid[0]) * Double(index) / Double(count - 1)
            var low = -1.0
            var high = 1.0
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if power(swing * middle) < wanted { low = middle } else { high = middle }
            }
            return index == 0 ? -1 : index == count - 1 ? 1 : (low + high) / 2
        }
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
