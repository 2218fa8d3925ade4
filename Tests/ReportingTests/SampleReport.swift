import EnergyModel
import ErrorRates
import Foundation
import Reporting

/// A report with invented figures: five receivers, two kinds of chips, bounds and curves.
enum SampleReport {
    static let levels = [15.0, 16, 17, 18, 19, 20, 21, 22]

    static func record(
        name: String, kind: String, rates: [Double], substrate: String = "software",
        chipSeed: UInt64? = nil, operations: (inout EvaluationRecord.Operations) -> Void,
        inputSpikes: Double = 0, hiddenSpikes: Double = 0, crossings: [Double?],
        overconfidence: Double? = nil
    ) -> EvaluationRecord {
        var counts = EvaluationRecord.Operations()
        operations(&counts)
        let points = zip(levels, rates).map { level, rate in
            let errors = 600.0
            let spread = 1.96 / errors.squareRoot()
            return EvaluationRecord.Point(
                noiseDB: -level, bits: Int(errors / rate), bitErrors: Int(errors), ber: rate,
                ci95: [rate * (1 - spread), rate * (1 + spread)], symbolErrors: 598,
                inputSpikesPerSymbol: inputSpikes, hiddenSpikesPerSymbol: hiddenSpikes,
                operationsPerSymbol: counts,
                reliability: overconfidence.map {
                    reliability(rate: rate, overconfidence: $0, noiseDB: -level)
                })
        }
        return EvaluationRecord(
            channel: .object(["name": .string("lcd")]),
            receiver: .init(
                name: name, kind: kind, taps: 7, parameters: 2960, summary: "sample of a \(kind)"),
            substrate: substrate, chipSeed: chipSeed, seed: 1,
            training: .init(
                policy: "8 000 000 symbols at one noise level, Adam 1e-3, seed 1", noiseDB: [-20]),
            revision: "0123abc", toolchain: "Swift 6.3.1", points: points,
            crossings: [
                .init(threshold: "kp4", ber: 2.4e-4, noiseDB: crossings[0]),
                .init(threshold: "task", ber: 2e-3, noiseDB: crossings[1]),
                .init(threshold: "hamming+kp4", ber: 4.8e-3, noiseDB: crossings[2]),
            ])
    }

    /// Bins in which bits are wrong `overconfidence` times as often as stated.
    static func reliability(
        rate: Double, overconfidence: Double, noiseDB: Double
    ) -> EvaluationRecord.Reliability {
        let bins = (0..<16).map { index -> EvaluationRecord.Reliability.Bin in
            let stated = 1 / (1 + exp(Double(index) + 0.4))
            let bits = index < 12 ? 40_000 : 400_000
            let errors = Int(stated * overconfidence * Double(bits))
            let interval = BinomialInterval.exact(successes: errors, trials: bits)
            return .init(
                leastRatio: Double(index), bits: bits, errors: errors, stated: stated,
                ci95: [interval.lowerBound, interval.upperBound])
        }
        let information = 2 - 8 * rate * overconfidence
        return .init(
            calibration: .init(
                scale: 0.72, biases: [0, 0.1, -0.1, 0], policy: "sample <policy> of scales",
                stream: "validation", seed: 1, noiseDB: noiseDB, symbols: 80_000, bitErrors: 600),
            information: .init(
                value: information, interval: information - 0.001...information + 0.001),
            informationPerBit: [information / 2, information / 2],
            recalibratedInformation: .init(value: 2 - 8 * rate, interval: nil),
            recalibration: "affine", deficit: .init(value: 8 * rate * (overconfidence - 1), interval: nil),
            uncalibratedInformation: .init(value: information - 0.003, interval: nil),
            signBitErrors: 601, expectedCalibrationError: 3.2e-5, bins: bins)
    }

