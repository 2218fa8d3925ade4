import PhysicalQuantities
import RealModule

extension Calibration {
    /// Effort of a calibration.
    public struct Options: Sendable, Hashable, Codable {
        /// Conversions averaged in a reading of the CADC.
        public var conversions = 64
        /// Recordings averaged in a reading of the MADC, and trials of a response.
        public var recordings = 16
        /// Windows in which spikes are counted.
        public var windows = 48

        public init() {}
        public static let standard = Options()
    }

    /// Calibrates a chip's circuits to their cells through observables only.
    ///
    /// Order as in the public procedure: the CADC, with which the rest is measured; synaptic time
    /// constants; references, so that no current stands; the membrane; strengths; references again,
    /// since strengths change standing currents; reset; threshold; leak last. Each is a search over
    /// the codes of one cell, all circuits at once.
    ///
    /// Measured against its targets: potentials through the calibrated CADC, thresholds as the resting
    /// code at which a neuron fires in half of the windows, time constants from recorded
    /// relaxations, strengths from the height of responses.
    public init(
        of chip: ChipInstance, for cells: [CellModel?], options: Options = .standard
    ) {
        var run = CalibrationRun(chip, cells, options)
        run.calibrateConverters()
        run.calibrateLines()
        run.calibrateReferences()
        run.calibrateMembranes()
        run.calibrateStrengths()
        run.calibrateReferences()
        run.calibrateReset()
        run.calibrateThreshold()
        run.calibrateLeak()
        chipSeed = chip.seed
        self.cells = cells
        configuration = run.bench.configuration
        residuals = run.residuals
        measurementCount = run.bench.measurementCount
        hardwareMilliseconds = run.bench.hardwareMilliseconds
    }
}

/// A calibration in progress.
private struct CalibrationRun {
    let bench: CalibrationBench
    let cells: [CellModel?]
    let options: Calibration.Options
    let planned: ChipConfiguration
    var residuals: [CalibratedQuantity: [Double?]] = [:]

    init(_ chip: ChipInstance, _ cells: [CellModel?], _ options: Calibration.Options) {
        self.cells = cells
        self.options = options
        planned = ChipConfiguration(common: cells)
        bench = CalibrationBench(chip, planned)
        // Comparators stay off until thresholds are searched.
        edit { $0.hasThreshold = false }
    }

    private func edit(_ change: (inout NeuronCodes) -> Void) {
        for index in bench.circuits {
            if var codes = bench.configuration.circuits[index] {
                change(&codes)
                bench.configuration.circuits[index] = codes
            }
        }
    }

    /// Writes one cell of every circuit.
    private func write(_ cell: WritableKeyPath<NeuronCodes, CapMemCode>, _ codes: [CapMemCode]) {
        for index in bench.circuits {
            bench.configuration.circuits[index]?[keyPath: cell] = codes[index]
        }
    }

    private func targets(_ value: (CellModel) -> Double) -> [Double] {
        cells.map { $0.map(value) ?? 0 }
    }

    private mutating func keep(
        _ quantity: CalibratedQuantity, _ values: [Double], relativeTo targets: [Double]? = nil
    ) {
        residuals[quantity] = cells.enumerated().map { index, cell in
            guard cell != nil else { return nil }
            let residual = targets.map { values[index] / $0[index] } ?? values[index]
            return residual.isFinite ? residual : Calibration.outOfReach
        }
    }

    // MARK: - CADC

