import Foundation
import TestSupport
import Testing

/// Receivers on a link that drifts, from the command line.
@Suite struct AdaptCommandTests {
    private func adapt(_ arguments: [String]) throws -> CommandRun {
        try CommandRun.spikelink(
            ["adapt", "lcd-snn-40", "--channel", "lcd-power-step", "--symbols", "20000"] + arguments)
    }

    /// A second chip is added to the first one's folder, whose figures stay; another question is refused.
    @Test func studiesAreContinued() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/tracking"
            let first = try adapt([
                "--receivers", "static,spiking-reward", "--chip-seed", "1", "-o", path,
            ])
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.contains("spiking-reward"))
            let more = try adapt([
                "--receivers", "static,spiking-reward", "--chip-seed", "1:2", "--resume", path,
            ])
            #expect(more.status == 0, "\(more.errors)")
            #expect(!more.errors.contains("chip 1 done") && more.errors.contains("chip 2 done"))
            let line = first.output.split(separator: "\n")[1]
            #expect(more.output.contains(line))
            for name in ["tracking.json", "tracking.svg", "weights.svg", "plasticity-time.svg"] {
                #expect(FileManager.default.fileExists(atPath: path + "/" + name), "\(name)")
            }
            let other = try adapt(["--reward-rate", "0.5", "--resume", path])
            #expect(other.status == 2)
            #expect(other.errors.contains("is of another link, receiver, seed or way of learning"))
        }
    }

    /// After the pilots nothing is withheld from counting.
    @Test func pilotsEnd() throws {
        let run = try adapt(["--receivers", "readout", "--pilot-end", "10000", "--json", "-"])
        #expect(run.status == 0, "\(run.errors)")
        let record = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let runs = record?["runs"] as? [[String: Any]]
        let windows = runs?.first?["windows"] as? [[String: Any]] ?? []
        #expect(windows.map { $0["bits"] as? Int } == [18_000, 20_000])
        #expect(windows.map { $0["pilots"] as? Int } == [1000, 0])
        #expect(windows.map { $0["own_decisions"] as? Int } == [0, 1000])
    }

    /// What speaks of a drifting link is refused where nothing drifts, rather than passed over.
    @Test(arguments: [["--receivers", "static"], ["--reward-rate", "0.1"], ["--pilot-end", "0"]])
    func stillLinksTakeNoTrackingOptions(arguments: [String]) throws {
        let run = try CommandRun.spikelink(["adapt", "lcd-snn-40", "--channel", "lcd"] + arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains("\(arguments[0]) is not allowed on a link that does not drift"))
    }

    @Test func wrongUseIsStatus64() throws {
        for (arguments, message) in [
            (["--reward-rate", "2"], "--reward-rate 2.0 is not allowed; 0 to 1"),
            (["--pilot-end", "-1"], "--pilot-end"),
            (["--receivers", "static,static"], "--receivers"),
            (["--pilots", "10"], "--pilots"),
            (["--arithmetic", "exact"], "nearest"),
        ] {
            let run = try adapt(arguments)
            #expect(run.status == 64, "\(arguments): \(run.errors)")
            #expect(run.errors.contains(message), "\(arguments): \(run.errors)")
        }
    }
}
