import Reporting
import Testing

@Suite struct NumberTextTests {
    @Test(arguments: [
        (6.4e-4, "6.4e-4"), (9.96e-4, "1.0e-3"), (2e-3, "2.0e-3"), (0, "0"), (31_415, "3.1e4"),
    ])
    func scientific(value: Double, text: String) {
        #expect(NumberText.scientific(value) == text)
    }

    @Test func rateWithInterval() {
        #expect(NumberText.rate(6.4e-4, interval: 6.1e-4...6.7e-4) == "6.4e-4 [6.1, 6.7]e-4")
        // A narrow interval shows another decimal, else both ends would read the same.
        #expect(NumberText.rate(6.4e-4, interval: 6.36e-4...6.44e-4) == "6.40e-4 [6.36, 6.44]e-4")
        #expect(NumberText.rate(1.0e-4, interval: 0.5e-4...1.9e-4) == "1.0e-4 [0.5, 1.9]e-4")
        #expect(NumberText.rate(0, interval: 0...3.7e-6) == "< 3.7e-6")
        #expect(NumberText.rate(6.4e-4, interval: nil) == "6.4e-4")
    }

    @Test(arguments: [
        (7, "7"), (32.6, "32.6"), (1302, "1 302"), (23_410, "23 410"), (1_234_567, "1 234 567"),
        (0, "0"), (99.96, "100"),
    ])
    func count(value: Double, text: String) {
        #expect(NumberText.count(value) == text)
    }

    @Test(arguments: [
        (4.13, "4.1"), (0.0514, "0.051"), (12_345, "12 000"), (2.7e6, "2.7e6"), (99.6, "100"),
        (0.00012, "1.2e-4"), (0, "0"), (-0.0, "0"),
    ])
    func significant(value: Double, text: String) {
        #expect(NumberText.significant(value) == text)
    }

    @Test func rangedSharesItsExponentWhenLarge() {
        #expect(NumberText.ranged(4.1, low: 1.9, high: 18) == "4.1 [1.9, 18]")
        #expect(NumberText.ranged(2.7e6, low: 2.2e6, high: 11e6) == "2.7e6 [2.2, 11]e6")
    }
}
