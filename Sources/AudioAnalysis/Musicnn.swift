import LinearAlgebra
import NeuralNetworks
import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// musicnn: a convolutional tagger of three seconds of music, trained on the tags of many listeners.
///
/// ```swift
/// let network = try Musicnn(weights: folder + "/MSD_musicnn.safetensors", labels: labels)
/// let room = Musicnn.Room()
/// let patch = network.forward(bands, room)    // [187][96] log-mel → 200-d embedding and 50 tag activations
/// ```
/// Filters that span many bands hear timbre, filters that span much time hear rhythm; the greatest response over frequency of each goes on to three convolutions
/// over time, and the greatest and the mean over time of all layers to two dense ones.
///
/// Source: J. Pons, X. Serra 2019, *musicnn: pre-trained convolutional neural networks for music audio tagging*, arXiv 1909.06654.
public struct Musicnn: Sendable {
    public static let frames = 187
    public static let bands = 96
    public static let embeddingWidth = 200
    public static let tagCount = 50

    private static let epsilon: Float = 0.001
    /// Frames of a vertical filter and of those of the middle: half of them and three zeros stand at each end.
    private static let reach = 7
    private static let timbralFilters = 204
    private static let timbralBands = [38, 67]
    private static let temporalFilters = 51
    private static let temporalFrames = [128, 64, 32]
    private static let middle = 64
    private static let front = 2 * timbralFilters + 3 * temporalFilters
    private static let features = front + 3 * middle
    /// Frames with the zeros at both ends.
    private static let padded = frames + reach - 1
    /// A band's frames with the zeros that the longest temporal filter needs ("same": the odd one stands behind).
    private static let signal = frames + temporalFrames[0] - 1

    /// A convolution, ReLU and batch normalisation.
    private struct Convolution: Sendable {
        let weights: PackedMatrix
        let bias: AlignedBuffer<Float>
        let normalisation: Normalisation

        /// - Parameter shape: of the stored kernel, outputs last.
        init(_ tensors: TensorReader, _ normalisation: TensorReader, shape: [Int]) {
            let outputs = shape[shape.count - 1], inputs = shape.dropLast().reduce(1, *)
            weights = Musicnn.packed(tensors.tensor("kernel", shape: shape), outputs: outputs, inputs: inputs)
            bias = AlignedBuffer(tensors.tensor("bias", shape: [outputs]))
            self.normalisation = Normalisation(normalisation, width: outputs)
        }

        /// Before normalisation: rows of `x` begin `stride` floats apart.
        func forward(_ x: UnsafePointer<Float>, rows: Int, stride: Int, into out: UnsafeMutablePointer<Float>) {
            weights.multiply(x, rows: rows, stride: stride, bias: bias.pointer, activation: .relu, into: out, panels: 0..<weights.panels)
        }
    }

    /// Batch normalisation with what training left: a factor and a summand of every channel.
    private struct Normalisation: Sendable {
        let factor: [Float]
        let summand: [Float]

        init(_ tensors: TensorReader, width: Int) {
            let gamma = tensors.tensor("gamma", shape: [width]), beta = tensors.tensor("beta", shape: [width])
            let mean = tensors.tensor("moving_mean", shape: [width]), variance = tensors.tensor("moving_variance", shape: [width])
            factor = zip(gamma, variance).map { $0 / ($1 + Musicnn.epsilon).squareRoot() }
            summand = zip(beta, zip(factor, mean)).map { $0 - $1.0 * $1.1 }
        }

        /// In place, for rows [count][width].
        func apply(_ x: UnsafeMutablePointer<Float>, rows: Int) {
            for row in 0..<rows {
                for i in factor.indices { x[row * factor.count + i] = x[row * factor.count + i] * factor[i] + summand[i] }
            }
        }
    }

    /// Names of the activations, in order.
    public let labels: [String]
    private let input: Normalisation
    private let timbral: [Convolution]
    private let temporal: [Convolution]
    private let middles: [Convolution]
    private let pool: Normalisation
    private let dense: Linear
    private let denseNormalisation: Normalisation
    private let output: Linear

