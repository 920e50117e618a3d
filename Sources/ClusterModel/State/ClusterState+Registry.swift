import ByteCoding

/// Registry facts, which a new core begins with: which of them an event touches, what they say, and the state of them.
extension ClusterState {
    /// The facts that change with `event`, which has been applied. Empty for what can be learned again.
    public func registryKeys(touchedBy event: Event) -> [RegistryKey] {
        switch event {
        case .coreStarted: [.cluster]
        case .orphanChanged(let e): e.state == .ending && !e.user.isEmpty ? [.cluster] : []
        case .autoscaler, .ending: [.cluster]
        case .dayTurned: [.cluster] + pools.indices.map { .pool(PoolID($0)) } + roles.indices.map { .role(RoleID($0)) }
        case .configured:
            [.configuration] + pools.indices.map { .pool(PoolID($0)) } + roles.indices.map { .role(RoleID($0)) }
        case .roleChanged(let e): [.role(e.role)]
        case .poolChanged(let e): [.pool(e.pool)]
        case .instanceWished(let e): [.instance(e.instance), .pool(e.pool)]
        case .instanceChanged(let e):
            [.instance(e.instance)]
                + (instances.contains(e.instance.index)
                    ? [.pool(instances[e.instance.index].pool), .node(instances[e.instance.index].node)] : [])
        case .instanceLeased(let e): [.instance(e.instance)]
        case .nodeAdded(let e): [.node(e.node), .instance(e.instance), .pool(e.pool), .cluster]
        case .nodeRegistered(let e): [.node(e.node)] + moneyKeys(e.node)
        case .nodeChanged(let e): [.node(e.node)] + moneyKeys(e.node)
        case .nodeForgotten(let e): [.node(e.node)]
        case .nodeDeclared(let e): [.node(e.node)]
        case .jobSubmitted(let e): [.job(e.job), .role(jobs[e.job.index].role), .cluster]
        case .jobChanged(let e): [.job(e.job)]
        case .jobForgotten(let e):
            [.job(e.job), .externalTask(e.job)] + (0..<e.count).map { .task(TaskID(job: e.job, index: $0)) }
        case .taskLaunched(let e): taskKeys(e.task)
        case .taskEnded(let e): taskKeys(e.task)
        case .taskRequeued(let e): taskKeys(e.task)
        case .taskKilling(let e): [.task(e.task)]
        case .typeRefused(let e): [.pool(e.pool)]
        case .tasksForgotten(let e): e.tasks.map { .task($0) }
        default: frameworkKeys(touchedBy: event)
        }
    }

    /// The facts of money that change with a node.
    private func moneyKeys(_ node: NodeID) -> [RegistryKey] {
        nodes.contains(node.index) && nodes[node.index].pool.index < pools.count ? [.pool(nodes[node.index].pool)] : []
    }

    private func taskKeys(_ task: TaskID) -> [RegistryKey] {
        guard contains(task.job) else { return [.task(task)] }
        var keys: [RegistryKey] = [.task(task), .role(jobs[task.job.index].role)]
        if let slot = slot(of: task), tasks.contains(slot), nodes.contains(tasks[slot].node.index) {
            keys.append(.pool(nodes[tasks[slot].node.index].pool))
        }
        return keys
    }

    /// The fact under `key` as it is now; nil when it is to be deleted.
    public func fact(for key: RegistryKey) -> [UInt8]? {
        var coder = WireWriter(capacity: 128)
        switch key {
        case .cluster:
            var copy = self
            copy.wireClusterFact(&coder)
        case .configuration:
            var (now, file) = (configuration, fileConfiguration)
            coder.record(&now)
            coder.record(&file)
        case .job(let id):
            guard contains(id) else { return nil }
            var (row, spec, user) = (jobs[id.index], specs[id.index], texts[jobs[id.index].user])
            coder.record(&row)
            coder.record(&spec)
            coder.text(&user)
        case .task(let id):
            // A forgotten task's fact stays as long as its job: without it a new core would start the task again.
            guard let slot = slot(of: id), tasks.contains(slot) else { return nil }
            let row = tasks[slot]
            guard row.attempt > 0 || row.state.isTerminal || row.failures > 0 else { return nil }
            var (task, extras, message) = (row, taskExtras[id] ?? Extras(), taskMessages[id] ?? "")
            coder.record(&task)
            coder.record(&extras)
            coder.text(&message)
            wire(special: taskSpecial[id] ?? Portions(), &coder)
        case .node(let id):
            guard nodes.contains(id.index), nodes[id.index].isPresent else { return nil }
            var (row, details) = (nodes[id.index], nodeDetails[id.index])
            (details.special, details.specialHeld) = (Portions(), Portions())
            var (name, boot) = (texts[row.name], texts[row.boot])
            coder.record(&row)
            coder.record(&details)
            coder.text(&name)
            coder.text(&boot)
            wire(special: nodeDetails[id.index].special, &coder)
        case .instance(let id):
            guard instances.contains(id.index), instances[id.index].state != .gone else { return nil }
            var row = instances[id.index]
            var (name, type) = (texts[row.name], texts[row.type])
            coder.record(&row)
            coder.text(&name)
            coder.text(&type)
        case .role(let id):
            guard id.index < roles.count else { return nil }
            var (row, path) = (roles[id.index], texts[roles[id.index].path])
            coder.record(&row)
            coder.text(&path)
        case .pool(let id):
            guard id.index < pools.count else { return nil }
            var (row, name) = (pools[id.index], texts[pools[id.index].name])
            coder.record(&row)
            coder.text(&name)
        case .framework, .externalTask, .operation, .maintenance, .goneAgents:
            return frameworkFact(for: key)
        }
        return coder.output.bytes
    }

