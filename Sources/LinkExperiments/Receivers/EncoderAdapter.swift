import NetworkExchange
import SpikeEncoding
import SpikingNetworks

// Encoders in the plain names and tables of exchanged files. Keys are those of `model.yaml`, with
// learned numbers in tables; `rule` says in words what the numbers mean.

extension SpikeEncoder {
    /// The encoder in plain names and tables.
    var exchanged: [String: NIRMetadata] {
        var entries: [String: NIRMetadata] = [
            "taps": .integer(Int64(tapCount)), "neurons_per_tap": .integer(Int64(neuronsPerTap)),
            "steps": .integer(Int64(stepCount)),
        ]
        let inputs = "of tap k (in order of time, the symbol's own in the middle) is input "
            + "k * neurons_per_tap + n"
        switch self {
        case .receptiveField(let fields):
            let shape = [fields.tapCount, fields.neuronsPerTap]
            entries["kind"] = .text("receptive-field")
            entries["centers"] = .array(NIRTensor(fields.centers, shape: shape))
            entries["steps_per_unit"] = .array(NIRTensor(fields.stepsPerUnit, shape: shape))
            entries["late_spikes"] = .text(
                fields.lateSpikes == .dropped ? "dropped" : "in-last-step")
            entries["rule"] = .text(
                "neuron n \(inputs); for a sample y it spikes in step floor(steps_per_unit[k, n] "
                    + "* |y - centers[k, n]|), in single precision")
        case .ternary(let ternary):
            entries["kind"] = .text("ternary")
            entries["bits"] = .integer(Int64(ternary.bitCount))
            entries["mean"] = .real(ternary.mean)
            entries["largest"] = .real(ternary.largest)
            entries["rule"] = .text(
                "bit n, the most significant first, \(inputs); where it is set in min(m, "
                    + "round(|y - mean| * (m / largest))) with m = 2^bits - 1, a spike of weight "
                    + "sign(y - mean) in step 0, in single precision")
        case .logarithmic(let logarithmic):
            entries["kind"] = .text("log-scale")
            entries["mean"] = .real(logarithmic.mean)
            entries["largest"] = .real(logarithmic.largest)
            entries["range"] = .real(logarithmic.range)
            entries["rule"] = .text(
                "neuron n \(inputs); n = 1 spikes for samples y above the mean, 0 for those below, "
                    + "in step floor(-steps / ln(range) * ln(|y - mean| / largest)), at once for "
                    + "larger ones, and smaller ones than the steps reach not at all")
        }
        return entries
    }

    /// The encoder that `exchanged` or a person has written down.
    init(exchanged entries: [String: NIRMetadata]) throws(ExchangeError) {
        func wrong(_ problem: String) -> ExchangeError {
            ExchangeError(
                "the encoder in it \(problem); leave its entries out and name a receiver with the "
                    + "same encoder with --like")
        }
        func number(
            _ key: String, _ range: ClosedRange<Double>
        ) throws(ExchangeError) -> Double {
            guard let value = entries.real(key), range.contains(value) else {
                throw wrong("has no '\(key)' from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        func count(_ key: String, _ range: ClosedRange<Int>) throws(ExchangeError) -> Int {
            guard let value = entries.real(key), let count = Int(exactly: value),
                range.contains(count)
            else { throw wrong("has no '\(key)' from \(range.lowerBound) to \(range.upperBound)") }
            return count
        }
        let taps = try count("taps", 1...1001)
        guard taps % 2 == 1 else { throw wrong("has \(taps) taps, not an odd number") }
        /// A row for each tap, or one for all.
        func table(_ key: String) throws(ExchangeError) -> [Double] {
            guard case .array(let tensor)? = entries[key], !tensor.values.isEmpty,
                tensor.values.allSatisfy(\.isFinite),
                tensor.shape.count == 1 || (tensor.shape.count == 2 && tensor.shape[0] == taps)
            else { throw wrong("has no table '\(key)' [tap, neuron]") }
            return tensor.shape.count == 2
                ? tensor.values : (0..<taps).flatMap { _ in tensor.values }
        }
        switch entries.text("kind") {
        case "receptive-field":
            let centers = try table("centers")
            let scales = try table("steps_per_unit")
            guard centers.count == scales.count, scales.allSatisfy({ $0 > 0 }) else {
                throw wrong("has no positive steps_per_unit for each center")
            }
            let late = entries.text("late_spikes")
            guard late == "dropped" || late == "in-last-step" else {
                throw wrong("has no 'late_spikes', dropped or in-last-step")
            }
            self = .receptiveField(
                ReceptiveFieldEncoder(
                    tapCount: taps, centers: centers, stepsPerUnit: scales,
                    stepCount: try count("steps", 1...254),
                    lateSpikes: late == "dropped" ? .dropped : .inLastStep))
        case "ternary":
            self = .ternary(
                TernaryEncoder(
                    tapCount: taps, bitCount: try count("bits", 1...15),
                    mean: try number("mean", -1e6...1e6),
                    largest: try number("largest", 1e-9...1e6)))
        case "log-scale":
            self = .logarithmic(
                LogarithmicEncoder(
                    tapCount: taps, stepCount: try count("steps", 1...254),
                    mean: try number("mean", -1e6...1e6),
                    largest: try number("largest", 1e-9...1e6),
                    range: try number("range", 1.001...1e9)))
        default:
            throw wrong("is of no known kind (receptive-field, ternary, log-scale)")
        }
    }

    /// Whether this is what training may have made of an encoder.
    func isTrained(from other: SpikeEncoder) -> Bool {
        switch (self, other) {
        case (.receptiveField(let mine), .receptiveField(let its)):
            mine.tapCount == its.tapCount && mine.neuronsPerTap == its.neuronsPerTap
                && mine.stepCount == its.stepCount && mine.lateSpikes == its.lateSpikes
        default: self == other
        }
    }
}

extension SpikingReceiver {
    /// Encoder, and the inputs beyond it where decisions are fed back.
    var exchangedEncoder: [String: NIRMetadata] {
        var entries = encoder.exchanged
        if feedbackCount > 0 {
            entries["feedback"] = .integer(Int64(feedbackCount))
            entries["feedback_rule"] = .text(
                "input \(encoder.inputCount) + \(network.outputCount) * d + s spikes in step 0 "
                    + "when the decision of d + 1 symbols before was class s")
        }
        return entries
    }
}
