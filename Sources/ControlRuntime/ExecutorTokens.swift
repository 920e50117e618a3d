import AgentLink
import CSys
import Glibc
import Synchronization

/// What an executor must show to speak for itself: a token made of a secret of this cluster and of who it is (HMAC, RFC
/// 2104, with SHA-256), so that a core started again knows those that were given out, and none is kept anywhere.
public final class ExecutorTokens: Sendable {
    private static let secretBytes = 32
    private let path: String
    private let secret = Mutex<[UInt8]?>(nil)

    /// Tokens of the secret in the file at `path`; it is made, mode 0600, when the first one is asked for.
    init(path: String) { self.path = path }

    /// The token of an executor; nil when the secret can neither be read nor kept.
    public func token(framework: String, executor: String, agent: String) -> String? {
        guard let secret = secret.withLock({ known -> [UInt8]? in
            if known == nil { known = read() ?? make() }
            return known
        }) else { return nil }
        var key = secret
        key += [UInt8](repeating: 0, count: 64 - key.count)
        let message: [UInt8] = [framework, executor, agent].flatMap { Array($0.utf8) + [UInt8(0)] }
        let inner = SHA256.hex(key.map { $0 ^ 0x36 } + message)
        return SHA256.hex(key.map { $0 ^ 0x5C } + Array(inner.utf8))
    }

    /// Whether `shown` is an executor's token. Takes the same time wherever they differ.
    public func isToken(_ shown: String, framework: String, executor: String, agent: String) -> Bool {
        guard let token = token(framework: framework, executor: executor, agent: agent) else { return false }
        let (a, b) = (Array(token.utf8), Array(shown.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func read() -> [UInt8]? {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.secretBytes)
        return Glibc.read(file, &bytes, bytes.count) == bytes.count ? bytes : nil
    }

    private func make() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: Self.secretBytes)
        guard cs_get_random(&bytes, bytes.count) == 0 else { return nil }
        let beside = path + ".new"
        let file = cs_open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        let isKept = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        return isKept && rename(beside, path) == 0 ? bytes : nil
    }
}
