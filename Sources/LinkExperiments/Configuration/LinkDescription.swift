import Modulation
public import OpticalLink
public import PhysicalQuantities
public import Reporting

/// A link as its YAML file describes it: name, reason, and physics with units in the keys.
public struct LinkDescription: Sendable, Hashable {
    public var name: String
    public var description: String
    public var parameters: LinkParameters
    /// How parameters change over the symbols; nil for a link that stays as it is. Everything but a
    /// tracking experiment sees the link as it begins.
    public var drift: Drift?
    /// Sections of a physical link as read, for records; nil for the idealized chain.
    var physicalSections: JSONValue?

    enum Format: String, CaseIterable { case pam2, pam4, pam8, pam16 }
    enum Labeling: String, CaseIterable { case gray }

    /// Reads and checks a file.
    ///
    /// - Throws: `ConfigurationError` or `FileError`.
    public init(file: String) throws {
        let root = try ConfigurationSection.open(file)
        name = try root.text("name")
        description = try root.text("description")

        let modulation = try root.section("modulation")
        let format: Format = try modulation.choice("format")
        let order: Int = [.pam2: 2, .pam4: 4, .pam8: 8, .pam16: 16][format]!
        let hasEqualPower = (try? modulation.text("levels")) == "equal-power"
        var levels: [Double] = []
        if !hasEqualPower {
            levels = try modulation.numbers("levels", in: -1e6...1e6, counts: order...order)
            guard PAMAlphabet.isValid(levels) else {
                throw modulation.problem("levels", "must ascend")
            }
        }
        let _: Labeling = try modulation.choice("labeling")
        try modulation.finish()

        let transmitter = try root.section("transmitter")
        let symbolRate = try transmitter.number("symbol_rate_GBd", in: 1e-3...1000)
        let samplesPerSymbol = try transmitter.integer("samples_per_symbol", in: 2...64)
        let rollOff = try transmitter.number("roll_off", in: 0...1)
        guard Double(samplesPerSymbol) > 1 + rollOff else {
            throw transmitter.problem(
                "samples_per_symbol",
                "\(samplesPerSymbol) is not allowed; more than 1 + roll_off, or the waveform "
                    + "does not fit")
        }
        let isPhysical = root.has("laser")
        let bias: LinkParameters.Bias
        if isPhysical {
            bias = .fixed(0)
        } else if (try? transmitter.text("bias")) == "auto" {
            bias = .automatic
        } else {
            do {
                bias = .fixed(try transmitter.number("bias", in: -1e6...1e6))
            } catch let error as ConfigurationError {
                throw ConfigurationError(
                    file: error.file, line: error.line, key: error.key,
                    problem: error.problem + ", or auto")
            }
        }
        let fiber = try root.section("fiber")
        let wavelength = try fiber.number("wavelength_nm", in: 100...10_000)
        let dispersion = try fiber.number("dispersion_ps_per_nm_km", in: -1000...1000)
        let length = try fiber.number("length_km", in: 0...10_000)
        let receiver = try root.section("receiver")
        var physical: PhysicalLinkParameters?
        let noise: Double
        var powerChange = 0.0
        var timingOffset = 0.0
        if isPhysical {
            let span = try FiberSpan(
                fiber, wavelengthInNanometres: wavelength, dispersion: dispersion,
                lengthInKilometres: length)
            let parts = try PhysicalLinkParameters(
                root, transmitter: transmitter, receiver: receiver, fiber: span)
            if hasEqualPower {
                guard
                    let found = PhysicalLinkParameters.equallyBrightLevels(
                        parts.source, count: order, swing: parts.driveSwing)
                else {
                    throw modulation.problem(
                        "levels", "equal-power needs light that grows with the drive; another bias or "
                            + "a smaller swing")
                }
                levels = found
            }
            physical = parts
            noise = -parts.receivedPowerInDBm
            physicalSections = try root.json(leavingOut: ["name", "description"])
        } else {
            noise = try receiver.number("noise_power_dB", in: -200...100)
            powerChange = try receiver.number(
                "received_power_change_dB", in: -100...100, default: 0)
            timingOffset = try receiver.number("timing_offset_symbols", in: -1...1, default: 0)
            guard !hasEqualPower else {
                throw modulation.problem("levels", "equal-power needs a modulator; \(order) numbers")
            }
        }
        try transmitter.finish()
        try fiber.finish()
        try receiver.finish()
        drift = try root.optionalSection("drift").map {
            try Drift($0, isPhysical: isPhysical, hasFixedBias: bias != .automatic)
        }
        try root.finish()

        parameters = LinkParameters(
            alphabet: PAMAlphabet(levels: levels), symbolRate: .gigabaud(symbolRate),
            samplesPerSymbol: samplesPerSymbol, rollOff: rollOff, bias: bias,
            wavelength: .nanometres(wavelength),
            dispersion: .picosecondsPerNanometreKilometre(dispersion),
            fiberLength: .kilometres(length), noisePower: Decibels(noise), physical: physical)
        parameters.receivedPowerChange = Decibels(powerChange)
        parameters.timingOffset = timingOffset
    }

