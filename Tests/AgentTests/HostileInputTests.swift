import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Bytes that are no conversation: the connection ends with a stated error, the agent goes on.
    @Suite struct HostileInputTests {
        @Test func garbageTornAndOversizedFrames() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let keeper = try agent.session()
            func refusal(_ bytes: [UInt8], endInput: Bool = false) throws -> AgentRefusal {
                let session = try CoreSession(agent.directory)
                session.send(bytes)
                if endInput { shutdown(session.fd, Int32(SHUT_WR)) }
                let refusal = try session.refusal()
                session.expectEnd()
                return refusal
            }
            let garbage = try refusal(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            #expect(garbage.code == .malformed && garbage.message.contains("over the limit of 1048576"))
            #expect(try refusal([0, 0, 0, 0]).message == "frame of length zero")
            #expect(try refusal([9, 0, 0, 0, 1, 2], endInput: true).message == "stream ended 6 bytes into a frame")
            #expect(try refusal([3, 0, 0, 0, 1, 3, 200]).message == "frame of kind 1 does not decode")
            #expect(try refusal([1, 0, 16, 0]).message.contains("1048577"))
            try keeper.settle()
        }

        @Test func unknownKindsAreSkipped() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.send(Frame(kind: 55, body: [UInt8](repeating: 7, count: AgentLimits.frameBytes - 1)).encoded())
            session.send(.unknown(kind: 200))
            try session.settle()
        }

        @Test func aFloodIsTakenInTurns() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            // Pings without reading: the agent stops reading when its output is full, and grows no more.
            _ = fcntl(session.fd, F_SETFL, O_NONBLOCK)
            let pings = [UInt8]((0..<2000).flatMap { CoreMessage.ping(nonce: UInt64($0) << 40).encoded() })
            var sent = 0
            for _ in 0..<2000 {
                let count = pings.withUnsafeBytes { send(session.fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if count > 0 { sent += count } else { usleep(1000) }
                if count > 0 && count < pings.count { break }
            }
            #expect(sent > 0)
            let memory = Files.text("/proc/\(session.hello.pid)/statm").split(separator: " ")
            #expect((Int(memory[1]) ?? 0) * 4096 < 8 << 20)
            session.close()
            let next = try agent.session()
            // More than the output may hold, all before the first answer is read: what was held back comes too.
            next.send([UInt8]((0..<30_000).flatMap { CoreMessage.ping(nonce: 1 << 60 | UInt64($0)).encoded() }))
            next.send(.ping(nonce: 1))
            var answers = 0
            while true {
                guard case .pong(let nonce, _) = try next.next() else { continue }
                if nonce == 1 { break }
                answers += 1
            }
            #expect(answers == 30_000)
        }

        @Test func tooManyConnectionsAreRefused() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let many = try (0..<20).map { _ in try CoreSession(agent.directory) }
            #expect(try many[19].refusal().code == .limit)
            for one in many { one.close() }
            usleep(50_000)
            _ = try agent.session()
        }

        @Test func randomBytesNeverEndTheAgent() throws {
            let (seed, start) = SplitMix.seeded("randomBytesNeverEndTheAgent")
            var random = start
            let agent = try AgentUnderTest()
            defer { agent.end() }
            // By chance a frame may be a lease, and this is no machine to be powered off.
            try agent.start(["--power-off", "true"])
            let pid = try agent.session().hello.pid
            let key = AgentTaskKey(id: 1, attempt: 0)
            let shutdown = CoreMessage.shutdown(AgentShutdown(killTasks: false)).encoded()[4]
            for round in 0..<400 {
                let session = try CoreSession(agent.directory)
                var bytes: [UInt8] = []
                if round % 3 != 0 {
                    bytes = CoreMessage.hello(CoreHello(cluster: "eng", epoch: 1, coreVersion: "f")).encoded()
                }
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    var launch = AgentLaunch(key: key, arguments: ["/bin/true", "x"])
                    launch.environment = ["A=b"]
                    var piece =
                        [
                            CoreMessage.launch(launch), .kill(key, graceMilliseconds: 1),
                            .acknowledge([AgentAcknowledgement(key: key, sequence: 1)]), .sampleEvery(milliseconds: 1),
                            .openLog(AgentLogRequest(stream: 1, key: key, file: .output, offset: -1, creditBytes: 9)),
                            .executorOutput(AgentStreamData(stream: .max, bytes: [1], isEnd: true)),
                            .creditLog(stream: 1, bytes: .max), .retention(AgentRetention(keepTasks: 1)),
                        ].randomElement(using: &random)?.encoded() ?? []
                    for _ in 0..<Int.random(in: 0...3, using: &random) {
                        piece[Int.random(in: 0..<piece.count, using: &random)] = UInt8.random(
                            in: 0...255, using: &random)
                    }
                    // A frame that is a wish to end, in a session, ends the agent rightly.
                    if piece[4] == shutdown { piece[4] = 0 }
                    bytes += piece
                }
                session.send(bytes)
                if round % 5 == 0 { _ = try? session.poll(milliseconds: 5) }
                session.close()
                #expect(kill(pid_t(pid), 0) == 0, "the agent died, seed \(seed), round \(round)")
            }
            #expect(try agent.session().hello.pid == pid, "seed \(seed)")
        }
    }
}
