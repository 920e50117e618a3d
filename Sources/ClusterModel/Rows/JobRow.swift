/// A job's counts and place in the queue: plain data. What was asked for stands in its `JobSpec`.
public struct JobRow: Sendable {
    /// Whether the job may start tasks.
    public enum Gate: UInt8, Sendable {
        /// Its tasks may start.
        case open
        /// Held by a user or the operator.
        case held
        /// Waits for other jobs.
        case waiting
        /// A job it waits for failed; held until somebody decides.
        case stuck
    }

    /// Its role.
    public var role = RoleID.none
    /// Its framework.
    public var framework = FrameworkID.none
    /// Who submitted it.
    public var user = TextID.none
    /// Whether it may start, and if not why.
    public var gate = Gate.open
    /// The reason that goes with the gate.
    public var reason = Reason.none
    /// Higher starts first within its role.
    public var priority: Int32 = 0
    /// When it was submitted.
    public var submittedAt = Instant.never
    /// When the last of its tasks ended.
    public var endedAt = Instant.never
    /// Not to be started before this, after a failed attempt.
    public var notBefore = Instant.never
    /// What one task needs.
    public var need = ResourceVector.zero
    /// Slot of its first task; the others follow.
    public var firstTask: UInt32 = 0
    /// Number of tasks.
    public var count: UInt32 = 0
    /// Nodes that must start at once; 1 when it is no gang.
    public var gang: UInt32 = 1
    /// Tasks queued or held.
    public var queued: UInt32 = 0
    /// Tasks staging, running or ending.
    public var placed: UInt32 = 0
    /// Tasks that finished.
    public var finished: UInt32 = 0
    /// Tasks that failed for good.
    public var failed: UInt32 = 0
    /// Tasks that were killed.
    public var killed: UInt32 = 0
    /// Tasks that were lost.
    public var lost: UInt32 = 0
    /// Tasks forgotten.
    public var forgotten: UInt32 = 0
    /// No task of a lower index is queued.
    public var nextQueued: UInt32 = 0
    /// When its reservation lets it start; never = it has none.
    public var expectedStart = Instant.never

    /// An empty row.
    public init() {}

    /// Whether all of its tasks have ended.
    public var isTerminal: Bool { queued == 0 && placed == 0 }
    /// Whether it ended and every task finished with exit code 0.
    public var succeeded: Bool { isTerminal && finished == count }
}

extension JobRow: Wired {
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&role)
        coder.id(&framework)
        coder.id(&user)
        coder.word(&gate)
        coder.value(&reason)
        coder.int(&priority)
        coder.instant(&submittedAt)
        coder.instant(&endedAt)
        coder.instant(&notBefore)
        coder.value(&need)
        coder.uint(&firstTask)
        coder.uint(&count)
        coder.uint(&gang)
        coder.uint(&queued)
        coder.uint(&placed)
        coder.uint(&finished)
        coder.uint(&failed)
        coder.uint(&killed)
        coder.uint(&lost)
        coder.uint(&forgotten)
        coder.uint(&nextQueued)
        coder.instant(&expectedStart)
    }
}

/// What was asked for: one task, an array of `count` equal tasks, or a gang of `nodes` tasks that start and end as one.
public struct JobSpec: Hashable, Sendable, Wired {
    /// Most tasks one job may have.
    public static let countLimit: UInt32 = 1_000_000
    /// Most bytes that program, arguments and environment may have together.
    public static let textLimit = 262_144
    /// Most bytes of an image's name.
    public static let imageLimit = 1_024

