import BrainScaleS2
import Testing

@Suite struct SynapticWeightTests {
    @Test func transformClampsAndRoundsAwayFromZero() {
        let cases = [
            (62.4, 62), (62.5, 63), (63.5, 63), (-100, -63), (0.49, 0), (0.5, 1), (-0.5, -1),
        ]
        for (weight, expected) in cases {
            #expect(SignedWeight(transforming: weight, scale: 1).value == expected)
            #expect(SignedWeight(transforming: weight / 4, scale: 4).value == expected)
        }
    }

    @Test func signLivesInTheRow() {
        var array = SynapseArray()
        let driver = SynapseDriver(7)
        let column = SynapseColumn(200)
        array.setSignedWeight(SignedWeight(-20), driver, column)
        #expect(array[driver.excitatoryRow, column].index == 0)
        #expect(array[driver.inhibitoryRow, column].index == 20)
        for value in -63...63 {
            array.setSignedWeight(SignedWeight(value), driver, column)
            #expect(array.signedWeight(driver, column).value == value)
        }
    }

    @Test func splitFillsSynapsesFirst() {
        #expect(SynapticWeight.split(150).map(\.index) == [63, 63, 24])
        #expect(SynapticWeight.split(126).map(\.index) == [63, 63])
        #expect(SynapticWeight.split(0).map(\.index) == [0])
    }

    @Test func onlyMatchingLabelsOnEnabledRowsAnswer() {
        var array = SynapseArray()
        let row = SynapseRow(10)
        for k in 0..<64 {
            array[row, SynapseColumn(k)] = SynapticWeight(30)
            array.setLabel(SynapseLabel(k), row, SynapseColumn(k))
        }
        let label = SynapseLabel(17)
        #expect(array.response(to: label, row, SynapseColumn(17)).index == 0)
        array.setMode(.excitatory, row)
        for k in 0..<64 {
            let expected = k == 17 ? 30 : 0
            #expect(array.response(to: label, row, SynapseColumn(k)).index == expected)
        }
    }
}
