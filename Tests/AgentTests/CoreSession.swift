import AgentProtocol
import Glibc
import Testing

/// A core as the agent sees it: one connection, messages out, messages in.
final class CoreSession {
    struct Ended: Error {}

    let fd: Int32
    private var decoder = FrameDecoder()
    private(set) var hello = AgentHello()
    private(set) var inventory: [AgentTaskStatus] = []
    /// Statuses that came while another was waited for: tasks end in any order.
    private var aside: [AgentTaskStatus] = []
    private var isOpen = true

    /// Connects to the agent of a folder.
    init(_ directory: String) throws {
        fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("\(directory)/agent.sock".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(connected == 0, "cannot connect to \(directory)/agent.sock: \(String(cString: strerror(errno)))")
    }

    /// Says hello and reads up to the end of the inventory.
    func open(cluster: String = "eng", epoch: UInt64 = 1) throws {
        send(.hello(CoreHello(cluster: cluster, epoch: epoch, coreVersion: "test")))
        let first = try next()
        guard case .hello(let hello) = first else {
            Issue.record("hello expected, not \(first)")
            throw Ended()
        }
        self.hello = hello
        while true {
            switch try next() {
            case .inventory(let list): inventory += list
            case .inventoryEnd(let count):
                #expect(Int(count) == inventory.count)
                return
            case let other: Issue.record("inventory expected, not \(other)")
            }
        }
    }

    func send(_ message: CoreMessage) { send(message.encoded()) }

    /// Sends raw bytes; an error (the agent is gone) shows at the next read.
    func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            done += count
        }
    }

    /// The next message; throws `Ended` when the agent has closed, fails after a long silence.
    func next(seconds: Int32 = 60) throws -> AgentMessage {
        guard let found = try poll(milliseconds: seconds * 1000) else {
            Issue.record("no message within \(seconds) s")
            throw Ended()
        }
        return found
    }

    /// The next message, or nil when none comes in this time.
    func poll(milliseconds: Int32) throws -> AgentMessage? {
        while true {
            if let frame = try decoder.next() { return try AgentMessage.decode(frame) }
            var waiting = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
            if Glibc.poll(&waiting, 1, milliseconds) <= 0 { return nil }
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = read(fd, &buffer, buffer.count)
            if count <= 0 { throw Ended() }
            decoder.feed(Array(buffer[..<count]))
        }
    }

    /// The next status, other messages being passed over.
    func status() throws -> AgentTaskStatus {
        while true {
            if case .status(let status) = try next() { return status }
        }
    }

    /// The final status of a task; others are kept for who asks for them later.
    func end(of id: UInt64, attempt: UInt32 = 0) throws -> AgentTaskStatus {
        try first(where: { $0.key == AgentTaskKey(id: id, attempt: attempt) && $0.state == .ended })
    }

    /// The first status of a task with this state; others are kept for who asks for them later.
    func wait(_ id: UInt64, _ state: AgentTaskState) throws -> AgentTaskStatus {
        try first(where: { $0.key.id == id && $0.state == state })
    }

    private func first(where isIt: (AgentTaskStatus) -> Bool) throws -> AgentTaskStatus {
        if let index = aside.firstIndex(where: isIt) { return aside.remove(at: index) }
        while true {
            let status = try status()
            if isIt(status) { return status }
            aside.append(status)
        }
    }

    /// Launches a shell line as task `id`.
    func launch(_ id: UInt64, _ line: String, _ change: (inout AgentLaunch) -> Void = { _ in }) {
        var launch = AgentLaunch(key: AgentTaskKey(id: id, attempt: 0), arguments: ["/bin/sh", "-c", line])
        change(&launch)
        send(.launch(launch))
    }

    func acknowledge(_ status: AgentTaskStatus) {
        send(.acknowledge([AgentAcknowledgement(key: status.key, sequence: status.sequence)]))
    }

    /// Waits until the agent has taken everything sent before.
    func settle() throws {
        send(.ping(nonce: 77))
        while true {
            if case .pong(77, _) = try next() { return }
        }
    }

    /// The refusal that ends the connection.
    func refusal() throws -> AgentRefusal {
        while true {
            if case .refusal(let refusal) = try next() { return refusal }
        }
    }

    /// Nothing follows but the end of the connection.
    func expectEnd() {
        #expect(throws: Ended.self) { while true { _ = try self.next() } }
    }

    func close() {
        if isOpen { Glibc.close(fd) }
        isOpen = false
    }

    deinit { close() }
}
