public import OpticalLink
import PhysicalQuantities
public import RandomStreams
import RealModule

/// What can drift, in the unit of its name; changes add to the value the link or chip begins with.
public enum DriftParameter: String, Sendable, Hashable, Codable, CaseIterable {
    case bias
    case receivedPower = "received_power_dB"
    case noisePower = "noise_power_dB"
    case dispersion = "dispersion_ps_per_nm_km"
    case length = "length_km"
    case wavelength = "wavelength_nm"
    case timing = "timing_symbols"
    case chipLeak = "chip_leak_LSB"
    case chipThreshold = "chip_threshold_LSB"
    case chipMembraneTimeConstant = "chip_membrane_time_constant_percent"
    case chipSynapticTimeConstant = "chip_synaptic_time_constant_percent"
    case chipTemperature = "chip_temperature_K"

    /// Whether it belongs to the chip rather than to the link.
    public var isOfChip: Bool { rawValue.hasPrefix("chip_") }
}

/// How one parameter changes over the symbols.
public struct DriftCourse: Sendable, Hashable {
    /// Times are in symbols from the beginning.
    public enum Shape: Sendable, Hashable {
        /// A change at once.
        case step(at: Int, change: Double)
        /// A change in proportion to time between two symbols.
        case ramp(from: Int, to: Int, change: Double)
        /// A sum of independent normal increments; after n symbols its standard deviation is
        /// `deviation` (n / 10^6)^(1/2).
        case randomWalk(deviation: Double)
        /// amplitude sin(2 pi n / period).
        case sine(amplitude: Double, period: Int)
    }

    public var parameter: DriftParameter
    public var shape: Shape

    public init(_ parameter: DriftParameter, _ shape: Shape) {
        self.parameter = parameter
        self.shape = shape
    }

    /// Changes at the beginning of blocks 0 ..< count.
    ///
    /// - Parameter stream: increments of a random walk; block i is the same for every count.
    public func changes(
        blocks count: Int, blockLength: Int, stream: RandomStream
    ) -> [Double] {
        if case .randomWalk(let deviation) = shape {
            let perBlock = deviation * (Double(blockLength) / 1e6).squareRoot()
            var random = stream
            var value = 0.0
            return (0..<count).map { _ in
                defer { value += perBlock * random.gaussian() }
                return value
            }
        }
        return (0..<count).map { change(at: $0 * blockLength) }
    }

    private func change(at symbol: Int) -> Double {
        switch shape {
        case .step(let at, let change): symbol >= at ? change : 0
        case .ramp(let from, let to, let change):
            change * min(max(Double(symbol - from) / Double(to - from), 0), 1)
        case .sine(let amplitude, let period):
            amplitude * Double.sin(2 * .pi * Double(symbol % period) / Double(period))
        case .randomWalk: 0
        }
    }
}

/// Parameters of a link and of a chip that change over the symbols.
///
/// Changes take effect at the beginnings of blocks of symbols (`SymbolStreams.blockLength`), which
/// are short against every course: a link or a chip does not change within a block.
public struct Drift: Sendable, Hashable {
    /// Why such a drift happens.
    public var reason: String
    public var courses: [DriftCourse]

    public init(reason: String, courses: [DriftCourse]) {
        self.reason = reason
        self.courses = courses
    }

    /// The value of every drifting parameter's change at the beginning of each block.
    public func changes(blocks count: Int, seed: UInt64) -> [[DriftParameter: Double]] {
        var result = [[DriftParameter: Double]](repeating: [:], count: count)
        let root = RandomStream(seed: seed).substream("drift")
        for (index, course) in courses.enumerated() {
            let values = course.changes(
                blocks: count, blockLength: SymbolStreams.blockLength,
                stream: root.substream(course.parameter.rawValue, index))
            for block in 0..<count { result[block][course.parameter, default: 0] += values[block] }
        }
        return result
    }

    /// The first symbol at which anything may have changed.
    public var beginning: Int {
        courses.map { course in
            switch course.shape {
            case .step(let at, _): at
            case .ramp(let from, _, _): from
            case .randomWalk, .sine: 0
            }
        }.min() ?? 0
    }

    /// The first symbol from which nothing changes any more; nil where changes never end.
    public var end: Int? {
        var end = 0
        for course in courses {
            switch course.shape {
            case .step(let at, _): end = max(end, at)
            case .ramp(_, let to, _): end = max(end, to)
            case .randomWalk, .sine: return nil
            }
        }
        return end
    }
}

extension LinkParameters {
    /// The link after changes; those of a chip are not its own.
    ///
    /// Nothing becomes unphysical: a length or wavelength below zero stops short of it.
    public func changed(by changes: [DriftParameter: Double]) -> LinkParameters {
        var result = self
        func change(_ parameter: DriftParameter) -> Double { changes[parameter] ?? 0 }
        if change(.bias) != 0, case .fixed(let value) = bias {
            result.bias = .fixed(value + change(.bias))
        }
        // What does not change keeps every bit: units round when they are converted and back.
        if change(.noisePower) != 0 {
            result.noisePower = Decibels(noisePower.value + change(.noisePower))
        }
        if change(.dispersion) != 0 {
            result.dispersion = .picosecondsPerNanometreKilometre(
                dispersion.picosecondsPerNanometreKilometre + change(.dispersion))
        }
        if change(.length) != 0 {
            result.fiberLength = .kilometres(max(0, fiberLength.kilometres + change(.length)))
        }
        if change(.wavelength) != 0 {
            result.wavelength = .nanometres(
                max(1, wavelength.metres * 1e9 + change(.wavelength)))
        }
        guard var physical else {
            result.receivedPowerChange = Decibels(
                receivedPowerChange.value + change(.receivedPower))
            result.timingOffset += change(.timing)
            return result
        }
        physical.receivedPowerInDBm += change(.receivedPower)
        physical.timingOffset += change(.timing)
        physical.fiber.dispersion += change(.dispersion) * 1e-6
        physical.fiber.lengthInMetres = max(
            0, physical.fiber.lengthInMetres + change(.length) * 1e3)
        physical.fiber.wavelengthInMetres += change(.wavelength) * 1e-9
        result.noisePower = Decibels(-physical.receivedPowerInDBm)
        result.physical = physical
        return result
    }
}
