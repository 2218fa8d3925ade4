import ArgumentParser
import Foundation
import LinkExperiments

struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "Nanoseconds a symbol from 10^4 to 10^8 symbols, and the memory they take.")

    func run() throws {
        print("task  symbols     ns per symbol  resident MB")
        for name in StreamTurns.tasks {
            let blocks = SymbolStreams(
                try StreamTurns.link(name), purpose: .dataset, seed: 1)
            let start = StreamTurns.processorTime()
            for index in 0..<100 { _ = blocks.block(index) }
            print(
                String(
                    format: "%-5@ circular blocks of 10 000 in double precision: %.0f ns",
                    name as NSString, (StreamTurns.processorTime() - start) / 1e6 * 1e9))
            var turns = StreamTurns(try StreamTurns.link(name))
            _ = turns.run(1_000_000)
            for power in 4...8 {
                let count = Int(Foundation.pow(10, Double(power)))
                // Short runs are repeated to the length of the longest turn that is cheap.
                let repeats = max(1, 10_000_000 / count)
                var times: [Double] = []
                for _ in 0..<5 {
                    var time = 0.0
                    for _ in 0..<repeats { time += turns.run(count) }
                    times.append(time / Double(count * repeats) * 1e9)
                }
                print(
                    String(
                        format: "%-5@ %9d  %12.2f  %11.1f", name as NSString, count,
                        times.sorted()[2], StreamTurns.residentMegabytes()))
            }
        }
    }
}
