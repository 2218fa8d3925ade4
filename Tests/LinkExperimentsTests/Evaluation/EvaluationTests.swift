import BaselineEqualizers
import ErrorRates
import Foundation
import LinkExperiments
import Modulation
import RandomStreams
import Reporting
import TestSupport
import Testing

struct EvaluationTests {
    let catalog = Catalog(roots: [Repository.root])

    private func link(_ name: String) throws -> LinkDescription {
        try LinkDescription(file: catalog.file(.channels, name))
    }

    private func receiver(_ name: String, _ link: LinkDescription) throws -> TrainedReceiver {
        try TrainedReceiver.make(ModelDescription(folder: catalog.modelFolder(name)), for: link)
    }

    /// Independent figures at 20 dB, 2000 errors (relative standard error 2.2 %): linear LCD
    /// 2.88e-3, Volterra 9.7e-4, SSMF linear 2.22e-2.
    @Test(arguments: [
        ("lcd", "linear-7", 2.7e-3, 3.0e-3), ("lcd", "volterra-7-7-7", 9e-4, 1.05e-3),
        ("ssmf", "linear-21", 2.1e-2, 2.35e-2),
    ])
    func classicalReceiversReachTheirIndependentFigures(
        channel: String, model: String, low: Double, high: Double
    ) throws {
        let link = try link(channel)
        let evaluation = Evaluation(
            link: link, noisePowersInDecibels: [-20], bitErrors: 2000, seed: 1,
            parallel: Parallel(threads: 2))
        let record = try evaluation.run(receiver(model, link))
        #expect(record.points[0].bitErrors >= 2000)
        #expect(record.points[0].ber > low && record.points[0].ber < high)
    }

    @Test func shippedSpikingReceiverBeatsThePublishedOneAndNotTheGenie() throws {
        let link = try link("lcd")
        let evaluation = Evaluation(
            link: link, noisePowersInDecibels: [-20], bitErrors: 1000, seed: 3,
            parallel: Parallel(threads: 2))
        let record = try evaluation.run(receiver("lcd-snn-40", link))
        let bound = try GenieBound(
            link, samples: .received, seed: 1, blocks: 50, parallel: Parallel(threads: 2)
        ).bitErrorRate(noisePowerInDecibels: -20, competitors: .all)
        #expect(record.points[0].ber < 7.1e-4)
        #expect(record.points[0].ci95[0] > bound.rate)
        #expect(record.points[0].operationsPerSymbol.synapticEvents > 1000)
    }

    @Test func threadsDoNotChangeAFigure() throws {
        let link = try link("lcd")
        let receiver = try receiver("linear-7", link)
        let records = try [1, 2, 3].map { threads in
            try RecordFile.encode([
                Evaluation(
                    link: link, noisePowersInDecibels: [-18, -17], bitErrors: 700, seed: 9,
                    parallel: Parallel(threads: threads)
                ).run(receiver)
            ])
        }
        #expect(records[0] == records[1])
        #expect(records[0] == records[2])
    }

    @Test func recordsSurviveTheirFileAndNameTheSchema() throws {
        let link = try link("lcd")
        let record = try Evaluation(
            link: link, noisePowersInDecibels: [-16, -15], bitErrors: 100, seed: 2,
            parallel: Parallel(threads: 1)
        ).run(receiver("linear-7", link))
        let text = try RecordFile.encode([record])
        for key in [
            "\"schema\"", "\"chip_seed\" : null", "\"noise_db\"", "\"bit_errors\"", "\"ci95\"",
            "\"input_spikes_per_symbol\"", "\"hidden_spikes_per_symbol\"",
            "\"multiply_accumulates\"", "\"synaptic_events\"", "\"neuron_updates\"",
            "\"crossings\"", "\"toolchain\"", "\"revision\"",
        ] { #expect(text.contains(key), "\(key)") }
        try TemporaryFolder.with { folder in
            try text.write(toFile: folder + "/r.json", atomically: true, encoding: .utf8)
            let back = try RecordFile.read(folder + "/r.json")
            #expect(try RecordFile.encode(back) == text)
        }
        #expect(record.points[0].operationsPerSymbol.multiplyAccumulates == 7)
    }

    @Test func purposesNeverShareABlock() throws {
        let parameters = try link("lcd").parameters
        let blocks = [SymbolStreams.Purpose.training, .validation, .test, .pilot, .dataset].map {
            SymbolStreams(parameters, purpose: $0, seed: 1).block(0)
        }
        for a in blocks.indices {
            for b in blocks.indices where b > a {
                #expect(blocks[a].symbols != blocks[b].symbols)
            }
        }
    }
}
