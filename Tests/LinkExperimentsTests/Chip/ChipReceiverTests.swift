import BaselineEqualizers
import BrainScaleS2
import LinkExperiments
import Modulation
import RandomStreams
import SpikingNetworks
import TestSupport
import Testing

struct ChipReceiverTests {
    private func study() throws -> ChipStudy {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        let receiver = try TrainedReceiver.make(
            ModelDescription(folder: catalog.modelFolder("lcd-snn-40")), for: link)
        return ChipStudy(
            evaluation: Evaluation(
                link: link, noisePowersInDecibels: [-20], bitErrors: 50, seed: 5,
                parallel: Parallel(threads: 2)), receiver: receiver, noisePowerInDecibels: -20)
    }

    @Test func idealChipDecidesLikeTheSoftware() throws {
        let study = try study()
        let chip = try study.chipReceiver(
            ChipInstance.ideal)
        let block = SymbolStreams(
            study.evaluation.link.parameters, purpose: .validation, seed: 1
        ).block(0)
        let onChip = chip.detect(block.received)
        let inSoftware = study.receiver.detector.detect(block.received)
        let different = zip(onChip.symbols, inSoftware.symbols).count { $0 != $1 }
        // Weights of 6 bit, readouts of 8 bit and exact exponentials move few decisions.
        #expect(different < 100)
        let software = inSoftware.operations
        #expect(onChip.operations.inputSpikes == software.inputSpikes)
        let ratio =
            Double(onChip.operations.hiddenSpikes) / Double(max(1, software.hiddenSpikes))
        // The chip holds a neuron for two software steps after a spike: of bursts, half is left.
        #expect(ratio > 0.35 && ratio < 0.8)
        #expect(onChip.operations.hardwareNanoseconds > 10_000 * 30_000)
    }

    @Test func chipsDifferAndRepeatThemselves() throws {
        let study = try study()
        let block = SymbolStreams(
            study.evaluation.link.parameters, purpose: .validation, seed: 1
        ).block(1)
        let scores = try [1, 1, 2].map { seed in
            try study.chipReceiver(
                ChipInstance(seed: UInt64(seed), fidelity: .full)
            ).detect(block.received, noise: RandomStream(seed: 3)).scores
        }
        #expect(scores[0] == scores[1])
        #expect(scores[0] != scores[2])
    }

    /// The study with a short adaptation.
    private func shortStudy() throws -> ChipStudy {
        var study = try study()
        if case .spiking(var model) = study.receiver.model.kind {
            model.chip?.adaptation.pilots = 30_000
            model.chip?.adaptation.halvingInterval = 10_000
            study.receiver.model.kind = .spiking(model)
        }
        return study
    }

    private func errors(_ study: ChipStudy, _ receivers: [ChipReceiver]) -> [Int] {
        let streams = SymbolStreams(
            study.evaluation.link.parameters, purpose: .validation, seed: 2)
        return receivers.map { receiver in
            (0..<4).reduce(0) { sum, index in
                let block = streams.block(index)
                return sum
                    + zip(receiver.detect(block.received).symbols, block.symbols)
                    .count { $0 != $1 }
            }
        }
    }

    @Test func learningRepairsAnUncalibratedChip() throws {
        let study = try shortStudy()
        let chip = try study.chipReceiver(
            ChipInstance(seed: 2, fidelity: .full), calibration: .none)
        let (adapted, log) = try study.adapt(chip)
        #expect(log.pilots == 30_000 && log.plasticityCycles > 30_000 * 1000)
        let counts = errors(study, [chip, adapted])
        #expect(counts[1] < counts[0] / 10)
    }

    /// From zero weights the rule alone finds a readout about as good as the host's.
    @Test func theReadoutIsLearnedFromZero() throws {
        let study = try shortStudy()
        let chip = try study.chipReceiver(ChipInstance(seed: 2, fidelity: .full))
        let (learned, log) = try study.adapt(chip, from: .zero)
        #expect(log.guardPilots == 0 && !log.isReverted)
        #expect(log.symbolErrorRates[0] > 10 * (log.symbolErrorRates.last ?? 1))
        let counts = errors(study, [chip, learned])
        #expect(counts[1] < 3 * counts[0] + 20)
    }
}
