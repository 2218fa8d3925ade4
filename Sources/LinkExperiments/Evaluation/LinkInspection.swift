import ComplexModule
import FourierTransforms
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
public import Reporting
import RealModule

/// What a link does to symbols, measured on one block: eye, histogram, response, memory, spectrum.
public struct LinkInspection: Sendable {
    public let link: LinkDescription
    public let noisePowerInDecibels: Double
    public let seed: UInt64
    /// Received samples of one block, noisy, and the symbols sent.
    public let samples: [Double]
    public let symbols: [UInt8]
    /// Waveform of the eye, without and with noise, and its samples per symbol.
    public let eye: [Double]
    public let noisyEye: [Double]
    public let eyeRate: Int
    /// Mean change of the noise-free sample d symbols after one whose level is one unit higher, for d
    /// in -10...10, in samples per spacing of levels: the linear part of the link.
    public let response: [Double]
    /// Share of the noise-free samples' variance that no linear response explains, 0...1.
    public let nonlinearShare: Double
    /// Power density of the waveform over frequency in symbol rates, dB of its maximum.
    public let spectrum: [(frequency: Double, level: Double)]

    private static let reach = 10

    public init(_ link: LinkDescription, noisePowerInDecibels: Double? = nil, seed: UInt64 = 1) {
        self.link = link
        let noise = noisePowerInDecibels ?? link.noisePowerInDecibels
        self.noisePowerInDecibels = noise
        self.seed = seed
        let root = RandomStream(seed: seed).substream("figures")
        var stream = root.substream("symbols")
        let parameters = link.at(noisePower: Decibels(noise))
        // The idealized waveform can be sampled as finely as wanted, a simulated one as it is.
        eyeRate = link.isPhysical ? parameters.samplesPerSymbol : 16
        let eyeLink = parameters.makeLink(blockLength: 600)
        let eyeSymbols = stream.symbols(count: 600, order: link.symbolOrder)
        eye = eyeLink.transmit(eyeSymbols, noise: nil, outputRate: eyeRate)
        noisyEye = eyeLink.transmit(
            eyeSymbols, noise: root.substream("eye noise"), outputRate: eyeRate)
        let count = SymbolStreams.blockLength
        let block = parameters.makeLink(blockLength: count)
        let symbols = stream.symbols(count: count, order: link.symbolOrder)
        self.symbols = symbols
        samples = block.transmit(symbols, noise: root.substream("noise"))
        let clean = block.transmit(symbols, noise: nil)
        (response, nonlinearShare) = Self.linearResponse(
            clean, symbols, levels: parameters.alphabet.levels)
        spectrum = Self.density(noisyEye, samplesPerSymbol: eyeRate)
    }

    /// Symbols whose responses hold 99.9 % of the energy of the response.
    public var memoryInSymbols: Int {
        let energies = response.map { $0 * $0 }.sorted(by: >)
        let total = energies.reduce(0, +)
        var sum = 0.0
        for (index, energy) in energies.enumerated() {
            sum += energy
            if sum >= 0.999 * total { return index + 1 }
        }
        return energies.count
    }

    /// Least squares of samples on levels d symbols away: random symbols are nearly white, so that the
    /// correlation of what is left with them, taken again and again, arrives within a few rounds.
    private static func linearResponse(
        _ samples: [Double], _ symbols: [UInt8], levels: [Double]
    ) -> ([Double], Double) {
        let n = samples.count
        let mean = samples.reduce(0, +) / Double(n)
        let middle = levels.reduce(0, +) / Double(levels.count)
        let spacing = (levels[levels.count - 1] - levels[0]) / Double(levels.count - 1)
        let values = symbols.map { (levels[Int($0)] - middle) / spacing }
        let power = values.reduce(0) { $0 + $1 * $1 } / Double(n)
        var response = [Double](repeating: 0, count: 2 * reach + 1)
        var rest = samples.map { $0 - mean }
        let variance = rest.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<6 {
            let steps = (-reach...reach).map { d -> Double in
                var sum = 0.0
                for k in 0..<n { sum += rest[(k + d + n) % n] * values[k] }
                return sum / Double(n) / power
            }
            for (index, step) in steps.enumerated() {
                response[index] += step
                for k in 0..<n { rest[k] -= step * values[(k - (index - reach) + n) % n] }
            }
        }
        let residue = rest.reduce(0) { $0 + $1 * $1 }
        return (response, variance > 0 ? residue / variance : 0)
    }

