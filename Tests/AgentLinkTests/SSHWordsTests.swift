import CSys
import ClusterModel
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import AgentLink

/// ssh's words as faults, the words for ssh, and what of them a shell makes.
@Suite struct SSHWordsTests {
    private func read(_ errors: String, code: Int32 = 255, output: String = "", pinned: Bool = false) -> SSHFault {
        .reading(host: "h", pinned: pinned, code: code, errors: errors, output: output)
    }

    @Test func sshsOwnFailures() {
        let changed = """
            @@@@@@@@@@@
            @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
            Host key for [127.0.0.1]:2200 has changed and you have requested strict checking.
            Host key verification failed.
            """
        #expect(read(changed) == .changedHostKey(host: "h", pinned: false))
        #expect(read(changed, pinned: true) == .changedHostKey(host: "h", pinned: true))
        #expect(
            read(
                "No ED25519 host key is known for [127.0.0.1]:2200 and you have requested strict checking.\r\nHost key verification failed.\r\n"
            )
                == .unknownHostKey(host: "h", pinned: false))
        #expect(read("ssh: Could not resolve hostname x: Name or service not known") == .noName(host: "h"))
        #expect(
            read("anna@h: Permission denied (publickey).\r\n")
                == .loginRefused(host: "h", cause: "anna@h: Permission denied (publickey)."))
        #expect(
            read("ssh: connect to host h port 22: Connection refused")
                == .unreachable(host: "h", cause: "ssh: connect to host h port 22: Connection refused"))
        #expect(
            read("kex_exchange_identification: read: Connection reset by peer\nConnection reset by 127.0.0.1 port 1")
                == .handshake(host: "h", cause: "kex_exchange_identification: read: Connection reset by peer"))
        #expect(
            read(
                "/x/config: line 3: Bad configuration option: frob\n/x/config: terminating, 1 bad configuration options"
            )
                == .configuration(cause: "/x/config: line 3: Bad configuration option: frob"))
        #expect(
            read("Timeout, server h not responding.") == .broken(host: "h", cause: "Timeout, server h not responding."))
        #expect(read("") == .unreachable(host: "h", cause: "ssh gave no reason"))
    }

    @Test func failuresOnTheNode() {
        #expect(
            read("This account is currently not available.", code: 1)
                == .noShell(host: "h", code: 1, word: "This account is currently not available."))
        #expect(read("", code: 1, output: "go away") == .noShell(host: "h", code: 1, word: "go away"))
        #expect(
            read("sh: 1: cannot create /x: Read-only file system", code: 1)
                == .folder(host: "h", cause: "sh: 1: cannot create /x: Read-only file system"))
        #expect(
            read("head: error writing 'standard output': No space left on device", code: 1)
                == .noSpace(host: "h", cause: "head: error writing 'standard output': No space left on device"))
        #expect(
            read("sh: exec: /x/agent: Permission denied", code: 126)
                == .notExecutable(host: "h", cause: "sh: exec: /x/agent: Permission denied"))
        #expect(read("a\u{1b}[31mb\u{7}", code: 3) == .noShell(host: "h", code: 3, word: "a[31mb"))
    }

    @Test func everyFaultNamesTheHostOrTheWayOut() {
        let faults: [SSHFault] = [
            .noName(host: "h"), .unreachable(host: "h", cause: "c"), .handshake(host: "h", cause: "c"),
            .unknownHostKey(host: "h", pinned: false), .unknownHostKey(host: "h", pinned: true),
            .changedHostKey(host: "h", pinned: false), .loginRefused(host: "h", cause: "c"),
            .sessionRefused(host: "h", cause: "c"), .noShell(host: "h", code: 1, word: ""),
            .noise(host: "h", line: "l"), .otherSystem(host: "h", name: "Darwin"),
            .noAgent(host: "h", architecture: "riscv64", place: "/p"), .noHome(host: "h"),
            .folder(host: "h", cause: "c"), .noSpace(host: "h", cause: "c"), .notExecutable(host: "h", cause: "c"),
            .agent(host: "h", cause: "c"),
        ]
        for fault in faults {
            #expect(fault.description.contains("h") && !fault.description.contains("\n"), "\(fault)")
            #expect(fault.description.utf8.count < 400, "\(fault)")
        }
        #expect(
            faults.first { $0 == .noAgent(host: "h", architecture: "riscv64", place: "/p") }?
                .description.contains("swift build -c release --product bellows-agent") == true)
    }

    @Test func nobodyIsAskedAndNothingIsForwarded() throws {
        var address = try #require(SSHAddress("ssh://anna@h:2222?jump=gate&identity=/k"))
        var command = SSHCommand(address: address, settings: SSHSettings())
        var words = command.call("true")
        for expected in [
            "BatchMode=yes", "ForwardAgent=no", "StrictHostKeyChecking=yes", "ProxyJump=gate", "IdentitiesOnly=yes",
        ] { #expect(words.contains(expected), "\(expected): \(words)") }
        #expect(Array(words.suffix(3)) == ["--", "h", "true"] && words.contains("2222") && words.contains("anna"))
        command.settings.acceptsNewHostKeys = true
        #expect(command.call("true").contains("StrictHostKeyChecking=accept-new"))
        (address.hostKeys, address.alias) = (["ssh-ed25519 AAAA"], "burst-1")
        command.address = address
        words = command.call("true")
        // What a provider gave is never widened by what the file accepts of others.
        #expect(words.contains("StrictHostKeyChecking=yes") && words.contains("HostKeyAlias=burst-1"))
        #expect(
            words.contains("UserKnownHostsFile=\(command.keyFile)") && command.keyText == "burst-1 ssh-ed25519 AAAA\n")
    }

    @Test func aRelayIsAskedInItsOwnWords() throws {
        var address = try #require(
            SSHAddress("ssh://anna@inner?via=ops%40gate:2200&via=rack&identity=/k&forwardagent=1"))
        #expect(address.relays == ["ops@gate:2200", "rack"] && SSHAddress(address.text) == address)
        #expect(address.lastRelay?.host == "rack" && address.lastRelay?.lastRelay?.user == "ops")
        var settings = SSHSettings()
        settings.configuration = "/c"
        // On the relay our configuration file is not there, and the node itself gets no ssh agent.
        var words = SSHCommand(address: address, settings: settings).call("true")
        #expect(!words.contains("-F") && words.contains("ForwardAgent=no") && words.contains("/k"))
        address.hostKeys = ["ssh-ed25519 AAAA"]
        words = SSHCommand(address: address, settings: settings).call("true")
        #expect(words.contains("KnownHostsCommand=/bin/echo inner ssh-ed25519 AAAA"))
        let relay = try #require(address.lastRelay?.lastRelay)
        words = SSHCommand(address: relay, settings: settings, forwardsAgent: relay.forwardsAgent).call("true")
        #expect(words.contains("-F") && words.contains("ForwardAgent=yes") && words.contains("2200"))
        for text in ["a,b,c,d,e", "", "a,", "a?dir=/x", "-a"] { #expect(SSHAddress.relays(text) == nil, "\(text)") }
        #expect(SSHAddress("ssh://h?via=a,b,c&via=d,e") == nil)
    }

    @Test func scriptsHoldNothingThatALoginShellWouldRead() throws {
        let command = SSHCommand(address: try #require(SSHAddress("h")), settings: SSHSettings())
        for line in [
            command.join(token: "t", hash: "a", name: "n", takeOver: true), command.purge(),
            command.relay(token: "t", hash: "a"), command.purgeRelay(),
        ] {
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            #expect(parts.count > 2 && parts[0] == "exec /bin/sh -c ")
            #expect(!parts[1].contains { "!\\\n\r".contains($0) }, "\(parts[1])")
        }
        #expect(SSHCommand.quoted("a'b") == "'a'\\''b'")
    }

    @Test func hashesAreThoseOfTheStandard() {
        #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.hex(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            SHA256.hex([UInt8](repeating: 0x61, count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func onlySoManyLoginsRunAtATime() throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        final class Log { var started: [Int] = [] }
        let (gate, log) = try loop.submit {
            let gate = ConnectGate(loop: loop, parallel: 2, perSecond: 1_000_000)
            let log = Log()
            for number in 0..<5 { gate.enter { log.started.append(number) } }
            return (NIOLoopBound(gate, eventLoop: loop), NIOLoopBound(log, eventLoop: loop))
        }.wait()
        func started(atLeast count: Int) throws -> [Int] {
            for _ in 0..<2_000 {
                let found = try loop.submit { log.value.started }.wait()
                if found.count >= count { return found }
                cs_sleep_ns(1_000_000)
            }
            return try loop.submit { log.value.started }.wait()
        }
        #expect(try started(atLeast: 2) == [0, 1])
        try loop.submit { gate.value.leave() }.wait()
        #expect(try started(atLeast: 3) == [0, 1, 2])
        try loop.submit { for _ in 0..<4 { gate.value.leave() } }.wait()
        #expect(try started(atLeast: 5) == [0, 1, 2, 3, 4])
    }

    @Test func waitsToOtherMachinesGrowAndEnd() {
        let limits = LinkLimits()
        #expect(limits.remoteBackOff(failures: 1, chance: 0) == 500)
        #expect(limits.remoteBackOff(failures: 3, chance: 0) == 2_000)
        #expect(limits.remoteBackOff(failures: 40, chance: 0) == 5_000)
        #expect(limits.remoteBackOff(failures: 41, chance: 0) == 30_000)
        #expect(limits.remoteBackOff(failures: 1, chance: 99) > 250)
    }
}
