import ClusterModel
import Glibc

/// What a new machine is told at its first boot, as cloud-config: its name, who may log in, and when it must power
/// itself off if nobody takes it over.
enum UserData {
    /// Most bytes of a public key file.
    static let keyBytes = 16_384

    /// The text for an order; `key` is the public key, "" for none.
    static func text(name: String, key: String, lease: LeaseSettings) -> String {
        var lines = ["#cloud-config", "hostname: \(name)", "preserve_hostname: false"]
        if !key.isEmpty { lines += ["ssh_authorized_keys:", "  - \(key)"] }
        if lease.hard > .zero {
            // Started before anything else can fail: a machine whose core dies at once ends all the same.
            lines += ["bootcmd:", "  - [ sh, -c, \(JSONValue.string(watch(lease.hard)).text()) ]"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A shell command that powers the machine off when it has been up for so long and its agent was not sent a lease
    /// meanwhile: the agent takes the lease over, and this stays for an agent that never came, or is gone. A lease is a
    /// file in the agent's folder that changes when the lease is renewed.
    static func watch(_ hard: Interval) -> String {
        let seconds = max(60, hard.seconds)
        let minutes = (seconds + 59) / 60
        return
            "(while sleep 60; do read up rest </proc/uptime; [ ${up%%.*} -lt \(seconds) ] && continue; "
            + "cut -d: -f6 /etc/passwd | sort -u | while read -r home; do "
            + "find \"$home/.cache/bellows\" -name lease -mmin -\(minutes); done 2>/dev/null | grep -q . || poweroff; "
            + "done) </dev/null >/dev/null 2>&1 &"
    }

    /// The public key in a file: its first line. Throws what is wrong with the file.
    static func key(at path: String) throws(ProviderFault) -> String {
        guard !path.isEmpty else { return "" }
        guard let text = ChildProcess.readText(path, limit: keyBytes) else {
            throw .publicKey(path: path, cause: ChildProcess.text(errno))
        }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !line.contains("PRIVATE KEY") else {
            throw .publicKey(path: path, cause: "it is a private key; name the one that ends in .pub")
        }
        let words = line.split(separator: " ")
        guard words.count >= 2, words[0].contains("-"), words[1].count >= 40 else {
            throw .publicKey(path: path, cause: "it holds no public key")
        }
        return words.prefix(2).joined(separator: " ")
    }
}
