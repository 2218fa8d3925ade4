import NumericKernels
import RandomStreams
import Testing

/// A trellis small enough that all of its sequences can be tried.
private struct TinyTrellis {
    let trellis: SequenceTrellis
    let steps: Int
    /// Shape [window content], the oldest symbol its first digit.
    var means: [Float]
    var samples: [Float]
    var gains: [Float]?
    let levels: [Float]

    init(
        order: Int, window: Int, steps: Int, seed: UInt64, isMoving: Bool,
        arithmetic: SequenceTrellis.Arithmetic = .vector
    ) {
        trellis = SequenceTrellis(order: order, window: window, arithmetic: arithmetic)
        self.steps = steps
        var numbers = RandomStream(seed: seed)
        means = (0..<trellis.branchCount).map { _ in Float(numbers.gaussian()) }
        samples = (0..<steps).map { _ in Float(2 * numbers.gaussian()) }
        levels = (0..<order).map { Float($0) - Float(order - 1) / 2 }
        if isMoving {
            gains = (0..<steps * window).map { _ in Float(0.3 * numbers.gaussian()) }
        }
    }

    struct Answer: Equatable {
        /// Shape [step, value].
        var costs: [Float]
        var sequence: [UInt8]
    }

    func answer() -> Answer {
        let states = trellis.stateCount
        var table = [Float](repeating: 0, count: trellis.branchCount)
        for content in table.indices {
            table[trellis.position(ofWindow: content)] = means[content]
        }
        var workspace = [Float](repeating: 0, count: trellis.workspaceCount)
        var rows = [Float](repeating: 0, count: (steps + 1) * states)
        var pair = [Float](repeating: 0, count: 2 * states)
        var costs = [Float](repeating: 0, count: steps * trellis.order)
        var sequence = [UInt8](repeating: 0, count: steps)
        var survivors = [UInt8](repeating: 0, count: steps * trellis.survivorBytes)
        samples.withUnsafeBufferPointer { samples in
            (gains ?? [0]).withUnsafeBufferPointer { moves in
                levels.withUnsafeBufferPointer { levels in
                    let inputs = SequenceTrellis.Inputs(
                        samples: samples.baseAddress!,
                        gains: gains == nil ? nil : moves.baseAddress!,
                        levels: gains == nil ? nil : levels.baseAddress!)
                    trellis.forward(
                        means: table, inputs: inputs, steps: steps, rows: &rows,
                        workspace: &workspace)
                    trellis.backward(
                        means: table, inputs: inputs, steps: steps, emitted: steps,
                        forwardRows: rows, rows: &pair, workspace: &workspace, costs: &costs)
                    for s in pair.indices { pair[s] = 0 }
                    trellis.search(
                        means: table, inputs: inputs, steps: steps, rows: &pair,
                        survivors: &survivors, workspace: &workspace)
                    trellis.traceBack(
                        row: pair, survivors: survivors, steps: steps, oldest: &sequence)
                }
            }
        }
        // Constants of the steps are of no account.
        for t in 0..<steps {
            let row = t * trellis.order..<(t + 1) * trellis.order
            let least = costs[row].min()!
            for c in row { costs[c] -= least }
        }
        return Answer(costs: costs, sequence: sequence)
    }

    /// By trying every sequence.
    func exhaustiveAnswer() -> Answer {
        let order = trellis.order
        let length = steps + trellis.window - 1
        var costs = [Double](repeating: .infinity, count: steps * order)
        var best = Double.infinity
        var sequence = [UInt8](repeating: 0, count: steps)
        var digits = [Int](repeating: 0, count: length)
        let total = (0..<length).reduce(1) { count, _ in count * order }
        for number in 0..<total {
            var rest = number
            for i in 0..<length {
                digits[i] = rest % order
                rest /= order
            }
            var cost = 0.0
            for t in 0..<steps {
                var content = 0
                var mean = 0.0
                for i in 0..<trellis.window {
                    content = content * order + digits[t + i]
                    if let gains {
                        mean += Double(gains[t * trellis.window + i] * levels[digits[t + i]])
                    }
                }
                mean += Double(means[content])
                cost += (Double(samples[t]) - mean) * (Double(samples[t]) - mean)
            }
            for t in 0..<steps {
                costs[t * order + digits[t]] = min(costs[t * order + digits[t]], cost)
            }
            if cost < best {
                best = cost
                sequence = digits[..<steps].map { UInt8($0) }
            }
        }
        return Answer(costs: costs.map { Float($0 - best) }, sequence: sequence)
    }
}

/// The passes against exhaustive search, and vectors against plain loops.
@Suite struct SequenceTrellisTests {
    @Test(arguments: [(2, 2, 9), (2, 4, 8), (3, 3, 5), (4, 2, 6), (4, 3, 6), (4, 4, 4), (8, 2, 4)])
    func passesFindWhatTryingAllSequencesFinds(order: Int, window: Int, steps: Int) {
        for seed in 0..<4 as Range<UInt64> {
            let tiny = TinyTrellis(
                order: order, window: window, steps: steps, seed: seed, isMoving: seed % 2 == 1)
            let found = tiny.answer()
            let known = tiny.exhaustiveAnswer()
            #expect(found.sequence == known.sequence)
            // Sums of a few dozen in single precision.
            for (a, b) in zip(found.costs, known.costs) { #expect(abs(a - b) < 1e-4) }
        }
    }

    @Test(arguments: [3, 4, 5, 6, 7])
    func vectorsComputeWhatPlainLoopsDo(window: Int) {
        for isMoving in [false, true] {
            let answers = [SequenceTrellis.Arithmetic.vector, .plain].map {
                TinyTrellis(
                    order: 4, window: window, steps: 70, seed: 5, isMoving: isMoving,
                    arithmetic: $0
                ).answer()
            }
            // The same operations in the same order: not a bit may differ.
            #expect(answers[0] == answers[1])
        }
    }

    @Test func shapesAreChecked() {
        #expect(SequenceTrellis.isValid(order: 4, window: 12))
        #expect(!SequenceTrellis.isValid(order: 4, window: 13))
        #expect(!SequenceTrellis.isValid(order: 4, window: 1))
        #expect(!SequenceTrellis.isValid(order: 1, window: 3))
    }
}
