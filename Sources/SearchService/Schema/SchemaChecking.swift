import Vocabulary

extension Schema {
    /// Holds a value to the schema.
    ///
    /// - Parameter place: the value's own place, for the message.
    /// - Throws: the first `ServiceError` met, in the order of the text.
    public func check(_ value: JSONValue, at place: String) throws(ServiceError) {
        func expect(_ condition: Bool, _ expected: String) throws(ServiceError) {
            guard condition else { throw ServiceError(.wrongType, "expected \(expected), found \(value.kind)", at: place) }
        }
        switch self {
        case .boolean: try expect(value.bool != nil, "a boolean")
        case .integer(let range):
            try expect(value.number != nil, "a whole number")
            guard let number = value.int else { throw ServiceError(.wrongType, "expected a whole number, found \(value.json)", at: place) }
            if let range, !range.contains(number) {
                let bounds = range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
                throw ServiceError(.outOfRange, "expected \(bounds), found \(number)", at: place)
            }
        case .number(let range):
            try expect(value.number != nil, "a number")
            if let range, let number = value.number, !range.contains(number) {
                throw ServiceError(.outOfRange, "expected \(range.lowerBound) to \(range.upperBound), found \(value.json)", at: place)
            }
        case .string(let most, let pattern):
            try expect(value.string != nil, "a string")
            guard let text = value.string else { return }
            // Code points, as JSON Schema counts.
            if let most, text.unicodeScalars.count > most {
                throw ServiceError(.tooLong, "expected at most \(most) characters, found \(text.unicodeScalars.count)", at: place)
            }
            if pattern != nil, DescriptorID(text) == nil {
                throw ServiceError(.wrongType, "expected FACET:NAME, as mood:upbeat, found '\(text.prefix(80))'", at: place)
            }
        case .choice(let names):
            try expect(value.string != nil, "a string")
            guard let text = value.string, names.contains(text) else {
                throw ServiceError(.outOfRange, "expected one of \(names.joined(separator: ", ")), found '\(value.string?.prefix(80) ?? "")'", at: place)
            }
        case .array(let element, let most):
            try expect(value.array != nil, "an array")
            guard let values = value.array else { return }
            if let most, values.count > most { throw ServiceError(.tooLong, "expected at most \(most) elements, found \(values.count)", at: place) }
            for (i, value) in values.enumerated() { try element.check(value, at: "\(place)[\(i)]") }
        case .map(let element):
            guard case .object(let members) = value else { return try expect(false, "an object") }
            for member in members { try element.check(member.value, at: "\(place).\(member.name)") }
        case .object(let object): try object.check(value, at: place)
        case .reference(let name):
            guard let schema = Components.schema(name) else { preconditionFailure("no component is called \(name)") }
            try schema.check(value, at: place)
        case .any: break
        case .anyOf(let choices):
            var first: ServiceError?
            for choice in choices {
                do {
                    return try choice.check(value, at: place)
                } catch { first = first ?? error }
            }
            if let first { throw first }
        }
    }
}

extension ObjectSchema {
    fileprivate func check(_ value: JSONValue, at place: String) throws(ServiceError) {
        guard case .object(let members) = value else { throw ServiceError(.wrongType, "expected an object, found \(value.kind)", at: place) }
        for member in members {
            guard let field = fields.first(where: { $0.name == member.name }) else {
                let known = fields.map(\.name).joined(separator: ", ")
                throw ServiceError(.unknownField, "there is no field '\(member.name.prefix(80))'; known: \(known)", at: "\(place).\(member.name.prefix(80))")
            }
            try field.schema.check(member.value, at: "\(place).\(field.name)")
        }
        if let missing = fields.first(where: { field in field.isRequired && !members.contains { $0.name == field.name } }) {
            throw ServiceError(.missingField, "expected a field '\(missing.name)'", at: "\(place).\(missing.name)")
        }
    }
}
