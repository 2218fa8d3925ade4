import ArrayFiles
import BaselineEqualizers
import Foundation
import LinkExperiments
import Modulation
import TestSupport
import Testing

struct DatasetFileTests {
    private func dataset(symbols: Int, taps: Int) throws -> DatasetFile {
        DatasetFile(
            link: try LinkDescription(file: Repository.root + "/channels/lcd.yaml"),
            noisePowerInDecibels: -20, symbolCount: symbols, tapCount: taps, seed: 4)
    }

    @Test func bothFormatsHoldTheSameArrays() throws {
        try TemporaryFolder.with { folder in
            let dataset = try dataset(symbols: 12_345, taps: 3)
            try dataset.write(to: folder + "/d.h5")
            try dataset.write(to: folder + "/d.npz")
            let h5 = try HDF5Reader(path: folder + "/d.h5")
            let npz = try NPZArchive(path: folder + "/d.npz")
            let y = try h5.read("y", as: Float.self)
            #expect(y.shape == [12_345, 3])
            #expect(try npz.array("y", as: Float.self) == y)
            let q = try h5.read("q", as: UInt8.self)
            #expect(try npz.array("q", as: UInt8.self) == q)
            let bits = try h5.read("bits", as: UInt8.self)
            #expect(bits.shape == [12_345, 2])
            #expect(try npz.array("bits", as: UInt8.self) == bits)
            for k in 0..<12_345 {
                let label = PAMAlphabet.grayLabel(of: q.values[k])
                #expect(bits.values[2 * k] == label >> 1 && bits.values[2 * k + 1] == label & 1)
            }
            // The middle tap is the symbol's own sample.
            for k in 1..<9_999 {
                #expect(y.values[3 * k] == y.values[3 * (k - 1) + 1])
                #expect(y.values[3 * k + 2] == y.values[3 * (k + 1) + 1])
            }
        }
    }

