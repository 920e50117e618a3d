import CSys

/// The command line, as values. A wrong one gives a message that names the word and what was expected.
struct Options {
    /// Version of the agent program.
    static let version = "0.1.0"
    static let usage = """
        bellows-agent \(version): runs tasks on this machine for a Bellows control core
          start  --dir DIR [options]          start as a daemon; returns when its socket accepts
          run    --dir DIR [options]          the same in the foreground
          attach --dir DIR                    join the agent's socket to standard input and output
          join   --dir DIR --hail WORD [--cluster ID] [options]
                                              the same over ssh: starts or replaces the agent first, says WORD
          relay  --hail WORD                  run ssh to hosts behind this one, as the core on standard input says
          stop   --dir DIR [--kill-tasks] [--grace-ms N]
          version
        options of start and run:
          --name NAME  --cpus N.NNN  --mem BYTES  --disk BYTES  --gpus N  --attribute KEY=VALUE
          --cgroup auto|off      control groups for tasks that ask for them (auto)
          --keep-seconds N       remove finished and acknowledged tasks after N seconds (3600)
          --keep-tasks N         keep at most N of them (5000)
          --free-disk BYTES      remove them earlier when less is free (268435456)
          --log-limit BYTES      size of one part of a task's stdout or stderr (16777216)
          --power-off COMMAND    how this machine is ended when its lease runs out (poweroff, or sudo -n poweroff)
          --no-sync              do not wait for the disk before a start (see docs/agent.md)
          --any-owner            forget which cluster led this agent
        exit codes: 0 done, 1 failed, 2 wrong command line, 3 no agent in DIR, 4 an agent runs in DIR already

        """

    var command = ""
    var directory = ""
    var name = ""
    var slice: AgentResources?
    var attributes: [String] = []
    var controlGroups = true
    var keepMilliseconds: UInt64 = 3_600_000
    var keepTasks: UInt64 = 5000
    var freeDiskBytes: UInt64 = 256 << 20
    var logLimitBytes: UInt64 = 16 << 20
    /// Shell command that ends the machine when its lease runs out; empty = the usual ones.
    var powerOff = ""
    var syncs = true
    var anyOwner = false
    var killTasks = false
    /// The word that a joining connection is answered with, so that nothing else on the line is taken for it.
    var hail = ""
    /// The cluster on whose behalf a connection joins.
    var cluster = ""
    var graceMilliseconds: UInt64 = 5000
    /// What is wrong with the command line, or nil.
    var fault: String?

    /// Reads the words after the program's name.
    init(_ words: [String]) {
        guard let first = words.first else {
            fault = "no command given"
            return
        }
        command = first
        var rest = words.dropFirst()
        while let flag = rest.popFirst(), fault == nil {
            if !takeSwitch(flag) {
                guard let value = rest.popFirst() else {
                    fault = "\(flag) is unknown or lacks its value"
                    return
                }
                take(flag, value)
            }
        }
        if fault == nil && directory.utf8.isEmpty && needsDirectory { fault = "--dir DIR is missing" }
    }

    private var needsDirectory: Bool {
        ["start", "run", "attach", "join", "stop"].contains { System.same($0, command) }
    }

    private mutating func takeSwitch(_ flag: String) -> Bool {
        if System.same(flag, "--no-sync") {
            syncs = false
        } else if System.same(flag, "--any-owner") {
            anyOwner = true
        } else if System.same(flag, "--kill-tasks") {
            killTasks = true
        } else {
            return false
        }
        return true
    }

    private mutating func take(_ flag: String, _ value: String) {
        func flagIs(_ text: String) -> Bool { System.same(flag, text) }
        if flagIs("--dir") {
            directory = value
        } else if flagIs("--name") {
            name = value
        } else if flagIs("--hail") {
            hail = value
        } else if flagIs("--cluster") {
            cluster = value
        } else if flagIs("--power-off") {
            powerOff = value
        } else if flagIs("--cpus") {
            guard let found = Self.thousandths(value) else { return refuse(flag, value, "a number such as 2 or 0.5") }
            inSlice { $0.cpuThousandths = found }
        } else if flagIs("--attribute") {
            guard value.utf8.contains(61) else { return refuse(flag, value, "KEY=VALUE") }
            attributes.append(value)
        } else if flagIs("--cgroup") {
            guard System.same(value, "auto") || System.same(value, "off") else {
                return refuse(flag, value, "auto or off")
            }
            controlGroups = System.same(value, "auto")
        } else {
            guard let found = System.number(value.utf8) else { return refuse(flag, value, "a whole number") }
            takeNumber(flag, found)
        }
    }

    private mutating func takeNumber(_ flag: String, _ value: UInt64) {
        func flagIs(_ text: String) -> Bool { System.same(flag, text) }
        if flagIs("--mem") {
            inSlice { $0.memoryBytes = value }
        } else if flagIs("--disk") {
            inSlice { $0.diskBytes = value }
        } else if flagIs("--gpus") {
            inSlice { $0.gpus = value }
        } else if flagIs("--keep-seconds") {
            keepMilliseconds = min(value, 1 << 40) * 1000
        } else if flagIs("--keep-tasks") {
            keepTasks = value
        } else if flagIs("--free-disk") {
            freeDiskBytes = value
        } else if flagIs("--log-limit") {
            logLimitBytes = max(value, 4096)
        } else if flagIs("--grace-ms") {
            graceMilliseconds = min(value, AgentLimits.graceMilliseconds)
        } else {
            fault = "\(flag) is unknown"
        }
    }

    private mutating func inSlice(_ change: (inout AgentResources) -> Void) {
        var resources = slice ?? AgentResources()
        change(&resources)
        slice = resources
    }

    private mutating func refuse(_ flag: String, _ value: String, _ expected: String) {
        fault = "\(flag) \(value): expected \(expected)"
    }

    /// `2`, `0.5` or `1.250` in thousandths.
    static func thousandths(_ text: String) -> UInt64? {
        let parts = text.utf8.split(separator: 46, maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = System.number(parts[0]), whole < 1 << 40 else { return nil }
        if parts.count == 1 { return whole * 1000 }
        guard parts[1].count <= 3, var rest = System.number(parts[1]) else { return nil }
        for _ in parts[1].count..<3 { rest *= 10 }
        return whole * 1000 + rest
    }
}
