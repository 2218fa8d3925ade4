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

    @Test func shippedDatasetIsMadeAgainByItsCommand() throws {
        let shipped = Repository.root + "/datasets/lcd-2000.h5"
        #expect(try DatasetVerification.verify(shipped) == 2000)
        try TemporaryFolder.with { folder in
            let again = DatasetFile(
                link: try LinkDescription(file: Repository.root + "/channels/lcd.yaml"),
                noisePowerInDecibels: -20, symbolCount: 2000, tapCount: 7, seed: 1)
            try again.write(to: folder + "/d.h5")
            let a = try HDF5Reader(path: shipped)
            let b = try HDF5Reader(path: folder + "/d.h5")
            #expect(try a.read("q", as: UInt8.self) == b.read("q", as: UInt8.self))
            let y = try (a.read("y", as: Float.self).values, b.read("y", as: Float.self).values)
            // Transforms may round differently on another processor.
            #expect(zip(y.0, y.1).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }
}
