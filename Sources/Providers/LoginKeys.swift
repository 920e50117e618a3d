import CSys
import ClusterModel
import Glibc

/// Keys that machines are logged in to with, and keys by which they are known, made by `ssh-keygen` in a private
/// folder.
struct LoginKeys: Sendable {
    /// A key pair.
    struct Pair: Equatable, Sendable {
        /// Path of the private key.
        var path: String
        /// The public key, `ssh-ed25519 AAAA...`.
        var publicKey: String
    }

    /// Longest that a key may take to be made, in seconds.
    private static let seconds = 20
    /// Most bytes of a private key.
    private static let keyBytes = 16_384

    /// The private folder that holds them.
    let folder: String

    /// The pair that opens new machines: the one that the pool names, else this cluster's own, made when it is missing.
    func login(_ settings: ProviderSettings) throws(ProviderFault) -> Pair {
        guard !settings.publicKey.isEmpty else { return try pair("login") }
        let key = try UserData.key(at: settings.publicKey)
        let secret = settings.publicKey.hasSuffix(".pub") ? String(settings.publicKey.dropLast(4)) : ""
        return Pair(path: !secret.isEmpty && access(secret, R_OK) == 0 ? secret : "", publicKey: key)
    }

    /// The key pair of one machine, made when it is missing; its private half goes into the machine.
    func host(_ name: String) throws(ProviderFault) -> (pair: Pair, secret: String) {
        let pair = try pair("host-\(name)")
        guard let secret = ChildProcess.readText(pair.path, limit: Self.keyBytes) else {
            throw .publicKey(path: pair.path, cause: ChildProcess.text(errno))
        }
        return (pair, secret)
    }

    /// Forgets a machine's keys.
    func forget(_ name: String) {
        unlink("\(folder)/host-\(name)")
        unlink("\(folder)/host-\(name).pub")
    }

    private func pair(_ name: String) throws(ProviderFault) -> Pair {
        try AgentFolders.makePrivate(folder)
        let path = "\(folder)/\(name)"
        if access("\(path).pub", R_OK) != 0 {
            guard let program = ChildProcess.find("ssh-keygen") else {
                throw .notStarted(program: "ssh-keygen", cause: "it is not installed: install openssh-client")
            }
            // A run that was cut short leaves half a pair.
            unlink(path)
            let ending = try ChildProcess.run(
                program, ["-q", "-t", "ed25519", "-N", "", "-C", "bellows", "-f", path], output: "\(path).out",
                seconds: Self.seconds)
            guard ending.code == 0 else { throw .publicKey(path: path, cause: "ssh-keygen said \(ending.word)") }
        }
        return Pair(path: path, publicKey: try UserData.key(at: "\(path).pub"))
    }
}

/// Bytes as base64 text, in one line.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for at in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[at..<min(at + 3, bytes.count)]
            let word = piece.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for shift in 0..<4 {
                result.append(shift <= piece.count ? letters[(word >> (18 - 6 * shift)) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
