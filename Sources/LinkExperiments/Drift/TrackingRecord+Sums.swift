import BrainScaleS2
import ErrorRates

extension TrackingRecord {
    /// Bits and errors of a stretch of windows, of one chip or of several together.
    public struct Share: Sendable {
        public let bits: Int
        public let errors: Int
        /// Variance of a window's errors over that of independent ones: near 1 for receivers that fit
        /// their link, 4 to 5 for a static chip after a step of power, the same blocks being bad for all
        /// chips. Presumably since the transmitter scales every block to the same power, which moves
        /// its levels by some 0.3 % (an explanation by size, not tested).
        public let dispersion: Double

        /// - Parameters:
        ///   - windows: all of a run, or their sums over chips that saw the same symbols.
        ///   - symbols: those of the windows that begin there count; neighbors, up to 20 in all, help to
        ///     tell the dispersion.
        init(_ windows: [Window], _ symbols: Range<Int>) {
            let indices = windows.indices.filter { symbols.contains(windows[$0].symbol) }
            bits = indices.reduce(0) { $0 + windows[$1].bits }
            errors = indices.reduce(0) { $0 + windows[$1].errors }
            let missing = max(0, 20 - indices.count)
            let first = max(0, (indices.first ?? 0) - (missing + 1) / 2)
            let last = min(windows.count, first + max(20, indices.count))
            dispersion = Dispersion.ofNeighbors(
                windows[max(0, min(first, last - 20))..<last].map(\.errors))
        }

        public var rate: Double { bits == 0 ? 0 : Double(errors) / Double(bits) }
        public var interval: ClosedRange<Double> {
            BinomialInterval.overdispersed(successes: errors, trials: bits, dispersion: dispersion)
        }
    }

    /// Runs of a receiver on several chips, whose windows are added up: the chips see the same symbols.
    func pooled(_ receiver: String) -> [Window] {
        var sums: [Int: Window] = [:]
        for window in runs.filter({ $0.receiver == receiver }).flatMap(\.windows) {
            if sums[window.symbol] == nil {
                sums[window.symbol] = window
            } else {
                sums[window.symbol]?.bits += window.bits
                sums[window.symbol]?.errors += window.errors
            }
        }
        return sums.values.sorted { $0.symbol < $1.symbol }
    }

    /// Blocks of the study.
    public var windowCount: Int { changes.count }

    /// The last quarter of the symbols.
    public var final: Range<Int> {
        let length = SymbolStreams.blockLength
        return (windowCount - max(1, windowCount / 4)) * length..<windowCount * length
    }

    public func run(_ receiver: TrackedReceiver, chip: UInt64?) -> Run? {
        runs.first { $0.receiver == receiver.rawValue && $0.chipSeed == chip }
    }

    /// The rate in the last quarter against that of the same chip retrained; nil without one.
    public func ratioToRetrained(_ run: Run) -> Double? {
        guard run.chipSeed != nil, let retrained = self.run(.retrained, chip: run.chipSeed) else {
            return nil
        }
        let reference = retrained.share(final).rate
        return reference > 0 ? run.share(final).rate / reference : nil
    }

    /// Symbols from a place until the bit error rate of a run over two windows is first at most 1.3
    /// times that of the last quarter; nil where it never is.
    public func recovery(_ run: Run, since symbol: Int) -> (symbols: Int, milliseconds: Double)? {
        let limit = 1.3 * run.share(final).rate
        guard let first = run.windows.firstIndex(where: { $0.symbol >= symbol }) else { return nil }
        var nanoseconds = 0.0
        for index in first..<max(first, run.windows.count - 1) {
            let pair = run.windows[index].symbol..<run.windows[index + 1].symbol + 1
            if run.share(pair).rate <= limit {
                return (run.windows[index].symbol - run.windows[first].symbol, nanoseconds / 1e6)
            }
            nanoseconds += run.windows[index].hardwareNanoseconds
        }
        return nil
    }

    /// Share of the line's bits that carry data: pilots do not, nor the symbols that pass while an
    /// update runs beyond the wait between trials.
    public func netShare(_ run: Run) -> Double {
        let symbols = Double(run.windows.count * SymbolStreams.blockLength)
        guard symbols > 0 else { return 0 }
        let time = run.windows.reduce(0) { $0 + $1.hardwareNanoseconds }
        let pilots = Double(run.windows.reduce(0) { $0 + $1.pilots })
        let pace = time > 0 ? min(1, symbols * trialNanoseconds / time) : 1
        return (1 - pilots / symbols) * pace
    }
}

extension TrackingRecord.Run {
    /// Of the windows that begin in a range of symbols.
    public func share(_ symbols: Range<Int>) -> TrackingRecord.Share {
        TrackingRecord.Share(windows, symbols)
    }

    /// Share of the hardware time in which the plasticity processor works.
    public var busyShare: Double {
        let time = windows.reduce(0) { $0 + $1.hardwareNanoseconds }
        let cycles = windows.reduce(0) { $0 + $1.plasticityCycles }
        return time > 0 ? Double(cycles) * PPUCycleCosts.cycleInNanoseconds / time : 0
    }
}
