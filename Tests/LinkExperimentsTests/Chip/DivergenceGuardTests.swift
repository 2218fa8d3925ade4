import LinkExperiments
import Testing

@Suite struct DivergenceGuardTests {
    /// 10 000 even decisions.
    private let even = [2500, 2500, 2500, 2500]

    @Test func steadyStretchesAreGood() {
        var watch = DivergenceGuard()
        for doubtful in [50, 62, 41, 55, 48, 0, 51] {
            let isGood = watch.isGood(counts: even, doubtful: doubtful)
            #expect(isGood)
        }
    }

    /// 50 doubtful ones expected: bad from 75 + 3 sqrt(50) = 96 on.
    @Test func moreDoubtIsBad() {
        var watch = DivergenceGuard()
        _ = watch.isGood(counts: even, doubtful: 50)
        var same = watch
        let isGood = same.isGood(counts: even, doubtful: 95)
        #expect(isGood)
        let isBad = !watch.isGood(counts: even, doubtful: 98)
        #expect(isBad)
    }

    @Test func unevenDecisionsAreBad() {
        var watch = DivergenceGuard()
        _ = watch.isGood(counts: even, doubtful: 50)
        // chi^2 = 4 (300^2 / 2500) = 144.
        let isBad = !watch.isGood(counts: [2800, 2200, 2800, 2200], doubtful: 50)
        #expect(isBad)
    }

    /// A doubt that doubles within 1000 stretches is the link's; one that doubles within 100 is not.
    @Test func aLinkMayGetWorseSlowly() {
        func bad(over stretches: Int) -> Int {
            var watch = DivergenceGuard()
            return (0...stretches).count { n in
                !watch.isGood(counts: even, doubtful: 400 + 400 * n / stretches)
            }
        }
        #expect(bad(over: 1000) == 0)
        #expect(bad(over: 100) > 0)
    }

    /// What a receiver with pilots has come to is what it is measured by.
    @Test func pilotsSetTheReference() {
        var watch = DivergenceGuard()
        watch.observe(total: 10_000, doubtful: 50)
        for _ in 0..<40 { watch.observe(total: 10_000, doubtful: 300) }
        let isGood = watch.isGood(counts: even, doubtful: 300)
        #expect(isGood)
    }

    /// Nothing to go by at first, and no doubt at all divides nothing by zero.
    @Test func noDoubtIsGood() {
        var watch = DivergenceGuard()
        #expect(watch.reference == nil)
        for _ in 0..<3 {
            let isGood = watch.isGood(counts: even, doubtful: 0)
            #expect(isGood)
        }
        let isGood = watch.isGood(counts: even, doubtful: 3)
        #expect(isGood)
    }
}
