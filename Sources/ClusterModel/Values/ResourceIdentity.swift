/// What sets a resource apart from plain ones of the same name: for whom it is reserved, on what kind of disk it lies,
/// whether it is a volume, shared, or may be taken back. Resources of equal identity can be added; others cannot.
public struct ResourceIdentity: Hashable, Sendable, Wired {
    /// A word that a framework or an operator has put on a reservation.
    public struct Label: Hashable, Sendable, Wired {
        /// The word's name.
        public var key = ""
        /// Its value; "" when it has none.
        public var value = ""
        /// An empty label.
        public init() {}
        /// A label.
        public init(_ key: String, _ value: String = "") {
            self.key = key
            self.value = value
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&key)
            coder.text(&value)
        }
    }

    /// One layer of a stack of reservations.
    public struct Reservation: Hashable, Sendable, Wired {
        /// Who made it: the agent's own declaration, or a call that can be undone.
        public enum Kind: UInt8, Sendable { case fixed, dynamic }
        /// Who made it.
        public var kind = Kind.fixed
        /// Path of the role that it is for; each layer's lies below that of the layer before it.
        public var role = ""
        /// On whose behalf a dynamic one was made; "" when nobody said.
        public var principal = ""
        /// Words on it, as they were given.
        public var labels: [Label] = []
        /// An empty reservation.
        public init() {}
        /// A reservation for a role.
        public init(_ kind: Kind, role: String, principal: String = "", labels: [Label] = []) {
            self.kind = kind
            self.role = role
            self.principal = principal
            self.labels = labels
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.word(&kind)
            coder.text(&role)
            coder.text(&principal)
            coder.list(&labels)
        }
    }

    /// Where a disk's bytes lie. Root and path disks can be cut; a mount, block or raw disk goes as a whole or not at
    /// all.
    public enum DiskKind: UInt8, Sendable { case root, path, mount, block, raw }

    /// A directory that outlives the tasks that use it.
    public struct Volume: Hashable, Sendable, Wired {
        /// Its name, unique for a role on a node.
        public var id = ""
        /// On whose behalf it was made; "" when nobody said.
        public var principal = ""
        /// Where tasks see it.
        public var containerPath = ""
        /// Whether tasks may only read it.
        public var isReadOnly = false
        /// An empty volume.
        public init() {}
        /// A volume.
        public init(id: String, containerPath: String, principal: String = "", isReadOnly: Bool = false) {
            self.id = id
            self.containerPath = containerPath
            self.principal = principal
            self.isReadOnly = isReadOnly
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&id)
            coder.text(&principal)
            coder.text(&containerPath)
            coder.flag(&isReadOnly)
        }
    }

    /// Reservations, outermost first; empty = for everybody.
    public var reservations: [Reservation] = []
    /// What kind of disk it is; anything but disk is `root`.
    public var disk = DiskKind.root
    /// Which one, of several disks of a kind: a path; "" on the root disk.
    public var diskRoot = ""
    /// The volume that it is; nil = none.
    public var volume: Volume?
    /// Whether several tasks may use it at once.
    public var isShared = false
    /// Whether it may be taken back at any time.
    public var isRevocable = false

    /// The identity of plain resources.
    public init() {}
    /// Resources reserved for `role` and nothing else.
    public init(reservedFor role: String, _ kind: Reservation.Kind = .fixed) {
        reservations = [Reservation(kind, role: role)]
    }

    /// Nothing sets it apart.
    public var isPlain: Bool { self == ResourceIdentity() }
    /// Path of the role that may use it, with the roles below that; nil = every role.
    public var role: String? { reservations.last?.role }
    /// Whether it can only be given as a whole: disks that cannot be cut, and volumes.
    public var isIndivisible: Bool { volume != nil || disk == .mount || disk == .block || disk == .raw }

    /// Whether tasks and offers of the role at `path` may have it: it is reserved for nobody, for that role or for one
    /// above it.
    public func isAllocatable(to path: String) -> Bool {
        guard let role else { return true }
        return Self.isRole(path, atOrBelow: role)
    }

    /// Whether `path` is `role` or lies below it in the tree.
    public static func isRole(_ path: String, atOrBelow role: String) -> Bool {
        guard path.utf8.starts(with: role.utf8) else { return false }
        let rest = path.utf8.dropFirst(role.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.list(&reservations)
        coder.word(&disk)
        coder.text(&diskRoot)
        coder.optional(&volume)
        coder.flag(&isShared)
        coder.flag(&isRevocable)
    }
}
