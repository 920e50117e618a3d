/// Announced times at which machines are not there.
public struct MaintenanceWindow: Hashable, Sendable, Wired {
    /// A machine by name and address; hosts compare without case.
    public struct Machine: Hashable, Sendable, Wired {
        /// Its host name.
        public var hostname = ""
        /// Its address.
        public var ip = ""
        /// Nobody.
        public init() {}
        /// A machine.
        public init(hostname: String, ip: String) {
            self.hostname = hostname
            self.ip = ip
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&hostname)
            coder.text(&ip)
        }
    }
    /// Whose.
    public var machines: [Machine] = []
    /// When.
    public var unavailability = Unavailability()
    /// An empty window.
    public init() {}
    /// A window.
    public init(machines: [Machine], unavailability: Unavailability) {
        self.machines = machines
        self.unavailability = unavailability
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.list(&machines)
        coder.value(&unavailability)
    }
    /// Most machines of a schedule.
    public static let machineLimit = 100_000
}

/// From when to when something is not there, in the nanoseconds that were given.
public struct Unavailability: Hashable, Sendable, Wired {
    /// Nanoseconds since 1970.
    public var startNanoseconds: Int64 = 0
    /// How long; below zero = without end.
    public var durationNanoseconds: Int64 = -1
    /// From the beginning on.
    public init() {}
    /// A time.
    public init(startNanoseconds: Int64, durationNanoseconds: Int64 = -1) {
        self.startNanoseconds = startNanoseconds
        self.durationNanoseconds = durationNanoseconds
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.int(&startNanoseconds)
        coder.int(&durationNanoseconds)
    }
}
