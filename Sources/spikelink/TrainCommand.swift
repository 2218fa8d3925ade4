import ArgumentParser
import Foundation
import LinkExperiments

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a spiking receiver.",
        discussion: """
            The run folder receives network.nir and model.yaml, and can be evaluated by its path. \
            An interrupted training continues with --resume, bit for bit.
            Example: spikelink train lcd-snn-40 --channel lcd -o runs/lcd
            """)

    @Argument(help: "Receiver: a name under models/ or the path of a folder.") var model: String
    @OptionGroup var channel: ChannelArgument
    @Option(parsing: .unconditional, help: "Training noise power in dB, several by comma; as in the model if left out.")
    var noiseDb: NoiseRange?
    @Option(help: "Seed of data and initial weights; as in the model if left out.") var seed: UInt64?
    @Option(help: "Trainings from different seeds, the best on validation data kept.")
    var restarts: Int?
    @Option(name: .shortAndLong, help: "Run folder; runs/MODEL if left out.") var output: String?
    @Option(help: "Continue the training in this folder.") var resume: String?
    @OptionGroup var threads: ThreadOption

    func run() throws {
        try Failure.guarded {
            let link = try channel.load()
            var description = try ModelDescription(
                folder: Catalog.standard().modelFolder(model))
            if let noiseDb { description.training.noisePowersInDecibels = noiseDb.values }
            if let seed { description.training.seed = seed }
            guard case .spiking(var spiking) = description.kind else {
                throw ConfigurationError(
                    file: description.folder, problem: "only spiking receivers are trained; "
                        + "classical ones are fitted when they are evaluated")
            }
            guard spiking.network.outputCount == link.symbolOrder else {
                throw ConfigurationError(
                    file: description.folder + "/model.yaml", key: "receiver.network.outputs",
                    problem: "\(spiking.network.outputCount) is not allowed; \(link.name) has "
                        + "\(link.symbolOrder) symbols")
            }
            if let restarts {
                guard restarts >= 1 else {
                    throw ValidationError("--restarts \(restarts) is not allowed; at least 1")
                }
                spiking.selection.restarts = restarts
                description.kind = .spiking(spiking)
            }
            let folder = resume ?? output ?? "runs/\(description.name)"
            let training = SpikingTraining(
                link: link, model: description, folder: folder, parallel: threads.parallel)
            Interruption.watch()
            let outcome: SpikingTraining.Outcome
            do {
                outcome = try training.run(
                    resume: resume != nil, isCancelled: { Interruption.isRequested },
                    progress: Self.show(description.name))
            } catch let error as SpikingTraining.Interrupted {
                Console.note(
                    "interrupted; continue with: spikelink train \(model) --channel "
                        + "\(channel.channel) --resume \(folder)")
                throw error
            }
            for (index, restart) in outcome.restarts.enumerated() {
                Console.note(
                    String(
                        format: "restart %d, seed %llu: %d errors in %d validation bits, %.2e",
                        index + 1, restart.seed, restart.bitErrors, restart.bits, restart.ber))
            }
            Console.note("trained \(description.name); the weights are in \(folder)")
        }
    }

    static func show(_ name: String) -> (SpikingTraining.Progress) -> Void {
        // Where each restart was first seen, for its speed.
        var first: [Int: (symbols: Int, at: Date)] = [:]
        return { progress in
            let begun = first[progress.restart] ?? (progress.symbols, Date())
            first[progress.restart] = begun
            let rate =
                Double(progress.symbols - begun.symbols)
                / max(1e-9, Date().timeIntervalSince(begun.at)) / 1e3
            Console.progress(
                progress.restarts == 1
                    ? "training \(name)"
                    : "training \(name), \(progress.restart) of \(progress.restarts)", Double(progress.symbols) / Double(progress.totalSymbols),
                String(format: "loss %.4f nat, %.0f thousand symbols/s", progress.loss, rate))
        }
    }
}
