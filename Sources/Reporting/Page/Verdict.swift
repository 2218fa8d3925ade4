import EnergyModel

/// One line that answers a question a reader brings.
public struct Verdict: Sendable, Hashable {
    public var question: String
    public var answer: String
    /// Something is wrong with the figures, not merely bad.
    public var isWarning = false

    public init(question: String, answer: String, isWarning: Bool = false) {
        self.question = question
        self.answer = answer
        self.isWarning = isWarning
    }
}

extension Report {
    /// The headlines, each computed from the figures of the report.
    public var verdicts: [Verdict] {
        let costs = thresholdCostVerdicts
        return [thresholdVerdict, errorCorrectionVerdict, reliabilityVerdict, costVerdict]
            .compactMap { $0 } + (costs.isEmpty ? sharedListVerdicts : costs)
            + [workVerdict].compactMap { $0 } + chipVerdicts + boundVerdicts
    }

    private var level: String { levelText(referenceNoiseDB) }

    /// Receivers measured at the reference noise, best first.
    private var ranked: [(receiver: Receiver, point: EvaluationRecord.Point)] {
        receivers.compactMap { receiver in
            receiver.record.point(atNoiseDB: referenceNoiseDB).map { (receiver, $0) }
        }.sorted { $0.1.ber < $1.1.ber }
    }

    /// Is it below the first threshold?
    private var thresholdVerdict: Verdict? {
        guard let threshold = thresholds.first, let best = ranked.first else { return nil }
        let rateText = NumberText.scientific(threshold.ber)
        let question = "Below \(threshold.name) (\(rateText)) at \(level)?"
        let below = ranked.filter { entry in
            (entry.point.interval?.upperBound ?? entry.point.ber) < threshold.ber
        }
        if !below.isEmpty {
            let names = below.map { entry in
                "\(entry.receiver.label) "
                    + NumberText.rate(entry.point.ber, interval: entry.point.interval)
            }
            return Verdict(question: question, answer: "Yes: \(names.joined(separator: ", ")).")
        }
        let rate = NumberText.rate(best.point.ber, interval: best.point.interval)
        let crossing = best.receiver.record.crossing(threshold.key).map {
            " It gets there at \(NumberText.plain(0 - $0, decimals: 2)) \(levelUnit)."
        }
        let undecided = best.point.ber < threshold.ber
        return Verdict(
            question: question,
            answer: (undecided ? "Undecided" : "No receiver")
                + "; the best is \(best.receiver.label) with \(rate)."
                + (crossing ?? (undecided ? "" : " It does not get there in the measured range.")))
    }

    /// Do the log-likelihood ratios keep what the scores know?
    private var reliabilityVerdict: Verdict? {
        let soft = softReceivers
        guard
            let best = soft.max(by: { $0.reliability.information.value
                < $1.reliability.information.value }),
            let least = soft.min(by: { $0.reliability.ratio < $1.reliability.ratio })
        else { return nil }
        func share(_ ratio: Double) -> String {
            "\(NumberText.plain(100 * ratio, decimals: 1)) %"
        }
        let lossy = soft.filter { $0.reliability.ratio < 0.99 }
        let kept =
            lossy.isEmpty
            ? "Yes: calibrated ratios keep at least \(share(least.reliability.ratio)) of the "
                + "information that free recalibration finds in the scores"
            : "Not of " + lossy.map { "\($0.receiver.label) (\(share($0.reliability.ratio)))" }
                .joined(separator: ", ")
                + ": ratios that keep less than 99 % of what free recalibration finds in the scores"
        return Verdict(
            question: "Can a decoder trust the soft decisions at \(level)?",
            answer: "\(kept). The most is in those of \(best.receiver.label), "
                + "\(NumberText.plain(best.reliability.information.value, decimals: 4)) bit "
                + "per symbol.")
    }

    /// Which receiver is cheapest, at all and among those that a code can still correct?
    private var costVerdict: Verdict? {
        let priced = ranked.compactMap { entry in
            entry.receiver.energies.first.map { (entry.receiver, entry.point, $0) }
        }.sorted { $0.2.perBit.picojoules < $1.2.perBit.picojoules }
        guard let cheapest = priced.first else { return nil }
        func cost(_ entry: (Receiver, EvaluationRecord.Point, EnergyEstimate)) -> String {
            let energy = entry.2.perBit
            let figures = NumberText.ranged(
                energy.picojoules, low: energy.lowPicojoules, high: energy.highPicojoules)
            return "\(entry.0.label), \(figures) pJ/bit on price list \(entry.2.priceList)"
                + (entry.2.isEstimate ? " (estimate)" : "")
        }
        var answer = cost(cheapest)
        for threshold in thresholds {
            guard let good = priced.first(where: { $0.1.ber < threshold.ber }) else { continue }
            answer +=
                good.0.label == cheapest.0.label
                ? "; it is below \(threshold.name) as well"
                : "; below \(threshold.name): \(cost(good))"
            break
        }
        return Verdict(question: "Which receiver is cheapest?", answer: "\(answer).")
    }