    /// Two common voltages, codes 70 and 550, shall read 20 and 220: the ramp of a quadrant makes the
    /// median do so, the channel's digital offset then every channel in the middle.
    mutating func calibrateConverters() {
        let quadrants = (0..<4).map { q in
            bench.circuits.filter { NeuronIndex($0).quadrant == q }
        }
        func medians(_ values: [Double]) -> [Double] {
            quadrants.map { members in
                let sorted = members.map { values[$0] }.sorted()
                return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
            }
        }
        // The lower voltage may read zero at first: the search is over 45 and 195 and their middle.
        let low = CircuitTransfer.voltageCode(45)
        let high = CircuitTransfer.voltageCode(195)
        for _ in 0..<2 {
            let slope = CodeSearch.run(.falling, targets: Array(repeating: 150, count: 4)) { codes in
                for q in 0..<4 { bench.configuration.quadrants[q].rampSlope = codes[q] }
                let upper = medians(bench.codes(ofCell: high, repeats: options.conversions))
                let lower = medians(bench.codes(ofCell: low, repeats: options.conversions))
                return zip(upper, lower).map { $0 - $1 }
            }
            for q in 0..<4 { bench.configuration.quadrants[q].rampSlope = slope.codes[q] }
            let start = CodeSearch.run(.falling, targets: Array(repeating: 45, count: 4)) { codes in
                for q in 0..<4 { bench.configuration.quadrants[q].rampOffset = codes[q] }
                return medians(bench.codes(ofCell: low, repeats: options.conversions))
            }
            for q in 0..<4 { bench.configuration.quadrants[q].rampOffset = start.codes[q] }
        }
        let middle = CircuitTransfer.voltageCode(120)
        let target = CircuitTransfer.potential(middle)
        let read = bench.codes(ofCell: middle, repeats: options.conversions)
        for index in bench.circuits {
            bench.configuration.digitalOffsets[index] = min(
                max(Int((target - read[index]).rounded()), -128), 127)
        }
        keep(
            .channelOffset,
            bench.codes(ofCell: middle, repeats: options.conversions).map { $0 - target })
    }

    // MARK: - Time constants

    mutating func calibrateLines() {
        search(
            .excitatoryTimeConstant, \.excitatory.timeConstantBias, .excitatoryLine,
            targets { $0.targets.excitatoryTimeConstant.microseconds })
        search(
            .inhibitoryTimeConstant, \.inhibitory.timeConstantBias, .inhibitoryLine,
            targets { $0.targets.inhibitoryTimeConstant.microseconds })
    }

    /// The membrane relaxes from its reset, 60 LSB below.
    mutating func calibrateMembranes() {
        edit {
            $0.leak = CircuitTransfer.voltageCode(150)
            $0.reset = CircuitTransfer.voltageCode(90)
        }
        search(
            .membraneTimeConstant, \.leakBias, .membrane,
            targets { $0.targets.membraneTimeConstant.microseconds })
    }

    private mutating func search(
        _ quantity: CalibratedQuantity, _ cell: WritableKeyPath<NeuronCodes, CapMemCode>,
        _ relaxation: CalibrationBench.Relaxation, _ targets: [Double]
    ) {
        let outcome = CodeSearch.run(.falling, targets: targets) { codes in
            write(cell, codes)
            return bench.timeConstants(relaxation, windows: targets, repeats: options.recordings)
        }
        write(cell, outcome.codes)
        keep(quantity, outcome.residuals, relativeTo: targets)
    }

    // MARK: - Synaptic inputs

    /// The membrane shall rest with its inputs where it rests without them; one input at a time, and
    /// the other's current is part of what both readings see, so twice around.
    mutating func calibrateReferences() {
        edit { $0.leak = CircuitTransfer.voltageCode(120) }
        for _ in 0..<2 {
            let alone = bench.restingCodes(isConnected: false, repeats: options.conversions)
            for (cell, slope) in [
                (\NeuronCodes.inhibitory.reference, CodeSearch.Slope.falling),
                (\NeuronCodes.excitatory.reference, .rising),
            ] {
                let outcome = CodeSearch.run(slope, targets: alone) { codes in
                    write(cell, codes)
                    return bench.restingCodes(repeats: options.conversions)
                }
                write(cell, outcome.codes)
            }
        }
    }

