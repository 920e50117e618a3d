/// Resources of one identity as they are spoken of outside the state: with the identity in full. Calls, commands and
/// events to frameworks carry lists of these; inside the state stand plain amounts and `Portions`.
public struct ResourceItem: Hashable, Sendable, Wired {
    /// What sets them apart; plain ones have the empty identity.
    public var identity = ResourceIdentity()
    /// How much; cpus and gpus in thousandths, mem and disk in bytes.
    public var amount = ResourceVector.zero
    /// Ports and words along with it.
    public var extras = Extras()

    /// Nothing.
    public init() {}
    /// An amount of one identity.
    public init(_ identity: ResourceIdentity = .init(), _ amount: ResourceVector, _ extras: Extras = Extras()) {
        self.identity = identity
        self.amount = amount
        self.extras = extras
    }
    /// Whether there is nothing in it.
    public var isEmpty: Bool { amount.isZero && extras.isEmpty }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.value(&identity)
        coder.value(&amount)
        coder.value(&extras)
    }
}

/// What a node, an offer or a task has: plain amounts, plain ports and words, and what is not plain.
public struct Holding: Hashable, Sendable, Wired {
    /// Plain amounts.
    public var plain = ResourceVector.zero
    /// Plain ports and words.
    public var extras = Extras()
    /// What is reserved, revocable, a volume or on a disk of its own.
    public var special = Portions()

    /// Nothing.
    public init() {}
    /// All three parts.
    public init(_ plain: ResourceVector, _ extras: Extras = Extras(), _ special: Portions = Portions()) {
        self.plain = plain
        self.extras = extras
        self.special = special
    }

    /// Whether there is nothing in it.
    @inlinable public var isEmpty: Bool { plain.isZero && extras.isEmpty && special.isEmpty }
    /// The scalars of all identities; a shared volume counts once.
    @inlinable public var quantities: ResourceVector { special.isEmpty ? plain : plain + special.quantities }
    /// Whether all of `other` is in this.
    public func contains(_ other: Holding) -> Bool {
        other.plain.fits(in: plain) && (other.extras.isEmpty || extras.contains(other.extras))
            && special.contains(other.special)
    }
    /// Both together.
    public static func + (a: Holding, b: Holding) -> Holding {
        Holding(a.plain + b.plain, a.extras + b.extras, a.special + b.special)
    }
    /// What is left of `a` without `b`, all of which `a` holds.
    public static func - (a: Holding, b: Holding) -> Holding {
        Holding(a.plain - b.plain, a.extras - b.extras, a.special - b.special)
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.value(&plain)
        coder.value(&extras)
        coder.value(&special)
    }
}
