import ArrayFiles
import Foundation
import LinkExperiments
import Modulation
import NetworkExchange
import SpikeEncoding
import SpikingNetworks
import TestSupport
import Testing

struct ModelExchangeTests {
    private func export(
        _ model: ModelDescription, _ format: ExportFormat, level: Double? = nil,
        readout: ReadoutForm = .integrators, to path: String
    ) throws -> [String] {
        try ModelExport(source: .model(model, level: level), format: format, readout: readout)
            .write(to: path)
    }

    @Test(arguments: SampleReceiver.allCases)
    func `a receiver comes back from every format, encoder and all`(
        sample: SampleReceiver
    ) throws {
        try TemporaryFolder.with { folder in
            let model = try sample.make(in: folder + "/a")
            let receiver = try model.loaded()
            #expect(receiver.network.readout == sample.readout)
            #expect(receiver.network.isRecurrent == sample.isRecurrent)
            #expect(receiver.network.hiddenWeights == sample.exchanged().layers[0].weights.values)
            let form: ReadoutForm = sample.readout == .sum ? .integrators : .silentNeurons
            for format in [ExportFormat.standard, .norse, .snntorch, .npz] {
                let file = folder + "/x." + (format == .npz ? "npz" : "nir")
                let lines = try export(
                    model, format,
                    readout: format == .norse || format == .snntorch ? form : .integrators,
                    to: file)
                #expect(lines[0].contains("recurrent") == sample.isRecurrent)
                let back = folder + "/" + format.rawValue
                _ = try ModelImport(options: .init()).run(file, to: back)
                let again = try ModelDescription(folder: back).loaded()
                #expect(again.network == receiver.network)
                #expect(again.encoder == receiver.encoder)
                #expect(again.feedbackCount == receiver.feedbackCount)
                let text = try String(contentsOfFile: back + "/model.yaml", encoding: .utf8)
                #expect(text == sample.description())
            }
        }
    }

