import AgentProtocol
import CSys
import Glibc
import TestFolders
import Testing

extension AgentSuite {
    /// A relay as the core sees it. The `ssh` that it finds runs its first argument here: what is tested is the relay.
    @Suite struct RelayTests {
        @Test func eachStreamIsAnSshWithItsOwnEnd() throws {
            let relay = try RelayUnderTest()
            defer { relay.end() }
            relay.send(.open(stream: 1, arguments: ["cat; echo over >&2; exit 7"]))
            relay.send(.data(stream: 1, bytes: Array("hello".utf8)))
            #expect(try relay.next() { $0.stream == 1 } == .data(stream: 1, bytes: Array("hello".utf8)))
            relay.send(.open(stream: 2, arguments: ["kill -KILL $$"]))
            #expect(try relay.next() { $0.stream == 2 } == .ended(stream: 2, code: 137, errors: ""))
            // `cat` has to be told that nothing follows, which only the end of the stream does.
            relay.send(.close(stream: 1))
            guard case .ended(1, let code, _) = try relay.next({ $0.stream == 1 }) else {
                throw RelayUnderTest.Unexpected()
            }
            #expect(code != 0)
            relay.send(.open(stream: 3, arguments: ["head -c 9000 /dev/zero | tr '\\0' e >&2; echo last >&2; exit 7"]))
            guard case .ended(3, 7, let errors) = try relay.next({ $0.stream == 3 }) else {
                throw RelayUnderTest.Unexpected()
            }
            #expect(errors.utf8.count == AgentLimits.relayErrorBytes && errors.hasSuffix("elast\n"))
        }

        @Test func noMoreComesThanWasAskedFor() throws {
            let relay = try RelayUnderTest()
            defer { relay.end() }
            let total = 3 * AgentLimits.relayWindowBytes
            relay.send(.open(stream: 1, arguments: ["head -c \(total) /dev/zero"]))
            #expect(try relay.bytes(of: 1, count: AgentLimits.relayWindowBytes) == AgentLimits.relayWindowBytes)
            // One that is not read holds up no other.
            relay.send(.open(stream: 2, arguments: ["echo here"]))
            #expect(try relay.next() { _ in true } == .data(stream: 2, bytes: Array("here\n".utf8)))
            #expect(try relay.next() { _ in true } == .ended(stream: 2, code: 0, errors: ""))
            relay.send(.credit(stream: 1, bytes: UInt64(total)))
            let rest = total - AgentLimits.relayWindowBytes
            #expect(try relay.bytes(of: 1, count: rest) == rest)
            #expect(try relay.next() { _ in true } == .ended(stream: 1, code: 0, errors: ""))
        }

        @Test func whatIsTakenIsToldAndWhoSendsMoreIsCutOff() throws {
            let relay = try RelayUnderTest()
            defer { relay.end() }
            let chunk = [UInt8](repeating: 9, count: AgentLimits.relayChunkBytes)
            let count = AgentLimits.relayWindowBytes / chunk.count
            relay.send(.open(stream: 1, arguments: ["wc -c > /dev/null"]))
            for _ in 0..<count { relay.send(.data(stream: 1, bytes: chunk)) }
            var told = 0
            while told < AgentLimits.relayWindowBytes / 2 {
                guard case .credit(1, let bytes) = try relay.next({ _ in true }) else {
                    throw RelayUnderTest.Unexpected()
                }
                told += Int(bytes)
            }
            // Nobody reads here, and the socket's own buffer is small beside this.
            relay.send(.open(stream: 2, arguments: ["exec sleep 600"]))
            for _ in 0..<(16 * count) { relay.send(.data(stream: 2, bytes: chunk)) }
            while true {
                guard case .ended(2, let code, _) = try relay.next({ $0.stream == 2 }) else { continue }
                #expect(code == 128 + UInt32(SIGTERM))
                break
            }
        }

        @Test func aMissingSshIsTold() throws {
            let relay = try RelayUnderTest(hasSSH: false)
            defer { relay.end() }
            relay.send(.open(stream: 1, arguments: ["true"]))
            guard case .ended(1, 127, let errors) = try relay.next({ _ in true }) else {
                throw RelayUnderTest.Unexpected()
            }
            #expect(errors.contains("ssh cannot be started there: No such file"), "\(errors)")
        }

