import ArgumentParser
import ArrayFiles
import BaselineEqualizers
import BrainScaleS2
import Foundation
import LinkExperiments
import PhysicalQuantities
import RandomStreams

/// Symbols a second of the LCD receiver on the chip.
struct ReceiverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receiver",
        abstract: "The LCD receiver on the chip: symbols per second of one core, beside plain loops.")

    @Option(name: .shortAndLong, help: "Results as JSON.") var output: String?
    @Option(help: "Turns of every candidate.") var turns = 9
    @Option(help: "Symbols of a turn.") var symbols = 5000
    @Option(help: "Only the candidate of this number, from 0; for a profile.") var only: Int?

    struct Candidate: Encodable {
        let name: String
        let symbolsPerSecond: Turns
        /// Time the chip would take over the time it took here.
        let emulatedOverWall: Double?
        let synapticEventsPerSecond: Double?
    }

    func run() throws {
        let study = ChipStudy(
            evaluation: Evaluation(
                link: try LinkDescription(file: Catalog.standard().file(.channels, "lcd")),
                noisePowersInDecibels: [-20], bitErrors: 1000, seed: 1,
                parallel: Parallel(threads: 1)),
            receiver: try TrainedReceiver.make(
                ModelDescription(folder: Catalog.standard().modelFolder("lcd-snn-40")),
                for: LinkDescription(file: Catalog.standard().file(.channels, "lcd"))),
            noisePowerInDecibels: -20)
        let received = Array(
            SymbolStreams(study.evaluation.link.parameters, purpose: .validation, seed: 1)
                .block(0).received.prefix(symbols))
        var names: [String] = []
        var runs: [() -> ChipHealth?] = []
        for fidelity in Fidelity.allCases {
            let receiver = try study.chipReceiver(ChipInstance(seed: 1, fidelity: fidelity))
            let events = receiver.events(received)
            let emulation = receiver.makeEmulation()
            names.append("\(fidelity.rawValue), trials")
            var results = TrialResults()
            runs.append {
                emulation.run(events, stream: RandomStream(seed: 1), into: &results)
                return results.health
            }
        }
        let full = try study.chipReceiver(ChipInstance(seed: 1, fidelity: .full))
        names.append("full, encoding and decision included")
        runs.append { full.health(received, noise: RandomStream(seed: 1)) }
        let ideal = try study.chipReceiver(.ideal)
        let reference = Self.reference(ideal.placed)
        let events = ideal.events(received)
        var sum = 0
        names.append("plain loops, steps of 0.2 us")
        runs.append {
            for trial in 0..<events.trialCount {
                let range = events.offsets[trial]..<events.offsets[trial + 1]
                sum += reference.run(events.ticks[range], events.sources[range]).spikes
            }
            return nil
        }
        if let only, !runs.indices.contains(only) {
            throw ValidationError("--only \(only) is not allowed; 0 to \(runs.count - 1)")
        }
        var rates = [[Double]](repeating: [], count: runs.count)
        var health = [ChipHealth?](repeating: nil, count: runs.count)
        for turn in 0...turns {
            for (k, run) in runs.enumerated() where only == nil || only == k {
                let start = processorTime()
                health[k] = run()
                // The first turn warms up.
                if turn > 0 { rates[k].append(Double(symbols) / (processorTime() - start)) }
            }
        }
        if only != nil { return }
        let candidates = names.indices.map { k in
            let rate = Turns(rates[k])
            let seconds = Double(symbols) / rate.median
            return Candidate(
                name: names[k], symbolsPerSecond: rate,
                emulatedOverWall: health[k].map { $0.hardwareNanoseconds * 1e-9 / seconds },
                synapticEventsPerSecond: health[k].map { Double($0.synapticEvents) / seconds })
        }
        for candidate in candidates {
            var line =
                candidate.name
                + String(repeating: " ", count: max(1, 40 - candidate.name.count))
                + candidate.symbolsPerSecond.text("%.0f") + " symbols/s"
            if let ratio = candidate.emulatedOverWall, let events = candidate.synapticEventsPerSecond {
                line += String(
                    format: ", emulated over wall %.2f, %.3g synaptic events/s", ratio, events)
            }
            print(line)
        }
        let plain = candidates[candidates.count - 1].symbolsPerSecond.median
        print(
            String(
                format: "ideal over plain loops: %.1f; full over the chip's pace of 33 333: %.2f",
                candidates[0].symbolsPerSecond.median / plain,
                candidates[2].symbolsPerSecond.median / 33_333), sum > 0 ? "" : "(no spikes)")
        if let output { try ChipResultFile.write(candidates, to: output) }
    }

    /// The same network for plain loops.
    private static func reference(_ placed: PlacedNetwork) -> PlainReference {
        let network = placed.network
        let step = 0.2
        let layers = network.projections.enumerated().map { number, projection in
            let population = network.populations[projection.target.index]
            let targets = population.cell.targets
            return PlainReference.Layer(
                membrane: step / targets.membraneTimeConstant.microseconds,
                synapse: step / targets.excitatoryTimeConstant.microseconds,
                threshold: (population.cell.spiking?.threshold ?? .infinity) - targets.leak,
                reset: (population.cell.spiking?.reset ?? targets.leak) - targets.leak,
                refractorySteps: Int(
                    (population.cell.spiking?.refractoryTime.microseconds ?? 0) / step),
                drives: projection.weights.map { Double($0) * targets.excitatoryDrive },
                count: population.count)
        }
        return PlainReference(layers: layers, steps: 150, ticksPerStep: 25)
    }
}

/// Benchmark results as JSON.
enum ChipResultFile {
    static func write<T: Encodable>(_ value: T, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(
            String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", to: path)
    }
}
