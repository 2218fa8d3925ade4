import ArrayFiles
import Foundation
import LinkExperiments
import Modulation
import SpikingNetworks
import TestSupport
import Testing

struct SpikingTrainingTests {
    private func training(in folder: String, threads: Int = 1) throws -> SpikingTraining {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        var model = try ModelDescription(folder: catalog.modelFolder("lcd-snn-40"))
        model.training.symbolCount = 80_000
        if case .spiking(var spiking) = model.kind {
            spiking.policy.symbolCount = 80_000
            model.kind = .spiking(spiking)
        }
        var training = SpikingTraining(
            link: link, model: model, folder: folder, parallel: Parallel(threads: threads))
        training.checkpointInterval = 2
        return training
    }

    @Test func interruptedTrainingContinuesBitForBit() throws {
        try TemporaryFolder.with { folder in
            let whole = try training(in: folder + "/whole").run(resume: false)
            var polls = 0
            #expect(throws: SpikingTraining.Interrupted.self) {
                try training(in: folder + "/parts").run(
                    resume: false,
                    isCancelled: {
                        polls += 1
                        return polls > 3
                    })
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/parts/network.nir"))
            let rest = try training(in: folder + "/parts", threads: 2).run(resume: true)
            #expect(rest.receiver.spiking?.network == whole.receiver.spiking?.network)
            #expect(rest.losses == whole.losses)
        }
    }

    @Test func checkpointOfAnotherTrainingIsRefused() throws {
        try TemporaryFolder.with { folder in
            var polls = 0
            _ = try? training(in: folder).run(
                resume: false,
                isCancelled: {
                    polls += 1
                    return polls > 1
                })
            var other = try training(in: folder)
            var model = other.model
            model.training.seed = 99
            other = SpikingTraining(
                link: other.link, model: model, folder: folder, parallel: other.parallel)
            let altered = other
            #expect(throws: FileError.self) { try altered.run(resume: true) }
        }
    }

    @Test func trainedWeightsSurviveTheirFile() throws {
        try TemporaryFolder.with { folder in
            let result = try training(in: folder).run(resume: false)
            let catalog = Catalog(roots: [Repository.root])
            let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
            let receiver = try TrainedReceiver.make(ModelDescription(folder: folder), for: link)
            #expect(receiver.spiking?.network == result.receiver.spiking?.network)
        }
    }

    // MARK: Ladders, restarts, early ends

    /// A small recurrent receiver with decision feedback.
    private func small(_ change: (String) -> String = { $0 }, in folder: String) throws
        -> SpikingTraining
    {
        try FileManager.default.createDirectory(
            atPath: folder + "/model", withIntermediateDirectories: true)
        try change(SpikingModelTests.text).write(
            toFile: folder + "/model/model.yaml", atomically: true, encoding: .utf8)
        let catalog = Catalog(roots: [Repository.root])
        return SpikingTraining(
            link: try LinkDescription(file: catalog.file(.channels, "lcd")),
            model: try ModelDescription(folder: folder + "/model"), folder: folder + "/run",
            parallel: Parallel(threads: 2))
    }

    private static func single(_ text: String) -> String {
        text.replacing("restarts: 3", with: "restarts: 1")
    }

    @Test func ladderKeepsAReceiverForEachLevelAndResumes() throws {
        try TemporaryFolder.with { folder in
            let whole = try small(Self.single, in: folder + "/a").run(resume: false)
            #expect(Set(whole.receiver.levels.keys) == [-22, -20])
            let levels = whole.receiver.levels
            #expect(levels[-22]!.network != levels[-20]!.network)
            // Stopped in the second level, which begins after 100 000 symbols.
            var symbols = 0
            let parts = try small(Self.single, in: folder + "/b")
            #expect(throws: SpikingTraining.Interrupted.self) {
                try parts.run(
                    resume: false, isCancelled: { symbols > 120_000 },
                    progress: { symbols = $0.symbols })
            }
            let rest = try parts.run(resume: true)
            #expect(rest.losses == whole.losses)
            #expect(rest.receiver.levels[-22]!.network == levels[-22]!.network)
            #expect(rest.receiver.levels[-20]!.network == levels[-20]!.network)
            // From the files, each level answers for the noise nearest to it.
            let read = try TrainedReceiver.make(
                ModelDescription(folder: folder + "/b/run"), for: parts.link)
            let near = read.detector(noisePowerInDecibels: -23) as? SpikingReceiver
            #expect(near?.network == levels[-22]!.network)
        }
    }

    @Test func bestRestartOnValidationDataIsKept() throws {
        try TemporaryFolder.with { folder in
            let training = try small(
                {
                    $0.replacing("noise_power_dB: [-22, -20]", with: "noise_power_dB: [-20]")
                        .replacing("symbols: 200000", with: "symbols: 40000")
                        .replacing("restarts: 3", with: "restarts: 2")
                }, in: folder)
            let outcome = try training.run(resume: false)
            #expect(outcome.restarts.count == 2)
            #expect(outcome.restarts[0].seed != outcome.restarts[1].seed)
            #expect(outcome.restarts.allSatisfy { $0.bits == 40_000 && $0.bitErrors > 0 })
            let text = try String(
                contentsOfFile: folder + "/run/restarts.json", encoding: .utf8)
            let best = outcome.restarts[0].bitErrors <= outcome.restarts[1].bitErrors ? 1 : 2
            #expect(text.contains("\"kept\" : \(best)"))
            let kept = try TrainedReceiver.make(
                ModelDescription(folder: folder + "/run/restart-\(best)"), for: training.link)
            #expect(kept.spiking?.network == outcome.receiver.spiking?.network)
        }
    }

    /// A learning rate that spoils everything: the best state is an early one, and kept.
    @Test func trainingEndsEarlyWithItsBestState() throws {
        try TemporaryFolder.with { folder in
            let training = try small(
                {
                    Self.single($0)
                        .replacing("noise_power_dB: [-22, -20]", with: "noise_power_dB: [-20]")
                        .replacing("symbols: 200000", with: "symbols: 1000000")
                        .replacing("learning_rate: 0.001", with: "learning_rate: 0.5")
                        .replacing("batch: [100, 20000]", with: "batch: 500")
                        .replacing("interval: 50000, patience: 4", with: "interval: 10000, patience: 3")
                }, in: folder)
            let outcome = try training.run(resume: false)
            #expect(outcome.losses.count < 60)
        }
    }
}
