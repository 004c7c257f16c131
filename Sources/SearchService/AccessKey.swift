/// A bearer key with what it may be used for.
public struct AccessKey: Sendable {
    public enum Scope: String, CaseIterable, Sendable {
        case read
        /// Also what operators look at.
        case metrics
    }

    /// For the log.
    public var name: String
    public var scope: Scope
    private var secret: [UInt8]

    public init(name: String, scope: Scope, secret: String) { (self.name, self.scope, self.secret) = (name, scope, Array(secret.utf8)) }

    /// Reads a file of keys: `NAME SCOPE SECRET` a line; what follows # is a remark.
    /// - Throws: `ServiceError` that names the line.
    public static func read(_ text: String, file: String) throws(ServiceError) -> [AccessKey] {
        var keys: [AccessKey] = []
        for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            guard words.count == 3, let scope = Scope(rawValue: words[1]), words[2].utf8.count >= shortest else {
                throw ServiceError(
                    .wrongType, "expected NAME \(Scope.allCases.map(\.rawValue).joined(separator: "|")) SECRET, the secret of \(shortest) characters or more",
                    at: "\(file):\(i + 1)")
            }
            keys.append(AccessKey(name: words[0], scope: scope, secret: words[2]))
        }
        return keys
    }

    private static let shortest = 16

    /// - Throws: `ServiceError` where no key lets the caller in.
    static func check(_ header: String?, _ scope: Operation.Scope, _ keys: [AccessKey]) throws(ServiceError) {
        guard !keys.isEmpty, scope != .open else { return }
        guard let header, header.lowercased().hasPrefix("bearer ") else {
            throw ServiceError(.unauthorized, "expected Authorization: Bearer KEY", at: "header.authorization")
        }
        let given = Array(header.dropFirst(7).utf8)
        guard let key = keys.filter({ $0.equals(given) }).first else {
            throw ServiceError(.unauthorized, "the key is not known here", at: "header.authorization")
        }
        guard scope != .metrics || key.scope == .metrics else {
            throw ServiceError(.forbidden, "the key \(key.name) is for \(key.scope.rawValue), this needs \(scope.rawValue)", at: "header.authorization")
        }
    }

    /// Takes as long for a wrong key as for a right one of its length.
    private func equals(_ other: [UInt8]) -> Bool {
        guard other.count == secret.count else { return false }
        return zip(secret, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
