/// Why something is as it is: data, so that it can be counted, filtered and put into any words.
@frozen public struct Reason: Hashable, Sendable {
    /// The kinds of reasons there are.
    public enum Code: UInt8, Sendable, CaseIterable {
        case none
        // Why a job or task waits.
        case heldByUser, dependency, dependencyFailed, waitsForResources, noNodeMatches, priority, reserved, quota
        case retryBackoff
        // How a task ended.
        case exited, signaled, timeLimit, outOfMemory, launchFailed, killed, gangMember, nodeLost, agentForgot
        case retriesExhausted, stagingTimeout, lostAtReboot
        // Why a node is in its state.
        case registered, silent, disconnected, drained, failuresInRow, heldByOperator, removedByOperator, scaledIn
        case poolMinimum, returned, rebooted
        // Why an offer ended or was not made.
        case accepted, declined, timedOut, rescinded, filtered, suppressed, belowMinimum
        // Why a provider did not deliver.
        case providerError, bootTimeout, poolLimit, budget
        // Why a request was refused.
        case invalid, readOnly, storeUnavailable
        // Why a machine is wanted, besides the pool's minimum.
        case askedFor
        // Why an offer is not made, besides those above.
        case constraint, headroom, lacksCapability, reservedForOthers, noDemand, heldForGang
        // What the autoscaler says of machines, and why it does not act.
        case demand, spareWanted, schedule, idle, underused, coolDown, deadBand, backOff, refused, protected, surge
        case gpuForCPU, priceUnknown, costsMore, startsSooner, needIsYoung, machineLimit, paidPeriod, gangTooLarge
        case inUse, neededElsewhere, savesTooLittle, keptForDemand
        // Why a machine and the tasks on it are gone: nobody renewed its lease.
        case lease
        // Why a task gave way.
        case preempted
        // Why a task that is on its way does not run yet.
        case pullsImage
    }
    /// What kind of reason it is.
    public var code: Code
    /// A number that goes with it: an exit code, a signal, a job, seconds.
    public var number: Int64

    /// A reason with its number.
    @inlinable public init(_ code: Code, _ number: Int64 = 0) {
        self.code = code
        self.number = number
    }
    /// No reason.
    public static let none = Reason(.none)
}

extension Reason: Wired {
    public init() { self = .none }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&code)
        coder.int(&number)
    }
}

extension Reason: CustomStringConvertible {
    /// The reason in a few words, for a table's column.
    public var description: String {
        switch code {
        case .none: ""
        case .heldByUser: "held by user"
        case .dependency: "after job \(number)"
        case .dependencyFailed: "job \(number) failed"
        case .waitsForResources: "resources"
        case .noNodeMatches: "no node matches"
        case .priority: "priority"
        case .reserved: "reserved for job \(number)"
        case .quota: "quota"
        case .retryBackoff: "retry \(number)"
        case .exited: "exit \(number)"
        case .signaled: "signal \(number)"
        case .timeLimit: "time limit"
        case .outOfMemory: "out of memory"
        case .launchFailed: "launch failed"
        case .killed: "killed"
        case .gangMember: "rank \(number) ended"
        case .nodeLost: "node lost"
        case .agentForgot: "agent does not know it"
        case .retriesExhausted: "failed \(number) times"
        case .stagingTimeout: "agent did not start it"
        case .lostAtReboot: "node rebooted"
        case .registered: "registered"
        case .silent: "silent"
        case .disconnected: "disconnected"
        case .drained: "drained by operator"
        case .failuresInRow: "\(number) failures in a row"
        case .heldByOperator: "held by operator"
        case .removedByOperator: "removed by operator"
        case .scaledIn: "scaled in"
        case .poolMinimum: "pool minimum"
        case .returned: "returned"
        case .rebooted: "rebooted"
        case .accepted: "accepted"
        case .declined: "declined"
        case .timedOut: "timed out"
        case .rescinded: "rescinded"
        case .filtered: "filtered"
        case .suppressed: "suppressed"
        case .belowMinimum: "below minimum"
        case .providerError: "provider error"
        case .bootTimeout: "did not register in time"
        case .poolLimit: "pool limit"
        case .budget: "budget"
        case .invalid: "invalid"
        case .readOnly: "read only"
        case .storeUnavailable: "state store unavailable"
        case .askedFor: "asked for by hand"
        case .constraint: "offer constraint \(number + 1)"
        case .headroom: "kept free for guarantees"
        case .lacksCapability: "capability"
        case .reservedForOthers: "reserved for others"
        case .noDemand: "demand met"
        case .heldForGang: "held for a gang"
        case .demand: "queue"
        case .spareWanted: "headroom of the pool"
        case .schedule: "schedule"
        case .idle: "idle for \(number) s"
        case .underused: "underused for \(number) s"
        case .coolDown: number > 0 ? "cool-down, \(number) s left" : "cool-down"
        case .deadBand: "dead band"
        case .backOff: number > 0 ? "back-off, \(number) s left" : "back-off"
        case .refused: number > 0 ? "refused by the provider, asked again in \(number) s" : "refused by the provider"
        case .protected: "protected after \(number) failures in a row"
        case .surge: "surge limit"
        case .gpuForCPU: "gpu machine for work without gpus"
        case .priceUnknown: "price unknown"
        case .costsMore: "costs more"
        case .startsSooner: "starts sooner on what is there"
        case .needIsYoung: number > 0 ? "need must last, \(number) s left" : "need must last"
        case .machineLimit: "limit of machines in all"
        case .paidPeriod: number > 0 ? "paid for another \(number) s" : "paid for"
        case .gangTooLarge: "gang needs \(number) machines more than may be had"
        case .inUse: "in use"
        case .neededElsewhere: "its tasks fit nowhere else"
        case .savesTooLittle: "saves too little"
        case .keptForDemand: "kept for the queue"
        case .lease: "lease"
        case .preempted: "gave way to job \(number)"
        case .pullsImage: "pulls its image"
        }
    }
}
