import MusicSearch
import Vocabulary

extension Operation {
    /// All of them: the order is the documentation's.
    static let all: [Operation] = [
        search, searchByAddress, refine, track, similar, explain, audio, artwork, descriptors, libraryDetail, playlist, playlistByAddress, multiSearch,
        health, live, ready, metrics, version, openAPI, tools, mcp,
    ]

    static let descriptors = Operation(
        id: "descriptors", method: .get, path: "/v1/descriptors", about: "The vocabulary, with how often each descriptor occurs in this library.",
        parameters: [
            Parameter(ObjectSchema.Field("facet", .facet, "Only of this facet.")),
            Parameter(ObjectSchema.Field("q", .string(most: 200), "Only labels with a word that begins so.")),
            Parameter(ObjectSchema.Field("limit", .integer(1...10_000), "How many; all without it.")),
        ], reply: .json(DescriptorList.schema)
    ) { call in .json(descriptors(call.query, call.library)) }

    static func descriptors(_ json: JSONValue, _ library: Library) -> DescriptorList {
        let vocabulary = library.vocabulary
        let facet = json["facet"]?.string.flatMap(Facet.init)
        let prefix = json["q"]?.string?.lowercased() ?? ""
        let found = vocabulary.descriptors.indices.filter { index in
            let descriptor = vocabulary.descriptors[index]
            let label = descriptor.label.lowercased()
            return (facet == nil || descriptor.id.facet == facet)
                && (prefix.isEmpty || label.hasPrefix(prefix) || label.split(whereSeparator: { $0 == " " || $0 == "-" }).contains { $0.hasPrefix(prefix) })
        }
        let sorted = found.map { DescriptorDetail(descriptor: vocabulary.descriptors[$0], count: library.documentFrequency($0)) }
            .sorted { $0.count != $1.count ? $0.count > $1.count : $0.descriptor.id < $1.descriptor.id }
        return DescriptorList(descriptors: Array(sorted.prefix(json["limit"]?.int ?? .max)), total: sorted.count)
    }

    static let libraryDetail = Operation(
        id: "library", method: .get, path: "/v1/library", about: "What answers.", reply: .json(LibraryDetail.schema)
    ) { call in .json(call.service.detail(of: call.library)) }

    private static func health(_ id: String, _ about: String) -> Operation {
        Operation(id: id, method: .get, path: "/\(id)", about: about, reply: .json(Health.schema), scope: .open) { call in
            .json(Health(status: "ok", generation: call.library.manifest.generation, notice: call.service.library.notice))
        }
    }

    static let health = health("healthz", "How the service is.")
    static let live = health("livez", "Answers while the process lives.")
    static let ready = health("readyz", "Answers while requests are taken.")

    static let metrics = Operation(
        id: "metrics", method: .get, path: "/metrics", about: "Counts and times, in OpenMetrics.",
        reply: .media(["application/openmetrics-text"]), scope: .metrics
    ) { call in
        ServiceReply(type: "application/openmetrics-text; version=1.0.0; charset=utf-8", Array(call.service.metrics.text(call.library).utf8))
    }

    static let version = Operation(id: "version", method: .get, path: "/version", about: "What answers.", reply: .json(Version.schema), scope: .open) { _ in
        .json(Version())
    }

    static let openAPI = Operation(
        id: "openAPI", method: .get, path: "/openapi.json", about: "This description.", reply: .json(.map(.any)), scope: .open
    ) { _ in .json(OpenAPI.document) }

    static let tools = Operation(
        id: "tools", method: .get, path: "/v1/tools.json", about: "The tools as the function calling of language models takes them.",
        reply: .json(.array(.map(.any))), scope: .open
    ) { _ in .json(Tool.functionSchemas) }

    static let mcp = Operation(
        id: "mcp", method: .post, path: "/mcp", about: "Model Context Protocol over HTTP: one message, one reply.", body: .any,
        reply: .media(["application/json"])
    ) { call in
        guard let reply = MCP.reply(to: call.body, call.library) else { return ServiceReply(202, type: "application/json", []) }
        return .json(reply)
    }
}