        @Test(arguments: [true, false])
        func nothingOutlivesTheConnection(isKilled: Bool) throws {
            let relay = try RelayUnderTest()
            defer { relay.end() }
            relay.send(.open(stream: 1, arguments: ["echo $$; exec cat"]))
            guard case .data(1, let bytes) = try relay.next({ _ in true }),
                let pid = pid_t(String(decoding: bytes.dropLast(), as: UTF8.self))
            else { throw RelayUnderTest.Unexpected() }
            #expect(AgentUnderTest.runs(pid))
            if isKilled { kill(relay.pid, SIGKILL) } else { relay.leave() }
            try waitUntil("ssh has ended") { !AgentUnderTest.runs(pid) }
            #expect(relay.wait() == (isKilled ? -SIGKILL : 0))
        }

        @Test func whatIsNoConversationEndsIt() throws {
            let relay = try RelayUnderTest()
            defer { relay.end() }
            relay.send([0xff, 0xff, 0xff, 0xff, 1])
            #expect(relay.wait() == 1)
        }
    }
}

extension RelayMessage {
    fileprivate var stream: UInt64 {
        switch self {
        case .open(let stream, _), .data(let stream, _), .credit(let stream, _), .close(let stream),
            .ended(let stream, _, _):
            stream
        case .unknown: 0
        }
    }
}

/// A relay, its standard input and output one socket of ours.
private final class RelayUnderTest {
    struct Unexpected: Error {}

    let pid: pid_t
    private let fd: Int32
    private let folder = makeTestFolder()
    private var decoder = FrameDecoder()
    private var isLeft = false
    private var status: Int32?

    init(hasSSH: Bool = true) throws {
        let file = open("\(folder)/ssh", O_WRONLY | O_CREAT, 0o700)
        let script = Array("#!/bin/sh\nexec /bin/sh -c \"$1\"\n".utf8)
        #expect(write(file, script, script.count) == script.count)
        close(file)
        var pair: [Int32] = [-1, -1]
        #expect(cs_stream_pair(&pair) == 0)
        let null = open("/dev/null", O_WRONLY)
        defer { close(null) }
        let words = [AgentUnderTest.program, "relay", "--hail", "hail"]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let path = hasSSH ? "PATH=\(folder):/usr/bin:/bin" : "PATH=/nowhere"
        let environment: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var child: Int32 = 0
        #expect(cs_start_child(words[0], arguments, environment, [pair[1], pair[1], null], &child) == 0)
        close(pair[1])
        (pid, fd) = (child, pair[0])
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var line: [UInt8] = []
        while !line.elementsEqual("\nhail relaying\n".utf8) {
            var byte: UInt8 = 0
            guard read(fd, &byte, 1) == 1 else { throw Unexpected() }
            line.append(byte)
        }
    }

    func send(_ message: RelayMessage) { send(message.encoded()) }

    func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            done += count
        }
    }

    /// The next message that is wanted; others are passed over.
    func next(_ isWanted: (RelayMessage) -> Bool) throws -> RelayMessage {
        while true {
            while let frame = try decoder.next() {
                let message = try RelayMessage.decode(frame)
                if isWanted(message) { return message }
            }
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            let count = read(fd, &piece, piece.count)
            guard count > 0 else { throw Unexpected() }
            decoder.feed(Array(piece[..<count]))
        }
    }

    /// Takes data of a stream until there are so many bytes; how many came.
    func bytes(of stream: UInt64, count: Int) throws -> Int {
        var sum = 0
        while sum < count {
            guard case .data(stream, let bytes) = try next({ _ in true }) else { throw Unexpected() }
            sum += bytes.count
        }
        return sum
    }

    /// Ends the connection.
    func leave() {
        if !isLeft { close(fd) }
        isLeft = true
    }

    /// Waits for its end: the exit code, or minus the signal.
    func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while waitpid(pid, &raw, 0) < 0 && errno == EINTR {}
        let code = raw & 0x7f == 0 ? raw >> 8 & 0xff : -(raw & 0x7f)
        status = code
        return code
    }

    func end() {
        leave()
        _ = wait()
        _ = try? Program.run(["/bin/rm", "-rf", folder])
    }
}
