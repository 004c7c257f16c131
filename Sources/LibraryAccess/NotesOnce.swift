import MusicSearch
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Terminal {
    /// A note that is not repeated by later commands: a mark in the cache folder remembers it.
    package static func noteOnce(_ text: String, about subject: String) {
        let mark = (try? CacheFolder.path()).map {
            $0 + "/noted-" + String(Array((subject + "\n" + text).utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16)
        }
        if let mark, FileManager.default.fileExists(atPath: mark) { return }
        note(text)
        if let mark { _ = FileManager.default.createFile(atPath: mark, contents: nil) }
    }
}
