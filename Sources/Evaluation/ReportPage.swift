/// A page of text, tables and plots, written once and given out as Markdown and as HTML.
///
/// ```swift
/// var page = ReportPage(title: "Descriptor matching")
/// page.add(.paragraph("Recall@10, from `descant bench report`."))
/// page.add(.table(table))
/// page.add(.plot(curves, name: "recall"))
/// page.html                       // one file, no scripts, nothing loaded
/// page.markdown                   // refers to recall.svg beside it: see plots
/// ```
///
/// Text between backticks is code, in both forms; nothing else in it is markup.
public struct ReportPage: Hashable, Sendable {
    public enum Block: Hashable, Sendable {
        /// - Parameter level: 2 or deeper; 1 is the title's.
        case heading(String, level: Int)
        case paragraph(String)
        case list([String])
        /// What is typed, as it is.
        case code(String)
        case table(ResultTable)
        /// - Parameter name: of its file beside the Markdown, without the ending.
        case plot(Plot, name: String)
    }

    public var title: String
    public private(set) var blocks: [Block] = []

    public init(title: String) { self.title = title }

    public mutating func add(_ block: Block) { blocks.append(block) }

    /// The files that ``markdown`` refers to: names with their ending, and SVG.
    public var plots: [(file: String, svg: String)] {
        blocks.compactMap { block in
            guard case .plot(let plot, let name) = block else { return nil }
            return (name + ".svg", plot.svg)
        }
    }

    public var markdown: String {
        "# \(title)\n"
            + blocks.map { block in
                switch block {
                case .heading(let text, let level): "\n\(String(repeating: "#", count: level)) \(text)\n"
                case .paragraph(let text): "\n\(text)\n"
                case .list(let items): "\n" + items.map { "* \($0)\n" }.joined()
                case .code(let text): "\n```\n\(text)\n```\n"
                case .table(let table): "\n" + table.markdown
                case .plot(let plot, let name): "\n![\(plot.title)](\(name).svg)\n"
                }
            }.joined()
    }

    public var html: String {
        let body = blocks.map { block in
            switch block {
            case .heading(let text, let level): "<h\(level)>\(Self.inline(text))</h\(level)>\n"
            case .paragraph(let text): "<p>\(Self.inline(text))</p>\n"
            case .list(let items): "<ul>\n" + items.map { "<li>\(Self.inline($0))</li>\n" }.joined() + "</ul>\n"
            case .code(let text): "<pre><code>\(text.escapedForMarkup)</code></pre>\n"
            // A wide table scrolls by itself, not the page with it.
            case .table(let table): "<div class=\"wide\" tabindex=\"0\">\n\(table.html)</div>\n"
            case .plot(let plot, _): "<figure>\n\(plot.svg)</figure>\n"
            }
        }.joined()
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title.escapedForMarkup)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            <h1>\(Self.inline(title))</h1>
            \(body)</main>
            </body>
            </html>

            """
    }

    private static func inline(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().map { place, part in
            let escaped = String(part).escapedForMarkup
            if place % 2 == 0 { return escaped }
            return place == parts.count - 1 ? "`" + escaped : "<code>\(escaped)</code>"  // one that is not closed is a mark like others
        }.joined()
    }

    private static let style = """
        :root { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --shade: #f6f8fa; }
        @media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --shade: #151b23; } }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1.1rem; }
        code, pre { font: 0.85em/1.45 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
        code { overflow-wrap: anywhere; } pre { background: var(--shade); padding: 0.75rem; overflow-x: auto; } pre code { font-size: 1em; }
        .wide { overflow-x: auto; margin: 1rem 0; }
        table { border-collapse: collapse; font-size: 0.85rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: bottom; background: var(--paper); }
        th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; }
        th.number, td.number { text-align: right; } td.number { white-space: nowrap; }
        th:first-child, td:first-child { position: sticky; left: 0; min-width: 9rem; max-width: 60vw; }
        figure { margin: 1.5rem 0; } figure svg { display: block; width: 100%; max-width: 44rem; height: auto; }
        """
}
