import CSys
import ClusterModel
import Dispatch
import Synchronization

/// Tries step by step whether a host can be a node, changing nothing there: what works, what does not, what to do.
public struct Doctor: Sendable {
    /// One step's outcome.
    public struct Finding: Sendable, Equatable {
        /// How it is.
        public enum Verdict: String, Sendable { case good = "ok", doubtful = "note", bad = "BAD" }
        /// How it is.
        public var verdict: Verdict
        /// Which step.
        public var step: String
        /// What was found, and for what is not well the way out.
        public var text: String
    }

    /// Longest time for one step, in seconds.
    public static let stepSeconds = 40
    /// Free bytes that a node should have at least: the agent and some output.
    public static let freeBytes: Int64 = 64 << 20
    private let settings: SSHSettings
    private let images: AgentImages

    /// A doctor who calls ssh as the link does.
    public init(_ settings: SSHSettings, images: AgentImages) {
        self.settings = settings
        self.images = images
    }

    /// All findings on a host, in order; ends with the first that makes the rest useless. Blocks.
    public func examine(_ address: SSHAddress) -> [Finding] {
        let command = SSHCommand(address: address, settings: settings)
        var findings: [Finding] = []
        func add(_ verdict: Finding.Verdict, _ step: String, _ text: String) {
            findings.append(Finding(verdict: verdict, step: step, text: text))
        }
        if let relay = address.lastRelay {
            for finding in examine(relay) {
                add(finding.verdict, "relay", "\(relay.nodeName): \(finding.step), \(finding.text)")
            }
            if findings.contains(where: { $0.verdict == .bad }) { return findings }
        }
        do {
            let question = words(command, ["-G"] + command.options + ["--", address.host])
            let resolved = try capture(question, host: address.host)
            guard resolved.code == 0 else {
                let fault = SSHFault.configuration(cause: SSHFault.lastLine(resolved.errors))
                add(.bad, "configuration", fault.description)
                return findings
            }
            add(.good, "configuration", Self.summary(resolved.output))
            let begin = cs_clock_ns(1)
            let first = try capture(words(command, command.call("true")), host: address.host)
            let milliseconds = (cs_clock_ns(1) - begin) / 1_000_000
            guard first.code == 0 else {
                let fault = SSHFault.reading(
                    host: address.nodeName, pinned: command.isPinned, code: first.code, errors: first.errors,
                    output: first.output)
                add(.bad, first.code == 255 ? "login" : "shell", fault.description)
                return findings
            }
            add(.good, "login", "in \(milliseconds) ms")
            if !first.output.isEmpty {
                let line = first.output.split(separator: "\n").first.map(String.init) ?? ""
                add(.doubtful, "login shell", "it prints before commands, passed over: \"\(line.prefix(60))\"")
            }
            let probe = try capture(words(command, command.call(Self.probe(address))), host: address.host)
            read(probe, address, command, &findings)
        } catch {
            add(.bad, "ssh", error.description)
        }
        return findings
    }

    /// The whole call of ssh, by the relays on the way.
    private func words(_ command: SSHCommand, _ words: [String]) -> [String] {
        if !command.isRelayed { return [settings.program] + words }
        let first = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=\(settings.connectSeconds)", "-o", "LogLevel=ERROR"]
        return command.address.call(
            words, first: first, configuration: settings.configuration,
            acceptsNewHostKeys: settings.acceptsNewHostKeys)
    }

    // MARK: What the node says of itself

    private static func probe(_ address: SSHAddress) -> String { SSHCommand.shell(script, [address.folder]) }

