import Modulation
import NumericKernels

/// A search over a circular block, stretch by stretch.
struct TrellisPasses {
    let order: Int
    let window: Int
    private let trellis: SequenceTrellis

    /// Symbols decided at a time: their forward costs fit a second-level cache at window 7.
    private static let stretch = 64

    /// A trellis needs two symbols; a window of one becomes one whose older symbol does nothing.
    init(order: Int, window: Int, arithmetic: SequenceTrellis.Arithmetic = .vector) {
        self.order = order
        self.window = window
        trellis = SequenceTrellis(order: order, window: max(2, window), arithmetic: arithmetic)
    }

    /// Steps from a branch's first symbol to that of its sample.
    private var center: Int { trellis.window - 1 - window / 2 }

    /// Samples before a block, and after every stretch, that the search runs over.
    var runIn: Int { 4 * window }

    /// Scaled means in the order of the branches.
    ///
    /// - Parameter means: one for each content of the window, the earliest symbol first.
    func table(_ means: [Double], scale: Double) -> [Float] {
        var table = [Float](repeating: 0, count: trellis.branchCount)
        for content in table.indices {
            table[trellis.position(ofWindow: content)] =
                Float(means[content % means.count] * scale)
        }
        return table
    }

    /// What changes the means from sample to sample.
    struct Gains {
        /// For each unit of the level of each symbol of the window, scaled, shape
        /// [sample, window].
        var values: [Float]
        /// Level of each symbol, shape [M].
        var levels: [Float]
    }

    /// Searches a block.
    ///
    /// - Parameter received: scaled samples, shape [symbol].
    func detect(
        _ received: [Float], gains: Gains?, table: [Float], search: SequenceSearch
    ) -> Detection {
        precondition(gains == nil || window == trellis.window)
        let count = received.count
        guard count > 0 else {
            return Detection(symbols: [], scores: [], operations: OperationCounts())
        }
        // Sample t of the search is sample t - runIn of the block, its symbol that of step
        // t + center: the first steps have only their windows behind them.
        let total = runIn + center + count + runIn
        func wrapped(_ t: Int) -> Int { (((t - runIn) % count) + count) % count }
        let samples = (0..<total).map { received[wrapped($0)] }
        var movements: [Float]?
        if let gains {
            movements = []
            movements!.reserveCapacity(total * window)
            for t in 0..<total {
                let k = wrapped(t) * window
                movements! += gains.values[k..<k + window]
            }
        }
        return samples.withUnsafeBufferPointer { samples in
            withOptional(movements) { movements in
                withOptional(gains?.levels) { levels in
                    let pass = Pass(
                        table: table, samples: samples.baseAddress!, movements: movements,
                        levels: levels, count: count)
                    switch search {
                    case .maxLog: return softPass(pass)
                    case .viterbi: return hardPass(pass)
                    }
                }
            }
        }
    }

