import ClusterModel

/// What makes two jobs equal to the queue: the same need, requirement and time limit. Jobs of one shape are looked up
/// and compared by a small number.
struct Shape: Hashable, Sendable {
    var need: ResourceVector
    var ports: UInt32
    var words: [Extras.Words]
    var requirement: String
    /// Zero = no limit.
    var timeLimit: Interval
    /// Number of nodes; 1 = no gang.
    var gang: UInt32

    init(_ spec: JobSpec, _ row: JobRow) {
        need = row.need
        ports = spec.ports
        words = spec.words
        requirement = spec.requirement
        timeLimit = spec.timeLimit
        gang = row.gang
    }
}

/// A shape with its requirement read.
struct KnownShape: Sendable {
    var shape: Shape
    /// One piece of it, without role and count.
    var demand: Demand
    /// A requirement that cannot be read holds nowhere; submission refuses it, an old recording may hold one.
    var isReadable = true

    init(_ shape: Shape) {
        self.shape = shape
        demand = Demand()
        demand.need = shape.need
        demand.ports = shape.ports
        demand.words = shape.words
        demand.isGang = shape.gang > 1
        do {
            demand.requirement = try Requirement.compile(shape.requirement)
        } catch {
            isReadable = false
        }
    }

    /// When a task of this shape started at `now` will have ended; `.max` when that is not known.
    func end(startedAt now: Instant) -> Int64 {
        shape.timeLimit > .zero ? (now + shape.timeLimit).microseconds : .max
    }
}