    /// `name=value` lines.
    private static let script = """
        B="$1"; if [ -z "$B" ]; then B="${XDG_CACHE_HOME:-$HOME/.cache}/bellows"; fi; echo; \
        echo "bellows-system=$(uname -s) $(uname -m) $(uname -r)"; \
        echo "bellows-user=$(id -un 2> /dev/null) $(id -u)"; \
        echo "bellows-home=$HOME"; echo "bellows-base=$B"; D="$B"; \
        until [ -z "$D" ] || [ -d "$D" ]; do D="${D%/*}"; done; D="${D:-/}"; \
        if [ -w "$D" ]; then echo "bellows-writable=yes"; else echo "bellows-writable=$D"; fi; \
        echo "bellows-free=$(df -Pk "$D" 2> /dev/null | tail -n 1)"; \
        for T in head wc mv mkdir chmod uname; do command -v $T > /dev/null 2>&1 || echo "bellows-lacks=$T"; done; \
        command -v sha256sum > /dev/null 2>&1 || echo "bellows-plain=sha256sum"; \
        F="$D/.bellows-doctor-$$"; if (echo "exit 0") > "$F" 2> /dev/null; then chmod 700 "$F"; \
        if "$F" > /dev/null 2>&1; then echo "bellows-exec=yes"; else echo "bellows-exec=no"; fi; rm -f "$F"; fi; \
        for P in "$B"/agent-*; do [ -x "$P" ] && echo "bellows-agent=$P"; done; \
        if [ -S "$B/node/agent.sock" ]; then read O < "$B/node/owner" && echo "bellows-owner=$O"; fi; \
        if [ -f /sys/fs/cgroup/cgroup.controllers ]; then \
        IFS=: read A C G < /proc/self/cgroup; G="${G%/bellows-agent}"; \
        if [ -w "/sys/fs/cgroup${G%/}/cgroup.subtree_control" ]; then echo "bellows-cgroup=2"; \
        else echo "bellows-cgroup=closed"; fi; \
        elif [ -d /sys/fs/cgroup/memory ]; then echo "bellows-cgroup=1"; else echo "bellows-cgroup=none"; fi; \
        for C in runc podman docker; do command -v $C > /dev/null 2>&1 && echo "bellows-container=$C"; done; \
        echo "bellows-end=1"
        """