    /// Identity and counters: numbers that were given must never be given again.
    private mutating func wireClusterFact<C: WireCoder>(_ coder: inout C) {
        coder.text(&cluster)
        coder.uint(&epoch)
        coder.word(&autoscaler)
        coder.int(&day)
        coder.uint(&tasksEnded)
        var (jobCount, instanceCount, offerCount) = (UInt64(jobs.count), UInt64(instances.count), UInt64(offers.count))
        coder.uint(&jobCount)
        coder.uint(&instanceCount)
        coder.uint(&offerCount)
        coder.uint(&sequence)
        coder.instant(&now)
        coder.flag(&isEnding)
        coder.uint(&agentsEver)
        coder.uint(&operationsEver)
        coder.flag(&endsOrphans)
        coder.int(&scaling.peakListRate)
        coder.instant(&scaling.since)
        guard C.isReading, jobCount <= UInt32.max, instanceCount <= UInt32.max, offerCount <= UInt32.max else { return }
        jobs.grow(to: Int(jobCount), with: JobRow())
        specs.grow(to: Int(jobCount), with: JobSpec())
        instances.grow(to: Int(instanceCount), with: InstanceRow())
        offers.grow(to: Int(offerCount), with: OfferRow())
    }

    /// The state that these facts describe: what was observed is missing until agents and providers tell it again.
    public init(facts: [(key: [UInt8], value: [UInt8])]) throws(RegistryError) {
        self.init()
        var taskFacts: [(TaskID, ArraySlice<UInt8>)] = []
        for (bytes, value) in facts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let key = RegistryKey(bytes: bytes) else { throw .unreadable(key: bytes) }
            if case .task(let id) = key {
                taskFacts.append((id, value[...]))
            } else {
                var coder = WireReader(value[...])
                restore(key, &coder)
                if coder.failed { throw .unreadable(key: bytes) }
            }
        }
        for number in 1..<max(1, jobs.count) where contains(JobID(number)) { restoreTasks(of: JobID(number)) }
        for (id, value) in taskFacts {
            var coder = WireReader(value)
            restore(task: id, &coder)
            if coder.failed { throw .unreadable(key: RegistryKey.task(id).bytes) }
        }
        recount()
    }

    private mutating func restore(_ key: RegistryKey, _ coder: inout WireReader) {
        switch key {
        case .cluster: wireClusterFact(&coder)
        case .configuration:
            coder.record(&configuration)
            coder.record(&fileConfiguration)
        case .job(let id):
            var (row, spec, user) = (JobRow(), JobSpec(), "")
            coder.record(&row)
            coder.record(&spec)
            coder.text(&user)
            row.user = texts.intern(user)
            row.expectedStart = .never
            jobs.materialize(id.index, with: JobRow())
            specs.materialize(id.index, with: JobSpec())
            jobs.update(id.index) { $0 = row }
            specs.update(id.index) { $0 = spec }
        case .node(let id):
            var (row, details, name, boot) = (NodeRow(), NodeDetails(), "", "")
            coder.record(&row)
            coder.record(&details)
            coder.text(&name)
            coder.text(&boot)
            row.name = texts.intern(name)
            row.boot = texts.intern(boot)
            row.connected = false
            details.special = readSpecial(&coder)
            details.unavailability = nil
            details.freeExtras = details.extras
            nodes.materialize(id.index, with: NodeRow())
            nodeDetails.materialize(id.index, with: NodeDetails())
            nodes.update(id.index) { $0 = row }
            nodeDetails.update(id.index) { $0 = details }
        case .instance(let id):
            var (row, name, type) = (InstanceRow(), "", "")
            coder.record(&row)
            coder.text(&name)
            coder.text(&type)
            row.name = texts.intern(name)
            row.type = texts.intern(type)
            instances.materialize(id.index, with: InstanceRow())
            instances.update(id.index) { $0 = row }
        case .role(let id):
            var (row, path) = (RoleRow(), "")
            coder.record(&row)
            coder.text(&path)
            row.path = texts.intern(path)
            while roles.count <= id.index { roles.append(RoleRow()) }
            roles[id.index] = row
        case .pool(let id):
            var (row, name) = (PoolRow(), "")
            coder.record(&row)
            coder.text(&name)
            row.name = texts.intern(name)
            row.fault = .none
            (row.drift, row.note, row.driftSince) = (.none, .none, .never)
            // Numbers of texts are not kept; what was refused is asked for again by a new core.
            row.refusals = []
            while pools.count <= id.index { pools.append(PoolRow()) }
            pools[id.index] = row
        case .framework, .externalTask, .operation, .maintenance, .goneAgents: restoreFramework(key, &coder)
        case .task: break
        }
    }

    private mutating func restoreTasks(of job: JobID) {
        let row = jobs[job.index]
        jobs.update(job.index) { $0.firstTask = UInt32(truncatingIfNeeded: tasks.count) }
        var task = TaskRow()
        task.need = row.need
        task.stateSince = row.submittedAt
        task.state = row.gate == .open ? .queued : .held
        task.reason = row.reason
        for index in 0..<row.count {
            task.id = TaskID(job: job, index: index)
            task.rank = row.gang > 1 ? index : 0
            tasks.append(task)
        }
    }

    private mutating func restore(task id: TaskID, _ coder: inout WireReader) {
        var (row, extras, message) = (TaskRow(), Extras(), "")
        coder.record(&row)
        coder.record(&extras)
        coder.text(&message)
        let special = readSpecial(&coder)
        guard let slot = slot(of: id) else { return }
        row.id = id
        if row.state.isPlaced && !(nodes.contains(row.node.index) && nodes[row.node.index].isPresent) {
            row.state = .lost
            row.reason = Reason(.nodeLost)
        }
        // A job's gate opens and shuts without a word in the facts of its tasks.
        let isOpen = jobs[id.job.index].gate == .open
        if row.state == .queued && !isOpen || row.state == .held && isOpen {
            (row.state, row.reason) = (isOpen ? .queued : .held, jobs[id.job.index].reason)
        }
        tasks.update(slot) { $0 = row }
        if !extras.isEmpty, row.state.isPlaced { taskExtras[id] = extras }
        if !special.isEmpty, row.state.isPlaced { taskSpecial[id] = special }
        if !message.isEmpty { taskMessages[id] = message }
    }

    /// Sums and orders from the rows, after restoring from facts.
    private mutating func recount() {
        total = .zero
        for slot in 0..<nodes.count where nodes[slot].state != .absent {
            nodes.update(slot) {
                $0.offered = .zero
                $0.used = .zero
                $0.tasks = 0
            }
            if nodes[slot].isPresent {
                total += nodes[slot].total
                noteUnavailability(NodeID(slot))
            }
        }
        for slot in pools.indices { pools[slot].instances = 0 }
        for number in 1..<max(1, instances.count) where instances.contains(number) {
            let row = instances[number]
            if !row.pool.isNone, row.state != .gone, row.pool.index < pools.count {
                pools[row.pool.index].instances += 1
            }
        }
        for slot in roles.indices {
            roles[slot].allocated = .zero
            roles[slot].queued = 0
            roles[slot].placed = 0
        }
        for slot in frameworks.indices { frameworks[slot].allocated = .zero }
        for number in 1..<max(1, jobs.count) where contains(JobID(number)) { recount(job: number) }
        rebuildTasksOnNodes()
        rebuildIndex()
        recountLedger()
        let order = (0..<tasks.count)
            .filter {
                tasks.contains($0) && tasks[$0].state.isTerminal && external(tasks[$0].id.job)?.isCompleted ?? true
            }
            .sorted { (tasks[$0].endedAt, tasks[$0].id) < (tasks[$1].endedAt, tasks[$1].id) }
        ended = Fifo(order.map { tasks[$0].id })
    }

    private mutating func recount(job number: Int) {
        let row = jobs[number]
        var fresh = row
        (fresh.queued, fresh.placed, fresh.finished, fresh.failed, fresh.killed, fresh.lost) = (0, 0, 0, 0, 0, 0)
        fresh.nextQueued = row.count
        for index in 0..<row.count {
            let task = tasks[Int(row.firstTask) + Int(index)]
            switch task.state == .forgotten ? task.endedAs : task.state {
            case .queued, .held:
                fresh.queued += 1
                fresh.nextQueued = min(fresh.nextQueued, index)
            case .staging, .running, .killing:
                fresh.placed += 1
                nodes.update(task.node.index) {
                    $0.used += task.need
                    $0.tasks += 1
                }
                if let held = taskExtras[task.id] {
                    nodeDetails.update(task.node.index) { $0.freeExtras = $0.freeExtras - held }
                }
                if let held = taskSpecial[task.id] { hold(held, of: task.node) }
                book(job: number, task.need)
            case .finished: fresh.finished += 1
            case .failed: fresh.failed += 1
            case .killed: fresh.killed += 1
            case .lost: fresh.lost += 1
            case .forgotten: break
            }
        }
        jobs.update(number) { $0 = fresh }
        roles[row.role.index].queued += fresh.queued
        roles[row.role.index].placed += fresh.placed
    }
}