    /// One event through test rows moves the membrane by 50 LSB if its strength is right.
    mutating func calibrateStrengths() {
        edit { $0.leak = CircuitTransfer.voltageCode(120) }
        func response(_ cell: CellModel, inhibitory: Bool) -> (time: Double, height: Double) {
            let targets = cell.targets
            let m = targets.membraneTimeConstant.microseconds
            let s =
                (inhibitory ? targets.inhibitoryTimeConstant : targets.excitatoryTimeConstant)
                .microseconds
            let time = abs(m / s - 1) < 1e-6 ? m : m * s / (m - s) * Double.log(m / s)
            return (
                time,
                targets.strength.drive(membrane: m, synapse: s)
                    * SynapticStrength.relativePeak(membrane: m, synapse: s)
            )
        }
        for inhibitory in [false, true] {
            let expected = cells.map { $0.map { response($0, inhibitory: inhibitory) } }
            let largest = 63 * CalibrationBench.testRows
            let weights = expected.map { value in
                value.map { min(max(Int(50 / max($0.height, 1e-9)), 1), largest) } ?? 0
            }
            let times = expected.map { $0?.time ?? 0 }
            let targets = zip(expected, weights).map { ($0?.height ?? 0) * Double($1) }
            let cell: WritableKeyPath<NeuronCodes, CapMemCode> =
                inhibitory ? \.inhibitory.transconductance : \.excitatory.transconductance
            let outcome = CodeSearch.run(.rising, targets: targets) { codes in
                write(cell, codes)
                return bench.responses(
                    weights, isInhibitory: inhibitory, peakTimes: times, repeats: options.recordings
                ).map { inhibitory ? -$0 : $0 }
            }
            write(cell, outcome.codes)
            keep(
                inhibitory ? .inhibitoryStrength : .excitatoryStrength, outcome.residuals,
                relativeTo: targets)
        }
    }

    // MARK: - Potentials

    mutating func calibrateReset() {
        let wanted = targets { $0.spiking?.reset ?? $0.targets.leak }
        let outcome = CodeSearch.run(.rising, targets: wanted) { codes in
            write(\.reset, codes)
            return bench.resetCodes(repeats: options.conversions)
        }
        write(\.reset, outcome.codes)
        keep(.reset, outcome.residuals)
    }

    /// The membrane rests where the threshold shall be, and the comparator's code is the one at which
    /// half of the windows see a spike.
    mutating func calibrateThreshold() {
        let wanted = targets { $0.spiking?.threshold ?? 120 }
        let rest = searchLeak(wanted)
        for index in bench.circuits where cells[index]?.spiking != nil {
            bench.configuration.circuits[index]?.hasThreshold = true
        }
        let outcome = CodeSearch.run(
            .falling, targets: Array(repeating: 0.5, count: cells.count)
        ) { codes in
            write(\.threshold, codes)
            return bench.firingShares(windows: options.windows)
        }
        write(\.threshold, outcome.codes)
        // A share of one half is a threshold at the resting code, to the accuracy of that; shares of
        // nought or one mean that the search ran into an end.
        residuals[.threshold] = cells.indices.map { index in
            guard cells[index]?.spiking != nil else { return nil }
            let isOut =
                abs(outcome.residuals[index]) > 0.45
                && (outcome.codes[index].index <= 2 || outcome.codes[index].index >= 1020)
            return isOut ? Calibration.outOfReach : rest.residuals[index]
        }
    }

    mutating func calibrateLeak() {
        // A neuron that fires does not rest: comparators are off during the search.
        let states = bench.circuits.map { bench.configuration.circuits[$0]?.hasThreshold ?? false }
        edit { $0.hasThreshold = false }
        let outcome = searchLeak(targets { $0.targets.leak })
        keep(.leak, outcome.residuals)
        for (index, state) in zip(bench.circuits, states) {
            bench.configuration.circuits[index]?.hasThreshold = state
        }
    }

    private func searchLeak(_ wanted: [Double]) -> CodeSearch.Outcome {
        let outcome = CodeSearch.run(.rising, targets: wanted) { codes in
            write(\.leak, codes)
            return bench.restingCodes(repeats: options.conversions)
        }
        write(\.leak, outcome.codes)
        return outcome
    }
}
