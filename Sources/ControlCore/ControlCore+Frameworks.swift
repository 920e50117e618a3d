import ClusterModel

/// What frameworks other than the built-in one may say; the HTTP API puts it into their words.
extension ControlCore {
    mutating func frameworkCalled(_ call: FrameworkCall) {
        let known = state.frameworks.indices.first { $0 > 0 && state.text(state.frameworks[$0].name) == call.name }
        guard let slot = known ?? (call.kind == .subscribe ? state.frameworks.count : nil) else { return }
        let id = FrameworkID(slot)
        switch call.kind {
        case .subscribe: set(id, call.name, .active, roles: call.roles, minimum: call.minimum)
        case .revive:
            set(id, call.name, .active)
            for role in call.roles.isEmpty ? [RoleID.none] : call.roles.compactMap({ state.role(at: $0) }) {
                emit(.filtersCleared(FiltersCleared(framework: id, role: role, expiredBy: .distantFuture)))
            }
        case .suppress: set(id, call.name, .suppressed)
        case .disconnect:
            rescindOffers(to: id)
            set(id, call.name, .disconnected)
        case .remove:
            rescindOffers(to: id)
            for job in state.liveJobs where state.jobs[job.index].framework == id {
                for index in 0..<state.jobs[job.index].count {
                    requestKill(TaskID(job: job, index: index), Reason(.killed), user: call.name)
                }
            }
            set(id, call.name, .removed)
        case .decline:
            for offer in open(call.offers, of: id) { close(offer, .declined, refuse: call.refuse) }
        case .accept: accept(call, id)
        }
        queueChanged = true
    }

    private mutating func set(
        _ id: FrameworkID, _ name: String, _ next: FrameworkRow.State, roles: [String]? = nil,
        minimum: ResourceVector? = nil
    ) {
        let row = id.index < state.frameworks.count ? state.frameworks[id.index] : FrameworkRow()
        emit(
            .frameworkChanged(
                FrameworkChanged(
                    framework: id, name: name, state: next, roles: roles ?? row.roles.map { state.path(of: $0) },
                    minimum: minimum ?? row.minimum)))
    }

    private mutating func rescindOffers(to id: FrameworkID) {
        for offer in state.openOffers where state.offers[offer.index].framework == id { close(offer, .rescinded) }
    }

    private func open(_ offers: [OfferID], of id: FrameworkID) -> [OfferID] {
        offers.filter {
            state.offers.contains($0.index) && state.offers[$0.index].outcome == .open
                && state.offers[$0.index].framework == id
        }
    }

    /// Launches what fits into the accepted offers, each task on the first offer that has room for it.
    private mutating func accept(_ call: FrameworkCall, _ id: FrameworkID) {
        let offers = open(call.offers, of: id)
        for var spec in call.launch {
            let fitting = offers.first {
                let row = state.offers[$0.index]
                return spec.need.fits(in: row.resources - row.accepted)
            }
            guard let offer = fitting else { continue }
            (spec.count, spec.nodes, spec.retries, spec.hold) = (1, 1, 0, false)
            spec.role = state.path(of: state.offers[offer.index].role)
            let job = JobID(max(1, state.jobs.count))
            emit(.jobSubmitted(JobSubmitted(job: job, user: call.name, framework: id, spec: spec)))
            let launched = TaskLaunched(
                task: TaskID(job: job, index: 0), attempt: 1, node: state.offers[offer.index].node, offer: offer,
                deadline: spec.timeLimit > .zero ? now + spec.timeLimit : .never)
            emit(.taskLaunched(launched))
            sendLaunch(launched)
        }
        for offer in offers { close(offer, .accepted, refuse: call.refuse) }
    }
}
