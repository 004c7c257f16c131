/// Why a text is no plan.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    case notAHandle(expected: String, found: String)
    case damagedHandle(expected: String, found: String)
    case longHandle(expected: Int, found: Int)
    case notAPlan(String)
    case version(expected: Int, found: Int)

    public var description: String {
        switch self {
        case .notAHandle(let expected, let found): "not a plan handle: expected \(expected), found \(found)"
        case .damagedHandle(let expected, let found): "the plan handle is damaged: expected checksum \(expected), found \(found)"
        case .longHandle(let expected, let found): "a handle of \(found) characters, expected at most \(expected)"
        case .notAPlan(let why): "not a plan: \(why)"
        case .version(let expected, let found): "the plan has format version \(found), this program reads \(expected)"
        }
    }
}