    /// Averaged periodogram, Hann windows of 64 symbols, half overlapped (Welch 1967).
    private static func density(
        _ waveform: [Double], samplesPerSymbol rate: Int
    ) -> [(frequency: Double, level: Double)] {
        let length = 64 * rate
        let transform = ComplexFourierTransform(length: length)
        let mean = waveform.reduce(0, +) / Double(waveform.count)
        var power = [Double](repeating: 0, count: length / 2)
        for start in stride(from: 0, through: waveform.count - length, by: length / 2) {
            let buffer = SampleBuffer<Complex<Double>>(repeating: .zero, count: length)
            for n in 0..<length {
                let window = 0.5 - 0.5 * Double.cos(2 * Double.pi * Double(n) / Double(length))
                buffer.pointer[n] = Complex(window * (waveform[start + n] - mean))
            }
            transform.forward(buffer)
            for k in 0..<length / 2 { power[k] += buffer.pointer[k].lengthSquared }
        }
        let largest = max(power.max() ?? 1, .leastNormalMagnitude)
        return power.enumerated().compactMap { k, value in
            let frequency = Double(k) / 64
            guard frequency <= min(2, Double(rate) / 2) else { return nil }
            return (frequency, 10 * Double.log10(max(value / largest, 1e-12)))
        }
    }

    // MARK: - For pages

    private var levelText: String {
        link.isPhysical
            ? "\(NumberText.plain(0 - noisePowerInDecibels, decimals: 1)) dBm"
            : "\(NumberText.count(0 - noisePowerInDecibels)) dB"
    }

    /// Eye diagrams, histogram, response and spectrum.
    public var figures: [Report.Figure] {
        func eyeFigure(_ name: String, _ title: String, _ waveform: [Double]) -> Report.Figure {
            Report.Figure(
                name: name,
                plot: LinkPlots.eyeDiagram(
                    title: title,
                    caption: "Behind the receive filter, seed \(seed); symbols are decided at whole "
                        + "numbers. Where no eye is open, no threshold alone can decide.",
                    valueLabel: "received sample", waveform: waveform,
                    samplesPerSymbol: eyeRate, symbolsPerTrace: 2, maximumTraces: 400))
        }
        return [
            eyeFigure("eye", "Eye diagram without noise", eye),
            eyeFigure("eye-noisy", "Eye diagram at \(levelText)", noisyEye),
            Report.Figure(
                name: "histogram",
                plot: LinkPlots.histogram(
                    title: "Received samples at \(levelText)",
                    caption: "One sample a symbol, \(samples.count) symbols of seed \(seed), by the "
                        + "symbol sent.",
                    valueLabel: "received sample", samples: samples, symbols: symbols.map(Int.init),
                    symbolNames: (0..<link.symbolOrder).map { "symbol \($0)" }, bins: 60)),
            Report.Figure(name: "response", plot: responsePlot),
            Report.Figure(name: "spectrum", plot: spectrumPlot),
        ]
    }

    private var responsePlot: Plot {
        Plot(
            title: "Linear response of a sample to the symbols around it",
            caption: "Change of the mean sample for one level more, by least squares without noise; "
                + "\(memoryInSymbols) symbols hold 99.9 % of its energy. No linear response explains "
                + "\(NumberText.significant(100 * nonlinearShare)) % of the variance.",
            xAxis: .init("symbols after the sent one"), yAxis: .init("received sample per level"),
            series: [
                .init(
                    "", .lineAndMarkers, color: 0,
                    points: response.enumerated().map {
                        Plot.Point(Double($0.0 - Self.reach), $0.1)
                    })
            ])
    }