    @Test func unknownExtensionIsRefused() throws {
        #expect(throws: ConfigurationError.self) {
            try dataset(symbols: 10, taps: 1).write(to: "d.mat")
        }
    }

    @Test(arguments: ["d.h5", "d.npz"])
    func truncatedDatasetsAndForeignValuesAreNamed(name: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/" + name
            try dataset(symbols: 3000, taps: 3).write(to: path)
            #expect(try DatasetVerification.verify(path) == 3000)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for length in stride(from: 0, to: whole.count, by: whole.count / 7) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                #expect(throws: FileError.self) { try DatasetVerification.verify(path) }
            }
        }
    }

    @Test func notANumberIsFoundByItsSymbol() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/d.npz"
            try dataset(symbols: 100, taps: 1).write(to: path)
            var archive = try NPZArchive(path: path)
            var y = try archive.array("y", as: Float.self).values
            y[41] = .nan
            archive.arrays["y"] = NumericArray(y)
            try archive.write(to: path)
            do {
                _ = try DatasetVerification.verify(path)
                Issue.record("accepted")
            } catch {
                #expect("\(error)".contains("symbol 41 is not a finite number"))
            }
        }
    }

    private func made(
        _ counts: [(part: DatasetDescription.Part, symbols: Int)], taps: Int = 1,
        mode: DatasetDescription.Mode = .blocks, photocurrent: Bool = false, at path: String
    ) throws -> DatasetReader {
        try DatasetFile(
            DatasetDescription(
                link: try LinkDescription(file: Repository.root + "/channels/lcd.yaml"),
                noisePowerInDecibels: -20, counts: counts, tapCount: taps, mode: mode,
                includesPhotocurrent: photocurrent, seed: 4)
        ).write(to: path)
        return try DatasetReader(path: path)
    }

    /// Parts differ in symbols and noise, and each is the same however long the others are.
    @Test(arguments: [DatasetDescription.Mode.blocks, .stream])
    func partsAreIndependentOfEachOther(mode: DatasetDescription.Mode) throws {
        try TemporaryFolder.with { folder in
            let count = 10_500
            let file = try made(
                [(.train, count), (.validation, count), (.test, count)], mode: mode,
                at: folder + "/a.h5")
            #expect(file.parts.map(\.name) == ["train", "validation", "test"])
            let rows = try file.parts.map { try file.rows(0..<count, of: $0) }
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                // Independent symbols agree in a quarter of the places; the noise that is left
                // when the mean of each symbol is taken away does not correlate.
                let equal = zip(rows[a].q, rows[b].q).count { $0 == $1 }
                #expect(abs(Double(equal) / Double(count) - 0.25) < 5 * 0.43 / 102)
                #expect(abs(correlation(rows[a].y, rows[b].y)) < 5 / 102)
            }
            let alone = try made([(.test, 300)], mode: mode, at: folder + "/b.npz")
            let part = try alone.rows(0..<300, of: alone.parts[0])
            #expect(part.y == Array(rows[2].y[..<300]) && part.q == Array(rows[2].q[..<300]))
        }
    }

    private func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let n = Double(a.count)
        let (ma, mb) = (a.reduce(0) { $0 + Double($1) } / n, b.reduce(0) { $0 + Double($1) } / n)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (Double(x) - ma) * (Double(y) - mb)
            aa += (Double(x) - ma) * (Double(x) - ma)
            bb += (Double(y) - mb) * (Double(y) - mb)
        }
        return ab / (aa * bb).squareRoot()
    }

    /// Windows of a stream reach over the edges of its pieces, and belong to the same symbols
    /// whatever their length.
    @Test func windowsOfAStreamHaveNoEdges() throws {
        try TemporaryFolder.with { folder in
            let plain = try made([(.whole, 10_100)], mode: .stream, at: folder + "/a.h5")
            let windows = try made([(.whole, 10_100)], taps: 5, mode: .stream, at: folder + "/b.h5")
            let a = try plain.rows(0..<10_100, of: plain.parts[0])
            let b = try windows.rows(0..<10_100, of: windows.parts[0])
            #expect(a.q == b.q)
            for k in 2..<10_098 {
                #expect(Array(b.y[5 * k..<5 * k + 5]) == Array(a.y[k - 2...k + 2]), "\(k)")
            }
        }
    }

    /// The receive filter makes the samples from the photocurrent: root-raised cosine around the
    /// block, every third value times three.
    @Test func thePhotocurrentIsWhatTheSamplesComeFrom() throws {
        try TemporaryFolder.with { folder in
            let count = 10_000
            let file = try made([(.whole, count)], photocurrent: true, at: folder + "/a.h5")
            let rows = try file.rows(0..<count, of: file.parts[0])
            #expect(rows.photocurrent.count == 3 * count)
            // The impulse response in closed form (Proakis, Digital Communications), time in
            // symbols; its samples at three a symbol sum to one, which sets the factor 1/3.
            func response(_ t: Double) -> Double {
                let b = 0.2
                if abs(t) < 1e-9 { return 1 - b + 4 * b / .pi }
                if abs(abs(4 * b * t) - 1) < 1e-9 {
                    return b / 2.0.squareRoot()
                        * ((1 + 2 / .pi) * sin(.pi / (4 * b)) + (1 - 2 / .pi) * cos(.pi / (4 * b)))
                }
                return (sin(.pi * t * (1 - b)) + 4 * b * t * cos(.pi * t * (1 + b)))
                    / (.pi * t * (1 - (4 * b * t) * (4 * b * t)))
            }
            for symbol in stride(from: 0, to: count, by: 771) {
                var sum = 0.0
                for d in -600...600 {
                    let place = ((3 * symbol + d) % (3 * count) + 3 * count) % (3 * count)
                    sum += Double(rows.photocurrent[place]) * response(Double(d) / 3)
                }
                #expect(abs(sum - Double(rows.y[symbol])) < 0.01, "\(symbol)")
            }
        }
    }

    @Test func whatCannotBeStreamedIsSaid() throws {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try made([(.whole, 10)], mode: .stream, photocurrent: true, at: "/nowhere/a.h5")
        }
        #expect("\(error!)".contains("use blocks"))
    }

    /// Every shipped file is what its recipe makes.
    @Test(arguments: ["lcd-2000", "lcd-photocurrent-500", "ssmf-parts-3000"])
    func shippedDatasetIsMadeAgainByItsRecipe(name: String) throws {
        let folder = Repository.root + "/datasets/"
        let recipe = try DatasetDescription(
            recipe: folder + name + ".yaml", catalog: Catalog(roots: [Repository.root]))
        #expect(try DatasetVerification.verify(folder + name + ".h5") == recipe.symbolCount)
        try TemporaryFolder.with { temporary in
            try DatasetFile(recipe).write(to: temporary + "/d.h5")
            let a = try DatasetReader(path: folder + name + ".h5")
            let b = try DatasetReader(path: temporary + "/d.h5")
            #expect(a.parts == b.parts)
            for part in a.parts {
                let x = try a.rows(0..<part.symbols, of: part)
                let y = try b.rows(0..<part.symbols, of: part)
                #expect(x.q == y.q && x.bits == y.bits)
                // Transforms may round differently on another processor.
                for (p, q) in [(x.y, y.y), (x.photocurrent, y.photocurrent)] {
                    #expect(p.count == q.count && zip(p, q).allSatisfy { abs($0 - $1) < 1e-5 })
                }
            }
        }
    }

    @Test func everyRecipeReads() throws {
        let catalog = Catalog(roots: [Repository.root])
        #expect(catalog.names(.datasets).count >= 4)
        for name in catalog.names(.datasets) {
            _ = try DatasetDescription(recipe: catalog.file(.datasets, name), catalog: catalog)
        }
    }
}
