/// The trellis of a window that slides over a sequence of symbols, and add-compare-select over it.
///
/// A state is the window less its last symbol, window - 1 symbols of M values, as a number to
/// base M with the oldest symbol as its first digit. A branch appends a symbol; the state it leads
/// to lacks the oldest one. Every branch of a step costs d^2, d = sample - mean of the branch, and
/// the cheapest path is sought: with samples and means in units of sqrt(2) deviations, a cost is
/// a negative log likelihood.
///
/// With four symbols and a window of three or more, vectors run along `rest`, the window - 2
/// symbols between the oldest and the new one; plain loops serve the others and are the reference.
/// Branch means lie in the order in which a step reads them (`position`): shape [new, old, rest]
/// for plain loops, [rest / lanes, new, old, lane] for vectors. With the former, the 16 streams
/// of a vector step stood a power of two apart and fought for the same lines of the caches.
/// Costs are kept small by taking the least one off all states every 16 steps.
public struct SequenceTrellis: Sendable, Hashable {
    public enum Arithmetic: Sendable, Hashable {
        /// Eight (or four) branches at a time.
        case vector
        /// One at a time.
        case plain
    }

    /// Number of symbol values, M.
    public let order: Int
    /// Symbols in the window; at least two.
    public let window: Int
    /// M^(window - 1).
    public let stateCount: Int
    /// M^(window - 2).
    public let restCount: Int
    public let arithmetic: Arithmetic

    /// - Precondition: two to 256 symbol values, a window of at least two, at most 2^24 branches.
    /// - Parameter arithmetic: `vector` falls back to plain loops where vectors do not fit.
    public init(order: Int, window: Int, arithmetic: Arithmetic = .vector) {
        precondition(Self.isValid(order: order, window: window), "too small or large a trellis")
        self.order = order
        self.window = window
        var rest = 1
        for _ in 0..<window - 2 { rest *= order }
        restCount = rest
        stateCount = rest * order
        self.arithmetic = order == 4 && window >= 3 ? arithmetic : .plain
    }

    /// Whether a trellis can have this shape.
    public static func isValid(order: Int, window: Int) -> Bool {
        guard (2...256).contains(order), window >= 2 else { return false }
        var branches = 1
        for _ in 0..<window where branches <= 1 << 24 { branches *= order }
        return branches <= 1 << 24
    }

    private var lanes: Int { restCount % 8 == 0 ? 8 : 4 }

    /// Branches of a step: M^window.
    public var branchCount: Int { stateCount * order }

    /// Bytes that the survivors of a step take.
    public var survivorBytes: Int { arithmetic == .vector ? restCount : stateCount }

    /// Elements of workspace of a pass.
    public var workspaceCount: Int { restCount + order * order }

    /// Where the mean of a branch stands; the window as a number, its oldest symbol first.
    public func position(ofWindow index: Int) -> Int {
        let old = index / stateCount
        let rest = index / order % restCount
        let pair = index % order * order + old
        guard arithmetic == .vector else { return pair * restCount + rest }
        return (rest / lanes * 16 + pair) * lanes + rest % lanes
    }

    /// What the steps of a pass see.
    public struct Inputs {
        /// One for each step, in units of sqrt(2) deviations.
        var samples: UnsafePointer<Float>
        /// What the mean of every branch gains for each unit of the level of each symbol of the
        /// window, oldest first, shape [step, window]; nil where means do not change.
        var gains: UnsafePointer<Float>?
        /// Level of each symbol value, shape [M].
        var levels: UnsafePointer<Float>?

        public init(
            samples: UnsafePointer<Float>, gains: UnsafePointer<Float>? = nil,
            levels: UnsafePointer<Float>? = nil
        ) {
            precondition((gains == nil) == (levels == nil), "gains need levels")
            self.samples = samples
            self.gains = gains
            self.levels = levels
        }
    }

