import ClusterModel

/// What the batch framework remembers between calls, so that a call costs what has changed. It can be thrown away at
/// any time without changing an answer; it belongs to one line of states (a copied core copies its memory too).
public struct BatchMemory: Sendable {
    /// Most shapes known at once; when there are more, everything is forgotten and learned anew.
    public static let shapeLimit = 4_096
    /// Most shapes whose openings are kept; the one that was used longest ago gives way.
    public static let openingsLimit = 64

    private(set) var shapes: [KnownShape] = []
    private var shapeNumbers: [Shape: Int32] = [:]
    /// Shape by job number less `firstJob`; -1 = not looked up yet.
    private var shapeOfJob: [Int32] = []
    private var firstJob = 0

    var watch = NodeWatch()
    var openings: [Openings] = []
    var clock: UInt64 = 0
    var lastPromises: Promises?

    /// Nothing remembered yet.
    public init() {}

    /// Hears of an event that `state` holds already. A memory that is not told of every event works just as well, but
    /// has more to do. O(1).
    public mutating func note(_ stamped: StampedEvent, in state: ClusterState) { watch.note(stamped, in: state) }

    /// Forgets what belongs to jobs that have left the state, and everything when too much is known.
    mutating func tidy(_ state: ClusterState) {
        if shapes.count > Self.shapeLimit { self = BatchMemory() }
        let oldest = state.liveJobs.first?.index ?? state.jobs.count
        if oldest < firstJob {
            shapeOfJob = []
            firstJob = oldest
        } else if oldest - firstJob > 8_192 {
            shapeOfJob.removeFirst(min(shapeOfJob.count, oldest - firstJob))
            firstJob = oldest
        }
        while shapeOfJob.count < state.jobs.count - firstJob { shapeOfJob.append(-1) }
    }

    /// The number of a job's shape. O(1) once it was looked up.
    mutating func shape(of job: JobID, in state: ClusterState) -> Int {
        let at = job.index - firstJob
        let known = shapeOfJob[at]
        if known >= 0 { return Int(known) }
        let shape = Shape(state.specs[job.index], state.jobs[job.index])
        if let number = shapeNumbers[shape] {
            shapeOfJob[at] = number
            return Int(number)
        }
        let number = shapes.count
        shapes.append(KnownShape(shape))
        shapeNumbers[shape] = Int32(number)
        shapeOfJob[at] = Int32(number)
        return number
    }
}
