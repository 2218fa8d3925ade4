import RandomStreams

/// How far circuits have moved from where they were when their codes were chosen.
///
/// For a circuit with potentials V, time constants tau and a temperature change T in K:
///     V_leak += (leak + 0.3 T) s,  V_threshold += (threshold + 0.2 T) s,
///     tau *= (1 + (p / 100 + 0.002 T) s), the drive of an event in proportion to the membrane's tau,
/// s = 1 + 0.3 g being the sensitivity of the quantity in this circuit, g a standard normal number that
/// is a function of chip seed and place. Reset potentials stay. No temperature coefficients of the chip
/// are published: coefficients and their spread are estimates, sized after bandgap-referenced 65 nm
/// circuits; valid for changes of a few tens of K.
public struct ChipConditions: Sendable, Hashable, Codable {
    /// LSB.
    public var leak = 0.0
    public var threshold = 0.0
    /// Percent.
    public var membraneTimeConstant = 0.0
    public var synapticTimeConstant = 0.0
    /// K.
    public var temperature = 0.0

    public init() {}

    /// As at calibration.
    public static let nominal = ChipConditions()

    /// LSB per K.
    static let leakPerKelvin = 0.3
    static let thresholdPerKelvin = 0.2
    /// Per K.
    static let timeConstantPerKelvin = 0.002
    /// Standard deviation of a circuit's sensitivity.
    static let sensitivitySpread = 0.3

    /// A circuit that has moved.
    ///
    /// - Parameter chip: stream of the chip's deviations; nil for a chip without.
    func applied(
        to behavior: CircuitBehavior, circuit: Int, chip: RandomStream?
    ) -> CircuitBehavior {
        guard self != .nominal else { return behavior }
        func sensitivity(_ name: String) -> Double {
            guard let chip else { return 1 }
            var random = chip.substream("sensitivity " + name, circuit)
            return 1 + Self.sensitivitySpread * random.gaussian()
        }
        var result = behavior
        result.leak += (leak + Self.leakPerKelvin * temperature) * sensitivity("leak")
        result.threshold +=
            (threshold + Self.thresholdPerKelvin * temperature) * sensitivity("threshold")
        // A time constant keeps at least a tenth of itself.
        func ratio(_ percent: Double, _ name: String) -> Double {
            max(0.1,
                1 + (percent / 100 + Self.timeConstantPerKelvin * temperature) * sensitivity(name))
        }
        // A membrane settles where its currents meet its leak: at a potential in proportion to tau.
        let membrane = ratio(membraneTimeConstant, "membrane")
        result.membraneTimeConstant *= membrane
        result.excitatoryDrive *= membrane
        result.inhibitoryDrive *= membrane
        let synaptic = ratio(synapticTimeConstant, "synaptic")
        result.excitatoryTimeConstant *= synaptic
        result.inhibitoryTimeConstant *= synaptic
        return result
    }
}
