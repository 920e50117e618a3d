import ClusterModel
import Testing

@testable import ClusterFiles

/// Machines that a cluster file names, and Ansible inventories.
@Suite struct NodesTests {
    private func read(_ text: String) throws -> ClusterConfiguration { try ClusterFile.read(text, file: "c.yaml") }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let fault as FileFault {
            return fault.problems.map { "\($0.place.line): \($0.message)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func hostsAreSpelledOutAndSayMoreOfThemselves() throws {
        let file = """
            nodes:
              - gpu[01-02].lab
              - anna@big:2222
              - {host: "n[1-2]", user: ops, port: 22, jump: gate, identity: ~/.ssh/k, dir: /scratch/b, takeOver: yes}
              - {host: "r[1-2]", via: "ops@gate:2200,rack", forwardAgent: yes}
              - {host: 10.0.0.9, name: nine, resources: "cpus:2;mem:1024", attributes: {rack: a}, hostname: nine.lab}
              - {local: here, resources: "cpus:1;mem:512"}
            hostKeys: accept-new
            isolation: control-groups
            processesPerTask: 4096
            """
        let configuration = try read(file)
        let nodes = configuration.nodes
        #expect(
            nodes.map(\.name) == ["gpu01.lab", "gpu02.lab", "big-2222", "n1-22", "n2-22", "r1", "r2", "nine", "here"])
        #expect(nodes[2].address == "ssh://anna@big:2222")
        #expect(nodes[3].address == "ssh://ops@n1:22?jump=gate&identity=~/.ssh/k&dir=/scratch/b&takeover=1")
        #expect(nodes[6].address == "ssh://r2?via=ops@gate:2200&via=rack&forwardagent=1")
        #expect(nodes[7].resources == ResourceVector(cpus: 2_000, mem: 1 << 30) && nodes[7].hostname == "nine.lab")
        #expect(nodes[7].attributes == [Attribute(name: "rack", text: "a")])
        #expect(nodes[8].transport == .local && nodes.allSatisfy(\.isFromFile))
        #expect(configuration.acceptsNewHostKeys && configuration.isolatesTasks)
        #expect(configuration.processesPerTask == 4_096)
        #expect(
            try read(ClusterFileText.render(configuration)) == configuration, "\(ClusterFileText.render(configuration))"
        )
    }

    @Test(arguments: [
        ("nodes: [a, a]", "1: node `a` is given twice, first in line 1; keep one"),
        ("nodes: [\"-oX\"]", "1: `-oX` is no host; write [user@]host[:port]"),
        ("nodes: [{user: x}]", "1: a node needs `host`, or `local` with a name"),
        ("nodes: [{host: \"a[1-2]\", name: b}]", "1: `name` goes with one host; 2 are given"),
        (
            "nodes: [{host: a, via: \"x,\"}]",
            "1: `via` expects a relay such as `gate`, or several, `gate,rack1`, not `x,`"
        ),
        ("nodes: [{host: a, forwardAgent: yes}]", "1: `forwardAgent` goes with `via`"),
        ("nodes: [{host: a, jumpp: g}]", "1: a node has no key `jumpp`; did you mean `jump`?"),
        ("nodes: [a]\nhostKeys: yes", "2: `hostKeys` expects one of `strict`, `accept-new`, not `yes`"),
        ("nodes: [a]\nprocessesPerTask: 9", "2: `processesPerTask` needs `isolation: control-groups`"),
        (
            "nodes: [a]\nisolation: control-groups\nprocessesPerTask: 0",
            "3: `processesPerTask` expects a whole number from 1 to 4194304, not `0`"
        ),
        (
            "name: x",
            "1: the cluster file names no machines; add `pools:` with a pool, its `max` and its `types`, or `nodes:`"
        ),
        (
            "pools: [{name: fixed, max: 1, types: [{name: t, cpus: 1, mem: 1G}]}]",
            "1: pool `fixed` holds the machines under `nodes:`; name this one otherwise"
        ),
    ])
    func whatIsWrongIsTold(_ text: String, _ problem: String) {
        #expect(problems(text).contains(problem), "\(problems(text))")
    }

    @Test func inventoriesAreReadAsAnsibleDoes() throws {
        let text = """
            all:
              vars: {ansible_user: anna, other: 1}
              hosts:
                plain:
              children:
                gpu:
                  vars: {ansible_port: 2222, ansible_ssh_common_args: '-o ProxyJump=gate -C'}
                  hosts:
                    gpu[01:02].lab: {ansible_host: 10.0.0.1, ansible_ssh_private_key_file: ~/k}
                mine:
                  hosts:
                    me: {ansible_connection: local}
            """
        let all = try AnsibleInventory.read(text, file: "i.yaml")
        #expect(all.map(\.name) == ["plain", "gpu01.lab", "gpu02.lab", "me"])
        #expect(all[0].address == "ssh://anna@plain" && all[3].transport == .local)
        #expect(all[1].address == "ssh://anna@10.0.0.1:2222?jump=gate&identity=~/k")
        #expect(
            try AnsibleInventory.read(text, file: "i.yaml", group: "gpu").map(\.name) == ["gpu01.lab", "gpu02.lab"])
        #expect(throws: FileFault.self) { try AnsibleInventory.read(text, file: "i.yaml", group: "gpus") }
        #expect(throws: FileFault.self) { try AnsibleInventory.read("- a", file: "i.yaml") }
        #expect(throws: FileFault.self) {
            try AnsibleInventory.read("g: {hosts: {h: {ansible_port: x}}}", file: "i.yaml")
        }
    }
}
