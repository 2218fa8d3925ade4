import ArrayFiles
import Foundation
import TestSupport
import Testing

struct CommandTests {
    @Test(arguments: [
        "channels", "transmit", "generate", "train", "evaluate", "adapt", "energy", "report",
        "demo", "datasets", "models",
    ])
    func everyCommandHelpsWithAnExample(command: String) throws {
        let run = try CommandRun.spikelink([command, "--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("Example: "))
        #expect(run.output.contains("spikelink \(command)"))
    }

    /// A description alone, of a ladder as of a plain receiver, has nothing to export.
    @Test(arguments: ["lcd-imdd-task", "lcd-snn-40"])
    func anUntrainedReceiverIsNamed(model: String) throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.copyItem(
                atPath: "\(Repository.root)/models/\(model)/model.yaml",
                toPath: folder + "/model.yaml")
            let level = model == "lcd-imdd-task" ? ["--level", "-20"] : []
            let run = try CommandRun.spikelink(
                ["models", "export", folder, "--to", "npz", "-o", folder + "/x.npz"] + level)
            #expect(run.status == 2 && run.output.isEmpty)
            #expect(run.errors.contains("has not been trained"), "\(run.errors)")
        }
    }

    @Test func channelsListDerivedQuantities() throws {
        let run = try CommandRun.spikelink(["channels", "--json"])
        #expect(run.status == 0)
        let list = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
        #expect(list?.count ?? 0 >= 2)
        let lcd = list?.first { $0["name"] as? String == "lcd" }
        let derived = lcd?["derived"] as? [String: Any]
        #expect(derived?["bit_rate_Gbit_per_s"] as? Double == 224)
    }

    @Test func aReceiverComesBackFromAFileOfAnotherTool() throws {
        try TemporaryFolder.with { folder in
            let file = folder + "/lcd.nir"
            let export = try CommandRun.spikelink([
                "models", "export", "lcd-snn-40", "--to", "snntorch", "--readout",
                "silent-neurons", "-o", file,
            ])
            #expect(export.status == 0 && export.output.isEmpty, "\(export.errors)")
            let back = try CommandRun.spikelink(["models", "import", file, "-o", folder + "/back"])
            #expect(back.status == 0, "\(back.errors)")
            let again = try CommandRun.spikelink(["models", "import", file, "-o", folder + "/back"])
            #expect(again.status == 73 && again.errors.contains("not empty"))
            let foreign = folder + "/foreign.npz"
            try NPZArchive(["readout.weight": NumericArray([Float(1), 2], shape: [2, 1])])
                .write(to: foreign)
            // What is left unsaid, then a network that cannot be run.
            let complete = ["--step-ms", "0.5", "--like", "lcd-snn-40"]
            for (options, status) in [([], 64 as Int32), (complete, 2)] {
                let run = try CommandRun.spikelink(
                    ["models", "import", foreign, "-o", folder + "/no"] + options)
                #expect(run.status == status, "\(run.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder + "/no"))
            }
            let data = folder + "/lcd.npz"
            _ = try CommandRun.spikelink(["generate", "lcd", "--symbols", "300", "-o", data])
            for (model, name) in [("lcd-snn-40", "a.npz"), (folder + "/back", "b.npz")] {
                let run = try CommandRun.spikelink(
                    ["models", "run", model, data, "-o", "\(folder)/\(name)"])
                #expect(run.status == 0, "\(run.errors)")
            }
            let decided = try ["a.npz", "b.npz"].map { try NPZArchive(path: "\(folder)/\($0)") }
            #expect(decided[0] == decided[1])
            #expect(try decided[0].array("scores", as: Float.self).shape == [300, 4])
        }
    }

