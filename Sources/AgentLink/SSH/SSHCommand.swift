import ClusterModel

/// The words with which ssh is called, and the one line of shell that runs on the node.
struct SSHCommand {
    /// Where the node is.
    var address: SSHAddress
    /// How ssh is called.
    var settings: SSHSettings

    /// Whether the user's ssh agent is forwarded: to relays only, and only when asked for.
    var forwardsAgent = false

    /// Options for every call: nobody is asked anything, and nothing else is forwarded. A relay that runs ssh has a
    /// configuration of its own.
    var options: [String] {
        var words: [String] = []
        if !settings.configuration.isEmpty, !isRelayed { words += ["-F", settings.configuration] }
        words += ["-o", "BatchMode=yes", "-o", "ConnectTimeout=\(settings.connectSeconds)"]
        words += ["-o", "ServerAliveInterval=\(settings.aliveSeconds)", "-o", "ServerAliveCountMax=3"]
        words += ["-o", "ForwardAgent=\(forwardsAgent ? "yes" : "no")"]
        words += ["-o", "ForwardX11=no", "-o", "ClearAllForwardings=yes"]
        words += ["-o", "PermitLocalCommand=no", "-o", "LogLevel=ERROR"]
        words += hostKeyOptions
        if !address.jump.isEmpty { words += ["-o", "ProxyJump=\(address.jump)"] }
        if !address.identity.isEmpty { words += ["-o", "IdentitiesOnly=yes", "-i", address.identity] }
        if !address.user.isEmpty { words += ["-l", address.user] }
        if address.port > 0 { words += ["-p", "\(address.port)"] }
        return words
    }

    /// With pinned keys only they count, under the machine's own name, whatever address it has today.
    private var hostKeyOptions: [String] {
        var words = address.alias.isEmpty ? [] : ["-o", "HostKeyAlias=\(address.alias)"]
        if isPinned {
            words += ["-o", "StrictHostKeyChecking=yes"]
            // There is no file of ours on a relay: ssh asks a program for the known keys.
            words +=
                isRelayed
                ? ["-o", "UserKnownHostsFile=/dev/null", "-o", "KnownHostsCommand=/bin/echo \(keyText.dropLast())"]
                : ["-o", "UserKnownHostsFile=\(keyFile)"]
            words += ["-o", "GlobalKnownHostsFile=/dev/null", "-o", "CheckHostIP=no"]
        } else {
            words += ["-o", "StrictHostKeyChecking=\(settings.acceptsNewHostKeys ? "accept-new" : "yes")"]
        }
        return words
    }

    /// Whether a relay runs this ssh.
    var isRelayed: Bool { !address.relays.isEmpty }

    /// Whether the machine's host keys are given.
    var isPinned: Bool { !address.hostKeys.isEmpty }

    /// The list of pinned keys, a file named for what is in it.
    var keyFile: String {
        let text = keyText
        let mark = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\(settings.keyFolder)/known-\(String(mark, radix: 36))"
    }
    /// What stands in it.
    var keyText: String {
        let port = address.port > 0 && address.port != 22 ? "[\(address.host)]:\(address.port)" : address.host
        let name = address.alias.isEmpty ? port : address.alias
        return (isRelayed ? address.hostKeys.prefix(1) : address.hostKeys[...]).map { "\(name) \($0)\n" }.joined()
    }

    /// A call without a terminal that runs `command` on the node.
    func call(_ command: String) -> [String] { ["-T"] + options + ["--", address.host, command] }

    /// What a connection to the agent runs: joins it if this version is there, else asks for a copy and then joins it.
    func join(token: String, hash: String, name: String, takeOver: Bool) -> String {
        var words = [token, hash, address.folder, "join", "--cluster", settings.cluster, "--name", name]
        if takeOver { words.append("--any-owner") }
        return Self.shell(Self.joinScript, words)
    }

    /// What a connection to a relay runs: the relay, copied like the agent where it is not there.
    func relay(token: String, hash: String) -> String {
        Self.shell(Self.joinScript, [token, hash, address.folder, "relay"])
    }

    /// What leaves nothing behind.
    func purge() -> String { Self.shell(Self.purgeScript, [address.folder]) }

    /// What leaves nothing behind on a relay that is no node itself.
    func purgeRelay() -> String { Self.shell(Self.purgeRelayScript, [address.folder]) }

    /// `script` under /bin/sh, whatever the login shell is. The script holds no quote, no `!`, no backslash and no line
    /// end, so that sh, csh and fish all hand it on as it is.
    static func shell(_ script: String, _ words: [String]) -> String {
        "exec /bin/sh -c '\(script)' bellows " + words.map(quoted).joined(separator: " ")
    }

    /// A word for any login shell.
    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The first lines: words, and the base folder.
    private static let head = """
        T="$1"; H="$2"; B="$3"; V="$4"; shift 4; \
        if [ -z "$B" ]; then if [ -z "$HOME$XDG_CACHE_HOME" ]; then echo; echo "$T fault home"; exit 1; fi; \
        B="${XDG_CACHE_HOME:-$HOME/.cache}/bellows"; fi; P="$B/agent-$H"; \

        """

    private static let joinScript =
        head + """
            if [ -n "$H" ] && [ -x "$P" ]; then exec "$P" "$V" --dir "$B/node" --hail "$T" "$@"; fi; \
            echo; echo "$T need $(uname -s) $(uname -m)"; read N S || exit 1; if [ "$N" = 0 ]; then exit 1; fi; \
            P="$B/agent-$S"; umask 077; \
            if mkdir -p "$B"; then :; else echo; echo "$T fault folder"; exit 1; fi; F="$B/new-$$"; \
            if head -c "$N" > "$F"; then :; else rm -f "$F"; echo; echo "$T fault write"; exit 1; fi; \
            X="$S"; if command -v sha256sum > /dev/null 2>&1; then X=$(sha256sum < "$F"); X="${X%% *}"; fi; \
            if [ "$(wc -c < "$F")" -eq "$N" ] && [ "$X" = "$S" ]; then :; \
            else rm -f "$F"; echo; echo "$T fault damaged"; exit 1; fi; \
            rm -f "$B"/agent-*; \
            if chmod 700 "$F" && mv -f "$F" "$P"; then :; else rm -f "$F"; echo; echo "$T fault write"; exit 1; fi; \
            exec "$P" "$V" --dir "$B/node" --hail "$T" "$@"
            """

    private static let purgeScript = """
        B="$1"; if [ -z "$B" ]; then B="${XDG_CACHE_HOME:-$HOME/.cache}/bellows"; fi; \
        for P in "$B"/agent-*; do if [ -x "$P" ]; then "$P" stop --dir "$B/node" --kill-tasks; break; fi; done; \
        rm -rf "$B/node" "$B"/agent-* "$B"/new-*; rmdir "$B" 2> /dev/null; \
        if [ -e "$B/node" ]; then exit 1; fi
        """

    private static let purgeRelayScript = """
        B="$1"; if [ -z "$B" ]; then B="${XDG_CACHE_HOME:-$HOME/.cache}/bellows"; fi; \
        if [ -e "$B/node" ]; then exit 0; fi; rm -f "$B"/agent-* "$B"/new-*; rmdir "$B" 2> /dev/null; exit 0
        """
}
