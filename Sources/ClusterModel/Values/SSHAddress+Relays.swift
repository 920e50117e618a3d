/// The way through relays: hosts that run ssh to the next one, with a configuration and keys of their own.
extension SSHAddress {
    /// The relays in `[user@]host[:port][,...]`, the one next to here first; nil when that is no such list.
    public static func relays(_ text: String) -> [String]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let relays = parts.compactMap { $0.contains("?") ? nil : SSHAddress($0)?.bareText }
        return relays.count == parts.count && parts.count <= relayLimit ? relays : nil
    }

    /// The last of the relays on the way, with the way to it; nil when there is none.
    public var lastRelay: SSHAddress? {
        guard let last = relays.last, var relay = SSHAddress(last) else { return nil }
        (relay.relays, relay.forwardsAgent) = (Array(relays.dropLast()), forwardsAgent)
        return relay
    }

    /// The whole call of ssh with `words`, by the last relay where there are any, each of them asked by the one before.
    /// `first` are options for every ssh on the way.
    public func call(
        _ words: [String], first: [String], configuration: String, acceptsNewHostKeys: Bool
    ) -> [String] {
        guard let relay = lastRelay else { return ["ssh"] + first + words }
        let line = Self.relayed + (first + words).map { " " + Self.quoted($0) }.joined()
        return relay.call(
            relay.wordsAsRelay(configuration, acceptsNewHostKeys) + [line], first: first, configuration: configuration,
            acceptsNewHostKeys: acceptsNewHostKeys)
    }

    private func wordsAsRelay(_ configuration: String, _ acceptsNewHostKeys: Bool) -> [String] {
        options(
            configuration: configuration, acceptsNewHostKeys: acceptsNewHostKeys, forwardsAgent: forwardsAgent)
            + ["--", host]
    }

    /// The beginning of the line with which a relay runs ssh; words follow. Its environment names its configuration.
    private static let relayed =
        "exec /bin/sh -c 'exec ssh ${BELLOWS_SSH_CONFIG:+-F \"$BELLOWS_SSH_CONFIG\"} \"$@\"' bellows"

    /// scp with these words, with a program for its ssh that goes through the relays: a file, for scp takes no words.
    func copyThroughRelays(_ words: [String], configuration: String, acceptsNewHostKeys: Bool) -> [String] {
        var lines = ["#!/bin/sh", "q() { printf \"'\"; printf %s \"$1\" | sed \"s/'/'\\\\\\\\''/g\"; printf \"'\"; }"]
        lines += ["L=\(Self.quoted(Self.relayed))", "for W; do L=\"$L $(q \"$W\")\"; done"]
        var way = self
        while let relay = way.lastRelay {
            let own = relay.wordsAsRelay(configuration, acceptsNewHostKeys).map(Self.quoted).joined(separator: " ")
            if relay.relays.isEmpty {
                lines.append("exec ssh \(own) \"$L\"")
            } else {
                lines.append("L=\(Self.quoted("\(Self.relayed) \(own) "))$(q \"$L\")")
            }
            way = relay
        }
        let script =
            "F=$(mktemp) || exit 1; trap 'rm -f \"$F\"' EXIT; printf '%s\\n' \"$1\" > \"$F\" || exit 1; "
            + "chmod 700 \"$F\" || exit 1; shift; scp -S \"$F\" \"$@\""
        return ["/bin/sh", "-c", script, "bellows", lines.joined(separator: "\n")] + words
    }
}
