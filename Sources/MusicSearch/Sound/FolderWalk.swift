#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files that hold sound.
public enum AudioFormat {
    /// What people's music comes in, by how a name ends. Other files are not looked into: a folder of music holds covers, booklets and playlists too.
    static let extensions: Set<String> = [
        "aac", "aif", "aifc", "aiff", "alac", "ape", "caf", "flac", "m4a", "m4b", "m4p", "mka", "mp2", "mp3", "mp4", "mpc", "oga", "ogg", "opus", "tta", "wav",
        "wave", "webm", "weba", "wma", "wv",
    ]

    /// How a file's name ends, in lower case, where that is one of sound; nil for other files.
    public static func ending(of path: String) -> String? {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
        let ending = path[path.index(after: dot)...].lowercased()
        return extensions.contains(ending) ? ending : nil
    }
}

/// The audio files below a folder.
struct FolderWalk {
    struct File: Hashable {
        /// Absolute.
        var path: String
        var size: Int
        /// Nanoseconds since 1970.
        var modified: Int

        init(_ path: String, _ status: stat) {
            self.path = path
            size = Int(status.st_size)
            modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        }
    }

    private(set) var files: [File] = []
    /// What could not be looked into, as `path: why`.
    private(set) var problems: [String] = []
    /// Device and number of every folder on the way, so that a link back to one is no endless way.
    private var visited: Set<[UInt]> = []

    /// - Parameter root: an absolute path. Links are followed; a file that is met twice counts under its first name.
    init(_ root: String) {
        var status = stat()
        if stat(root, &status) == 0 { visited.insert([UInt(status.st_dev), UInt(status.st_ino)]) }
        walk(root)
        files.sort { $0.path < $1.path }
    }

    /// The file as it is now; nil when it is none any more.
    static func file(at path: String) -> File? {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? File(path, status) : nil
    }

    private mutating func walk(_ folder: String) {
        guard let handle = opendir(folder) else {
            problems.append("\(folder): cannot be read: \(String(cString: strerror(errno)))")
            return
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
            }
            guard let name else {
                problems.append("\(folder): a name in it is no UTF-8, and was passed over")
                continue
            }
            // Hidden files are the system's: "._Song.mp3" holds no song.
            if !name.hasPrefix(".") { names.append(name) }
        }
        for name in names.sorted() {
            let path = folder + "/" + name
            var status = stat()
            guard stat(path, &status) == 0 else {
                if Self.isAudio(name) { problems.append("\(path): cannot be read: \(String(cString: strerror(errno)))") }
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: if visited.insert([UInt(status.st_dev), UInt(status.st_ino)]).inserted { walk(path) }
            case S_IFREG:
                // A hard or a symbolic link is the same sound again.
                guard Self.isAudio(name), visited.insert([UInt(status.st_dev), UInt(status.st_ino)]).inserted else { continue }
                files.append(File(path, status))
            default: continue
            }
        }
    }

    private static func isAudio(_ name: String) -> Bool {
        AudioFormat.ending(of: name) != nil
    }
}
