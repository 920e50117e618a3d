import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Who may lead an agent.
    @Suite struct SessionTests {
        @Test func factsOfTheNode() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let hello = try agent.session().hello
            #expect(hello.version == 1)
            #expect(hello.machine.cpuThousandths >= 1000)
            #expect(hello.machine.memoryBytes > 1 << 20)
            #expect(hello.machine.diskBytes > 1 << 20)
            #expect(hello.slice == nil)
            #expect(hello.agentID.utf8.count == 32)
            #expect(hello.startNumber == 1)
            #expect(!hello.kernel.isEmpty && !hello.architecture.isEmpty && !hello.hostname.isEmpty)
            #expect(hello.bootID == Files.text("/proc/sys/kernel/random/boot_id").dropLast())
        }

        @Test func aLowerEpochAndAnotherClusterAreRefused() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session(epoch: 7)
            let stale = try CoreSession(agent.directory)
            stale.send(.hello(CoreHello(cluster: "eng", epoch: 6, coreVersion: "t")))
            let refusal = try stale.refusal()
            #expect(refusal.code == .epoch && refusal.isFatal)
            #expect(refusal.ownerCluster == "eng" && refusal.ownerEpoch == 7)
            #expect(refusal.ownerSinceNanoseconds > 1_600_000_000_000_000_000)
            stale.expectEnd()
            let other = try CoreSession(agent.directory)
            other.send(.hello(CoreHello(cluster: "lab", epoch: 9, coreVersion: "t")))
            let foreign = try other.refusal()
            #expect(foreign.code == .cluster && foreign.message.contains("belongs to cluster eng, epoch 7, since 2"))
            try first.settle()
        }

        @Test func theEpochOutlivesTheAgent() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session(epoch: 7)
            agent.killHard(first.hello.pid)
            try agent.start()
            let stale = try CoreSession(agent.directory)
            stale.send(.hello(CoreHello(cluster: "eng", epoch: 6, coreVersion: "t")))
            #expect(try stale.refusal().code == .epoch)
            let next = try agent.session(epoch: 7)
            #expect(next.hello.agentID == first.hello.agentID)
            #expect(next.hello.startNumber == 2)
            agent.killHard(next.hello.pid)
            try agent.start(["--any-owner"])
            let other = try CoreSession(agent.directory)
            try other.open(cluster: "lab", epoch: 1)
        }

        @Test func anEqualOrHigherEpochReplacesTheSession() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let first = try agent.session(epoch: 1)
            let second = try agent.session(epoch: 1)
            #expect(try first.refusal().code == .replaced)
            first.send(.launch(AgentLaunch(key: AgentTaskKey(id: 1, attempt: 0), arguments: ["true"])))
            first.expectEnd()
            let third = try agent.session(epoch: 2)
            #expect(try second.refusal().code == .replaced)
            #expect(third.inventory.isEmpty)
        }

        @Test func orderAndVersions() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let early = try CoreSession(agent.directory)
            early.send(.launch(AgentLaunch(key: AgentTaskKey(id: 1, attempt: 0), arguments: ["true"])))
            #expect(try early.refusal().code == .order)
            early.expectEnd()
            let future = try CoreSession(agent.directory)
            var hello = CoreHello(cluster: "eng", epoch: 1, coreVersion: "t")
            hello.lowestVersion = 90
            hello.highestVersion = 91
            future.send(.hello(hello))
            let refusal = try future.refusal()
            #expect(refusal.code == .version && refusal.message.contains("90 to 91"))
            let session = try agent.session()
            session.send(.hello(CoreHello(cluster: "eng", epoch: 1, coreVersion: "t")))
            #expect(try session.refusal().code == .order)
            session.expectEnd()
        }
    }
}
