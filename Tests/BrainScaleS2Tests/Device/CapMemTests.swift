import BrainScaleS2
import Testing

@Suite struct CapMemTests {
    @Test func cellsHoldTenBitsLessOne() {
        #expect(CapMemCell(raw: 1022, written: 0)?.content == .code(CapMemCode(1022)))
        #expect(CapMemCell(raw: 1023, written: 0)?.content == .refreshDisabled)
        #expect(CapMemCell(raw: 1024, written: 0) == nil && CapMemCell(raw: -1, written: 0) == nil)
        #expect(CapMemCode(checking: 1023) == nil)
        #expect(CapMemCode(saturating: 2000).index == 1022)
        #expect(CapMemCode(saturating: .nan).index == 0)
    }

    /// 20 ms are 2.5 million ticks.
    @Test func writesActAfterTwentyMilliseconds() throws {
        let cell = try #require(CapMemCell(raw: 500, written: 1000))
        #expect(!cell.isSettled(at: 2_500_999) && cell.isSettled(at: 2_501_000))
        let off = try #require(CapMemCell(raw: 1023, written: 0))
        #expect(!off.isSettled(at: .max))
    }

    /// Codes 70...550 are 20...220 LSB of the CADC.
    @Test func voltagesFollowThePublicMapping() {
        #expect(abs(CircuitTransfer.potential(CapMemCode(70)) - 20) < 1e-9)
        #expect(abs(CircuitTransfer.potential(CapMemCode(550)) - 220) < 1e-9)
        for code in CapMemCode.all {
            #expect(CircuitTransfer.voltageCode(CircuitTransfer.potential(code)) == code)
        }
    }
}
