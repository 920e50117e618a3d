// A whole program on a pseudo-terminal: keys, resizes, wake-ups, children, and above all the ways out.

import ConsoleView
import Glibc
import Testing

@testable import Terminal

@Suite(.serialized) struct ProbeTests {
    /// The runtime's own backtrace takes seconds and asks questions; it comes after what is tested here.
    private static let noBacktrace = ["SWIFT_BACKTRACE=enable=no"]

    @Test func keysArriveTogetherAndAreDrawnOnce() {
        let probe = ProbeProcess(width: 120, height: 40)
        #expect(probe.isUp())
        probe.terminal.type(String(repeating: "j", count: 100))
        #expect(probe.terminal.wait { probe.terminal.screen.text.contains("keys 100") })
        #expect(probe.logs("frame 2"))
        let frames = probe.log.filter { $0.hasPrefix("frame") }
        // The kernel may hand the hundred over in two pieces, not in more.
        #expect(frames.count <= 3 && frames.allSatisfy { $0.contains(" writes 1 ") })
        #expect(probe.log.filter { $0.hasPrefix("keys") }.count == frames.count - 1)
    }

    @Test func escapesMouseAndPastesComeAsKeys() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        probe.terminal.type("\u{1B}")
        #expect(probe.logs("keys 1 <esc>"))
        probe.terminal.type("\u{1B}[<0;3;4M\u{1B}[200~q\u{1B}[201~\u{1B}[5~")
        #expect(probe.logs("keys 3 <mouse press(1) at 2,3><paste of 1 characters><pgup>"))
        probe.terminal.type("\u{3}")
        #expect(probe.logs("keys 1 <ctrl-c>"))
        probe.terminal.type("q")
        #expect(probe.end() == 0)
        #expect(probe.log.last == "end quit")
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
    }

    @Test func resizesDownToOneCellAreLivedThrough() {
        let probe = ProbeProcess(width: 200, height: 60)
        #expect(probe.isUp())
        for (width, height) in [(1, 1), (80, 24), (40, 12), (200, 60), (3, 2), (80, 24)] {
            probe.terminal.resize(width: width, height: height)
            #expect(probe.logs("resize \(width)x\(height)"))
            let box = width > 30 ? "\(width)x\(height)" : ""
            #expect(probe.terminal.wait { probe.terminal.screen.text.contains(box) })
        }
        for width in 50..<90 { probe.terminal.resize(width: width, height: 24) }
        #expect(
            probe.terminal.wait { probe.log.last?.hasPrefix("frame") == true && probe.log.contains("resize 89x24") })
        #expect(probe.terminal.wait { probe.terminal.screen.text.contains("89x24") })
        probe.terminal.type("q")
        #expect(probe.end() == 0)
    }

    @Test func nothingHappensWhenNothingHappens() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        // On a busy machine what began with the start may still be under way.
        var (lines, switches) = (-1, -1)
        for _ in 0..<40 where probe.log.count != lines || probe.contextSwitches != switches {
            (lines, switches) = (probe.log.count, probe.contextSwitches)
            probe.terminal.read(milliseconds: 100)
        }
        for _ in 0..<10 { probe.terminal.read(milliseconds: 50) }
        #expect(probe.log.count == lines && probe.contextSwitches == switches)
        probe.terminal.type("w")
        #expect(probe.logs("wake"))
        probe.terminal.type("T")
        #expect(probe.logs("timeout"))
        #expect(probe.log.filter { $0 == "timeout" }.count == 1 && probe.log.filter { $0 == "wake" }.count == 1)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT]) func politeSignalsEndTheLoop(_ signal: Int32) {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        kill(probe.pid, signal)
        #expect(probe.end() == 0)
        #expect(probe.log.contains("terminate \(signal)") && probe.log.last == "end signal(\(signal))")
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
    }

    @Test(arguments: [SIGQUIT, SIGABRT, SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGFPE])
    func rudeSignalsLeaveASaneTerminal(_ signal: Int32) {
        let probe = ProbeProcess(environment: Self.noBacktrace)
        #expect(probe.isUp())
        #expect(probe.terminal.screen.modes.contains(1049) && !probe.attributesAreBack)
        kill(probe.pid, signal)
        #expect(probe.end() & 0x7F == signal)
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
    }

    @Test(arguments: ["X", "V", "A"]) func crashesLeaveASaneTerminal(_ key: String) {
        let probe = ProbeProcess(height: 100, environment: Self.noBacktrace)
        #expect(probe.isUp())
        probe.terminal.type(key)
        #expect([SIGILL, SIGTRAP, SIGSEGV, SIGABRT].contains(probe.end() & 0x7F))
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
        // What the runtime had to say is readable, after the screen has gone.
        if key == "X" { #expect(probe.terminal.screen.text.contains("asked to trap")) }
    }

    @Test func errorOutputStaysOffTheScreenAndIsShownAfterwards() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        probe.terminal.type("e")
        #expect(probe.logs("frame 2"))
        #expect(!probe.terminal.screen.text.contains("chatter"))
        probe.terminal.type("q")
        #expect(probe.end() == 0)
        #expect(probe.terminal.screen.text.contains("library chatter"))
    }

    @Test(arguments: [true, false]) func stoppingAndGoingOn(_ byKey: Bool) {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        if byKey { probe.terminal.type("Z") } else { kill(probe.pid, SIGTSTP) }
        #expect(probe.stops())
        for _ in 0..<5 { probe.terminal.read(milliseconds: 10) }
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
        kill(probe.pid, SIGCONT)
        #expect(probe.logs("resumed"))
        #expect(probe.terminal.wait { probe.terminal.screen.modes.contains(1049) })
        probe.terminal.type("j")
        #expect(probe.terminal.wait { probe.terminal.screen.text.contains("last j") })
        #expect(!probe.attributesAreBack && probe.log.contains("suspending"))
        probe.terminal.type("q")
        #expect(probe.end() == 0)
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
    }

    @Test func aStopThatCannotBeCaughtIsRepaired() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        kill(probe.pid, SIGSTOP)
        #expect(probe.stops())
        var cooked = probe.before
        tcsetattr(probe.terminal.slave, TCSANOW, &cooked)
        probe.terminal.resize(width: 90, height: 20)
        kill(probe.pid, SIGCONT)
        #expect(probe.logs("resumed"))
        #expect(probe.terminal.wait { probe.terminal.screen.text.contains("90x20") })
        #expect(!probe.attributesAreBack)
    }

    @Test func aChildHasTheTerminalForAWhile() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        probe.terminal.type("S")
        #expect(probe.logs("child Optional(Terminal.TerminalScreen.ChildEnd.exited(3))"))
        probe.terminal.type("j")
        #expect(probe.terminal.wait { probe.terminal.screen.text.contains("last j") })
        #expect(probe.terminal.screen.modes.contains(1049))
    }

    @Test(arguments: [SIGTERM, SIGHUP]) func aTerminalThatTakesNothingHoldsNobodyUp(_ signal: Int32) {
        let probe = ProbeProcess(width: 200, height: 60)
        #expect(probe.isUp())
        // Nobody reads: frames fill the pseudo-terminal until a write waits.
        for round in 0..<40 {
            var size = winsize(ws_row: 60, ws_col: UInt16(150 + round), ws_xpixel: 0, ws_ypixel: 0)
            _ = ioctl(probe.terminal.master, UInt(TIOCSWINSZ), &size)
            usleep(30_000)
        }
        kill(probe.pid, signal)
        var status: Int32 = -1
        let end = Milliseconds.now + 20_000
        while waitpid(probe.pid, &status, WNOHANG) == 0 && Milliseconds.now < end { usleep(20_000) }
        #expect(status == 0)
        probe.hasEnded(status)
        #expect(probe.attributesAreBack)
    }

    @Test func aHangUpEndsTheLoop() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        probe.terminal.hangUp()
        #expect(probe.end() == 0)
        #expect(probe.log.contains("terminate \(SIGHUP)") && probe.log.last == "end signal(\(SIGHUP))")
    }

    @Test func titleAndCopyGoToTheTerminal() {
        let probe = ProbeProcess()
        #expect(probe.isUp())
        probe.terminal.type("tc")
        #expect(probe.logs("copied true"))
        #expect(probe.terminal.wait { probe.terminal.screen.strings.count == 2 })
        #expect(probe.terminal.screen.strings == ["0;cluster ?LIVE", "52;c;bm9kZTAx"])
    }

    @Test(arguments: ["TERM=dumb", "TERM=unheard-of", "TERM="]) func noScreenIsOneClearLine(_ variable: String) {
        let probe = ProbeProcess(width: 200, environment: [variable])
        #expect(probe.end() == 2 << 8)
        #expect(probe.terminal.screen.text.contains("terminal-probe: "))
        #expect(probe.terminal.screen.text.contains("TERM"))
        #expect(probe.terminal.screen.isGivenBack && probe.attributesAreBack)
    }

    @Test func plainTerminalsGetPlainSigns() {
        for variables in [["LANG=C"], ["TERM=linux"]] {
            let probe = ProbeProcess(environment: variables)
            #expect(probe.isUp())
            #expect(probe.terminal.screen.text.contains("+ probe --"))
            #expect(probe.terminal.screen.text.unicodeScalars.allSatisfy { $0.isASCII })
        }
    }
}

extension ProbeProcess {
    /// How often the process has gone to sleep so far.
    var contextSwitches: Int {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return -1 }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = fread(&bytes, 1, bytes.count, file)
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("voluntary_ctxt_switches") }
        return line?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last.flatMap { Int($0) } ?? -1
    }
}
