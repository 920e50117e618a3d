import ClusterModel

/// What people do: submit, change their minds, drain and scale.
extension World {
    mutating func act() {
        guard isUp else { return }
        let action: Action?
        switch random.number(in: 0...19) {
        case 0...9: action = .submit(randomJobs())
        case 10...11: action = randomTask(live.state).map { .kill(TaskSelection([$0])) }
        case 12: action = randomJob(live.state).map { .hold(JobSelection([$0])) }
        case 13: action = randomHeld(live.state).map { .release(JobSelection([$0])) }
        case 14: action = randomTask(live.state).map { .requeue(TaskSelection([$0])) }
        case 15: action = randomNode(live.state).map { .drain(NodeSelection([$0], patience: .seconds(30))) }
        case 16: action = randomNode(live.state).map { .undrain(NodeSelection([$0])) }
        case 17: action = .scaleOut(ScaleOut(pool: "burst", count: UInt32(random.number(in: 1...2))))
        case 18: action = randomNode(live.state).map { .scaleIn(NodeSelection([$0])) }
        default:
            action = randomJob(live.state).map {
                .priority(JobPriority(jobs: [$0], priority: Int32(random.number(in: -10...10))))
            }
        }
        guard let action else { return }
        requests += 1
        tell(.action(ActionRequest(request: requests, user: "anna", action: action)))
    }

    /// After the storm people take back into work what they drained and what was held.
    mutating func tidyUp() {
        guard isUp else { return }
        let state = live.state
        for (slot, row) in state.pools.enumerated() where row.failuresInRow >= PoolScaling.protectedAfter {
            requests += 1
            let wish = ScaleOut(pool: state.name(of: PoolID(slot)), count: 1)
            tell(.action(ActionRequest(request: requests, user: "anna", action: .scaleOut(wish))))
        }
        for node in state.presentNodes {
            let row = state.nodes[node.index]
            guard row.state == .draining || row.state == .drained || row.state == .held, !row.removeWhenDrained else {
                continue
            }
            requests += 1
            let action = Action.undrain(NodeSelection([state.name(of: node)]))
            tell(.action(ActionRequest(request: requests, user: "anna", action: action)))
        }
    }

    private mutating func randomJobs() -> SubmitJobs {
        var request = SubmitJobs()
        for position in 0..<random.number(in: 1...3) {
            request.jobs.append(randomSpec())
            request.afterPositions.append(position > 0 && random.once(in: 3) ? [UInt32(position - 1)] : [])
        }
        return request
    }

    private mutating func randomSpec() -> JobSpec {
        var spec = JobSpec()
        spec.name = "sim"
        spec.role = random.pick(["hpc", "eng/web", "eng/db", "eng"]) ?? "hpc"
        spec.argv = ["sim"]
        spec.need = ResourceVector(
            cpus: random.number(in: 1...16) * 500, mem: random.number(in: 1...16) << 30, disk: 0, gpus: 0)
        if random.once(in: 6) {
            spec.nodes = UInt32(random.number(in: 2...3))
        } else {
            spec.count = UInt32(random.number(in: 1...12))
        }
        if random.once(in: 4) { spec.ports = UInt32(random.number(in: 1...3)) }
        if random.once(in: 5) { spec.requirement = "rack=rack" }
        if random.once(in: 2) { spec.timeLimit = .seconds(random.number(in: 5...120)) }
        if random.once(in: 3) { spec.retries = UInt32(random.number(in: 1...3)) }
        spec.priority = Int32(random.number(in: -5...5))
        spec.hold = random.once(in: 12)
        if scenario.configuration.offers.policy == .priority { spec.isRevocable = random.once(in: 3) }
        return spec
    }

    private mutating func randomJob(_ state: ClusterState) -> JobID? { random.pick(state.liveJobs) }
    private mutating func randomHeld(_ state: ClusterState) -> JobID? {
        random.pick(state.liveJobs.filter { state.jobs[$0.index].gate != .open })
    }
    private mutating func randomTask(_ state: ClusterState) -> TaskID? {
        guard let job = randomJob(state) else { return nil }
        return TaskID(job: job, index: UInt32(random.number(in: 0...Int64(state.jobs[job.index].count - 1))))
    }
    private mutating func randomNode(_ state: ClusterState) -> String? {
        random.pick(state.presentNodes).map { state.name(of: $0) }
    }
}