    @Test func transmitSendsOneBlock() throws {
        let symbols = (0..<101).map { "\(($0 * 7 + 3) % 4)\n" }.joined()
        let clean = try CommandRun.spikelink(
            ["transmit", "lcd", "--symbols", "-", "--noiseless"], input: symbols)
        #expect(clean.status == 0 && clean.errors.isEmpty)
        let samples = clean.output.split(separator: "\n").compactMap { Double($0) }
        #expect(samples.count == 101)
        #expect(samples.allSatisfy { $0 > -1 && $0 < 8 })
        let noisy = try [1, 1, 2].map { seed in
            try CommandRun.spikelink(
                ["transmit", "lcd", "--symbols", "-", "--seed", "\(seed)"], input: symbols
            ).output
        }
        #expect(noisy[0] == noisy[1] && noisy[0] != noisy[2] && noisy[0] != clean.output)
    }

    @Test(arguments: [
        (["transmit", "lcd", "--symbols", "-"], "0\n4\n", 2 as Int32, "line 2"),
        (["transmit", "lcd", "--symbols", "-"], "", 2, "no symbols"),
        (["transmit", "nowhere", "--symbols", "-"], "0\n", 64, "nothing is called nowhere"),
        (["generate", "lcd", "--symbols", "10", "-o", "/dev/null/x.h5"], "", 73, "/dev/null"),
        (["generate", "lcd", "--symbols", "10", "--taps", "4", "-o", "x.h5"], "", 64, "odd"),
        (["generate", "lcd", "--symbols", "10", "-o", "x.mat"], "", 64, ".h5 or .npz"),
        (["evaluate", "nothing", "--channel", "lcd"], "", 64, "nothing is called nothing"),
        (["evaluate", "linear-7", "--channel", "lcd", "--noise-db", "x"], "", 64, "noise-db"),
        (["energy", "/does/not/exist.json"], "", 2, "/does/not/exist.json"),
        (["train", "linear-7", "--channel", "lcd"], "", 64, "only spiking receivers"),
        (["report"], "", 64, "Missing"),
        (["models", "export", "linear-7", "--to", "npz", "-o", "x.npz"], "", 64, "only spiking"),
        (["models", "export", "lcd-snn-40", "--to", "norse", "-o", "x.nir"], "", 64, "drops leaky"),
        (["models", "export", "lcd-snn-40", "--to", "npz", "-o", "/dev/null/x"], "", 73, "/dev/null"),
        (["models", "import", "/does/not/exist.nir", "-o", "x"], "", 2, "does not exist"),
        (
            ["models", "export", "lcd-imdd-task", "--to", "npz", "-o", "x.npz"], "", 64,
            "add --level and one of -30, -22"
        ),
        (["models", "import", "weights.pt", "-o", "x"], "", 64, "can hold code"),
    ])
    func mistakesEndInOneLineAndTheirExitCode(
        arguments: [String], input: String, status: Int32, expected: String
    ) throws {
        let run = try CommandRun.spikelink(arguments, input: input)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.contains(expected), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test func evaluateWritesTheContractedArrayAndEnergyPricesIt() throws {
        try TemporaryFolder.with { folder in
            let file = folder + "/results.json"
            let run = try CommandRun.spikelink([
                "evaluate", "linear-7", "lcd-snn-40", "--channel", "lcd", "--noise-db", "-16:-15:1",
                "--bit-errors", "200", "--json", file,
            ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("linear-7"))
            let array =
                try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
                as? [[String: Any]]
            #expect(array?.count == 2)
            #expect(array?[0]["schema"] as? String == "spikelink.evaluation/1")
            let points = array?[1]["points"] as? [[String: Any]]
            #expect(points?.count == 2)
            let reliability = points?[0]["reliability"] as? [String: Any]
            let information = reliability?["information"] as? [String: Any]
            #expect((information?["value"] as? Double).map { $0 > 1.8 && $0 < 2 } == true)
            #expect(array?[0].keys.contains("chip_seed") == true)
            let energy = try CommandRun.spikelink(["energy", file])
            #expect(energy.status == 0 && energy.output.contains("pJ/bit"), "\(energy.errors)")
            let json = try [1, 2].map { threads in
                try CommandRun.spikelink([
                    "evaluate", "lcd-snn-40", "--channel", "lcd", "--noise-db", "-16",
                    "--bit-errors", "200", "--json", "-", "--threads", "\(threads)",
                ]).output
            }
            #expect(json[0] == json[1] && json[0].hasPrefix("["))
            let bare = try CommandRun.spikelink([
                "evaluate", "lcd-snn-40", "--channel", "lcd", "--noise-db", "-16",
                "--bit-errors", "200", "--json", "-", "--no-reliability",
            ]).output
            #expect(bare.hasPrefix("[") && !bare.contains("reliability"))
        }
    }

    /// Codes are tried when asked for, soft ones where reliabilities are, and the page has their
    /// section.
    @Test func evaluateDecodesWithEveryCode() throws {
        try TemporaryFolder.with { folder in
            let file = folder + "/results.json"
            let options = [
                "evaluate", "linear-7", "--channel", "lcd", "--noise-db", "-20", "--bit-errors",
                "1000", "--fec", "--json", file,
            ]
            let run = try CommandRun.spikelink(options)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("lost share"))
            #expect(run.output.contains("KP4, soft") && run.output.contains("rule of thumb"))
            let report = try CommandRun.spikelink(["report", file, "-o", folder + "/report"])
            #expect(report.status == 0, "\(report.errors)")
            let page = try String(contentsOfFile: folder + "/report/report.html", encoding: .utf8)
            #expect(page.contains("<section id=\"error-correction\">"))
            #expect(page.contains("--seed 1 --bit-errors 1000 --fec"))
            let hard = try CommandRun.spikelink(options + ["--no-reliability"])
            #expect(hard.status == 0 && !hard.output.contains("KP4, soft"), "\(hard.errors)")
            #expect(hard.output.contains("KP4, hard"))
            let help = try CommandRun.spikelink(["evaluate", "--help"])
            #expect(help.output.contains("--fec"))
        }
    }

    /// A training killed without warning, or told to end, continues to the same weights, bit for bit.
    @Test func killedTrainingResumesToTheSameWeights() throws {
        try TemporaryFolder.with { folder in
            let source = try String(
                contentsOfFile: Repository.root + "/models/lcd-snn-40/model.yaml", encoding: .utf8)
            try FileManager.default.createDirectory(
                atPath: folder + "/model", withIntermediateDirectories: true)
            let short = source.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.hasPrefix("  symbols: ") ? "  symbols: 1500000" : $0
            }.joined(separator: "\n")
            try short.write(
                toFile: folder + "/model/model.yaml", atomically: true, encoding: .utf8)
            func train(
                _ name: String, resume: Bool, stopWhen file: String? = nil,
                signal: Int32 = SIGKILL
            ) throws -> CommandRun {
                try CommandRun.spikelink(
                    [
                        "train", folder + "/model", "--channel", "lcd",
                        resume ? "--resume" : "-o", folder + "/" + name,
                    ], stopWhen: file, signal: signal)
            }
            #expect(try train("whole", resume: false).status == 0)
            let killed = try train(
                "parts", resume: false, stopWhen: folder + "/parts/checkpoint.safetensors")
            #expect(killed.status != 0)
            #expect(!FileManager.default.fileExists(atPath: folder + "/parts/network.nir"))
            let resumed = try train("parts", resume: true)
            #expect(resumed.status == 0, "\(resumed.errors)")
            let ended = try train(
                "ended", resume: false, stopWhen: folder + "/ended/checkpoint.safetensors",
                signal: SIGTERM)
            #expect(ended.status == 143)
            #expect(ended.errors.contains("--resume \(folder)/ended"), "\(ended.errors)")
            #expect(try train("ended", resume: true).status == 0)
            let weights = try ["whole", "parts", "ended"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)/network.nir"))
            }
            #expect(weights[0] == weights[1])
            #expect(weights[0] == weights[2])
        }
    }
}
