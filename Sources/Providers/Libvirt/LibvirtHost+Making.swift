import CSys
import ClusterModel
import Glibc

/// Making a machine: disks, keys, description, start, and where it is reached.
extension LibvirtHost {
    /// Why a machine cannot be made.
    private struct Refusal: Error {
        var message: String
        var cause = ProviderFailure.other
    }

    static func hasVolumes(_ settings: LibvirtSettings) -> Bool {
        !settings.image.isEmpty || settings.seed == .cloudInit
    }
    static func storagePool(_ settings: LibvirtSettings) -> String {
        settings.storagePool.isEmpty ? "default" : settings.storagePool
    }
    static func overlayName(_ domain: String) -> String { "\(domain).qcow2" }
    static func seedName(_ domain: String) -> String { "\(domain)-seed.iso" }

    /// Makes the machine, or finds it.
    func make(_ order: InstanceOrder) {
        let name = LibvirtDomain.name(order.name, cluster: cluster)
        do {
            let connection = try opened()
            let mark: LibvirtDomain.Mark
            let state = try faults { () throws(LibvirtConnection.Fault) in try connection.state(name) }
            if order.wasThere, state == nil || state == LibvirtConnection.shutOff {
                return stopped(order.name, hasCrashed: false)
            }
            if state != nil {
                mark = try found(order, name, connection)
                try faults { () throws(LibvirtConnection.Fault) in try connection.make(name, xml: "") }
            } else {
                let domain = try describe(order, name, connection)
                mark = domain.mark
                try faults { () throws(LibvirtConnection.Fault) in try connection.make(name, xml: domain.xml) }
            }
            tell(InstanceSeen(instance: order.instance, state: .allocated))
            reach(order, mark, tries: 0)
        } catch let refusal as Refusal {
            fail(order, name, refusal)
        } catch {
            fail(order, name, Refusal(message: "\(error)"))
        }
    }

    private func opened() throws -> LibvirtConnection {
        try faults { () throws(LibvirtConnection.Fault) in try open() }
    }

    private func faults<T>(_ work: () throws(LibvirtConnection.Fault) -> T) throws -> T {
        do {
            return try work()
        } catch {
            throw Refusal(message: "libvirt \(uri): \(error.message)")
        }
    }

    /// Nothing of a machine that could not be made stays; when that cannot be, it is said and tried again.
    private func fail(_ order: InstanceOrder, _ name: String, _ refusal: Refusal) {
        let message = "\(order.name): \(refusal.message)"
        shared.withLock { $0.orders[order.name] = nil }
        do throws(LibvirtConnection.Fault) {
            try clear(open(), name, order.name, order.making.libvirt)
            tell(
                InstanceSeen(
                    instance: order.instance, state: .gone, failed: true, message: message, cause: refusal.cause))
        } catch {
            tell(
                InstanceSeen(
                    instance: order.instance, state: .requested, failed: true, message: message, cause: refusal.cause))
            enqueue(after: Self.retryMilliseconds) { host in
                if host.shared.withLock({ $0.orders[order.name] }) == nil { host.destroy(order) }
            }
        }
    }

    private func found(
        _ order: InstanceOrder, _ name: String, _ connection: LibvirtConnection
    ) throws -> LibvirtDomain.Mark {
        let xml = try faults { () throws(LibvirtConnection.Fault) in try connection.xml(name) }
        guard let mark = LibvirtDomain.mark(in: xml), mark.cluster == cluster, mark.name == order.name else {
            throw Refusal(
                message: "the host has a domain \(name) that is not ours: rename it, or the pool", cause: .invalid)
        }
        return mark
    }

    private func describe(
        _ order: InstanceOrder, _ name: String, _ connection: LibvirtConnection
    ) throws -> LibvirtDomain {
        let settings = order.making.libvirt
        var mark = LibvirtDomain.Mark()
        (mark.cluster, mark.name, mark.pool) = (cluster, order.name, order.pool)
        (mark.instance, mark.generation) = (order.instance, order.generation)
        mark.lease = order.making.lease.hard.seconds
        if settings.network == .user { mark.port = try freePort(settings.firstPort, connection) }
        var domain = LibvirtDomain(mark: mark, type: order.type, settings: settings)
        if settings.seed != .none {
            let host = try keys.host(order.name)
            let login = try keys.login(order.making)
            domain.mark.hostKey = host.pair.publicKey
            if settings.seed == .firmware {
                domain.firmware = [
                    ("hostname", order.name), ("authorized_keys", login.publicKey),
                    ("host_key", Base64.text(Array(host.secret.utf8))), ("lease_seconds", "\(mark.lease)"),
                ]
            } else {
                domain.seed = try seed(order, name, login.publicKey, host.secret, host.pair.publicKey, connection)
            }
        }
        if !settings.image.isEmpty { domain.overlay = try overlay(order, name, connection) }
        return domain
    }

