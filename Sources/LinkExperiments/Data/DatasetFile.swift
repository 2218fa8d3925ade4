import ArrayFiles
import BaselineEqualizers
import Foundation
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import Reporting

/// Writes the samples, symbols and bits of a link to a file that other tools open.
public struct DatasetFile: Sendable {
    public var link: LinkDescription
    public var noisePowerInDecibels: Double
    public var symbolCount: Int
    /// Taps of each window; 1 writes plain samples.
    public var tapCount: Int
    public var seed: UInt64

    public init(
        link: LinkDescription, noisePowerInDecibels: Double, symbolCount: Int, tapCount: Int,
        seed: UInt64
    ) {
        self.link = link
        self.noisePowerInDecibels = noisePowerInDecibels
        self.symbolCount = symbolCount
        self.tapCount = tapCount
        self.seed = seed
    }

    /// Arrays in an NPZ file are held in memory; beyond this many values ask for HDF5.
    public static let npzLimit = 200_000_000

    /// Writes the file; the extension chooses HDF5 (.h5) or NumPy (.npz).
    ///
    /// Arrays: `y` received samples (single precision, [symbol] or [symbol, tap], the symbol's own
    /// sample in the middle), `q` symbol indices [symbol], `bits` Gray labels [symbol, bit], most
    /// significant first. Blocks of 10 000 symbols are circular; windows do not cross them.
    public func write(to path: String, progress: (Int) throws -> Void = { _ in }) throws {
        if path.hasSuffix(".npz") {
            try writeNPZ(to: path, progress: progress)
        } else if path.hasSuffix(".h5") {
            try writeHDF5(to: path, progress: progress)
        } else {
            throw ConfigurationError(
                file: path, problem: "the extension chooses the format; .h5 or .npz")
        }
    }

    private var bitsPerSymbol: Int { link.parameters.alphabet.bitsPerSymbol }

    /// One block's part of the arrays.
    private func rows(_ streams: SymbolStreams, block index: Int) -> (
        samples: [Float], symbols: [UInt8], bits: [UInt8]
    ) {
        let block = streams.block(index)
        let count = min(SymbolStreams.blockLength, symbolCount - index * SymbolStreams.blockLength)
        let padded = TapWindow(tapCount: tapCount).padded(block.received)
        var samples: [Float] = []
        samples.reserveCapacity(count * tapCount)
        var bits: [UInt8] = []
        bits.reserveCapacity(count * bitsPerSymbol)
        for k in 0..<count {
            for tap in 0..<tapCount { samples.append(Float(padded[k + tap])) }
            let label = PAMAlphabet.grayLabel(of: block.symbols[k])
            for bit in (0..<bitsPerSymbol).reversed() { bits.append((label >> UInt8(bit)) & 1) }
        }
        return (samples, Array(block.symbols.prefix(count)), bits)
    }

    private func forEachBlock(
        progress: (Int) throws -> Void,
        _ body: ((samples: [Float], symbols: [UInt8], bits: [UInt8])) throws -> Void
    ) throws {
        let streams = SymbolStreams(
            link.at(noisePower: Decibels(noisePowerInDecibels)), purpose: .dataset, seed: seed)
        let length = SymbolStreams.blockLength
        for index in 0..<(symbolCount + length - 1) / length {
            try body(rows(streams, block: index))
            try progress(min(symbolCount, (index + 1) * length))
        }
    }

    private var sampleShape: [Int] {
        tapCount == 1 ? [symbolCount] : [symbolCount, tapCount]
    }

    private func writeNPZ(to path: String, progress: (Int) throws -> Void) throws {
        guard symbolCount * (tapCount + 1 + bitsPerSymbol) <= Self.npzLimit else {
            throw ConfigurationError(
                file: path,
                problem: "too many values for an .npz file, which is made in memory; use .h5")
        }
        var samples: [Float] = []
        var symbols: [UInt8] = []
        var bits: [UInt8] = []
        try forEachBlock(progress: progress) { rows in
            samples += rows.samples
            symbols += rows.symbols
            bits += rows.bits
        }
        let seedArray = NumericArray([seed])
        let noise = NumericArray([noisePowerInDecibels])
        try NPZArchive([
            "y": NumericArray(samples, shape: sampleShape),
            "q": NumericArray(symbols, shape: [symbolCount]),
            "bits": NumericArray(bits, shape: [symbolCount, bitsPerSymbol]),
            "seed": seedArray, "noise_power_dB": noise,
        ]).write(to: path)
    }

    private func writeHDF5(to path: String, progress: (Int) throws -> Void) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let description = String(decoding: try encoder.encode(link.json), as: UTF8.self)
        try HDF5Writer.write(to: path) { file in
            try file.setAttribute("format", to: .text("spikelink.dataset"))
            try file.setAttribute("format_version", to: .integer(1))
            try file.setAttribute("channel", to: .text(description))
            try file.setAttribute("noise_power_dB", to: .real(noisePowerInDecibels))
            try file.setAttribute("seed", to: .text(String(seed)))
            try file.setAttribute("block_length", to: .integer(Int64(SymbolStreams.blockLength)))
            try file.setAttribute("revision", to: .text(Provenance.revision))
            let y = try file.makeRows(
                of: Float.self, rowShape: tapCount == 1 ? [] : [tapCount], to: "y")
            let q = try file.makeRows(of: UInt8.self, to: "q")
            let bits = try file.makeRows(of: UInt8.self, rowShape: [bitsPerSymbol], to: "bits")
            try forEachBlock(progress: progress) { rows in
                try y.append(rows.samples)
                try q.append(rows.symbols)
                try bits.append(rows.bits)
            }
            try file.setAttribute(
                "units", to: .text("photocurrent, mean launched power 1"), on: "y")
        }
    }
}
