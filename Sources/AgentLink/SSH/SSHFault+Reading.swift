/// ssh's own words, read as faults. Only its messages and exit code tell what happened; the words are those of OpenSSH
/// 7 to 10, matched by their constant parts.
extension SSHFault {
    /// What ended a connection that never came to an answer of ours.
    ///
    /// - Parameters:
    ///   - code: exit code of ssh; 255 when ssh itself failed, else the remote command's.
    ///   - errors: what came on standard error, ssh's own words and those of the far shell.
    ///   - output: what came on standard output, where ours should have come.
    static func reading(host: String, pinned: Bool, code: Int32, errors: String, output: String) -> SSHFault {
        if code == 255, let own = ownFailure(host: host, pinned: pinned, errors: errors) { return own }
        let line = lastLine(errors)
        if let known = onNode(host: host, cause: line, all: errors) { return known }
        if code == 126 { return .notExecutable(host: host, cause: line) }
        if code == 255 { return .unreachable(host: host, cause: line.isEmpty ? "ssh gave no reason" : line) }
        let word = line.isEmpty ? lastLine(output) : line
        return .noShell(host: host, code: code, word: String(word.prefix(120)))
    }

    /// Failures of ssh itself, in the order in which one message hides another.
    private static func ownFailure(host: String, pinned: Bool, errors: String) -> SSHFault? {
        func says(_ text: String) -> Bool { errors.contains(text) }
        func line(_ text: String) -> String { Self.line(in: errors, with: text) }
        if says("IDENTIFICATION HAS CHANGED") { return .changedHostKey(host: host, pinned: pinned) }
        if says("host key is known for") || says("No matching host key") && says("verification failed") {
            return .unknownHostKey(host: host, pinned: pinned)
        }
        if says("Host key verification failed") { return .unknownHostKey(host: host, pinned: pinned) }
        if says("Could not resolve hostname") || says("Name or service not known") { return .noName(host: host) }
        if says("Permission denied (") { return .loginRefused(host: host, cause: line("Permission denied (")) }
        if says("Too many authentication failures") {
            return .loginRefused(host: host, cause: line("Too many authentication failures"))
        }
        for text in ["Bad configuration option", "Bad owner or permissions", "terminating, "] where says(text) {
            return .configuration(cause: line(text))
        }
        for text in ["Can't open user config file", "command-line line 0"] where says(text) {
            return .configuration(cause: line(text))
        }
        if says("Session open refused") || says("open failed: administratively") {
            return .sessionRefused(host: host, cause: lastLine(errors))
        }
        for text in ["kex_exchange_identification", "ssh_exchange_identification", "Exceeded MaxStartups"]
        where says(text) {
            return .handshake(host: host, cause: line(text))
        }
        for text in ["Unable to negotiate", "banner exchange", "Protocol major versions differ"] where says(text) {
            return .handshake(host: host, cause: line(text))
        }
        for text in ["Connection refused", "timed out", "No route to host", "unreachable"] where says(text) {
            return .unreachable(host: host, cause: line(text))
        }
        for text in ["not responding", "closed by remote host", "reset by peer", "Connection closed", "Broken pipe"]
        where says(text) {
            return .broken(host: host, cause: line(text))
        }
        return nil
    }

    /// Failures on the node that the far shell or its tools put into words.
    static func onNode(host: String, cause: String, all: String) -> SSHFault? {
        if all.contains("No space left") || all.contains("quota exceeded") {
            let part = all.contains("No space") ? "No space left" : "quota"
            return .noSpace(host: host, cause: line(in: all, with: part))
        }
        if all.contains("Read-only file system") {
            return .folder(host: host, cause: line(in: all, with: "Read-only file system"))
        }
        if all.contains("Exec format error") {
            return .notExecutable(host: host, cause: line(in: all, with: "Exec format error"))
        }
        return nil
    }

    /// The last line that says something, without control characters.
    static func lastLine(_ text: String) -> String {
        let lines = text.split { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        return plain(lines.last { !$0.allSatisfy(\.isWhitespace) } ?? "")
    }

    private static func line(in text: String, with part: String) -> String {
        let lines = text.split { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        return plain(lines.first { $0.contains(part) } ?? "")
    }

    private static func plain(_ line: Substring) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }).prefix(200))
    }
}
