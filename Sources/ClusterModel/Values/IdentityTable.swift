/// A resource identity's slot in the append-only identity table; 0 is that of plain resources.
@frozen public struct IdentityID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
    /// Plain, unreserved, not revocable.
    public static let plain = IdentityID(raw: 0)
}

/// Identities, interned: each stands once, portions hold its number, so that adding and comparing resources compares
/// numbers. Append-only; number 0 is the plain identity in every table.
public struct IdentityTable: Sendable {
    /// Most identities of one table. Volumes bring new ones, so that the table of a long-lived state fills up slowly; a
    /// state that is read back from the registry starts with those in use.
    public static let limit = 1 << 20

    /// The identities by number.
    public private(set) var table = Table<ResourceIdentity>()
    /// Number by identity; rebuilt on decoding.
    private var numbers: [ResourceIdentity: UInt32] = [:]

    /// A table of the plain identity alone.
    public init() {
        table.append(ResourceIdentity())
        numbers[ResourceIdentity()] = 0
    }

    /// Number of identities; at least 1.
    public var count: Int { table.count }
    /// The identity with this number; the plain one for numbers that were never given.
    public subscript(id: IdentityID) -> ResourceIdentity { table[table.contains(id.index) ? id.index : 0] }
    /// The number of `identity`, if it is known. O(1).
    public func find(_ identity: ResourceIdentity) -> IdentityID? { numbers[identity].map { IdentityID(raw: $0) } }

    /// The number of `identity`, known or new; nil when the table is full. O(1) amortised.
    public mutating func intern(_ identity: ResourceIdentity) -> IdentityID? {
        if let known = find(identity) { return known }
        guard table.count < Self.limit else { return nil }
        let index = table.append(identity)
        numbers[identity] = UInt32(index)
        return IdentityID(index)
    }
    /// Takes a decoded table and rebuilds the look-up.
    mutating func restore(_ decoded: Table<ResourceIdentity>) {
        self = IdentityTable()
        for index in 0..<decoded.count where index > 0 { _ = intern(decoded[index]) }
    }
}
