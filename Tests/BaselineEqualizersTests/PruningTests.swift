import BaselineEqualizers
import Modulation
import Testing

@Suite struct PruningTests {
    /// y[k] + 0.3 y[k - 1] + 0.05 y[k - 1]^2 - 0.5 is the sent level: three terms and the constant.
    @Test func onlyTheTermsOfASparsePolynomialAreKept() throws {
        let stream = SimulatedChannel.stream(blocks: 4, symbols: 1000, noise: 0, seed: 31) {
            SimulatedChannel.invert($0, first: 1) { y in 0.3 * y + 0.05 * y * y - 0.5 }
        }
        let pruned = try VolterraEqualizer.fit(
            memory: VolterraMemory(5, 5, 3), terms: 3, order: 4, to: stream)
        #expect(pruned.parameterCount == 4)
        #expect(pruned.weights.count { $0 != 0 } == 4)
        var operations = OperationCounts()
        let block = SimulatedChannel.block(symbols: 500, noise: 0, seed: 32) {
            SimulatedChannel.invert($0, first: 1) { y in 0.3 * y + 0.05 * y * y - 0.5 }
        }
        let outputs = pruned.outputs(block.received, counting: &operations)
        for (output, symbol) in zip(outputs, block.symbols) {
            #expect(abs(output - (Double(symbol) - 1.5)) < 1e-6)
        }
        #expect(operations.multiplyAccumulates == 3 * 500)
        #expect(operations.products == 500)
    }

    @Test func keepingAllTermsIsTheWholeSeries() throws {
        let stream = SimulatedChannel.stream(
            blocks: 3, symbols: 2000, noise: 0.1, seed: 33, SimulatedChannel.nonlinear)
        let memory = VolterraMemory(3, 3, 3)
        let whole = try VolterraEqualizer.fit(memory: memory, order: 4, to: stream)
        let all = try VolterraEqualizer.fit(
            memory: memory, terms: memory.regressorCount - 1, order: 4, to: stream)
        for (a, b) in zip(whole.weights, all.weights) { #expect(abs(a - b) < 1e-8) }
        var one = OperationCounts()
        var other = OperationCounts()
        _ = whole.outputs([1, 2, 3], counting: &one)
        _ = all.outputs([1, 2, 3], counting: &other)
        #expect(one == other)
        // Six pairs and ten triples of three samples.
        #expect(one.products == 16 * 3)
    }
}
