import ArrayFiles

/// A dataset file of either format: its parts, its attributes, and rows on demand.
public final class DatasetReader {
    /// One part's arrays.
    public struct Part: Hashable, Sendable {
        /// Empty when the file has no parts.
        public let name: String
        public let symbols: Int
        public let taps: Int
        public let bitsPerSymbol: Int
        /// Samples per symbol of the photocurrent; 0 without.
        public let photocurrentSamples: Int
    }

    /// Rows of one part.
    public struct Rows {
        /// Samples, shape [symbol, tap].
        public let y: [Float]
        public let q: [UInt8]
        /// Shape [symbol, bit].
        public let bits: [UInt8]
        /// Shape [symbol, sample].
        public let photocurrent: [Float]
    }

    private enum Source {
        case archive(NPZArchive)
        case hdf5(HDF5Reader)
    }

    public let path: String
    public private(set) var parts: [Part] = []
    /// What the file says about itself, in the order in which it is shown.
    public private(set) var attributes: [(name: String, value: String)] = []
    private let source: Source

    /// Opens a file and checks what it is, its seal, and that its arrays belong together.
    public init(path: String) throws {
        self.path = path
        if path.hasSuffix(".npz") {
            let archive = try NPZArchive(path: path)
            source = .archive(archive)
            try readAttributes(of: archive)
        } else {
            let isSealed = try FileSeal.isIntact(path)
            let file = try HDF5Reader(path: path)
            source = .hdf5(file)
            try readAttributes(of: file, isSealed: isSealed)
        }
        for name in [""] + DatasetDescription.Part.allCases.map(\.rawValue)
        where try contains(prefix(name) + "q") {
            parts.append(try part(name))
        }
        guard !parts.isEmpty else {
            throw FileError.badData(path, "holds no samples: arrays y, q and bits are missing")
        }
    }

    private func prefix(_ part: String) -> String { part.isEmpty ? "" : part + "/" }

    private func contains(_ array: String) throws -> Bool {
        switch source {
        case .archive(let archive): archive.arrays[array] != nil
        case .hdf5(let file): try file.contains(array)
        }
    }

    private func shape(_ array: String) throws -> [Int] {
        switch source {
        case .archive(let archive):
            guard let found = archive.arrays[array] else {
                throw FileError.badData(path, "has no '\(array)'")
            }
            return found.shape
        case .hdf5(let file): return try file.dataset(array).shape
        }
    }

    private func readAttributes(of archive: NPZArchive) throws {
        if archive.arrays["description"] != nil {
            let bytes = try archive.array("description", as: UInt8.self, rank: 1).values
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw FileError.badData(path, "its description is not UTF-8 text")
            }
            attributes.append(("description", text))
        }
    }

    private func readAttributes(of file: HDF5Reader, isSealed: Bool) throws {
        guard try file.attribute("format") == .text(DatasetFile.format) else {
            throw FileError.badData(path, "is not a spikelink dataset")
        }
        guard case .integer(let version)? = try file.attribute("format_version"), version >= 1
        else { throw FileError.badData(path, "has no format_version") }
        guard version <= DatasetFile.formatVersion else {
            throw FileError.badData(
                path, "was written by a newer version, in format \(version)",
                remedy: "use that version; this one reads up to \(DatasetFile.formatVersion)")
        }
        guard isSealed || version == 1 else {
            throw FileError.badData(path, "has lost the checksum at its end: it was cut or changed")
        }
        let names = [
            "format_version", "channel", "noise_power_dB", "seed", "mode", "block_length",
            "revision", "toolchain",
        ]
        for name in names {
            switch try file.attribute(name) {
            case .text(let text)?: attributes.append((name, text))
            case .integer(let number)?: attributes.append((name, "\(number)"))
            case .real(let number)?: attributes.append((name, "\(number)"))
            case nil: break
            }
        }
    }

    private func part(_ name: String) throws -> Part {
        let y = try shape(prefix(name) + "y")
        let q = try shape(prefix(name) + "q")
        let bits = try shape(prefix(name) + "bits")
        guard q.count == 1, y.count == 1 || y.count == 2, y[0] == q[0], bits.count == 2,
            bits[0] == q[0], (1...8).contains(bits[1]), y.count == 1 || (1...1001).contains(y[1])
        else {
            throw FileError.badData(path, "y \(y), q \(q) and bits \(bits) do not belong together")
        }
        var samples = 0
        if try contains(prefix(name) + "photocurrent") {
            let current = try shape(prefix(name) + "photocurrent")
            guard current.count == 2, current[0] == q[0], (1...64).contains(current[1]) else {
                throw FileError.badData(
                    path, "photocurrent \(current) and q \(q) do not belong together")
            }
            samples = current[1]
        }
        return Part(
            name: name, symbols: q[0], taps: y.count == 1 ? 1 : y[1], bitsPerSymbol: bits[1],
            photocurrentSamples: samples)
    }

    /// Reads symbols of a part.
    public func rows(_ rows: Range<Int>, of part: Part) throws -> Rows {
        Rows(
            y: try values("y", rows, of: part, as: Float.self, width: part.taps),
            q: try values("q", rows, of: part, as: UInt8.self, width: 1),
            bits: try values("bits", rows, of: part, as: UInt8.self, width: part.bitsPerSymbol),
            photocurrent: part.photocurrentSamples == 0
                ? []
                : try values(
                    "photocurrent", rows, of: part, as: Float.self,
                    width: part.photocurrentSamples))
    }

    private func values<E: ArrayElement>(
        _ array: String, _ rows: Range<Int>, of part: Part, as type: E.Type, width: Int
    ) throws -> [E] {
        switch source {
        case .archive(let archive):
            let all = try archive.array(prefix(part.name) + array, as: type).values
            return Array(all[rows.lowerBound * width..<rows.upperBound * width])
        case .hdf5(let file):
            return try file.readRows(prefix(part.name) + array, rows, as: type).values
        }
    }
}
