/// A table of aligned columns for a terminal.
public struct TextTable: Sendable {
    public enum Alignment: Sendable, Hashable {
        case left
        case right
    }

    public struct Column: Sendable, Hashable {
        /// Heading; may have several lines.
        public var title: String
        public var alignment: Alignment
        /// Whether the column may be cut, with an ellipsis, to keep the table within its width.
        public var isFlexible: Bool
        public init(_ title: String, _ alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }
    }

    public var columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(columns: [Column]) { self.columns = columns }

    /// - Precondition: One cell per column.
    public mutating func append(_ row: [String]) {
        precondition(row.count == columns.count, "one cell per column")
        rows.append(row.map { $0.replacing("\n", with: " ") })
    }

    /// The lines of the table, each at most `maximumWidth` characters as long as the columns that
    /// may not be cut fit; flexible columns keep at least eight characters.
    public func lines(maximumWidth: Int) -> [String] {
        var widths = columns.indices.map { column in
            (titleLines(column) + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        let gap = 2
        var excess = widths.reduce(0, +) + gap * (widths.count - 1) - maximumWidth
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].isFlexible && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        let rule = widths.map { String(repeating: "─", count: $0) }
        let height = columns.indices.map { titleLines($0).count }.max() ?? 0
        // Headings stand on the rule: short ones begin lower.
        let head = (0..<height).map { index in
            columns.indices.map { column in
                let titles = titleLines(column)
                let place = index - (height - titles.count)
                return place >= 0 ? titles[place] : ""
            }
        }
        return head.map { line($0, widths) } + [rule.joined(separator: "  ")]
            + rows.map { line($0, widths) }
    }

    private func titleLines(_ column: Int) -> [String] {
        columns[column].title.split(separator: "\n").map(String.init)
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = columns.indices.map { column -> String in
            let width = widths[column]
            let text =
                cells[column].count > width
                ? cells[column].prefix(width - 1) + "…" : cells[column][...]
            let padding = String(repeating: " ", count: width - text.count)
            return columns[column].alignment == .left ? text + padding : padding + text
        }
        let joined = padded.joined(separator: "  ")
        return String(joined.reversed().drop { $0 == " " }.reversed())
    }
}
