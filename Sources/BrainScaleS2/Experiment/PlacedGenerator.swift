
/// A background generator that serves some sources of a group in one hemisphere.
///
/// Source k of these has the driver with row select `rowSelect + k` on the generator's bus; the
/// generator fills the low bits of the row select at random, so each driver gets a share of the events,
/// independent of the others.
public struct PlacedGenerator: Sendable, Hashable, Codable {
    /// 0...3 on the buses of the top array, 4...7 on those of the bottom one.
    public let index: Int
    /// Numbers among all sources.
    public let firstSource: Int
    public let count: Int
    /// Row select of the first driver, a multiple of the drivers reached.
    public let rowSelect: Int
    /// Drivers among which events are spread: 1, 2 or 4.
    public let spread: Int
    public let label: SynapseLabel
    public let generator: BackgroundGenerator

    public var hemisphere: Hemisphere { Hemisphere(index / 4) }
    public var bus: PADIBus { PADIBus(index % 4) }
    public func driver(_ k: Int) -> SynapseDriver {
        SynapseDriver(bus: bus, indexOnBus: rowSelect + k)
    }

    /// Sources a generator can serve.
    static let capacity = 4

    /// - Parameters:
    ///   - position: number of the generator among those of its group in the hemisphere; both
    ///     hemispheres use the same seed for the same position.
    init(
        index: Int, firstSource: Int, count: Int, spread: Int, rowSelect: Int, label: SynapseLabel,
        kind: SourceKind, position: Int
    ) {
        self.index = index
        self.firstSource = firstSource
        self.count = count
        self.spread = spread
        self.rowSelect = rowSelect
        self.label = label
        let word = UInt16(rowSelect << 6 | label.index)
        switch kind {
        case .external: preconditionFailure("external sources have no generator")
        case .regular(let rate):
            generator = BackgroundGenerator(
                period: min(max(Int((125e6 / rate).rounded()), 1), 65535), rate: 0,
                isRandom: false, label: word, seed: 1)
        case .poisson(let rate, let seed):
            let setting = Self.setting(rate: rate * Double(spread))
            generator = BackgroundGenerator(
                period: setting.period, rate: setting.rate, isRandom: true, label: word,
                mask: UInt8(spread - 1) << 6,
                seed: seed &+ UInt32(truncatingIfNeeded: position) &* 0x9E37_79B9)
        }
    }

    /// Period and probability for a mean rate, events a second: the smallest probability per chance,
    /// (rate + 1)/256, whose period meets the rate to half a percent; rare chances come closest to a
    /// Poisson process.
    static func setting(rate: Double) -> (period: Int, rate: UInt8) {
        var best = (period: 1, rate: UInt8(255), error: Double.infinity)
        for r in 1...255 {
            let period = (125e6 * Double(r + 1) / 256 / rate).rounded()
            guard period >= 1, period <= 65535 else { continue }
            let error = abs(125e6 * Double(r + 1) / 256 / period / rate - 1)
            if error < best.error { best = (Int(period), UInt8(r), error) }
            if error < 0.005 { break }
        }
        return (best.period, best.rate)
    }

    /// Rates that sources may have, events a second: periods have 16 bits, and four random sources
    /// share a generator.
    static let poissonRates = 15.0...15e6
    static let regularRates = 1908.0...125e6
}
