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
        }
    }
}
