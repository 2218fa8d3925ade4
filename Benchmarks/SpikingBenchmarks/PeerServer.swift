import Foundation

/// Runs the engine on request, one line of JSON in, one out, so that a script in another
/// language can alternate between us and its own candidates.
///
/// Request: {"task": "lcd", "mode": "train", "batch": 100, "threads": 1, "seconds": 0.5}.
/// Answer: {"symbols": 40000, "seconds": 0.51, "processor_seconds": 0.5}, or {"unsupported": "..."} for a task or mode the
/// engine does not have.
struct PeerServer {
    struct Request: Codable {
        var task: String
        var mode: Mode
        var batch: Int
        var threads: Int
        var seconds: Double

        enum Mode: String, Codable { case train, infer }
    }

    struct Answer: Codable {
        var symbols: Int?
        var seconds: Double?
        var processor_seconds: Double?
        var unsupported: String?
    }

    private var runs: [String: any EngineRun] = [:]

    mutating func serve() throws {
        while let line = readLine() {
            let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
            let answer = try JSONEncoder().encode(answer(request))
            FileHandle.standardOutput.write(answer + Data("\n".utf8))
        }
    }

    private mutating func answer(_ request: Request) throws -> Answer {
        let key = "\(request.task) \(request.batch) \(request.threads)"
        if runs[key] == nil { runs[key] = try Self.make(request) }
        guard let run = runs[key] else {
            return Answer(unsupported: "the engine has no network for the task \(request.task)")
        }
        let turn = Stopwatch.time(atLeast: request.seconds) {
            switch request.mode {
            case .train: run.train()
            case .infer: run.infer()
            }
        }
        return Answer(
            symbols: turn.units, seconds: turn.seconds,
            processor_seconds: turn.processorSeconds)
    }

    /// The engine on the task, nil where there is none yet.
    private static func make(_ request: Request) throws -> (any EngineRun)? {
        let problem: EqualizerProblem
        switch request.task {
        case "lcd": problem = try EqualizerProblem.lcd()
        case "ssmf": problem = try EqualizerProblem.ssmf()
        default: return nil
        }
        return NetworkRun(problem, batch: request.batch, threads: request.threads)
    }
}
