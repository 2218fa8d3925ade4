import ArgumentParser
import ArrayFiles
import BrainScaleS2
import EnergyModel
import Foundation
import LinkExperiments
import Modulation
import OpticalLink
import Reporting
import Synchronization

extension AdaptCommand {
    /// Runs receivers on a link that drifts; what is done is saved chip by chip.
    func track(_ link: LinkDescription, _ drift: Drift, _ receiver: TrainedReceiver) throws {
        guard start == .present, pilots == nil, halvingInterval == nil else {
            throw ValidationError(
                "--start zero, --pilots and --halving-interval are not allowed on a link that drifts; "
                    + "--symbols and --pilot-interval say what is sent")
        }
        let study = TrackingStudy(
            link: link, receiver: receiver, noisePowerInDecibels: noiseDb, symbols: symbols,
            pilotInterval: pilotInterval, pilotEnd: pilotEnd, rules: rules, seed: seed)
        let calibration = try chip.chipCalibration()
        let fidelity = chip.chipFidelity
        @Sendable func record(_ runs: [TrackingRecord.Run]) throws -> TrackingRecord {
            var record = TrackingRecord(
                study, fidelity: fidelity, calibration: calibration, runs: runs)
            try record.price(
                chip: prices("brainscales2"), equalizers: prices("dsp-7nm"),
                bitsPerSymbol: link.parameters.alphabet.bitsPerSymbol)
            return record
        }
        let folder = resume ?? output
        let former = try resume.map { try TrackingRecord.read($0 + "/" + TrackingRecord.fileName) }
        if let former, let resume, !former.isOfSameStudy(as: try record([])) {
            throw FileError.badData(
                resume + "/" + TrackingRecord.fileName,
                "is of another link, receiver, seed or way of learning",
                remedy: "repeat the options it was begun with, or begin in another folder")
        }
        let wanted = receivers?.values ?? [.fixed, .readout, .bothLayers]
        let chips = wanted.filter(\.isOnChip)
        let equalizers = try wanted.filter { !$0.isOnChip }.map {
            try TrainedReceiver.make(
                ModelDescription(folder: Catalog.standard().modelFolder($0.rawValue)), for: link)
        }
        // Equalizers once, then every chip.
        let tasks: [UInt64?] =
            (equalizers.isEmpty ? [] : [nil]) + (chips.isEmpty ? [] : chip.chipSeed.values)
        let finished = Mutex<[[TrackingRecord.Run]?]>(
            tasks.map { seed in
                let names = wanted.filter { $0.isOnChip == (seed != nil) }
                let runs = names.compactMap { former?.run($0, chip: seed) }
                return runs.count == names.count ? runs : nil
            })
        Interruption.watch()
        defer {
            if Interruption.isRequested, let folder,
                finished.withLock({ $0.contains { $0 != nil } })
            {
                Console.note("continue with the same options and --resume \(folder) in place of -o")
            }
        }
        _ = try threads.parallel.map(tasks.count) { index in
            if finished.withLock({ $0[index] != nil }) { return }
            let name = tasks[index].map { "chip \($0)" } ?? "equalizers"
            func show(_ runs: [TrackingRecord.Run]) throws {
                if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
                progress(name, runs)
            }
            let runs: [TrackingRecord.Run]
            if let seed = tasks[index] {
                runs = try study.run(
                    chips, on: ChipInstance(seed: seed, fidelity: fidelity),
                    calibration: calibration, progress: show)
            } else {
                runs = try study.run(equalizers: equalizers, progress: show)
            }
            try finished.withLock {
                $0[index] = runs
                if let folder {
                    try record($0.flatMap { $0 ?? [] }).write(toFolder: folder)
                }
            }
            Console.note("\(name) done")
        }
        let result = try record(finished.withLock { $0.flatMap { $0 ?? [] } })
        if let folder {
            try FigureFiles.write(TrackingListing.figures(result), to: folder)
            try result.write(toFolder: folder)
        }
        if json != "-" { try Console.output(TrackingListing.text(result, drift: drift)) }
        if let json { try writeJSON(try result.json, to: json) }
    }

    /// The first option given that says something of a link that drifts only.
    var trackingOption: String? {
        let given: [(String, Bool)] = [
            ("--receivers", receivers != nil), ("--resume", resume != nil),
            ("--reward-rate", rewardRate != nil), ("--hidden-shift", hiddenShift != nil),
            ("--arithmetic", arithmetic != nil), ("--tolerance", tolerance != nil),
            ("--pilot-end", pilotEnd != nil), ("--least-lead", leastLead != nil),
            ("--guard-excess", guardExcess != nil),
        ]
        return given.first { $0.1 }?.0
    }

    private var rules: TrackingRules {
        var rules = TrackingRules()
        if let learningRate { rules.learningRate = learningRate }
        if let rewardRate { rules.rewardRate = rewardRate }
        if let hiddenShift { rules.hiddenShift = hiddenShift }
        if let arithmetic { rules.arithmetic = arithmetic }
        if let tolerance { rules.tolerance = tolerance }
        if let leastLead { rules.leastLead = leastLead }
        if let guardExcess { rules.guardExcess = guardExcess }
        return rules
    }

    private func prices(_ name: String) throws -> PriceList {
        try PriceListFile.read(Catalog.standard().file(.prices, name))
    }

    private func progress(_ name: String, _ runs: [TrackingRecord.Run]) {
        let done = (runs.map(\.windows.count).max() ?? 0) * SymbolStreams.blockLength
        let rates = runs.map { run in
            let share = run.share(max(0, done - 50_000)..<done)
            return "\(run.receiver) "
                + (share.bits == 0 ? "-" : String(format: "%.2e", share.rate))
        }
        Console.progress(name, Double(done) / Double(symbols), rates.joined(separator: "  "))
    }
}
