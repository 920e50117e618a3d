import ClusterModel

/// What goes wrong, and when.
extension World {
    mutating func scheduleFault(_ fault: Fault) {
        let every =
            switch fault {
            case .agentCrash: scenario.agentCrashEvery
            case .agentFreeze: scenario.agentFreezeEvery
            case .reboot: scenario.rebootEvery
            case .coreCrash: scenario.coreCrashEvery
            case .clockJump: scenario.clockJumpEvery
            }
        guard every > .zero, now < calmFrom else { return }
        schedule(.fault(fault), after: mean(every, &random))
    }

    mutating func strike(_ fault: Fault) {
        switch fault {
        case .agentCrash:
            guard let node = random.pick(agents.keys.sorted()), agents[node]?.alive == true else { return }
            agents[node]?.alive = false
            breakLink(node, "agent died")
            schedule(.agentBack(node: node), after: .seconds(random.number(in: 1...40)))
        case .agentFreeze:
            guard let node = random.pick(agents.keys.sorted()) else { return }
            agents[node]?.frozenUntil = now + .seconds(random.number(in: 1...200))
        case .reboot:
            guard let node = random.pick(agents.keys.sorted()), var agent = agents[node] else { return }
            let before = agent.runs
            agent.reboot(at: now)
            for key in before.keys.sorted() where before[key]?.end == nil {
                if let status = agent.runs[key]?.end { referee.sawEnd(key, on: node, status) }
            }
            agent.alive = false
            agents[node] = agent
            breakLink(node, "connection reset")
            schedule(.agentBack(node: node), after: .seconds(random.number(in: 5...60)))
        case .coreCrash:
            guard isUp else { return }
            isUp = false
            schedule(.coreBack, after: .milliseconds(random.number(in: 100...20_000)))
        case .clockJump:
            clockAhead = .seconds(random.number(in: 0...30))
        }
    }
}
