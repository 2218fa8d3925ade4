import Foundation

/// Puts names beside the points of a plot with logarithmic axes so that they can be read.
///
/// One name after the other takes the place around its point that covers the least of other names
/// and points; sizes of letters are those of the drawings, as shares of the axes.
package struct LabelPlacement {
    private let xRange: ClosedRange<Double>
    private let yRange: ClosedRange<Double>

    /// - Parameters:
    ///   - xRange: Of the horizontal axis; so `yRange` of the vertical one. Both above zero.
    package init(xRange: ClosedRange<Double>, yRange: ClosedRange<Double>) {
        self.xRange = xRange
        self.yRange = yRange
    }

    private static let letterWidth = 0.0155
    private static let letterHeight = 0.055
    /// From a point to the near end of its name.
    private static let gap = 0.02

    /// A name and its point.
    package struct Label {
        var text: String
        var x: Double
        var y: Double

        package init(text: String, x: Double, y: Double) {
            self.text = text
            self.x = x
            self.y = y
        }
    }

    private struct Box {
        var left: Double
        var right: Double
        var bottom: Double
        var top: Double

        func overlap(_ other: Box) -> Double {
            max(0, min(right, other.right) - max(left, other.left))
                * max(0, min(top, other.top) - max(bottom, other.bottom))
        }
    }

    /// The names where they stand, in the order given.
    package func texts(_ labels: [Label]) -> [Plot.Text] {
        let points = labels.map { label in
            let (x, y) = (share(label.x, xRange), share(label.y, yRange))
            return Box(left: x - 0.012, right: x + 0.012, bottom: y - 0.025, top: y + 0.025)
        }
        var taken: [Box] = []
        return labels.enumerated().map { index, label in
            let (x, y) = (share(label.x, xRange), share(label.y, yRange))
            let width = Double(label.text.count) * Self.letterWidth
            var best: (cost: Double, box: Box, anchor: Plot.Text.Anchor, x: Double, y: Double)?
            for rise in [0.03, 0, -0.03, 0.06, -0.06, 0.09, -0.09] {
                for anchor in [Plot.Text.Anchor.leading, .trailing] {
                    let near = anchor == .leading ? x + Self.gap : x - Self.gap
                    let box = Box(
                        left: anchor == .leading ? near : near - width,
                        right: anchor == .leading ? near + width : near,
                        bottom: y + rise - Self.letterHeight / 2,
                        top: y + rise + Self.letterHeight / 2)
                    let others = points.indices.filter { $0 != index }.map { points[$0] } + taken
                    // Beyond the right end there is a margin.
                    let outside = max(0, -box.left) + max(0, box.right - 1.2)
                    // A name far from its point looks like that of another one.
                    let far = 5 * max(0, abs(rise) - 0.03)
                    let cost = others.reduce(outside + far) { $0 + 400 * box.overlap($1) }
                    // The first of equals: names stand to the right where there is room.
                    if cost < (best?.cost ?? .infinity) - 1e-9 {
                        best = (cost, box, anchor, near, y + rise)
                    }
                }
            }
            let chosen = best!
            taken.append(chosen.box)
            return Plot.Text(
                label.text, x: value(chosen.x, xRange), y: value(chosen.y, yRange),
                anchor: chosen.anchor)
        }
    }

    private func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }

    private func value(_ share: Double, _ range: ClosedRange<Double>) -> Double {
        range.lowerBound * pow(range.upperBound / range.lowerBound, share)
    }
}
