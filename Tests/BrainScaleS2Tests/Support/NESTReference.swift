import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import TestSupport

/// Networks with the spikes that the simulator NEST gives for them, from `Reference/nest-*.json`;
/// the README there describes the files, `Tests/Python/nest_reference.py` makes them.
struct NESTReference: Decodable {
    /// Neurons that share their targets.
    struct Population: Decodable {
        let count: Int
        let cell: CellModel
        let refractoryTicks: Int

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            func number() throws -> Double { try row.decode(Double.self) }
            count = try Int(number())
            let leak = try number()
            let membrane = try number()
            let excitatory = try number()
            let inhibitory = try number()
            let drive = try number()
            let threshold = try number()
            let reset = try number()
            let refractory = try number()
            // The counter adds one to the counts that fit: half a tick less gives these ticks.
            cell = .leakyIntegrateAndFire(
                NeuronTargets(
                    leak: leak, membraneTimeConstant: .microseconds(membrane),
                    excitatoryTimeConstant: .microseconds(excitatory),
                    inhibitoryTimeConstant: .microseconds(inhibitory), strength: .drive(drive)),
                SpikeTargets(
                    threshold: threshold, reset: reset,
                    refractoryTime: .microseconds((refractory - 0.5) * 0.008)))
            refractoryTicks = Int(refractory)
        }
    }

    struct Network: Decodable {
        let sources: Int
        let populations: [Population]
        /// Signed bytes, [afferent, neuron]: sources first, then neurons if it is recurrent.
        let weights: Data
        /// Tick (two bytes, the lower one first) and source (one byte) of every event.
        let events: Data
        /// Picoseconds (four bytes, the lowest one first) and neuron (one byte) of every spike.
        let spikes: Data

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            sources = try row.decode(Int.self)
            populations = try row.decode([Population].self)
            weights = try row.decode(Data.self)
            events = try row.decode(Data.self)
            spikes = try row.decode(Data.self)
        }

        var neurons: Int { populations.reduce(0) { $0 + $1.count } }

        /// Spikes of each neuron in order of time, ps.
        var spikeTimes: [[Int]] {
            var times = [[Int]](repeating: [], count: neurons)
            for record in Self.records(of: spikes, size: 5) {
                times[record[4]].append(
                    record[0] | record[1] << 8 | record[2] << 16 | record[3] << 24)
            }
            return times
        }

        var trial: TrialEvents {
            var trial = TrialEvents()
            for record in Self.records(of: events, size: 3) {
                trial.append(tick: record[0] | record[1] << 8, source: record[2])
            }
            trial.endTrial()
            return trial
        }

        private static func records(of data: Data, size: Int) -> [[Int]] {
            let bytes = data.map { Int($0) }
            return stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<($0 + size)])
            }
        }

        var description: NetworkDescription {
            let matrix = weights.map { Int(Int8(bitPattern: $0)) }
            func block(_ rows: Range<Int>, _ columns: Range<Int>) -> [Int] {
                rows.flatMap { row in columns.map { matrix[row * neurons + $0] } }
            }
            var network = NetworkDescription()
            let input = network.addSource("input", count: sources)
            var members: [(id: PopulationID, neurons: Range<Int>)] = []
            for (number, population) in populations.enumerated() {
                let first = members.last?.neurons.upperBound ?? 0
                members.append(
                    (
                        network.addPopulation(
                            "population \(number)", count: population.count, cell: population.cell),
                        first..<(first + population.count)
                    ))
            }
            for target in members {
                network.connect(
                    input, to: target.id, weights: block(0..<sources, target.neurons))
            }
            guard matrix.count > sources * neurons else { return network }
            for origin in members {
                let first = sources + origin.neurons.lowerBound
                for target in members {
                    network.connect(
                        origin.id, to: target.id,
                        weights: block(first..<(first + origin.neurons.count), target.neurons))
                }
            }
            return network
        }

        /// Time stamps of the spikes of each neuron on the ideal chip, ticks.
        func chipStamps(duration: Int) throws -> [[Int]] {
            let emulation = ChipEmulation(
                try PlacedNetwork(description), on: Networks.ideal,
                plan: TrialPlan(duration: .microseconds(Double(duration) * 0.008)))
            var results = TrialResults(recordsSpikes: true)
            emulation.run(trial, stream: RandomStream(seed: 1), into: &results)
            var stamps = [[Int]](repeating: [], count: neurons)
            for (tick, neuron) in zip(results.spikeTicks, results.spikeNeurons) {
                stamps[Int(neuron)].append(Int(tick))
            }
            return stamps
        }
    }

    let durationTicks: Int
    let networks: [Network]

    /// - Parameter name: `exact`, `recurrent` or `grid`.
    static func load(_ name: String) throws -> NESTReference {
        try ReferenceFile.decode(NESTReference.self, from: "nest-\(name).json", in: Bundle.module)
    }
}
