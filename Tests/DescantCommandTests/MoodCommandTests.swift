import Foundation
import TestSupport
import Testing

/// `similar`, `path` and `mood` on a small library whose tracks' sound is two numbers.
@Suite struct MoodCommandTests {
    private static let shared: (program: Program, library: String) = {
        do { return try make() } catch { fatalError("the library of the mood commands: \(error)") }
    }()

    /// Jazz and rock, calm and energetic, ten of each; the shipped vocabulary.
    private static func make() throws -> (Program, String) {
        let program = Program(folder: try TemporaryFolder())
        var lines = "", ids = "", rows: [Float] = []
        for i in 0..<40 {
            let (mood, genre) = (i % 2 == 0 ? "calm" : "energetic", i / 2 % 2 == 0 ? "jazz" : "rock")
            lines +=
                "{\"id\": \"t\(i)\", \"title\": \"Piece \(i)\", \"artist\": \"Band \(i / 4)\", \"descriptors\": {\"genre\": [\"\(genre)\"], \"mood\": [\"\(mood)\"]}}\n"
            ids += "t\(i)\n"
            rows += [i % 2 == 0 ? 1 : -1, i / 2 % 2 == 0 ? 1 : -1, Float(i % 7) * 0.05]
        }
        let corpus = try program.folder.write(lines, to: "corpus.jsonl")
        _ = try program.folder.write(ids, to: "ids.txt")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (40, 3), }"
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        let vectors = try program.folder.write(
            bytes + rows.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }, to: "v.npy")
        let library = program.folder.path + "/library"
        let outcome = try program.run([
            "index", corpus, "--library", library, "--model", "none", "--embeddings", vectors, "--ids", program.folder.path + "/ids.txt",
        ])
        guard outcome.exitCode == 0 else { fatalError(outcome.errors) }
        return (program, library)
    }

    private func run(_ arguments: String...) throws -> Outcome { try Self.shared.program.run(arguments + ["--library", Self.shared.library]) }

    @Test func similarTurnsATrackToAnotherMood() throws {
        let outcome = try run("similar", "Piece 1 by Band 0", "--mood", "calmer", "--strength", "0.8", "-k", "5", "--json")
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let hits = try #require(answer["hits"] as? [[String: Any]])
        #expect(hits.count == 5)
        for hit in hits {
            let descriptors = try #require(hit["descriptors"] as? [String: [String]])
            #expect(descriptors["mood"] == ["calm"] && descriptors["genre"] == ["jazz"])
        }
        let move = try #require(answer["move"] as? [String: Any])
        #expect(move["from"] as? String == "energetic" && move["to"] as? String == "calm" && move["sharingGenre"] as? Double == 1)
        let page = try run("similar", "t1", "--mood", "calm", "--keep", "genre", "--unlike", "t4")
        #expect(page.output.contains("Moved from energetic to calm: 100 % of these share a genre with it") && page.output.contains("keep    genre"))
        #expect(page.output.contains("sounds like Piece 1, moved from energetic to calm (0.6)"))
    }

    /// The examples that help and README give.
    @Test(arguments: [["--shift", "-0.5,0"], ["--shift", "0.5, 0"], ["--place", "-0.3,-0.5"], ["--mood", "calm:0.7,happy:0.3", "--keep", "genre,genre"]])
    func placesMayBeNegative(options: [String]) throws {
        let outcome = try Self.shared.program.run(["similar", "t1", "--library", Self.shared.library] + options)
        #expect(outcome.exitCode == 0 && outcome.output.contains("Moved from energetic"), "\(outcome.errors)")
    }

    @Test func aPathIsAPlaylist() throws {
        let outcome = try run("path", "t0", "t39", "-k", "6")
        #expect(outcome.exitCode == 0 && outcome.output.split(separator: "\n").count == 6)
        #expect(outcome.output.contains("Piece 0 ") && outcome.output.contains("Piece 39"))
        #expect(try run("path", "t0", "t39", "--export", "m3u8").output.hasPrefix("#EXTM3U\n#PLAYLIST:From t0 to t39\n"))
    }

    @Test func aMapIsSVG() throws {
        let outcome = try run("mood", "map", "--seed", "t1", "--mood", "calm")
        #expect(outcome.output.hasPrefix("<svg") && outcome.output.contains("class=\"s6 cloud\"") && outcome.output.contains("moved to"))
        let file = Self.shared.program.folder.path + "/map.svg"
        #expect(try run("mood", "map", "--output", file).exitCode == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("<svg"))
    }

    @Test func correctionsAreSaidListedAndTakenBack() throws {
        let said = try run("mood", "correct", "t3", "calm", "--listener", "ann")
        #expect(said.exitCode == 0 && said.output.hasPrefix("Piece 3: valence"), "\(said.errors)")
        #expect(try run("mood", "corrections", "--listener", "ann").output == "t3  Piece 3  calm\n")
        #expect(try run("mood", "corrections").output == "Nothing was corrected.\n")
        #expect(try run("mood", "show", "t3", "--listener", "ann").output.contains("calm              100 %"))
        #expect(try run("mood", "show", "t3").output.contains("energetic"))
        #expect(try run("mood", "correct", "t3", "--remove", "--listener", "ann").exitCode == 0)
        #expect(try run("mood", "correct", "t3", "--remove", "--listener", "ann").errors.contains("nothing was said of the mood of 't3'"))
    }

    // MARK: Training a dial

    /// Calm and energetic tracks told apart by their first element, jazz and rock by their second; some tracks have only a place in the plane.
    private func labelled(artists: Int = 20) throws -> (vectors: String, labels: String) {
        let count = 80
        var floats: [Float] = [], places: [Float] = [], moods: [UInt8] = [], genres: [UInt8] = []
        for i in 0..<count {
            let (mood, genre, hasMood) = (i % 2, i / 2 % 2, i % 8 < 6)
            floats += [Float(1 - 2 * mood), Float(1 - 2 * genre), Float(i % 5) * 0.05]
            places += hasMood ? [9, 9] : mood == 0 ? [0.5, -0.7] : [0.6, 0.8]
            moods += hasMood ? [mood == 0 ? 1 : 0, UInt8(mood), 0] : [0, 0, 0]
            genres += [genre == 0 ? 1 : 0, UInt8(genre)]
        }
        func bytes(_ values: [Float]) -> [UInt8] { values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } } }
        var header: [String] = [], data: [UInt8] = []
        for (name, type, width, content) in [
            ("pca256", "F32", 3, bytes(floats)), ("valence_arousal", "F32", 2, bytes(places)), ("labels_mood56", "U8", 3, moods),
            ("labels_genre", "U8", 2, genres),
            ("labels_instrument", "U8", 1, [UInt8](repeating: 0, count: count)),
        ] {
            header.append("\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(count),\(width)],\"data_offsets\":[\(data.count),\(data.count + content.count)]}")
            data += content
        }
        var text = "{" + header.joined(separator: ",") + "}"
        while text.utf8.count % 8 != 0 { text += " " }
        let folder = Self.shared.program.folder
        let vectors = try folder.write(
            withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Array($0) } + Array(text.utf8) + data, to: "labelled-\(artists).safetensors")
        let names = "[" + (0..<count).map { "\"a\($0 % artists)\"" }.joined(separator: ", ") + "]"
        let labels = try folder.write(
            "{\"mood_tags\": [\"calm\", \"energetic\", \"trailer\"], \"genre_tags\": [\"jazz\", \"rock\"], \"instrument_tags\": [\"piano\"], \"artist_ids\": \(names)}",
            to: "labelled-\(artists).json")
        return (vectors, labels)
    }

    @Test func aDialIsTrainedWithItsRecipe() throws {
        let (vectors, labels) = try labelled()
        let folder = Self.shared.program.folder.path + "/dial"
        let outcome = try run("train", "mood", "--vectors", vectors, "--labels", labels, "--to", folder, "--encoder", "v", "--least", "10")
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("1 labels are no moods or genres of the vocabulary and were left out: trailer"))
        let recipe = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder + "/recipe.json"))) as? [String: Any])
        #expect((recipe["moods"] as? [String])?.sorted() == ["calm", "energetic"] && recipe["genres"] as? Int == 2 && recipe["tracks"] as? Int == 80)
        let accuracy = try #require(recipe["moodAccuracy"] as? Double), error = try #require(recipe["placeError"] as? Double)
        let middle = try #require(recipe["middleError"] as? Double)
        #expect(accuracy > 0.95 && error < middle / 2)
        // A library of the same encoder uses it.
        let library = Self.shared.program.folder.path + "/dialled"
        let folderPath = Self.shared.program.folder.path
        let indexed = try Self.shared.program.run([
            "index", folderPath + "/corpus.jsonl", "--library", library, "--model", "none", "--embeddings", folderPath + "/v.npy", "--ids",
            folderPath + "/ids.txt",
            "--dial", folder + "/mood.safetensors",
        ])
        #expect(indexed.exitCode == 0 && !indexed.errors.contains("is not used"), "\(indexed.errors)")
        #expect(try Self.shared.program.run(["mood", "show", "t0", "--library", library]).output.contains("calm"))
    }

    @Test func whatCannotBeTrainedFromIsNamed() throws {
        let (vectors, labels) = try labelled(artists: 1)
        let one = try run("train", "mood", "--vectors", vectors, "--labels", labels, "--to", Self.shared.program.folder.path + "/no")
        #expect(one.exitCode != 0 && one.exitedByItself && one.errors.contains("all tracks are by one artist"))
        let few = try run("train", "mood", "--vectors", vectors, "--labels", labels, "--to", Self.shared.program.folder.path + "/no", "--least", "1000")
        #expect(few.errors.contains("fewer than two moods"))
        let none = try run("train", "mood", "--vectors", labels, "--labels", labels, "--to", Self.shared.program.folder.path + "/no")
        #expect(none.exitCode != 0 && none.exitedByItself && none.errors.contains("labelled-1.json"))
    }

    @Test(arguments: [
        (["similar", "No Such Piece"], "no track 'No Such Piece'"), (["similar", "t1", "--mood", "purple"], "'purple' is no mood"),
        (["similar", "t1", "--mood", "calm:7"], "'7' is no number in 0.0…1.0"), (["similar", "t1", "--place", "0.3"], "expected VALENCE,AROUSAL"),
        (["similar", "t1", "--shift", "9,0"], "'9' is no number in -2.0…2.0"), (["similar", "t1", "--keep", "colour"], "'colour' is no facet"),
        (["similar", "t1", "--strength", "2"], "--strength is 2.0"), (["path", "t1", "t2", "-k", "1"], "-k is 1"),
        (["mood", "map", "--mood", "calm"], "need a --seed"), (["mood", "correct", "t1"], "expected moods, --place or --remove"),
        (["mood", "correct", "t1", "jazz"], "'jazz' is no mood"), (["mood", "correct", "t1", ""], "found none"),
        (["similar", "t1", "--keep", "genre,mood,theme,era"], "at most 3"), (["mood", "show", "t1", "--listener", "../x"], "no name of a listener"),
    ])
    func whatIsNotAllowedIsNamed(arguments: [String], message: String) throws {
        let outcome = try Self.shared.program.run(arguments + ["--library", Self.shared.library])
        #expect(outcome.exitedByItself && outcome.exitCode != 0 && outcome.errors.contains(message), "\(outcome.errors)")
    }
}
