import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
public import Reporting

/// What a link does to symbols, as plots.
public enum LinkFigures {
    /// Samples of the eye diagram per symbol: enough for round curves.
    private static let eyeRate = 16

    /// Eye diagrams behind the receive filter, without and with noise, and the histogram of the
    /// samples that receivers decide on.
    public static func make(
        _ link: LinkDescription, noisePowerInDecibels noise: Double, seed: UInt64 = 1
    ) -> [Report.Figure] {
        let root = RandomStream(seed: seed).substream("figures")
        var symbolStream = root.substream("symbols")
        let parameters = link.at(noisePower: Decibels(noise))
        let eyeLink = OpticalLink(parameters, blockLength: 600)
        let eyeSymbols = symbolStream.symbols(count: 600, order: link.symbolOrder)
        let level = NumberText.count(0 - noise)
        func eye(_ name: String, _ title: String, _ noise: RandomStream?) -> Report.Figure {
            Report.Figure(
                name: name,
                plot: LinkPlots.eyeDiagram(
                    title: title,
                    caption: "Behind the receive filter, seed \(seed); symbols are decided at whole "
                        + "numbers. Where no eye is open, no threshold alone can decide.",
                    valueLabel: "received sample",
                    waveform: eyeLink.transmit(eyeSymbols, noise: noise, outputRate: eyeRate),
                    samplesPerSymbol: eyeRate, symbolsPerTrace: 2, maximumTraces: 400))
        }
        let count = SymbolStreams.blockLength
        let symbols = symbolStream.symbols(count: count, order: link.symbolOrder)
        let samples = OpticalLink(parameters, blockLength: count).transmit(
            symbols, noise: root.substream("noise"))
        return [
            eye("eye", "Eye diagram without noise", nil),
            eye("eye-noisy", "Eye diagram at \(level) dB", root.substream("eye noise")),
            Report.Figure(
                name: "histogram",
                plot: LinkPlots.histogram(
                    title: "Received samples at \(level) dB",
                    caption: "One sample a symbol, \(count) symbols of seed \(seed), by the symbol "
                        + "sent.",
                    valueLabel: "received sample", samples: samples, symbols: symbols.map(Int.init),
                    symbolNames: (0..<link.symbolOrder).map { "symbol \($0)" }, bins: 60)),
        ]
    }
}
