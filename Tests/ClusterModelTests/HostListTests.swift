import ClusterModel
import Testing

/// Hosts in brackets, addresses for ssh, and what of a declared node stands over the machine's own words.
@Suite struct HostListTests {
    @Test func bracketsAreSpelledOut() throws {
        #expect(try HostList.expand("gpu[01-03,20].lab") == ["gpu01.lab", "gpu02.lab", "gpu03.lab", "gpu20.lab"])
        #expect(try HostList.expand("a[1-2]b[x,y]") == ["a1bx", "a1by", "a2bx", "a2by"])
        #expect(try HostList.expand("one, two three") == ["one", "two", "three"])
        #expect(try HostList.expand("n[8-11]") == ["n8", "n9", "n10", "n11"])
        #expect(try HostList.expand("anna@[::1]:22") == ["anna@[::1]:22"])
        #expect(try HostList.expand("n[1-100000]").count == HostList.limit)
    }

    @Test(arguments: ["a[1-", "a[]", "a[3-1]", "a]1[", "n[1-100001]", "a[1-1000]b[1-1000]"])
    func whatIsNoListIsRefused(_ text: String) { #expect(throws: TextFault.self) { try HostList.expand(text) } }

    @Test func addressesComeBackAsTheyWere() throws {
        var address = SSHAddress(host: "10.0.0.7", user: "anna", port: 2_222)
        address.hostKeys = ["ssh-ed25519 AAAA+/= x", "ecdsa AA"]
        (address.alias, address.jump) = ("burst-3", "ops@gate:22")
        (address.identity, address.folder) = ("/k/id é", "/tmp/x y")
        #expect(SSHAddress(address.text) == address)
        #expect(address.text.hasPrefix("ssh://anna@10.0.0.7:2222?hostkey=ssh-ed25519%20AAAA%2B/%3D%20x&hostkey="))
        #expect(SSHAddress("gpu01") == SSHAddress(host: "gpu01"))
        #expect(SSHAddress("[fe80::1]:22") == SSHAddress(host: "fe80::1", port: 22))
        #expect(SSHAddress("fe80::1") == SSHAddress(host: "fe80::1"))
        #expect(SSHAddress(host: "fe80::1", port: 22).text == "ssh://[fe80::1]:22")
        #expect(SSHAddress("a@b:22")?.nodeName == "b-22" && SSHAddress("b")?.nodeName == "b")
    }

    @Test(arguments: [
        "", "-oProxyCommand=x", "a@-b", "a b", "h:0", "h:70000", "h:x", "@h", "h;id", "ssh://h?x=1",
        "ssh://h?alias=%0a",
        "ssh://h?alias=%zz", "$(id)@h", "-l@h",
    ])
    func whatCouldBeReadOtherwiseIsNoAddress(_ text: String) { #expect(SSHAddress(text) == nil) }

    @Test func whatIsDeclaredStandsOverTheMachine() throws {
        var spec = NodeSpec(name: "a", transport: .local)
        try spec.declare(resources: "cpus:2;mem:1024;gpus:0;ports:[31000-32000]")
        let total = spec.total(of: ResourceVector(cpus: 64_000, mem: 1 << 40, disk: 7, gpus: 8_000))
        #expect(total == ResourceVector(cpus: 2_000, mem: 1 << 30, disk: 7, gpus: 0))
        #expect(spec.extras.ranges.first?.count == 1_001)
        #expect(NodeSpec(wireBytes: spec.wireBytes()[...]) == spec)
    }

    @Test func aDeclarationComesBackFromItsBytes() throws {
        var spec = NodeSpec(name: "a", transport: .ssh, address: "ssh://a")
        try spec.declare(resources: "cpus:2")
        let event = Event.nodeDeclared(NodeDeclared(node: NodeID(3), spec: spec))
        #expect(event.kind == 70 && Event(kind: 70, payload: event.payload()[...]) == event)
    }

    @Test(arguments: ["", "-a", "a/b", "a b", ".a", "a:b", String(repeating: "a", count: 129)])
    func namesThatWouldNotStandInAPathAreRefused(_ name: String) {
        #expect(NodeSpec(name: name, transport: .local).fault != nil)
    }
}