    static let stepsBetweenRebasing = 16

    /// Costs of reaching every state: row t + 1 from row t and step t.
    ///
    /// row[t + 1][s'] = min over the branches from s to s' of row[t][s] + cost.
    ///
    /// - Parameters:
    ///   - means: in the order of `position`.
    ///   - rows: shape [steps + 1, state]; row 0 is given.
    ///   - workspace: `workspaceCount` elements.
    public func forward(
        means: UnsafePointer<Float>, inputs: Inputs, steps: Int,
        rows: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<steps {
            let from = rows + t * stateCount
            let to = from + stateCount
            let isMoving = prepare(inputs, step: t, workspace: workspace)
            forwardStep(
                means: means, sample: inputs.samples[t], moved: isMoving ? workspace : nil,
                from: from, to: to, survivors: nil)
            if (t + 1) % Self.stepsBetweenRebasing == 0 { rebase(to) }
        }
    }

    /// As `forward`, keeping the last row only and from where each state was reached.
    ///
    /// - Parameters:
    ///   - rows: shape [2, state]; row 0 is given and replaced by the last one.
    ///   - survivors: shape [steps, survivorBytes].
    public func search(
        means: UnsafePointer<Float>, inputs: Inputs, steps: Int,
        rows: UnsafeMutablePointer<Float>, survivors: UnsafeMutablePointer<UInt8>,
        workspace: UnsafeMutablePointer<Float>
    ) {
        var from = rows
        var to = rows + stateCount
        for t in 0..<steps {
            let isMoving = prepare(inputs, step: t, workspace: workspace)
            forwardStep(
                means: means, sample: inputs.samples[t], moved: isMoving ? workspace : nil,
                from: from, to: to, survivors: survivors + t * survivorBytes)
            if (t + 1) % Self.stepsBetweenRebasing == 0 { rebase(to) }
            swap(&from, &to)
        }
        if from != rows { rows.update(from: from, count: stateCount) }
    }

    /// Follows the survivors back from the cheapest state of a row.
    ///
    /// - Parameters:
    ///   - row: the costs after the last step, shape [state].
    ///   - oldest: the symbol that each step's branch has dropped, shape [steps].
    public func traceBack(
        row: UnsafePointer<Float>, survivors: UnsafePointer<UInt8>, steps: Int,
        oldest: UnsafeMutablePointer<UInt8>
    ) {
        var state = 0
        for s in 1..<stateCount where row[s] < row[state] { state = s }
        var t = steps - 1
        while t >= 0 {
            let marks = survivors + t * survivorBytes
            let rest = state / order
            let old: Int
            if arithmetic == .vector {
                old = Int(marks[rest] >> (2 * UInt8(truncatingIfNeeded: state % order))) & 3
            } else {
                old = Int(marks[state])
            }
            oldest[t] = UInt8(truncatingIfNeeded: old)
            state = old * restCount + rest
            t -= 1
        }
    }

    /// Costs of leaving every state, from the end backward, and the costs of symbols.
    ///
    /// row[t][s] = min over the branches from s to s' of row[t + 1][s'] + cost of step t; then, at
    /// each of the first `emitted` steps, cost[t][c] = min over the states whose oldest symbol is
    /// c of forward[t][s] + row[t][s].
    ///
    /// - Parameters:
    ///   - steps: all steps, from zero costs after the last one.
    ///   - forwardRows: shape [emitted, state].
    ///   - rows: shape [2, state], workspace.
    ///   - costs: shape [emitted, M].
    public func backward(
        means: UnsafePointer<Float>, inputs: Inputs, steps: Int, emitted: Int,
        forwardRows: UnsafePointer<Float>, rows: UnsafeMutablePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, costs: UnsafeMutablePointer<Float>
    ) {
        precondition(emitted <= steps)
        var next = rows
        var now = rows + stateCount
        next.update(repeating: 0, count: stateCount)
        var t = steps - 1
        while t >= 0 {
            let isMoving = prepare(inputs, step: t, workspace: workspace)
            backwardStep(
                means: means, sample: inputs.samples[t], moved: isMoving ? workspace : nil,
                from: next, to: now)
            if t % Self.stepsBetweenRebasing == 0 { rebase(now) }
            if t < emitted {
                combine(forwardRows + t * stateCount, now, into: costs + t * order)
            }
            swap(&next, &now)
            t -= 1
        }
    }

