import RandomStreams
import RealModule

/// A chip as its user measures it: codes in, observables out. Deviations stay behind it.
///
/// Observables are what the public calibration uses: codes of the CADC, voltages sampled by the
/// MADC, spike counters. Each is computed from the closed solution of the circuit's equations and
/// carries the noise of the chip; means of n conversions carry noise / sqrt(n), whose dithering
/// hides the rounding of single codes.
///
/// Every measurement programs the cells anew, so each holds its code with a scatter of its own.
///
/// - Determinism: stream seed / "calibration" / number of the measurement.
final class CalibrationBench {
    var configuration: ChipConfiguration
    /// Circuits in use.
    let circuits: [Int]
    /// Measurements so far, and the time the chip would have taken for them, ms.
    private(set) var measurementCount = 0
    private(set) var hardwareMilliseconds = 0.0

    private let devices: [CircuitDevice?]
    private let synapseFactors: [Double]
    private let membraneNoise: Double
    private let conversionNoise: Double
    private let cellScatter: Double
    private let root: RandomStream

    /// Synapses that test events go through: as many rows as make the spread of single synapses
    /// small beside the strength of the input.
    static let testRows = 32
    /// Noise of one MADC sample, CADC LSB: below 2 MADC LSB of a third each by a public test.
    static let sampleNoise = 0.6
    /// Waiting after codes are written (public calibration), ms.
    static let settlingMilliseconds = Double(CapMemCell.settlingTicks) * 8e-6

    init(_ chip: ChipInstance, _ configuration: ChipConfiguration) {
        self.configuration = configuration
        circuits = configuration.circuits.indices.filter { configuration.circuits[$0] != nil }
        devices = configuration.circuits.indices.map { index in
            configuration.circuits[index].map { _ in
                CircuitDevice(of: NeuronIndex(index), on: chip)
            }
        }
        synapseFactors = configuration.circuits.enumerated().map { index, codes in
            guard codes != nil else { return 1 }
            let neuron = NeuronIndex(index)
            let rows = (0..<2 * Self.testRows).filter { $0 % 2 == 0 }
            return rows.reduce(0.0) {
                $0
                    + chip.factor(
                        of: SynapseCoordinate(
                            hemisphere: neuron.hemisphere, row: SynapseRow($1),
                            column: neuron.column))
            } / Double(rows.count)
        }
        membraneNoise = chip.fidelity == .full ? chip.noise.membrane : 0
        cellScatter = chip.mismatch.cellScatter
        conversionNoise = chip.fidelity == .full ? chip.noise.conversion : 0
        root = RandomStream(seed: chip.seed).substream("calibration")
    }

    // MARK: - Codes of the CADC

    /// Codes with all channels on a common voltage cell, mean of n.
    func codes(ofCell code: CapMemCode, repeats: Int) -> [Double] {
        measure { index, behavior, random in
            self.code(CircuitTransfer.potential(code), behavior, repeats, 0, &random)
        }
    }

    /// Codes of the membranes at rest.
    ///
    /// - Parameter isConnected: whether the synaptic inputs are.
    func restingCodes(isConnected: Bool = true, repeats: Int) -> [Double] {
        let configuration = configuration
        return measure { index, behavior, random in
            var leak = behavior.leak
            if !isConnected, let codes = configuration.circuits[index],
                let device = self.devices[index]
            {
                leak =
                    CircuitTransfer.potential(codes.leak) + device.leak
                    + self.cellScatter * CircuitTransfer.lsbPerCode * random.gaussian()
            }
            return self.code(leak, behavior, repeats, self.membraneNoise, &random)
        }
    }

    /// Codes of the membranes while they are held at reset.
    func resetCodes(repeats: Int) -> [Double] {
        measure { _, behavior, random in
            self.code(behavior.reset, behavior, repeats, self.membraneNoise, &random)
        }
    }

    /// By how many codes the membranes have moved at their peak after one event of total weight w on
    /// many synapses, mean of n trials.
    ///
    /// - Parameters:
    ///   - weights: by circuit.
    ///   - peakTimes: when to convert, us after the event, by circuit.
    func responses(
        _ weights: [Int], isInhibitory: Bool, peakTimes: [Double], repeats: Int
    ) -> [Double] {
        let baseline = restingCodes(repeats: repeats)
        let peaks = measure { index, behavior, random in
            let factor = Double(weights[index]) * self.synapseFactors[index]
            let response =
                factor
                * (isInhibitory
                    ? -behavior.inhibitoryDrive
                        * Self.response(
                            peakTimes[index], behavior.membraneTimeConstant,
                            behavior.inhibitoryTimeConstant)
                    : behavior.excitatoryDrive
                        * Self.response(
                            peakTimes[index], behavior.membraneTimeConstant,
                            behavior.excitatoryTimeConstant))
            return self.code(
                behavior.leak + response, behavior, repeats, self.membraneNoise, &random)
        }
        return zip(peaks, baseline).map { $0 - $1 }
    }

