/// An amount of resources of one identity.
public struct Portion: Hashable, Sendable, Wired {
    /// What sets them apart.
    public var identity = IdentityID.plain
    /// For a shared volume how many hold it, at least 1: `amount` is then that of the one volume. 0 = not shared.
    public var copies: UInt32 = 0
    /// How much.
    public var amount = ResourceVector.zero
    /// Ports and words along with it.
    public var extras = Extras()

    /// Nothing, of the plain identity.
    public init() {}
    /// An amount; `copies` is 1 or more for what is shared.
    public init(_ identity: IdentityID, _ amount: ResourceVector, _ extras: Extras = Extras(), copies: UInt32 = 0) {
        self.identity = identity
        self.copies = copies
        self.amount = amount
        self.extras = extras
    }
    /// Whether there is nothing in it.
    public var isEmpty: Bool { amount.isZero && extras.isEmpty }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&identity)
        coder.uint(&copies)
        coder.value(&amount)
        coder.value(&extras)
    }
}

/// Resources that are not plain, by identity: at most one portion an identity, ascending, none empty, so that equal
/// contents are equal values. Stands beside the plain amounts of a node, an offer or a task, and is empty for most.
/// Every operation is linear in the portions.
public struct Portions: Hashable, Sendable, Wired {
    /// Most portions that one node, offer or task may have.
    public static let limit = 4_096

    /// The portions, ascending by identity.
    public private(set) var all: [Portion] = []

    /// Nothing.
    public init() {}
    /// These, in any order; those of equal identity are added.
    public init(_ portions: some Sequence<Portion>) { for portion in portions { add(portion) } }

    /// Whether there is nothing in it.
    @inlinable public var isEmpty: Bool { all.isEmpty }
    /// The portion of an identity; nil when there is none. By halving.
    public subscript(identity: IdentityID) -> Portion? {
        let at = place(of: identity)
        return at < all.count && all[at].identity == identity ? all[at] : nil
    }
    /// The scalars of all portions; a shared volume counts once.
    public var quantities: ResourceVector { all.reduce(.zero) { $0 + $1.amount } }
    /// Ports and words of all portions.
    public var extras: Extras { all.reduce(Extras()) { $0 + $1.extras } }

    private func place(of identity: IdentityID) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].identity < identity { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds a portion; a shared one adds its copies.
    public mutating func add(_ portion: Portion) {
        if portion.isEmpty { return }
        let at = place(of: portion.identity)
        guard at < all.count, all[at].identity == portion.identity else { return all.insert(portion, at: at) }
        if portion.copies > 0 {
            all[at].copies &+= portion.copies
        } else {
            all[at].amount += portion.amount
            all[at].extras = all[at].extras + portion.extras
        }
    }

    /// Takes a portion away; what is not there is not taken, and nothing falls below zero.
    public mutating func subtract(_ portion: Portion) {
        let at = place(of: portion.identity)
        guard at < all.count, all[at].identity == portion.identity else { return }
        if portion.copies > 0 {
            all[at].copies -= min(all[at].copies, portion.copies)
            if all[at].copies == 0 { all.remove(at: at) }
        } else {
            all[at].amount = (all[at].amount - portion.amount).clamped
            all[at].extras = all[at].extras - portion.extras
            if all[at].isEmpty { all.remove(at: at) }
        }
    }

    /// Whether all of `portion` is in this; of a shared one at least as many copies.
    public func contains(_ portion: Portion) -> Bool {
        if portion.isEmpty { return true }
        guard let own = self[portion.identity], own.copies >= portion.copies else { return false }
        return portion.amount.fits(in: own.amount) && (portion.extras.isEmpty || own.extras.contains(portion.extras))
    }
    /// Whether all of `other` is in this.
    public func contains(_ other: Portions) -> Bool { other.all.allSatisfy { contains($0) } }

    /// Both together.
    public static func + (a: Portions, b: Portions) -> Portions {
        if a.isEmpty { return b }
        var sum = a
        for portion in b.all { sum.add(portion) }
        return sum
    }
    /// What is left of `a` without `b`.
    public static func - (a: Portions, b: Portions) -> Portions {
        var rest = a
        for portion in b.all { rest.subtract(portion) }
        return rest
    }
    /// Adds `b`.
    public static func += (a: inout Portions, b: Portions) { a = a + b }
    /// Takes `b` away.
    public static func -= (a: inout Portions, b: Portions) { a = a - b }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.list(&all)
        // What was read is put in order again: no bytes can make a value that breaks the rules above.
        if C.isReading {
            guard all.count <= Self.limit else {
                all = []
                return coder.fail()
            }
            self = Portions(all)
        }
    }
}