    private func overlay(_ order: InstanceOrder, _ name: String, _ connection: LibvirtConnection) throws -> String {
        let disk = order.type.resources.disk
        let capacity = disk > 0 ? "<capacity unit='bytes'>\(disk)</capacity>" : ""
        let xml = """
            <volume><name>\(LibvirtDomain.escaped(Self.overlayName(name)))</name>\(capacity)
             <target><format type='qcow2'/></target>
             <backingStore><path>\(LibvirtDomain.escaped(order.making.libvirt.image))</path>\
              <format type='qcow2'/></backingStore>
            </volume>
            """
        return try faults { () throws(LibvirtConnection.Fault) in
            try connection.makeVolume(Self.storagePool(order.making.libvirt), Self.overlayName(name), xml: xml)
        }
    }

    private func seed(
        _ order: InstanceOrder, _ name: String, _ key: String, _ hostSecret: String, _ hostPublic: String,
        _ connection: LibvirtConnection
    ) throws -> String {
        var text = UserData.text(name: order.name, key: key, lease: order.making.lease)
        text += "ssh_deletekeys: true\nssh_keys:\n  ed25519_private: |\n"
        for line in hostSecret.split(separator: "\n") { text += "    \(line)\n" }
        text += "  ed25519_public: \(hostPublic)\n"
        let bytes = SeedImage.make([
            ("user-data", text), ("meta-data", "instance-id: \(name)\nlocal-hostname: \(order.name)\n"),
        ])
        let (pool, volume) = (Self.storagePool(order.making.libvirt), Self.seedName(name))
        let xml = """
            <volume><name>\(LibvirtDomain.escaped(volume))</name><capacity unit='bytes'>\(bytes.count)</capacity>
             <target><format type='raw'/></target></volume>
            """
        return try faults { () throws(LibvirtConnection.Fault) in
            let path = try connection.makeVolume(pool, volume, xml: xml)
            try connection.fillVolume(pool, volume, bytes)
            return path
        }
    }

    /// A port of 127.0.0.1 that no machine of this host has been given and, on this machine, nobody listens at.
    private func freePort(_ first: UInt32, _ connection: LibvirtConnection) throws -> UInt32 {
        var taken: Set<UInt32> = []
        for name in try faults({ () throws(LibvirtConnection.Fault) in try connection.names() }) {
            if let xml = try? connection.xml(name), let mark = LibvirtDomain.mark(in: xml) { taken.insert(mark.port) }
        }
        for port in first..<min(65_535, first + Self.portCount) where !taken.contains(port) {
            if jump != nil || Self.isFree(UInt16(port)) { return port }
        }
        throw Refusal(message: "no port from \(first) on is free for a forward: set `libvirt.firstPort`", cause: .quota)
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return true }
        defer { Glibc.close(file) }
        var one: Int32 = 1
        setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Where guests are reached through: the host of a `qemu+ssh://` URI; nil when it is this machine.
    var jump: String? { Self.jump(uri) }

    static func jump(_ uri: String) -> String? {
        guard let scheme = uri.firstRange(of: "+ssh://") else { return nil }
        let host = uri[scheme.upperBound...].prefix { $0 != "/" }
        return host.isEmpty ? nil : String(host)
    }

    /// Tells where the machine is reached, as soon as that is known.
    private func reach(_ order: InstanceOrder, _ mark: LibvirtDomain.Mark, tries: Int) {
        guard shared.withLock({ $0.orders[order.name] }) != nil else { return }
        var address = SSHAddress(host: "127.0.0.1", user: order.making.user, port: UInt16(clamping: mark.port))
        if order.making.libvirt.network == .named {
            let name = LibvirtDomain.name(order.name, cluster: cluster)
            guard let leased = (try? open())?.address(name) else {
                guard tries < Self.addressTries else { return }
                return enqueue(after: Self.addressMilliseconds) { $0.reach(order, mark, tries: tries + 1) }
            }
            (address.host, address.port) = (leased, 22)
        }
        address.jump = jump ?? ""
        address.alias = LibvirtDomain.name(order.name, cluster: cluster)
        if !mark.hostKey.isEmpty { address.hostKeys = [mark.hostKey] }
        if let login = try? keys.login(order.making) { address.identity = login.path }
        tell(InstanceSeen(instance: order.instance, state: .booting, address: address.text))
    }
}
