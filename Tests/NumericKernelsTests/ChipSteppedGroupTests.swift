import Foundation
import NumericKernels
import Testing

@Suite struct ChipSteppedGroupTests {
    /// Potential of an adaptive exponential neuron below threshold, saturating input included.
    private static func potential(step: Int32) -> Float {
        let group = ChipSteppedGroup(neuronCount: 1, rowCount: 1, stepTicks: step)
        defer { group.deallocate() }
        group.rateMembrane[0] = 0.008 / 10
        group.rateExcitatory[0] = 0.008 / 5
        group.rateInhibitory[0] = 0.008 / 5
        group.slope[0] = 5
        group.onset[0] = 40
        group.rateAdaptation[0] = 0.008 / 30
        group.adaptationGain[0] = 2
        group.excitatoryLimit[0] = 80
        group.excitatoryWeights[0] = 90
        var tally = ChipKernelTally()
        group.rest()
        group.deliver(row: 0, factor: 1, tally: &tally)
        var spikes = [UInt64](repeating: 0, count: 4)
        var total = 0
        group.advance(
            from: 0, to: 2048, spikes: &spikes, capacity: 4, spikeTotal: &total, tally: &tally)
        return group.potential[0]
    }

    /// The midpoint rule is of second order: a quarter of the error at half the step.
    @Test func errorsFallWithTheSquareOfTheStep() {
        let exact = Self.potential(step: 4)
        let errors = [512, 256, 128].map { abs(Self.potential(step: $0) - exact) }
        #expect(errors[0] > 0.01)
        #expect(errors[0] / errors[1] > 2.8 && errors[0] / errors[1] < 6)
        #expect(errors[1] / errors[2] > 2.8 && errors[1] / errors[2] < 6)
        // At the step in use, 8 ticks, nothing is left of it.
        #expect(abs(Self.potential(step: 8) - exact) < 1e-3)
    }

    @Test func stateComesBack() {
        let group = ChipSteppedGroup(neuronCount: 3, rowCount: 1, stepTicks: 8)
        defer { group.deallocate() }
        for lane in 0..<3 {
            group.rateMembrane[lane] = 0.001
            group.constant[lane] = 50
            group.threshold[lane] = 20
            group.refractoryTicks[lane] = 100
        }
        group.rest()
        var spikes = [UInt64](repeating: 0, count: 64)
        var tally = ChipKernelTally()
        func run() -> (Int, Float, Int32) {
            var total = 0
            group.advance(
                from: 100, to: 3000, spikes: &spikes, capacity: 64, spikeTotal: &total,
                tally: &tally)
            return (total, group.potential[1], group.refractoryUntil[2])
        }
        group.save()
        let first = run()
        group.restore()
        let second = run()
        #expect(first == second && first.0 > 3)
    }
}
