import CSys
import ClusterModel
import Glibc
import Synchronization
import Testing

@testable import AgentLink

/// The way to an agent through an `ssh` that runs the command here, as sshd would: by a login shell, in a home of its own.
/// What is tested is all that runs on a node; ssh itself is tested on the whole program.
@Suite struct SSHJoinTests {
    /// A home folder, a program that stands in for ssh, and a link through it.
    final class Node {
        let root: String
        let core = LinkTests.Core()
        var settings = SSHSettings()
        var agentFile: String
        private var links: AgentLinks?
        func withLinks(_ work: (AgentLinks) -> Void) { if let links { work(links) } }

        init(shell: String = "/bin/sh", before: String = "") throws {
            root = "/tmp/bellows-ssh-\(getpid())-\(LinkTests.counter.withLock { $0 += 1; return $0 })"
            mkdir(root, 0o700)
            mkdir("\(root)/home", 0o700)
            agentFile = Self.program
            let script = """
                #!/bin/sh
                for last; do :; done
                echo "$*" >> \(root)/calls
                export HOME=\(root)/home XDG_CACHE_HOME=
                \(before)
                exec \(shell) -c "$last"

                """
            Self.write("\(root)/ssh", script, 0o700)
            settings.program = "\(root)/ssh"
            settings.cluster = "c1"
            settings.keyFolder = "\(root)/keys"
        }

        /// The program under test, read and hashed once for all tests.
        static let images = images(program)
        static func images(_ file: String) -> AgentImages { AgentImages(own: { file }, folder: "/nowhere") }

        static var program: String {
            if let named = getenv("BELLOWS_AGENT") { return String(cString: named) }
            let file = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
            return "\(file)/.build/debug/bellows-agent"
        }

        static func write(_ path: String, _ text: String, _ mode: UInt32 = 0o600) {
            let file = cs_open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
            _ = Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            close(file)
        }

        func connect(_ address: String = "ssh://h", cluster: String = "c1", epoch: UInt64 = 7) throws {
            var limits = LinkLimits()
            (limits.firstRemoteBackOffMilliseconds, limits.watchMilliseconds) = (50, 50)
            let (core, file) = (core, agentFile)
            let links = try AgentLinks(
                identity: .init(cluster: cluster, epoch: epoch, version: "1"), limits: limits,
                transport: Transports(
                    ssh: SSHTransport(settings, images: file == Self.program ? Self.images : Self.images(file))),
                deliver: { core.take($0) })
            self.links = links
            links.connect(node: "n", address: address)
        }

        func leave() {
            links?.close()
            links = nil
        }

        var base: String { "\(root)/home/.cache/bellows" }
        var calls: Int { text("\(root)/calls").split(separator: "\n").count }
        func text(_ path: String) -> String {
            let file = cs_open(path, O_RDONLY, 0)
            guard file >= 0 else { return "" }
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(file, &bytes, bytes.count)
            return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        }
        func fault() -> String? { core.wait { _ in self.core.messages.first } }

        func end() {
            leave()
            // The agent of this folder, and nobody else's.
            let words = [agentFile, "stop", "--dir", "\(base)/node", "--kill-tasks"]
            var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
            arguments.append(nil)
            var pid: Int32 = 0
            let null = cs_open("/dev/null", O_RDWR, 0)
            if cs_start_child(agentFile, &arguments, cs_environ(), [null, null, null], &pid) == 0 {
                waitpid(pid, nil, 0)
            }
            close(null)
            for argument in arguments { free(argument) }
            _ = cs_remove_tree(root)
        }
    }

    @Test(arguments: ["/bin/sh", "/bin/bash", "/bin/busybox sh"])
    func firstContactCopiesAndStartsLaterOnesOnlyJoin(_ shell: String) throws {
        guard access(String(shell.split(separator: " ")[0]), X_OK) == 0 else {
            print("SKIPPED: there is no \(shell)")
            return
        }
        let node = try Node(shell: shell)
        defer { node.end() }
        try node.connect()
        let first = try #require(node.core.wait { _ in node.core.hellos.first }, "\(node.core.messages)")
        #expect(first.0.node == "n" && node.calls == 1)
        node.leave()
        try node.connect(epoch: 8)
        _ = node.core.wait { _ in node.core.hellos.count > 1 ? true : nil }
        #expect(node.core.hellos.count == 2 && node.calls == 2 && node.core.messages.isEmpty, "\(node.core.messages)")
        #expect(node.core.hellos.last?.0.agentStart == first.0.agentStart, "the agent is the same")
    }

    @Test func whatALoginShellPrintsIsPassedOver() throws {
        let node = try Node(before: "echo hello; printf 'no line end'; echo words >&2")
        defer { node.end() }
        try node.connect()
        #expect(node.core.wait { _ in node.core.hellos.first } != nil, "\(node.core.messages)")
    }

