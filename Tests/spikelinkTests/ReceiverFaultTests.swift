import ArrayFiles
import Foundation
import TestSupport
import Testing

/// Bad receivers and busy folders, through the built program: one line and the documented status.
@Suite struct ReceiverFaultTests {
    /// A network of one LIF neuron with what is wrong with it.
    private func write(
        to path: String, tau: Float = 1, type: String = "LIF", without omitted: String = "",
        edges: [String] = ["input", "n", "n", "output"]
    ) throws {
        try HDF5Writer.write(to: path) { file in
            try file.write("1.0.8", to: "version")
            try file.write("NIRGraph", to: "node/type")
            try file.write(edges, shape: [edges.count / 2, 2], to: "node/edges")
            for (port, kind) in [("input", "Input"), ("output", "Output")] {
                try file.write(kind, to: "node/nodes/\(port)/type")
                try file.write([Int64(1)], shape: [1], to: "node/nodes/\(port)/shape")
            }
            try file.write(type, to: "node/nodes/n/type")
            for key in ["tau", "r", "v_leak", "v_threshold"] where key != omitted {
                try file.write([key == "tau" ? tau : 1], shape: [1], to: "node/nodes/n/\(key)")
            }
        }
    }

    private func importing(_ path: String, to output: String) throws -> CommandRun {
        try CommandRun.spikelink(
            ["models", "import", path, "--like", "lcd-snn-40", "-o", output])
    }

    private func expectRefused(_ run: CommandRun, naming word: String, output: String) {
        #expect(run.status == 2, "\(run.errors)")
        #expect(run.errors.contains(word), "\(run.errors)")
        #expect(run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func networksThatMeanNothingAreStatus2() throws {
        try TemporaryFolder.with { folder in
            let output = folder + "/out"
            // A name of its own for each: libhdf5 locks files, and processes that other tests start
            // meanwhile inherit the lock.
            func check(_ name: String, naming word: String, _ make: (String) throws -> Void) throws {
                let path = "\(folder)/\(name).nir"
                try make(path)
                expectRefused(try importing(path, to: output), naming: word, output: output)
            }
            try check("negative", naming: "tau") { try write(to: $0, tau: -1) }
            try check("nan", naming: "tau") { try write(to: $0, tau: .nan) }
            try check("missing", naming: "v_threshold") { try write(to: $0, without: "v_threshold") }
            try check("bogus", naming: "Bogus") { try write(to: $0, type: "Bogus") }
            try check("dangling", naming: "nowhere") {
                try write(to: $0, edges: ["input", "n", "n", "nowhere"])
            }
        }
    }

    @Test func truncatedNetworksAreStatus2() throws {
        try TemporaryFolder.with { folder in
            let whole = try Data(
                contentsOf: URL(
                    fileURLWithPath: Repository.root + "/models/lcd-lean/network.nir"))
            let path = folder + "/cut.nir"
            let output = folder + "/out"
            for length in stride(from: 0, to: whole.count, by: 997) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                expectRefused(try importing(path, to: output), naming: "cut.nir", output: output)
            }
        }
    }

    @Test func aRunFolderInUseIsStatus75() throws {
        let folder = try TemporaryFolder()
        let lock = try RunLock(path: folder.file("run.lock"))
        let run = try CommandRun.spikelink([
            "train", "lcd-lean", "--channel", "lcd", "-o", folder.path,
        ])
        #expect(run.status == 75, "\(run.errors)")
        #expect(run.errors.contains("in use by process"))
        withExtendedLifetime(lock) {}
    }

    @Test func whatTheChipCannotCarryIsStatus64() throws {
        let run = try CommandRun.spikelink([
            "evaluate", "ssmf-lean", "--channel", "ssmf", "--noise-db", "-20", "--on", "chip",
        ])
        #expect(run.status == 64)
        #expect(run.errors.contains("this receiver cannot run on the chip"), "\(run.errors)")
    }
}