    static let linear = record(
        name: "linear", kind: "linear",
        rates: [3.1e-2, 2.2e-2, 1.45e-2, 9.1e-3, 5.3e-3, 2.88e-3, 1.5e-3, 7.2e-4],
        operations: { $0.multiplyAccumulates = 7 }, crossings: [nil, -20.56, -19.16],
        overconfidence: 2)
    static let volterra = record(
        name: "volterra", kind: "volterra",
        rates: [2.0e-2, 1.3e-2, 7.8e-3, 4.2e-3, 2.1e-3, 9.7e-4, 4.2e-4, 1.7e-4],
        operations: {
            $0.multiplyAccumulates = 119
            $0.products = 112
        }, crossings: [-21.62, -19.06, -17.8])
    static let perceptron = record(
        name: "perceptron", kind: "perceptron",
        rates: [1.75e-2, 1.1e-2, 6.5e-3, 3.5e-3, 1.75e-3, 8.2e-4, 3.6e-4, 1.5e-4],
        operations: {
            $0.multiplyAccumulates = 440
            $0.activations = 40
        }, crossings: [-21.46, -18.8, -17.5])
    static let network = record(
        name: "lcd-snn-40", kind: "snn",
        rates: [1.62e-2, 1.02e-2, 5.8e-3, 2.9e-3, 1.4e-3, 6.4e-4, 2.9e-4, 1.2e-4],
        operations: {
            $0.synapticEvents = 1302
            $0.neuronUpdates = 2640
        }, inputSpikes: 32.6, hiddenSpikes: 41, crossings: [-21.21, -18.5, -17.27],
        overconfidence: 1)
    static let chip = record(
        name: "lcd-snn-40", kind: "snn",
        rates: [1.9e-2, 1.24e-2, 7.4e-3, 4.1e-3, 2.1e-3, 1.1e-3, 5.5e-4, 2.6e-4],
        substrate: "chip", chipSeed: 3,
        operations: {
            $0.synapticEvents = 1340
            $0.membraneConversions = 60
            $0.hardwareNanoseconds = 30_000
        }, inputSpikes: 32.6, hiddenSpikes: 43, crossings: [nil, -19.08, -17.73])

    static func price(
        _ operation: PricedOperation, _ term: String, _ low: Double, _ nominal: Double,
        _ high: Double, _ status: PriceStatus
    ) throws -> Price {
        try Price(
            operation: operation, term: term, picojoules: nominal, lowPicojoules: low,
            highPicojoules: high, bitWidth: 8, nodeInNanometres: 7, year: 2021, status: status,
            source: "sample source <of \(term)>")
    }

    static func priceLists() throws -> [PriceList] {
        [
            try PriceList(
                name: "dsp-sample", description: "Digital sample",
                technology: TechnologyNode(nodeInNanometres: 7, supplyInVolts: nil),
                assumptions: ["One unit per operation."], notIncluded: ["Clock recovery."],
                unpriced: [.inputSpikes: "free", .hiddenSpikes: "free"],
                entries: [
                    price(.multiplyAccumulates, "int8 MAC", 0.077, 0.1, 0.59, .estimate),
                    price(.products, "int8 multiply", 0.07, 0.07, 0.34, .estimate),
                    price(.activations, "look-up", 0.007, 0.94, 7.5, .estimate),
                    price(.synapticEvents, "int32 add", 0.007, 0.03, 0.97, .estimate),
                    price(.neuronUpdates, "decay, threshold", 0.021, 0.2, 1.18, .estimate),
                    price(.receivedSamples, "receiver ADC", 3.2, 7.41, 35.71, .published),
                ]),
            try PriceList(
                name: "neuromorphic-sample", description: "Spiking sample",
                technology: TechnologyNode(nodeInNanometres: 14, supplyInVolts: nil),
                assumptions: [], notIncluded: ["Idle power."],
                unpriced: [.inputSpikes: "free", .hiddenSpikes: "free"],
                entries: [
                    price(.synapticEvents, "synaptic operation", 4.9, 23.6, 27.1, .estimate),
                    price(.neuronUpdates, "neuron update", 52, 81, 81, .estimate),
                    price(.receivedSamples, "receiver ADC", 3.2, 7.41, 35.71, .published),
                ]),
            try PriceList(
                name: "chip-sample", description: "Analog sample",
                technology: TechnologyNode(nodeInNanometres: 65, supplyInVolts: nil),
                assumptions: [], notIncluded: ["Host."],
                unpriced: [
                    .hiddenSpikes: "part of their events", .membraneConversions: "static power",
                    .receivedSamples: "samples come from a host",
                ],
                entries: [
                    price(.hardwareNanoseconds, "static power (mW)", 145, 150, 700, .estimate),
                    price(.synapticEvents, "synaptic event", 1, 10, 37, .estimate),
                    price(.inputSpikes, "input event", 50, 100, 200, .estimate),
                ]),
        ]
    }

