import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Musicnn {
    /// Who gave a tag, or an embedding, by this network trained on the Million Song Dataset.
    public static let name = "musicnn-msd"
    private static let weightsName = "MSD_musicnn.safetensors"
    private static let configurationName = "config.json"

    private struct Configuration: Decodable {
        var sample_rate: Int
        var n_fft: Int
        var hop_length: Int
        var n_mels: Int
        var input_frames: Int
        var labels: [String: [String]]
    }

    /// The installed model.
    ///
    /// - Parameter folder: holds the weights and `config.json` with the parameters of the signal and the labels.
    /// - Throws: `FileError` or `WeightsError` when a file is missing, damaged, or made for another signal.
    public init(folder: String) throws {
        let path = folder + "/" + Self.configurationName
        let file = try MappedFile(path: path)
        let data = withExtendedLifetime(file) { Data(file.bytes) }
        func damaged(_ expected: String, _ found: String) -> FileError { FileError(path: path, .damaged(offset: 0, expected: expected, found: found)) }
        let configuration: Configuration
        do {
            configuration = try JSONDecoder().decode(Configuration.self, from: data)
        } catch {
            throw damaged("the signal's parameters and the labels", "\(error)")
        }
        let found = [configuration.sample_rate, configuration.n_fft, configuration.hop_length, configuration.n_mels, configuration.input_frames]
        let expected = [Spectrogram.rate, Spectrogram.window, Spectrogram.hop, Spectrogram.bands, Self.frames]
        guard found == expected else { throw damaged("rate, window, hop, bands and frames \(expected)", "\(found)") }
        guard let labels = configuration.labels["MSD"] else { throw damaged("labels of MSD", configuration.labels.keys.sorted().joined(separator: ", ")) }
        try self.init(weights: folder + "/" + Self.weightsName, labels: labels)
    }
}
