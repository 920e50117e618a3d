import CSys
import ClusterModel
import Dispatch
import Glibc
import Synchronization

/// The one writer of a working folder: all that is asked of its machines is gathered, planned, checked and applied, one
/// command at a time. What Terraform lost track of is looked for before anything is made.
final class TerraformFolder: Sendable {
    /// What a folder's machines are asked for with.
    struct Setup: Equatable, Sendable {
        var cluster: String
        var settings: TerraformSettings
        /// Private folder for files of commands.
        var work: String
    }
    /// What is wanted of one machine.
    struct Wish: Sendable {
        var order: InstanceOrder
        var isWanted = true
        /// Whether it has been seen running.
        var wasThere = false
        /// Whether its address was told since it was last asked for.
        var isTold = false
        /// Why it is given up, told already; what is left of it is being cleared away.
        var failure = ""
        /// The id of a machine nobody knows.
        var stray = ""
    }
    struct Shared {
        var wishes: [String: Wish] = [:]
        var isScheduled = false
        var isClosed = false
        /// Whether what is there has to be looked at before the next step: the state may lack what was made.
        var isSuspect = true
        /// Whether drift is to be looked for.
        var wantsLook = false
        /// Whether a look is due by the clock some time.
        var isLookPlanned = false
        var view: TerraformView?
        /// Runs in a row that failed as a whole.
        var failures = 0
        /// Since when the lock has been waited for, steady nanoseconds; 0 = it is not.
        var lockedSince: UInt64 = 0
        var isPrepared = false
        var drift = ""
        var note = ""
        /// Pools that are made here.
        var pools: Set<String> = []
        var told: [String: PoolSeen] = [:]
    }

    /// Runs that may fail as a whole before what was asked for is given up.
    static let tries = 3
    /// Waits between tries, in milliseconds: doubled each time.
    static let firstWaitMilliseconds = 1_000
    static let longestWaitMilliseconds = 60_000
    /// How long orders are gathered before a plan, in milliseconds.
    static let gatherMilliseconds = 30
    /// Steps from one order to its end, at most; a module that needs more does not settle.
    static let stepLimit = 6

    let setup: Setup
    let command: TerraformCommand
    let shared = Mutex(Shared())
    let observe: @Sendable (ProviderReport) -> Void
    let log: @Sendable (String) -> Void
    private let queue: DispatchQueue

    init(
        _ setup: Setup, log: @escaping @Sendable (String) -> Void, observe: @escaping @Sendable (ProviderReport) -> Void
    ) {
        self.setup = setup
        self.log = log
        self.observe = observe
        queue = DispatchQueue(label: "bellows.terraform")
        command = TerraformCommand(program: setup.settings.program, folder: setup.settings.folder, work: setup.work)
    }

    // MARK: Asked from outside

    func create(_ order: InstanceOrder) {
        shared.withLock { shared in
            shared.pools.insert(order.pool)
            if var known = shared.wishes[order.name], known.order.instance == order.instance {
                known.isTold = false
                shared.wishes[order.name] = known
            } else {
                shared.wishes[order.name] = Wish(order: order, wasThere: order.wasThere)
            }
        }
        schedule()
    }

    func destroy(_ order: InstanceOrder) {
        shared.withLock { shared in
            shared.pools.insert(order.pool)
            var wish = shared.wishes[order.name] ?? Wish(order: order)
            wish.isWanted = false
            shared.wishes[order.name] = wish
        }
        schedule()
    }

    /// Ends a machine that the cloud lists and nobody knows.
    func endStray(_ machine: FoundMachine, pool: String) {
        shared.withLock { shared in
            var order = InstanceOrder(
                instance: .none, name: "stray-\(machine.id)", pool: pool, provider: .terraform, type: MachineType())
            order.making.terraform = setup.settings
            var wish = Wish(order: order)
            (wish.isWanted, wish.stray) = (false, machine.id)
            shared.wishes[order.name] = wish
        }
        schedule()
    }

