/// Dense indices and counters by which the state knows its things. Names stand at the boundary only.

/// A kind of thing that has numbers.
public protocol Identifier: Hashable, Comparable, Sendable {
    /// The number itself.
    var raw: UInt32 { get set }
    /// The thing with this number.
    init(raw: UInt32)
}

extension Identifier {
    /// Lower numbers first.
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
    /// The number as an array index.
    @inlinable public var index: Int { Int(raw) }
    /// The thing at array index `index`.
    @inlinable public init(_ index: Int) { self.init(raw: UInt32(truncatingIfNeeded: index)) }
    /// No such thing.
    @inlinable public static var none: Self { Self(raw: .max) }
    /// Whether this stands for no such thing.
    @inlinable public var isNone: Bool { raw == .max }
}

/// A node's slot in the node table; used again after the node has been removed and forgotten.
@frozen public struct NodeID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}
/// A job's number, counted from 1 for the life of a cluster.
@frozen public struct JobID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}
/// An offer's number, counted from 1 for the life of a core.
@frozen public struct OfferID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}
/// A role's slot in the role table.
@frozen public struct RoleID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}
/// A framework's slot in the framework table; 0 is the built-in batch framework.
@frozen public struct FrameworkID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
    /// The built-in batch framework.
    public static let batch = FrameworkID(raw: 0)
}
/// A pool's slot in the pool table.
@frozen public struct PoolID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}
/// An instance's number, counted from 1 for the life of a cluster.
@frozen public struct InstanceID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}
/// A text's slot in the append-only text table.
@frozen public struct TextID: Identifier {
    public var raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}

/// A task: a job's number and the index within it, written `12/3`.
@frozen public struct TaskID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The job it belongs to.
    public var job: JobID
    /// Its index within the job, from 0.
    public var index: UInt32

    /// Task `index` of `job`.
    @inlinable public init(job: JobID, index: UInt32) {
        self.job = job
        self.index = index
    }
    /// The task whose 64-bit form is `packed`.
    @inlinable public init(packed: UInt64) {
        job = JobID(raw: UInt32(truncatingIfNeeded: packed >> 32))
        index = UInt32(truncatingIfNeeded: packed)
    }
    /// Job number in the upper, index in the lower half: what agents know a task by.
    @inlinable public var packed: UInt64 { UInt64(job.raw) << 32 | UInt64(index) }
    /// By job, then by index.
    @inlinable public static func < (a: TaskID, b: TaskID) -> Bool { a.packed < b.packed }
    /// `JOB/INDEX`.
    public var description: String { "\(job.raw)/\(index)" }
}
