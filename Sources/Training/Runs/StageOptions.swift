/// A value that has the right type and is out of its range.
public struct OptionFault: Hashable, Sendable {
    /// Path of the key inside the options, as `batch` or `schedule.warmUp`.
    public var key: String
    public var expected: String
    public var found: String

    public init(_ key: String, expected: String, found: String) {
        self.key = key
        self.expected = expected
        self.found = found
    }
}

/// Options of a part of training: every one has a default, and all come from one section of a configuration file.
///
/// ```swift
/// struct Options: StageOptions {
///     /// Requests in a step; 32.
///     var batch = 32
///     var faults: [OptionFault] { fault("batch", batch, in: 1...4096) }
/// }
/// ```
/// `Codable` is the synthesised one; the defaults of missing keys are those of `init()`.
public protocol StageOptions: Codable, Hashable, Sendable {
    init()
    /// Values out of their range, in the order of the properties; empty where all is well.
    var faults: [OptionFault] { get }
}

extension StageOptions {
    /// A fault where a value lies outside its range.
    public func fault<Value: Comparable>(_ key: String, _ value: Value, in range: ClosedRange<Value>) -> [OptionFault] {
        range.contains(value) ? [] : [OptionFault(key, expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)")]
    }

    /// A fault where a value lies below its least one.
    public func fault<Value: Comparable>(_ key: String, _ value: Value, in range: PartialRangeFrom<Value>) -> [OptionFault] {
        range.contains(value) ? [] : [OptionFault(key, expected: "\(range.lowerBound) or more", found: "\(value)")]
    }

    public func fault(_ key: String, unless isRight: Bool, expected: String, found: String) -> [OptionFault] {
        isRight ? [] : [OptionFault(key, expected: expected, found: found)]
    }

    /// The faults of options inside these, with their full paths.
    public func faults(_ key: String, _ options: some StageOptions) -> [OptionFault] {
        options.faults.map { OptionFault("\(key).\($0.key)", expected: $0.expected, found: $0.found) }
    }
}
