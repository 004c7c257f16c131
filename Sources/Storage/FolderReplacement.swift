import CFiles

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Puts a finished folder in the place of another, or of none: a reader finds the old one or the new one whole, and whoever has old files open keeps them.
///
/// Both lie on one file system. The files inside must be synced already. Where the file system cannot swap names there is a moment without either.
/// - Returns: where the old folder lies now, for the caller to remove; nil when there was none.
/// - Throws: `FileError`; the old folder is in its place then.
public func replaceFolder(at path: String, with folder: String) throws(FileError) -> String? {
    syncFolder(folder)
    defer { syncFolder(of: path) }
    if rename(folder, path) == 0 { return nil }
    func fail(_ operation: String) -> FileError { FileError(path: path, .system(operation: operation, message: systemMessage())) }
    guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw fail("rename into place") }
    if cfiles_exchange(folder, path) == 0 { return folder }
    guard errno == EINVAL || errno == ENOSYS else { throw fail("replace") }
    let old = folder + "-old"
    guard rename(path, old) == 0 else { throw fail("move aside") }
    guard rename(folder, path) == 0 else {
        let error = fail("rename into place")
        rename(old, path)
        throw error
    }
    return old
}
