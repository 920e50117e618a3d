import ClusterModel

/// Facts of what owns or pays for things: pools, roles, jobs, frameworks.
extension DetailFacts {
    static func pool(_ id: PoolID, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        let row = state.pools[id.index]
        let currency = state.configuration.currency
        var lines = [
            fact("machines", "\(row.instances), wanted \(row.wanted)"),
            fact(
                "burn",
                "\(rate(row.meter.ratePerHour, context)), "
                    + "of which idle \(rate(context.summary.idleRate(of: id, state), context))",
                .cost),
            fact("today", "\(currency)\(Show.money(row.meter.today(at: context.now).micros))", .cost),
            fact("in all", "\(currency)\(Show.money(row.meter.total(at: context.now).micros))", .cost),
        ]
        if !row.fault.isNone { lines.append(fact("provider says", state.text(row.fault), .error)) }
        if !row.drift.isNone, !state.text(row.drift).isEmpty {
            lines.append(fact("drift", "\(state.text(row.drift)), since \(since(row.driftSince, context))", .warning))
        }
        if !row.note.isNone, !state.text(row.note).isEmpty { lines.append(fact("at", state.text(row.note))) }
        if row.backOffUntil > context.now {
            lines.append(fact("asks again", "in \(Show.age(row.backOffUntil - context.now))", .warning))
        }
        guard let spec = state.spec(of: id) else {
            return lines + [fact("configured", "no longer in the cluster file", .warning)]
        }
        lines.append(fact("limits", "\(spec.minimum) to \(spec.maximum) machines, provider \(spec.provider)"))
        if spec.provider == .terraform || spec.provider == .libvirt {
            let hard = spec.making.lease.hard
            let words = hard > .zero ? "\(Show.age(hard)) after its last renewal a machine powers itself off" : "none"
            lines.append(
                fact("lease", row.leaseEnforced || hard <= .zero ? words : "not enforced: \(words), and may cost on",
                    row.leaseEnforced && hard > .zero ? .text : .warning))
        }
        lines += [DetailLine(), title("Machine types")]
        for type in spec.types {
            lines.append(
                DetailLine([
                    Span("  \(DisplayText.fitted(type.name, to: 14)) ", .text),
                    Span("\(rate(type.pricePerHour, context))  ", .cost),
                    Span(resources(type.resources, state), .dim),
                ]))
        }
        let nodes = state.presentNodes.filter { state.nodes[$0.index].pool == id }
        lines += [DetailLine(), title("Nodes: \(nodes.count)")]
        return lines + limited(nodes.prefix(listLimit).map { nodeLine($0, context) }, of: nodes.count)
    }

    static func nodeLine(_ id: NodeID, _ context: FrameContext) -> DetailLine {
        let row = context.state.nodes[id.index]
        return DetailLine(
            [
                Span("  \(DisplayText.fitted(context.state.name(of: id), to: 20)) ", .link),
                Span(DisplayText.fitted(row.state.word, to: 12), row.state.style),
                Span(
                    "cpu \(Show.percent(row.used.cpus, of: row.total.cpus))  mem "
                        + "\(Show.percent(row.used.mem, of: row.total.mem))  \(Show.plural(Int(row.tasks), "task"))",
                    .dim),
            ], link: link(id, context.state))
    }

    static func role(_ id: RoleID, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        let row = state.roles[id.index]
        let currency = state.configuration.currency
        var lines = [
            fact("weight", Show.scalar(row.weight)), fact("allocated", resources(row.allocated, state)),
            fact("tasks", "\(row.placed) placed, \(row.queued) waiting"), fact("allocations", "\(row.allocations)"),
            fact("burn", rate(row.meter.ratePerHour, context), .cost),
            fact("today", "\(currency)\(Show.money(row.meter.today(at: context.now).micros))", .cost),
            fact("in all", "\(currency)\(Show.money(row.meter.total(at: context.now).micros))", .cost),
        ]
        if !row.parent.isNone { lines.append(fact("above", state.path(of: row.parent), link: link(row.parent, state))) }
        let below = state.roles.indices.filter { state.roles[$0].parent == id }
        for index in below {
            lines.append(fact("below", state.text(state.roles[index].path), link: RowKey(.role, UInt32(index))))
        }
        let jobs = state.liveJobs.filter { state.jobs[$0.index].role == id }
        lines += [DetailLine(), title("Jobs: \(jobs.count)")]
        return lines + limited(jobs.suffix(listLimit).reversed().map { jobLine($0, context) }, of: jobs.count)
    }