    private func read(
        _ probe: Capture, _ address: SSHAddress, _ command: SSHCommand, _ findings: inout [Finding]
    ) {
        var values: [String: [String]] = [:]
        for line in probe.output.split(separator: "\n") where line.hasPrefix("bellows-") {
            let parts = line.dropFirst(8).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0]), default: []].append(String(parts[1])) }
        }
        func add(_ verdict: Finding.Verdict, _ step: String, _ text: String) {
            findings.append(Finding(verdict: verdict, step: step, text: text))
        }
        guard values["end"] != nil else {
            return add(
                .bad, "shell",
                SSHFault.reading(
                    host: address.nodeName, pinned: command.isPinned, code: probe.code, errors: probe.errors,
                    output: probe.output
                ).description)
        }
        let system = (values["system"]?.first ?? "").split(separator: " ").map(String.init)
        let (name, architecture) = (system.first ?? "", system.count > 1 ? system[1] : "")
        add(name == "Linux" ? .good : .bad, "system", system.joined(separator: " "))
        if let image = images.image(for: architecture) {
            let size = image.program.readableBytes / 1_024
            add(.good, "agent here", "\(size) KiB for \(architecture), \(image.hash.prefix(12))")
            let there = (values["agent"] ?? []).contains { $0.hasSuffix(image.hash) }
            add(.good, "agent there", there ? "this version is there" : "it will be copied")
        } else {
            let place = "\(images.folder)/bellows-agent-\(architecture)"
            let fault = SSHFault.noAgent(host: address.nodeName, architecture: architecture, place: place)
            add(.bad, "agent here", fault.description)
        }
        add(.good, "user", values["user"]?.first ?? "")
        if values["home"]?.first?.isEmpty ?? true, address.folder.isEmpty {
            add(.bad, "home", SSHFault.noHome(host: address.nodeName).description)
        }
        let base = values["base"]?.first ?? ""
        let writable = values["writable"]?.first ?? ""
        if writable == "yes" {
            add(.good, "folder", base)
        } else {
            let cause = "\(writable) is not writable for this user"
            add(.bad, "folder", SSHFault.folder(host: address.nodeName, cause: cause).description)
        }
        if values["exec"]?.first == "no" {
            add(
                .bad, "programs",
                SSHFault.notExecutable(host: address.nodeName, cause: "\(base) runs no programs").description)
        }
        readRest(values, address, &findings)
    }

    private func readRest(_ values: [String: [String]], _ address: SSHAddress, _ findings: inout [Finding]) {
        func add(_ verdict: Finding.Verdict, _ step: String, _ text: String) {
            findings.append(Finding(verdict: verdict, step: step, text: text))
        }
        let fields = (values["free"]?.first ?? "").split(separator: " ")
        if fields.count >= 4, let free = Int64(fields[3]) {
            let enough = free * 1_024 >= Self.freeBytes
            let text = "\(free / 1_024) MiB free"
            add(enough ? .good : .bad, "disk", enough ? text : "\(text): free at least \(Self.freeBytes >> 20) MiB")
        }
        if let lacking = values["lacks"] {
            add(.bad, "tools", "\(lacking.joined(separator: ", ")): missing there, the agent cannot be copied without")
        }
        if values["plain"] != nil { add(.doubtful, "tools", "no sha256sum there: a copy is checked by its size only") }
        if let owner = values["owner"]?.first { add(.doubtful, "owner", "an agent there belongs to cluster \(owner)") }
        switch values["cgroup"]?.first ?? "none" {
        case "none": add(.doubtful, "isolation", "no control groups: limits by rlimits and by looking")
        case "closed":
            add(.doubtful, "isolation", "control groups v2 not delegated to this user: limits by rlimits, by looking")
        case let version: add(.good, "isolation", "control groups v\(version)")
        }
        add(.good, "containers", values["container"]?.joined(separator: ", ") ?? "none")
    }

    /// What ssh makes of the host: `anna@10.0.0.7:22 through gate`.
    private static func summary(_ text: String) -> String {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        let jump = values["proxyjump"].map { $0 == "none" ? "" : " through \($0)" } ?? ""
        return "\(values["user"] ?? "?")@\(values["hostname"] ?? "?"):\(values["port"] ?? "22")\(jump)"
    }

    // MARK: Calls

    /// What a call brought.
    struct Capture {
        var code: Int32
        var output: String
        var errors: String
    }

    private func capture(_ words: [String], host: String) throws(SSHFault) -> Capture {
        let (process, socket) = try SSHProcess.start(words, errorBytes: settings.errorBytes)
        defer { close(socket) }
        shutdown(socket, Int32(SHUT_WR))
        var bytes: [UInt8] = []
        let deadline = cs_clock_ns(1) + UInt64(Self.stepSeconds) * 1_000_000_000
        while true {
            var waited = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waited, 1, 200)
            process.drain()
            if cs_clock_ns(1) > deadline {
                kill(process.pid, SIGKILL)
                _ = process.ending(waitMilliseconds: 1_000)
                throw .slow(host: host, step: "the answer", seconds: Self.stepSeconds)
            }
            if ready <= 0 { continue }
            var piece = [UInt8](repeating: 0, count: 16_384)
            let count = CSys.read(socket, &piece, piece.count)
            if count <= 0 { break }
            if bytes.count < settings.noiseBytes { bytes += piece[0..<count] }
            if bytes.count >= settings.noiseBytes {
                kill(process.pid, SIGKILL)
                let line = String(decoding: bytes.prefix(60), as: UTF8.self).split(separator: "\n").first ?? ""
                _ = process.ending(waitMilliseconds: 1_000)
                throw .noise(host: host, line: String(line))
            }
        }
        let ending = process.ending(waitMilliseconds: 2_000)
        return Capture(code: ending.code, output: String(decoding: bytes, as: UTF8.self), errors: ending.errors)
    }
}

extension Doctor {
    /// Examines several hosts at a time, and tells each host's findings as they come, in the hosts' order. Blocks.
    /// True when nothing is bad anywhere.
    public func examine(_ hosts: [SSHAddress], tell: (SSHAddress, [Finding]) -> Void) -> Bool {
        let results = Mutex<[Int: [Finding]]>([:])
        let group = DispatchGroup()
        let slots = DispatchSemaphore(value: settings.parallelLogins)
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async(group: group) {
            for (number, host) in hosts.enumerated() {
                slots.wait()
                DispatchQueue.global().async(group: group) {
                    let found = self.examine(host)
                    results.withLock { $0[number] = found }
                    slots.signal()
                    done.signal()
                }
            }
        }
        var (next, isWell) = (0, true)
        while next < hosts.count {
            done.wait()
            while let found = results.withLock({ $0[next] }) {
                tell(hosts[next], found)
                if found.contains(where: { $0.verdict == .bad }) { isWell = false }
                next += 1
            }
        }
        group.wait()
        return isWell
    }
}
