import ClusterModel
import ControlCore

/// How the world answers: commits, messages with their faults, machines and tasks.
extension World {
    mutating func happen(_ what: Happening) {
        switch what {
        case .input(let input, let link, let node):
            // What was said over a link that has broken since is never heard.
            if let link, agents[node]?.link != link { return }
            if let frozen = agents[node]?.frozenUntil, frozen > now, link != nil {
                return schedule(what, after: frozen - now + .milliseconds(1))
            }
            tell(input)
        case .order(let directive, let link): obey(directive, link)
        case .commit: commit()
        case .taskEnds(let node, let key): taskEnds(node, key)
        case .sample(let node): sample(node)
        case .connect(let node): connect(node)
        case .act:
            if now < calmFrom {
                act()
                schedule(.act, after: mean(scenario.actEvery, &random))
            } else {
                tidyUp()
                schedule(.act, after: .seconds(60))
            }
        case .fault(let fault):
            if now < calmFrom { strike(fault) }
            scheduleFault(fault)
        case .agentBack(let node):
            agents[node]?.alive = true
            agents[node]?.start += 1
            schedule(.connect(node: node), after: .seconds(1))
        case .machine(let name, let step): machine(name, step)
        case .machineLost:
            loseMachine()
            scheduleLoss()
        case .told(let connection, let event): hear(connection, event)
        case .framework(let number): frameworkActs(number)
        case .coreBack:
            guard let state = store.crash() else { return referee.fail("the kept facts could not be read") }
            startCore(state)
        }
    }

    private mutating func commit() {
        guard isUp else { return }
        for batch in store.commit() {
            for event in batch.events { referee.sawDurable(event, state: live.state) }
            for directive in batch.directives { carryOut(directive) }
        }
    }

    private mutating func carryOut(_ directive: Directive) {
        switch directive {
        case .connect(let node, _): schedule(.connect(node: node), after: .milliseconds(random.number(in: 1...50)))
        case .disconnect(let node): agents[node]?.link = nil
        case .purge: break
        case .launch(let node, _), .kill(let node, _, _, _), .acknowledge(let node, _, _, _):
            if let link = agents[node]?.link { send(directive, over: link, to: node) }
        case .endStray: break
        case .createInstance(let order): create(order)
        case .destroyInstance(let order): destroy(order)
        case .answer(_, let answer): referee.sawAnswer(answer)
        case .tell(let connection, let event): schedule(.told(connection, event), after: latency())
        case .collect(let node, let tasks):
            // A node that is cut off meanwhile answers nothing: then the core's patience ends it.
            guard agents[node]?.link != nil else { break }
            let found = NodeCollected(node: node, outputs: UInt32(2 * tasks.count), bytes: 0, missed: 0)
            schedule(.input(.nodeCollected(found), fromLink: agents[node]?.link, node: node), after: latency())
        case .stop, .verdict, .notice, .renewLease: break
        }
    }

    private mutating func latency() -> Interval {
        .milliseconds(random.number(in: 1...20) + (random.once(in: scenario.reorderOneIn) ? 400 : 0))
    }

    /// A message to an agent. A lost one takes its connection with it, as a stream does.
    private mutating func send(_ directive: Directive, over link: UInt64, to node: String) {
        if now < calmFrom, random.once(in: scenario.lossOneIn) { return breakLink(node, "message lost") }
        schedule(.order(directive, link: link), after: latency())
    }

    /// A message to the core.
    mutating func say(_ input: Input, from node: String) {
        guard let link = agents[node]?.link else { return }
        if now < calmFrom, random.once(in: scenario.lossOneIn) { return breakLink(node, "message lost") }
        schedule(.input(input, fromLink: link, node: node), after: latency())
        if random.once(in: scenario.duplicateOneIn) {
            schedule(.input(input, fromLink: link, node: node), after: latency())
        }
    }

    mutating func breakLink(_ node: String, _ words: String) {
        guard agents[node]?.link != nil else { return }
        agents[node]?.link = nil
        schedule(
            .input(.agentGone(AgentGone(node: node, message: words)), fromLink: nil, node: node),
            after: .milliseconds(5))
        schedule(.connect(node: node), after: .milliseconds(random.number(in: 200...3_000)))
    }

    private mutating func connect(_ node: String) {
        guard isUp, var agent = agents[node], agent.alive, agent.link == nil else { return }
        if agent.frozenUntil > now { return schedule(.connect(node: node), after: agent.frozenUntil - now) }
        let link = newLink()
        agent.link = link
        agents[node] = agent
        schedule(.input(.agentHello(agent.hello()), fromLink: link, node: node), after: .milliseconds(5))
        schedule(.sample(node: node), after: .seconds(2))
    }

    private mutating func sample(_ node: String) {
        guard let agent = agents[node], agent.alive, agent.link != nil else { return }
        if agent.frozenUntil <= now {
            var sample = NodeSample()
            sample.node = node
            sample.cpuUsed = random.number(in: 0...8_000)
            sample.memUsed = random.number(in: 0...32) << 30
            say(.sample(sample), from: node)
        }
        schedule(.sample(node: node), after: .seconds(2))
    }

    private mutating func obey(_ directive: Directive, _ link: UInt64) {
        switch directive {
        case .launch(let node, let launch):
            guard var agent = agents[node], agent.alive, agent.link == link else { return }
            let key = SimulatedAgent.Key(task: launch.task, attempt: launch.attempt)
            let exit: Int32 = random.once(in: scenario.taskFailureOneIn) ? 1 : 0
            var span = mean(scenario.runTime, &random)
            if launch.spec.timeLimit > .zero { span = min(span, launch.spec.timeLimit) }
            if let end = agent.launch(key, at: now, runs: span, exitCode: exit) {
                referee.sawStart(key, on: node)
                schedule(.taskEnds(node: node, key), after: end - now)
            }
            agents[node] = agent
            if let run = agent.runs[key] { report(agent.status(key, run), from: node) }
        case .kill(let node, let task, let attempt, _):
            guard var agent = agents[node], agent.alive, agent.link == link else { return }
            let key = SimulatedAgent.Key(task: task, attempt: attempt)
            if let status = agent.end(key, at: now, Reason(.killed), signal: 15) {
                referee.sawEnd(key, on: node, status)
                agents[node] = agent
                report(status, from: node)
            } else if let end = agent.runs[key]?.end {
                report(end, from: node)
            }
        case .acknowledge(let node, let task, let attempt, let sequence):
            guard agents[node]?.link == link else { return }
            let key = SimulatedAgent.Key(task: task, attempt: attempt)
            if agents[node]?.runs[key]?.end?.sequence == sequence { agents[node]?.runs[key] = nil }
        default: break
        }
    }

    private mutating func report(_ status: TaskStatus, from node: String) {
        say(.taskStatus(NodeTaskStatus(node: node, status: status)), from: node)
    }

    private mutating func taskEnds(_ node: String, _ key: SimulatedAgent.Key) {
        guard var agent = agents[node], let run = agent.runs[key], run.end == nil else { return }
        guard let status = agent.end(key, at: now, Reason(.exited), exitCode: run.exitCode) else { return }
        referee.sawEnd(key, on: node, status)
        agents[node] = agent
        if agent.alive { report(status, from: node) }
    }
}
