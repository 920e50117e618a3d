import ClusterModel

/// A framework outside that launches small tasks on what it is offered, dies now and then, and comes back under its id.
struct SimulatedFramework: Sendable {
    let name: String
    var id = ""
    /// Its present stream; 0 = it is down.
    var connection: UInt64 = 0
    var launched = 0
    /// How each of its tasks ended, as it was told.
    var ends: [String: FrameworkTaskState] = [:]
    private var seen: Set<[UInt8]> = []

    init(name: String) { self.name = name }

    var info: FrameworkInfo {
        var info = FrameworkInfo()
        (info.name, info.roles, info.failoverTimeout) = (name, ["external/\(name)"], .hours(10))
        info.capabilities = [.multiRole, .partitionAware, .reservationRefinement]
        return info
    }

    /// Takes a status; a fault when a task ends a second time.
    mutating func note(_ told: UpdateTold) -> String? {
        guard told.update.state.isTerminal, !told.update.uuid.isEmpty, seen.insert(told.update.uuid).inserted else {
            return nil
        }
        if let before = ends.updateValue(told.update.state, forKey: told.task) {
            return "\(name) was told twice of the end of \(told.task): \(before), then \(told.update.state)"
        }
        return nil
    }

    /// What it makes of an offer: one task of one cpu, if it fits.
    mutating func answer(_ offer: OfferTold, launches: Bool) -> SchedulerCall {
        let fits = offer.resources.contains {
            $0.identity.isPlain && $0.amount.cpus >= 1_000 && $0.amount.mem >= 1 << 30
        }
        guard launches, fits else { return .decline(OfferAnswer(offers: [offer.id], refuse: .seconds(3))) }
        let task = newTask(on: offer.agent)
        var acceptance = Acceptance()
        acceptance.offers = [offer.id]
        acceptance.operations = [OfferOperation(.launch([task]))]
        acceptance.refuse = .seconds(3)
        return .accept(acceptance)
    }

    /// A placement that it chose by itself: one task on each of these agents, as many as there is room for or all.
    mutating func commitment(on agents: [String], isWhole: Bool) -> SchedulerCall {
        var said = Commitment()
        said.isWhole = isWhole
        said.parts = agents.map { agent in
            var part = Commitment.Part()
            part.agent = agent
            part.operations = [OfferOperation(.launch([newTask(on: agent)]))]
            part.resources = part.operations[0].resourcesNeeded
            return part
        }
        return .commit(said)
    }

    private mutating func newTask(on agent: String) -> LaunchTask {
        launched += 1
        var task = LaunchTask()
        task.id = "\(name)-\(launched)"
        task.agent = agent
        task.hasCommand = true
        task.resources = [ResourceItem(ResourceIdentity(), ResourceVector(cpus: 1_000, mem: 1 << 30))]
        task.spec.argv = ["work"]
        return task
    }
}