    /// - Throws: `FileError` or `WeightsError`.
    public init(weights path: String, labels: [String]) throws {
        guard labels.count == Self.tagCount else {
            throw FileError(path: path, .foreign(expected: "network of \(Self.tagCount) tags", found: "\(labels.count) labels"))
        }
        self.labels = labels
        let reader = TensorReader(try SafetensorsFile(path: path))
        let front = reader.scope("front"), mid = reader.scope("mid"), back = reader.scope("back")
        input = Normalisation(reader.scope("input_bn"), width: 1)
        timbral = zip(["timbral74", "timbral77"], Self.timbralBands).map { name, bands in
            Convolution(front.scope(name).scope("conv"), front.scope(name).scope("bn"), shape: [Self.reach, bands, 1, Self.timbralFilters])
        }
        temporal = Self.temporalFrames.map { frames in
            let part = front.scope("temporal\(frames)")
            return Convolution(part.scope("conv"), part.scope("bn"), shape: [frames, 1, 1, Self.temporalFilters])
        }
        middles = (1...3).map { number in
            let inputs = number == 1 ? Self.front : Self.middle
            return Convolution(mid.scope("conv\(number)"), mid.scope("bn\(number)"), shape: [Self.reach, inputs, 1, Self.middle])
        }
        pool = Normalisation(back.scope("bn_flatpool"), width: 2 * Self.features)
        dense = Self.linear(back.scope("dense"), outputs: Self.embeddingWidth, inputs: 2 * Self.features, activation: .relu)
        denseNormalisation = Normalisation(back.scope("bn_dense"), width: Self.embeddingWidth)
        output = Self.linear(back.scope("output"), outputs: Self.tagCount, inputs: Self.embeddingWidth, activation: .identity)
        try reader.finish()
    }

    private static func linear(_ tensors: TensorReader, outputs: Int, inputs: Int, activation: Activation) -> Linear {
        Linear(
            weights: packed(tensors.tensor("kernel", shape: [inputs, outputs]), outputs: outputs, inputs: inputs),
            bias: tensors.tensor("bias", shape: [outputs]), activation: activation)
    }

    /// A stored kernel has its outputs last; the product wants them first.
    fileprivate static func packed(_ kernel: [Float], outputs: Int, inputs: Int) -> PackedMatrix {
        PackedMatrix(Matrix(rows: inputs, columns: outputs, values: kernel).transposed.values, outputs: outputs, inputs: inputs, precision: .float32)
    }

    /// Memory of one thread's work.
    public final class Room {
        fileprivate let patch = AlignedBuffer<Float>(count: padded * bands)
        fileprivate let windows = AlignedBuffer<Float>(count: padded * timbralBands[1])
        fileprivate let signal = AlignedBuffer<Float>(count: Musicnn.signal)
        fileprivate let responses = AlignedBuffer<Float>(count: frames * timbralFilters)
        fileprivate let greatest = AlignedBuffer<Float>(count: frames * timbralFilters)
        fileprivate let least = AlignedBuffer<Float>(count: frames * timbralFilters)
        fileprivate let front = AlignedBuffer<Float>(count: padded * Musicnn.front)
        fileprivate let middles = (0..<3).map { _ in AlignedBuffer<Float>(count: padded * middle) }
        fileprivate let pooled = AlignedBuffer<Float>(count: 2 * features)
        fileprivate let embedding = AlignedBuffer<Float>(count: embeddingWidth)
        fileprivate let activations = AlignedBuffer<Float>(count: tagCount)
        fileprivate let team = ThreadTeam(size: 1)

        public init() {}
    }

    public struct Response: Hashable, Sendable {
        /// The layer before the last, `embeddingWidth` values.
        public var embedding: [Float]
        /// In 0…1, in the order of `labels`.
        public var tags: [Float]
    }

