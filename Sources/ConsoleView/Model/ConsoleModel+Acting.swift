import ClusterModel
import ClusterSource

/// Acting: what a key or palette line asks for becomes an action; one that ends work or machines shows its plan first.
extension ConsoleModel {
    mutating func act(_ command: Command, _ given: String, frame: SourceFrame) -> [ConsoleEffect] {
        let words = given.split(separator: " ").map(String.init)
        switch command {
        case .scaleOut: return scaleOut(words, frame)
        case .scaleIn: return scaleIn(words, frame)
        case .drain: return drain(words, frame)
        case .undrain:
            return withNodes(words, frame) { model, nodes in model.perform(.undrain(NodeSelection(nodes))) }
        case .autoscaler: return autoscaler(given, frame)
        case .kill:
            return withTasks(words, frame) { model, tasks in
                model.confirm(.kill(TaskSelection(tasks)), "Kill \(Show.plural(tasks.count, "task"))")
            }
        case .requeue:
            return withTasks(words, frame) { model, tasks in model.perform(.requeue(TaskSelection(tasks))) }
        case .hold: return hold(words, frame)
        case .release:
            return withJobs(words, frame) { model, jobs in model.perform(.release(JobSelection(jobs))) }
        case .priority: return priority(words, frame)
        case .rescind: return rescind(words, frame)
        case .submit: return submit(given)
        case .weight: return weight(words, frame)
        case .shutdown: return confirm(.shutdown(Shutdown(drain: true)), "Drain everything and stop the core")
        case .note, .mark: return note(command, given)
        default: return []
        }
    }

    /// Asks for an action at once; only for what ends neither work nor machines.
    mutating func perform(_ action: Action) -> [ConsoleEffect] {
        guard !settings.readOnly || !action.changesCluster else {
            say("\(action.word): this console is read-only", isError: true)
            return []
        }
        return [.perform(action, confirmed: "", ticket: ticket(for: .action(action.word)))]
    }

    /// Shows what an action would do, with the focus on Cancel.
    mutating func confirm(_ action: Action, _ title: String) -> [ConsoleEffect] {
        let ticket = ticket(for: .plan)
        dialog = .plan(PlanDialog(title: title, action: action, plan: nil, ticket: ticket))
        return [.plan(action, ticket: ticket)]
    }

    // MARK: Machines

    private mutating func scaleOut(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        let state = frame.state
        let pools = state.configuration.pools.filter { $0.maximum > $0.minimum }
        guard !pools.isEmpty else {
            say("scale out: no pool can grow; give one a larger max in the cluster file", isError: true)
            return []
        }
        var form = ScaleOutForm(pools: pools.map { ($0.name, $0.types.map(\.name)) })
        if let named = words.first {
            guard let index = pools.firstIndex(where: { $0.name == named }) else {
                say(unknown("pool", named, pools.map(\.name)), isError: true)
                return []
            }
            form.pool = index
        } else if let here = poolUnderCursor(state), let index = pools.firstIndex(where: { $0.name == here }) {
            form.pool = index
        }
        if words.count > 1 {
            guard let count = UInt32(words[1]), count > 0, count <= ScaleOutForm.countLimit else {
                say("scale out: \"\(words[1])\" is no count from 1 to \(ScaleOutForm.countLimit)", isError: true)
                return []
            }
            form.count = count
        }
        if words.count > 2 {
            guard let type = form.pools[form.pool].types.firstIndex(of: words[2]) else {
                say(unknown("type", words[2], form.pools[form.pool].types), isError: true)
                return []
            }
            form.type = type
        }
        form.ticket = ticket(for: .scaleOutPlan)
        dialog = .scaleOut(form)
        return [.plan(form.action, ticket: form.ticket)]
    }

    private func poolUnderCursor(_ state: ClusterState) -> String? {
        guard let key = targets(frame: state).first else { return nil }
        switch key.kind {
        case .node: return state.nodes.contains(key.node.index) ? state.name(of: state.nodes[key.node.index].pool) : nil
        case .pool: return state.label(of: key)
        default: return nil
        }
    }

    private mutating func scaleIn(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        let state = frame.state
        if let first = words.first, let pool = state.pool(named: first) {
            guard words.count == 2, let count = Int(words[1]), count > 0 else {
                say("scale in: how many of \(first)? :scale in \(first) COUNT", isError: true)
                return []
            }
            return scaleIn(pool, count: count, state)
        }
        if words.isEmpty, let key = targets(frame: state).first, key.kind == .pool {
            return scaleIn(key.pool, count: 1, state)
        }
        return withNodes(words, frame) { model, nodes in
            model.confirm(.scaleIn(NodeSelection(nodes)), "Scale in \(Show.plural(nodes.count, "node"))")
        }
    }