    /// The first threshold decides; where no receiver reaches it, the next one that some do.
    private var thresholdCostVerdicts: [Verdict] {
        thresholds.lazy.map { cheapestVerdicts(at: $0) }.first { !$0.isEmpty } ?? []
    }

    /// On one price list, what does the cheapest spiking receiver cost against the cheapest other
    /// one, and against the cheapest that makes no more errors?
    private var sharedListVerdicts: [Verdict] {
        energyLists.compactMap { list in
            let priced = ranked.compactMap { entry in
                entry.receiver.energy(under: list).map { (entry.receiver, entry.point, $0.perBit) }
            }
            let spiking = priced.filter { $0.0.record.receiver.kind == "snn" }
            let others = priced.filter { $0.0.record.receiver.kind != "snn" }
            guard
                let network = spiking.min(by: { $0.2.picojoules < $1.2.picojoules }),
                let other = others.min(by: { $0.2.picojoules < $1.2.picojoules }),
                other.2.picojoules > 0
            else { return nil }
            let ratio = NumberText.significant(network.2.picojoules / other.2.picojoules)
            var answer =
                "\(network.0.label) costs \(ratio) times as much per bit as \(other.0.label), "
                + "the cheapest other receiver"
            let better = others.filter { $0.1.ber <= network.1.ber }
            if let rival = better.min(by: { $0.2.picojoules < $1.2.picojoules }),
                rival.2.picojoules > 0
            {
                let factor = NumberText.significant(network.2.picojoules / rival.2.picojoules)
                answer +=
                    rival.0.label == other.0.label
                    ? ", which makes no more errors"
                    : ", and \(factor) times as much as \(rival.0.label), "
                        + "which makes no more errors"
            } else {
                answer += "; none of the others makes as few errors"
            }
            return Verdict(
                question: "What does spiking cost on price list \(list)?", answer: "\(answer).")
        }
    }

    /// Does the spiking network do more synaptic events than the perceptron does
    /// multiply-accumulates?
    private var workVerdict: Verdict? {
        let networks = ranked.filter { $0.receiver.record.receiver.kind == "snn" }
        let perceptrons = ranked.filter { $0.receiver.record.receiver.kind == "perceptron" }
        guard
            let network = networks.min(by: {
                $0.point.operationsPerSymbol.synapticEvents
                    < $1.point.operationsPerSymbol.synapticEvents
            }),
            let perceptron = perceptrons.min(by: {
                $0.point.operationsPerSymbol.multiplyAccumulates
                    < $1.point.operationsPerSymbol.multiplyAccumulates
            })
        else { return nil }
        let events = network.point.operationsPerSymbol.synapticEvents
        let products = perceptron.point.operationsPerSymbol.multiplyAccumulates
        return Verdict(
            question: "More synaptic events than a perceptron does multiply-accumulates?",
            answer: "\(events > products ? "Yes" : "No"): \(network.receiver.label) does "
                + "\(NumberText.count(events)) synaptic events per symbol, "
                + "\(perceptron.receiver.label) \(NumberText.count(products)) "
                + "multiply-accumulates.")
    }

    private var chipVerdicts: [Verdict] {
        chipStudies.filter { !$0.chips.isEmpty }.map { study in
            let before = median(study.chips.map(\.before))
            let after = median(study.chips.map(\.after))
            let worse = study.chips.filter { $0.after > $0.before }.count
            return Verdict(
                question: "Does adaptation help \(study.name) chips?",
                answer: "Median of \(study.chips.count): \(NumberText.scientific(before)) before, "
                    + "\(NumberText.scientific(after)) after"
                    + (worse > 0 ? "; \(worse) got worse." : "; none got worse."))
        }
    }

    /// A receiver significantly below a bound is an error of the test, not a success.
    private var boundVerdicts: [Verdict] {
        bounds.flatMap { bound in
            receivers.flatMap { receiver in
                receiver.record.points.compactMap { point -> Verdict? in
                    guard
                        bound.holdsForAllSamples || receiver.record.receiver.samplesPerSymbol == nil,
                        let limit = bound.points.first(where: {
                            abs($0.noiseDB - point.noiseDB) < 1e-3
                        }),
                        let interval = point.interval, interval.upperBound < limit.ber
                    else { return nil }
                    return Verdict(
                        question: "Anything below the \(bound.name)?",
                        answer: "\(receiver.label) at \(NumberText.count(point.noiseLevel)) dB: "
                            + NumberText.rate(point.ber, interval: point.interval)
                            + " is below \(NumberText.scientific(limit.ber)), which no receiver "
                            + "can be. The test is in error.",
                        isWarning: true)
                }
            }
        }
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
