import NIOCore

/// Lets so many logins run at the same time and so many begin in a second; the others wait in order. Lives on the loop.
final class ConnectGate {
    private let loop: any EventLoop
    private let parallel: Int
    private let spacing: TimeAmount
    private var running = 0
    private var waiting: [() -> Void] = []
    private var head = 0
    private var next = NIODeadline.uptimeNanoseconds(0)

    init(loop: any EventLoop, parallel: Int, perSecond: Int) {
        self.loop = loop
        self.parallel = max(1, parallel)
        spacing = .nanoseconds(1_000_000_000 / Int64(max(1, perSecond)))
    }

    /// Runs `work` when it may; each that runs must `leave` once.
    func enter(_ work: @escaping () -> Void) {
        loop.preconditionInEventLoop()
        waiting.append(work)
        advance()
    }

    /// A login is over.
    func leave() {
        running -= 1
        advance()
    }

    private func advance() {
        while running < parallel, head < waiting.count {
            let work = waiting[head]
            head += 1
            if head > 64, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
            running += 1
            let now = NIODeadline.now()
            let start = max(now, next)
            next = start + spacing
            if start <= now {
                work()
            } else {
                let bound = NIOLoopBound(work, eventLoop: loop)
                loop.scheduleTask(deadline: start) { bound.value() }
            }
        }
    }
}
