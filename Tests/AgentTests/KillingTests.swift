import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Kill -9 at random moments: each task runs exactly once, each exit status is true and comes until acknowledged.
    @Suite struct KillingTests {
        /// A core that is as careful as the real one has to be.
        private final class CarefulCore {
            let agent: AgentUnderTest
            var wanted: [UInt64: Int] = [:]
            var ended: [UInt64: AgentTaskStatus] = [:]
            var session: CoreSession?
            var pid: UInt64 = 0

            init(_ agent: AgentUnderTest) { self.agent = agent }

            func line(_ id: UInt64, _ random: inout SplitMix) -> String {
                let code = Int.random(in: 0...200, using: &random)
                wanted[id] = code
                let pause = Int.random(in: 0...40, using: &random)
                return "echo x >> \(agent.path("marks.\(id)")); sleep 0.0\(pause < 10 ? "0" : "")\(pause); exit \(code)"
            }

            /// Connects again, and launches again what this agent has not heard of.
            func connect(_ lines: [UInt64: String]) throws {
                let fresh = try agent.session()
                session = fresh
                pid = fresh.hello.pid
                let known = Set(fresh.inventory.map { $0.key.id })
                for (id, line) in lines.sorted(by: { $0.key < $1.key }) where !known.contains(id) && ended[id] == nil {
                    fresh.launch(id, line)
                }
            }

            /// Takes what comes in this time; acknowledges only sometimes, as if the disk were slow.
            func listen(milliseconds: Int32, _ random: inout SplitMix) throws {
                guard let session else { return }
                while let message = try session.poll(milliseconds: milliseconds) {
                    guard case .status(let status) = message, status.state == .ended else { continue }
                    if let before = ended[status.key.id] {
                        #expect(before.exitCode == status.exitCode && before.reason == status.reason)
                    }
                    ended[status.key.id] = status
                    if Bool.random(using: &random) { session.acknowledge(status) }
                }
            }
        }

        private enum Blow: CaseIterable { case agent, connection }

        @Test(arguments: 0..<4) func eachTaskRunsOnce(round: Int) throws {
            let (seed, start) = SplitMix.seeded("eachTaskRunsOnce \(round)")
            var random = start
            for _ in 0..<round { _ = random.next() }
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let core = CarefulCore(agent)
            var lines: [UInt64: String] = [:]
            try core.connect([:])
            for wave in 0..<12 {
                for id in UInt64(wave * 10)..<UInt64(wave * 10 + 10) {
                    let line = core.line(id, &random)
                    lines[id] = line
                    core.session?.launch(id, line)
                }
                usleep(UInt32.random(in: 0...20_000, using: &random))
                try? core.listen(milliseconds: Int32.random(in: 0...3, using: &random), &random)
                if Blow.allCases.randomElement(using: &random) == .agent {
                    agent.killHard(core.pid)
                    try agent.start()
                } else {
                    core.session?.close()
                }
                try core.connect(lines)
            }
            try waitUntil("all ended") {
                try core.listen(milliseconds: 10, &random)
                return core.ended.count == lines.count
            }
            for (id, code) in core.wanted {
                let status = try #require(core.ended[id], "task \(id) has no end, seed \(seed)")
                #expect(status.reason == .exited && Int(status.exitCode) == code, "task \(id): \(status), seed \(seed)")
                #expect(
                    agent.marks("marks.\(id)") == 1, "task \(id) ran \(agent.marks("marks.\(id)")) times, seed \(seed)")
            }
            try expectQuietOnceAcknowledged(agent, core)
        }

        private func expectQuietOnceAcknowledged(_ agent: AgentUnderTest, _ core: CarefulCore) throws {
            let session = try agent.session()
            session.send(.ping(nonce: 1))
            while true {
                let message = try session.next()
                if case .pong = message { break }
                if case .status(let status) = message { session.acknowledge(status) }
            }
            try session.settle()
            agent.killHard(session.hello.pid)
            try agent.start()
            let last = try agent.session()
            #expect(last.inventory.count == core.wanted.count)
            last.send(.ping(nonce: 2))
            while true {
                let message = try last.next()
                if case .pong = message { break }
                if case .status(let status) = message { Issue.record("acknowledged, but came again: \(status)") }
            }
        }
    }
}
