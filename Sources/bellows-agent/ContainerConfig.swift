import CSys

/// A container as runc reads it: the configuration of the Open Container Initiative's runtime specification, 1.0.
struct ContainerConfig {
    /// Processor time is handed out in periods of this length, in microseconds.
    private static let period = TaskGroup.periodMicroseconds
    /// What root may do in a container: the set that docker and podman give.
    private static let capabilities = [
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE",
        "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP",
    ]
    /// Parts of /proc and /sys that speak of the machine, and those through which it can be changed.
    private static let masked = [
        "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug",
        "/proc/scsi", "/sys/firmware", "/sys/fs/cgroup",
    ]
    private static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    var arguments: [String] = []
    var environment: [String] = []
    /// Working directory, whole.
    var directory = ""
    /// The task's folder, whole; the same in the container. Its `.tmp` is /tmp there.
    var sandbox = ""
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    var groups: [UInt32] = []
    /// Path of the control group; empty for none.
    var group = ""
    var memoryBytes: UInt64 = 0
    var cpuThousandths: UInt64 = 0
    var maxProcesses: UInt64 = 0
    var maxOpenFiles: UInt64 = 0

    /// The text of config.json.
    var text: String {
        let limits =
            maxOpenFiles == 0
            ? "" : #","rlimits":[{"type":"RLIMIT_NOFILE","soft":\#(maxOpenFiles),"hard":\#(maxOpenFiles)}]"#
        let user = #"{"uid":\#(uid),"gid":\#(gid),"additionalGids":\#(Self.list(groups.map { "\($0)" }))}"#
        let process =
            #"{"terminal":false,"noNewPrivileges":true,"user":\#(user),"args":\#(Self.texts(arguments)),"#
            + #""env":\#(Self.texts(environment)),"cwd":\#(Self.quoted(directory)),"#
            + #""capabilities":\#(capabilityText)\#(limits)}"#
        let namespaces = #"[{"type":"pid"},{"type":"mount"},{"type":"ipc"}]"#
        let path = group.utf8.isEmpty ? "" : #""cgroupsPath":\#(Self.quoted(group)),"#
        let linux =
            #"{\#(path)"resources":\#(resources),"namespaces":\#(namespaces),"#
            + #""maskedPaths":\#(Self.texts(Self.masked)),"readonlyPaths":\#(Self.texts(Self.readOnly))}"#
        return #"{"ociVersion":"1.0.2","root":{"path":"root","readonly":true},"process":\#(process),"#
            + #""mounts":\#(Self.list(mounts)),"linux":\#(linux)}"#
    }

    private var capabilityText: String {
        let names = Self.texts(Self.capabilities.map { "CAP_" + $0 })
        let own = uid == 0 ? names : "[]"
        return #"{"bounding":\#(names),"effective":\#(own),"permitted":\#(own)}"#
    }

    /// No device but those that every container has.
    private var resources: String {
        var parts = [#""devices":[{"allow":false,"access":"rwm"}]"#]
        if memoryBytes > 0 { parts.append(#""memory":{"limit":\#(memoryBytes),"swap":\#(memoryBytes)}"#) }
        if cpuThousandths > 0 {
            let quota = max(1000, cpuThousandths * Self.period / 1000)
            parts.append(#""cpu":{"quota":\#(quota),"period":\#(Self.period)}"#)
        }
        if maxProcesses > 0 { parts.append(#""pids":{"limit":\#(maxProcesses)}"#) }
        return "{" + Self.joined(parts) + "}"
    }

    private var mounts: [String] {
        var mounts = [
            Self.mount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            Self.mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            Self.mount("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666"]),
            Self.mount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777"]),
            Self.mount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            Self.mount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        ]
        // The network is the node's: so are the names in it.
        for file in ["/etc/hosts", "/etc/resolv.conf"] where access(file, R_OK) == 0 {
            mounts.append(Self.mount(file, "bind", file, ["bind", "ro"]))
        }
        mounts.append(Self.mount("/tmp", "bind", "\(sandbox)/.tmp", ["bind", "rw", "nosuid", "nodev"]))
        mounts.append(Self.mount(sandbox, "bind", sandbox, ["bind", "rw", "nosuid", "nodev"]))
        return mounts
    }

    private static func mount(_ path: String, _ type: String, _ source: String, _ options: [String]) -> String {
        #"{"destination":\#(quoted(path)),"type":"\#(type)","source":\#(quoted(source)),"options":\#(texts(options))}"#
    }

    private static func texts(_ items: [String]) -> String { list(items.map { quoted($0) }) }
    private static func list(_ items: [String]) -> String { "[" + joined(items) + "]" }
    private static func joined(_ items: [String]) -> String {
        var text = ""
        for (index, item) in items.enumerated() { text += index == 0 ? item : "," + item }
        return text
    }

    /// A text as JSON has it.
    static func quoted(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes += [UInt8(ascii: "\\"), byte]
            } else if byte < 32 {
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