    private var spectrumPlot: Plot {
        Plot(
            title: "Spectrum of the received waveform at \(levelText)",
            caption: "Power density over its maximum behind the receive filter, without the constant; "
                + "Hann windows of 64 symbols.",
            xAxis: .init("frequency (symbol rates)"), yAxis: .init("power density (dB)"),
            series: [
                .init(
                    "", .line, color: 0,
                    points: spectrum.map { Plot.Point($0.frequency, max($0.level, -80)) })
            ])
    }

    // MARK: - For a terminal

    private static let shades = Array(" .:-=+*#%@")
    private static let bars = Array(" ▁▂▃▄▅▆▇█")

    /// A picture of the link in a few lines of text.
    public var text: String {
        var lines = ["\(link.name) at \(levelText): \(link.description)", ""]
        let low = min(noisyEye.min() ?? 0, samples.min() ?? 0)
        let high = max(noisyEye.max() ?? 1, samples.max() ?? 1)
        lines.append("eye over two symbols, received sample \(number(low)) to \(number(high))")
        lines += eyeLines(low, high)
        lines += ["", "samples by the symbol sent, \(number(low)) to \(number(high))"]
        for symbol in 0..<link.symbolOrder {
            let values = zip(samples, symbols).filter { Int($0.1) == symbol }.map(\.0)
            lines.append("  \(symbol) |\(Self.histogram(values, low, high))|")
        }
        let largest = response.map(abs).max() ?? 1
        lines += [
            "", "response to one level, \(-Self.reach) to \(Self.reach) symbols later",
            "  |\(Self.sparkline(response.map { abs($0) / largest }))|"
                + "  memory \(memoryInSymbols) symbols, "
                + "\(NumberText.significant(100 * nonlinearShare)) % of the variance nonlinear",
        ]
        let shown = stride(from: 0, to: spectrum.count, by: max(1, spectrum.count / 60)).map {
            max(0, 1 + spectrum[$0].level / 60)
        }
        lines += [
            "", "spectrum, 0 to \(number(spectrum.last?.frequency ?? 0)) symbol rates, 60 dB",
            "  |\(Self.sparkline(shown))|",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func number(_ value: Double) -> String { NumberText.plain(value, decimals: 2) }

    private func eyeLines(_ low: Double, _ high: Double) -> [String] {
        let (rows, columns) = (14, 64)
        var counts = [Int](repeating: 0, count: rows * columns)
        let length = 2 * eyeRate
        for start in stride(from: 0, to: noisyEye.count - length, by: eyeRate) {
            for column in 0..<columns {
                // Between samples the line is straight.
                let t = Double(column) / Double(columns - 1) * Double(length - 1)
                let n = min(Int(t), length - 2)
                let a = noisyEye[start + n]
                let value = a + (t - Double(n)) * (noisyEye[start + n + 1] - a)
                let row = Int((high - value) / (high - low) * Double(rows - 1) + 0.5)
                counts[min(max(row, 0), rows - 1) * columns + column] += 1
            }
        }
        let largest = Double(counts.max() ?? 1).squareRoot()
        return (0..<rows).map { row in
            "  |"
                + String(
                    (0..<columns).map { column -> Character in
                        let share = Double(counts[row * columns + column]).squareRoot() / largest
                        return Self.shades[min(9, Int((share * 9).rounded(.up)))]
                    }) + "|"
        }
    }

    private static func histogram(_ values: [Double], _ low: Double, _ high: Double) -> String {
        var counts = [Double](repeating: 0, count: 60)
        for value in values {
            counts[min(max(Int((value - low) / (high - low) * 60), 0), 59)] += 1
        }
        let largest = max(counts.max() ?? 1, 1)
        return sparkline(counts.map { $0 / largest })
    }

    /// Eighths of a line's height for shares 0...1.
    private static func sparkline(_ shares: [Double]) -> String {
        String(shares.map { bars[min(8, max(0, Int(($0 * 8).rounded(.up))))] })
    }
}
