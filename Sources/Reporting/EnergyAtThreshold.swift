public import EnergyModel

/// A receiver at the noise level at which it just reaches a threshold, and what it costs there.
public struct EnergyAtThreshold: Sendable {
    public var receiver: Report.Receiver
    /// Noise power of the crossing, in dB.
    public var noiseDB: Double
    public var energy: EnergyEstimate

    public var isSpiking: Bool { receiver.record.receiver.kind == "snn" }
    public var picojoulesPerBit: Double { energy.perBit.picojoules }
}

extension Report {
    /// Whether levels are received powers in dBm, as on physical links.
    var isReceivedPower: Bool {
        !receivers.isEmpty && receivers.allSatisfy { $0.record.channel["laser"] != nil }
    }

    /// `20 dB` of noise level, or `-5 dBm` of received power.
    func levelText(_ noiseDB: Double) -> String {
        "\(NumberText.plain(0 - noiseDB, decimals: noiseDB == noiseDB.rounded() ? 0 : 1)) "
            + levelUnit
    }

    var levelUnit: String { isReceivedPower ? "dBm" : "dB" }

    var levelName: String { isReceivedPower ? "received power (dBm)" : "noise level (dB)" }

    /// Symbol rate of the link, if all records share one.
    var symbolsPerSecond: Double? {
        let rates = Set(
            receivers.map { $0.record.channel["transmitter"]?["symbol_rate_GBd"]?.number })
        guard rates.count == 1, let rate = rates.first ?? nil else { return nil }
        return rate * 1e9
    }

    /// Receivers that reach a threshold, priced under one list with the work counted at the measured
    /// level nearest to the crossing; cheapest first.
    public func energies(at threshold: Threshold, under list: String) -> [EnergyAtThreshold] {
        receivers.compactMap { receiver in
            guard let crossing = receiver.record.crossing(threshold.key),
                let nearest = receiver.pointEnergies.min(by: {
                    abs($0.noiseDB - crossing) < abs($1.noiseDB - crossing)
                }),
                let energy = nearest.energies.first(where: { $0.priceList == list })
            else { return nil }
            return EnergyAtThreshold(receiver: receiver, noiseDB: crossing, energy: energy)
        }.sorted { $0.picojoulesPerBit < $1.picojoulesPerBit }
    }

    /// Of these, the receivers that no other one undercuts both in energy and in noise level: the
    /// Pareto front, cheapest first.
    public func paretoFront(at threshold: Threshold, under list: String) -> [EnergyAtThreshold] {
        var best = -Double.infinity
        return energies(at: threshold, under: list).filter { entry in
            guard entry.noiseDB > best else { return false }
            best = entry.noiseDB
            return true
        }
    }

    /// Which receiver is cheapest at a threshold, by what factor, and what would have to be true
    /// for a spiking one to win: one line for each price list that both kinds are priced under.
    func cheapestVerdicts(at threshold: Threshold) -> [Verdict] {
        energyLists.compactMap { list in
            let priced = energies(at: threshold, under: list)
            guard let cheapest = priced.first else { return nil }
            let channel = cheapest.receiver.record.channel["name"]?.string ?? "this link"
            let question = "Cheapest at \(threshold.name) on \(channel), price list \(list)?"
            let others = priced.filter { !$0.isSpiking }
            let spiking = priced.filter(\.isSpiking)
            func cost(_ entry: EnergyAtThreshold) -> String {
                "\(EnergyText.range(entry.energy.perBit, isEstimate: entry.energy.isEstimate)) "
                    + "pJ/bit at \(NumberText.plain(0 - entry.noiseDB, decimals: 2)) \(levelUnit)"
            }
            var answer = "\(cheapest.receiver.label), \(cost(cheapest))"
            guard let network = spiking.first else {
                return others.count < 2 ? nil : Verdict(question: question, answer: "\(answer).")
            }
            guard let other = others.first else {
                return unsharedVerdict(network, list: list, at: threshold, cost: cost)
            }
            let (low, middle, high) = ratios(network.energy, other.energy)
            if cheapest.isSpiking {
                answer +=
                    "; the cheapest other one, \(other.receiver.label), costs "
                    + "\(NumberText.significant(1 / middle)) times as much, \(cost(other))."
                return Verdict(question: question, answer: answer)
            }
            answer +=
                "; the cheapest spiking one, \(network.receiver.label), costs "
                + "\(NumberText.significant(middle)) times as much, \(cost(network)) "
                + "(with all prices at their low ends \(NumberText.significant(low)) times, at "
                + "their high ends \(NumberText.significant(high))). "
                + winningAssumption(network, against: other)
            // The cheapest receiver that needs no more light than the spiking one.
            if let rival = others.first(where: { $0.noiseDB >= network.noiseDB }),
                rival.receiver.label != other.receiver.label
            {
                let factor = rival.picojoulesPerBit / network.picojoulesPerBit
                answer +=
                    " Of the others that reach it at the same noise level, "
                    + "\(rival.receiver.label) is cheapest, "
                    + "\(NumberText.significant(factor)) times \(network.receiver.label)."
            } else if others.allSatisfy({ $0.noiseDB < network.noiseDB }) {
                answer += " No other one reaches it at that noise level."
            }
            return Verdict(question: question, answer: answer)
        }
    }