    /// What the network hears in one patch.
    ///
    /// - Parameter patch: log-mel bands [frames][bands] (`Spectrogram`).
    public func forward(_ patch: UnsafePointer<Float>, _ room: Room) -> Response {
        let edge = (Self.reach - 1) / 2
        let x = room.patch.pointer + edge * Self.bands
        for i in 0..<Self.frames * Self.bands { x[i] = patch[i] * input.factor[0] + input.summand[0] }
        for (i, convolution) in timbral.enumerated() { hearTimbre(convolution, bands: Self.timbralBands[i], offset: i * Self.timbralFilters, room) }
        for (i, convolution) in temporal.enumerated() {
            hearTime(convolution, frames: Self.temporalFrames[i], offset: 2 * Self.timbralFilters + i * Self.temporalFilters, room)
        }
        // The three of the middle; the second and the third add to what they were given.
        for (i, convolution) in middles.enumerated() {
            let source = i == 0 ? room.front : room.middles[i - 1], width = i == 0 ? Self.front : Self.middle
            let out = room.middles[i].pointer + edge * Self.middle
            convolution.forward(source.pointer, rows: Self.frames, stride: width, into: out)
            convolution.normalisation.apply(out, rows: Self.frames)
            if i > 0 {
                let given = source.pointer + edge * Self.middle
                for j in 0..<Self.frames * Self.middle { out[j] += given[j] }
            }
        }
        var first = 0
        for (buffer, width) in [(room.front, Self.front)] + room.middles.map({ ($0, Self.middle) }) {
            Self.pool(buffer.pointer + edge * width, width: width, into: room.pooled.pointer + 2 * first)
            first += width
        }
        pool.apply(room.pooled.pointer, rows: 1)
        dense.forward(room.pooled.pointer, rows: 1, room: nil, into: room.embedding.pointer, team: room.team)
        denseNormalisation.apply(room.embedding.pointer, rows: 1)
        output.forward(room.embedding.pointer, rows: 1, room: nil, into: room.activations.pointer, team: room.team)
        return Response(
            embedding: Array(UnsafeBufferPointer(start: room.embedding.pointer, count: Self.embeddingWidth)),
            tags: UnsafeBufferPointer(start: room.activations.pointer, count: Self.tagCount).map { 1 / (1 + exp(-$0)) })
    }

    /// Filters over `reach` frames and `bands` bands at every place of the spectrum; of each frame the greatest response.
    private func hearTimbre(_ convolution: Convolution, bands: Int, offset: Int, _ room: Room) {
        for place in 0...Self.bands - bands {
            // Side by side, the windows of consecutive frames at one place of the spectrum overlap in memory.
            for frame in 0..<Self.padded {
                (room.windows.pointer + frame * bands).update(from: room.patch.pointer + frame * Self.bands + place, count: bands)
            }
            convolution.forward(room.windows.pointer, rows: Self.frames, stride: bands, into: room.responses.pointer)
            keepExtremes(of: Self.timbralFilters, isFirst: place == 0, room)
        }
        writeFront(convolution.normalisation, offset: offset, room)
    }

    /// Filters over `frames` frames of one band; of each frame the greatest response of any band.
    private func hearTime(_ convolution: Convolution, frames: Int, offset: Int, _ room: Room) {
        let longest = Self.temporalFrames[0]
        let edge = (Self.reach - 1) / 2
        // "Same": of the zeros around, half rounded down stand before.
        let start = (longest - 1) / 2 - (frames - 1) / 2
        for band in 0..<Self.bands {
            for frame in 0..<Self.frames { room.signal.pointer[(longest - 1) / 2 + frame] = room.patch.pointer[(edge + frame) * Self.bands + band] }
            convolution.forward(room.signal.pointer + start, rows: Self.frames, stride: 1, into: room.responses.pointer)
            keepExtremes(of: Self.temporalFilters, isFirst: band == 0, room)
        }
        writeFront(convolution.normalisation, offset: offset, room)
    }

    private func keepExtremes(of filters: Int, isFirst: Bool, _ room: Room) {
        let (x, greatest, least) = (room.responses.pointer, room.greatest.pointer, room.least.pointer)
        if isFirst {
            greatest.update(from: x, count: Self.frames * filters)
            least.update(from: x, count: Self.frames * filters)
        } else {
            for i in 0..<Self.frames * filters {
                greatest[i] = x[i] > greatest[i] ? x[i] : greatest[i]
                least[i] = x[i] < least[i] ? x[i] : least[i]
            }
        }
    }

    /// Normalisation comes before the maximum: where its factor is negative, the least response becomes the greatest.
    private func writeFront(_ normalisation: Normalisation, offset: Int, _ room: Room) {
        let filters = normalisation.factor.count
        let out = room.front.pointer + (Self.reach - 1) / 2 * Self.front + offset
        for frame in 0..<Self.frames {
            for i in 0..<filters {
                let factor = normalisation.factor[i]
                let response = factor >= 0 ? room.greatest.pointer[frame * filters + i] : room.least.pointer[frame * filters + i]
                out[frame * Self.front + i] = response * factor + normalisation.summand[i]
            }
        }
    }

    /// Greatest and mean over time of every channel, in turn.
    private static func pool(_ x: UnsafePointer<Float>, width: Int, into out: UnsafeMutablePointer<Float>) {
        for i in 0..<width {
            var greatest = x[i], sum: Float = 0
            for frame in 0..<frames {
                let value = x[frame * width + i]
                greatest = max(greatest, value)
                sum += value
            }
            out[2 * i] = greatest
            out[2 * i + 1] = sum / Float(frames)
        }
    }
}
