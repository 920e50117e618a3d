import CSys

/// The lease of a machine that a provider made: its core renews it, and when it has not for long enough the agent ends
/// its tasks and powers the machine off, so that a core that is gone for good leaves nothing that costs money.
extension Agent {
    /// Where the lease stands for the next agent, and, by the time of its last change, for whoever watches the machine.
    static let leaseFile = "lease"
    /// Grace of tasks whose machine is about to go, in milliseconds.
    static let leaseGrace: UInt64 = 5_000
    /// Time between tries to power the machine off, in nanoseconds.
    private static let powerNanoseconds: UInt64 = 15_000_000_000

    /// The core lends the machine anew. It stands on disk, so that an agent that is started again goes by it.
    func renew(_ lease: AgentLease) {
        self.lease = lease
        leasedAt = System.bootNanoseconds
        if leaseIsOver { log.line("the lease was renewed after its end; the machine goes all the same") }
        guard lease.softSeconds > 0 || lease.hardSeconds > 0 else {
            unlink(Self.leaseFile)
            return
        }
        let words = "\(lease.softSeconds) \(lease.hardSeconds) \(leasedAt) \(bootID)\n"
        // Aside first: an agent that dies in between leaves the lease that was there.
        let aside = "\(Self.leaseFile).new"
        if !System.writeFile(aside, Array(words.utf8)) || rename(aside, Self.leaseFile) != 0 {
            log.line("the lease is not on disk: \(System.describe(cs_errno()))")
        }
    }

    /// Takes up the lease that an earlier agent had. After a restart of the machine its time begins anew.
    func readLease() {
        let words = Array(System.line(Self.leaseFile).utf8).split(separator: 32)
        guard words.count == 4, let soft = System.number(words[0]), let hard = System.number(words[1]),
            let since = System.number(words[2])
        else { return }
        lease = AgentLease(softSeconds: soft, hardSeconds: hard)
        let isSameBoot = System.same(String(decoding: words[3], as: UTF8.self), bootID)
        leasedAt = isSameBoot ? since : System.bootNanoseconds
    }

    /// Whether nothing new may be started: the core has been silent for so long that it may have given the machine up.
    var leaseIsStale: Bool {
        leaseIsOver || lease.softSeconds > 0 && System.bootNanoseconds >= leaseEnd(after: lease.softSeconds)
    }

    /// Nanoseconds until the lease wants something; `.max` when nothing is due.
    func leaseTimeToWait() -> UInt64 {
        if leaseIsOver {
            let now = System.steadyNanoseconds
            return nextPowerOff > now ? nextPowerOff - now : 0
        }
        guard lease.hardSeconds > 0 else { return .max }
        let (end, now) = (leaseEnd(after: lease.hardSeconds), System.bootNanoseconds)
        return end > now ? end - now : 0
    }

    /// Ends everything when the lease has run out; called in every turn.
    func checkLease() {
        if !leaseIsOver {
            guard lease.hardSeconds > 0, System.bootNanoseconds >= leaseEnd(after: lease.hardSeconds) else { return }
            leaseIsOver = true
            log.line("no word of the core for \(lease.hardSeconds) s: ending \(active.count) tasks and the machine")
            nextPowerOff = System.steadyNanoseconds + 2 * Self.leaseGrace * 1_000_000
            for entry in ordered(active) { end(entry, grace: Supervisor.leaseNumber) }
            return
        }
        if active.isEmpty && powerOffs == 0 { nextPowerOff = 0 }
        guard System.steadyNanoseconds >= nextPowerOff else { return }
        flushBatch()
        if let segment = journal.current { _ = cs_fdatasync(segment.fd) }
        nextPowerOff = System.steadyNanoseconds + Self.powerNanoseconds
        powerOff()
    }

    private func leaseEnd(after seconds: UInt64) -> UInt64 { leasedAt &+ min(seconds, 1 << 32) * 1_000_000_000 }

    /// Asks the machine politely first, then without its init.
    private func powerOff() {
        powerOffs += 1
        let flag = powerOffs == 1 ? "" : " -f"
        let own = options.powerOff
        let command = own.utf8.isEmpty ? "poweroff\(flag) || sudo -n poweroff\(flag)" : own
        log.line("powering off: \(command)")
        let null = cs_open("/dev/null", O_RDWR, 0)
        defer { close(null) }
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup("-c"), strdup(command), nil]
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let environment: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
        var pid: Int32 = 0
        let fault = cs_start_child("/bin/sh", words, environment, [null, null, null], &pid)
        if fault != 0 { log.line("cannot start /bin/sh: \(System.describe(fault))") }
        for text in words + environment { free(text) }
    }
}
