import ClusterModel

/// Frameworks outside in the simulated world: their streams break with the core and with themselves.
extension World {
    /// A framework's turn: it comes back, or dies, or asks where its tasks stand.
    mutating func frameworkActs(_ number: Int) {
        defer { schedule(.framework(number), after: mean(.seconds(5), &random)) }
        guard isUp else { return }
        let one = frameworks[number]
        if one.connection == 0 {
            lastConnection += 1
            frameworks[number].connection = lastConnection
            let said = SchedulerCall.subscribe(Subscription(one.info))
            tell(.call(FrameworkCall(framework: one.id, connection: lastConnection, said)))
        } else if now < calmFrom, random.once(in: 8) {
            frameworks[number].connection = 0
            tell(.call(FrameworkCall(framework: one.id, connection: one.connection, .disconnected)))
        } else if random.once(in: 4) {
            speak(number, .reconcile([]))
        } else if now < calmFrom, random.once(in: 3) {
            commit(number)
        } else if random.once(in: 3) {
            speak(number, .revive([]))
        }
    }

    /// Chooses nodes by itself, whether they are free or not.
    private mutating func commit(_ number: Int) {
        let nodes = live.state.presentNodes
        let chosen = (0..<random.number(in: 1...3)).compactMap { _ in random.pick(nodes) }
            .map { live.state.agentID(of: $0) }
        speak(number, frameworks[number].commitment(on: chosen, isWhole: random.once(in: 2)))
    }

    private mutating func speak(_ number: Int, _ call: SchedulerCall) {
        let one = frameworks[number]
        guard isUp, one.connection != 0, !one.id.isEmpty else { return }
        tell(.call(FrameworkCall(framework: one.id, connection: one.connection, call)))
    }

    /// Something was told on a stream; nobody hears what is told on an old one.
    mutating func hear(_ connection: UInt64, _ event: FrameworkEvent) {
        guard let number = frameworks.firstIndex(where: { $0.connection == connection }) else { return }
        switch event {
        case .subscribed(let id): frameworks[number].id = id
        case .offers(let offers):
            for offer in offers { speak(number, frameworks[number].answer(offer, launches: now < calmFrom)) }
        case .update(let told):
            if let fault = frameworks[number].note(told) { referee.fail(fault) }
            guard !told.update.uuid.isEmpty, now >= calmFrom || !random.once(in: 4) else { return }
            let seen = StatusAcknowledgement(task: told.task, agent: told.agent, uuid: told.update.uuid)
            speak(number, .acknowledge(seen))
        case .error, .closed: frameworks[number].connection = 0
        default: break
        }
    }

    /// Whether every framework knows of the end of every task.
    var frameworksAreAtRest: Bool {
        guard isUp else { return false }
        return frameworks.allSatisfy { one in
            guard let id = live.state.framework(withID: one.id) else { return one.launched == 0 }
            return live.state.externalJobs(of: id).isEmpty
        }
    }

    /// What a framework was told of each end is what the core holds.
    mutating func judgeFrameworks() {
        guard isUp else { return }
        for job in live.state.liveJobs {
            guard let row = live.state.external(job), row.kind == .task,
                let one = frameworks.first(where: { live.state.framework(withID: $0.id) == row.framework })
            else { continue }
            if row.state.isTerminal, one.ends[row.name] != row.state {
                referee.fail("\(one.name) knows \(row.name) as \(String(describing: one.ends[row.name])): \(row.state)")
            }
            if !row.state.isTerminal { referee.fail("\(row.name) of \(one.name) never came to its end: \(row.state)") }
        }
    }
}