    static func make() throws -> Report {
        let lists = try priceLists()
        func receiver(
            _ label: String, _ record: EvaluationRecord, _ prices: [Int]
        ) throws -> Report.Receiver {
            let point = record.point(atNoiseDB: -20)!
            return Report.Receiver(
                label: label, record: record,
                energies: try prices.map {
                    try lists[$0].estimate(
                        of: point.workload(receivedSamplesPerSymbol: 1), bitsPerSymbol: 2)
                },
                command: "spikelink evaluate \(record.receiver.name) --channel lcd "
                    + "--noise-db -22:-15:1 --seed 1 --json -")
        }
        var report = Report(
            title: "LCD link, 112 GBd PAM-4 over 4 km",
            summary: "Bit errors, work and energy of five receivers on the same received samples.",
            referenceNoiseDB: -20,
            receivers: [
                try receiver("linear-7", linear, [0]),
                try receiver("volterra-7-7-7", volterra, [0]),
                try receiver("perceptron-7-40-4", perceptron, [0]),
                try receiver("lcd-snn-40", network, [1, 0]),
                try receiver("lcd-snn-40 adapted", chip, [2]),
            ],
            thresholds: [
                .init(
                    key: "kp4", name: "KP4", ber: 2.4e-4,
                    note: "RS(544,514) of IEEE 802.3, independent errors, hard decisions."),
                .init(
                    key: "task", name: "task reference", ber: 2e-3,
                    note: "The reference level of the task's papers; no standard code sits there."),
                .init(
                    key: "hamming+kp4", name: "Hamming + KP4", ber: 4.8e-3,
                    note: "Inner Hamming(128,120) with soft decisions, outer RS(544,514)."),
            ],
            command: "spikelink demo -o demo")
        report.bounds = [
            .init(
                name: "genie bound",
                points: [.init(noiseDB: -18, ber: 1.7e-3), .init(noiseDB: -20, ber: 2.4e-4),
                    .init(noiseDB: -22, ber: 1.3e-5)],
                source: "All other symbols known to the receiver.")
        ]
        let published: [Double] = [
            1.66e-2, 1.04e-2, 5.92e-3, 3.03e-3, 1.53e-3, 7.07e-4, 3.47e-4, 1.55e-4,
        ]
        report.publishedCurves = [
            .init(
                name: "published SNN (2412.03129)",
                points: zip(levels, published).map { .init(noiseDB: -$0, ber: $1) },
                source: "arXiv 2412.03129, reference notebook.")
        ]
        report.chipStudies = [
            chips("uncalibrated", before: 1.0e-3, factor: 1.16, after: 1.15e-3),
            chips("calibrated", before: 7.6e-4, factor: 1.03, after: 7.4e-4),
        ]
        report.learningCurves = [
            .init(
                name: "Training loss", progressLabel: "training symbols",
                valueLabel: "cross-entropy (nat)", progress: (1...40).map { Double($0) * 2e5 },
                values: (1...40).map { 0.02 + 1.2 / Double($0 * $0) }),
        ]
        report.priceLists = lists
        return report
    }

    private static func chips(
        _ name: String, before: Double, factor: Double, after: Double
    ) -> Report.ChipStudy {
        var rate = before
        let chips = (1...10).map { seed -> Report.ChipStudy.Chip in
            rate *= seed % 2 == 0 ? factor * factor : 1
            let shift = 1 + 0.02 * Double(seed % 5)
            return .init(seed: UInt64(seed), before: rate, after: after * shift)
        }
        return .init(
            name: name, note: "Mismatch as of a sample chip; readout weights adapted.",
            chips: chips, mismatchFree: 6.9e-4)
    }
}

extension HTMLReport {
    /// The page with hyphens for its non-breaking ones.
    var plainText: String { text.replacing("\u{2011}", with: "-") }
}
