import ClusterModel
import ControlCore
import Testing

/// Nodes that somebody named: added all or none, kept in the registry, taken up by a new core, drained and let go.
@Suite struct FleetTests {
    private func spec(_ name: String, _ transport: NodeSpec.Transport, _ resources: String = "") throws -> NodeSpec {
        var spec = NodeSpec(name: name, transport: transport)
        if transport == .ssh { spec.address = "ssh://\(name)" }
        if transport == .simulated { spec.address = "simulated:\(name)" }
        if !resources.isEmpty { try spec.declare(resources: resources) }
        return spec
    }

    private func connects(_ driver: CoreDriver) -> [String] {
        driver.directives.compactMap {
            if case .connect(let node, let address) = $0 { "\(node) \(address)" } else { nil }
        }
    }

    @Test func anSSHNodeIsReachedAndTakesWorkOnceItsAgentSpeaks() throws {
        var driver = CoreDriver(nodes: 0)
        var gpu = try spec("gpu01", .ssh, "cpus:2")
        gpu.attributes = try ResourceText.attributes("rack:a")
        #expect(driver.act(.addNodes(AddNodes([gpu]))).accepted)
        #expect(connects(driver) == ["gpu01 ssh://gpu01"])
        #expect(driver.node("gpu01")?.state == .joining)
        var hello = AgentHello()
        (hello.node, hello.boot, hello.agentStart) = ("gpu01", "b1", 1)
        hello.total = ResourceVector(cpus: 64_000, mem: 8 << 30)
        driver.tell(.agentHello(hello))
        #expect(driver.node("gpu01")?.state == .ready)
        #expect(driver.node("gpu01")?.total == ResourceVector(cpus: 2_000, mem: 8 << 30))
        let job = driver.submit { $0.requirement = "rack=a" }
        #expect(driver.task(job)?.state == .staging)
    }

    @Test func aLocalNodeIsMadeByTheLocalProviderAndEndedByIt() throws {
        var driver = CoreDriver(nodes: 0)
        #expect(driver.act(.addNodes(AddNodes([try spec("a1", .local, "cpus:2;mem:1024")]))).accepted)
        let orders = driver.directives.compactMap { if case .createInstance(let order) = $0 { order } else { nil } }
        #expect(orders.count == 1 && orders[0].name == "a1" && orders[0].provider == .local)
        #expect(orders.first?.type.resources == ResourceVector(cpus: 2_000, mem: 1 << 30))
        let instance = try #require(orders.first?.instance)
        driver.tell(.instanceSeen(InstanceSeen(instance: instance, state: .booting, address: "/x/agent.sock")))
        driver.hello("a1")
        #expect(driver.node("a1")?.state == .ready)
        let stays = driver.act(.scaleIn(NodeSelection(["a1"])))
        #expect(!stays.accepted && stays.message.contains("node remove"))
        #expect(driver.act(.removeNodes(RemoveNodes(["a1"]))).accepted)
        #expect(driver.directives.contains { if case .destroyInstance(let o) = $0 { o.name == "a1" } else { false } })
        driver.tell(.instanceSeen(InstanceSeen(instance: instance, state: .gone)))
        #expect(driver.node("a1") == nil)
    }

    @Test func aCountMakesNumberedNodes() throws {
        var driver = CoreDriver(nodes: 0)
        let s = try spec("s", .simulated, "cpus:8;mem:16384")
        #expect(driver.act(.addNodes(AddNodes([s], count: 3))).message == "3 nodes added")
        #expect(connects(driver) == ["s-1 simulated:s-1", "s-2 simulated:s-2", "s-3 simulated:s-3"])
        #expect(driver.node("s-3")?.total.cpus == 8_000)
        #expect(!driver.act(.addNodes(AddNodes([s], count: UInt32(AddNodes.limit) + 1))).accepted)
    }

    @Test func nothingIsAddedWhenOneOfThemCannotBe() throws {
        var driver = CoreDriver(nodes: 1)
        let good = try spec("g1", .ssh)
        for bad in [
            try spec("g1", .ssh), try spec("rack-1", .ssh), try spec("no/name", .ssh),
            NodeSpec(name: "x", transport: .ssh, address: "ssh://-oProxyCommand=x"),
            NodeSpec(name: "y", transport: .pool),
        ] {
            let answer = driver.act(.addNodes(AddNodes([good, bad])))
            #expect(!answer.accepted && answer.message.hasPrefix("refused: "), "\(answer)")
        }
        #expect(driver.node("g1") == nil)
        #expect(!driver.act(.removeNodes(RemoveNodes(["rack-1"]))).accepted)
    }

    @Test func aNodeWithWorkGoesWhenTheWorkIsDone() throws {
        var driver = CoreDriver(nodes: 0)
        _ = driver.act(.addNodes(AddNodes([try spec("g1", .ssh, "cpus:2;mem:4096")])))
        driver.hello("g1")
        let job = driver.submit()
        driver.report(TaskID(job: job, index: 0), .running)
        #expect(driver.act(.removeNodes(RemoveNodes(["g1"]))).accepted)
        #expect(driver.node("g1")?.state == .draining)
        driver.directives = []
        driver.report(TaskID(job: job, index: 0), .ended, sequence: 2)
        #expect(driver.directives.contains(.disconnect(node: "g1")))
        #expect(driver.node("g1") == nil && driver.core.state.total == .zero)
    }

