import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Another program, found on the PATH and run to its end. Foundation's `Process` would double the start-up time of every command.
enum ChildProcess {
    /// Runs a program with an empty standard input.
    ///
    /// - Parameters:
    ///   - output: file that takes what it prints.
    ///   - errors: file that takes what it prints to standard error.
    ///   - lock: stays held while the program runs, even when this process is killed before.
    ///   - meanwhile: called some fifty times a second.
    /// - Returns: its exit status, 128 and the signal's number when a signal ended it, or nil when there is no such program.
    static func run(
        _ program: String, _ arguments: [String], output: String, errors: String, lock: borrowing FileLock, meanwhile: () -> Void = {}
    ) throws(FileError) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // Onto itself: that only takes away "close on exec".
        posix_spawn_file_actions_adddup2(&actions, lock.descriptor, lock.descriptor)

        // A thread of a pool has most signals blocked; the child shall end at Ctrl-C all the same.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, program, &actions, &attributes, &argv, environ)
        if code == ENOENT { return nil }
        guard code == 0 else { throw FileError(path: program, .system(operation: "run", message: String(cString: strerror(code)))) }
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            guard ended == 0 || errno == EINTR else { throw FileError(path: program, .system(operation: "wait for", message: systemMessage())) }
            meanwhile()
            usleep(20_000)
        }
        // The low seven bits are the signal that ended it, the next byte its exit status (waitpid(2)).
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// The last lines of a file of messages.
    static func lastLines(of path: String, _ count: Int = 6) -> [String] {
        guard let file = try? MappedFile(path: path) else { return [] }
        let text = String(decoding: file.bytes.suffix(4096), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        }
        return Array(lines.suffix(count))
    }
}
