import CSys
import ClusterModel
import Glibc
import TestFolders
import Testing

@testable import Providers

/// The libvirt provider against libvirt's own test driver, and what it writes for real hosts.
@Suite(.serialized) struct LibvirtTests {
    let root: String

    init() { root = makeTestFolder() }

    func order(_ number: UInt32, uri: String = "test:///default") -> InstanceOrder {
        var type = MachineType()
        type.name = "small"
        type.resources = ResourceVector(cpus: 1_500, mem: 128 << 20, disk: 0)
        var order = InstanceOrder(
            instance: InstanceID(raw: number), name: "burst-\(number)", pool: "burst", provider: .libvirt, type: type)
        order.making.libvirt.uri = uri
        order.making.libvirt.domainType = "test"
        order.making.libvirt.machine = ""
        order.making.libvirt.kernel = "/vmlinuz"
        order.making.libvirt.seed = .none
        order.generation = 4
        return order
    }

    @Test func aDomainIsMadeFoundAndEnded() throws {
        let reports = Reports()
        defer { _ = cs_remove_tree(root) }
        let provider = LibvirtProvider(cluster: "0123456789abcdef", keys: root, observe: { reports.add($0) })
        defer { provider.close() }
        provider.create(order(1))
        #expect(reports.wait { $0.last(1)?.state == .booting }, "\(reports.all)")
        let address = try #require(reports.last(1)?.address)
        #expect(address.hasPrefix("ssh://root@127.0.0.1:225"), "\(address)")
        provider.create(order(2))
        #expect(reports.wait { $0.last(2)?.state == .booting })
        #expect(reports.last(2)?.address != address, "each has a port of its own")
        // Asked again: found with the port it has.
        provider.create(order(1))
        #expect(reports.wait { $0.instances.filter { $0.instance.raw == 1 && $0.state == .booting }.count == 2 })
        #expect(reports.last(1)?.address == address)
        var spec = PoolSpec()
        (spec.name, spec.provider, spec.making) = ("burst", .libvirt, order(1).making)
        provider.use([spec])
        #expect(reports.wait { $0.found.last?.machines.count == 2 }, "\(reports.found)")
        #expect(reports.found.last?.machines.first == FoundMachine(id: "burst-1-01234567", name: "burst-1"))
        provider.destroy(order(1), endsTasks: false)
        #expect(reports.wait { $0.last(1)?.state == .gone })
        provider.destroy(order(1), endsTasks: false)
        #expect(reports.wait { $0.instances.filter { $0.instance.raw == 1 && $0.state == .gone }.count == 2 })
        // One that ends by itself is heard of, and nothing of it stays.
        let other = try LibvirtConnection("test:///default") { _, _ in }
        #expect(try other.state("burst-9") == nil)
        other.close()
        provider.endStray(FoundMachine(id: "burst-2-01234567", name: "burst-2"), of: spec)
        #expect(
            reports.wait { $0.found.last?.machines.isEmpty == true && $0.last(2)?.state == .gone }, "\(reports.all)")
        #expect(reports.instances.allSatisfy { !$0.failed })
    }

    @Test func aHostThatCannotBeReachedIsSaid() {
        let reports = Reports()
        defer { _ = cs_remove_tree(root) }
        let provider = LibvirtProvider(cluster: "c1", keys: root, observe: { reports.add($0) })
        defer { provider.close() }
        provider.create(order(1, uri: "qemu:///system?socket=\(root)/nobody"))
        #expect(reports.wait { $0.instances.contains { $0.failed } })
        #expect(reports.instances.first { $0.failed }?.message.contains("burst-1: libvirt qemu:///system") == true)
        // Whether something was left cannot be seen, so it is not said to be gone.
        #expect(!reports.instances.contains { $0.state == .gone })
    }

    @Test func descriptionsCarryWhoseTheyAre() throws {
        var mark = LibvirtDomain.Mark()
        (mark.cluster, mark.name, mark.pool, mark.instance) = ("abc<'&\"", "n-1", "p", InstanceID(raw: 7))
        (mark.generation, mark.lease, mark.port, mark.hostKey) = (3, 86_400, 22_501, "ssh-ed25519 AAAA")
        var settings = order(1).making.libvirt
        settings.domainType = "qemu"
        var domain = LibvirtDomain(mark: mark, type: order(1).type, settings: settings)
        domain.firmware = [("hostname", "n-1")]
        #expect(LibvirtDomain.mark(in: domain.xml) == mark, "\(domain.xml)")
        #expect(domain.xml.contains("<domain type='qemu'") && domain.xml.contains("hostfwd=tcp:127.0.0.1:22501-:22"))
        #expect(domain.xml.contains("<vcpu>2</vcpu>"), "a part of a cpu is a whole one")
        #expect(LibvirtDomain.instanceName("n-1-01234567", cluster: "0123456789") == "n-1")
        #expect(LibvirtDomain.instanceName("n-1-76543210", cluster: "0123456789") == nil)
        #expect(
            LibvirtHost.jump("qemu+ssh://anna@h:2222/system") == "anna@h:2222" && LibvirtHost.jump("qemu:///x") == nil)
    }

    @Test func theSeedIsAnImageThatOthersRead() throws {
        defer { _ = cs_remove_tree(root) }
        let image = SeedImage.make([
            ("user-data", "#cloud-config\n"), ("meta-data", String(repeating: "m", count: 3_000)),
        ])
        #expect(image.count == 2_048 * (21 + 2 + 1))
        #expect(Array(image[32_769..<32_774]) == Array("CD001".utf8))
        #expect(Array(image[32_808..<32_814]) == Array("cidata".utf8))
        #expect(Base64.text(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
        #expect(
            Base64.text(Array("ab".utf8)) == "YWI=" && Base64.text([]) == "" && Base64.text(Array("abc".utf8)) == "YWJj"
        )
    }
}