    static func jobLine(_ id: JobID, _ context: FrameContext) -> DetailLine {
        let row = context.state.jobs[id.index]
        return DetailLine(
            [
                Span("  \(DisplayText.fitted(context.state.label(of: id), to: 20)) ", .link),
                Span(
                    "\(row.queued) waiting, \(row.placed) placed, \(row.finished) finished, \(row.failed) failed",
                    .dim),
            ], link: RowKey(.job, id.raw))
    }

    static func job(_ id: JobID, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        let (row, spec) = (state.jobs[id.index], state.specs[id.index])
        let gate = "\(EventLine.word(row.gate))\(row.reason == .none ? "" : " (\(row.reason))")"
        var lines = [
            fact("state", gate), fact("command", spec.argv.joined(separator: " ")),
            fact("tasks", "\(row.count): \(row.queued) waiting, \(row.placed) placed"),
            fact(
                "ended", "\(row.finished) finished, \(row.failed) failed, \(row.killed) killed, \(row.lost) lost"),
            fact("each needs", resources(row.need, state)),
            fact("role", state.path(of: row.role), .role, link: link(row.role, state)),
            fact("framework", state.name(of: row.framework), link: RowKey(.framework, row.framework.raw)),
            fact("user", state.text(row.user)), fact("priority", "\(row.priority)"),
            fact("submitted", since(row.submittedAt, context)),
        ]
        if row.gang > 1 { lines.append(fact("nodes", "\(row.gang) at once")) }
        if !spec.requirement.isEmpty { lines.append(fact("where", spec.requirement)) }
        lines += spec.surroundings.map { fact($0.name, $0.value) }
        if !row.expectedStart.isNever {
            lines.append(fact("expected", Show.date(row.expectedStart, offset: context.offset)))
        }
        let tasks = (0..<row.count).lazy.map { TaskID(job: id, index: $0) }.filter { state.row(of: $0) != nil }
        lines += [DetailLine(), title("Tasks")]
        // A job may have a million tasks: no more are looked at than are listed.
        lines += tasks.prefix(listLimit).map { taskLine($0, context) }
        if row.count > listLimit { lines.append(DetailLine([Span("  of \(row.count) tasks", .dim)])) }
        return lines
    }

    static func framework(_ id: FrameworkID, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        let row = state.frameworks[id.index]
        var lines = [
            fact("state", EventLine.word(row.state)), fact("allocated", resources(row.allocated, state)),
            fact("allocations", "\(row.allocations)"), fact("open offers", "\(row.offers)"),
        ]
        if !row.minimum.isZero { lines.append(fact("smallest offer", resources(row.minimum, state))) }
        for role in row.roles { lines.append(fact("role", state.path(of: role), link: link(role, state))) }
        let refusals = state.filters.filter { $0.framework == id && $0.until > context.now }
        lines.append(fact("refusals", "\(refusals.count) in force"))
        let offers = state.openOffers.filter { state.offers[$0.index].framework == id }
        lines += [DetailLine(), title("Open offers: \(offers.count)")]
        return lines
            + limited(
                offers.prefix(listLimit).map { offer in
                    let row = state.offers[offer.index]
                    return DetailLine(
                        [
                            Span("  \(DisplayText.fitted("O-\(offer.raw)", to: 10)) ", .link),
                            Span("\(state.name(of: row.node))  \(resources(row.resources, state))", .dim),
                        ], link: RowKey(.offer, offer.raw))
                }, of: offers.count)
    }
}
