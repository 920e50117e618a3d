import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// The agent's commands, as an operator types them.
    @Suite struct CommandTests {
        @Test func startStopAndWhatIsRefused() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start(["--name", "n1", "--cpus", "1.5", "--gpus", "2", "--attribute", "rack=r1"])
            let facts = try #require(Files.facts(agent.path("agent.sock")))
            #expect(facts.st_mode & 0o777 == 0o600)
            #expect(try #require(Files.facts(agent.directory)).st_mode & 0o777 == 0o700)
            let session = try agent.session()
            #expect(session.hello.name == "n1")
            #expect(session.hello.slice?.cpuThousandths == 1500)
            #expect(session.hello.slice?.gpus == 2)
            #expect(session.hello.slice?.memoryBytes == session.hello.machine.memoryBytes)
            #expect(session.hello.attributes == ["rack=r1"])
            #expect(session.hello.directory == agent.directory)
            let again = try agent.command(["start", "--dir", agent.directory])
            #expect(again.code == 4)
            #expect(again.error.contains("pid \(session.hello.pid)"), "\(again.error)")
            #expect(try agent.command(["stop", "--dir", agent.directory]).code == 0)
            try waitUntil("the agent is gone") { kill(pid_t(session.hello.pid), 0) != 0 }
            #expect(try session.refusal().code == .ending)
            #expect(try agent.command(["stop", "--dir", agent.directory]).code == 3)
            #expect(try agent.command(["attach", "--dir", agent.directory]).code == 3)
        }

        @Test(arguments: [
            ([], "no command"), (["fly"], "unknown command 'fly'"), (["start"], "--dir DIR is missing"),
            (["start", "--dir"], "--dir"), (["start", "--dir", "/tmp", "--cpus", "two"], "--cpus two"),
            (["start", "--dir", "/tmp", "--mem", "4GiB"], "--mem 4GiB"),
            (["run", "--dir", "/tmp", "--what", "1"], "--what"),
            (["run", "--dir", "/tmp", "--cgroup", "yes"], "auto or off"),
        ])
        func wrongCommandLines(words: [String], complaint: String) throws {
            let result = try Program.run([AgentUnderTest.program] + words)
            #expect(result.code == 2)
            #expect(result.error.contains(complaint), "\(result.error)")
        }

        @Test func aFolderThatCannotBeMadeIsOneClearError() throws {
            let result = try Program.run([AgentUnderTest.program, "start", "--dir", "/proc/none/agent"])
            #expect(result.code == 1)
            #expect(result.error.contains("cannot make /proc/none/agent: No such file"), "\(result.error)")
        }

        @Test func aLongFolderNameIsNoObstacle() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            let long = agent.path(String(repeating: "x", count: 200))
            #expect(try agent.command(["start", "--dir", long]).code == 0)
            #expect(try agent.command(["stop", "--dir", long]).code == 0)
        }

        @Test func attachCarriesFramesBothWays() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let hello = CoreMessage.hello(CoreHello(cluster: "eng", epoch: 1, coreVersion: "t")).encoded()
            let bytes = hello + CoreMessage.ping(nonce: 5).encoded()
            let octal = bytes.map { "\\" + String(Int($0) + 512, radix: 8).dropFirst() }.joined()
            let script = "(printf '\(octal)'; sleep 0.3) | \(AgentUnderTest.program) attach --dir \(agent.directory)"
            let out = agent.path("out")
            #expect(try Program.run(["/bin/sh", "-c", "\(script) > \(out)"]).code == 0)
            let fd = open(out, O_RDONLY)
            defer { close(fd) }
            var decoder = FrameDecoder()
            decoder.feed(Files.all(fd))
            var kinds: [String] = []
            while let frame = try decoder.next() {
                switch try AgentMessage.decode(frame) {
                case .hello: kinds.append("hello")
                case .inventoryEnd: kinds.append("end")
                case .pong(5, _): kinds.append("pong")
                default: kinds.append("other")
                }
            }
            #expect(kinds.sorted() == ["end", "hello", "pong"])
        }

        @Test func theResidentSizeIsSmall() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            let text = Files.text("/proc/\(session.hello.pid)/statm").split(separator: " ")
            let resident = try #require(Int(text[1])) * 4096
            #expect(resident < 4 << 20, "\(resident) bytes")
        }

        /// Beside each task stands what waits for its end; with all that it holds by itself it stays under 1.5 MB.
        @Test func aRunningTaskCostsLittle() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            for id in UInt64(1)...8 {
                session.launch(id, "exec sleep 600")
                let task = try session.wait(id, .running)
                let parent = Files.text("/proc/\(task.pid)/stat").split(separator: ")").last?.split(separator: " ")
                let keeper = try #require(parent.flatMap { Int($0[1]) })
                #expect(keeper != session.hello.pid, "a task must outlive the agent")
                let memory = Files.text("/proc/\(keeper)/statm").split(separator: " ")
                let resident = try #require(Int(memory[1])) * 4096
                #expect(resident < 3 << 19, "\(resident) bytes")
            }
        }
    }
}

/// All tests of the agent, one after the other: each starts processes, and the machine may be small.
@Suite(.serialized) struct AgentSuite {}