    /// A name for people; need not be unique.
    public var name = ""
    /// The role it is charged to.
    public var role = ""
    /// Program and arguments; looked up in the agent's PATH.
    public var argv: [String] = []
    /// `NAME=VALUE` each.
    public var environment: [String] = []
    /// Working directory on the node; "" = the task's sandbox.
    public var directory = ""
    /// File for standard input on the node; "" = none.
    public var input = ""
    /// File for standard output; "" = in the sandbox. `%j` = job, `%i` = index.
    public var output = ""
    /// File for standard error; "" = in the sandbox. `%j` = job, `%i` = index.
    public var error = ""
    /// What one task needs.
    public var need = ResourceVector.zero
    /// Number of ports one task needs; they stand in PORT0, PORT1, ...
    public var ports: UInt32 = 0
    /// Words of sets that one task needs.
    public var words: [Extras.Words] = []
    /// Number of equal tasks.
    public var count: UInt32 = 1
    /// Nodes of a gang; 1 = no gang.
    public var nodes: UInt32 = 1
    /// Higher starts first within the role; -1000...1000.
    public var priority: Int32 = 0
    /// How long one task may run; zero = no limit.
    public var timeLimit = Interval.zero
    /// How often a failed task is started again.
    public var retries: UInt32 = 0
    /// Time between SIGTERM and SIGKILL.
    public var grace = Interval.seconds(10)
    /// Requirement on the node, as written; "" = none.
    public var requirement = ""
    /// Jobs that must have succeeded before.
    public var after: [JobID] = []
    /// Submit held.
    public var hold = false
    /// Limit for each of stdout and stderr, in bytes; zero = the cluster's default.
    public var logLimit: Int64 = 0
    /// Whether its tasks may be ended at any time for other work; they are queued again then.
    public var isRevocable = false
    /// The user of the node as whom its tasks run; "" = the agent's own. Only an agent of root can change it.
    public var runAs = ""
    /// Agents that are not root run it as themselves, whatever `runAs` says; otherwise that fails.
    public var mayKeepUser = false
    /// Its tasks have a /tmp of their own.
    public var privateTmp = false
    /// Its tasks may write in their sandboxes, in a /tmp of their own and in /dev/shm alone.
    public var readOnly = false
    /// What its tasks see as their root: a folder of the node (a whole path), or an image for podman or docker there;
    /// "" = the node's own.
    public var image = ""

    /// An empty request.
    public init() {}

    /// What is wrong with an image for tasks that need so many thousandths of gpus; nil when nothing is.
    public static func imageFault(_ image: String, gpus: Int64) -> String? {
        let expected =
            "expects the whole path of a root file system's folder, such as `/srv/alpine`, or an image such as "
            + "`docker.io/library/alpine:3.20`"
        if image.utf8.count > imageLimit {
            return "has \(image.utf8.count) bytes, the limit is \(imageLimit)"
        }
        let isPath = image.hasPrefix("/")
        guard let first = image.utf8.first, image.utf8.allSatisfy({ $0 >= (isPath ? 32 : 33) && $0 != 127 }),
            isPath || first != UInt8(ascii: "-") && first != UInt8(ascii: ".") && !image.contains("://")
        else { return expected + ", not `\(image)`" }
        return gpus > 0 ? "and gpus do not go together: gpus are not given to containers" : nil
    }

    /// What its tasks have around them that is not the node's usual, in words for people: name and value.
    public var surroundings: [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        if !image.isEmpty { found.append(("image", image)) }
        if !runAs.isEmpty { found.append(("runs as", runAs + (mayKeepUser ? ", where the agent is root" : ""))) }
        if privateTmp { found.append(("private /tmp", "yes")) }
        if readOnly { found.append(("read-only", "yes")) }
        return found
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.text(&role)
        coder.texts(&argv)
        coder.texts(&environment)
        coder.text(&directory)
        coder.text(&input)
        coder.text(&output)
        coder.text(&error)
        coder.value(&need)
        coder.uint(&ports)
        coder.elements(&words, empty: Extras.Words()) { coder, entry in
            coder.text(&entry.name)
            coder.texts(&entry.items)
        }
        coder.uint(&count)
        coder.uint(&nodes)
        coder.int(&priority)
        coder.interval(&timeLimit)
        coder.uint(&retries)
        coder.interval(&grace)
        coder.text(&requirement)
        coder.ids(&after)
        coder.flag(&hold)
        coder.int(&logLimit)
        coder.flag(&isRevocable)
        coder.text(&runAs)
        coder.flag(&mayKeepUser)
        coder.flag(&privateTmp)
        coder.flag(&readOnly)
        coder.text(&image)
    }
}
