import CSys
import NIOCore
import Synchronization

/// The agent programs that can be copied to nodes, by architecture, read and hashed once.
public final class AgentImages: Sendable {
    /// Most bytes of an agent program.
    public static let byteLimit = 64 << 20

    /// A program for one architecture.
    struct Image: Sendable {
        /// Its bytes, which all copies under way share.
        var program: ByteBuffer
        /// SHA-256 of the bytes, in hexadecimal.
        var hash: String
    }

    /// The folder in which files for other architectures are looked for.
    public let folder: String
    private let find: @Sendable (_ architecture: String) -> String?
    private let known = Mutex<[String: Image]>([:])
    private let first = Mutex<String?>(nil)

    /// Images beside the agent program `own` of this machine: `bellows-agent` itself for its own architecture,
    /// `bellows-agent-ARCH` for others.
    public init(own: @escaping @Sendable () -> String?, folder: String) {
        self.folder = folder
        find = { architecture in
            let named = "\(folder)/bellows-agent-\(architecture)"
            if access(named, R_OK) == 0 { return named }
            guard let path = own(), Self.architecture(ofProgram: path) == architecture else { return nil }
            return path
        }
    }

    /// The program for an architecture as `uname -m` names it; nil when none was built. Blocks at the first call.
    func image(for architecture: String) -> Image? {
        if let image = known.withLock({ $0[architecture] }) { return image }
        guard let path = find(architecture), let bytes = Self.read(path) else { return nil }
        let image = Image(program: ByteBuffer(bytes: bytes), hash: SHA256.hex(bytes))
        known.withLock { $0[architecture] = image }
        return image
    }

    /// Whether this machine's own program was read.
    var isReady: Bool { first.withLock { $0 != nil } }
    /// Reads it. Blocks.
    func makeReady() { _ = likelyHash }

    /// The hash that a node most likely has: that of this machine's own kind; empty when there is no agent here.
    var likelyHash: String {
        first.withLock { first in
            if let first { return first }
            let hash = image(for: String(cString: cs_architecture()))?.hash ?? ""
            first = hash
            return hash
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let size = cs_file_size(file)
        guard size > 0, size <= byteLimit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { raw in
                CSys.read(file, raw.baseAddress.map { $0 + done }, raw.count - done)
            }
            guard count > 0 else { return nil }
            done += count
        }
        return bytes
    }

    /// What an ELF file runs on, in `uname -m`'s words.
    static func architecture(ofProgram path: String) -> String? {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var head = [UInt8](repeating: 0, count: 20)
        guard CSys.read(file, &head, 20) == 20, head[0..<4] == [0x7f, 0x45, 0x4c, 0x46] else { return nil }
        switch head[18] {
        case 0x3e: return "x86_64"
        case 0xb7: return "aarch64"
        case 0xf3: return "riscv64"
        default: return nil
        }
    }
}
