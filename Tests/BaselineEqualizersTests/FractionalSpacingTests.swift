import BaselineEqualizers
import Modulation
import RandomStreams
import Testing

/// Two samples a symbol of a waveform that one sample a symbol cannot tell.
@Suite struct FractionalSpacingTests {
    /// Sample 2k holds nothing of symbol k, sample 2k + 1 all of it: only a half-symbol-spaced
    /// equalizer can see it.
    private static func block(_ index: Int) -> TrainingBlock {
        var numbers = RandomStream(seed: 51).substream("block", index)
        let symbols = numbers.symbols(count: 1000, order: 4)
        var received: [Double] = []
        for symbol in symbols {
            received.append(numbers.gaussian())
            received.append(2 * Double(symbol) - 3 + 0.05 * numbers.gaussian())
        }
        return TrainingBlock(received: received, symbols: symbols)
    }

    @Test func windowsAreCenteredOnTheSymbolsFirstSample() throws {
        let stream = TrainingStream(blockCount: 4, makeBlock: Self.block)
        let equalizer = try LinearEqualizer.fit(
            tapCount: 5, order: 4, samplesPerSymbol: 2, to: stream)
        #expect(abs(equalizer.taps[3] - 0.5) < 0.01)
        for tap in [0, 1, 2, 4] { #expect(abs(equalizer.taps[tap]) < 0.01) }
        let test = Self.block(9)
        let detection = equalizer.detect(test.received)
        #expect(detection.symbols == test.symbols)
        #expect(detection.operations.multiplyAccumulates == 5 * 1000)
    }

    @Test func streamsOfTheWrongRateAreRefused() {
        let stream = TrainingStream(blockCount: 1, makeBlock: Self.block)
        #expect(throws: EqualizerFitError.self) {
            try LinearEqualizer.fit(tapCount: 5, order: 4, to: stream)
        }
    }
}
