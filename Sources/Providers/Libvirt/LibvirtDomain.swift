import ClusterModel

/// One machine as libvirt is told of it: pure, from an order and what was found out for it.
struct LibvirtDomain: Equatable, Sendable {
    /// What stands in a domain's metadata, so that anybody can tell whose it is.
    struct Mark: Equatable, Sendable {
        var cluster = ""
        var name = ""
        var pool = ""
        var instance = InstanceID.none
        var generation: UInt64 = 0
        /// Hard lease in seconds; 0 = none.
        var lease: Int64 = 0
        /// Forwarded port of 127.0.0.1; 0 = none.
        var port: UInt32 = 0
        /// The machine's own host key.
        var hostKey = ""
    }

    /// Namespace of the metadata.
    static let namespace = "urn:bellows:machine"
    /// Bytes of the cluster's id in a domain's name: two clusters may use one host.
    static let clusterBytes = 8

    var mark: Mark
    var type: MachineType
    var settings: LibvirtSettings
    /// Paths of its disks: overlay and seed; "" = none.
    var overlay = ""
    var seed = ""
    /// Values that firmware hands to the guest, by name below `opt/bellows/`.
    var firmware: [(name: String, value: String)] = []

    static func == (a: LibvirtDomain, b: LibvirtDomain) -> Bool { a.xml == b.xml }

    /// The domain's name on its host.
    static func name(_ instance: String, cluster: String) -> String { "\(instance)-\(cluster.prefix(clusterBytes))" }

    /// The instance's name in a domain's; nil when the domain is another cluster's.
    static func instanceName(_ domain: String, cluster: String) -> String? {
        let suffix = "-\(cluster.prefix(clusterBytes))"
        return domain.hasSuffix(suffix) ? String(domain.dropLast(suffix.count)) : nil
    }

    /// Least memory that a domain is given, in bytes.
    static let leastMemory: Int64 = 64 << 20

    /// The whole description.
    var xml: String {
        let name = Self.name(mark.name, cluster: mark.cluster)
        let cpus = max(1, (type.resources.cpus + 999) / 1_000)
        var lines = [
            "<domain type='\(Self.escaped(settings.domainType))' "
                + "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>",
            " <name>\(Self.escaped(name))</name>",
            " <metadata><bellows:machine xmlns:bellows='\(Self.namespace)' \(markText)/></metadata>",
            " <memory unit='b'>\(max(Self.leastMemory, type.resources.mem))</memory><vcpu>\(cpus)</vcpu>",
        ]
        if !firmware.isEmpty {
            lines.append(" <sysinfo type='fwcfg'>")
            for (name, value) in firmware {
                lines.append("  <entry name='opt/bellows/\(name)'>\(Self.escaped(value))</entry>")
            }
            lines.append(" </sysinfo>")
        }
        lines += [boot] + hardware
        return lines.joined(separator: "\n") + "\n</domain>\n"
    }

    private var boot: String {
        var text =
            " <os><type\(settings.machine.isEmpty ? "" : " machine='\(Self.escaped(settings.machine))'")>hvm</type>"
        if !settings.kernel.isEmpty {
            text += "<kernel>\(Self.escaped(settings.kernel))</kernel>"
            if !settings.initrd.isEmpty { text += "<initrd>\(Self.escaped(settings.initrd))</initrd>" }
            text += "<cmdline>\(Self.escaped(settings.commandLine))</cmdline>"
        }
        return text + "</os>"
    }

    private var isEmulated: Bool { settings.domainType == "qemu" || settings.domainType == "kvm" }

    private var hardware: [String] {
        var lines: [String] = []
        switch settings.cpuModel {
        case "": break
        case "host": lines.append(" <cpu mode='host-passthrough'/>")
        case let model: lines.append(" <cpu mode='custom' match='exact'><model>\(Self.escaped(model))</model></cpu>")
        }
        // Software emulation takes a share of the host's memory for translated code unless it is told not to.
        let cache = settings.domainType == "qemu" ? "<tcg><tb-cache unit='MiB'>32</tb-cache></tcg>" : ""
        if isEmulated { lines.append(" <features><acpi/><apic/>\(cache)</features>") }
        lines.append(
            " <clock offset='utc'/><on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot>"
                + "<on_crash>destroy</on_crash>")
        lines.append(" <devices>")
        for (path, format, target) in [(overlay, "qcow2", "vda"), (seed, "raw", "vdb")] where !path.isEmpty {
            lines.append(
                "  <disk type='file' device='disk'><driver name='qemu' type='\(format)'/>"
                    + "<source file='\(Self.escaped(path))'/><target dev='\(target)' bus='virtio'/>"
                    + (format == "raw" ? "<readonly/>" : "") + "</disk>")
        }
        if settings.network == .named {
            lines.append(
                "  <interface type='network'><source network='\(Self.escaped(settings.networkName))'/>"
                    + "<model type='virtio'/></interface>")
        }
        if isEmulated {
            lines.append("  <controller type='usb' model='none'/><serial type='pty'/><rng model='virtio'>")
            lines.append("   <backend model='random'>/dev/urandom</backend></rng>")
        }
        lines.append(" </devices>")
        if isEmulated, settings.network == .user { lines += userNetwork }
        return lines
    }

    /// libvirt 9 cannot describe a forwarded port of user-mode networking; qemu's own words can.
    private var userNetwork: [String] {
        let restrict = settings.isolated ? "restrict=on," : ""
        let words = [
            "-netdev", "user,id=bellows0,\(restrict)hostfwd=tcp:127.0.0.1:\(mark.port)-:22", "-device",
            "virtio-net-pci,netdev=bellows0,romfile=,addr=0x10",
        ]
        return [" <qemu:commandline>"] + words.map { "  <qemu:arg value='\($0)'/>" } + [" </qemu:commandline>"]
    }

    private var markText: String {
        let fields = [
            ("cluster", mark.cluster), ("name", mark.name), ("pool", mark.pool), ("instance", "\(mark.instance.raw)"),
            ("generation", "\(mark.generation)"), ("lease", "\(mark.lease)"), ("port", "\(mark.port)"),
            ("hostkey", mark.hostKey),
        ]
        return fields.map { "\($0.0)='\(Self.escaped($0.1))'" }.joined(separator: " ")
    }

    /// The mark in a domain's description; nil when it has none.
    static func mark(in xml: String) -> Mark? {
        guard let open = xml.firstRange(of: "<bellows:machine "),
            let close = xml[open.upperBound...].firstIndex(of: ">")
        else { return nil }
        let text = xml[open.upperBound..<close]
        func field(_ name: String) -> String {
            for quote in ["'", "\""] {
                guard let start = text.firstRange(of: "\(name)=\(quote)"),
                    let end = text[start.upperBound...].firstRange(of: quote)
                else { continue }
                return unescaped(text[start.upperBound..<end.lowerBound])
            }
            return ""
        }
        var mark = Mark()
        (mark.cluster, mark.name, mark.pool, mark.hostKey) = (
            field("cluster"), field(" name"), field("pool"), field("hostkey")
        )
        mark.instance = UInt32(field("instance")).map { InstanceID(raw: $0) } ?? .none
        mark.generation = UInt64(field("generation")) ?? 0
        mark.lease = Int64(field("lease")) ?? 0
        mark.port = UInt32(field("port")) ?? 0
        return mark
    }

    private static let entities = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"), ("\"", "&quot;")]

    static func escaped(_ text: String) -> String {
        entities.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    private static func unescaped(_ text: Substring) -> String {
        entities.reversed().reduce(String(text)) { $0.replacing($1.1, with: $1.0) }
    }
}
