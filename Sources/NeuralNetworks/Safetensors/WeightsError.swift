/// Tensors that are not what a model needs: all of them, so that one run shows the whole of what is wrong with a file.
public struct WeightsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One tensor that will not do.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        public enum Reason: Hashable, Sendable {
            /// The file has none of this name; `expected` is the shape the model needs, where it was said.
            case missing(expected: [Int]?)
            /// The file has it and the model asked for nothing of this name.
            case unexpected(type: ElementType, shape: [Int])
            case misshapen(expected: [Int], found: [Int])
            case mistyped(expected: [ElementType], found: ElementType)
            /// Not a number, an infinity, or a number too large for the type that is asked for; `index` counts elements in row-major order.
            case nonFinite(index: Int, found: String)
        }

        public var name: String
        public var reason: Reason

        public init(name: String, _ reason: Reason) {
            self.name = name
            self.reason = reason
        }

        public var description: String {
            switch reason {
            case .missing(let expected): "missing: \(quoted(name))\(expected.map { " \($0)" } ?? "")"
            case .unexpected(let type, let shape): "unexpected: \(quoted(name)) \(type) \(shape)"
            case .misshapen(let expected, let found): "misshapen: \(quoted(name)): expected \(expected), found \(found)"
            case .mistyped(let expected, let found):
                "mistyped: \(quoted(name)): expected \(expected.map(\.rawValue).joined(separator: ", ")), found \(found)"
            case .nonFinite(let index, let found): "not finite: \(quoted(name)): element \(index) is \(found)"
            }
        }
    }

    public var path: String
    /// In the order they were met; never empty.
    public var problems: [Problem]

    public init(path: String, problems: [Problem]) {
        self.path = path
        self.problems = problems
    }

    public var description: String {
        let lines = problems.map { "\n  \($0)" }.joined()
        return "\(path): \(problems.count == 1 ? "1 tensor does" : "\(problems.count) tensors do") not fit the model:\(lines)"
    }
}

/// Text of a file as a message may show it: escaped, so that it cannot drive a terminal, and cut when it is long.
func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.prefix(120).map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }.joined()
    return "'\(escaped)\(text.unicodeScalars.count > 120 ? "…" : "")'"
}
