/// The one way in which the state changes. `apply` decides nothing: it writes down what an event says. It accepts any
/// event without trapping: one that speaks of unknown things changes nothing (damaged recordings may hold such).
extension ClusterState {
    /// Makes `event` true. Events come in order; `sequence` is one more than the last.
    public mutating func apply(_ stamped: StampedEvent) {
        now = max(now, stamped.time)
        sequence = stamped.sequence
        switch stamped.event {
        case .coreStarted(let e): apply(e)
        case .configured(let e): apply(e)
        case .acted, .decided, .noted: break
        case .dayTurned(let e): apply(e)
        case .autoscaler(let e): autoscaler = e.mode
        case .store(let e): storeFault = e.writable ? "" : e.message
        case .ending: isEnding = true
        case .identityAdded(let e): apply(e)
        case .frameworkSubscribed(let e): apply(e)
        case .frameworkLeft(let e): apply(e)
        case .rolesSuppressed(let e): apply(e)
        case .quotaSet(let e): apply(e)
        case .externalTaskAdded(let e): apply(e)
        case .externalTaskUpdated(let e): apply(e)
        case .externalTaskTold(let e): apply(e)
        case .externalTaskAcknowledged(let e): apply(e)
        case .operationChanged(let e): apply(e)
        case .nodeConverted(let e): apply(e)
        case .nodeRedeclared(let e): apply(e)
        case .maintenanceChanged(let e): apply(e)
        case .inverseOfferChanged(let e): apply(e)
        case .agentMarked(let e): apply(e)
        case .poolObserved(let e): apply(e)
        case .orphanChanged(let e): apply(e)
        case .instanceLeased(let e): apply(e)
        case .demandTold(let e): apply(e)
        case .gangsChanged(let e): gangs = e.gangs
        case .roleChanged(let e): apply(e)
        case .poolChanged(let e): apply(e)
        case .instanceWished(let e): apply(e)
        case .instanceChanged(let e): apply(e)
        case .nodeAdded(let e): apply(e)
        case .nodeRegistered(let e): apply(e)
        case .nodeChanged(let e): apply(e)
        case .nodeLink(let e): apply(e)
        case .nodeForgotten(let e): apply(e)
        case .nodeDeclared(let e): apply(e)
        case .sampled(let e): apply(e)
        case .jobSubmitted(let e): apply(e)
        case .jobChanged(let e): apply(e)
        case .jobExpected(let e): apply(e)
        case .jobForgotten(let e): apply(e)
        case .offerMade(let e): apply(e)
        case .offerClosed(let e): apply(e)
        case .offersMade(let e): for one in e.offers { apply(one) }
        case .offersClosed(let e): for one in e.offers { apply(one) }
        case .taskLaunched(let e): apply(e)
        case .taskPulls(let e): apply(e)
        case .taskStarted(let e): apply(e)
        case .taskEnded(let e): apply(e)
        case .taskKilling(let e): apply(e)
        case .taskRequeued(let e): apply(e)
        case .tasksForgotten(let e): apply(e)
        case .filterSet(let e): apply(e)
        case .filtersCleared(let e): apply(e)
        case .frameworkChanged(let e): apply(e)
        case .scaleLooked(let e): apply(e)
        case .typeRefused(let e): apply(e)
        case .budgetCrossed(let e): apply(e)
        }
        if stamped.event.swaysScaling { scaling.isDirty = true }
        if stamped.event.isNotable {
            keep(stamped)
        }
    }

    /// Adds a line for the event pane; blocks that only hold lines beyond the limit go.
    mutating func keep(_ stamped: StampedEvent) {
        if let last = recentBlocks.indices.last, recentBlocks[last].count < Self.recentBlock {
            recentBlocks[last].append(stamped)
        } else {
            recentBlocks.append([stamped])
            if recentBlocks.count > Self.recentLimit / Self.recentBlock + 1 { recentBlocks.removeFirst() }
        }
    }

