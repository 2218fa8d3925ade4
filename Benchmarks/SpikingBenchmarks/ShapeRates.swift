import Foundation
import Modulation
import RandomStreams
import SpikeEncoding
import SpikingNetworks

/// Rates of training and inference of the network shapes in use, for comparing two builds of the
/// engine in turns.
struct ShapeRates {
    var seconds = 0.3
    /// Only shapes whose name contains this.
    var filter = ""

    func run() throws {
        let lcd = try EqualizerProblem.lcd()
        let ssmf = try EqualizerProblem.ssmf()
        let shapes: [(name: String, problem: EqualizerProblem, learnsEncoder: Bool)] = [
            ("lcd", lcd, false), ("ssmf", ssmf, false),
            ("lcd-best", lcd.learning(taps: 11, neurons: 10, hidden: 40), true),
            ("lcd-lean", lcd.learning(taps: 7, neurons: 6, hidden: 24, late: .dropped), true),
            ("ssmf-best", ssmf.learning(taps: 21, neurons: 8, hidden: 80, feedback: 6), true),
        ]
        for (name, problem, learns) in shapes where filter.isEmpty || name.contains(filter) {
            let batch = 1000
            let run = NetworkRun(problem, batch: batch, learnsEncoder: learns)
            let spikes = Double(problem.receiver.detect(problem.received).operations.hiddenSpikes)
            _ = run.train()
            let training = Stopwatch.time(atLeast: seconds, run.train)
            let inference = Stopwatch.time(atLeast: seconds, run.infer)
            func rate(_ turn: Stopwatch.Turn) -> Double {
                Double(turn.units) / turn.processorSeconds
            }
            print(
                name.padding(toLength: 10, withPad: " ", startingAt: 0),
                String(
                    format: "%9.0f training %9.0f inference (%.0f hidden spikes, loss %.9g)",
                    rate(training), rate(inference), spikes / Double(problem.received.count),
                    run.lastLoss))
        }
    }
}

extension EqualizerProblem {
    /// The same samples for a receiver of ten steps whose encoder learns; untrained weights.
    func learning(
        taps: Int, neurons: Int, hidden: Int, feedback: Int = 0,
        late: ReceptiveFieldEncoder.LateSpikes = .inLastStep
    ) -> EqualizerProblem {
        let encoder = SpikeEncoder.receptiveField(
            ReceptiveFieldEncoder(
                tapCount: taps, count: neurons, from: 0, to: 7,
                stepsPerUnit: late == .dropped ? 6.5 : 10, stepCount: 10, lateSpikes: late))
        let network = SpikingNetwork(
            inputCount: encoder.inputCount + 4 * feedback, hiddenCount: hidden, outputCount: 4,
            stepCount: 10,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 3, synapticTimeConstantInMilliseconds: 3,
                stepInMilliseconds: 0.5, threshold: 1),
            surrogate: .superSpike(slope: 10), spikesPerSample: Double(encoder.inputCount) / 2,
            stream: RandomStream(seed: 1).substream("initial weights"))
        return EqualizerProblem(
            receiver: SpikingReceiver(encoder: encoder, network: network, feedbackCount: feedback),
            received: received, symbols: symbols)
    }
}
