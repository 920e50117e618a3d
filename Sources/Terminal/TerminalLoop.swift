// One thread, one poll: keys, resizes, wake-ups and signals come in, at most one frame a round goes out.

import CNcurses
import ConsoleView
import Glibc

/// What a loop tells its delegate.
public enum TerminalEvent: Sendable {
    /// Everything that was typed since the last round, in order; never empty.
    case keys([Key])
    /// The screen has another size now.
    case resize(Size)
    /// Somebody called ``TerminalWake``.
    case wake
    /// The time that ``TerminalDelegate/timeout()`` asked for has passed.
    case timeout
    /// The process is asked to end by this signal; SIGHUP also when the terminal has gone. The loop ends after it.
    case terminate(signal: Int32)
    /// The terminal has told the colour of its ground (see ``TerminalOptions/asksBackground``).
    case background(RGB)
    /// The process is about to be stopped; the terminal has not been given back yet.
    case suspending
    /// The process goes on; the terminal is ours again and the next frame is a full one.
    case resumed
}

/// What a delegate wants next.
public enum TerminalReply: Hashable, Sendable {
    /// Nothing; what is shown still holds.
    case none
    /// A frame, once this round's events are all told.
    case draw
    /// Give the terminal back and stop, as ctrl-z does in a shell; a frame when the process goes on.
    case stop
    /// Leave the loop.
    case quit
}

/// Whoever runs a screen. All calls come from the thread that runs the loop.
public protocol TerminalDelegate: AnyObject {
    /// Told of everything that happens; `screen` is there for its services (copy, title, child programs).
    func handle(_ event: TerminalEvent, on screen: TerminalScreen) -> TerminalReply
    /// The grid to show. Asked at most once a round, and only after a reply of ``TerminalReply/draw``.
    func frame(size: Size, glyphs: GlyphSet) -> Grid
    /// How long to wait for anything at most; nil waits for ever. Asked before each wait.
    func timeout() -> Duration?
}

/// Runs a screen: waits, gathers what happened, tells the delegate, draws once.
public struct TerminalLoop {
    /// Most bytes that are read before a frame is drawn; the rest waits for the next round.
    public static let maximumInputBytesPerRound = 65_536
    /// Least time between two new layouts while a window is dragged, in milliseconds.
    public static let resizeIntervalMilliseconds = 16

    /// Longest wait for the answer to the question for the ground's colour, in milliseconds; local terminals need one
    /// or two.
    public static let backgroundWaitMilliseconds = 15

    /// Why a loop ended.
    public enum End: Hashable, Sendable {
        /// The delegate said so.
        case quit
        /// A signal asked for it.
        case signal(Int32)
        /// The terminal failed.
        case failed(TerminalError)
    }

    private let screen: TerminalScreen
    private let delegate: any TerminalDelegate
    private var decoder = KeyDecoder()
    private var wantsFrame = true
    private var ending: End?
    private var lastInput = Milliseconds.now
    private var lastLayout = Milliseconds.now - Self.resizeIntervalMilliseconds
    private var resizePending = false
    private var knowsBackground = false

    private init(_ screen: TerminalScreen, _ delegate: any TerminalDelegate) {
        self.screen = screen
        self.delegate = delegate
    }

    /// Draws the first frame and runs until the delegate quits, a signal asks to end or the terminal has gone. The
    /// screen stays entered; close it afterwards. When nothing happens the thread sleeps.
    public static func run(_ screen: TerminalScreen, _ delegate: any TerminalDelegate) -> End {
        var loop = TerminalLoop(screen, delegate)
        cn_guard_loop(true)
        defer { cn_guard_loop(false) }
        loop.awaitBackground()
        while true {
            loop.drawIfWanted()
            if let end = loop.ending { return end }
            loop.round()
        }
    }

    /// Gives a terminal that was asked for its ground the time to answer before the first frame. One that answers later
    /// is heard too.
    private mutating func awaitBackground() {
        guard screen.asksBackground else { return }
        let end = Milliseconds.now + Self.backgroundWaitMilliseconds
        while !knowsBackground, ending == nil {
            var source = pollfd(fd: screen.options.input, events: Int16(POLLIN), revents: 0)
            guard poll(&source, 1, Int32(max(0, end - Milliseconds.now))) > 0 else { return }
            takeInput(source.revents)
        }
    }

    private mutating func drawIfWanted() {
        guard wantsFrame, ending == nil else { return }
        wantsFrame = false
        let grid = delegate.frame(size: screen.size, glyphs: screen.capabilities.glyphs)
        let screen = screen
        attempt { () throws(TerminalError) in try screen.draw(grid) }
    }

