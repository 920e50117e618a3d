import CSys

/// Conversations: who may speak, and what is done with what they say.
extension Agent {
    /// A new connection waits.
    func acceptConnections() {
        while true {
            let fd = cs_accept(listener)
            if fd < 0 { return }
            let connection = Connection(fd)
            connections.append(connection)
            if connections.count > Connection.most {
                connection.refuse(
                    AgentRefusal(code: .limit, message: "\(Connection.most) connections are open", isFatal: true))
            }
        }
    }

    /// Takes every whole frame that the connection has sent, as long as its output is short.
    func serve(_ connection: Connection) {
        connection.hasHeldFrames = false
        do {
            while connection.wantsInput || connection.inputEnded, !connection.isClosing,
                let frame = try connection.decoder.next()
            {
                try handle(frame, from: connection)
            }
            if !connection.wantsInput && !connection.inputEnded { connection.hasHeldFrames = true }
            if connection.inputEnded && !connection.isClosing {
                try connection.decoder.finish()
                connection.end()
            }
        } catch {
            log.line("connection ended: \(error.message)")
            connection.refuse(AgentRefusal(code: .malformed, message: error.message, isFatal: true))
        }
    }

    private func handle(_ frame: Frame, from connection: Connection) throws(ProtocolFault) {
        let message = try CoreMessage.decode(frame)
        switch message {
        case .hello(let hello): open(hello, on: connection)
        case .ping(let nonce): connection.send(.pong(nonce: nonce, nowNanoseconds: System.wallNanoseconds))
        case .unknown: break
        case .shutdown(let wish) where connection.isSession || wish.byOperator: shutDown(wish)
        case _ where !connection.isSession:
            connection.refuse(AgentRefusal(code: .order, message: "hello must come first", isFatal: true))
        case .launch(let request): launch(request, body: frame.body, on: connection)
        case .kill(let key, let grace): kill(key, graceMilliseconds: grace, on: connection)
        case .acknowledge(let list): for item in list { acknowledge(item) }
        case .openLog(let request): openStream(request, on: connection)
        case .creditLog(let stream, let bytes): credit(stream, bytes)
        case .closeLog(let stream): streams.removeAll { $0.number == stream }
        case .sampleEvery(let milliseconds): setSampling(milliseconds)
        case .retention(let rule): setRetention(rule)
        case .lease(let lease): renew(lease)
        case .executorOutput(let data): tellExecutor(data)
        case .shutdown: break
        }
    }

    /// The core's hello: refused, or answered with who this is and what runs here.
    private func open(_ hello: CoreHello, on connection: Connection) {
        if connection.isSession {
            return connection.refuse(AgentRefusal(code: .order, message: "a second hello", isFatal: true))
        }
        if let refusal = refusal(of: hello) {
            log.line("refused core \(hello.cluster) epoch \(hello.epoch): \(refusal.message)")
            return connection.refuse(refusal)
        }
        guard take(ownership: hello) else {
            let why = "cannot write the new owner: \(System.describe(cs_errno()))"
            return connection.refuse(AgentRefusal(code: .storage, message: why, isFatal: true))
        }
        endSession(because: "a newer session of \(hello.cluster), epoch \(hello.epoch), has taken over")
        var (pid, uid, gid) = (Int32(0), UInt32(0), UInt32(0))
        _ = cs_peer(connection.fd, &pid, &uid, &gid)
        log.line("session of core \(hello.cluster) epoch \(hello.epoch), version \(hello.coreVersion), uid \(uid)")
        connection.isSession = true
        session = connection
        connection.send(.hello(describeNode(answering: hello)))
        readReports()
        inventory = ordered(tasks).map { $0.status }
        inventoryHead = 0
        resendOpen()
    }

    private func refusal(of hello: CoreHello) -> AgentRefusal? {
        if hello.lowestVersion > AgentLimits.highestVersion || hello.highestVersion < AgentLimits.lowestVersion {
            let why =
                "core speaks versions \(hello.lowestVersion) to \(hello.highestVersion), this agent "
                + "\(AgentLimits.lowestVersion) to \(AgentLimits.highestVersion)"
            return AgentRefusal(code: .version, message: why, isFatal: true)
        }
        if hello.cluster.utf8.isEmpty || hello.cluster.utf8.count > AgentLimits.clusterBytes {
            return AgentRefusal(code: .malformed, message: "cluster name is empty or too long", isFatal: true)
        }
        guard let owner else { return nil }
        let since = OperatorLog.stamp(owner.sinceNanoseconds)
        let who = "cluster \(owner.cluster), epoch \(owner.epoch), since \(since)"
        var refusal: AgentRefusal
        if !System.same(owner.cluster, hello.cluster) {
            refusal = AgentRefusal(code: .cluster, message: "this agent belongs to \(who)", isFatal: true)
        } else if hello.epoch < owner.epoch {
            refusal = AgentRefusal(code: .epoch, message: "this agent is led by \(who)", isFatal: true)
        } else {
            return nil
        }
        refusal.ownerCluster = owner.cluster
        refusal.ownerEpoch = owner.epoch
        refusal.ownerSinceNanoseconds = owner.sinceNanoseconds
        return refusal
    }

    /// A new owner or a higher epoch is on disk before it is answered.
    private func take(ownership hello: CoreHello) -> Bool {
        if let owner, owner.epoch == hello.epoch { return true }
        let record = OwnerRecord(
            cluster: hello.cluster, epoch: hello.epoch, sinceNanoseconds: System.wallNanoseconds)
        guard let segment = journal.current, segment.append(record.encoded()) != nil, cs_fdatasync(segment.fd) == 0
        else { return false }
        owner = record
        noteOwner()
        return true
    }

    /// The owner in a small file, for those who come through `join` and must not replace a stranger's agent.
    func noteOwner() {
        guard let owner else {
            unlink(Programs.ownerFile)
            return
        }
        _ = System.writeFile(Programs.ownerFile, Array("\(owner.cluster)\n".utf8))
    }

    /// Ends the present session, if any; what it still had to say is forgotten, statuses stay.
    func endSession(because why: String) {
        guard let old = session else { return }
        if !why.utf8.isEmpty { old.refuse(AgentRefusal(code: .replaced, message: why, isFatal: true)) }
        old.isSession = false
        session = nil
        inventory = nil
        streams = []
        sampleNanoseconds = 0
        endExecutorStreams()
    }

    /// Names the known tasks, a frame at a time, then says that this was all.
    func sendInventory() {
        guard let session, let list = inventory else { return }
        while session.waitingBytes < Connection.holdStatusBytes {
            if inventoryHead == list.count {
                session.send(.inventoryEnd(tasks: UInt64(list.count)))
                inventory = nil
                return
            }
            let upTo = min(inventoryHead + AgentLimits.inventoryEntriesPerFrame, list.count)
            session.send(.inventory(Array(list[inventoryHead..<upTo])))
            inventoryHead = upTo
        }
    }

    private func shutDown(_ wish: AgentShutdown) {
        log.line("told to end\(wish.killTasks ? " with its tasks" : "; tasks run on")")
        isEnding = true
        endingSince = System.steadyNanoseconds
        endingGrace = min(wish.graceMilliseconds, AgentLimits.graceMilliseconds) * 1_000_000
        if wish.killTasks {
            for entry in ordered(active) { end(entry, grace: Int32(endingGrace / 1_000_000)) }
        } else {
            isDone = true
        }
    }
}
