import CSys
import NIOCore
import Synchronization

/// A running ssh, here or on a relay, of which this side has the socket that is its standard input and output.
protocol Carrier: AnyObject, Sendable {
    /// Takes what stands on standard error, so that ssh never waits for us.
    func drain()
    /// How it ended; waits for the end at most so long, and only when its socket ended and it did not.
    func ending(waitMilliseconds: Int) -> CarrierEnding
    /// Sees to its end on the loop, without waiting: its socket is closed.
    func dismiss(on loop: any EventLoop)
}

/// How an ssh ended.
struct CarrierEnding: Sendable {
    /// Exit code; 128 + signal when a signal ended it, -1 while it runs.
    var code: Int32
    /// The last of its standard error.
    var errors: String
    /// What is known better than ssh's words tell it.
    var fault: SSHFault?
}

/// An ssh of this machine: its standard input and output are one socket of ours, the end of its standard error is kept.
final class SSHProcess: Carrier {
    private struct State {
        var kept: [UInt8] = []
        var code: Int32?
        var errors: Int32
    }

    let pid: Int32
    private let limit: Int
    private let state: Mutex<State>

    /// Starts `words[0]` and gives the socket to it, which is the caller's to close.
    static func start(_ words: [String], errorBytes: Int) throws(SSHFault) -> (process: SSHProcess, socket: Int32) {
        var (pair, errors): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard cs_stream_pair(&pair) == 0 else { throw .noClient(program: words[0], cause: text(cs_errno())) }
        guard cs_pipe(&errors) == 0 else {
            let code = cs_errno()
            for fd in pair { close(fd) }
            throw .noClient(program: words[0], cause: text(code))
        }
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: Int32 = 0
        let code = cs_start_child(words[0], arguments, cs_environ(), [pair[1], pair[1], errors[1]], &pid)
        close(pair[1])
        close(errors[1])
        guard code == 0 else {
            close(pair[0])
            close(errors[0])
            throw .noClient(program: words[0], cause: text(code))
        }
        _ = cs_set_nonblocking(errors[0], true)
        return (SSHProcess(pid: pid, errors: errors[0], limit: errorBytes), pair[0])
    }

    private init(pid: Int32, errors: Int32, limit: Int) {
        self.pid = pid
        self.limit = limit
        state = Mutex(State(errors: errors))
    }

    deinit {
        let errors = state.withLock { $0.errors }
        if errors >= 0 { close(errors) }
    }

    /// Takes what stands on standard error, so that ssh never waits for us; keeps the last of it.
    func drain() {
        state.withLock { state in
            guard state.errors >= 0 else { return }
            var piece = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = CSys.read(state.errors, &piece, piece.count)
                guard count > 0 else { break }
                state.kept += piece[0..<count]
                if state.kept.count > 2 * limit { state.kept.removeFirst(state.kept.count - limit) }
            }
        }
    }

    /// How it ended; waits for the end at most so long. Blocks that long only when its socket ended and it did not.
    func ending(waitMilliseconds: Int) -> CarrierEnding {
        for step in 0...max(0, waitMilliseconds) {
            if isOver { break }
            if step < waitMilliseconds { cs_sleep_ns(1_000_000) }
        }
        drain()
        return state.withLock {
            CarrierEnding(code: $0.code ?? -1, errors: String(decoding: $0.kept.suffix(limit), as: UTF8.self))
        }
    }

    /// Whether it has ended; takes its status when it has.
    var isOver: Bool {
        state.withLock { state in
            if state.code != nil { return true }
            var status: Int32 = 0
            let found = waitpid(pid, &status, WNOHANG)
            if found == 0 || (found < 0 && cs_errno() == EINTR) { return false }
            state.code = found < 0 ? -1 : status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
            return true
        }
    }

    func dismiss(on loop: any EventLoop) { dismiss(on: loop, step: 0) }

    /// It was closed, then it is asked, then it is ended.
    private func dismiss(on loop: any EventLoop, step: Int) {
        if isOver { return }
        if step == Self.askStep { kill(pid, SIGTERM) }
        if step >= Self.endStep { kill(pid, SIGKILL) }
        let wait = min(Int64(5) << Int64(min(step, 6)), 250)
        loop.scheduleTask(in: .milliseconds(wait)) { self.dismiss(on: loop, step: step + 1) }
    }
    private static let askStep = 12
    private static let endStep = 24

    private static func text(_ code: Int32) -> String { String(cString: cs_error_text(code)) }
}
