import AgentProtocol
import Glibc
import Testing

/// A root file system of busybox alone, and what must be there for containers of it.
struct BusyboxRoot {
    /// Nil, said aloud, where this machine cannot make containers of a folder.
    static func made(at folder: String) throws -> String? {
        guard geteuid() == 0 else { return skip("only an agent of root makes containers of folders") }
        guard FileNames.program("runc") != nil else {
            return skip("there is no runc; scripts/test installs it")
        }
        guard let busybox = FileNames.program("busybox") else {
            return skip("there is no busybox; scripts/test installs busybox-static")
        }
        let script = """
            mkdir -p "$1/bin" "$1/etc" && cp \(busybox) "$1/bin/busybox" && for name in $(\(busybox) --list); do \
            ln -s busybox "$1/bin/$name"; done; echo 'root:x:0:0:root:/root:/bin/sh' > "$1/etc/passwd"
            """
        #expect(try Program.run(["/bin/sh", "-c", script, "sh", folder]).code == 0)
        return folder
    }

    private static func skip(_ why: String) -> String? {
        print("SKIPPED: \(why)")
        return nil
    }
}

extension AgentSuite {
    /// Containers of a folder through the real runc.
    @Suite struct ContainerTests {
        private func agent(_ body: (AgentUnderTest, CoreSession, String) throws -> Void) throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            guard let root = try BusyboxRoot.made(at: agent.path("the root, of: all")) else { return }
            try agent.start()
            let names = try FileNames.below(root)
            try body(agent, try agent.session(), root)
            #expect(try FileNames.below(root) == names, "the image is as it was")
            try waitUntil("nothing is left of the containers") { try FileNames.below(agent.path("containers")).isEmpty }
        }
        private func said(_ agent: AgentUnderTest, _ id: UInt64, _ file: String = "stdout") -> String {
            Files.text(agent.path("tasks/\(id).0/\(file)"))
        }
        /// A container's folders among the control groups.
        private func groups(_ id: UInt64) throws -> [String] {
            let found = try Program.run(["/bin/sh", "-c", "find /sys/fs/cgroup -name '\(id).0.*' >&2"])
            return found.error.split(separator: "\n").map(String.init)
        }

