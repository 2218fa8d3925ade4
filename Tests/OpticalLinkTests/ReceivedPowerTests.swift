import PhysicalQuantities
import RandomStreams
import Testing

import OpticalLink

@Suite struct ReceivedPowerTests {
    private let symbols: [UInt8] = {
        var stream = RandomStream(seed: 8)
        return stream.symbols(count: 1000, order: 4)
    }()

    /// Without noise a change of power scales every sample.
    @Test func powerScalesTheSamples() {
        var parameters = TaskLinks.lcd
        let before = OpticalLink(parameters, blockLength: 1000).transmit(symbols, noise: nil)
        parameters.receivedPowerChange = Decibels(-3)
        let after = OpticalLink(parameters, blockLength: 1000).transmit(symbols, noise: nil)
        for (a, b) in zip(before, after) { #expect(abs(b - a * 0.5011872336272722) < 1e-12) }
    }

    /// Half a symbol later are the samples in between, which sampling twice a symbol also takes.
    @Test func timingIsSamplingLater() {
        var parameters = TaskLinks.lcd
        let twice = OpticalLink(parameters, blockLength: 1000)
            .transmit(symbols, noise: nil, outputRate: 2)
        parameters.timingOffset = 0.5
        let late = OpticalLink(parameters, blockLength: 1000).transmit(symbols, noise: nil)
        for k in 0..<1000 { #expect(abs(late[k] - twice[2 * k + 1]) < 1e-9) }
    }

    /// The streamed link drifts as blocks do, but for its normalization in expectation.
    @Test func streamsFollow() {
        var parameters = TaskLinks.lcd
        parameters.noisePower = Decibels(-60)
        func block(_ parameters: LinkParameters) -> [Float] {
            LinkStream(parameters, stream: RandomStream(seed: 2)).block(first: 500, count: 2000)
                .received
        }
        let plain = block(parameters)
        parameters.receivedPowerChange = Decibels(-3)
        for (a, b) in zip(plain, block(parameters)) { #expect(abs(b - a * 0.50118723) < 0.03) }
        parameters.receivedPowerChange = Decibels(0)
        parameters.timingOffset = 1
        let late = block(parameters)
        for k in 0..<1999 { #expect(abs(late[k] - plain[k + 1]) < 0.03) }
    }
}
