import CSys
import ClusterModel
import Glibc
import Synchronization
import TestFolders
import Testing

@testable import Providers

/// The local provider with the real agent: made, found again, ended, and what it says when it cannot.
@Suite(.serialized) struct LocalProviderTests {
    final class Seen: Sendable {
        private let list = Mutex<[InstanceSeen]>([])
        func add(_ seen: InstanceSeen) { list.withLock { $0.append(seen) } }
        var all: [InstanceSeen] { list.withLock { $0 } }
        func wait(_ found: ([InstanceSeen]) -> Bool) -> Bool {
            for _ in 0..<6_000 {
                if found(all) { return true }
                cs_sleep_ns(5_000_000)
            }
            return false
        }
    }

    let agent: AgentProgram
    let root: String

    init() throws {
        agent = try getenv("BELLOWS_AGENT").map { AgentProgram(path: String(cString: $0)) } ?? AgentProgram.find()
        root = makeTestFolder()
    }

    func provider(_ seen: Seen, cluster: String = "c1", program: AgentProgram? = nil) -> LocalProvider {
        let program = program ?? agent
        return LocalProvider(
            cluster: cluster, folders: AgentFolders(preferred: root),
            program: { () throws(ProviderFault) in program }, observe: { seen.add($0) })
    }

    func order(_ number: UInt32, name: String) -> InstanceOrder {
        var type = MachineType()
        type.name = "slice"
        type.resources = ResourceVector(cpus: 1_500, mem: 1 << 28, disk: 1 << 28)
        return InstanceOrder(instance: InstanceID(raw: number), name: name, pool: "local", provider: .local, type: type)
    }

    @Test func makesFindsAndEndsAgents() throws {
        let seen = Seen()
        let provider = provider(seen)
        defer { _ = cs_remove_tree(root) }
        provider.create(order(1, name: "n-1"))
        #expect(seen.wait { $0.contains { $0.state == .booting && !$0.address.isEmpty } })
        #expect(provider.folders.isAlive("n-1"))
        // Asked again: found, not made twice.
        provider.create(order(1, name: "n-1"))
        #expect(seen.wait { $0.filter { $0.state == .booting }.count == 2 })
        #expect(seen.all.allSatisfy { !$0.failed })
        // A provider that knows nothing of it reports it as a stray; one that knows it does not.
        #expect(provider.strays(known: []).map(\.name) == ["n-1"])
        #expect(provider.strays(known: [InstanceID(raw: 1)]).isEmpty)
        #expect(self.provider(seen, cluster: "c2").strays(known: [InstanceID(raw: 1)]).first?.isAlive == true)
        provider.destroy(order(1, name: "n-1"), endsTasks: false)
        #expect(seen.wait { $0.last?.state == .gone })
        #expect(seen.all.allSatisfy { !$0.failed }, "\(seen.all)")
        #expect(access(provider.folders.folder("n-1"), F_OK) != 0)
        // Asked again: there is nothing, which is as good.
        provider.destroy(order(1, name: "n-1"), endsTasks: false)
        #expect(seen.wait { $0.filter { $0.state == .gone }.count == 2 })
        provider.close()
    }

    @Test func anotherClustersFolderIsNotTouched() throws {
        let seen = Seen()
        let (mine, theirs) = (provider(seen), provider(seen, cluster: "c2"))
        defer { _ = cs_remove_tree(root) }
        mine.create(order(1, name: "n-1"))
        #expect(seen.wait { $0.contains { $0.state == .booting } })
        theirs.create(order(1, name: "n-1"))
        #expect(seen.wait { $0.last?.failed == true })
        #expect(seen.all.last?.message.contains("belongs to instance 1 of cluster c1") == true)
        theirs.destroy(order(1, name: "n-1"), endsTasks: true)
        #expect(seen.wait { $0.filter { $0.failed }.count == 2 })
        #expect(mine.folders.isAlive("n-1"))
        mine.destroy(order(1, name: "n-1"), endsTasks: true)
        #expect(seen.wait { $0.last?.state == .gone })
    }

    @Test func aMissingOrBadAgentProgramIsSaid() throws {
        let seen = Seen()
        defer { _ = cs_remove_tree(root) }
        let missing = provider(seen, program: AgentProgram(path: "/no/such/agent"))
        missing.create(order(1, name: "n-1"))
        #expect(seen.wait { $0.last?.failed == true })
        #expect(seen.all.last?.state == .gone)
        #expect(seen.all.last?.message.contains("/no/such/agent cannot be started") == true)
        missing.close()
        let bad = provider(seen, program: AgentProgram(path: "/bin/false"))
        bad.create(order(2, name: "n-2"))
        #expect(seen.wait { $0.filter { $0.failed }.count == 2 })
        bad.close()
        #expect(seen.all.last?.message.contains("exit code 1") == true)
    }

    @Test func longFoldersGiveWayToAShortOne() {
        defer { _ = cs_remove_tree(root) }
        let long = "/tmp/" + String(repeating: "long/", count: 30)
        let folders = AgentFolders(preferred: long)
        #expect(folders.root != long)
        #expect(folders.socket(String(repeating: "n", count: AgentFolders.nameBytes)).utf8.count <= 107)
        #expect(AgentFolders(preferred: long).root == folders.root)
        #expect(AgentFolders(preferred: "/tmp/a").root == "/tmp/a")
    }

    @Test func slicesAreExact() {
        defer { _ = cs_remove_tree(root) }
        var type = MachineType()
        #expect(LocalProvider.slice(type).isEmpty)
        type.resources = ResourceVector(cpus: 1_050, mem: 7, disk: 8, gpus: 2_000)
        #expect(
            LocalProvider.slice(type) == ["--cpus", "1.050", "--mem", "7", "--disk", "8", "--gpus", "2"])
    }
}