    /// The nodes of a pool that are let go with the least harm: idle ones first, then the youngest.
    private mutating func scaleIn(_ pool: PoolID, count: Int, _ state: ClusterState) -> [ConsoleEffect] {
        let nodes = state.presentNodes.filter {
            state.nodes[$0.index].pool == pool && !state.nodes[$0.index].removeWhenDrained
        }
        let order = nodes.sorted {
            let (a, b) = (state.nodes[$0.index], state.nodes[$1.index])
            return a.tasks != b.tasks ? a.tasks < b.tasks : a.joinedAt != b.joinedAt ? a.joinedAt > b.joinedAt : $0 > $1
        }
        guard !order.isEmpty else {
            say("scale in: pool \(state.name(of: pool)) has no nodes", isError: true)
            return []
        }
        let names = order.prefix(count).map { state.name(of: $0) }
        return confirm(.scaleIn(NodeSelection(names)), "Scale in \(names.count) of pool \(state.name(of: pool))")
    }

    /// Drains; when all of the nodes are draining, drained or held, takes them back instead.
    private mutating func drain(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        let state = frame.state
        return withNodes(words, frame) { model, nodes in
            let states = nodes.compactMap { state.node(named: $0) }.map { state.nodes[$0.index].state }
            let isOut = !states.isEmpty && states.allSatisfy { $0 == .draining || $0 == .drained || $0 == .held }
            if isOut, words.isEmpty { return model.perform(.undrain(NodeSelection(nodes))) }
            return model.confirm(.drain(NodeSelection(nodes)), "Drain \(Show.plural(nodes.count, "node"))")
        }
    }

    private mutating func autoscaler(_ given: String, _ frame: SourceFrame) -> [ConsoleEffect] {
        switch given {
        case "on": return perform(.autoscaler(.on))
        case "off": return perform(.autoscaler(.off))
        case "dry-run", "dry run", "dryrun": return perform(.autoscaler(.dryRun))
        case "": break
        default:
            say("autoscaler: \"\(given)\" is none of on, off, dry-run", isError: true)
            return []
        }
        let modes: [(AutoscalerMode, String)] = [
            (.off, "machines change only by hand"), (.on, "decides and acts"),
            (.dryRun, "decides and shows, does not act"),
        ]
        let now = frame.state.autoscaler
        dialog = .choice(
            ChoiceDialog(
                title: "Autoscaler", lines: ["now: \(now.word)"],
                choices: modes.map { .init(text: $0.0.word, detail: $0.1, command: .autoscaler($0.0)) },
                selected: modes.firstIndex { $0.0 == now } ?? 0))
        return []
    }

    // MARK: Offers, roles, notes

    private mutating func rescind(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        var offers: [OfferID] = []
        for word in words {
            guard let number = UInt32(word.hasPrefix("O-") ? String(word.dropFirst(2)) : word) else {
                say("rescind: \"\(word)\" is no offer; expected a number such as O-412", isError: true)
                return []
            }
            offers.append(OfferID(raw: number))
        }
        if words.isEmpty { offers = targets(frame: frame.state).filter { $0.kind == .offer }.map(\.offer) }
        let open = offers.filter {
            frame.state.offers.contains($0.index) && frame.state.offers[$0.index].outcome == .open
        }
        guard !open.isEmpty else {
            say("rescind: no open offer is meant", isError: true)
            return []
        }
        return perform(.rescind(OfferSelection(open)))
    }

    private mutating func weight(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        let here = targets(frame: frame.state).first { $0.kind == .role }.map { frame.state.label(of: $0) }
        if words.isEmpty {
            prompt = Prompt(.palette, text: "weight \(here.map { "\($0) " } ?? "")")
            return []
        }
        let path = words.count > 1 ? words[0] : here ?? ""
        let number = words[words.count - 1]
        guard !path.isEmpty, let weight = SubmitLine.thousandths(number), (1...1_000_000).contains(weight) else {
            say("weight: expected a role and a number from 0.001 to 1000, as in :weight eng/web 2", isError: true)
            return []
        }
        return confirm(.weight(RoleWeight(path: path, weight: weight)), "Weight of \(path): \(Show.scalar(weight))")
    }

    private mutating func note(_ command: Command, _ given: String) -> [ConsoleEffect] {
        if given.isEmpty {
            prompt = Prompt(.palette, text: command == .note ? "note " : "mark ")
            return []
        }
        guard given.utf8.count <= NoteText.limit else {
            say("\(command == .note ? "note" : "mark"): at most \(NoteText.limit) bytes", isError: true)
            return []
        }
        return perform(.note(command == .note ? NoteText(text: given) : NoteText(mark: given, text: "")))
    }

    private mutating func submit(_ given: String) -> [ConsoleEffect] {
        if given.isEmpty {
            prompt = Prompt(.palette, text: "submit ")
            return []
        }
        switch SubmitLine.parse(given) {
        case .success(let job): return perform(.submit(SubmitJobs(job)))
        case .failure(let problem):
            say("submit: \(problem.message)", isError: true)
            return []
        }
    }
}