    @Test func aNewCoreReachesForWhatWasDeclared() throws {
        var driver = CoreDriver(nodes: 0)
        let specs = [try spec("g1", .ssh, "cpus:2;mem:4096"), try spec("s1", .simulated), try spec("a1", .local)]
        _ = driver.act(.addNodes(AddNodes(specs)))
        driver.hello("g1")
        // What the store holds is all that a new core knows.
        let before = driver.core.state
        var keys: Set<RegistryKey> = []
        for event in driver.events { keys.formUnion(before.registryKeys(touchedBy: event)) }
        let facts = keys.compactMap { key in before.fact(for: key).map { (key: key.bytes, value: $0) } }
        var core = ControlCore(state: try ClusterState(facts: facts))
        var start = CoreStart()
        (start.cluster, start.epoch, start.version) = ("test", 2, "test")
        let outcome = core.handle(.start(start), at: driver.now)
        #expect(outcome.directives.contains(.connect(node: "g1", address: "ssh://g1")))
        #expect(outcome.directives.contains(.connect(node: "s1", address: "simulated:s1")))
        #expect(outcome.directives.contains { if case .createInstance(let o) = $0 { o.name == "a1" } else { false } })
        let node = try #require(core.state.node(named: "g1"))
        #expect(core.state.declaration(of: node) == specs[0])
        #expect(core.state.nodes[node.index].total.cpus == 2_000)
    }

    @Test func aClusterFileMayBeAppliedBesideDeclaredNodes() throws {
        var driver = CoreDriver(nodes: 0)
        _ = driver.act(.addNodes(AddNodes([try spec("a1", .local)])))
        let answer = driver.act(.apply(ApplyConfiguration(driver.core.state.configuration)))
        #expect(answer.accepted, "\(answer)")
        #expect(driver.core.state.pools.contains { driver.core.state.text($0.name) == "fixed" && $0.configured })
    }

    @Test func aShutdownThatDrainsKeepsDeclaredMachinesForTheNextCore() throws {
        var driver = CoreDriver(nodes: 0)
        _ = driver.act(.addNodes(AddNodes([try spec("g1", .ssh, "cpus:2;mem:4096")])))
        driver.hello("g1")
        _ = driver.act(.shutdown(Shutdown(drain: true)))
        #expect(driver.node("g1")?.state == .drained)
        var start = CoreStart()
        (start.cluster, start.epoch, start.version) = ("test", 2, "test")
        driver.tell(.start(start))
        #expect(driver.node("g1")?.state == .ready)
    }
}

/// Machines that the cluster file names follow it.
@Suite struct FleetOfTheFileTests {
    private func node(_ name: String, _ resources: String = "") throws -> NodeSpec {
        var spec = NodeSpec(name: name, transport: .ssh, address: "ssh://\(name)")
        spec.isFromFile = true
        if !resources.isEmpty { try spec.declare(resources: resources) }
        return spec
    }

    @Test func theFleetFollowsTheFile() throws {
        let (a, b) = (try node("a"), try node("b"))
        var driver = CoreDriver(nodes: 0) { $0.nodes = [a, b] }
        #expect(driver.node("a")?.state == .joining && driver.node("b")?.state == .joining)
        driver.hello("a")
        var next = driver.core.state.configuration
        next.nodes = [try node("a", "cpus:3;mem:4096"), try node("c")]
        #expect(driver.act(.apply(ApplyConfiguration(next))).accepted)
        #expect(driver.node("b") == nil && driver.node("c")?.state == .joining)
        #expect(driver.directives.contains(.connect(node: "a", address: "ssh://a")), "it says hello again")
        driver.hello("a")
        let id = try #require(driver.core.state.node(named: "a"))
        #expect(driver.core.state.declaration(of: id).resources.cpus == 3_000)
        // What was added by hand stays.
        _ = driver.act(.addNodes(AddNodes([NodeSpec(name: "d", transport: .ssh, address: "ssh://d")])))
        next.nodes = []
        #expect(driver.act(.apply(ApplyConfiguration(next))).accepted)
        #expect(driver.node("a") == nil && driver.node("c") == nil && driver.node("d") != nil)
    }

    @Test func aPurgedNodeLeavesNothing() throws {
        var driver = CoreDriver(nodes: 0)
        _ = driver.act(.addNodes(AddNodes([NodeSpec(name: "d", transport: .ssh, address: "ssh://d")])))
        driver.hello("d")
        _ = driver.act(.removeNodes(RemoveNodes(["d"], purges: true)))
        #expect(driver.directives.contains(.purge(node: "d", address: "ssh://d")) && driver.node("d") == nil)
    }
}
