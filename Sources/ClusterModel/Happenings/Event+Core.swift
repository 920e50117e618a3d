/// Events about the core itself, its configuration and its people.

/// A core took the lead of the cluster.
public struct CoreStarted: Hashable, Sendable, Wired {
    /// The cluster's unique id.
    public var cluster = ""
    /// Number of this leadership; grows at each take-over.
    public var epoch: UInt64 = 0
    /// The program's version.
    public var version = ""
    /// Who started it.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(cluster: String, epoch: UInt64 = 0, version: String = "", user: String = "") {
        self.cluster = cluster
        self.epoch = epoch
        self.version = version
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&cluster)
        coder.uint(&epoch)
        coder.text(&version)
        coder.text(&user)
    }
}

/// The cluster file changed.
public struct Configured: Hashable, Sendable, Wired {
    /// What holds from now on.
    public var configuration = ClusterConfiguration()
    /// What the file last said; differs after changes by keystroke.
    public var file = ClusterConfiguration()
    /// Who changed it.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(configuration: ClusterConfiguration, file: ClusterConfiguration = .init(), user: String = "") {
        self.configuration = configuration
        self.file = file
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.record(&configuration)
        coder.record(&file)
        coder.text(&user)
    }
}

/// Somebody asked for something, and what came of it.
public struct Acted: Hashable, Sendable, Wired {
    /// Who.
    public var user = ""
    /// What was asked, in the command's words.
    public var action = ""
    /// Whether it was done.
    public var accepted = false
    /// The answer, one line.
    public var result = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(user: String, action: String = "", accepted: Bool = false, result: String = "") {
        self.user = user
        self.action = action
        self.accepted = accepted
        self.result = result
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&user)
        coder.text(&action)
        coder.flag(&accepted)
        coder.text(&result)
    }
}

/// A note or a named mark was written at this instant.
public struct Noted: Hashable, Sendable, Wired {
    /// Who.
    public var user = ""
    /// The mark's name; empty for a note.
    public var mark = ""
    /// What was written.
    public var text = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(user: String, mark: String = "", text: String = "") {
        self.user = user
        self.mark = mark
        self.text = text
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&user)
        coder.text(&mark)
        coder.text(&text)
    }
}

/// A UTC day began; daily sums start anew.
public struct DayTurned: Hashable, Sendable, Wired {
    /// Days since 1970-01-01.
    public var day: Int64 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(day: Int64) {
        self.day = day
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.int(&day)
    }
}

/// The autoscaler was switched.
public struct AutoscalerChanged: Hashable, Sendable, Wired {
    /// What it does from now on.
    public var mode = AutoscalerMode.off
    /// Who switched it.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(mode: AutoscalerMode, user: String = "") {
        self.mode = mode
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&mode)
        coder.text(&user)
    }
}

/// The state store failed or works again.
public struct StoreChanged: Hashable, Sendable, Wired {
    /// Whether registry facts can be kept.
    public var writable = false
    /// What went wrong, one line.
    public var message = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(writable: Bool, message: String = "") {
        self.writable = writable
        self.message = message
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.flag(&writable)
        coder.text(&message)
    }
}

/// A role came into being or its weight changed.
public struct RoleChanged: Hashable, Sendable, Wired {
    /// Its slot.
    public var role = RoleID.none
    /// Its path.
    public var path = ""
    /// Thousandths.
    public var weight: Int64 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(role: RoleID, path: String = "", weight: Int64 = 0) {
        self.role = role
        self.path = path
        self.weight = weight
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&role)
        coder.text(&path)
        coder.int(&weight)
    }
}

/// The core is to stop once everything is drained and every machine is gone; no new machine is wished for.
public struct CoreEnding: Hashable, Sendable, Wired {
    /// Who asked.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An end asked for by `user`.
    public init(user: String) { self.user = user }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.text(&user) }
}

/// What the autoscaler does with its decisions.
public enum AutoscalerMode: UInt8, Sendable, CaseIterable {
    /// It rests; machines come and go by keystroke only.
    case off
    /// It decides and acts.
    case on
    /// It decides and shows, and does not act.
    case dryRun
}
