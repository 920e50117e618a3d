/// Where clients come in: a thread of its own that waits for connections and asks the kernel who it is. NIO's own way
/// of accepting would let every program that the core starts inherit its clients' sockets, and a console attached to
/// such a socket would never hear that the core is gone.
import CSys
import Glibc
import NIOPosix

/// Accepts connections on a listening socket until it is shut.
final class Door: Sendable {
    private let descriptor: Int32
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// Microseconds for which nobody is let in when the process has no file descriptor left.
    private static let pauseMicroseconds: UInt32 = 100_000

    /// Takes over the listening socket `descriptor`. `receive` takes over each connected one, which no child inherits.
    init(_ descriptor: Int32, receive: @escaping @Sendable (Int32, Peer) -> Void) {
        self.descriptor = descriptor
        thread.start()
        thread.submit { [descriptor] _ in
            while true {
                let client = cs_accept(descriptor)
                if client >= 0 {
                    if let peer = Peer(descriptor: client) { receive(client, peer) } else { Glibc.close(client) }
                    continue
                }
                switch errno {
                case EINTR, ECONNABORTED, EAGAIN: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: usleep(Self.pauseMicroseconds)
                default: return  // It has been shut.
                }
            }
        }
    }

    /// Lets nobody in any more. Once only.
    func shut() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        try? thread.syncShutdownGracefully()
        Glibc.close(descriptor)
    }
}
