import Evaluation
import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

@Suite struct RunsModelCardTests {
    @Test func theCardAsAWhole() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("abc", to: "config.json")
        _ = try folder.write("old card", to: ModelCard.fileName)
        _ = try folder.write("x", to: ".hidden")
        let captions = try folder.write("a caption", to: "home.csv")
        var pipeline = Pipeline(run: try RunFolder(runs: folder.path + "/runs", name: "r"))
        let stage = try pipeline.add(.distill, options: TrainingData(), seed: 3, inputs: [.file("captions", path: captions)]) { _ in }
        try FileManager.default.removeItem(atPath: captions)
        var results = ResultTable(columns: ["protocol", .number("Recall@10")])
        results.append(["full", .number(98.51)])
        let card = ModelCard(
            name: "music-minilm", purpose: ["A text model for music."], size: [("layers", "3")],
            sources: [
                .init(name: "captions | dev", rows: 2663, sha256: "ab12", licence: .musicCaps),
                .init(name: "tag sets", rows: 7, sha256: nil, licence: .musicCaps),
            ],
            command: "descant train all --config music.json", configuration: .object(["seed": .integer(1)]), stages: [.init(stage, seconds: 61.4)],
            metrics: [("Held-out captions, five folds.", results)], limits: ["English alone."], files: try ModelCard.files(in: folder.path))
        try card.write(to: folder.path)
        #expect(
            try String(contentsOfFile: folder.path + "/MODEL-CARD.md", encoding: .utf8) == """
                # music-minilm

                A text model for music.

                ## Size

                | property | value |
                | :------- | :---- |
                | layers   | 3     |

                ## Data

                | source          | rows | licence      | SHA-256 |
                | :-------------- | ---: | :----------- | :------ |
                | captions \\| dev | 2663 | CC BY-SA 4.0 | ab12    |
                | tag sets        |    7 | CC BY-SA 4.0 | –       |

                ## Recipe

                Made by

                ```sh
                descant train all --config music.json
                ```

                with the configuration

                ```json
                {"seed":1}
                ```

                | stage   | folder                   | seed | seconds |
                | :------ | :----------------------- | ---: | ------: |
                | distill | \(stage.recipe.folderName) |    3 |      61 |

                ## Results

                Held-out captions, five folds.

                | protocol | Recall@10 |
                | :------- | --------: |
                | full     |      98.5 |

                ## Limits

                * English alone.

                ## Licences

                * \(ModelCard.Licence.baseWeights.work): Apache-2.0. \(ModelCard.Licence.baseWeights.note)
                * \(ModelCard.Licence.musicCaps.work): CC BY-SA 4.0. \(ModelCard.Licence.musicCaps.note)

                ## Files

                | file        | bytes | SHA-256                                                          |
                | :---------- | ----: | :--------------------------------------------------------------- |
                | config.json |     3 | ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad |

                """)
        // Law: the card lists no hash of itself, so writing it again changes nothing.
        #expect(try ModelCard.files(in: folder.path) == card.files)
    }
}
