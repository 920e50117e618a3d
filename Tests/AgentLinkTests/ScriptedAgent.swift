import AgentProtocol
import CSys
import Dispatch
import Glibc
import Synchronization

/// An agent that does what a test says: listens on a socket, answers with whatever bytes the script gives.
final class ScriptedAgent: Sendable {
    /// One connection of the core, used by the script's thread only.
    final class Connection {
        let file: Int32
        var decoder = FrameDecoder()
        init(file: Int32) { self.file = file }

        func send(_ message: AgentMessage) { send(message.encoded()) }
        func send(_ bytes: [UInt8]) {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                sent += count
            }
        }
        /// The next message of the core; nil when it has gone or says nothing for `seconds`.
        func next(seconds: Int32 = 20) -> CoreMessage? {
            while true {
                if let frame = try? decoder.next() { return try? CoreMessage.decode(frame) }
                var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, seconds * 1_000) > 0 else { return nil }
                var bytes = [UInt8](repeating: 0, count: 65_536)
                let count = read(file, &bytes, bytes.count)
                guard count > 0 else { return nil }
                decoder.feed(Array(bytes[0..<count]))
            }
        }
        /// Reads until `wanted` answers something.
        func next<T>(_ wanted: (CoreMessage) -> T?) -> T? {
            while let message = next() { if let found = wanted(message) { return found } }
            return nil
        }
        /// Hello, inventory and its end, as a proper agent says them.
        @discardableResult func greet(name: String = "fake", inventory: [AgentTaskStatus] = []) -> CoreHello? {
            guard case .hello(let hello) = next() else { return nil }
            var answer = AgentHello()
            answer.version = 1
            answer.name = name
            answer.agentID = "00ff"
            answer.startNumber = 1
            answer.machine.cpuThousandths = 2_000
            send(.hello(answer))
            if !inventory.isEmpty { send(.inventory(inventory)) }
            send(.inventoryEnd(tasks: UInt64(inventory.count)))
            return hello
        }
    }

    let path: String
    private let listener: Int32
    private let isOver = Mutex(false)
    private let done = DispatchSemaphore(value: 0)

    /// Listens; `script` gets each connection in turn, with its number from 0.
    init(path: String, script: @escaping @Sendable (Connection, Int) -> Void) {
        self.path = path
        listener = cs_unix_listen(path, 16)
        let listener = listener
        Thread.start { [self] in
            var number = 0
            while !isOver.withLock({ $0 }) {
                var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, 50) > 0 else { continue }
                let file = cs_accept(listener)
                guard file >= 0 else { continue }
                _ = cs_set_nonblocking(file, false)
                script(Connection(file: file), number)
                close(file)
                number += 1
            }
            done.signal()
        }
    }

    func end() {
        isOver.withLock { $0 = true }
        done.wait()
        close(listener)
        unlink(path)
    }
}

enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "scripted agent").async(execute: body)
    }
}