    /// The membrane after time t for a drive of one at time zero.
    private static func response(_ t: Double, _ membrane: Double, _ synapse: Double) -> Double {
        if abs(synapse - membrane) < 1e-6 * membrane {
            return t / membrane * Double.exp(-t / membrane)
        }
        return synapse / (synapse - membrane) * (Double.exp(-t / synapse) - Double.exp(-t / membrane))
    }

    // MARK: - Voltages sampled by the MADC

    /// Which exponential relaxation is recorded.
    enum Relaxation {
        /// The membrane, from its reset to its leak potential.
        case membrane
        /// A synaptic line after an event.
        case excitatoryLine, inhibitoryLine
    }

    /// Time constants, us, from two equal windows of a recorded relaxation: the ratio of what is left
    /// in the second to the first is exp(-window / tau).
    ///
    /// - Parameter windows: by circuit, us; of the order of the time constant.
    func timeConstants(_ relaxation: Relaxation, windows: [Double], repeats: Int) -> [Double] {
        measure { index, behavior, random in
            let window = windows[index]
            let (tau, amplitude) =
                switch relaxation {
                case .membrane:
                    (behavior.membraneTimeConstant, abs(behavior.leak - behavior.reset))
                case .excitatoryLine: (behavior.excitatoryTimeConstant, Self.lineAmplitude)
                case .inhibitoryLine: (behavior.inhibitoryTimeConstant, Self.lineAmplitude)
                }
            // 29.4 samples a microsecond; the end value comes from as many late ones.
            let samples = max(1, window * 29.4) * Double(repeats)
            let noise = self.membraneNoise > 0 ? Self.sampleNoise / samples.squareRoot() : 0
            let first = amplitude * tau / window * (1 - Double.exp(-window / tau))
            let second = first * Double.exp(-window / tau)
            let end = noise * random.gaussian()
            let a = first + noise * random.gaussian() - end
            let b = second + noise * random.gaussian() - end
            guard a > b, b > 0 else { return a > 0 && b <= 0 ? 0 : .infinity }
            return window / Double.log(a / b)
        }
    }

    /// Height of the test event on a synaptic line, LSB (estimate).
    private static let lineAmplitude = 60.0

    // MARK: - Spike counters

    /// Share of windows in which a membrane at rest makes its neuron fire.
    func firingShares(windows: Int) -> [Double] {
        measure { _, behavior, random in
            var fired = 0
            for _ in 0..<windows
            where behavior.leak + self.membraneNoise * random.gaussian() >= behavior.threshold {
                fired += 1
            }
            return Double(fired) / Double(windows)
        }
    }

    // MARK: - Common

    private func code(
        _ potential: Double, _ behavior: CircuitBehavior, _ repeats: Int, _ noise: Double,
        _ random: inout RandomStream
    ) -> Double {
        let sigma =
            (noise * noise + conversionNoise * conversionNoise).squareRoot()
            / Double(repeats).squareRoot()
        var value = behavior.readoutOffset + behavior.readoutGain * potential
        if sigma > 0 {
            value += sigma * random.gaussian()
        } else {
            value = value.rounded()
        }
        return min(max(value, 0), 255)
    }

    /// One measurement of all circuits in parallel; unused ones read zero.
    private func measure(
        _ body: (Int, CircuitBehavior, inout RandomStream) -> Double
    ) -> [Double] {
        var random = root.substream("measurement", measurementCount)
        measurementCount += 1
        hardwareMilliseconds += Self.settlingMilliseconds
        var values = [Double](repeating: 0, count: configuration.circuits.count)
        for index in circuits {
            guard let codes = configuration.circuits[index], let device = devices[index] else {
                continue
            }
            let behavior = device.behavior(
                codes, configuration.quadrants[NeuronIndex(index).quadrant],
                digitalOffset: configuration.digitalOffsets[index],
                scatter: CellScatter(cellScatter, from: &random))
            values[index] = body(index, behavior, &random)
        }
        return values
    }
}
