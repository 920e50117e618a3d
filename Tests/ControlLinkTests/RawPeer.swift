/// A peer that speaks the wire by hand: says what a proper client or core never would, and reads what comes back.
import ClusterModel
import Foundation
import Glibc

@testable import ControlLink

/// A blocking Unix socket with frames.
final class RawPeer {
    private let descriptor: Int32
    private var cutter = FrameCutter(limit: ControlLimits.replyFrameBytes)

    /// Takes over a connected socket.
    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Connects to the socket at `path`.
    init?(path: String) {
        descriptor = makeSocket(nonBlocking: false)
        guard withSocketAddress(path, { connect(descriptor, $0, $1) }) == 0 else { return nil }
        // A guard against waiting for ever, far beyond anything that a test waits for.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    deinit { Glibc.close(descriptor) }

    /// Sends bytes as they are; false when the other side takes no more.
    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var at = 0
        while at < bytes.count {
            let count = bytes[at...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            at += count
        }
        return true
    }
    @discardableResult func send(_ frame: ControlFrame) -> Bool { send(frame.encoded()) }
    func hello(readOnly: Bool = false) {
        send(ControlFrame(FrameKind.hello, Hello(readOnly: readOnly, version: "raw")))
    }
    func follow(_ generation: UInt64) {
        var word = Follow()
        word.generation = generation
        send(ControlFrame(FrameKind.follow, word))
    }

    /// The next frame; nil when the other side has ended.
    func frame() -> ControlFrame? {
        while true {
            if let frame = try? cutter.next() { return frame }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            cutter.feed(buffer[..<count])
        }
    }
    /// The next frame of `kind`, others passed over.
    func frame(_ kind: UInt8) -> ControlFrame? {
        while let next = frame() {
            if next.kind == kind { return next }
        }
        return nil
    }
    /// The core's last word, others passed over.
    func refusal() -> Refusal? { frame(FrameKind.refusal).flatMap { try? $0.decoded() } }
}

/// A listening socket that answers its connections with what a test gives it.
final class RawListener: Sendable {
    let descriptor: Int32
    init(path: String) {
        descriptor = makeSocket(nonBlocking: false)
        _ = withSocketAddress(path) { bind(descriptor, $0, $1) }
        listen(descriptor, 8)
    }
    /// The next connection, waited for.
    func next() -> RawPeer { RawPeer(descriptor: accept(descriptor, nil, nil)) }
    deinit { Glibc.close(descriptor) }
}