    private mutating func apply(_ e: CoreStarted) {
        cluster = e.cluster
        epoch = e.epoch
        version = e.version
        startedAt = now
        storeFault = ""
        // The wish to end outlives the core that was told it, until the last machine is gone; then it has come true.
        isEnding = isEnding && !index.liveInstances.isEmpty
        // A new core has no link yet; agents are given the full time to be heard again.
        for slot in 0..<nodes.count where nodes[slot].isPresent {
            nodes.update(slot) {
                $0.connected = false
                $0.heardAt = now
                $0.idleSince = $0.tasks == 0 && !$0.joinedAt.isNever ? now : .never
                if !$0.quietSince.isNever { $0.quietSince = now }
            }
            noteRoom(of: NodeID(slot))
        }
        for slot in frameworkDetails.indices { frameworkDetails[slot].connection = 0 }
        inverseOffers.removeAll { $0.isOpen }
        inverseEver = 0
        if day == 0 { day = now.day }
    }

    private mutating func apply(_ e: Configured) {
        configuration = e.configuration
        fileConfiguration = e.file
        for spec in configuration.pools {
            let name = texts.intern(spec.name)
            if index.poolByName[name] == nil {
                index.poolByName[name] = PoolID(pools.count)
                var row = PoolRow()
                row.name = name
                row.meter.advance(to: now)
                pools.append(row)
            }
        }
        for slot in pools.indices {
            let name = texts[pools[slot].name]
            pools[slot].configured = name == NodeSpec.poolName || configuration.pools.contains { $0.name == name }
        }
        for slot in roles.indices { roles[slot].priority = 0 }
        for spec in configuration.roles {
            setRole(spec.path, weight: spec.weight)
            roles[ensureRole(spec.path).index].priority = spec.priority
        }
    }

    private mutating func apply(_ e: DayTurned) {
        let isNewMonth = Instant.month(ofDay: e.day) != Instant.month(ofDay: day)
        day = e.day
        for slot in pools.indices {
            pools[slot].meter.advance(to: now)
            pools[slot].meter.atDayStart = pools[slot].meter.accrued
            for line in pools[slot].ledger.lines.indices {
                pools[slot].ledger.lines[line].advance(to: now)
                pools[slot].ledger.lines[line].atDayStart = pools[slot].ledger.lines[line].accrued
            }
            if isNewMonth { pools[slot].ledger.atMonthStart = pools[slot].meter.accrued }
        }
        for slot in roles.indices {
            roles[slot].meter.advance(to: now)
            roles[slot].meter.atDayStart = roles[slot].meter.accrued
            if isNewMonth { roles[slot].atMonthStart = roles[slot].meter.accrued }
        }
        for slot in frameworks.indices {
            frameworks[slot].meter.advance(to: now)
            frameworks[slot].meter.atDayStart = frameworks[slot].meter.accrued
        }
    }

    private mutating func apply(_ e: RoleChanged) { setRole(e.path, weight: e.weight) }

    /// Gives the role at `path` a weight, making it and the roles above it where they are missing.
    private mutating func setRole(_ path: String, weight: Int64) {
        let id = ensureRole(path)
        roles[id.index].weight = max(1, weight)
    }

    /// The role at `path`; it and those above it come into being by being named.
    @discardableResult mutating func ensureRole(_ path: String) -> RoleID {
        let name = texts.intern(path)
        if let known = index.roleByPath[name] { return known }
        var row = RoleRow()
        row.path = name
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { row.parent = ensureRole(String(path[..<slash])) }
        row.meter.advance(to: now)
        roles.append(row)
        let id = RoleID(roles.count - 1)
        index.roleByPath[name] = id
        index.pending.append([])
        return id
    }

    /// Books `delta` on a role and all roles above it. O(depth).
    mutating func charge(_ role: RoleID, _ delta: ResourceVector) {
        var at = role
        while at.index < roles.count {
            roles[at.index].allocated += delta
            at = roles[at.index].parent
        }
    }
}
