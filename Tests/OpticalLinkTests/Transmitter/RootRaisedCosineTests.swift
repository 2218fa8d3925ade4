import OpticalLink
import Testing

struct RootRaisedCosineTests {
    @Test(arguments: [0.0, 0.1, 0.2, 0.5, 1.0])
    func pairObeysNyquist(rollOff: Double) {
        let filter = RootRaisedCosine(rollOff: rollOff)
        for f in stride(from: -0.495, through: 0.495, by: 0.03) {
            var sum = 0.0
            for alias in -2...2 {
                let h = filter.transfer(relativeFrequency: f + Double(alias))
                sum += h * h
            }
            #expect(abs(sum - 1) < 1e-12)
        }
    }

    @Test func isFlatThenZero() {
        let filter = RootRaisedCosine(rollOff: 0.2)
        #expect(filter.transfer(relativeFrequency: 0.4) == 1)
        #expect(filter.transfer(relativeFrequency: 0.6) == 0)
        #expect(abs(filter.transfer(relativeFrequency: 0.5) - 0.5.squareRoot()) < 1e-12)
    }
}
