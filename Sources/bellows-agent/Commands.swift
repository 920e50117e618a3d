import CSys

/// The commands of the program. Each returns the exit code.
enum Commands {
    static let failed: Int32 = 1
    static let wrongUsage: Int32 = 2
    static let noAgent: Int32 = 3
    static let alreadyRuns: Int32 = 4

    /// Does what the words say.
    static func perform(_ options: Options) -> Int32 {
        if let fault = options.fault {
            complain(fault)
            _ = System.writeAll(2, Array(Options.usage.utf8))
            return wrongUsage
        }
        func commandIs(_ text: String) -> Bool { System.same(options.command, text) }
        if commandIs("start") { return start(options) }
        if commandIs("run") { return run(options, ready: -1) }
        if commandIs("attach") { return attach(options) }
        if commandIs("join") { return join(options) }
        if commandIs("relay") { return Relay(hail: options.hail).run() }
        if commandIs("stop") { return stop(options) }
        let isHelp = commandIs("help") || commandIs("--help")
        if isHelp || commandIs("version") || commandIs("--version") {
            _ = System.writeAll(1, Array((isHelp ? Options.usage : "bellows-agent \(Options.version)\n").utf8))
            return 0
        }
        complain("unknown command '\(options.command)'")
        _ = System.writeAll(2, Array(Options.usage.utf8))
        return wrongUsage
    }

    static func complain(_ text: String) { _ = System.writeAll(2, Array("bellows-agent: \(text)\n".utf8)) }

    /// Starts the daemon and waits until its socket accepts, or says why it does not.
    static func start(_ options: Options) -> Int32 {
        var ready: [Int32] = [-1, -1]
        guard cs_pipe(&ready) == 0 else { return trouble("cannot make a pipe") }
        let first = cs_fork()
        if first < 0 { return trouble("cannot fork") }
        if first == 0 {
            setsid()
            if cs_fork() != 0 { _exit(0) }
            // What the caller had open is not ours to keep: somebody may wait for its end.
            if ready[1] > 3 { _ = cs_close_range(3, UInt32(ready[1]) - 1) }
            _ = cs_close_range(UInt32(ready[1]) + 1, .max)
            _exit(run(options, ready: ready[1]))
        }
        close(ready[1])
        waitpid(first, nil, 0)
        var answer: [UInt8] = []
        while let piece = System.readSome(ready[0], 4096), !piece.isEmpty { answer += piece }
        guard let code = answer.first else {
            complain("the agent died at its start; see \(options.directory)/agent.log")
            return failed
        }
        if code != 0 { complain(String(decoding: answer.dropFirst(), as: UTF8.self)) }
        return Int32(code)
    }

    private static func trouble(_ what: String) -> Int32 {
        complain("\(what): \(System.describe(cs_errno()))")
        return failed
    }

    /// The agent itself. `ready` is the pipe to the waiting `start`, or -1 in the foreground.
    static func run(_ options: Options, ready: Int32) -> Int32 {
        func give(_ code: Int32, _ text: String) -> Int32 {
            if ready < 0 {
                if code != 0 { complain(text) }
            } else {
                _ = System.writeAll(ready, [UInt8(code)] + Array(text.utf8))
                close(ready)
            }
            return code
        }
        cs_default_signals()
        cs_unblock_all_signals()
        if let fault = enter(options.directory, create: true) { return give(failed, fault) }
        let lock = cs_open("agent.lock", O_RDWR | O_CREAT, 0o600)
        let holder = lock < 0 ? -1 : cs_lock_process(lock)
        if holder < 0 {
            return give(failed, "cannot lock \(options.directory)/agent.lock: \(System.describe(cs_errno()))")
        }
        if holder > 0 { return give(alreadyRuns, "an agent runs in \(options.directory) already, pid \(holder)") }
        Programs.note()
        detach(foreground: ready < 0)
        guard let directory = presentFolder() else { return give(failed, "cannot name the folder") }
        let log = OperatorLog(echo: ready < 0)
        let agent = Agent(options, log, directory: directory)
        if let fault = agent.open() {
            log.line(fault)
            return give(failed, fault)
        }
        _ = give(0, "")
        agent.run()
        close(lock)
        return 0
    }

    private static func presentFolder() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// Makes the agent's folder the present one. What is wrong, or nil.
    static func enter(_ directory: String, create: Bool) -> String? {
        if create && mkdir(directory, 0o700) != 0 && cs_errno() != EEXIST {
            return "cannot make \(directory): \(System.describe(cs_errno()))"
        }
        if chdir(directory) != 0 { return "cannot enter \(directory): \(System.describe(cs_errno()))" }
        if create && chmod(".", 0o700) != 0 {
            return "\(directory) belongs to somebody else: \(System.describe(cs_errno()))"
        }
        return nil
    }

    /// Standard descriptors that hold nothing: /dev/null, or in a bare root without it an ended pipe.
    private static func detach(foreground: Bool) {
        var null = cs_open("/dev/null", O_RDWR, 0)
        if null < 0 {
            var pair: [Int32] = [-1, -1]
            if cs_pipe(&pair) != 0 { return }
            close(pair[1])
            null = pair[0]
        }
        dup2(null, 0)
        if !foreground {
            dup2(null, 1)
            dup2(null, 2)
        }
        if null > 2 { close(null) }
    }

    /// Joins the agent's socket to standard input and output, byte for byte, until either side ends.
    static func attach(_ options: Options) -> Int32 {
        if let fault = enter(options.directory, create: false) {
            complain(fault)
            return noAgent
        }
        let fd = cs_unix_connect("agent.sock")
        if fd < 0 {
            complain("no agent runs in \(options.directory); start one with: bellows-agent start --dir DIR")
            return noAgent
        }
        return pump(fd)
    }

    /// Carries bytes between the agent's socket and standard input and output until either side ends.
    static func pump(_ fd: Int32) -> Int32 {
        cs_ignore_sigpipe()
        var inputOpen = true
        while true {
            var fds = [
                pollfd(fd: fd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: inputOpen ? 0 : -1, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&fds, 2, -1) < 0 && cs_errno() != EINTR { return failed }
            if fds[0].revents != 0 {
                guard let bytes = System.readSome(fd, 64 << 10), !bytes.isEmpty else { return 0 }
                if !System.writeAll(1, bytes) { return 0 }
            }
            if fds[1].revents != 0 {
                let bytes = System.readSome(0, 64 << 10) ?? []
                if bytes.isEmpty {
                    inputOpen = false
                    shutdown(fd, Int32(SHUT_WR))
                } else if !System.writeAll(fd, bytes) {
                    inputOpen = false
                }
            }
        }
    }

    /// Tells the agent to end, and waits until it has.
    static func stop(_ options: Options) -> Int32 {
        if let fault = enter(options.directory, create: false) {
            complain(fault)
            return noAgent
        }
        let fd = cs_unix_connect("agent.sock")
        if fd < 0 {
            complain("no agent runs in \(options.directory)")
            return noAgent
        }
        let wish = AgentShutdown(
            killTasks: options.killTasks, graceMilliseconds: options.graceMilliseconds, byOperator: true)
        if !System.writeAll(fd, CoreMessage.shutdown(wish).encoded()) { return trouble("cannot tell the agent") }
        while let bytes = System.readSome(fd, 4096), !bytes.isEmpty {}
        // The lock falls with the process.
        let lock = cs_open("agent.lock", O_RDWR, 0)
        while lock >= 0 && cs_lock_process(lock) > 0 { cs_sleep_ns(2_000_000) }
        return 0
    }
}
