import ArrayFiles
import Foundation
import TestSupport
import Testing

/// What can happen to dataset files, through the program, each with its exit status.
struct DatasetFaultTests {
    private func generate(_ path: String, _ options: [String] = []) throws -> CommandRun {
        try CommandRun.spikelink(
            ["generate", "lcd", "--symbols", "300", "--taps", "3", "-o", path] + options)
    }

    private func verify(_ path: String) throws -> CommandRun {
        try CommandRun.spikelink(["datasets", "verify", path])
    }

    @Test(arguments: ["d.h5", "d.npz"])
    func everyTruncationIsStatus2(name: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/" + name
            #expect(try generate(path).status == 0)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var lengths = Array(stride(from: 0, to: whole.count, by: 997))
            lengths += [1, 8, 31, 32, 33, whole.count - 33, whole.count - 32, whole.count - 1]
            for length in lengths {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                let run = try verify(path)
                #expect(run.status == 2 && run.output.isEmpty, "\(length): \(run.errors)")
                #expect(run.errors.count { $0 == "\n" } == 1 && run.errors.contains(name))
            }
        }
    }

    /// The seal finds a flip anywhere: in numbers, names, attributes, and in the seal itself.
    @Test func everyFlippedBitOfASealedFileIsFound() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/d.h5"
            #expect(try generate(path).status == 0)
            let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            for place in Array(stride(from: 0, to: whole.count, by: 397)) + [whole.count - 1] {
                var bytes = whole
                bytes[place] ^= 1 << UInt8(place % 8)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let run = try verify(path)
                #expect(run.status == 2 && run.errors.contains("d.h5"), "byte \(place)")
            }
        }
    }

    @Test func foreignValuesAreNamedByTheirSymbol() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/d.npz"
            #expect(try generate(path).status == 0)
            for value in [Float.nan, .infinity] {
                var archive = try NPZArchive(path: path)
                var y = try archive.array("y", as: Float.self).values
                y[3 * 41 + 1] = value
                archive.arrays["y"] = NumericArray(y, shape: [300, 3])
                try archive.write(to: folder + "/e.npz")
                let run = try verify(folder + "/e.npz")
                #expect(run.status == 2 && run.errors.contains("y of symbol 41 is not a finite"))
            }
        }
    }

    @Test func absurdSizesAreRefusedBeforeTheyAreMade() throws {
        try TemporaryFolder.with { folder in
            let many = try CommandRun.spikelink(
                ["generate", "lcd", "--symbols", "1000000000000", "-o", folder + "/d.npz"],
                limits: MutatedFileTests.limits)
            #expect(many.status == 64 && many.errors.contains("use .h5"), "\(many.errors)")
            let more = try CommandRun.spikelink(
                ["generate", "lcd", "--symbols", "4611686018427387904", "-o", folder + "/d.h5"])
            #expect(more.status == 64 && more.errors.contains("10^12"), "\(more.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    /// A limit on the length of files stands for a full disk, where nothing may be mounted.
    @Test(arguments: ["d.h5", "d.npz"])
    func aFullDiskIsStatus74AndKeepsTheOldFile(name: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/" + name
            #expect(try generate(path).status == 0)
            let old = try Data(contentsOf: URL(fileURLWithPath: path))
            let run = try CommandRun.spikelink(
                ["generate", "lcd", "--symbols", "50000", "--taps", "7", "-o", path],
                limits: ["-f 64"])
            #expect(run.status == 74, "\(run.errors)")
            #expect(run.errors.contains("cannot be written"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == old)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
        }
    }

    @Test func lookingIntoAFileShowsWhatIsInItAndNamesWhatIsNot() throws {
        let file = Repository.root + "/datasets/ssmf-parts-3000.h5"
        let info = try CommandRun.spikelink(["datasets", "info", file])
        #expect(info.output.contains("validation: 500 symbols, 2 bits each, windows of 21"))
        #expect(info.output.contains("mode: stream") && info.output.contains("symbol_rate_GBd"))
        let rows = try CommandRun.spikelink([
            "datasets", "sample", file, "--part", "test", "--first", "498", "--count", "5",
        ])
        let lines = rows.output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(lines.map { String($0[0]) } == ["498", "499"])
        #expect(lines.allSatisfy { $0.count == 24 })
        for options in [["--part", "tset"], ["--part", "test", "--first", "500"]] {
            let run = try CommandRun.spikelink(["datasets", "sample", file] + options)
            #expect(run.status == 64 && run.output.isEmpty)
            #expect(run.errors.contains("is not in the file") && run.errors.count { $0 == "\n" } == 1)
        }
    }

    @Test func newerFormatsAreNotGuessedAt() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/d.h5"
            try HDF5Writer.write(to: path, isSealed: true) { file in
                try file.setAttribute("format", to: .text("spikelink.dataset"))
                try file.setAttribute("format_version", to: .integer(3))
            }
            let run = try verify(path)
            #expect(run.status == 2 && run.errors.contains("newer version, in format 3"))
        }
    }

    /// Started by the wall clock or not, a command makes the same bytes.
    @Test func theSameCommandMakesTheSameBytes() throws {
        try TemporaryFolder.with { folder in
            for name in ["a.h5", "b.h5", "a.npz", "b.npz"] {
                #expect(try generate("\(folder)/\(name)").status == 0)
            }
            for format in ["h5", "npz"] {
                let files = try ["a", "b"].map {
                    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0).\(format)"))
                }
                #expect(files[0] == files[1])
            }
        }
    }

    /// What a killed writer leaves is hidden, is not accepted, and goes with the next writing.
    @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
    func aStoppedWriterLeavesNoFileOfThatName(signal: Int32) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/d.h5"
            // The claim's file appears before the first symbol is written.
            let run = try CommandRun.spikelink(
                ["generate", "lcd", "--symbols", "50000000", "-o", path],
                stopWhen: folder + "/.d.h5.lock", signal: signal)
            let expected: Int32 = [SIGKILL: SIGKILL, SIGTERM: 143, SIGINT: 130][signal]!
            #expect(run.status == expected)
            #expect(!FileManager.default.fileExists(atPath: path))
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            if signal != SIGKILL { #expect(left.isEmpty, "\(left)") }
            for name in left where name.contains("partial") {
                #expect(try verify(folder + "/" + name).status == 2)
            }
            #expect(try generate(path).status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["d.h5"])
        }
    }

    @Test func ofTwoWritersOfOneFileOneWinsAndTheOtherSaysSo() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("d.h5")
        func write(_ seed: Int) async throws -> CommandRun {
            try await Task.detached {
                try CommandRun.spikelink([
                    "generate", "lcd", "--symbols", "300000", "--seed", "\(seed)", "-o", path,
                ])
            }.value
        }
        async let first = write(1)
        async let second = write(2)
        let runs = try await [first, second]
        // Both may win where the second has started only after the first had ended.
        let losers = runs.filter { $0.status != 0 }
        #expect(losers.count <= 1)
        for run in losers {
            #expect(run.status == 75 && run.errors.contains("is being written by another process"))
            #expect(run.errors.count { $0 == "\n" } >= 1)
        }
        #expect(try verify(path).status == 0)
        #expect(folder.names == ["d.h5"])
    }

    /// The same with a first writer that certainly is at work: the claim is held by this process.
    @Test func aHeldClaimIsStatus75() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("d.h5")
        let claim = try OutputClaim(path: path)
        let run = try generate(path)
        #expect(run.status == 75, "\(run.errors)")
        #expect(run.errors.count { $0 == "\n" } == 1)
        #expect(run.errors.contains("d.h5: is being written by another process"))
        claim.release()
        #expect(try generate(path).status == 0)
        #expect(folder.names == ["d.h5"])
    }
}
