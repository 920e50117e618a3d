/// A machine that an operator or the cluster file named, as opposed to one that a pool's provider was asked for: how
/// its agent is reached and what was declared of it. Kept with the node, so that a new core reaches it again.
public struct NodeSpec: Hashable, Sendable, Wired {
    /// How a node's agent is reached.
    public enum Transport: UInt8, Sendable, CaseIterable {
        /// By the provider of its pool: nobody declared this node.
        case pool
        /// By the system's OpenSSH.
        case ssh
        /// An agent of this machine, started with what was declared.
        case local
        /// Not at all: what the node does is told by hand.
        case simulated
    }

    /// Name of the pool that declared nodes belong to; cluster files cannot use it for another.
    public static let poolName = "fixed"
    /// Longest name in bytes.
    public static let nameBytes = 128
    /// Longest name of a local node in bytes: its folder must leave room for a socket's path.
    public static let localNameBytes = 48
    /// Longest domain and resource text in bytes.
    public static let textBytes = 16_384
    /// Most capabilities that may be said to be missing.
    public static let missingLimit = 64

    /// The node's name.
    public var name = ""
    /// How its agent is reached.
    public var transport = Transport.pool
    /// The host name that was declared; "" = as the machine says.
    public var hostname = ""
    /// Where its agent is reached: `ssh://...` for ssh (`SSHAddress`), `simulated:NAME`; "" for a local one.
    public var address = ""
    /// The resources as they were written, `cpus:2;mem:1024;ports:[31000-32000]`; "" = as the machine says.
    public var resourceText = ""
    /// The scalars of it.
    public var resources = ResourceVector.zero
    /// Bit N: lane N of `resources` was declared and stands over what the machine says.
    public var declared: UInt8 = 0
    /// Its ranges and sets.
    public var extras = Extras()
    /// Its resources that are not plain: reserved, on disks of their own.
    public var special: [ResourceItem] = []
    /// Attributes, ascending by name.
    public var attributes: [Attribute] = []
    /// The fault domain as JSON text; "" = none.
    public var domain = ""
    /// Capabilities that agents of this kind usually have and this one is said to lack.
    public var missing: [String] = []
    /// Whether the cluster file names it, so that it goes when the file drops it.
    public var isFromFile = false
    /// Whether nothing of the agent is to be left on the machine once the node is removed.
    public var purges = false

    /// A spec of nothing.
    public init() {}
    /// A node that is reached in this way.
    public init(name: String, transport: Transport, address: String = "") {
        self.name = name
        self.transport = transport
        self.address = address
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.word(&transport)
        coder.text(&hostname)
        coder.text(&address)
        coder.text(&resourceText)
        coder.value(&resources)
        coder.uint(&declared)
        coder.value(&extras)
        coder.list(&attributes)
        coder.text(&domain)
        coder.texts(&missing)
        coder.flag(&isFromFile)
        coder.flag(&purges)
        coder.list(&special)
    }

    /// What the node offers: what was declared, and for the rest what the machine says.
    public func total(of machine: ResourceVector) -> ResourceVector {
        var result = machine
        for lane in 0..<8 where declared & (1 << UInt8(lane)) != 0 { result.lanes[lane] = resources.lanes[lane] }
        return result
    }

    /// Whether a name is one that a node may have; it stands in paths, filters and tables.
    public static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= nameBytes else { return false }
        func isWord(_ byte: UInt8) -> Bool {
            byte >= 48 && byte <= 57 || (byte | 0x20) >= 97 && (byte | 0x20) <= 122
        }
        return isWord(first) && name.utf8.allSatisfy { isWord($0) || $0 == 45 || $0 == 46 || $0 == 95 }
    }

    /// Why this node cannot be added, or nil.
    public var fault: String? {
        guard Self.isName(name) else {
            return
                "\"\(name.prefix(40))\" cannot name a node; use at most \(Self.nameBytes) letters, digits, `-`, `_`, "
                + "`.`, and begin with a letter or digit"
        }
        guard transport != .local || name.utf8.count <= Self.localNameBytes else {
            return "\"\(name)\" is too long for a local node; use at most \(Self.localNameBytes) bytes"
        }
        guard transport != .pool, transport == .local || !address.isEmpty else {
            return "\(name): it is not said how its agent is reached"
        }
        guard resourceText.utf8.count <= Self.textBytes, domain.utf8.count <= Self.textBytes else {
            return "\(name): resources and domain take at most \(Self.textBytes) bytes each; shorten them"
        }
        guard missing.count <= Self.missingLimit else {
            return "\(name): at most \(Self.missingLimit) capabilities may be missing"
        }
        guard !resources.lanes.indices.contains(where: { resources.lanes[$0] < 0 }) else {
            return "\(name): a resource is below zero"
        }
        return nil
    }
}

extension NodeSpec {
    /// Takes resources and attributes as they are written. `scalars` are the cluster's own.
    public mutating func declare(resources text: String, scalars: [String] = []) throws(TextFault) {
        let items = try ResourceText.items(text, scalars: scalars)
        let plain = items.first { $0.identity.isPlain } ?? ResourceItem()
        (resourceText, resources, extras) = (text, plain.amount, plain.extras)
        special = items.filter { !$0.identity.isPlain }
        declared = try ResourceText.lanes(text, scalars: scalars)
    }
}

extension ResourceText {
    /// Bit N says that lane N is named in the text, were it with 0.
    static func lanes(_ text: String, scalars: [String]) throws(TextFault) -> UInt8 {
        var configuration = ClusterConfiguration()
        configuration.scalars = scalars
        var bits: UInt8 = 0
        for part in parts(text) {
            guard let (_, name, _) = try? identity(of: part, in: text), name.isEmpty else { continue }
            for entry in try entries(part) {
                if let lane = configuration.lane(of: entry.name), lane < 8 { bits |= 1 << UInt8(lane) }
            }
        }
        return bits
    }
}
