import Reporting
import Testing

struct LabelPlacementTests {
    private let placement = LabelPlacement(xRange: 100...10_000, yRange: 1e-4...1e-2)

    @Test func aLonelyNameStandsToTheRightOfItsPoint() throws {
        let text = try #require(placement.texts([.init(text: "one", x: 1000, y: 1e-3)]).first)
        #expect(text.anchor == .leading && text.x > 1000)
        #expect(text.y > 0.8e-3 && text.y < 1.3e-3)
    }

    @Test func namesAtTheRightEndStandToTheLeft() throws {
        let name = "a long name of a receiver"
        let text = try #require(placement.texts([.init(text: name, x: 9000, y: 1e-3)]).first)
        #expect(text.anchor == .trailing && text.x < 9000)
    }

    /// Names of points that nearly coincide go to different sides or heights.
    @Test func namesOfNeighborsDoNotCover() {
        let texts = placement.texts([
            .init(text: "first receiver", x: 1000, y: 1e-3),
            .init(text: "second receiver", x: 1010, y: 1.02e-3),
            .init(text: "third receiver", x: 1400, y: 1e-3),
        ])
        for (i, a) in texts.enumerated() {
            for b in texts[(i + 1)...] {
                // A letter's height is 0.045 of two decades.
                #expect(a.anchor != b.anchor || abs(a.y / b.y - 1) > 0.2)
            }
        }
    }
}
