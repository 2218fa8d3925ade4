import ArgumentParser
import BaselineEqualizers
import Foundation
import LinkExperiments
import Modulation
import OpticalLink
import RandomStreams

/// Stream and circular blocks side by side: moments, autocorrelation, the Kolmogorov-Smirnov
/// distance, and the bit errors of one fixed receiver.
///
/// Each published block is scaled by its own mean power, a random gain of some 0.3 % that a fixed
/// receiver feels. Blocks are counted with it and without: the field in the second case is scaled by
/// the expected power, as the stream's is.
struct StatisticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics",
        abstract: "Compare streamed and block modes over many symbols.")

    @Option(help: "Symbols of each mode.") var symbols = 10_000_000
    @Option(name: .shortAndLong, help: "Write the figures as JSON to a file.") var output: String?

    func run() throws {
        var results: [[String: Any]] = []
        let catalog = Catalog.standard()
        for name in StreamTurns.tasks {
            let description = try LinkDescription(file: catalog.file(.channels, name))
            let model = name == "lcd" ? "volterra-pruned-40" : "volterra-21-15-5"
            let receiver = try TrainedReceiver.make(
                ModelDescription(folder: catalog.modelFolder(model)), for: description)
            let a = stream(description.parameters, receiver.detector)
            for hasOwnGain in [false, true] {
                let b = blocks(description.parameters, receiver.detector, hasOwnGain: hasOwnGain)
                results.append(compare(name, a, b, model, hasOwnGain: hasOwnGain))
            }
        }
        if let output {
            let data = try JSONSerialization.data(
                withJSONObject: ["symbols": symbols, "comparisons": results],
                options: [.prettyPrinted, .sortedKeys])
            try data.write(to: URL(fileURLWithPath: output))
        }
    }

    private func compare(
        _ name: String, _ a: Statistics, _ b: Statistics, _ model: String, hasOwnGain: Bool
    ) -> [String: Any] {
        var figures: [String: Any] = ["task": name, "blocks_have_own_power": hasOwnGain]
        print(
            "\(name), \(symbols) symbols a mode; blocks scaled by "
                + (hasOwnGain ? "their own power, as published" : "the expected power"))
        print("                                    stream          blocks      difference")
        func show(_ label: String, _ x: Double, _ y: Double, _ error: Double) {
            figures[label] = [x, y, (x - y) / error]
            print(
                String(
                    format: "  %-26@ %14.6f  %14.6f  %7.2f standard errors",
                    label as NSString, x, y, (x - y) / error))
        }
        let n = Double(symbols)
        show("mean", a.mean, b.mean, (a.variance / n + b.variance / n).squareRoot())
        show(
            "variance", a.variance, b.variance,
            ((a.fourth - a.variance * a.variance) * 2 / n).squareRoot())
        for (lag, (x, y)) in zip(a.correlations, b.correlations).enumerated() {
            show("autocorrelation \(lag + 1)", x, y, (2 / n).squareRoot())
        }
        show(
            "bit error rate \(model)", a.bitErrorRate, b.bitErrorRate,
            (a.errorVariance + b.errorVariance).squareRoot())
        let distance = kolmogorovSmirnov(a.histogram, b.histogram)
        print(
            String(
                format: "  Kolmogorov-Smirnov distance %.2e, 5 %% level for independent samples "
                    + "%.2e", distance, 1.358 * (2 / n).squareRoot()))
        figures["Kolmogorov-Smirnov distance"] = distance
        return figures
    }

    struct Statistics {
        var mean = 0.0
        var variance = 0.0
        var fourth = 0.0
        var correlations: [Double] = []
        var bitErrorRate = 0.0
        /// By the scatter over blocks.
        var errorVariance = 0.0
        /// Samples by value, in steps of 10^-4 from -2 to 10.
        var histogram = [Int](repeating: 0, count: 120_000)
    }

    private func stream(_ link: LinkParameters, _ detector: any SymbolDetector) -> Statistics {
        let stream = LinkStream(link, stream: RandomStream(seed: 1))
        return statistics(detector, order: link.alphabet.bitsPerSymbol) { index in
            let block = stream.block(first: index * 10_000, count: 10_000)
            return (block.symbols, block.received.map { Double($0) })
        }
    }

    private func blocks(
        _ link: LinkParameters, _ detector: any SymbolDetector, hasOwnGain: Bool
    ) -> Statistics {
        let streams = SymbolStreams(link, purpose: .dataset, seed: 2)
        return statistics(detector, order: link.alphabet.bitsPerSymbol) { index in
            let block = streams.block(index)
            if hasOwnGain { return (block.symbols, block.received) }
            let gain = Self.power(of: block.symbols, link) / Self.power(of: nil, link)
            let clean = streams.link.transmit(block.symbols, noise: nil)
            return (
                block.symbols,
                zip(block.received, clean).map { $0 + (gain - 1) * $1 }
            )
        }
    }

    /// Mean power of the shaped field, bias^2 + 2 bias E[level]/s + E[level^2]/s^2 by Nyquist's criterion, of
    /// given symbols or in expectation.
    private static func power(of symbols: [UInt8]?, _ link: LinkParameters) -> Double {
        guard case .fixed(let bias) = link.bias else { return 1 }
        let samples = Double(link.samplesPerSymbol)
        let levels = symbols.map { $0.map { link.alphabet.levels[Int($0)] } } ?? link.alphabet.levels
        let count = Double(levels.count)
        let first = levels.reduce(0, +) / count
        let second = levels.reduce(0) { $0 + $1 * $1 } / count
        return bias * bias + 2 * bias * first / samples + second / (samples * samples)
    }

    /// Errors are counted away from the ends of blocks, where a stream's window is not circular.
    private func statistics(
        _ detector: any SymbolDetector, order bitsPerSymbol: Int,
        _ block: (Int) -> ([UInt8], [Double])
    ) -> Statistics {
        var result = Statistics()
        var sums = [Double](repeating: 0, count: 3)
        var products = [Double](repeating: 0, count: 4)
        var counts: [Double] = []
        let origin = 3.0
        let inner = 100..<9900
        for index in 0..<symbols / 10_000 {
            let (sent, received) = block(index)
            for n in 0..<received.count {
                let x = received[n] - origin
                sums[0] += x
                sums[1] += x * x
                sums[2] += x * x * x * x
                let bin = Int(((received[n] + 2) * 1e4).rounded(.down))
                result.histogram[min(max(bin, 0), 119_999)] += 1
                for lag in 1...4 where n + lag < received.count {
                    products[lag - 1] += x * (received[n + lag] - origin)
                }
            }
            let decided = detector.detect(received).symbols
            counts.append(
                Double(inner.reduce(0) { $0 + PAMAlphabet.bitErrors(decided[$1], sent[$1]) }))
        }
        let n = Double(symbols)
        let mean = sums[0] / n
        result.mean = mean + origin
        result.variance = sums[1] / n - mean * mean
        result.fourth = sums[2] / n
        let blockCount = n / 10_000
        result.correlations = products.enumerated().map { lag, sum in
            (sum / (n - blockCount * Double(lag + 1)) - mean * mean) / result.variance
        }
        let bits = Double(inner.count * bitsPerSymbol)
        let average = counts.reduce(0, +) / blockCount
        result.bitErrorRate = average / bits
        let scatter =
            counts.reduce(0) { $0 + ($1 - average) * ($1 - average) } / (blockCount - 1)
        result.errorVariance = scatter / blockCount / bits / bits
        return result
    }

    private func kolmogorovSmirnov(_ a: [Int], _ b: [Int]) -> Double {
        var largest = 0
        var difference = 0
        for (x, y) in zip(a, b) {
            difference += x - y
            largest = max(largest, abs(difference))
        }
        return Double(largest) / Double(symbols)
    }
}
