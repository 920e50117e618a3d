import AgentProtocol
import CSys
import Glibc
import Testing

extension AgentSuite {
    /// What an agent makes of a journal that it did not expect: another boot, cut records, a newer version.
    @Suite struct JournalTests {
        /// A record as docs/decisions/0001 has it: mark, length, checksum, kind, body.
        private func record(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
            func four(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
            let checksum = cs_crc32c(body, body.count) &+ UInt32(kind) &* 0x9e37_79b1
            return [0xb5, 0x4a] + four(UInt32(body.count)) + four(checksum) + [kind] + body
        }

        private func header(version: UInt64, bootID: String, agentID: String) -> [UInt8] {
            var writer = FieldWriter()
            writer.number(1, version)
            writer.text(2, agentID)
            writer.text(3, bootID)
            writer.number(4, 1)
            return record(1, writer.bytes)
        }

        private func append(_ bytes: [UInt8], to path: String) {
            let fd = open(path, O_WRONLY | O_APPEND)
            #expect(write(fd, bytes, bytes.count) == bytes.count)
            close(fd)
        }

        @Test func afterARestartOfTheMachineRunningTasksAreLost() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session()
            // One after the other: what comes while something else is waited for is passed over.
            first.launch(2, "exit 5")
            _ = try first.end(of: 2)
            first.launch(1, "sleep 1000")
            let running = try first.wait(1, .running)
            agent.killHard(first.hello.pid)
            kill(-pid_t(running.pid), SIGSTOP)  // it must not be taken for alive, nor for ended
            append(
                header(version: 1, bootID: "another boot", agentID: first.hello.agentID),
                to: agent.path("journal.000001"))
            try agent.start()
            let second = try agent.session()
            let lost = try second.end(of: 1)
            #expect(lost.reason == .lost && lost.message == "the machine was restarted")
            #expect(second.inventory.first { $0.key.id == 2 }?.exitCode == 5)
            #expect(second.hello.agentID == first.hello.agentID)
            kill(-pid_t(running.pid), SIGKILL)
        }

        @Test func cutRecordsAreSteppedOver() throws {
            let (seed, start) = SplitMix.seeded("cutRecordsAreSteppedOver")
            var random = start
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            for round in UInt64(0)..<10 {
                let session = try agent.session()
                session.launch(round * 2, "exit 7")
                _ = try session.end(of: round * 2)
                // A cut in the living journal, then reports behind it.
                let whole = record(3, [UInt8](repeating: 0x4a, count: Int.random(in: 1...600_000, using: &random)))
                let cut = Array(whole.prefix(Int.random(in: 1..<whole.count, using: &random)))
                append(cut, to: agent.path("journal.\(String(1_000_001 + round).dropFirst())"))
                session.launch(round * 2 + 1, "exit 8")
                #expect(try session.end(of: round * 2 + 1).exitCode == 8, "seed \(seed)")
                agent.killHard(session.hello.pid)
                try agent.start()
            }
            let last = try agent.session()
            #expect(last.inventory.map { $0.exitCode } == (0..<10).flatMap { _ in [7, 8] }, "seed \(seed)")
        }

        @Test func aNewerJournalIsRefused() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            agent.killHard(session.hello.pid)
            append(header(version: 99, bootID: "b", agentID: "a"), to: agent.path("journal.000001"))
            let result = try agent.command(["start", "--dir", agent.directory])
            #expect(result.code == 1)
            #expect(result.error.contains("has version 99, this agent reads up to 1"), "\(result.error)")
        }
    }
}
