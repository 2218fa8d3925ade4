import ArrayFiles
import Foundation
import Reporting

/// Writes the samples, symbols and bits of a link to a file that other tools open.
///
/// Arrays, at the root or in the groups train, validation and test: `y` received samples (single
/// precision, [symbol] or [symbol, tap], the symbol's own sample in the middle), `q` symbol indices
/// [symbol], `bits` Gray labels [symbol, bit], most significant first, and, if asked for,
/// `photocurrent` [symbol, sample] before the receive filter.
public struct DatasetFile: Sendable {
    public let description: DatasetDescription

    public init(_ description: DatasetDescription) { self.description = description }

    /// A dataset without parts, in circular blocks.
    public init(
        link: LinkDescription, noisePowerInDecibels: Double, symbolCount: Int, tapCount: Int,
        seed: UInt64
    ) {
        self.init(
            DatasetDescription(
                link: link, noisePowerInDecibels: noisePowerInDecibels,
                counts: [(.whole, symbolCount)], tapCount: tapCount, seed: seed))
    }

    /// The version of the format: 1 had no parts and no seal.
    static let formatVersion: Int64 = 2
    static let format = "spikelink.dataset"

    /// Arrays in an NPZ file are held in memory; beyond this many values ask for HDF5.
    public static let npzLimit = 200_000_000

    /// Writes the file; the extension chooses HDF5 (.h5) or NumPy (.npz).
    ///
    /// - Throws: `ConfigurationError`, or `FileError`: another process that writes the same file is
    ///   `FileError.Code.locked`.
    public func write(to path: String, progress: (Int) throws -> Void = { _ in }) throws {
        guard path.hasSuffix(".npz") || path.hasSuffix(".h5") else {
            throw ConfigurationError(
                file: path, problem: "the extension chooses the format; .h5 or .npz")
        }
        try description.requireConsistency(path)
        let claim = try OutputClaim(path: path)
        if path.hasSuffix(".npz") {
            try writeNPZ(to: path, progress: progress)
        } else {
            try writeHDF5(to: path, progress: progress)
        }
        claim.release()
    }

    private func forEachPiece(
        of part: DatasetDescription.Part, count: Int, after done: Int,
        progress: (Int) throws -> Void, _ body: (LinkSource.Rows) throws -> Void
    ) throws {
        let source = LinkSource(description, part: part, count: count)
        for index in 0..<source.pieceCount {
            try body(source.rows(piece: index))
            try progress(done + min(count, (index + 1) * LinkSource.pieceLength))
        }
    }

    /// Values of one symbol in all arrays.
    private var valuesPerSymbol: Int {
        description.tapCount + 1 + description.bitsPerSymbol
            + (description.includesPhotocurrent ? description.samplesPerSymbol : 0)
    }

    private func writeNPZ(to path: String, progress: (Int) throws -> Void) throws {
        guard description.symbolCount <= Self.npzLimit / valuesPerSymbol else {
            throw ConfigurationError(
                file: path,
                problem: "too many values for an .npz file, which is made in memory; use .h5")
        }
        let text = Array(try description.json.compactText.utf8)
        var arrays = [
            "seed": NumericArray([description.seed]),
            "noise_power_dB": NumericArray([description.noisePowerInDecibels]),
            // UTF-8, since arrays of texts differ between tools.
            "description": NumericArray(text),
        ]
        var done = 0
        for (part, count) in description.counts {
            var all = LinkSource.Rows()
            try forEachPiece(of: part, count: count, after: done, progress: progress) { rows in
                all.samples += rows.samples
                all.symbols += rows.symbols
                all.bits += rows.bits
                all.photocurrent += rows.photocurrent
            }
            let taps = description.tapCount
            let prefix = part.prefix
            arrays[prefix + "y"] = NumericArray(
                all.samples, shape: taps == 1 ? [count] : [count, taps])
            arrays[prefix + "q"] = NumericArray(all.symbols, shape: [count])
            arrays[prefix + "bits"] = NumericArray(
                all.bits, shape: [count, description.bitsPerSymbol])
            if description.includesPhotocurrent {
                arrays[prefix + "photocurrent"] = NumericArray(
                    all.photocurrent, shape: [count, description.samplesPerSymbol])
            }
            done += count
        }
        try NPZArchive(arrays).write(to: path)
    }

    private func writeHDF5(to path: String, progress: (Int) throws -> Void) throws {
        try HDF5Writer.write(to: path, isSealed: true) { file in
            try writeAttributes(to: file)
            var done = 0
            for (part, count) in description.counts {
                try writePart(part, count: count, after: done, to: file, progress: progress)
                done += count
            }
        }
    }

    private func writeAttributes(to file: HDF5Writer) throws {
        try file.setAttribute("format", to: .text(Self.format))
        try file.setAttribute("format_version", to: .integer(Self.formatVersion))
        try file.setAttribute("description", to: .text(try description.json.compactText))
        try file.setAttribute("channel", to: .text(try description.link.json.compactText))
        try file.setAttribute("noise_power_dB", to: .real(description.noisePowerInDecibels))
        try file.setAttribute("seed", to: .text("\(description.seed)"))
        try file.setAttribute("mode", to: .text(description.mode.rawValue))
        if description.mode == .blocks {
            try file.setAttribute(
                "block_length", to: .integer(Int64(SymbolStreams.blockLength)))
        }
        try file.setAttribute("revision", to: .text(Provenance.revision))
        try file.setAttribute("toolchain", to: .text(Provenance.toolchain))
    }

    private func writePart(
        _ part: DatasetDescription.Part, count: Int, after done: Int, to file: HDF5Writer,
        progress: (Int) throws -> Void
    ) throws {
        let prefix = part.prefix
        let taps = description.tapCount
        let y = try file.makeRows(
            of: Float.self, rowShape: taps == 1 ? [] : [taps], to: prefix + "y")
        let q = try file.makeRows(of: UInt8.self, to: prefix + "q")
        let bits = try file.makeRows(
            of: UInt8.self, rowShape: [description.bitsPerSymbol], to: prefix + "bits")
        let current =
            description.includesPhotocurrent
            ? try file.makeRows(
                of: Float.self, rowShape: [description.samplesPerSymbol],
                to: prefix + "photocurrent") : nil
        try forEachPiece(of: part, count: count, after: done, progress: progress) { rows in
            try y.append(rows.samples)
            try q.append(rows.symbols)
            try bits.append(rows.bits)
            try current?.append(rows.photocurrent)
        }
        let power = "photocurrent, mean launched power 1"
        try file.setAttribute("units", to: .text(power), on: prefix + "y")
        try file.setAttribute("units", to: .text("symbol index"), on: prefix + "q")
        try file.setAttribute(
            "units", to: .text("bit of the Gray label, most significant first"),
            on: prefix + "bits")
        if current != nil {
            try file.setAttribute("units", to: .text(power), on: prefix + "photocurrent")
        }
    }
}

extension JSONValue {
    /// On one line, keys sorted.
    var compactText: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