    @Test func `learned numbers are those of the file, not of the description`() throws {
        try TemporaryFolder.with { folder in
            let model = try SampleReceiver.fedBack.make(in: folder + "/a")
            let receiver = try model.loaded()
            guard case .receptiveField(let fields) = receiver.encoder else {
                Issue.record("another encoder")
                return
            }
            #expect(fields.centers == (0..<12).map { 0.5 * Double($0) + 0.125 })
            #expect(fields.stepsPerUnit == (0..<12).map { 3 + 0.25 * Double($0) })
            let lines = try export(model, .encoderTable, to: folder + "/table.csv")
            #expect(lines.contains { $0.contains("past decisions (2") })
            let table = try String(contentsOfFile: folder + "/table.csv", encoding: .utf8)
            #expect(table == EncoderTable(receiver.encoder).commaSeparated)
            _ = try ModelExport(source: .archive(folder + "/a.npz"), format: .encoderTable)
                .write(to: folder + "/again.csv")
            #expect(try String(contentsOfFile: folder + "/again.csv", encoding: .utf8) == table)
            #expect(
                try export(model, .stateDict, to: folder + "/x.pt")
                    .contains { $0.contains("last 8 inputs are past decisions") })
            // A network without a word about its encoder takes over the learned one.
            var bare = SampleReceiver.fedBack.exchanged(seed: 2)
            bare.encoder = [:]
            bare.description = nil
            try WeightArchive.write(bare, to: folder + "/bare.npz")
            _ = try ModelImport(options: .init(), like: model)
                .run(folder + "/bare.npz", to: folder + "/b")
            let like = try ModelDescription(folder: folder + "/b").loaded()
            #expect(like.encoder == receiver.encoder && like.network != receiver.network)
        }
    }

    @Test func `files of the earlier layout are read`() throws {
        try TemporaryFolder.with { folder in
            for sample in SampleReceiver.allCases {
                let path = "\(folder)/\(sample.name)"
                let model = try sample.make(in: path)
                let receiver = try model.loaded()
                try NIRFile.write(
                    try Self.earlierGraph(receiver), to: path + "/network.nir")
                let read = try model.loaded()
                #expect(read.network == receiver.network && read.encoder == receiver.encoder)
            }
        }
    }

    /// Recurrence in the outer graph, constants in single precision, the encoder in JSON.
    private static func earlierGraph(_ receiver: SpikingReceiver) throws -> NIRGraph {
        let network = receiver.network
        func constant(_ value: Float, _ count: Int) -> NIRTensor {
            NIRTensor(repeating: value, count: count)
        }
        func linear(_ weights: [Float], _ rows: Int) -> NIRNode {
            NIRNode(
                .linear(.init(weight: NIRTensor(weights, shape: [rows, weights.count / rows]))))
        }
        let hidden = network.hiddenCount
        var nodes = [
            "input": NIRNode(.input(shape: [network.inputCount])),
            "hidden_weights": linear(network.hiddenWeights, hidden),
            "hidden": NIRNode(
                .currentBasedLeakyIntegrateAndFire(
                    .init(
                        synapticTimeConstant: constant(4, hidden),
                        membraneTimeConstant: constant(3, hidden), resistance: constant(1, hidden),
                        leakPotential: constant(0, hidden), threshold: constant(0.7, hidden),
                        inputWeight: constant(8, hidden)))),
            "readout_weights": linear(network.readoutWeights, 4),
            "output": NIRNode(.output(shape: [4])),
        ]
        var edges = [
            NIREdge("input", "hidden_weights"), NIREdge("hidden_weights", "hidden"),
            NIREdge("hidden", "readout_weights"),
        ]
        if network.readout == .sum {
            edges.append(NIREdge("readout_weights", "output"))
        } else {
            nodes["readout"] = NIRNode(
                .currentBasedLeakyIntegrator(
                    .init(
                        synapticTimeConstant: constant(4, 4), membraneTimeConstant: constant(3, 4),
                        resistance: constant(1, 4), leakPotential: constant(0, 4),
                        inputWeight: constant(8, 4))))
            edges += [NIREdge("readout_weights", "readout"), NIREdge("readout", "output")]
        }
        if network.isRecurrent {
            nodes["recurrent_weights"] = linear(network.recurrentWeights, hidden)
            edges += [
                NIREdge("hidden", "recurrent_weights"), NIREdge("recurrent_weights", "hidden"),
            ]
        }
        return NIRGraph(
            nodes: nodes, edges: edges,
            metadata: [
                "generator": .text("spikelink"), "time_unit": .text("ms"), "dt": .real(0.5),
                "score": .text(network.readout.rawValue),
                "encoder": .text(
                    String(decoding: try JSONEncoder().encode(receiver.encoder), as: UTF8.self)),
            ])
    }

    @Test func `weights that do not fit the description are refused`() throws {
        try TemporaryFolder.with { folder in
            _ = try SampleReceiver.logarithmic.make(in: folder + "/a")
            let path = folder + "/a/model.yaml"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for (from, to, complaint) in [
                ("membrane_time_constant_ms: 3", "membrane_time_constant_ms: 5", "membrane"),
                ("recurrent: true", "recurrent: false", "not recurrent"),
                ("hidden: 14", "hidden: 15", "hidden neurons"),
                ("range: 40", "range: 41", "encoder"),
            ] {
                try text.replacingOccurrences(of: from, with: to)
                    .write(toFile: path, atomically: true, encoding: .utf8)
                let error = #expect(throws: FileError.self) {
                    try ModelDescription(folder: folder + "/a").loaded()
                }
                #expect(error?.description.contains(complaint) == true, "\(complaint)")
            }
        }
    }

    @Test(arguments: SampleReceiver.allCases)
    func `a run lists what the network was given and made of it`(sample: SampleReceiver) throws {
        try TemporaryFolder.with { folder in
            let count = 400
            try DatasetFile(
                link: try LinkDescription(file: Repository.root + "/channels/lcd.yaml"),
                noisePowerInDecibels: -18, symbolCount: count, tapCount: 1, seed: 4
            ).write(to: folder + "/data.npz")
            let data = try NPZArchive(path: folder + "/data.npz")
            let samples = try data.array("y", as: Float.self).values
            let model = try Self.varied(sample, in: folder, for: samples)
            let receiver = try model.loaded()
            #expect(
                try ReceiverRun.write(
                    model, dataset: folder + "/data.npz", to: folder + "/run.npz") == count)
            let run = try NPZArchive(path: folder + "/run.npz")
            let detection = receiver.detect(samples.map { Double($0) })
            let scores = try run.array("scores", as: Float.self).values
            let symbols = try run.array("symbols", as: UInt8.self).values
            #expect(Set(symbols).count > 1)
            // What the first symbols of a block are fed back is the one thing that may differ.
            let first = receiver.feedbackCount
            #expect(scores[(4 * first)...] == detection.scores[(4 * first)...])
            #expect(symbols[first...] == detection.symbols[first...])
            let spikes = try run.array("spikes", as: UInt8.self, rank: 2)
            #expect(spikes.shape == [count, sample.inputs])
            let padded = TapWindow(tapCount: receiver.tapCount).padded(samples)
            for k in first..<count {
                var steps = [UInt8](repeating: 255, count: sample.inputs)
                for spike in receiver.encoder.encode(Array(padded[k..<k + receiver.tapCount])) {
                    steps[spike.input] = UInt8(spike.step)
                }
                for d in 0..<first {
                    steps[receiver.encoder.inputCount + 4 * d + Int(symbols[k - d - 1])] = 0
                }
                #expect(steps == Array(spikes.values[k * sample.inputs..<(k + 1) * sample.inputs]))
            }
            #expect((run.arrays["values"] != nil) == receiver.encoder.isGraded)
            if receiver.encoder.isGraded {
                let values = try run.array("values", as: Float.self).values
                #expect(Set(values) == [-1, 0, 1])
                #expect(zip(values, spikes.values).allSatisfy { ($0 == 0) == ($1 == 255) })
            }
        }
    }

    /// A receiver that does not decide the same for all samples, as many random ones do.
    private static func varied(
        _ sample: SampleReceiver, in folder: String, for samples: [Float]
    ) throws -> ModelDescription {
        for seed in 1...30 {
            let model = try sample.make(in: "\(folder)/varied-\(seed)", seed: UInt64(seed))
            let symbols = try model.loaded().detect(samples.map { Double($0) }).symbols
            if Set(symbols).count > 1 { return model }
        }
        Issue.record("all decide the same")
        return try sample.make(in: folder + "/uniform")
    }

    @Test func `of a noise ladder one level is exchanged`() throws {
        try TemporaryFolder.with { folder in
            let sample = SampleReceiver.logarithmic
            let ladder = folder + "/models/ladder"
            try FileManager.default.createDirectory(
                atPath: ladder, withIntermediateDirectories: true)
            try (sample.description(noise: "[-20, -15]") + "  noise_order: ladder\n")
                .write(toFile: ladder + "/model.yaml", atomically: true, encoding: .utf8)
            func weights() throws -> String? {
                try ModelListing(Catalog(roots: [folder])).text.split(separator: "\n")
                    .first { $0.hasPrefix("ladder ") }.map(String.init)
            }
            #expect(try weights()?.contains("0 of 2 levels") == true)
            for (seed, level) in [(3, -20), (4, -15)] {
                if seed == 4 { #expect(try weights()?.contains("1 of 2 levels") == true) }
                _ = try sample.make(in: "\(folder)/\(seed)", seed: UInt64(seed))
                try FileManager.default.copyItem(
                    atPath: "\(folder)/\(seed)/network.nir",
                    toPath: "\(ladder)/network@\(level)dB.nir")
            }
            #expect(try weights()?.contains("  2 levels") == true)
            let model = try ModelDescription(folder: ladder)
            for level in [nil, -17] as [Double?] {
                let error = #expect(throws: ConfigurationError.self) {
                    try export(model, .npz, level: level, to: folder + "/x.npz")
                }
                #expect(error?.description.contains("-20, -15") == true)
            }
            _ = try export(model, .standard, level: -15, to: folder + "/x.nir")
            _ = try ModelImport(options: .init()).run(folder + "/x.nir", to: folder + "/back")
            let back = try ModelDescription(folder: folder + "/back")
            #expect(back.training.noisePowersInDecibels == [-15])
            #expect(back.name == "\(sample.name)@-15dB")
            let four = try ModelDescription(folder: folder + "/4")
            #expect(try back.loaded().network == four.loaded().network)
            #expect(throws: ConfigurationError.self) {
                try export(four, .npz, level: -15, to: folder + "/x.npz")
            }
            // No training changes this encoder: it is the same at all levels.
            _ = try export(model, .encoderTable, to: folder + "/table.csv")
        }
    }

    @Test func `the chip is not given spikes it does not have`() throws {
        try TemporaryFolder.with { folder in
            let model = try SampleReceiver.recurrentSums.make(in: folder + "/a")
            let error = #expect(throws: ConfigurationError.self) {
                try ModelExport(
                    source: .model(model, level: nil), format: .brainscales,
                    stepInMilliseconds: 0.0005
                ).write(to: folder + "/x.nir")
            }
            #expect(error?.description.contains("spikes of weight 1") == true)
            let lines = try export(model, .standard, to: folder + "/x.nir")
            #expect(lines.contains { $0.contains("weights of 1 and -1") })
        }
    }
}
