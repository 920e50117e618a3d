import Dispatch
import Glibc
import Synchronization

/// Wakes a thread that waits with a limit, without ever holding up who wakes it.
final class WakePipe: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws(RecordingError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw .system(operation: "make", path: "a pipe", code: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Ends the present wait or the next one. A full pipe is as good as one byte in it.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Waits for a signal; forever with -1.
    func wait(milliseconds: Int32) {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, milliseconds)
        var sink = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &sink, sink.count) > 0 {}
    }
}

/// Hands a thread its work after it was made: the work needs the object that owns the thread.
final class ThreadStart: Sendable {
    private let work = Mutex<(@Sendable () -> Void)?>(nil)
    private let given = DispatchSemaphore(value: 0)

    func give(_ work: @escaping @Sendable () -> Void) {
        self.work.withLock { $0 = work }
        given.signal()
    }

    func run() {
        given.wait()
        let work = self.work.withLock { work in
            defer { work = nil }
            return work
        }
        work?()
    }
}

/// A thread that can be waited for, any number of times.
final class JoinableThread: Sendable {
    private let finished = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () -> Void) throws(RecordingError) {
        let finished = finished
        let box = Unmanaged.passRetained(
            ThreadBody {
                body()
                finished.signal()
            })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw .system(operation: "start", path: "a thread", code: code)
        }
        pthread_detach(thread)
    }

    /// Waits until the body has returned.
    func join() {
        finished.wait()
        finished.signal()
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
