import AgentProtocol
import CSys
import ClusterModel
import ClusterSource
import Glibc
import Synchronization
import Testing

@testable import AgentLink

/// Links against a scripted agent: the good way, and every way in which a link goes wrong.
@Suite struct LinkTests {
    /// What the core would get.
    final class Core: Sendable {
        private let inputs = Mutex<[LinkReport]>([])
        let isFull = Mutex(false)
        func take(_ reports: [LinkReport]) -> Bool {
            // That the agent was reached is told before its hello, in no session, and is not what a core is full of.
            let said = reports.filter { if case .linkOpened = $0.input { false } else { true } }
            guard !said.isEmpty else { return true }
            inputs.withLock { $0 += said }
            return !isFull.withLock { $0 }
        }
        var all: [LinkReport] { inputs.withLock { $0 } }
        func wait<T>(_ find: ([LinkReport]) -> T?) -> T? {
            for _ in 0..<6_000 {
                if let found = find(all) { return found }
                cs_sleep_ns(5_000_000)
            }
            return nil
        }
        var hellos: [(ClusterModel.AgentHello, UInt64)] {
            all.compactMap { if case .agentHello(let hello) = $0.input { (hello, $0.session) } else { nil } }
        }
        var messages: [String] {
            all.compactMap { if case .agentGone(let gone) = $0.input { gone.message } else { nil } }
        }
        var statuses: [TaskStatus] {
            all.compactMap { if case .taskStatus(let told) = $0.input { told.status } else { nil } }
        }
    }

