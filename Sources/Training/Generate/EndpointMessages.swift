#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What is said to an endpoint, and how its answer is read.
enum EndpointMessages {
    private struct Message: Codable {
        var role: String
        var content: String
    }

    private struct Question: Encodable {
        var model: String
        var messages: [Message]
        var temperature: Double
        var seed: UInt64
    }

    private struct Answer: Decodable {
        struct Choice: Decodable {
            var message: Message
        }
        var choices: [Choice]
    }

    /// Longer than this is no request but a chat.
    private static let longestRequest = 300

    /// The body of the request, JSON.
    static func question(for tags: [String], _ options: EndpointGenerator.Options, seed: UInt64) -> [UInt8] {
        let system = """
            You write search requests for a music search engine, as real listeners would type or say them. Vary the manner: short keywords, casual wishes, \
            questions, full sentences. Use words of your own for most of what is described. Say only what fits the description, leave some of it out, use no \
            negations, and name no artists or titles.
            """
        let user = """
            A song is described by: \(tags.joined(separator: ", ")).
            Write \(options.requestsPerSet) different requests that it answers well. Reply with a JSON array of strings and nothing else.
            """
        // JSON numbers are read as doubles by many servers: 32 bits survive that.
        let question = Question(
            model: options.model, messages: [Message(role: "system", content: system), Message(role: "user", content: user)],
            temperature: options.temperature, seed: seed & 0x7FFF_FFFF)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and finite numbers: the encoder has nothing to refuse.
        guard let body = try? encoder.encode(question) else { preconditionFailure("temperature \(options.temperature)") }
        return Array(body)
    }

    /// What the model said; nil for a body that is no such answer.
    static func content(of body: [UInt8]) -> String? {
        (try? JSONDecoder().decode(Answer.self, from: Data(body)))?.choices.first?.message.content
    }

    /// The requests of a content: a JSON array of strings, somewhere in it, or else its lines without numbers, bullets and quotes.
    static func requests(in content: String, limit: Int) -> [String] {
        var found: [String] = []
        for text in array(in: content) ?? lines(of: content) {
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !words.isEmpty, words.count <= longestRequest, !found.contains(words) { found.append(words) }
        }
        return Array(found.prefix(limit))
    }

    private static func array(in content: String) -> [String]? {
        guard let first = content.firstIndex(of: "["), let last = content.lastIndex(of: "]"), first < last else { return nil }
        return try? JSONDecoder().decode([String].self, from: Data(content[first...last].utf8))
    }

    private static func lines(of content: String) -> [String] {
        let quotes: Set<Character> = ["\"", "“", "”", "'"]
        return content.split(whereSeparator: \.isNewline).compactMap { line in
            var text = line.drop(while: \.isWhitespace)
            // A heading ("Here are four requests:") or the fence of a block of code.
            while text.last?.isWhitespace == true { text.removeLast() }
            if text.hasPrefix("```") || text.hasSuffix(":") { return nil }
            let afterDigits = text.drop(while: \.isNumber)
            if afterDigits.startIndex > text.startIndex, let mark = afterDigits.first, ".):".contains(mark) {
                text = afterDigits.dropFirst()
            } else if let mark = text.first, "-*•".contains(mark) {
                text = text.dropFirst()
            }
            text = text.drop(while: \.isWhitespace)
            if text.last == "," { text.removeLast() }
            if text.count >= 2, let first = text.first, let last = text.last, quotes.contains(first), quotes.contains(last) {
                text = text.dropFirst().dropLast()
            }
            return text.isEmpty || text == "[" || text == "]" ? nil : String(text)
        }
    }
}
