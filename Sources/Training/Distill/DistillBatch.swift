import LinearAlgebra

/// What one step reads: some request texts and the documents that take part.
struct DistillBatch {
    /// A request text and one of its documents.
    struct Pair {
        /// In `texts`.
        var text: Int
        /// In `documents`.
        var document: Int
        var request: Int
        /// Columns of the teacher's list, the request's own document first; empty without a label.
        var list: [Int]
        /// The teacher's logits of that list.
        var teacher: [Float]
    }

    var texts: [(source: TrainingRequest.Source, group: Int)] = []
    /// Numbers of documents, each once.
    var documents: [Int] = []
    var pairs: [Pair] = []
    /// `[pairs · documents]`: no fair negative.
    var excluded: [Bool] = []
    /// `[documents with a pair · texts]`, for the other direction.
    var excludedTexts: [Bool] = []

    /// - Parameter step: 1 …; decides all that is drawn.
    init(_ set: TrainingSet, _ options: DistillOptions, seed: UInt64, step: Int) {
        var generator = SeededGenerator(seed: seed, stream: UInt64(step))
        var columns: [Int: Int] = [:]
        func column(_ document: Int) -> Int {
            if let known = columns[document] { return known }
            columns[document] = documents.count
            documents.append(document)
            return documents.count - 1
        }
        for (sourceNumber, source) in TrainingRequest.Source.allCases.enumerated() {
            guard let groups = set.groups[source], options.perStep[source] > 0 else { continue }
            for number in Epochs(count: groups.count, seed: seed &+ UInt64(sourceNumber)).batch(step: step, size: options.perStep[source]) {
                let text = texts.count
                texts.append((source, number))
                let requests = groups[number].requests
                for request in generator.sample(min(options.documentsPerRequest, requests.count), of: requests) {
                    var pair = Pair(text: text, document: column(set.requests[request].document), request: request, list: [], teacher: [])
                    if options.negatives > 0, let label = set.labels[request], !label.negatives.isEmpty {
                        let chosen = generator.sample(min(options.negatives, label.negatives.count), of: Array(label.negatives.indices))
                        pair.list = [pair.document] + chosen.map { column(label.negatives[$0]) }
                        pair.teacher = [label.positive] + chosen.map { label.scores[$0] }
                    }
                    pairs.append(pair)
                }
            }
        }
        let mined = Set(pairs.flatMap { $0.list.dropFirst() })
        excluded = [Bool](repeating: false, count: pairs.count * documents.count)
        excludedTexts = [Bool](repeating: false, count: pairs.count * texts.count)
        func song(_ text: Int) -> Int { set.groups[texts[text].source]?[texts[text].group].song ?? -1 }
        let songs = texts.indices.map(song)
        for (row, pair) in pairs.enumerated() {
            let own = options.sharedNegatives ? [] : Set(pair.list)
            for (place, document) in documents.enumerated() {
                let ofOthers = !options.sharedNegatives && mined.contains(place) && !own.contains(place)
                excluded[row * documents.count + place] = set.songs[document].contains(songs[pair.text]) || ofOthers
            }
            for text in texts.indices {
                excludedTexts[row * texts.count + text] = set.songs[documents[pair.document]].contains(songs[text])
            }
        }
    }
}

/// Every element once in random order, then again in another one, cut into batches: which come in a step follows from its number alone.
struct Epochs {
    let count: Int
    let seed: UInt64

    func batch(step: Int, size: Int) -> [Int] {
        let start = (step - 1) * size
        var result: [Int] = []
        var (epoch, order) = (-1, [Int]())
        for position in start..<start + size {
            if position / count != epoch {
                epoch = position / count
                var generator = SeededGenerator(seed: seed, stream: UInt64(epoch) &+ 0xE90C)
                order = generator.shuffled(Array(0..<count))
            }
            result.append(order[position % count])
        }
        // Around the end of an epoch an element may come twice.
        var seen: Set<Int> = []
        return result.filter { seen.insert($0).inserted }
    }
}