    static let counter = Mutex(0)
    static func path() -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return "/tmp/bellows-link-\(getpid())-\(number).sock"
    }

    func links(_ core: Core, _ change: (inout LinkLimits) -> Void = { _ in }) throws -> AgentLinks {
        var limits = LinkLimits()
        limits.watchMilliseconds = 50
        limits.longestBackOffMilliseconds = 200
        change(&limits)
        return try AgentLinks(
            identity: .init(cluster: "c1", epoch: 7, version: "1"), limits: limits, deliver: { core.take($0) })
    }

    func status(_ id: UInt64, _ state: AgentTaskState, sequence: UInt64, exit: UInt64 = 0) -> AgentTaskStatus {
        var status = AgentTaskStatus()
        status.key = AgentTaskKey(id: id, attempt: 1)
        (status.state, status.sequence, status.exitCode, status.reason) = (state, sequence, exit, .exited)
        return status
    }

    func launch(_ argv: [String]) -> TaskLaunch {
        var spec = JobSpec()
        spec.argv = argv
        return TaskLaunch(
            task: TaskID(job: JobID(raw: 1), index: 0), attempt: 1, spec: spec, environment: ["A=b"], output: "",
            error: "", files: [LaunchFile(name: "hosts", content: "n1\n")])
    }

    @Test func tellsOneHelloWithTheWholeInventoryThenStatuses() throws {
        let core = Core()
        let ended = status(1 << 32, .ended, sequence: 4, exit: 3)
        let running = status(2 << 32, .running, sequence: 5)
        let told = Mutex<CoreHello?>(nil)
        let agent = ScriptedAgent(path: Self.path()) { connection, _ in
            let hello = connection.greet(inventory: [ended, running])
            told.withLock { $0 = hello }
            connection.send(.status(ended))
            _ = connection.next { if case .acknowledge(let list) = $0 { list } else { nil } }
            connection.send(.status(self.status(3 << 32, .ended, sequence: 9)))
            _ = connection.next()
            while connection.next() != nil {}
        }
        defer { agent.end() }
        let links = try links(core)
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        let (hello, session) = try #require(core.wait { _ in core.hellos.first })
        #expect(hello.node == "n1")
        #expect(hello.total.cpus == 2_000)
        #expect(hello.tasks.map(\.phase) == [.ended, .running])
        #expect(hello.tasks.first?.reason == Reason(.exited, 3))
        #expect(told.withLock { $0 } == CoreHello(cluster: "c1", epoch: 7, coreVersion: "1"))
        #expect(core.wait { _ in core.statuses.first }?.sequence == 4)
        let task = TaskID(packed: 1 << 32)
        links.send([AgentOrder(node: "n1", wish: .acknowledge(task, attempt: 1, sequence: 4))])
        #expect(core.wait { _ in core.statuses.last.flatMap { $0.sequence == 9 ? $0 : nil } } != nil)
        #expect(core.all.allSatisfy { $0.session == session })
    }

    @Test func aLaunchDecidedOnAnOlderSessionIsDropped() throws {
        let core = Core()
        let started = Mutex<[AgentLaunch]>([])
        let agent = ScriptedAgent(path: Self.path()) { connection, number in
            connection.greet()
            if number == 0 { return }
            while let message = connection.next(seconds: 2) {
                if case .launch(let launch) = message { started.withLock { $0.append(launch) } }
            }
        }
        defer { agent.end() }
        let links = try links(core)
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        #expect(core.wait { _ in core.hellos.count >= 2 ? true : nil } != nil)
        let sessions = core.hellos.map { $0.1 }
        #expect(sessions[1] > sessions[0])
        links.send([AgentOrder(node: "n1", wish: .launch(launch(["old"]), session: sessions[0]))])
        links.send([AgentOrder(node: "n1", wish: .launch(launch(["new"]), session: sessions[1]))])
        #expect(core.wait { _ in started.withLock { $0.isEmpty } ? nil : true } != nil)
        #expect(started.withLock { $0.map(\.arguments) } == [["new"]])
        #expect(started.withLock { $0[0].files.first?.name } == "hosts")
        #expect(core.messages == ["the agent closed the connection"])
    }

    @Test func aLaunchThatCannotBeSentIsAnsweredAtOnce() throws {
        let core = Core()
        let agent = ScriptedAgent(path: Self.path()) { connection, _ in
            connection.greet()
            while connection.next() != nil {}
        }
        defer { agent.end() }
        let links = try links(core)
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        let session = try #require(core.wait { _ in core.hellos.first }).1
        let long = String(repeating: "x", count: AgentLimits.frameBytes)
        links.send([AgentOrder(node: "n1", wish: .launch(launch([long]), session: session))])
        let status = try #require(core.wait { _ in core.statuses.first })
        #expect(status.reason.code == .launchFailed)
        #expect(status.message.contains("longer than"))
    }

    @Test(arguments: [[UInt8](repeating: 0xff, count: 64), [0, 0, 0, 0], [5, 0, 0, 0, 67, 255, 255, 255, 255]])
    func garbageEndsTheLinkWithWordsAndItComesBack(_ garbage: [UInt8]) throws {
        let core = Core()
        let agent = ScriptedAgent(path: Self.path()) { connection, number in
            connection.greet()
            if number == 0 { connection.send(garbage) }
            while connection.next() != nil {}
        }
        defer { agent.end() }
        let links = try links(core)
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        #expect(core.wait { _ in core.hellos.count >= 2 ? true : nil } != nil)
        #expect(core.messages.first?.contains("no frame of this protocol") == true)
    }

    @Test func refusalsNameTheOwner() throws {
        let core = Core()
        let agent = ScriptedAgent(path: Self.path()) { connection, number in
            _ = connection.next()
            var refusal = AgentRefusal(code: number == 0 ? .epoch : .cluster, message: "no", isFatal: true)
            (refusal.ownerCluster, refusal.ownerEpoch) = ("other", 12)
            connection.send(.refusal(refusal))
            cs_sleep_ns(20_000_000)
        }
        defer { agent.end() }
        let links = try links(core)
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        #expect(core.wait { _ in core.messages.count >= 2 ? true : nil } != nil)
        #expect(core.messages[0].contains("cluster other, epoch 12"))
        #expect(core.messages[1].contains("belongs to cluster other"))
        #expect(core.hellos.isEmpty)
    }

    @Test func silenceEndsALinkAfterAPing() throws {
        let core = Core()
        let pinged = Mutex(false)
        let agent = ScriptedAgent(path: Self.path()) { connection, _ in
            connection.greet()
            while let message = connection.next() {
                if case .ping = message { pinged.withLock { $0 = true } }
            }
        }
        defer { agent.end() }
        let links = try links(core) { ($0.pingAfterMilliseconds, $0.silenceMilliseconds) = (100, 500) }
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        #expect(core.wait { _ in core.messages.first }?.contains("nothing heard") == true, "\(core.messages)")
        #expect(pinged.withLock { $0 })
    }

    @Test func noHelloEndsALink() throws {
        let core = Core()
        let agent = ScriptedAgent(path: Self.path()) { connection, _ in while connection.next() != nil {} }
        defer { agent.end() }
        let links = try links(core) { $0.helloMilliseconds = 300 }
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        #expect(core.wait { _ in core.messages.first }?.contains("did not say hello") == true, "\(core.messages)")
    }

    @Test func anAgentThatDoesNotReadIsTooSlow() throws {
        let core = Core()
        let isOver = Mutex(false)
        let agent = ScriptedAgent(path: Self.path()) { connection, _ in
            connection.greet()
            while !isOver.withLock({ $0 }) { cs_sleep_ns(20_000_000) }
        }
        defer { agent.end() }
        defer { isOver.withLock { $0 = true } }
        let links = try links(core) { $0.outgoingBytes = 2 << 20 }
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        let session = try #require(core.wait { _ in core.hellos.first }).1
        let big = launch([String(repeating: "y", count: 500_000)])
        for _ in 0..<20 { links.send([AgentOrder(node: "n1", wish: .launch(big, session: session))]) }
        #expect(core.wait { _ in core.messages.first }?.contains("too slow") == true, "\(core.messages)")
    }

    @Test func aFullCoreMakesLinksStopReading() throws {
        let core = Core()
        let sent = Mutex(0)
        let agent = ScriptedAgent(path: Self.path()) { connection, _ in
            connection.greet()
            for number in 1...200_000 {
                connection.send(.status(self.status(1 << 32, .running, sequence: UInt64(number))))
                sent.withLock { $0 = number }
            }
            while connection.next() != nil {}
        }
        defer { agent.end() }
        core.isFull.withLock { $0 = true }
        let links = try links(core) { $0.silenceMilliseconds = 60_000 }
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        // The hello comes even so, with whatever was read beside it.
        #expect(core.wait { _ in core.hellos.first } != nil)
        // What fits into the socket and one read goes through; then nothing.
        var before = -1
        while before != sent.withLock({ $0 }) {
            before = sent.withLock { $0 }
            cs_sleep_ns(300_000_000)
        }
        #expect(before < 200_000)
        core.isFull.withLock { $0 = false }
        links.resume()
        #expect(core.wait { _ in core.statuses.count == 200_000 ? true : nil } != nil)
        #expect(core.statuses.map(\.sequence) == (1...200_000).map { UInt64($0) })
    }

    @Test func followedOutputGrantsCreditAndComesBackAfterABreak() throws {
        let core = Core()
        let agent = ScriptedAgent(path: Self.path()) { connection, number in
            connection.greet()
            guard let request = connection.next({ if case .openLog(let open) = $0 { open } else { nil } }) else {
                return
            }
            if number == 0 {
                connection.send(.logData(AgentLogData(stream: request.stream, offset: 0, bytes: Array("abc".utf8))))
                _ = connection.next { if case .creditLog(_, let bytes) = $0 { bytes } else { nil } }
                cs_sleep_ns(50_000_000)
                return
            }
            let rest = AgentLogData(
                stream: request.stream, offset: UInt64(request.offset), bytes: Array("def".utf8), isEnd: true)
            connection.send(.logData(rest))
            while connection.next() != nil {}
        }
        defer { agent.end() }
        let links = try links(core) { $0.logWindowBytes = 4 }
        defer { links.close() }
        links.connect(node: "n1", address: agent.path)
        _ = try #require(core.wait { _ in core.hellos.first })
        let text = Mutex<[UInt8]>([])
        let isOver = Mutex(false)
        let request = OutputRequest(task: TaskID(packed: 1 << 32), stream: .stdout)
        _ = links.output(node: "n1", attempt: 1, request) { piece in
            text.withLock { $0 += piece.bytes }
            if piece.isLast { isOver.withLock { $0 = true } }
        }
        #expect(core.wait { _ in isOver.withLock { $0 } ? true : nil } != nil)
        #expect(text.withLock { String(decoding: $0, as: UTF8.self) } == "abcdef")
        let fault = Mutex("")
        _ = links.output(node: "nowhere", attempt: 1, request) { piece in fault.withLock { $0 = piece.fault } }
        #expect(core.wait { _ in fault.withLock { $0.isEmpty } ? nil : true } != nil)
    }

    @Test func unreachableAddressesSayWhatToDo() throws {
        let core = Core()
        let links = try links(core)
        defer { links.close() }
        links.connect(node: "a", address: "/tmp/bellows-no-such-socket")
        links.connect(node: "b", address: "/tmp/" + String(repeating: "z", count: 120))
        #expect(core.wait { _ in core.messages.count == 2 ? true : nil } != nil)
        #expect(core.messages.contains { $0.contains("the agent does not run") })
        #expect(core.messages.contains { $0.contains("use a shorter state folder") })
    }

    @Test func backOffDoublesWithinItsLimits() {
        let limits = LinkLimits()
        #expect(
            (1...10).map { limits.backOff(failures: $0, chance: 0) } == [
                50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000,
            ])
        #expect(limits.backOff(failures: 8, chance: 99) == 5_000 - 5_000 * 50 * 99 / 10_000)
    }
}
