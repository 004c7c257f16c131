// swift-tools-version:6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "descant",
    products: [
        .executable(name: "descant", targets: ["DescantCommand"]),
        .executable(name: "descant-server", targets: ["ServerCommand"]),
        .library(name: "MusicSearch", targets: ["MusicSearch"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    ],
    targets: [
        // C: system libraries behind opaque headers (RESEARCH: ICU's own headers clash with Foundation's).
        .target(name: "CICU", linkerSettings: [.linkedLibrary("icuuc")]),
        .target(name: "CHash", linkerSettings: [.linkedLibrary("nettle")]),
        .target(name: "CFiles"),
        .target(name: "CKernels"),
        .target(name: "CAudio"),
        .target(name: "CFetch"),
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
        .systemLibrary(name: "CZip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // In the order data flows; an arrow is an import.
        .target(name: "Storage", dependencies: ["CHash", "CFiles", "CZlib"], swiftSettings: settings),
        .target(name: "TextAnalysis", dependencies: ["CICU", "CStemmer"], swiftSettings: settings),
        .target(name: "Vocabulary", dependencies: ["TextAnalysis", "Storage"], swiftSettings: settings),
        .target(name: "Ranking", swiftSettings: settings),
        .target(name: "LexicalIndex", dependencies: ["TextAnalysis", "Ranking", "Storage"], swiftSettings: settings),
        .target(name: "LinearAlgebra", dependencies: ["CKernels"], swiftSettings: settings),
        .target(name: "NeuralNetworks", dependencies: ["LinearAlgebra", "Storage"], swiftSettings: settings),
        .target(name: "Encoders", dependencies: ["NeuralNetworks", "LinearAlgebra", "TextAnalysis", "Storage", "CZip"], swiftSettings: settings),
        .target(name: "AudioAnalysis", dependencies: ["CAudio", "NeuralNetworks", "LinearAlgebra", "Storage"], swiftSettings: settings),
        .target(name: "VectorIndex", dependencies: ["CKernels", "LinearAlgebra", "Ranking", "Storage"], swiftSettings: settings),
        .target(name: "MoodTransformation", dependencies: ["NeuralNetworks", "LinearAlgebra"], swiftSettings: settings),
        .target(name: "QueryPlanning", dependencies: ["TextAnalysis", "Vocabulary", "Storage"], swiftSettings: settings),
        .target(
            name: "TrackCatalogue",
            dependencies: ["TextAnalysis", "Vocabulary", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .target(
            name: "MusicSearch",
            dependencies: [
                "TextAnalysis", "Vocabulary", "Ranking", "LexicalIndex", "VectorIndex", "Encoders", "AudioAnalysis", "MoodTransformation", "LinearAlgebra",
                "QueryPlanning", "TrackCatalogue", "NeuralNetworks", "Storage", "CZip",
            ],
            swiftSettings: settings),
        // The API without a transport: HTTP, MCP and the terminal ask the same.
        .target(
            name: "SearchService",
            dependencies: ["MusicSearch", "QueryPlanning", "TrackCatalogue", "TextAnalysis", "Vocabulary", "Ranking", "AudioAnalysis", "Storage"],
            swiftSettings: settings),
        .target(
            name: "Training",
            dependencies: [
                "TextAnalysis", "Vocabulary", "Ranking", "LexicalIndex", "LinearAlgebra", "NeuralNetworks", "Encoders", "VectorIndex", "Evaluation", "Storage",
                "TrackCatalogue", "CFetch",
            ],
            swiftSettings: settings),
        .target(name: "Evaluation", dependencies: ["Ranking", "LinearAlgebra"], swiftSettings: settings),
        .target(
            name: "LibraryAccess",
            dependencies: ["MusicSearch", "Encoders", "LinearAlgebra", "Storage", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),
        .executableTarget(
            name: "DescantCommand",
            dependencies: [
                "LibraryAccess", "SearchService", "MusicSearch", "Encoders", "AudioAnalysis", "MoodTransformation", "NeuralNetworks", "VectorIndex",
                "LinearAlgebra", "Evaluation",
                "TrackCatalogue", "QueryPlanning",
                "Vocabulary",
                "LexicalIndex",
                "TextAnalysis", "Ranking", "Training", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        // HTTP alone pulls in Hummingbird, which takes minutes to build: a product of its own.
        .executableTarget(
            name: "ServerCommand",
            dependencies: [
                "SearchService", "LibraryAccess", "MusicSearch", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"), .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            resources: [.embedInCode("Page")], swiftSettings: settings),

        .target(
            name: "ServiceFixtures", dependencies: ["TestSupport", "MusicSearch", "NeuralNetworks", "TrackCatalogue", "Vocabulary"],
            path: "Tests/ServiceFixtures", swiftSettings: settings),
        .target(name: "TestSupport", dependencies: ["LinearAlgebra"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "StorageTests", dependencies: ["TestSupport", "Storage"], swiftSettings: settings),
        .testTarget(name: "TextAnalysisTests", dependencies: ["TestSupport", "TextAnalysis", "Vocabulary", "Storage"], swiftSettings: settings),
        .testTarget(name: "VocabularyTests", dependencies: ["TestSupport", "Vocabulary", "TextAnalysis", "Storage"], swiftSettings: settings),
        .testTarget(name: "LinearAlgebraTests", dependencies: ["TestSupport", "LinearAlgebra", "CKernels"], swiftSettings: settings),
        .testTarget(name: "NeuralNetworksTests", dependencies: ["TestSupport", "NeuralNetworks", "LinearAlgebra", "Storage"], swiftSettings: settings),
        .testTarget(
            name: "EncodersTests", dependencies: ["TestSupport", "Encoders", "NeuralNetworks", "LinearAlgebra", "TextAnalysis", "CZip", "Storage"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "AudioAnalysisTests", dependencies: ["TestSupport", "AudioAnalysis", "CAudio", "NeuralNetworks", "LinearAlgebra", "Storage"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "VectorIndexTests", dependencies: ["TestSupport", "VectorIndex", "CKernels", "Ranking", "Storage"], swiftSettings: settings),
        .testTarget(name: "RankingTests", dependencies: ["TestSupport", "Ranking"], swiftSettings: settings),
        .testTarget(name: "LexicalIndexTests", dependencies: ["TestSupport", "LexicalIndex", "Ranking", "Storage"], swiftSettings: settings),
        .testTarget(
            name: "QueryPlanningTests", dependencies: ["TestSupport", "QueryPlanning", "Vocabulary", "TextAnalysis", "Storage"], swiftSettings: settings),
        .testTarget(name: "TrackCatalogueTests", dependencies: ["TestSupport", "TrackCatalogue", "Vocabulary", "Storage"], swiftSettings: settings),
        .testTarget(
            name: "MusicSearchTests",
            dependencies: [
                "TestSupport", "MusicSearch", "TrackCatalogue", "QueryPlanning", "Vocabulary", "Ranking", "Storage", "LexicalIndex", "TextAnalysis", "Encoders",
                "AudioAnalysis", "MoodTransformation", "VectorIndex", "NeuralNetworks", "LinearAlgebra", "CZip",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "TestSupport", "Training", "Evaluation", "Storage", "Vocabulary", "TextAnalysis", "LinearAlgebra", "NeuralNetworks", "Encoders", "Ranking",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MoodTransformationTests", dependencies: ["TestSupport", "MoodTransformation", "NeuralNetworks", "LinearAlgebra"], swiftSettings: settings),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "LinearAlgebra"], swiftSettings: settings),
        .testTarget(
            name: "SearchServiceTests",
            dependencies: ["TestSupport", "ServiceFixtures", "SearchService", "MusicSearch", "QueryPlanning", "Vocabulary"],
            swiftSettings: settings),
        .testTarget(
            name: "ServerCommandTests", dependencies: ["TestSupport", "ServiceFixtures", "ServerCommand"], swiftSettings: settings),
        .testTarget(name: "PageTests", dependencies: ["ServiceFixtures", "ServerCommand"], swiftSettings: settings),
        .testTarget(
            name: "DescantCommandTests", dependencies: ["TestSupport", "DescantCommand", "LibraryAccess", "SearchService", "Encoders"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