    private mutating func round() {
        let now = Milliseconds.now
        var (wait, isDelegates) = (delegate.timeout().map(Milliseconds.of), true)
        if let decoding = decoder.waitMilliseconds {
            shorten(&wait, &isDelegates, to: max(0, decoding - (now - lastInput)))
        }
        if resizePending {
            shorten(&wait, &isDelegates, to: max(0, Self.resizeIntervalMilliseconds - (now - lastLayout)))
        }
        var sources = [
            pollfd(fd: screen.options.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: screen.wake.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&sources, 2, wait.map { Int32(min($0, 3_600_000)) } ?? -1)
        if ready == 0 && isDelegates && (wait ?? 0) <= 3_600_000 { tell(.timeout) }
        let woken = screen.wake.take()
        takeSignals(cn_guard_take())
        if woken { tell(.wake) }
        if resizePending { layOut() }
        takeInput(sources[0].revents)
    }

    /// What the clock of this round is set to, and whether the delegate will be told that it has passed.
    private func shorten(_ wait: inout Int?, _ isDelegates: inout Bool, to limit: Int) {
        if let there = wait, there <= limit { return }
        wait = limit
        isDelegates = false
    }

    private mutating func takeSignals(_ arrived: UInt32) {
        func came(_ bit: Int) -> Bool { arrived & UInt32(bit) != 0 }
        if came(CN_ARRIVED_HANGUP) { end(by: SIGHUP) }
        if came(CN_ARRIVED_TERMINATE) { end(by: SIGTERM) }
        if came(CN_ARRIVED_INTERRUPT) { end(by: SIGINT) }
        if came(CN_ARRIVED_RESIZE) { resizePending = true }
        if came(CN_ARRIVED_STOP) {
            stop()
        } else if came(CN_ARRIVED_CONTINUE) {
            let screen = screen
            attempt { () throws(TerminalError) in try screen.reenter() }
            resumed()
        }
    }

    private mutating func layOut() {
        let now = Milliseconds.now
        guard now - lastLayout >= Self.resizeIntervalMilliseconds else { return }
        resizePending = false
        lastLayout = now
        screen.refreshSize()
        // The terminal may have moved what it showed even if the size is the same again.
        screen.repaint()
        wantsFrame = true
        tell(.resize(screen.size))
    }

    private mutating func takeInput(_ events: Int16) {
        var keys: [Key] = []
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isReadable = events & Int16(POLLIN) != 0
        while isReadable && total < Self.maximumInputBytesPerRound {
            let count = read(screen.options.input, &buffer, buffer.count)
            if count < 0 && errno == EINTR { break }
            guard count > 0 else { return end(by: SIGHUP) }
            decoder.feed(buffer.prefix(count), into: &keys)
            total += count
            lastInput = Milliseconds.now
            var again = pollfd(fd: screen.options.input, events: Int16(POLLIN), revents: 0)
            isReadable = poll(&again, 1, 0) > 0 && again.revents & Int16(POLLIN) != 0
        }
        if total == 0, events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return end(by: SIGHUP) }
        if let wait = decoder.waitMilliseconds, Milliseconds.now - lastInput >= wait { decoder.expire(into: &keys) }
        if let color = decoder.takeBackground() {
            knowsBackground = true
            tell(.background(color))
        }
        if !keys.isEmpty { tell(.keys(keys)) }
    }

    private mutating func tell(_ event: TerminalEvent) {
        guard ending == nil else { return }
        switch delegate.handle(event, on: screen) {
        case .none: break
        case .draw: wantsFrame = true
        case .stop: stop()
        case .quit: ending = .quit
        }
        // A child program on the terminal leaves a screen that nobody knows.
        if screen.shown == nil { wantsFrame = true }
    }

    private mutating func stop() {
        tell(.suspending)
        let screen = screen
        attempt { () throws(TerminalError) in try screen.stop() }
        // The signal that woke us is answered by having entered again.
        takeSignals(cn_guard_take() & ~UInt32(CN_ARRIVED_CONTINUE))
        resumed()
    }

    private mutating func resumed() {
        decoder = KeyDecoder()
        wantsFrame = true
        resizePending = true
        tell(.resumed)
    }

    private mutating func end(by signal: Int32) {
        guard ending == nil else { return }
        _ = delegate.handle(.terminate(signal: signal), on: screen)
        ending = .signal(signal)
    }

    private mutating func attempt(_ body: () throws(TerminalError) -> Void) {
        do throws(TerminalError) { try body() } catch {
            if error == .hungUp { end(by: SIGHUP) } else { ending = ending ?? .failed(error) }
        }
    }
}

/// Time for waiting, on a clock that nobody sets.
enum Milliseconds {
    /// Milliseconds since some moment.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1000 + time.tv_nsec / 1_000_000
    }

    /// A duration in whole milliseconds, rounded up, at least 0.
    static func of(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        let rounded = Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        return max(0, Int(min(seconds, 1_000_000)) * 1000 + rounded)
    }
}
