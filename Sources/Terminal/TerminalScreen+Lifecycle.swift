// Entering and leaving: modes on and off in pairs, the restore string for the worst case, children in between.

import CNcurses
import ConsoleView
import Glibc

extension TerminalScreen {
    /// Modes that ncurses does not know: mouse in its newer form, and pastes with marks around them.
    private var modesOn: String { (options.mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "") + "\u{1B}[?2004h" }
    /// How long a terminal that takes nothing is waited for on the way out.
    private static let leavingPatienceMilliseconds: Int32 = 1000
    private static let modesOff = "\u{1B}[?2004l\u{1B}[?1006l\u{1B}[?1000l"

    /// Takes the terminal: raw mode, alternate screen, mouse and paste reports. The next frame is a full one.
    public func enter() throws(TerminalError) {
        guard !isEntered else { return }
        // Held first, entered second: a signal in between gives back a little more than was taken.
        cn_guard_hold(true)
        guard setRawMode() else {
            let code = errno
            cn_guard_hold(false)
            throw .system(call: "tcsetattr", code: code)
        }
        isEntered = true
        outgoing.append(contentsOf: modesOn.utf8)
        ask()
        cn_guard_capture_errors(true)
        refreshSize()
        repaint()
    }

    /// Asks for the ground's colour at once and once only: the answer is on its way while the first frame is made.
    private func ask() {
        guard options.asksBackground, !hasAsked, !Self.mute.contains(where: options.environment.term.hasPrefix) else {
            return
        }
        hasAsked = true
        asksBackground = (try? TerminalOutput.send(Array("\u{1B}]11;?\u{1B}\\".utf8), to: options.output)) != nil
    }

    /// Terminals that would show the question.
    private static let mute = ["linux", "vt"]

    /// Gives the terminal back; ``enter()`` takes it again. Every step runs, whatever becomes of the others.
    public func leave() {
        guard isEntered else { return }
        isEntered = false
        shown = nil
        cn_leave()
        let bytes = Array(Self.modesOff.utf8) + finished(frameFile.take(), isLast: true)
        outgoing.removeAll()
        if let writes = try? TerminalOutput.send(bytes, to: options.output, patience: Self.leavingPatienceMilliseconds)
        {
            statistics.writes += writes
        }
        tcflush(options.input, TCIFLUSH)
        if var saved = savedAttributes { tcsetattr(options.input, TCSANOW, &saved) }
        cn_guard_hold(false)
        cn_guard_capture_errors(false)
    }

    /// Gives the terminal back while `body` runs, and takes it again afterwards.
    public func suspended<Result>(_ body: () -> Result) throws(TerminalError) -> Result {
        leave()
        cn_guard_ignore_interrupts(true)
        let result = body()
        cn_guard_ignore_interrupts(false)
        try enter()
        return result
    }

    /// Gives the terminal back and stops the process, as ctrl-z does; returns when it is continued.
    public func stop() throws(TerminalError) {
        leave()
        raise(SIGSTOP)
        try enter()
    }

    /// After somebody else may have changed the terminal under us (SIGSTOP and back): takes it again in full.
    func reenter() throws(TerminalError) {
        guard isEntered else { return }
        cn_leave()
        _ = frameFile.take()
        isEntered = false
        try enter()
    }

    /// Reads the terminal's size and follows it; true if it changed.
    @discardableResult
    public func refreshSize() -> Bool {
        guard let now = Self.measure(options.output) else { return false }
        let changed = now != size
        size = now
        cn_resize(Int32(size.height), Int32(size.width))
        if changed { repaint() }
        return changed
    }

    /// The next frame sends everything, whatever the terminal is believed to show.
    public func repaint() {
        shown = nil
        compactor.forget()
    }

    func installGuard() {
        var plan = cn_guard_plan()
        plan.input_fd = options.input
        plan.output_fd = options.output
        plan.wake_fd = wake.descriptor
        plan.error_fd = capturedErrors?.real ?? -1
        plan.captured_fd = capturedErrors?.file ?? -1
        tcgetattr(options.input, &plan.saved)
        savedAttributes = plan.saved
        let bytes = restoreBytes()
        plan.restore_length = bytes.count
        withUnsafeMutableBytes(of: &plan.restore) { $0.copyBytes(from: bytes) }
        cn_guard_install(&plan)
    }

    /// What gives the terminal back without ncurses' help, at most what the plan has room for.
    private func restoreBytes() -> [UInt8] {
        var bytes = Array((Self.modesOff + "\u{1B}[0m").utf8)
        for name in ["op", "rmkx", "cnorm", "rmcup"] { bytes += Self.capability(name) }
        if Self.capability("rmcup").isEmpty { bytes += Array("\r\n".utf8) }
        return Array(bytes.prefix(CN_RESTORE_CAPACITY))
    }

    private static func capability(_ name: String) -> [UInt8] {
        let capacity = 64
        var buffer = [CChar](repeating: 0, count: capacity)
        let length = cn_capability(name, &buffer, capacity)
        return buffer.prefix(length).map { UInt8(bitPattern: $0) }
    }

    /// Every byte as it comes, nothing echoed, no signal from a key, nothing changed on the way out.
    private func setRawMode() -> Bool {
        guard var attributes = savedAttributes else { return false }
        cfmakeraw(&attributes)
        var result = tcsetattr(options.input, TCSANOW, &attributes)
        // Continued in the background we are stopped in this very call, and interrupted when in front again.
        while result < 0 && errno == EINTR { result = tcsetattr(options.input, TCSANOW, &attributes) }
        return result == 0
    }
}
