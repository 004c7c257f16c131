import Storage

/// Reads options from a JSON file, strictly: every key may be left out, and every key that is there must be known, of its type and in its range.
///
/// ```swift
/// let configuration = try ConfigurationFile.read(TrainingConfiguration.self, at: "music.json")
/// ```
/// Objects are merged with the defaults key by key; a list replaces the default list; `null` takes an optional value away.
public enum ConfigurationFile {
    /// - Throws: `ConfigurationError`.
    public static func read<Options: StageOptions>(_ type: Options.Type, at path: String) throws -> Options {
        let bytes: [UInt8]
        do throws(FileError) {
            let file = try MappedFile(path: path)
            bytes = withExtendedLifetime(file) { Array(file.bytes) }
        } catch {
            guard case .system(let operation, let message) = error.reason else { throw error }
            throw ConfigurationError.unreadable(path: path, why: "cannot \(operation) the configuration: \(message)")
        }
        guard bytes.contains(where: { $0 > 0x20 }) else {
            throw ConfigurationError.unreadable(path: path, why: "the configuration is empty; {} takes every default")
        }
        let value: JSONValue
        do throws(JSONParser.Fault) {
            value = try JSONParser.parse(bytes)
        } catch {
            throw ConfigurationError.unreadable(path: path, why: "line \(error.line), column \(error.column): expected \(error.expected), found \(error.found)")
        }
        return try read(type, from: value, path: path)
    }

    /// - Parameter path: names the file in errors.
    /// - Throws: `ConfigurationError`.
    public static func read<Options: StageOptions>(_ type: Options.Type, from value: JSONValue, path: String) throws -> Options {
        let node = ConfigurationNode(value: value, standard: try JSONValue(encoding: Options()), keys: [], file: path)
        let options = try node.decode(Options.self)
        if let fault = options.faults.first { throw ConfigurationError.value(path: path, key: fault.key, expected: fault.expected, found: fault.found) }
        return options
    }
}