    /// The same link at another noise power.
    public func at(noisePower: Decibels) -> LinkParameters {
        var result = parameters
        result.noisePower = noisePower
        result.physical?.receivedPowerInDBm = -noisePower.value
        return result
    }

    /// Keys of the idealized receiver; those at their defaults are left out.
    private var receiverJSON: [String: JSONValue] {
        var result: [String: JSONValue] = ["noise_power_dB": .number(parameters.noisePower.value)]
        if parameters.receivedPowerChange.value != 0 {
            result["received_power_change_dB"] = .number(parameters.receivedPowerChange.value)
        }
        if parameters.timingOffset != 0 {
            result["timing_offset_symbols"] = .number(parameters.timingOffset)
        }
        return result
    }

    /// The resolved description with the keys of the file.
    public var json: JSONValue {
        if case .object(var sections)? = physicalSections {
            sections["name"] = .string(name)
            sections["description"] = .string(description)
            return .object(sections)
        }
        let bias: JSONValue =
            switch parameters.bias {
            case .fixed(let value): .number(value)
            case .automatic: .string("auto")
            }
        return .object([
            "name": .string(name), "description": .string(description),
            "modulation": .object([
                "format": .string("pam\(parameters.alphabet.order)"),
                "levels": .array(parameters.alphabet.levels.map(JSONValue.number)),
                "labeling": .string("gray"),
            ]),
            "transmitter": .object([
                "symbol_rate_GBd": .number(parameters.symbolRate.gigabaud),
                "samples_per_symbol": .number(Double(parameters.samplesPerSymbol)),
                "roll_off": .number(parameters.rollOff), "bias": bias,
            ]),
            "fiber": .object([
                "wavelength_nm": .number(
                    (parameters.wavelength.metres * 1e12).rounded() / 1e3),
                "dispersion_ps_per_nm_km": .number(
                    parameters.dispersion.picosecondsPerNanometreKilometre),
                "length_km": .number(parameters.fiberLength.kilometres),
            ]),
            "receiver": .object(receiverJSON),
        ].merging(drift.map { ["drift": $0.json] } ?? [:]) { first, _ in first })
    }
}

extension LinkDescription {
    /// Noise power of the description in dB.
    public var noisePowerInDecibels: Double { parameters.noisePower.value }

    /// Symbols of the alphabet.
    public var symbolOrder: Int { parameters.alphabet.order }
}

extension LinkDescription {
    /// A link of physical parts, whose noise level is its received power in dBm.
    public var isPhysical: Bool { parameters.physical != nil }
}

extension FiberSpan {
    /// The fiber of a physical link: beside length, wavelength and dispersion what else it has.
    init(
        _ section: ConfigurationSection, wavelengthInNanometres: Double, dispersion: Double,
        lengthInKilometres: Double
    ) throws {
        self.init(
            lengthInMetres: lengthInKilometres * 1e3,
            wavelengthInMetres: wavelengthInNanometres * 1e-9, dispersion: dispersion * 1e-6,
            dispersionSlope: try section.number(
                "dispersion_slope_ps_per_nm2_km", in: -10...10, default: 0) * 1e3,
            lossInDecibelsPerKilometre: try section.number("loss_dB_per_km", in: 0...100, default: 0),
            nonlinearity: try section.number("nonlinearity_per_W_km", in: 0...100, default: 0) / 1e3,
            steps: try section.integer("steps", in: 1...10_000, default: 1))
    }
}