        @Test func aTaskSeesTheImage() throws {
            try agent { agent, session, root in
                let sandbox = agent.path("tasks/1.0")
                let line = """
                    echo $0; pwd; id -u; ls /; [ $$ = 1 ] && echo first; echo x > own && cat own; echo t > /tmp/t; \
                    cat /tmp/t; touch /not-here; touch /bin/not-here; echo $WORD $BELLOWS_SANDBOX; echo oops >&2; exit 7
                    """
                session.launch(1, line) { launch in
                    launch.image = root
                    launch.environment = ["WORD=a \"b\" \\ ü"]
                }
                let end = try session.end(of: 1)
                #expect(end.reason == .exited && end.exitCode == 7, "\(end)")
                let lines = said(agent, 1).split(separator: "\n").map(String.init)
                let top = String(agent.directory.split(separator: "/")[0])
                let folders = ["bin", "dev", "etc", "proc", "sys", top, "tmp"]
                let shown = Array(Set(folders)).sorted()
                #expect(
                    lines == ["/bin/sh", sandbox, "0"] + shown + ["first", "x", "t", "a \"b\" \\ ü \(sandbox)"],
                    "\(lines)")
                let errors = said(agent, 1, "stderr")
                #expect(errors.contains("Read-only") && errors.hasSuffix("oops\n"), "\(errors)")
                #expect(!Files.exists("/tmp/t"))
                // Two share a folder; files that the submitter names are the node's; signals and users are themselves.
                Files.write(agent.path("in"), "from the node\n")
                session.launch(2, "cat; sleep 0.2; kill -SEGV $$; kill -9 1; exit 3") { launch in
                    launch.image = root
                    launch.inputPath = agent.path("in")
                    launch.outputPath = agent.path("out")
                }
                session.launch(3, "id -u; id -G; echo x > own; cat own; echo $HOME; cd / && sleep 0.2") { launch in
                    launch.image = root
                    launch.runAs = "nobody"
                    launch.directory = "/etc"
                }
                #expect(try session.end(of: 2).exitCode == 3 && Files.text(agent.path("out")) == "from the node\n")
                #expect(try session.end(of: 3).succeeded, "\(said(agent, 3, "stderr"))")
                #expect(said(agent, 3).hasPrefix("65534\n65534\n"), "\(said(agent, 3))")
                session.launch(4, "true") { launch in
                    launch.image = root
                    launch.runAs = "nobody"
                    launch.inputPath = agent.path("secret")
                }
                Files.write(agent.path("secret"), "")
                chmod(agent.path("secret"), 0o600)
                let refused = try session.end(of: 4)
                #expect(refused.reason == .launchFailed && refused.step == .input && refused.errno == UInt64(EACCES))
            }
        }

        @Test func limitsAreHeld() throws {
            try agent { agent, session, root in
                guard session.hello.isolation != .none else { return print("SKIPPED: no control groups here") }
                session.launch(1, "exec tail /dev/zero") { launch in
                    launch.image = root
                    launch.memoryBytes = 32 << 20
                }
                let end = try session.end(of: 1)
                #expect(end.reason == .outOfMemory && end.message.contains("32 MiB"), "\(end)")
                #expect(end.usage.maxResidentBytes > 24 << 20)
                session.launch(2, "for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; wait") { launch in
                    launch.image = root
                    launch.maxProcesses = 5
                }
                #expect(try session.end(of: 2).exitCode != 0 && said(agent, 2, "stderr").contains("fork"))
                session.launch(3, "sleep 600") { launch in
                    launch.image = root
                    launch.cpuThousandths = 250
                }
                _ = try session.wait(3, .running)
                let quotas = try groups(3).map { Files.text("\($0)/cpu.cfs_quota_us") + Files.text("\($0)/cpu.max") }
                #expect(quotas.contains { $0.hasPrefix("25000") }, "\(quotas)")
                session.send(.kill(AgentTaskKey(id: 3, attempt: 0), graceMilliseconds: 60_000))
                #expect(try session.end(of: 3).reason == .killed, "SIGTERM ends what does not care for it")
                for id in 1...3 { #expect(try groups(UInt64(id)).isEmpty) }
            }
        }

        @Test func killsHaveTheirGrace() throws {
            try agent { agent, session, root in
                let lines = [
                    "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.1; done",
                    "trap '' TERM; setsid sleep 600 & echo ready; while :; do sleep 600; done",
                    "(trap 'sleep 0.3; echo late > own; exit 0' TERM; echo ready; while :; do sleep 0.1; done) & wait",
                ]
                for (id, line) in lines.enumerated() { session.launch(UInt64(id), line) { $0.image = root } }
                for id in 0..<3 { try waitUntil("task \(id) is ready") { said(agent, UInt64(id)) == "ready\n" } }
                for (id, grace) in [60_000, 200, 60_000].enumerated() {
                    session.send(
                        .kill(AgentTaskKey(id: UInt64(id), attempt: 0), graceMilliseconds: UInt64(grace)))
                }
                var ends: [UInt64: AgentTaskStatus] = [:]
                while ends.count < 3 {
                    let status = try session.status()
                    if status.state == .ended { ends[status.key.id] = status }
                }
                #expect(ends[0]?.exitCode == 5 && said(agent, 0) == "ready\nbye\n")
                #expect(ends[1]?.signal == UInt64(SIGKILL))
                #expect(said(agent, 2, "own") == "late\n", "the others have their grace when the first has none")
                #expect(ends.values.allSatisfy { $0.reason == .killed })
            }
        }

        @Test func whatCannotStartSaysWhy() throws {
            try agent { agent, session, root in
                session.launch(1, "") { ($0.image, $0.arguments) = (root, ["no-such-program"]) }
                let missing = try session.end(of: 1)
                #expect(missing.reason == .launchFailed && missing.step == .image, "\(missing)")
                #expect(missing.message.contains("\"no-such-program\": executable file not found"), "\(missing)")
                session.launch(2, "true") { $0.image = "/no/such/folder" }
                #expect(try session.end(of: 2).message.hasPrefix("there is no folder /no/such/folder on this node"))
                session.launch(3, "true") { ($0.image, $0.gpuThousandths) = (root, 1_000) }
                #expect(try session.end(of: 3).message == "gpus are not given to containers")
                session.launch(4, "true") { $0.image = root }
                #expect(try session.end(of: 4).succeeded)
            }
        }

        /// The supervisor goes, the agent goes, both go: the end comes once, and nothing stays.
        @Test func nothingIsLeft() throws {
            try agent { agent, session, root in
                session.launch(1, "sleep 600") { $0.image = root }
                let first = try session.wait(1, .running)
                session.launch(2, "sleep 2; exit 9") { $0.image = root }
                let second = try session.wait(2, .running)
                // Of the first, the supervisor alone: its task goes on as the starter's.
                let supervisor = try #require(parent(of: first.pid))
                #expect(kill(supervisor, SIGKILL) == 0)
                agent.killHard(session.hello.pid)
                try agent.start()
                let next = try agent.session()
                let end = try next.end(of: 2)
                #expect(end.exitCode == 9 && end.pid == second.pid)
                next.acknowledge(end)
                #expect(AgentUnderTest.runs(pid_t(first.pid)))
                next.send(.kill(first.key, graceMilliseconds: 0))
                let killed = try next.end(of: 1)
                #expect(killed.signal == UInt64(SIGKILL) && killed.message.contains("its supervisor was killed"))
                next.acknowledge(killed)
                try waitUntil("its control groups go") { try groups(1).isEmpty && groups(2).isEmpty }
                #expect(!AgentUnderTest.runs(pid_t(first.pid)))
                try waitUntil("its folder goes") { !Files.exists(agent.path("containers/1.0")) }
                let third = try agent.session(epoch: 2)
                #expect(third.inventory.allSatisfy { $0.state == .ended })
            }
        }

        private func parent(of pid: UInt64) -> pid_t? {
            let line = Files.text("/proc/\(pid)/stat")
            guard let name = line.lastIndex(of: ")") else { return nil }
            return line[name...].split(separator: " ").dropFirst(2).first.flatMap { pid_t($0) }
        }
    }
}

/// Names in a folder, sorted.
enum FileNames {
    /// The whole path of a program in one of the usual places.
    static func program(_ name: String) -> String? {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        return folders.map { "\($0)/\(name)" }.first { (path: String) in access(path, X_OK) == 0 }
    }

    /// All at and below it, by `find`; none when it is not there.
    static func below(_ folder: String) throws -> [String] {
        let found = try Program.run(["/bin/sh", "-c", "cd \"$1\" 2>/dev/null && find . -mindepth 1 >&2", "sh", folder])
        return found.error.split(separator: "\n").map(String.init).sorted()
    }
}
