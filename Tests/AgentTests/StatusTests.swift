import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Statuses are kept until they are acknowledged, whoever dies meanwhile.
    @Suite struct StatusTests {
        @Test func unacknowledgedStatusesComeAgain() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session()
            first.launch(1, "exit 3")
            first.launch(2, "exit 4")
            let one = try first.end(of: 1)
            first.close()
            let second = try agent.session()
            var seen: [AgentTaskKey: UInt64] = [:]
            while seen.count < 2 {
                let status = try second.status()
                if status.state == .ended { seen[status.key] = status.exitCode }
            }
            #expect(seen == [AgentTaskKey(id: 1, attempt: 0): 3, AgentTaskKey(id: 2, attempt: 0): 4])
            second.acknowledge(one)
            try second.settle()
            agent.killHard(second.hello.pid)
            try agent.start()
            let third = try agent.session()
            #expect(Set(third.inventory.map { $0.exitCode }) == [3, 4])
            let again = try third.end(of: 2)
            #expect(again.exitCode == 4 && again.sequence > one.sequence)
            try expectSilence(third, about: 1)
        }

        /// Nothing that would have to be acknowledged comes for this task before a pong.
        private func expectSilence(_ session: CoreSession, about id: UInt64) throws {
            session.send(.ping(nonce: 9))
            while true {
                switch try session.next() {
                case .pong(9, _): return
                case .status(let status): #expect(status.key.id != id)
                default: break
                }
            }
        }

        @Test func anOldSequenceDoesNotAcknowledgeANewerStatus() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session()
            first.launch(1, "sleep 0.3; exit 3")
            let running = try first.wait(1, .running)
            #expect(running.pid > 1 && running.sequence > 0)
            _ = try first.end(of: 1)
            first.acknowledge(running)
            try first.settle()
            first.close()
            let second = try agent.session()
            #expect(try second.status().state == .ended)
        }

        @Test func tasksOutliveTheAgent() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session()
            first.launch(1, "sleep 0.5; exit 9")
            first.launch(2, "sleep 1000")
            let one = try first.wait(1, .running)
            agent.killHard(first.hello.pid)
            try waitUntil("task 1 ended without an agent") { kill(pid_t(one.pid), 0) != 0 }
            try agent.start()
            let session = try agent.session()
            #expect(session.inventory.count == 2)
            let end = try session.end(of: 1)
            #expect(end.exitCode == 9 && end.reason == .exited)
            session.send(.kill(AgentTaskKey(id: 2, attempt: 0), graceMilliseconds: 5000))
            #expect(try session.end(of: 2).reason == .killed)
        }

        @Test func aKilledSupervisorLosesNoExitStatus() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "echo $PPID > parent; touch up; sleep 0.6; exit 6")
            try waitUntil("task is up") { Files.exists(agent.path("tasks/1.0/up")) }
            let text = Files.text(agent.path("tasks/1.0/parent")).split(separator: "\n")
            kill(try #require(pid_t(text[0])), SIGKILL)
            let end = try session.end(of: 1)
            #expect(end.reason == .exited && end.exitCode == 6)
            #expect(end.message.contains("supervisor"))
            session.launch(2, "echo $PPID > parent; touch up; sleep 1000")
            try waitUntil("task is up") { Files.exists(agent.path("tasks/2.0/up")) }
            let second = Files.text(agent.path("tasks/2.0/parent")).split(separator: "\n")
            kill(try #require(pid_t(second[0])), SIGKILL)
            session.send(.kill(AgentTaskKey(id: 2, attempt: 0), graceMilliseconds: 0))
            #expect(try session.end(of: 2).signal == 9)
        }

        @Test func aKilledStarterIsReplaced() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            for round in UInt64(1)...5 {
                session.launch(round * 100, "cat /proc/$PPID/stat > stat; echo x >> \(agent.path("marks"))")
                _ = try session.end(of: round * 100)
                let stat = Files.text(agent.path("tasks/\(round * 100).0/stat")).split(separator: " ")
                for id in 1...20 { session.launch(round * 100 + UInt64(id), "echo x >> \(agent.path("marks"))") }
                kill(try #require(pid_t(stat[3])), SIGKILL)
                var ended: Set<UInt64> = []
                while ended.count < 20 {
                    let status = try session.status()
                    if status.state == .ended && status.key.id > round * 100 { ended.insert(status.key.id) }
                    if status.state == .ended { #expect(status.succeeded, "\(status)") }
                }
            }
            #expect(agent.marks("marks") == 5 * 21)
        }

        @Test func shutdownCanTakeTheTasksAlong() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "sleep 1000")
            let running = try session.wait(1, .running)
            session.send(.shutdown(AgentShutdown(killTasks: true, graceMilliseconds: 1000)))
            #expect(try session.end(of: 1).reason == .killed)
            #expect(try session.refusal().code == .ending)
            #expect(kill(pid_t(running.pid), 0) != 0)
        }
    }
}
