/// Sets of numbers, one after the other in one array, each rising.
struct NumberSets: Sendable {
    private var starts = [0]
    private var members: [Int32] = []

    mutating func append(_ set: some Sequence<Int32>) {
        members += Set(set).sorted()
        starts.append(members.count)
    }

    subscript(_ set: Int) -> ArraySlice<Int32> { members[starts[set]..<starts[set + 1]] }

    func count(_ set: Int) -> Int { starts[set + 1] - starts[set] }

    /// Members that both have. - Complexity: O(members of both).
    static func common(_ a: ArraySlice<Int32>, _ b: ArraySlice<Int32>) -> Int {
        var (i, j, count) = (a.startIndex, b.startIndex, 0)
        while i < a.endIndex, j < b.endIndex {
            if a[i] == b[j] {
                count += 1
                i += 1
                j += 1
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return count
    }
}

/// Documents and requests as sets of numbers, by which they are compared.
struct DocumentTerms: Sendable {
    /// Tags of each document; those of the same stems in the same order are one.
    private(set) var tags = NumberSets()
    /// Stems of each document's tags.
    private(set) var stems = NumberSets()
    private var numbers: [String: Int32] = [:]

    init(_ documents: [DescriptorSet], _ stemsOf: (String) -> [String]) {
        var tagNumbers: [String: Int32] = [:]
        for document in documents {
            let tagStems = document.tags.map(stemsOf)
            tags.append(
                zip(document.tags, tagStems).map { tag, stems in Self.number(stems.isEmpty ? tag : stems.joined(separator: " "), &tagNumbers) })
            stems.append(tagStems.joined().map { Self.number($0, &numbers) })
        }
    }

    /// Those of the stems that some document has, rising.
    func known(_ stems: [String]) -> ArraySlice<Int32> { Set(stems.compactMap { numbers[$0] }).sorted()[...] }

    private static func number(_ text: String, _ numbers: inout [String: Int32]) -> Int32 {
        if let known = numbers[text] { return known }
        let next = Int32(numbers.count)
        numbers[text] = next
        return next
    }
}
