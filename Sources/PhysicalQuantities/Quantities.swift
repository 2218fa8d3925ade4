// Quantities at the border of the program: one type per physical dimension, made by factories
// that name the unit and read by properties that name it. Inside the models plain numbers carry
// the unit in their name.

/// A length; stored in metres.
public struct Length: Sendable, Hashable, Codable {
    public let metres: Double
    public static func metres(_ value: Double) -> Length { Length(metres: value) }
    public static func kilometres(_ value: Double) -> Length { Length(metres: value * 1e3) }
    public static func nanometres(_ value: Double) -> Length { Length(metres: value * 1e-9) }
    public var kilometres: Double { metres / 1e3 }
}

/// A rate of symbols; stored in baud (symbols per second).
public struct SymbolRate: Sendable, Hashable, Codable {
    public let baud: Double
    public static func gigabaud(_ value: Double) -> SymbolRate { SymbolRate(baud: value * 1e9) }
    public var gigabaud: Double { baud / 1e9 }
}

/// A power ratio in decibels.
public struct Decibels: Sendable, Hashable, Codable, Comparable {
    public let value: Double
    public init(_ value: Double) { self.value = value }
    public static func < (a: Decibels, b: Decibels) -> Bool { a.value < b.value }
}

/// The dispersion parameter D of a fiber; stored in s/m^2.
public struct ChromaticDispersionParameter: Sendable, Hashable, Codable {
    public let secondsPerSquareMetre: Double
    public static func picosecondsPerNanometreKilometre(_ value: Double) -> Self {
        Self(secondsPerSquareMetre: value * 1e-6)
    }
    public var picosecondsPerNanometreKilometre: Double { secondsPerSquareMetre * 1e6 }
}

/// A span of time; stored in seconds.
public struct TimeSpan: Sendable, Hashable, Codable, Comparable {
    public let seconds: Double
    public static func seconds(_ value: Double) -> TimeSpan { TimeSpan(seconds: value) }
    public static func microseconds(_ value: Double) -> TimeSpan {
        TimeSpan(seconds: value * 1e-6)
    }
    public var microseconds: Double { seconds * 1e6 }
    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.seconds < b.seconds }
}

/// An energy; stored in joules.
public struct Energy: Sendable, Hashable, Codable, Comparable {
    public let joules: Double
    public static func joules(_ value: Double) -> Energy { Energy(joules: value) }
    public static func picojoules(_ value: Double) -> Energy { Energy(joules: value * 1e-12) }
    public var picojoules: Double { joules * 1e12 }
    public static func < (a: Energy, b: Energy) -> Bool { a.joules < b.joules }
    public static func + (a: Energy, b: Energy) -> Energy { Energy(joules: a.joules + b.joules) }
    public static func * (a: Double, b: Energy) -> Energy { Energy(joules: a * b.joules) }
}
