/// What a pool's provider must know to make machines: the provider keys of a cluster file's pool.
public struct ProviderSettings: Hashable, Sendable, Wired {
    /// For `terraform`.
    public var terraform = TerraformSettings()
    /// For `libvirt`.
    public var libvirt = LibvirtSettings()
    /// How long a machine lives without its core.
    public var lease = LeaseSettings()
    /// Path of the SSH public key that a new machine lets in; "" = none is put there.
    public var publicKey = ""
    /// User that a new machine is logged in to as.
    public var user = "root"

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.record(&terraform)
        coder.record(&libvirt)
        coder.record(&lease)
        coder.text(&publicKey)
        coder.text(&user)
    }
}

/// A folder with a Terraform module that makes one machine for each entry of an input map.
public struct TerraformSettings: Hashable, Sendable, Wired {
    /// The working folder, absolute; "" = the pool is not made by Terraform.
    public var folder = ""
    /// Name of the input map.
    public var input = "nodes"
    /// Name of the output map.
    public var output = "nodes"
    /// The program, by name or path.
    public var program = "terraform"
    /// Zone that machines are asked for in; "" = the module's choice.
    public var zone = ""
    /// How long the state lock is waited for.
    public var lockTimeout = Interval.minutes(10)
    /// Time between two looks for drift; zero = never.
    public var driftEvery = Interval.minutes(10)

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&folder)
        coder.text(&input)
        coder.text(&output)
        coder.text(&program)
        coder.text(&zone)
        coder.interval(&lockTimeout)
        coder.interval(&driftEvery)
    }
}

/// Domains of one libvirt host.
public struct LibvirtSettings: Hashable, Sendable, Wired {
    /// How a new machine learns its name and its key.
    public enum Seed: UInt8, Sendable, CaseIterable { case cloudInit, firmware, none }
    /// How its network is made.
    public enum Network: UInt8, Sendable, CaseIterable { case user, named }

    /// The connection's URI; "" = the pool is not made by libvirt.
    public var uri = ""
    /// Domain type: `qemu` is software emulation, `kvm` needs the host's help. Never chosen by what a host says it can.
    public var domainType = "kvm"
    /// Machine kind; "" = libvirt's default.
    public var machine = "q35"
    /// Cpu model; "" = libvirt's default, `host` = the host's.
    public var cpuModel = ""
    /// Base image of qcow2 format that each machine gets an overlay of; "" = none.
    public var image = ""
    /// Kernel to boot; "" = the image's.
    public var kernel = ""
    /// Initial RAM disk that goes with the kernel.
    public var initrd = ""
    /// Kernel command line.
    public var commandLine = "console=ttyS0"
    /// Storage pool that overlays and seeds are made in.
    public var storagePool = ""
    /// How name and key come into the machine.
    public var seed = Seed.cloudInit
    /// How the machine is reached.
    public var network = Network.user
    /// Name of the network, when it is a named one.
    public var networkName = ""
    /// First port of 127.0.0.1 that is forwarded to a guest's SSH, with user-mode networking.
    public var firstPort: UInt32 = 22_500
    /// Whether a guest on user-mode networking is kept off every network.
    public var isolated = false

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&uri)
        coder.text(&domainType)
        coder.text(&machine)
        coder.text(&cpuModel)
        coder.text(&image)
        coder.text(&kernel)
        coder.text(&initrd)
        coder.text(&commandLine)
        coder.text(&storagePool)
        coder.word(&seed)
        coder.word(&network)
        coder.text(&networkName)
        coder.uint(&firstPort)
        coder.flag(&isolated)
    }
}

/// A machine's promise to end without its core.
public struct LeaseSettings: Hashable, Sendable, Wired {
    /// Silence of the core after which no new task is started there; zero = never.
    public var soft = Interval.hours(1)
    /// Silence of the core after which the machine powers off; zero = never.
    public var hard = Interval.hours(24)

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.interval(&soft)
        coder.interval(&hard)
    }
}
