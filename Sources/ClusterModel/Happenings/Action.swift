/// What people can ask for, from any keystroke or command. One list: the palette, the command line, the recording and
/// the rights all read it. Everything about an action that others must know is a property here.
public enum Action: Sendable, Hashable {
    /// Submit jobs, all or none. `after` inside the list may name its own jobs by position: see `SubmitJobs`.
    case submit(SubmitJobs)
    /// End tasks; a job's number with index `UInt32.max` means all of its tasks.
    case kill(TaskSelection)
    /// Keep jobs from starting tasks.
    case hold(JobSelection)
    /// Let held jobs start.
    case release(JobSelection)
    /// Let ended tasks wait again.
    case requeue(TaskSelection)
    /// Change the priority of jobs.
    case priority(JobPriority)
    /// Let nodes run empty.
    case drain(NodeSelection)
    /// Take nodes back into work that are draining, drained or held.
    case undrain(NodeSelection)
    /// Take back an offer.
    case rescind(OfferSelection)
    /// More instances of a pool.
    case scaleOut(ScaleOut)
    /// Fewer: the named nodes are drained and their instances ended.
    case scaleIn(NodeSelection)
    /// Switch the autoscaler.
    case autoscaler(AutoscalerMode)
    /// Give a role a weight.
    case weight(RoleWeight)
    /// Replace the cluster file.
    case apply(ApplyConfiguration)
    /// Write a note or set a mark.
    case note(NoteText)
    /// Take machines in that somebody names: over ssh, on this machine, or simulated.
    case addNodes(AddNodes)
    /// Drain such machines and let them go.
    case removeNodes(RemoveNodes)
    /// Have a simulated node do something; the runtime does it, the core learns of it as of any node's deeds.
    case simulate(Simulate)
    /// Drain everything, end all instances and then the core.
    case shutdown(Shutdown)
    /// Say what becomes of machines that nobody accounts for.
    case orphans(OrphanChoice)
    /// Do what the autoscaler would do now, whatever its mode.
    case followScaling(FollowScaling)

    /// The command's word, as in the palette and on the command line.
    public var word: String {
        switch self {
        case .submit: "submit"
        case .kill: "kill"
        case .hold: "hold"
        case .release: "release"
        case .requeue: "requeue"
        case .priority: "priority"
        case .drain: "drain"
        case .undrain: "undrain"
        case .rescind: "rescind"
        case .scaleOut: "scale out"
        case .scaleIn: "scale in"
        case .autoscaler: "autoscaler"
        case .weight: "weight"
        case .apply: "apply"
        case .note: "note"
        case .simulate: "sim"
        case .shutdown: "shutdown"
        case .addNodes: "node add"
        case .removeNodes: "node remove"
        case .orphans: "orphans"
        case .followScaling: "scale plan"
        }
    }

    /// Whether it changes the cluster; only those that do not are allowed in read-only mode.
    public var changesCluster: Bool {
        if case .note = self { return false }
        return true
    }

    /// Whether it ends work or machines, so that it wants a confirmation that shows the consequence.
    public var isDestructive: Bool {
        switch self {
        case .kill, .scaleIn, .drain, .apply, .shutdown, .removeNodes: true
        case .orphans(let choice): choice.choice == .end
        default: false
        }
    }

    var kind: UInt8 {
        switch self {
        case .submit: 1
        case .kill: 2
        case .hold: 3
        case .release: 4
        case .requeue: 5
        case .priority: 6
        case .drain: 7
        case .undrain: 8
        case .rescind: 9
        case .scaleOut: 10
        case .scaleIn: 11
        case .autoscaler: 12
        case .weight: 13
        case .apply: 14
        case .note: 15
        case .simulate: 65
        case .shutdown: 16
        case .addNodes: 70
        case .removeNodes: 71
        case .orphans: 100
        case .followScaling: 80
        }
    }
}

/// An action with who asks and what to answer to.
public struct ActionRequest: Hashable, Sendable, Wired {
    /// Counted by the runtime; the answer carries it.
    public var request: UInt64 = 0
    /// Who asks: the peer's credentials, `anna`.
    public var user = ""
    /// What is asked.
    public var action = Action.note(NoteText())
    /// The price and limits that were shown when the person confirmed; empty = nothing was shown. A plan whose
    /// fingerprint is no longer true is refused as stale.
    public var confirmed = ""

    /// An empty request.
    public init() {}
    /// `user` asks for `action`.
    public init(request: UInt64, user: String, action: Action, confirmed: String = "") {
        self.request = request
        self.user = user
        self.action = action
        self.confirmed = confirmed
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.text(&user)
        coder.value(&action)
        coder.text(&confirmed)
    }
}

/// What came of an action.
public struct ActionAnswer: Hashable, Sendable, Wired {
    /// Whether it was done, whole; nothing is ever half done.
    public var accepted = false
    /// One line: what was done, or why not and the way out.
    public var message = ""
    /// Jobs that came into being.
    public var jobs: [JobID] = []

    /// An empty answer.
    public init() {}
    /// An answer in one line.
    public init(accepted: Bool, message: String, jobs: [JobID] = []) {
        self.accepted = accepted
        self.message = message
        self.jobs = jobs
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.flag(&accepted)
        coder.text(&message)
        coder.ids(&jobs)
    }
}
