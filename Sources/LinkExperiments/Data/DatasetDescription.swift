import Modulation
import OpticalLink
public import Reporting

/// What a dataset holds: a link, its noise, how many symbols in which parts, and in which form.
public struct DatasetDescription: Sendable {
    /// How symbols follow each other.
    public enum Mode: String, Sendable, CaseIterable {
        /// Circular blocks of 10 000 symbols, as in the published tasks; windows stay within one.
        case blocks
        /// One endless sequence (`LinkStream`); windows reach across everything.
        case stream
    }

    /// Symbols and noise of two parts never come from the same random numbers.
    public enum Part: String, Sendable, CaseIterable {
        case whole, train, validation, test

        var purpose: SymbolStreams.Purpose {
            switch self {
            case .whole: .dataset
            case .train: .datasetTraining
            case .validation: .datasetValidation
            case .test: .datasetTest
            }
        }

        /// What stands before the names of the part's arrays.
        var prefix: String { self == .whole ? "" : rawValue + "/" }
    }

    public var link: LinkDescription
    public var noisePowerInDecibels: Double
    /// Symbols of each part; either the whole alone or any of the others.
    public var counts: [(part: Part, symbols: Int)]
    /// Taps of each window; 1 writes plain samples.
    public var tapCount: Int
    public var mode: Mode
    /// Whether the noisy photocurrent before the receive filter is written too, at the samples per
    /// symbol of the link; for blocks only.
    public var includesPhotocurrent: Bool
    public var seed: UInt64

    public init(
        link: LinkDescription, noisePowerInDecibels: Double,
        counts: [(part: Part, symbols: Int)], tapCount: Int = 1, mode: Mode = .blocks,
        includesPhotocurrent: Bool = false, seed: UInt64
    ) {
        self.link = link
        self.noisePowerInDecibels = noisePowerInDecibels
        self.counts = counts
        self.tapCount = tapCount
        self.mode = mode
        self.includesPhotocurrent = includesPhotocurrent
        self.seed = seed
    }

    public var symbolCount: Int { counts.reduce(0) { $0 + $1.symbols } }
    var bitsPerSymbol: Int { link.parameters.alphabet.bitsPerSymbol }
    var samplesPerSymbol: Int { link.parameters.samplesPerSymbol }

    /// Largest number of symbols in one part.
    public static let symbolLimit = 1_000_000_000_000

    /// Reads a recipe, a file under `datasets/`.
    ///
    /// - Throws: `ConfigurationError` or `FileError`.
    public init(recipe file: String, catalog: Catalog) throws {
        let root = try ConfigurationSection.open(file)
        _ = try root.text("name")
        _ = try root.text("description")
        link = try LinkDescription(file: catalog.file(.channels, root.text("channel")))
        noisePowerInDecibels = try root.number(
            "noise_power_dB", in: -200...200, default: link.noisePowerInDecibels)
        mode = try root.choice("mode")
        tapCount = try root.integer("taps", in: 1...1001)
        guard tapCount % 2 == 1 else { throw root.problem("taps", "must be odd") }
        includesPhotocurrent = try root.flag("photocurrent")
        seed = UInt64(try root.integer("seed", in: 0...Int.max))
        counts = []
        let symbols = try root.section("symbols")
        for part in Part.allCases where symbols.has(part.rawValue) {
            counts.append(
                (part, try symbols.integer(part.rawValue, in: 1...Self.symbolLimit)))
        }
        try symbols.finish()
        guard !counts.isEmpty, counts.count == 1 || counts[0].part != .whole else {
            throw root.problem("symbols", "needs whole, or any of train, validation, test")
        }
        try root.finish()
        try requireConsistency(file)
    }

    /// What cannot be generated.
    func requireConsistency(_ file: String) throws {
        guard mode == .stream else { return }
        guard LinkSource.canStream(link) else {
            throw ConfigurationError(
                file: file,
                problem: "'\(link.name)' cannot be a stream: it has physical parts, a bias of auto or a "
                    + "roll-off above 1/3; use blocks")
        }
        guard !includesPhotocurrent else {
            throw ConfigurationError(
                file: file, problem: "a stream has no photocurrent to write; use blocks")
        }
    }

    /// The resolved description.
    public var json: JSONValue {
        .object([
            "channel": link.json, "noise_power_dB": .number(noisePowerInDecibels),
            "mode": .string(mode.rawValue), "taps": .number(Double(tapCount)),
            "photocurrent": .boolean(includesPhotocurrent), "seed": .string("\(seed)"),
            "symbols": .object(
                Dictionary(
                    uniqueKeysWithValues: counts.map {
                        ($0.part.rawValue, JSONValue.number(Double($0.symbols)))
                    })),
            "revision": .string(Provenance.revision),
            "toolchain": .string(Provenance.toolchain),
        ])
    }
}
