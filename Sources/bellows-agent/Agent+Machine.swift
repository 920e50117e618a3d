import CSys

/// Facts about the node: the hello, and usage samples.
extension Agent {
    /// The answer to a core's hello.
    func describeNode(answering core: CoreHello) -> AgentHello {
        var hello = AgentHello()
        hello.version = min(core.highestVersion, AgentLimits.highestVersion)
        hello.capabilities = [.logs, .samples]
        if groups.version != .none { hello.capabilities.insert(.isolation) }
        hello.agentVersion = Options.version
        hello.pid = UInt64(getpid())
        hello.agentID = agentID
        hello.startNumber = startNumber
        hello.hostname = String(cString: cs_hostname())
        hello.name = options.name.utf8.isEmpty ? hello.hostname : options.name
        hello.kernel = String(cString: cs_kernel())
        hello.architecture = String(cString: cs_architecture())
        hello.bootID = bootID
        hello.machine = machine(&hello.loadThousandths)
        hello.slice = slice(hello.machine)
        hello.attributes = options.attributes
        hello.isolation = groups.version
        hello.directory = directory
        hello.nowNanoseconds = System.wallNanoseconds
        return hello
    }

    private func machine(_ load: inout UInt64) -> AgentResources {
        var found = AgentResources()
        var free: UInt64 = 0
        found.cpuThousandths = UInt64(cs_cpu_count()) * 1000
        _ = cs_machine(&found.memoryBytes, &free, &load)
        _ = cs_disk(".", &free, &found.diskBytes)
        found.gpus = Self.gpus()
        return found
    }

    /// The declared slice; what was not declared is the machine's.
    private func slice(_ machine: AgentResources) -> AgentResources? {
        guard var found = options.slice else { return nil }
        if found.cpuThousandths == 0 { found.cpuThousandths = machine.cpuThousandths }
        if found.memoryBytes == 0 { found.memoryBytes = machine.memoryBytes }
        if found.diskBytes == 0 { found.diskBytes = machine.diskBytes }
        return found
    }

    /// Gpus that tasks may have: as declared, or the machine's.
    var gpuCount: UInt64 { options.slice.map { $0.gpus } ?? Self.gpus() }

    /// Number of `/dev/nvidia<n>`.
    private static func gpus() -> UInt64 {
        guard let directory = opendir("/dev") else { return 0 }
        defer { closedir(directory) }
        var count: UInt64 = 0
        while let name = cs_next_name(directory) {
            let bytes = Array(String(cString: name).utf8)
            if bytes.starts(with: "nvidia".utf8), System.number(bytes.dropFirst(6)) != nil { count += 1 }
        }
        return count
    }

    /// The core wants samples, or none.
    func setSampling(_ milliseconds: UInt64) {
        sampleNanoseconds =
            milliseconds == 0 ? 0 : max(min(milliseconds, 1 << 32), AgentLimits.sampleMilliseconds) * 1_000_000
        nextSample = System.steadyNanoseconds
    }

    /// Sends one sample, unless the connection is slow: then this one is left out.
    func sendSample() {
        guard let session, session.waitingBytes < Connection.holdStatusBytes else { return }
        var sample = nodeSample()
        var rest = taskSamples()[...]
        repeat {
            sample.tasks = Array(rest.prefix(AgentLimits.taskSamplesPerFrame))
            rest = rest.dropFirst(AgentLimits.taskSamplesPerFrame)
            session.send(.sample(sample))
        } while !rest.isEmpty
    }

    private func nodeSample() -> AgentSample {
        var sample = AgentSample()
        var free: UInt64 = 0
        var total: UInt64 = 0
        sample.nowNanoseconds = System.wallNanoseconds
        _ = cs_machine(&sample.memoryBytes, &free, &sample.loadThousandths)
        sample.memoryUsedBytes = sample.memoryBytes - min(sample.memoryBytes, Self.availableMemory() ?? free)
        _ = cs_disk(".", &sample.diskFreeBytes, &total)
        let fields = Array(System.line("/proc/stat").utf8).split(separator: 32)
        let tick = 1_000_000_000 / UInt64(cs_clock_ticks())
        for (index, field) in fields.enumerated() where index > 0 && index < 9 {
            let span = (System.number(field) ?? 0) * tick
            if index == 4 || index == 5 { sample.idleNanoseconds += span } else { sample.busyNanoseconds += span }
        }
        return sample
    }

    private static func availableMemory() -> UInt64? {
        guard let bytes = System.readFile("/proc/meminfo") else { return nil }
        for line in bytes.split(separator: 10) where line.starts(with: "MemAvailable:".utf8) {
            let words = line.split(separator: 32)
            return words.count > 1 ? System.number(words[1]).map { $0 * 1024 } : nil
        }
        return nil
    }

    /// One sweep over /proc for all running tasks: a task is the session that its first process leads.
    private func taskSamples() -> [AgentTaskSample] {
        var samples: [Int32: AgentTaskSample] = [:]
        for entry in active.values where entry.phase == .running {
            var sample = AgentTaskSample()
            sample.key = entry.key
            samples[Int32(truncatingIfNeeded: entry.status.pid)] = sample
        }
        if samples.isEmpty { return [] }
        let tick = 1_000_000_000 / UInt64(cs_clock_ticks())
        ProcessTable.walk { process in
            guard var sample = samples[process.session] else { return }
            let storage = ProcessTable.storageBytes(process.pid)
            sample.cpuNanoseconds += process.ticks * tick
            sample.residentBytes += process.residentPages * UInt64(cs_page_bytes())
            sample.readBytes += storage.read
            sample.writtenBytes += storage.written
            sample.processes += 1
            samples[process.session] = sample
        }
        return samples.values.sorted { $0.key < $1.key }
    }
}
