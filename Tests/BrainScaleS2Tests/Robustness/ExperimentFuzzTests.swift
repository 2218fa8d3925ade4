import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import Testing

/// Random experiments, sensible and not: each runs or is refused with a typed error, and none traps.
@Suite struct ExperimentFuzzTests {
    /// Random numbers by name.
    private struct Dice {
        var stream: RandomStream

        mutating func int(_ range: ClosedRange<Int>) -> Int {
            range.lowerBound + Int(stream.next() % UInt64(range.count))
        }
        mutating func chance(_ share: Double) -> Bool { stream.uniform() < share }
        mutating func pick<T>(_ list: [T]) -> T { list[int(0...list.count - 1)] }
        mutating func number(_ range: ClosedRange<Double>) -> Double {
            range.lowerBound + stream.uniform() * (range.upperBound - range.lowerBound)
        }
    }

    /// A kernel that reads and writes anything.
    private struct Monkey: PlasticityKernel {
        var dice: Dice

        mutating func update(on ppu: inout PPU) {
            for _ in 0..<dice.int(0...5) {
                let row = SynapseRow(dice.int(0...255))
                let parity = dice.pick(ColumnParity.allCases)
                switch dice.int(0...8) {
                case 0: _ = ppu.readWeights(row, parity)
                case 1:
                    ppu.writeWeights(
                        PPUVector8((0..<128).map { _ in Int8(dice.int(-128...127)) }), row, parity)
                case 2: _ = ppu.spikeCounter(NeuronIndex(dice.int(0...511)))
                case 3: ppu.clearSpikeCounter(NeuronIndex(dice.int(0...511)))
                case 4: _ = ppu.correlation(dice.pick(CorrelationBranch.allCases), row, parity)
                case 5: ppu.resetCorrelation(row)
                case 6: _ = ppu.randomBits(parity, steps: dice.int(1...9))
                case 7: ppu.record([1, 2, 3])
                default: ppu.charge(dice.int(0...2_000_000))
                }
            }
        }
    }

    private static func cell(_ dice: inout Dice) -> CellModel {
        let wild = dice.chance(0.1)
        let targets = NeuronTargets(
            leak: dice.number(wild ? -100...400 : 50...160),
            membraneTimeConstant: .microseconds(dice.number(wild ? 0...100 : 0.5...60)),
            excitatoryTimeConstant: .microseconds(dice.number(0.3...30)),
            inhibitoryTimeConstant: .microseconds(dice.number(0.3...30)),
            strength: dice.chance(0.5)
                ? .peakResponse(dice.number(0...1)) : .drive(dice.number(0...5)))
        switch dice.int(0...6) {
        case 5, 6:
            var cell = SteppedCell(
                targets: targets,
                spiking: dice.chance(0.7)
                    ? SpikeTargets(
                        threshold: dice.number(50...220), reset: dice.number(50...160),
                        refractoryTime: .microseconds(dice.number(0.04...32))) : nil)
            cell.constantDrive = dice.number(-100...500)
            if dice.chance(0.5) {
                cell.exponential = ExponentialTerm(
                    slope: dice.number(0...20), onset: dice.number(0...255))
            }
            if dice.chance(0.5) {
                cell.adaptation = Adaptation(
                    timeConstant: .microseconds(dice.number(1...1000)), a: dice.number(-5...5),
                    b: dice.number(-50...50))
            }
            if dice.chance(0.3) {
                cell.excitatoryInput = .conductance(reversal: dice.number(0...300))
            }
            if dice.chance(0.3) { cell.inhibitoryInput = .saturatingInhibition }
            return .stepped(cell)
        case 0: return .leakyIntegrator(targets)
        case 1: return .bypass(BypassTargets(leastWeight: dice.number(0...80)))
        default:
            return .leakyIntegrateAndFire(
                targets,
                SpikeTargets(
                    threshold: dice.number(50...220), reset: dice.number(50...160),
                    refractoryTime: .microseconds(dice.number(0.04...32))))
        }
    }

    private static func network(_ dice: inout Dice) -> NetworkDescription {
        var network = NetworkDescription()
        var sources: [SourceID] = []
        var populations: [PopulationID] = []
        for k in 0..<dice.int(0...3) {
            let kind: SourceKind =
                dice.chance(0.6)
                ? .external
                : dice.chance(0.7)
                    ? .poisson(rate: dice.number(-10...200_000), seed: UInt32(dice.int(0...9)))
                    : .regular(rate: dice.number(0...500_000))
            sources.append(
                network.addSource("source \(k)", count: dice.int(0...40), kind: kind))
        }
        for k in 0..<dice.int(0...3) {
            populations.append(
                network.addPopulation(
                    "population \(k)", count: dice.chance(0.1) ? dice.int(0...600) : dice.int(1...30),
                    cell: cell(&dice)))
        }
        for _ in 0..<dice.int(0...5) where !populations.isEmpty {
            let target = dice.pick(populations)
            let posts = network.populations[target.index].count
            let limit = dice.chance(0.05) ? 100 : 63
            if dice.chance(0.5), let source = sources.randomElement(using: &dice.stream) {
                let pres = network.sources[source.index].count
                let count = max(0, pres * posts + (dice.chance(0.03) ? 1 : 0))
                network.connect(
                    source, to: target,
                    weights: (0..<count).map { _ in dice.int(-limit...limit) / 2 })
            } else {
                let origin = dice.pick(populations)
                let pres = network.populations[origin.index].count
                network.connect(
                    origin, to: target,
                    weights: (0..<pres * posts).map { _ in dice.int(-limit...limit) / 2 })
            }
            if dice.chance(0.4) { network.record(target) }
        }
        if dice.chance(0.2), let population = populations.first {
            network.couple(
                CompartmentCoupling(
                    population: population, first: dice.int(0...3), second: dice.int(0...3),
                    timeConstant: .microseconds(dice.number(0.05...30))))
        }
        if dice.chance(0.3), let source = sources.first {
            network.setShortTermPlasticity(
                ShortTermPlasticity(
                    voltages: dice.chance(0.5) ? .facilitating : .depressing,
                    utilization: dice.int(0...15), recovery: dice.int(0...15),
                    recoveryClock: dice.int(0...15)), of: .source(source))
        }
        return network
    }

