import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Logs: streams with credit, and files that do not grow for ever.
    @Suite struct LogTests {
        /// Everything a stream gives, until its end.
        private func collect(_ session: CoreSession, _ stream: UInt64) throws -> (
            offset: UInt64?, text: [UInt8], fault: String
        ) {
            var offset: UInt64?
            var bytes: [UInt8] = []
            while true {
                guard case .logData(let data) = try session.next(), data.stream == stream else { continue }
                if data.isEnd { return (offset, bytes, data.fault) }
                if offset == nil { offset = data.offset }
                #expect(data.offset == (offset ?? 0) + UInt64(bytes.count))
                bytes += data.bytes
            }
        }

        private func request(
            _ stream: UInt64, _ id: UInt64, offset: Int64 = 0, credit: UInt64 = 1 << 20, follow: Bool = false,
            file: AgentLogFile = .output
        ) -> CoreMessage {
            .openLog(
                AgentLogRequest(
                    stream: stream, key: AgentTaskKey(id: id, attempt: 0), file: file, offset: offset,
                    creditBytes: credit, follow: follow))
        }

        /// A link in the place of a log leads nowhere: the task may be of a user who may not read what the agent may.
        @Test func aLinkIsNotFollowed() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            Files.write(agent.path("secret"), "not for the log")
            let session = try agent.session()
            session.launch(1, "rm stdout; ln -s \(agent.path("secret")) stdout")
            session.acknowledge(try session.end(of: 1))
            session.send(request(1, 1))
            #expect(try collect(session, 1).text.isEmpty)
        }

        @Test func offsetsEndsAndFaults() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "printf 0123456789; printf error >&2")
            session.acknowledge(try session.end(of: 1))
            session.send(request(1, 1))
            #expect(try collect(session, 1).text == Array("0123456789".utf8))
            session.send(request(1, 1, offset: 4))
            #expect(try collect(session, 1).text == Array("456789".utf8))
            session.send(request(2, 1, offset: -3))
            let tail = try collect(session, 2)
            #expect(tail.text == Array("789".utf8) && tail.offset == 7)
            session.send(request(3, 1, file: .error))
            #expect(try collect(session, 3).text == Array("error".utf8))
            session.send(request(4, 1, offset: 1000))
            #expect(try collect(session, 4).text.isEmpty)
            session.send(request(5, 99))
            #expect(try collect(session, 5).fault == "task 99.0 is not known here")
            session.launch(2, "true")
            session.acknowledge(try session.end(of: 2))
            session.send(request(6, 2))
            let empty = try collect(session, 6)
            #expect(empty.text.isEmpty && empty.fault.isEmpty)
        }

        @Test func nothingIsSentWithoutCredit() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "head -c 200000 /dev/zero | tr '\\0' a")
            _ = try session.end(of: 1)
            session.send(request(1, 1, credit: 1000))
            try session.settle()
            var got = 0
            for more in [UInt64(0), 500, 100_000] {
                if more > 0 { session.send(.creditLog(stream: 1, bytes: more)) }
                session.send(.ping(nonce: more))
                var ponged = false
                while let message = try session.poll(milliseconds: ponged ? 300 : 60_000) {
                    if case .pong = message { ponged = true }
                    if case .logData(let data) = message { got += data.bytes.count }
                }
            }
            #expect(got <= 101_500 && got >= 100_500)
            session.send(.closeLog(stream: 1))
        }

        @Test func followGoesOnUntilTheTaskEnds() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done")
            for stream in UInt64(1)...5 { session.send(request(stream, 1, follow: true)) }
            var texts: [UInt64: [UInt8]] = [:]
            var ended: Set<UInt64> = []
            while ended.count < 5 {
                guard case .logData(let data) = try session.next() else { continue }
                texts[data.stream, default: []] += data.bytes
                if data.isEnd { ended.insert(data.stream) }
            }
            for stream in UInt64(1)...5 {
                #expect(texts[stream] == Array("line 1\nline 2\nline 3\nline 4\nline 5\n".utf8))
            }
        }

        @Test func logsDoNotHoldUpStatuses() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start(["--log-limit", "67108864"])
            let session = try agent.session()
            session.launch(1, "head -c 30000000 /dev/zero | tr '\\0' a")
            _ = try session.end(of: 1)
            session.send(request(1, 1, credit: AgentLimits.logCreditBytes))
            usleep(300_000)  // the socket is full of log by now
            session.launch(2, "exit 8")
            usleep(500_000)
            var before = 0
            while true {
                switch try session.next() {
                case .logData(let data): before += data.bytes.count
                case .status(let status) where status.key.id == 2 && status.state == .ended:
                    #expect(status.exitCode == 8)
                    #expect(before < 2 << 20, "\(before) bytes of log came first")
                    return
                default: break
                }
            }
        }

        @Test func aTaskThatWritesWithoutEndFillsNoDisk() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            let part: UInt64 = 256 << 10
            session.launch(1, "i=0; while [ $i -lt 60 ]; do seq -w 100000 199999; i=$((i+1)); done") { launch in
                launch.logLimitBytes = part
                launch.logKeptParts = 1
            }
            #expect(try session.end(of: 1).succeeded)
            let facts = try #require(Files.facts(agent.path("tasks/1.0/stdout")))
            #expect(facts.st_size == 60 * 100_000 * 7)
            #expect(facts.st_blocks * 512 <= 2 * Int(part) + 8192, "\(facts.st_blocks * 512) bytes on disk")
            session.send(request(1, 1, credit: 2 << 20))
            let kept = try collect(session, 1)
            let offset = try #require(kept.offset)
            #expect(offset > 0 && offset + UInt64(kept.text.count) == UInt64(facts.st_size))
            #expect(kept.text.count >= Int(part))
            // What is kept is what was written there.
            let whole = kept.text.drop { $0 != 10 }.dropFirst()
            let line = (Int(offset) + kept.text.count - whole.count) / 7
            #expect(whole.prefix(6).elementsEqual("\(100_000 + line % 100_000)".utf8))
        }
    }
}
