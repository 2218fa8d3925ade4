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
}