    /// A list that prices spiking receivers alone: beside the first list that prices others.
    private func unsharedVerdict(
        _ network: EnergyAtThreshold, list: String, at threshold: Threshold,
        cost: (EnergyAtThreshold) -> String
    ) -> Verdict? {
        let rivals = energyLists.lazy.map { name in
            (name, energies(at: threshold, under: name).filter { !$0.isSpiking })
        }.first { !$0.1.isEmpty }
        guard let (name, others) = rivals, let cheapest = others.first else { return nil }
        var answer =
            "\(network.receiver.label) costs \(cost(network)); on \(name) \(cheapest.receiver.label) "
            + "costs \(cost(cheapest))"
        if cheapest.noiseDB >= network.noiseDB {
            answer += ", with at least as much noise"
        } else if let equal = others.first(where: { $0.noiseDB >= network.noiseDB }) {
            answer +=
                ", and \(equal.receiver.label), the cheapest of the others that bear as much noise, "
                + cost(equal)
        } else {
            answer += "; no other one bears as much noise"
        }
        let channel = network.receiver.record.channel["name"]?.string ?? "this link"
        return Verdict(
            question: "Spiking at \(threshold.name) on \(channel), price list \(list)?",
            answer: "\(answer).")
    }

    /// Energy of one over the other with all prices low, nominal, and high.
    private func ratios(_ a: EnergyEstimate, _ b: EnergyEstimate) -> (Double, Double, Double) {
        let (a, b) = (a.perBit, b.perBit)
        return (
            a.lowPicojoules / b.lowPicojoules, a.picojoules / b.picojoules,
            a.highPicojoules / b.highPicojoules
        )
    }

    /// By how much the work that only spiking networks do would have to be cheaper.
    private func winningAssumption(
        _ network: EnergyAtThreshold, against other: EnergyAtThreshold
    ) -> String {
        let own: Set<PricedOperation> = [
            .synapticEvents, .neuronUpdates, .inputSpikes, .hiddenSpikes,
        ]
        let spent = network.energy.terms.filter { own.contains($0.price.operation) }
            .reduce(0) { $0 + $1.perSymbol.picojoules }
        let rest = network.energy.perSymbol.picojoules - spent
        let room = other.energy.perSymbol.picojoules - rest
        guard spent > 0, room > 0 else {
            return "It would not win with free synaptic events and neurons: what it does besides "
                + "costs more than \(other.receiver.label)."
        }
        let factor = NumberText.significant(spent / room)
        let event = network.energy.terms.first { $0.price.operation == .synapticEvents }?.price
        let share = room / spent
        let price = event.map {
            ", for instance \(NumberText.significant($0.picojoules * share)) pJ a synaptic event "
                + "in place of \(NumberText.significant($0.picojoules))"
        }
        return "It would win if synaptic events, neurons and spikes were \(factor) times cheaper "
            + "and all else the same\(price ?? "")."
    }
}
