import RealModule

/// Short-term plasticity of a synapse driver, as one of Tsodyks and Markram: a voltage v sets how long its
/// pulses are.
///
/// Before each event v moves by the share U of its distance to the charge voltage; between events it
/// relaxes to the recover voltage with tau_rec. The pulse, and with it the charge of all its synapses, is
/// as long as (450 - v) / (450 - 180) of one without plasticity, not below zero: the lower v, the longer,
/// so that set 0 facilitates and set 1 depresses, and v = 180 is "off".
///
/// Voltages are CapMem codes. That U is about 0.2 in use, both voltage sets and the value for "off" are
/// public; the linear dependence, its zero at 450 and the conversion of settings to U and tau_rec are
/// estimates: U = 0.4 u / 15, tau_rec = 128 ns 2^clock (16 - recovery). Trims of single drivers and their
/// deviations are left out.
/// Source: synapse drivers of the public headers and calibration (haldls vx, calix).
public struct ShortTermPlasticity: Sendable, Hashable, Codable {
    /// Codes of a charge and a recover voltage.
    public struct Voltages: Sendable, Hashable, Codable {
        public var charge: CapMemCode
        public var recover: CapMemCode

        public init(charge: CapMemCode, recover: CapMemCode) {
            self.charge = charge
            self.recover = recover
        }

        /// Set 0 of the public calibration.
        public static let facilitating = Voltages(
            charge: CapMemCode(100), recover: CapMemCode(400))
        /// Set 1.
        public static let depressing = Voltages(charge: CapMemCode(330), recover: CapMemCode(50))
    }

    public let voltages: Voltages
    /// 0...15.
    public let utilization: Int
    public let recovery: Int
    public let recoveryClock: Int

    /// - Precondition: settings of four bits.
    public init(voltages: Voltages, utilization: Int, recovery: Int, recoveryClock: Int) {
        precondition(
            [utilization, recovery, recoveryClock].allSatisfy { (0...15).contains($0) }, "four bits")
        self.voltages = voltages
        self.utilization = utilization
        self.recovery = recovery
        self.recoveryClock = recoveryClock
    }

    /// Share of the distance an event covers.
    public var share: Double { 0.4 * Double(utilization) / 15 }
    /// us.
    public var recoveryTimeConstant: Double {
        0.128 * Double(1 << recoveryClock) * Double(16 - recovery)
    }

    static func pulseFactor(_ voltage: Double) -> Double { max(0, (450 - voltage) / (450 - 180)) }

    /// The voltage of one driver in time.
    public struct State: Sendable, Hashable {
        private let settings: ShortTermPlasticity
        private var voltage: Double
        private var lastTick = 0

        /// Long recovered.
        public init(_ settings: ShortTermPlasticity) {
            self.settings = settings
            voltage = Double(settings.voltages.recover.index)
        }

        /// The length of the pulse of an event, 1 for a driver without plasticity; events come in order.
        public mutating func pulse(at tick: Int) -> Double {
            let recover = Double(settings.voltages.recover.index)
            let elapsed = Double(tick - lastTick) * ChipTime.tickInMicroseconds
            voltage =
                recover
                + (voltage - recover) * Double.exp(-elapsed / settings.recoveryTimeConstant)
            voltage += settings.share * (Double(settings.voltages.charge.index) - voltage)
            lastTick = tick
            return ShortTermPlasticity.pulseFactor(voltage)
        }
    }
}
