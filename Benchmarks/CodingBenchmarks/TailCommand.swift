import ArgumentParser
import ErrorCorrection
import Foundation
import RandomStreams
import TestSupport

/// How good the extrapolation of lost frames is: from short counts, beside a long one.
struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Compare extrapolated losses of KP4 frames with counted ones.")

    @Option(help: "Frames of each short count.") var frames = 1000
    @Option(help: "Frames of the long count.") var longFrames = 60_000
    @Option(help: "Short counts.") var repeats = 20

    func run() {
        print("errors; lost per frame: counted or exact, extrapolated (quartiles); range held it")
        for p in [2.4e-4, 6e-4, 1e-3, 1.4e-3] {
            row(
                String(format: "independent, bit error rate %.1e", p), .independent(p), inTurn: 1,
                truth: ReedSolomonCode.kp4.frameErrorRate(bitErrorRate: p))
        }
        for codewords in [1, 2, 4] {
            for (start, goesOn) in [(2.2e-3, 0.3), (1.2e-3, 0.7), (3e-4, 0.9)] {
                row(
                    String(
                        format: "runs of %.1f symbols, %d in turn", 1 / (1 - goesOn), codewords),
                    .runs(start: start, goesOn: goesOn), inTurn: codewords, truth: nil)
            }
        }
    }

    private func row(
        _ name: String, _ kind: ErrorStream.Kind, inTurn codewords: Int, truth exact: Double?
    ) {
        let scheme = CodingScheme(
            name: "kp4", title: name, outer: .kp4,
            interleaving: Interleaving(codewords: codewords))
        func record(_ frames: Int, _ index: Int) -> CodedErrorRecord {
            var source = ErrorStream(
                kind, stream: RandomStream(seed: 1).substream("tail", index))
            var count = CodedErrorCount(scheme)
            while count.record.frames < frames {
                let block = source.next(bits: 20_000)
                count.append(sent: block.sent, decided: block.decided)
            }
            return count.record
        }
        let long = exact == nil ? record(longFrames, 0).frameErrors : nil
        let truth = exact ?? long!.rate
        let estimates = (1...repeats).compactMap {
            FrameErrorEstimate(record(frames, $0), scheme: scheme)
        }.sorted { $0.rate < $1.rate }
        let n = estimates.count
        let held = estimates.count { $0.low <= truth && truth <= $0.high }
        // A count of a few lost frames is no truth to hold a range against.
        let isKnown = long == nil || long!.events >= 30
        print(
            name.padding(toLength: 40, withPad: " ", startingAt: 0)
                + String(format: "%9.2e", truth)
                + (long.map { " (\($0.events) lost)" } ?? " (exact)")
                + String(
                    format: "  %.2e (%.2e..%.2e)  %@; overdispersion %.2f, burstiness %.3g",
                    estimates[n / 2].rate, estimates[n / 4].rate, estimates[3 * n / 4].rate,
                    isKnown ? "\(held) of \(n)" : "unknown", estimates[n / 2].overdispersion,
                    estimates[n / 2].burstiness ?? .nan))
    }
}