    /// Targets of `rest`, the sample less what its symbols gain, and then the gains of the pairs
    /// [new, old].
    private func prepare(_ inputs: Inputs, step: Int, workspace: UnsafeMutablePointer<Float>)
        -> Bool
    {
        guard let gains = inputs.gains, let levels = inputs.levels else { return false }
        let gain = gains + step * window
        workspace[0] = inputs.samples[step]
        var size = 1
        // The last digit first: then whole blocks are copied.
        var digit = window - 2
        while digit > 0 {
            var value = order - 1
            while value >= 0 {
                let shift = gain[digit] * levels[value]
                let block = workspace + value * size
                for j in 0..<size { block[j] = workspace[j] - shift }
                value -= 1
            }
            size *= order
            digit -= 1
        }
        let pairs = workspace + restCount
        for new in 0..<order {
            for old in 0..<order {
                pairs[new * order + old] = gain[window - 1] * levels[new] + gain[0] * levels[old]
            }
        }
        return true
    }

    private func rebase(_ row: UnsafeMutablePointer<Float>) {
        var least = row[0]
        for s in 1..<stateCount { least = row[s] < least ? row[s] : least }
        for s in 0..<stateCount { row[s] -= least }
    }

    private func forwardStep(
        means: UnsafePointer<Float>, sample: Float, moved: UnsafePointer<Float>?,
        from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>,
        survivors: UnsafeMutablePointer<UInt8>?
    ) {
        guard arithmetic == .vector else {
            plainForwardStep(
                means: means, sample: sample, moved: moved, from: from, to: to,
                survivors: survivors)
            return
        }
        if lanes == 8 {
            VectorTrellis<SIMD8<Float>>.forward(
                rest: restCount, means: means, sample: sample, moved: moved, from: from, to: to,
                survivors: survivors)
        } else {
            VectorTrellis<SIMD4<Float>>.forward(
                rest: restCount, means: means, sample: sample, moved: moved, from: from, to: to,
                survivors: survivors)
        }
    }

    private func backwardStep(
        means: UnsafePointer<Float>, sample: Float, moved: UnsafePointer<Float>?,
        from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>
    ) {
        guard arithmetic == .vector else {
            plainBackwardStep(means: means, sample: sample, moved: moved, from: from, to: to)
            return
        }
        if lanes == 8 {
            VectorTrellis<SIMD8<Float>>.backward(
                rest: restCount, means: means, sample: sample, moved: moved, from: from, to: to)
        } else {
            VectorTrellis<SIMD4<Float>>.backward(
                rest: restCount, means: means, sample: sample, moved: moved, from: from, to: to)
        }
    }

    private func combine(
        _ forward: UnsafePointer<Float>, _ backward: UnsafePointer<Float>,
        into costs: UnsafeMutablePointer<Float>
    ) {
        for c in 0..<order {
            let a = forward + c * restCount
            let b = backward + c * restCount
            if arithmetic == .vector {
                costs[c] =
                    lanes == 8
                    ? VectorTrellis<SIMD8<Float>>.leastSum(a, b, count: restCount)
                    : VectorTrellis<SIMD4<Float>>.leastSum(a, b, count: restCount)
            } else {
                var least = a[0] + b[0]
                for r in 1..<max(1, restCount) {
                    let sum = a[r] + b[r]
                    least = sum < least ? sum : least
                }
                costs[c] = least
            }
        }
    }
}