    /// The pools that are made in this folder: what is there is looked at soon, and drift from then on.
    func use(_ pools: [PoolSpec]) {
        shared.withLock { shared in
            shared.pools = Set(pools.map(\.name))
            shared.wantsLook = true
        }
        schedule()
    }

    func close() {
        shared.withLock { $0.isClosed = true }
        command.close()
        queue.sync {}
    }

    // MARK: Turns, on the folder's queue

    func schedule(after milliseconds: Int = gatherMilliseconds) {
        let isFirst = shared.withLock { shared in
            defer { shared.isScheduled = true }
            return !shared.isScheduled && !shared.isClosed
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in self?.turn() }
    }

    private func turn() {
        let isClosed = shared.withLock { shared in
            shared.isScheduled = false
            return shared.isClosed
        }
        guard !isClosed else { return }
        do throws(TerraformFault) {
            try prepare()
            if shared.withLock({ $0.wantsLook }) { try lookForDrift() }
            if shared.withLock({ $0.isSuspect || $0.view == nil }) { try look() }
            try converge()
            shared.withLock { ($0.failures, $0.lockedSince) = (0, 0) }
            note("")
        } catch {
            recover(from: error)
        }
        planLook()
    }

    /// What comes after a turn that failed: another try later, and the word to whoever waits.
    private func recover(from fault: TerraformFault) {
        if fault == .closed { return }
        if case .locked(let who) = fault { return waitForLock(who) }
        let failures = shared.withLock { shared in
            shared.isSuspect = true
            shared.failures += 1
            return shared.failures
        }
        log("terraform in \(setup.settings.folder): \(fault)")
        note("\(fault)")
        var isFinal = failures >= Self.tries
        switch fault {
        case .unusable, .refused, .contract: isFinal = true
        default: break
        }
        if isFinal { giveUp(fault) }
        let wait = min(Self.longestWaitMilliseconds, Self.firstWaitMilliseconds << min(failures - 1, 6))
        if shared.withLock({ shared in shared.wantsLook || shared.wishes.values.contains { !$0.isTold || !$0.isWanted }
        }) {
            schedule(after: wait)
        }
    }

    private func waitForLock(_ who: String) {
        let now = cs_clock_ns(1)
        let waited = shared.withLock { shared in
            if shared.lockedSince == 0 { shared.lockedSince = now }
            shared.isSuspect = true
            return (now - shared.lockedSince) / 1_000_000
        }
        note("waits for the state lock, held by \(who)")
        if waited > UInt64(clamping: setup.settings.lockTimeout.milliseconds) { giveUp(.locked(who)) }
        schedule(after: min(10_000, max(500, Int(waited / 4))))
    }

    /// Tells that what was asked for does not come; what may be left of it is cleared away once it can be.
    func giveUp(_ fault: TerraformFault, _ names: Set<String>? = nil) {
        let given = shared.withLock { shared in
            var given: [(order: InstanceOrder, wasWanted: Bool)] = []
            for (name, wish) in shared.wishes.sorted(by: { $0.key < $1.key }) {
                guard names?.contains(name) ?? true, !wish.wasThere, wish.failure.isEmpty else { continue }
                if wish.isWanted || names != nil { given.append((wish.order, wish.isWanted)) }
                if wish.isWanted {
                    shared.wishes[name]?.isWanted = false
                    shared.wishes[name]?.failure = "\(fault)"
                }
            }
            return given
        }
        for (order, wasWanted) in given {
            tell(
                InstanceSeen(
                    instance: order.instance, state: wasWanted ? .requested : .stopping, failed: true,
                    message: "\(order.name): \(fault)",
                    cause: fault.cause))
        }
    }

    func tell(_ seen: InstanceSeen) {
        if !seen.instance.isNone { observe(.instance(seen)) }
    }
}