    @Test func anEndlessShellIsEndedAtItsLimit() throws {
        let node = try Node(before: "exec yes welcome")
        defer { node.end() }
        try node.connect()
        #expect(node.fault()?.contains("prints without end before it runs anything (\"welcome\")") == true)
    }

    @Test func aShellThatRunsNothing() throws {
        let node = try Node(before: "echo This account is closed.; exit 1")
        defer { node.end() }
        try node.connect()
        #expect(node.fault()?.contains("ran nothing (exit code 1, \"This account is closed.\")") == true)
    }

    @Test func anAnswerThatDoesNotComeIsWaitedForOnlySoLong() throws {
        let node = try Node(before: "exec sleep 100")
        node.settings.answerSeconds = 1
        defer { node.end() }
        try node.connect()
        #expect(node.fault()?.contains("the answer of the node took longer than 1 s") == true)
    }

    @Test func foldersThatCannotBeMade() throws {
        let node = try Node()
        defer { node.end() }
        Node.write("\(node.root)/home/.cache", "no folder")
        try node.connect()
        let fault = try #require(node.fault())
        #expect(fault.contains("cache folder") && fault.contains("Not a directory"), "\(fault)")
    }

    @Test func otherSystemsAndProcessorsAreNamed() throws {
        let node = try Node()
        defer { node.end() }
        // A program that shadows uname on the node.
        mkdir("\(node.root)/bin", 0o700)
        Node.write(
            "\(node.root)/bin/uname", "#!/bin/sh\n[ \"$1\" = -m ] && echo riscv64 || echo Linux\n", 0o700)
        node.settings.program = "\(node.root)/ssh2"
        Node.write(
            "\(node.root)/ssh2",
            "#!/bin/sh\nfor last; do :; done\nexport HOME=\(node.root)/home PATH=\(node.root)/bin:$PATH\nexec sh -c \"$last\"\n",
            0o700)
        try node.connect()
        let fault = try #require(node.fault())
        #expect(fault.contains("no agent was built for riscv64") && fault.contains("swift build"), "\(fault)")
    }

    @Test func anotherVersionTakesThePlaceOfTheOldOne() throws {
        let node = try Node()
        defer { node.end() }
        try node.connect()
        _ = try #require(node.core.wait { _ in node.core.hellos.first }, "\(node.core.messages)")
        node.leave()
        let before = node.core.hellos[0].0.agentStart
        node.agentFile = "\(node.root)/bellows-agent"
        let copied = Node.copy(Node.program, node.agentFile, with: "another version")
        #expect(copied)
        try node.connect(epoch: 8)
        _ = node.core.wait { _ in node.core.hellos.count > 1 ? true : nil }
        #expect(node.core.hellos.count == 2, "\(node.core.messages)")
        #expect(node.core.hellos.last?.0.agentStart == before &+ 1, "the same agent, started once more")
    }

    @Test func anAgentBelongsToOneClusterUntilItIsTakenOver() throws {
        let node = try Node()
        defer { node.end() }
        try node.connect()
        _ = try #require(node.core.wait { _ in node.core.hellos.first }, "\(node.core.messages)")
        node.leave()
        node.settings.cluster = "c2"
        try node.connect(cluster: "c2", epoch: 1)
        let fault = try #require(node.fault())
        #expect(fault.contains("belongs to cluster c1 since 20") && fault.contains("--take-over"), "\(fault)")
        node.leave()
        try node.connect("ssh://h?takeover=1", cluster: "c2", epoch: 1)
        _ = node.core.wait { _ in node.core.hellos.count > 1 ? true : nil }
        #expect(node.core.hellos.count == 2, "\(node.core.messages)")
    }

    @Test func purgingLeavesNothing() throws {
        let node = try Node()
        defer { node.end() }
        try node.connect()
        _ = try #require(node.core.wait { _ in node.core.hellos.first }, "\(node.core.messages)")
        #expect(access(node.base, F_OK) == 0)
        node.purge("ssh://h")
        #expect(node.core.wait { _ in access(node.base, F_OK) == 0 ? nil : true } == true)
    }
}

extension SSHJoinTests.Node {
    func purge(_ address: String) {
        withLinks { links in
            links.disconnect(node: "n")
            links.purge(node: "n", address: address)
        }
    }

    static func copy(_ from: String, _ to: String, with tail: String) -> Bool {
        let (source, target) = (cs_open(from, O_RDONLY, 0), cs_open(to, O_WRONLY | O_CREAT | O_TRUNC, 0o700))
        defer {
            close(source)
            close(target)
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &bytes, bytes.count)
            if count <= 0 { break }
            _ = Glibc.write(target, bytes, count)
        }
        return source >= 0 && Glibc.write(target, tail, tail.utf8.count) == tail.utf8.count
    }
}