    private static func placement(
        _ dice: inout Dice, _ network: NetworkDescription
    ) -> PlacementStrategy {
        switch dice.int(0...3) {
        case 0: return .starting(at: NeuronIndex(dice.int(0...511)))
        case 1:
            return .explicit(
                network.populations.map { population in
                    (0..<max(0, population.count + (dice.chance(0.05) ? 1 : 0))).map { _ in
                        NeuronIndex(dice.int(0...511))
                    }
                })
        default: return .automatic
        }
    }

    private static func experiment(_ dice: inout Dice) -> RealtimeExperiment {
        let network = network(&dice)
        let snippets = (0..<dice.int(0...3)).map { _ -> Snippet in
            let duration =
                dice.chance(0.05) ? dice.pick([-1, 0, 0.001, 17_000_000]) : dice.number(0.01...80)
            var writes: [Snippet.WeightWrite] = []
            if dice.chance(0.4), !network.projections.isEmpty {
                let projection = dice.int(0...network.projections.count - 1)
                writes.append(
                    .init(
                        time: .microseconds(dice.number(-1...90)),
                        projection: network.projectionIDs[projection],
                        weights: network.projections[projection].weights.map { -$0 }))
            }
            return Snippet(duration: .microseconds(duration), writes: writes)
        }
        let timers = (0..<(dice.chance(0.5) ? dice.int(1...2) : 0)).map { _ in
            PlasticityTimer(
                kernel: dice.chance(0.95) ? "monkey" : "nobody",
                start: .microseconds(dice.number(-0.5...50)),
                period: .microseconds(dice.number(0.004...30)), count: dice.int(0...20))
        }
        return RealtimeExperiment(
            network: network, placement: placement(&dice, network), snippets: snippets,
            timers: timers, recordsSpikes: dice.chance(0.8),
            cadc: dice.chance(0.3) ? CADCSchedule(interval: .microseconds(2)) : nil,
            madc: dice.chance(0.1)
                ? MADCRecorder(
                    channels: (0..<dice.int(0...3)).compactMap { _ in
                        network.population(named: "population \(dice.int(0...1))").map {
                            .init(population: $0, member: dice.int(0...9))
                        }
                    }, start: .microseconds(dice.number(-0.1...20)), sampleCount: dice.int(0...500))
                : nil,
            hasCorrelationSensors: dice.chance(0.15))
    }

    @Test func nothingTraps() throws {
        var ran = 0
        var refused: [String: Int] = [:]
        for k in 0..<600 {
            var dice = Dice(stream: RandomStream(seed: 9).substream("experiment", k))
            let experiment = Self.experiment(&dice)
            // A description survives being written and read; large ones take long.
            if experiment.network.projections.allSatisfy({ $0.weights.count < 500 }) {
                let text = try JSONEncoder().encode(experiment)
                #expect(
                    try JSONDecoder().decode(RealtimeExperiment.self, from: text) == experiment)
            }
            let input = experiment.snippets.map { _ in
                (0..<dice.int(0...100)).map { _ in
                    InputSpike(tick: dice.int(-5...12_000), source: dice.int(-1...60))
                }
            }
            do throws(ExperimentError) {
                let chip = ChipInstance(
                    seed: UInt64(k), fidelity: dice.pick(Fidelity.allCases))
                let emulation = try RealtimeEmulation(
                    experiment, on: chip, stream: RandomStream(seed: 1))
                let results = try emulation.run(
                    input: input, kernels: ["monkey": Monkey(dice: dice)])
                ran += 1
                let health = results.health
                #expect(health.eventsOffered == input.reduce(0) { $0 + $1.count })
                #expect(health.eventsOffered == health.eventsDelivered + health.eventsDropped)
                #expect(results.spikes.count <= health.neuronSpikes)
                #expect(health.hardwareNanoseconds > 0)
                #expect(results.weights.allSatisfy { $0.allSatisfy { abs($0) <= 63 } })
            } catch {
                #expect(!error.description.isEmpty)
                refused[String("\(error)".prefix(24)), default: 0] += 1
            }
        }
        // Both happen often, or the test would show little.
        #expect(ran > 100)
        #expect( refused.values.reduce(0, +) > 100)
        #expect(refused.count > 8)
    }
}
