/// Calls as bytes: a number for ever, then what the kind carries.
extension SchedulerCall: Wired {
    /// Does nothing.
    public init() { self = .request }

    /// The kind's number, for ever.
    public var kind: UInt8 {
        switch self {
        case .request: 0
        case .subscribe: 1
        case .updateFramework: 2
        case .teardown: 3
        case .disconnected: 4
        case .accept: 5
        case .decline: 6
        case .acceptInverse: 7
        case .declineInverse: 8
        case .revive: 9
        case .suppress: 10
        case .kill: 11
        case .shutdown: 12
        case .acknowledge: 13
        case .acknowledgeOperation: 14
        case .reconcile: 15
        case .reconcileOperations: 16
        case .message: 17
        case .demand: 18
        case .commit: 19
        }
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        var number = kind
        coder.uint(&number)
        if C.isReading {
            guard let read = Self.read(number, &coder) else { return coder.fail() }
            self = read
        } else {
            write(&coder)
        }
    }

    private func write<C: WireCoder>(_ coder: inout C) {
        switch self {
        case .request, .teardown, .disconnected: break
        case .subscribe(var v), .updateFramework(var v): coder.value(&v)
        case .accept(var v): coder.value(&v)
        case .decline(var v), .acceptInverse(var v), .declineInverse(var v): coder.value(&v)
        case .revive(var v), .suppress(var v): coder.texts(&v)
        case .kill(var v): coder.value(&v)
        case .shutdown(var v): coder.value(&v)
        case .acknowledge(var v): coder.value(&v)
        case .acknowledgeOperation(var v): coder.value(&v)
        case .reconcile(var v), .reconcileOperations(var v): coder.list(&v)
        case .message(var v): coder.value(&v)
        case .demand(var v): coder.list(&v)
        case .commit(var v): coder.value(&v)
        }
    }

    private static func read<C: WireCoder>(_ number: UInt8, _ coder: inout C) -> SchedulerCall? {
        func value<T: Wired>(_ make: (T) -> SchedulerCall) -> SchedulerCall {
            var v = T()
            coder.value(&v)
            return make(v)
        }
        func names(_ make: ([String]) -> SchedulerCall) -> SchedulerCall {
            var v: [String] = []
            coder.texts(&v)
            return make(v)
        }
        func questions(_ make: ([TaskQuestion]) -> SchedulerCall) -> SchedulerCall {
            var v: [TaskQuestion] = []
            coder.list(&v)
            return make(v)
        }
        switch number {
        case 0: return .request
        case 1: return value(SchedulerCall.subscribe)
        case 2: return value(SchedulerCall.updateFramework)
        case 3: return .teardown
        case 4: return .disconnected
        case 5: return value(SchedulerCall.accept)
        case 6: return value(SchedulerCall.decline)
        case 7: return value(SchedulerCall.acceptInverse)
        case 8: return value(SchedulerCall.declineInverse)
        case 9: return names(SchedulerCall.revive)
        case 10: return names(SchedulerCall.suppress)
        case 11: return value(SchedulerCall.kill)
        case 12: return value(SchedulerCall.shutdown)
        case 13: return value(SchedulerCall.acknowledge)
        case 14: return value(SchedulerCall.acknowledgeOperation)
        case 15: return questions(SchedulerCall.reconcile)
        case 16: return questions(SchedulerCall.reconcileOperations)
        case 17: return value(SchedulerCall.message)
        case 18:
            var pieces: [DemandPiece] = []
            coder.list(&pieces)
            return .demand(pieces)
        case 19: return value(SchedulerCall.commit)
        default: return nil
        }
    }
}
