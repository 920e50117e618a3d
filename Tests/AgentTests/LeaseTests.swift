import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// A machine whose core is silent for too long ends by itself; here a file is written in the place of its power.
    @Suite struct LeaseTests {
        private func start(_ agent: AgentUnderTest) throws {
            try agent.start(["--power-off", "echo off >> \(agent.path("power"))"])
        }

        @Test func aLeaseThatRunsOutEndsTasksAndMachine() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try start(agent)
            let session = try agent.session()
            session.send(.lease(AgentLease(softSeconds: 1, hardSeconds: 2)))
            session.launch(1, "sleep 600")
            let pid = try session.wait(1, .running).pid
            let refusal = try { () throws -> AgentRefusal in
                usleep(1_200_000)
                session.launch(2, "echo never > \(agent.path("never"))")
                return try session.refusal()
            }()
            #expect(refusal.code == .limit && !refusal.isFatal && refusal.message.contains("lease"))
            let end = try session.end(of: 1)
            #expect(end.reason == .lease && end.signal == UInt64(SIGTERM))
            #expect(!AgentUnderTest.runs(pid_t(truncatingIfNeeded: pid)))
            try waitUntil("the machine is powered off") { Files.text(agent.path("power")).hasPrefix("off") }
            #expect(!Files.exists(agent.path("never")))
        }

        /// Who is gone for good is the core, or the agent and the core: what is on disk goes on.
        @Test func theLeaseOutlivesTheAgent() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try start(agent)
            var session = try agent.session()
            session.send(.lease(AgentLease(softSeconds: 0, hardSeconds: 3)))
            try waitUntil("the lease is on disk") { Files.exists(agent.path("lease")) }
            agent.killHard(session.hello.pid)
            try start(agent)
            session = try agent.session()
            session.launch(1, "sleep 600")
            #expect(try session.end(of: 1).reason == .lease)
            try waitUntil("the machine is powered off") { Files.text(agent.path("power")).hasPrefix("off") }
        }

        @Test func aRenewedLeaseAndOneThatIsTakenBackEndNothing() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try start(agent)
            let session = try agent.session()
            session.launch(1, "sleep 4; exit 7")
            for _ in 0..<6 {
                session.send(.lease(AgentLease(softSeconds: 1, hardSeconds: 2)))
                usleep(500_000)
            }
            session.send(.lease(AgentLease(softSeconds: 0, hardSeconds: 0)))
            let end = try session.end(of: 1)
            #expect(end.reason == .exited && end.exitCode == 7)
            #expect(!Files.exists(agent.path("lease")) && !Files.exists(agent.path("power")))
        }
    }
}
