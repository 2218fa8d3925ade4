import Foundation

/// Pieces of HTML; all text from outside passes through `escape`.
enum HTML {
    /// Text that is safe between tags and inside quoted attributes.
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            // Control characters are not allowed in a page.
            case _ where scalar.value < 32 || scalar.value == 127: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Text whose numbers, grouped (`1 302`) or with an exponent (`2.4e-4`), do not break over two
    /// lines; not for commands, which people copy.
    static func sentence(_ text: String) -> String {
        var characters = Array(text)
        for index in characters.indices.dropFirst().dropLast()
        where characters[index] == " " && characters[index - 1].isNumber
            && characters[index + 1].isNumber
        {
            characters[index] = "\u{00A0}"
        }
        for index in characters.indices.dropFirst().dropLast()
        where characters[index] == "-" && characters[index - 1] == "e"
            && characters[index + 1].isNumber && index >= 2
            && (characters[index - 2].isNumber || characters[index - 2] == "]")
        {
            characters[index] = "\u{2011}"
        }
        return escape(String(characters))
    }

    static func paragraph(_ text: String, style: String? = nil) -> String {
        let attribute = style.map { " class=\"\($0)\"" } ?? ""
        return text.isEmpty ? "" : "<p\(attribute)>\(sentence(text))</p>\n"
    }

    static func list(_ items: [String]) -> String {
        items.isEmpty
            ? "" : "<ul>\n" + items.map { "<li>\(sentence($0))</li>\n" }.joined() + "</ul>\n"
    }

    static func command(_ text: String) -> String {
        text.isEmpty ? "" : "<pre><code>\(escape(text))</code></pre>\n"
    }

    static func details(_ title: String, _ content: String) -> String {
        "<details>\n<summary>\(escape(title))</summary>\n\(content)</details>\n"
    }

    /// Term and value pairs.
    static func facts(_ pairs: [(String, String)]) -> String {
        "<dl>\n"
            + pairs.filter { !$0.1.isEmpty }
            .map { "<div><dt>\(escape($0.0))</dt><dd>\(escape($0.1))</dd></div>\n" }.joined()
            + "</dl>\n"
    }

    struct Column {
        enum Content {
            case text
            /// Sentences, which need room before they break.
            case longText
            /// Figures, aligned right and never broken.
            case figure
        }
        var title: String
        var content: Content
        init(_ title: String, _ content: Content = .text) {
            self.title = title
            self.content = content
        }
        var attribute: String {
            switch content {
            case .text: ""
            case .longText: " class=\"long\""
            case .figure: " class=\"figure\""
            }
        }
    }

    /// A table that scrolls sideways inside its own frame; the first column heads the rows.
    static func table(_ columns: [Column], _ rows: [[String]]) -> String {
        let head = columns.map {
            "<th scope=\"col\"\($0.attribute)>\(escape($0.title))</th>"
        }
        let body = rows.map { row -> String in
            let cells = zip(columns, row).enumerated().map { index, cell -> String in
                let text = escape(cell.1)
                if index == 0 { return "<th scope=\"row\">\(text)</th>" }
                return "<td\(cell.0.attribute)>\(text)</td>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return "<div class=\"scroll\"><table>\n<thead><tr>\(head.joined())</tr></thead>\n<tbody>\n"
            + body.joined() + "</tbody>\n</table></div>\n"
    }

    /// A drawing inside the page with its caption: identifiers get a prefix, since several
    /// drawings of one page would otherwise share them, and the XML head goes.
    static func drawing(_ svg: String, name: String, title: String, caption: String) -> String {
        var body = svg
        if let start = svg.range(of: "<svg") { body = String(svg[start.lowerBound...]) }
        for mark in ["id=\"", "id='", "url(#", "href=\"#", "href='#"] {
            body = body.replacing(" \(mark)", with: " \(mark)\(name)-")
            body = body.replacing(":\(mark)", with: ":\(mark)\(name)-")
        }
        return "<figure>\n<div class=\"drawing\" role=\"img\" aria-label=\"\(escape(title))\">"
            + "\(body)</div>\n"
            + (caption.isEmpty ? "" : "<figcaption>\(escape(caption))</figcaption>\n")
            + "</figure>\n"
    }
}
