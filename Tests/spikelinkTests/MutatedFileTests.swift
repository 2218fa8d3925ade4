import ArrayFiles
import Foundation
import RandomStreams
import TestSupport
import Testing

/// Files damaged at random, by a fixed seed, through the program: each ends in one line, within
/// limits on memory and processor time, and leaves nothing.
struct MutatedFileTests {
    /// 10 s of processor time and 1 GB of memory, with all that the program maps at its start.
    static let limits = ["-t 10", "-v \(1 << 20)"]

    enum Kind: String, CaseIterable {
        case network, resealedDataset, dataset, archive, weights

        var count: Int {
            switch self {
            case .network: 150
            case .resealedDataset: 150
            case .dataset: 50
            case .archive: 100
            case .weights: 50
            }
        }

        var file: String {
            switch self {
            case .network: "x.nir"
            case .resealedDataset, .dataset: "x.h5"
            case .archive, .weights: "x.npz"
            }
        }

        func make(in folder: String) throws {
            let path = folder + "/" + file
            let command =
                switch self {
                case .network:
                    ["models", "export", "lcd-snn-40", "--to", "standard", "-o", path]
                case .weights: ["models", "export", "lcd-snn-40", "--to", "npz", "-o", path]
                case .dataset, .resealedDataset, .archive:
                    ["generate", "lcd", "--symbols", "300", "--taps", "3", "-o", path]
                }
            let run = try CommandRun.spikelink(command)
            try #require(run.status == 0, "\(run.errors)")
        }

        func command(_ path: String, output: String) -> [String] {
            switch self {
            case .network, .weights:
                ["models", "import", path, "--like", "lcd-snn-40", "-o", output]
            case .dataset, .resealedDataset, .archive: ["datasets", "verify", path]
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func everyOneEndsInOneLine(kind: Kind) throws {
        try TemporaryFolder.with { folder in
            try kind.make(in: folder)
            let path = folder + "/" + kind.file
            var original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            if kind == .resealedDataset { original.removeLast(FileSeal.length) }
            var stream = RandomStream(seed: 7).substream(kind.rawValue)
            var refused = 0
            for index in 0..<kind.count {
                let bytes = mutated(original, &stream)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                // With a seal that fits, the damage gets past it and to the HDF5 library.
                if kind == .resealedDataset { try FileSeal.append(to: path, reportedAs: path) }
                let run = try CommandRun.spikelink(
                    kind.command(path, output: folder + "/out"), limits: Self.limits)
                let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                if run.status == 0 {
                    // The damage hit nothing that is read; a changed byte of a sealed file does.
                    #expect(kind != .dataset || bytes == original, "case \(index)")
                    try? FileManager.default.removeItem(atPath: folder + "/out")
                    continue
                }
                refused += 1
                #expect([2, 64].contains(run.status), "case \(index): \(run.status) \(run.errors)")
                #expect(
                    run.errors.hasSuffix("\n") && run.errors.count { $0 == "\n" } == 1,
                    "case \(index): \(run.errors)")
                #expect(run.errors.contains(kind.file), "case \(index): \(run.errors)")
                #expect(left == [kind.file], "case \(index)")
            }
            #expect(refused > kind.count / 3)
        }
    }

    /// One of the ways in which a file gets damaged, half of them near its beginning, where the
    /// structures of a file are.
    private func mutated(_ bytes: [UInt8], _ stream: inout RandomStream) -> [UInt8] {
        var result = bytes
        let reach = Bool.random(using: &stream) ? bytes.count : min(bytes.count, 6000)
        let place = Int.random(in: 0..<reach, using: &stream)
        switch Int.random(in: 0..<6, using: &stream) {
        case 0:
            for _ in 0..<4 {
                result[Int.random(in: 0..<reach, using: &stream)] =
                    UInt8.random(in: 0...255, using: &stream)
            }
        case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &stream)
        case 2: result.removeSubrange(place...)
        case 3: for index in place..<min(place + 8, bytes.count) { result[index] = 0xFF }
        case 4: for index in place..<min(place + 512, bytes.count) { result[index] = 0 }
        default: result.insert(contentsOf: bytes[..<place].suffix(200), at: place)
        }
        return result
    }
}
