import ArrayFiles
import ComplexModule
import Foundation
import OpticalLink
import RealModule

extension PhysicalLinkParameters {
    private enum SourceName: String, CaseIterable {
        case directlyModulated = "directly-modulated"
        case machZehnder = "mach-zehnder"
        case electroAbsorption = "electro-absorption"
    }
    private enum PulseName: String, CaseIterable {
        case rootRaisedCosine = "root-raised-cosine"
        case rectangular
    }
    private enum FilterName: String, CaseIterable { case bessel, butterworth, measured }
    private enum DetectorName: String, CaseIterable { case pin, avalanche }

    /// Reads the sections of a physical link; those of the idealized one have been read.
    ///
    /// Sections: `laser`, `modulator`, `fiber`, `detector`, and where they are wanted
    /// `optical_amplifier`, `polarization_mode_dispersion`, `neighbor`.
    init(
        _ root: ConfigurationSection, transmitter: ConfigurationSection,
        receiver: ConfigurationSection, fiber: FiberSpan
    ) throws {
        let laser = try root.section("laser")
        let power = try laser.number("power_dBm", in: -40...30)
        let source = Laser(
            powerInWatts: 1e-3 * Double.exp10(power / 10),
            linewidthInHertz: try laser.number("linewidth_MHz", in: 0...1e5, default: 0) * 1e6,
            relativeIntensityNoiseInDecibelsPerHertz: laser.has("rin_dB_per_Hz")
                ? try laser.number("rin_dB_per_Hz", in: -200...(-80)) : nil)
        try laser.finish()
        let pulse: PulseName = try transmitter.choice("pulse")
        let detector = try root.section("detector")
        let kind: DetectorName = try detector.choice("kind")
        let diode = PhotodiodeModel(
            responsivityInAmperesPerWatt: try detector.number(
                "responsivity_A_per_W", in: 0.01...2),
            darkCurrentInAmperes: try detector.number("dark_current_nA", in: 0...1e6, default: 0)
                * 1e-9,
            gain: kind == .avalanche ? try detector.number("gain", in: 1...1000) : 1,
            ionizationRatio: kind == .avalanche
                ? try detector.number("ionization_ratio", in: 0...1) : 0)
        try detector.finish()
        self.init(
            laser: source, source: try Self.source(root.section("modulator")),
            pulse: pulse == .rectangular ? .rectangular : .rootRaisedCosine,
            driveSwing: try transmitter.number("drive_swing", in: 0.001...1), fiber: fiber,
            receivedPowerInDBm: try receiver.number("received_power_dBm", in: -60...20),
            photodiode: diode,
            amplifierNoiseInAmperesPerRootHertz: try receiver.number(
                "noise_pA_per_sqrt_Hz", in: 0...1000) * 1e-12)
        digitalToAnalog = try transmitter.optionalSection("dac").map(Self.converter)
        driver = try transmitter.optionalSection("driver").map(Self.filter)
        receiverFilter = try receiver.optionalSection("filter").map(Self.filter)
        analogToDigital = try receiver.optionalSection("adc").map(Self.converter)
        timingOffset = try receiver.number("timing_offset_symbols", in: -1...1, default: 0)
        hasClockRecovery = try receiver.flag("clock_recovery")
        if let section = try root.optionalSection("polarization_mode_dispersion") {
            polarizationModeDispersion = PolarizationModeDispersion(
                differentialGroupDelayInSeconds: try section.number("delay_ps", in: 0...1000)
                    * 1e-12,
                powerSplit: try section.number("power_split", in: 0...1))
            try section.finish()
        }
        if let section = try root.optionalSection("optical_amplifier") {
            opticalAmplifier = OpticalAmplifier(
                gainInDecibels: try section.number("gain_dB", in: 0...60),
                noiseFigureInDecibels: try section.number("noise_figure_dB", in: 0...20))
            try section.finish()
        }
        if let section = try root.optionalSection("neighbor") {
            neighborInDecibels = try section.number("power_dB", in: -100...0)
            try section.finish()
        }
    }

    private static func source(_ section: ConfigurationSection) throws -> Source {
        let kind: SourceName = try section.choice("kind")
        let ratio = try section.number("extinction_ratio_dB", in: 0.5...60)
        let result: Source
        switch kind {
        case .directlyModulated:
            result = .direct(
                DirectModulation(
                    extinctionRatioInDecibels: ratio,
                    linewidthEnhancement: try section.number(
                        "linewidth_enhancement", in: -20...20),
                    adiabaticChirpInHertzPerWatt: try section.number(
                        "adiabatic_chirp_GHz_per_mW", in: 0...1000) * 1e12))
        case .machZehnder:
            result = .machZehnder(
                MachZehnderModulator(
                    halfWaveVoltage: try section.number("half_wave_voltage", in: 0.01...100),
                    biasVoltage: try section.number("bias_voltage", in: -100...100),
                    extinctionRatioInDecibels: ratio))
        case .electroAbsorption:
            result = .electroAbsorption(
                ElectroAbsorptionModulator(
                    extinctionRatioInDecibels: ratio,
                    chirpParameter: try section.number("chirp", in: -10...10)))
        }
        try section.finish()
        return result
    }

    private static func converter(_ section: ConfigurationSection) throws -> Converter {
        let converter = Converter(
            bits: try section.integer("bits", in: 1...16),
            clippingRatio: try section.number("clipping_ratio", in: 0.1...100),
            jitterInSeconds: try section.number("jitter_fs", in: 0...1e6, default: 0) * 1e-15)
        try section.finish()
        return converter
    }

    private static func filter(_ section: ConfigurationSection) throws -> ElectricalFilter {
        let kind: FilterName = try section.choice("kind")
        if kind == .measured {
            let file = try section.text("file")
            try section.finish()
            return .measured(try MeasuredResponse.read(file))
        }
        let order = try section.integer("order", in: 1...12)
        let bandwidth = try section.number("bandwidth_GHz", in: 0.001...1000) * 1e9
        try section.finish()
        return kind == .bessel
            ? .bessel(order: order, bandwidthInHertz: bandwidth)
            : .butterworth(order: order, bandwidthInHertz: bandwidth)
    }
}

/// A table `frequency_GHz,magnitude_dB,phase_deg` of a measured response such as S21.
enum MeasuredResponse {
    static func read(_ path: String) throws -> [ElectricalFilter.MeasuredPoint] {
        let bytes = try AtomicFile.read(path, byteLimit: 1 << 24)
        var points: [ElectricalFilter.MeasuredPoint] = []
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let cells = line.split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if number == 0 && cells.first == "frequency_GHz" { continue }
            let values = cells.compactMap(Double.init)
            guard cells.count == 3, values.count == 3, values.allSatisfy(\.isFinite),
                values[0] * 1e9 > points.last?.frequencyInHertz ?? -1
            else {
                throw ConfigurationError(
                    file: path, line: number + 1,
                    problem: "needs frequency_GHz,magnitude_dB,phase_deg, frequencies ascending")
            }
            points.append(
                .init(
                    frequencyInHertz: values[0] * 1e9,
                    gain: Complex(
                        length: Double.exp10(values[1] / 20), phase: values[2] * Double.pi / 180)))
        }
        guard points.count >= 2 else {
            throw ConfigurationError(file: path, problem: "needs at least two frequencies")
        }
        return points
    }
}