    private func withOptional<Result>(
        _ array: [Float]?, _ body: (UnsafePointer<Float>?) -> Result
    ) -> Result {
        guard let array else { return body(nil) }
        return array.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    private struct Pass {
        var table: [Float]
        var samples: UnsafePointer<Float>
        var movements: UnsafePointer<Float>?
        var levels: UnsafePointer<Float>?
        var count: Int

        func inputs(from t: Int, window: Int) -> SequenceTrellis.Inputs {
            SequenceTrellis.Inputs(
                samples: samples + t, gains: movements.map { $0 + t * window }, levels: levels)
        }
    }

    private func softPass(_ pass: Pass) -> Detection {
        let states = trellis.stateCount
        var rows = [Float](repeating: 0, count: (Self.stretch + 1) * states)
        var workspace = [Float](repeating: 0, count: trellis.workspaceCount)
        var backwardRows = [Float](repeating: 0, count: 2 * states)
        var costs = [Float](repeating: 0, count: Self.stretch * order)
        var steps = 0

        func advance(from t: Int, by length: Int) {
            trellis.forward(
                means: pass.table, inputs: pass.inputs(from: t, window: window), steps: length,
                rows: &rows, workspace: &workspace)
            steps += length
        }
        func keepLastRow(_ length: Int) {
            rows.withUnsafeMutableBufferPointer {
                $0.baseAddress!.update(
                    from: $0.baseAddress! + length * states, count: states)
            }
        }
        var t = 0
        while t < runIn + center {
            let length = min(Self.stretch, runIn + center - t)
            advance(from: t, by: length)
            keepLastRow(length)
            t += length
        }
        var result = Detection(symbols: [], scores: [], operations: OperationCounts())
        result.symbols.reserveCapacity(pass.count)
        result.scores.reserveCapacity(pass.count * order)
        let end = t + pass.count
        while t < end {
            let length = min(Self.stretch, end - t)
            advance(from: t, by: length)
            trellis.backward(
                means: pass.table, inputs: pass.inputs(from: t, window: window),
                steps: length + runIn, emitted: length, forwardRows: rows, rows: &backwardRows,
                workspace: &workspace, costs: &costs)
            steps += length + runIn
            keepLastRow(length)
            for k in 0..<length { append(costs[k * order..<(k + 1) * order], to: &result) }
            t += length
        }
        let work = count(steps: steps, isMoving: pass.movements != nil)
        result.operations += work
        // The sums of forward and backward costs, and the search for the least.
        result.operations.comparisons += pass.count * (2 * states + order - 1)
        return result
    }

    private func append(_ costs: ArraySlice<Float>, to result: inout Detection) {
        var winner = costs.startIndex
        for c in costs.indices where costs[c] < costs[winner] { winner = c }
        result.symbols.append(UInt8(winner - costs.startIndex))
        for cost in costs { result.scores.append(costs[winner] - cost) }
    }

    private func hardPass(_ pass: Pass) -> Detection {
        let states = trellis.stateCount
        let bytes = trellis.survivorBytes
        // Those of the steps ahead of a stretch serve the next one.
        var survivors = [UInt8](repeating: 0, count: (Self.stretch + runIn) * bytes)
        var rows = [Float](repeating: 0, count: 2 * states)
        var workspace = [Float](repeating: 0, count: trellis.workspaceCount)
        var oldest = [UInt8](repeating: 0, count: Self.stretch + runIn)
        var steps = 0

        func advance(from t: Int, by length: Int, survivorsAt place: Int) {
            survivors.withUnsafeMutableBufferPointer {
                trellis.search(
                    means: pass.table, inputs: pass.inputs(from: t, window: window),
                    steps: length, rows: &rows, survivors: $0.baseAddress! + place * bytes,
                    workspace: &workspace)
            }
            steps += length
        }
        var t = 0
        while t < runIn + center {
            let length = min(Self.stretch, runIn + center - t)
            advance(from: t, by: length, survivorsAt: 0)
            t += length
        }
        advance(from: t, by: runIn, survivorsAt: 0)
        var symbols: [UInt8] = []
        symbols.reserveCapacity(pass.count)
        let end = t + pass.count
        while t < end {
            let length = min(Self.stretch, end - t)
            advance(from: t + runIn, by: length, survivorsAt: runIn)
            trellis.traceBack(
                row: rows, survivors: survivors, steps: length + runIn, oldest: &oldest)
            symbols += oldest[..<length]
            survivors.withUnsafeMutableBufferPointer {
                $0.baseAddress!.update(
                    from: $0.baseAddress! + length * bytes, count: runIn * bytes)
            }
            t += length
        }
        var scores = [Float](repeating: -1, count: pass.count * order)
        for (k, symbol) in symbols.enumerated() { scores[k * order + Int(symbol)] = 0 }
        return Detection(
            symbols: symbols, scores: scores,
            operations: count(steps: steps, isMoving: pass.movements != nil))
    }

    /// Work of so many steps: a subtraction, a square added and a comparison for each branch;
    /// where means move, a subtraction more and the targets of a quarter of the branches.
    private func count(steps: Int, isMoving: Bool) -> OperationCounts {
        var work = OperationCounts()
        work.multiplyAccumulates = steps * trellis.branchCount
        work.comparisons = 2 * steps * trellis.branchCount
        if isMoving {
            work.comparisons += steps * trellis.branchCount
            var size = order
            for _ in 1..<max(1, trellis.window - 1) {
                work.multiplyAccumulates += steps * size
                size *= order
            }
            work.multiplyAccumulates += 2 * steps * order * order
        }
        return work
    }
}
