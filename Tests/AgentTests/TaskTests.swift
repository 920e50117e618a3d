import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Tasks from launch to final status.
    @Suite struct TaskTests {
        @Test func exitCodesSignalsAndUsage() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "exit 0")
            let good = try session.end(of: 1)
            #expect(good.succeeded && good.reason == .exited)
            #expect(good.endedNanoseconds >= good.startedNanoseconds && good.runNanoseconds > 0)
            #expect(good.usage.maxResidentBytes > 4096)
            session.launch(2, "exit 77")
            let bad = try session.end(of: 2)
            #expect(bad.reason == .exited && bad.exitCode == 77 && bad.signal == 0)
            session.launch(3, "kill -SEGV $$")
            let dead = try session.end(of: 3)
            #expect(dead.reason == .signaled && dead.signal == 11)
        }

        @Test func gpusAreATasksAloneByNumber() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start(["--gpus", "3"])
            let session = try agent.session()
            let script = "echo \"<$CUDA_VISIBLE_DEVICES>\"; while [ ! -e ../../go$N ]; do sleep 0.05; done"
            func start(_ id: UInt64, gpus: UInt64) throws {
                session.launch(id, script) { launch in
                    launch.gpuThousandths = gpus
                    launch.environment = ["N=\(id)"]
                }
                _ = try session.wait(id, .running)
            }
            func told(_ id: UInt64) -> String { Files.text(agent.path("tasks/\(id).0/stdout")) }
            func finish(_ id: UInt64) throws {
                Files.write(agent.path("go\(id)"), "")
                #expect(try session.end(of: id).succeeded)
            }
            try start(1, gpus: 1000)
            try start(2, gpus: 1000)
            try start(3, gpus: 500)
            try start(4, gpus: 250)
            try start(5, gpus: 0)
            try finish(1)
            try start(6, gpus: 1000)
            for id in 2...6 { try finish(UInt64(id)) }
            #expect((1...6).map { told(UInt64($0)) } == ["<0>\n", "<1>\n", "<2>\n", "<2>\n", "<>\n", "<0>\n"])
            session.launch(7, "echo $CUDA_VISIBLE_DEVICES") { $0.gpuThousandths = 3000 }
            #expect(try session.end(of: 7).succeeded && told(7) == "0,1,2\n")
            session.launch(8, "true") { $0.gpuThousandths = 4000 }
            let refused = try session.end(of: 8)
            #expect(refused.reason == .launchFailed && refused.message.contains("not free"))
        }

        @Test func failedLaunchesSayWhereAndWhy() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            func end(_ id: UInt64, _ change: (inout AgentLaunch) -> Void) throws -> AgentTaskStatus {
                session.launch(id, "true", change)
                return try session.end(of: id)
            }
            let program = try end(1) { $0.arguments = ["/no/such/program"] }
            #expect(program.reason == .launchFailed && program.step == .execute && program.errno == UInt64(ENOENT))
            #expect(try end(2) { $0.arguments = ["no-such-program"] }.step == .execute)
            #expect(try end(3) { $0.arguments = ["/etc/passwd"] }.errno == UInt64(EACCES))
            #expect(try end(4) { $0.directory = "/no/such/folder" }.step == .directory)
            #expect(try end(5) { $0.inputPath = "/no/input" }.step == .input)
            #expect(try end(6) { $0.outputPath = "/no/output" }.step == .output)
            #expect(try end(7) { $0.errorPath = "/no/error" }.step == .error)
            let empty = try end(8) { $0.arguments = [] }
            #expect(empty.step == .request && empty.message == "no program given" && empty.sequence == 0)
        }

        @Test func environmentFilesInputAndPaths() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            Files.write(agent.path("in"), "from the input")
            session.launch(1, "pwd; cat hosts; cat; env | sort; echo oops >&2") { launch in
                launch.environment = ["A=1", "B=two words"]
                launch.files = [AgentLaunch.File(name: "hosts", content: Array("n1\n".utf8))]
                launch.inputPath = agent.path("in")
            }
            #expect(try session.end(of: 1).succeeded)
            let sandbox = agent.path("tasks/1.0")
            let lines = Files.text("\(sandbox)/stdout").split(separator: "\n").map(String.init)
            #expect(lines[..<2] == [sandbox, "n1"])
            #expect(lines[2] == "from the inputA=1")
            #expect(lines.contains("B=two words") && lines.contains("BELLOWS_TASK=1.0"))
            #expect(lines.contains("BELLOWS_SANDBOX=\(sandbox)") && lines.contains { $0.hasPrefix("PATH=/") })
            #expect(!lines.contains { $0.hasPrefix("HOME=") })
            #expect(Files.text("\(sandbox)/stderr") == "oops\n")
            session.launch(2, "pwd; echo err >&2") { launch in
                launch.directory = "/"
                launch.outputPath = agent.path("o")
                launch.errorPath = agent.path("e")
            }
            #expect(try session.end(of: 2).succeeded)
            #expect(Files.text(agent.path("o")) == "/\n" && Files.text(agent.path("e")) == "err\n")
            session.launch(3, "cat; umask; ulimit -n; cat /proc/self/status | grep SigBlk") { $0.maxOpenFiles = 99 }
            #expect(try session.end(of: 3).succeeded)
            let seen = Files.text(agent.path("tasks/3.0/stdout")).split(separator: "\n")
            #expect(seen[0] == "0022" && seen[1] == "99" && seen[2].hasSuffix("0000000000000000"))
        }

        @Test func aKnownKeyIsNeverStartedTwice() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            let line = "echo x >> \(agent.path("marks")); sleep 0.3; exit 5"
            for _ in 0..<5 { session.launch(1, line) }
            #expect(try session.end(of: 1).exitCode == 5)
            session.launch(1, line)
            #expect(try session.end(of: 1).exitCode == 5)
            agent.killHard(session.hello.pid)
            try agent.start()
            let second = try agent.session()
            second.launch(1, line)
            #expect(try second.end(of: 1).exitCode == 5)
            #expect(agent.marks("marks") == 1)
        }

        @Test func timeLimitsHold() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "sleep 100") { $0.timeLimitMilliseconds = 100 }
            let polite = try session.end(of: 1)
            #expect(polite.reason == .timeLimit && polite.signal == 15)
            session.launch(2, "trap '' TERM; while :; do sleep 1; done") { launch in
                launch.timeLimitMilliseconds = 100
                launch.graceMilliseconds = 200
            }
            let hard = try session.end(of: 2)
            #expect(hard.reason == .timeLimit && hard.signal == 9)
            #expect(hard.runNanoseconds >= 300_000_000)
        }

        @Test func killTakesTheWholeFamily() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            // A child in the group, and one that has left group and session.
            let line = "sleep 1000 & echo $! > a; setsid sleep 1001 & sleep 0.2; pgrep -P $$ > all; touch up; wait"
            session.launch(1, line)
            let sandbox = agent.path("tasks/1.0")
            try waitUntil("children are up") { Files.exists("\(sandbox)/up") }
            let pids = Files.text("\(sandbox)/all").split(separator: "\n").compactMap { pid_t($0) }
            #expect(pids.count >= 2)
            session.send(.kill(AgentTaskKey(id: 1, attempt: 0), graceMilliseconds: 200))
            let end = try session.end(of: 1)
            #expect(end.reason == .killed && end.signal != 0)
            for pid in pids { #expect(kill(pid, 0) != 0, "process \(pid) lives on") }
            session.send(.kill(AgentTaskKey(id: 99, attempt: 0), graceMilliseconds: 0))
            #expect(try session.status().state == .unknown)
            session.send(.kill(AgentTaskKey(id: 1, attempt: 0), graceMilliseconds: 0))
            #expect(try session.status().reason == .killed)
        }

        @Test func whatATaskLeavesRunningIsEnded() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "setsid sleep 1002 & echo $! > child; sleep 1003 & echo $! >> child; exit 4")
            let end = try session.end(of: 1)
            #expect(end.reason == .exited && end.exitCode == 4)
            for pid in Files.text(agent.path("tasks/1.0/child")).split(separator: "\n") {
                #expect(kill(pid_t(pid) ?? 1, 0) != 0)
            }
        }

        @Test func aSandboxIsReusedOnlyWhenNothingIsInIt() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            for (id, line) in [(UInt64(1), "true"), (2, "echo kept > file"), (3, "echo said")] {
                session.launch(id, line)
                session.acknowledge(try session.end(of: id))
            }
            try session.settle()
            for id in UInt64(10)...13 {
                session.launch(id, "ls; cat stdout | wc -c")
                #expect(try session.end(of: id).succeeded)
                #expect(Files.text(agent.path("tasks/\(id).0/stdout")) == "stderr\nstdout\n14\n")
            }
            #expect(!Files.exists(agent.path("tasks/1.0")))
            #expect(Files.text(agent.path("tasks/2.0/file")) == "kept\n")
            #expect(Files.text(agent.path("tasks/3.0/stdout")) == "said\n")
        }
    }
}
