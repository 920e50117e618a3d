// A small program on the real Terminal target, driven by tests through a pseudo-terminal: it draws, tells what it got,
// and crashes on request. What it saw goes line by line into the file named by PROBE_LOG.

import ConsoleView
import Glibc
import Terminal

let probeLog: Int32 = getenv("PROBE_LOG").map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) } ?? -1

func note(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(probeLog, bytes, bytes.count)
}

func complain(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

final class Probe: TerminalDelegate {
    private let screen: TerminalScreen
    private var last = "none"
    private var count = 0
    private var noted = TerminalScreen.Statistics()
    private var wait: Duration?

    init(_ screen: TerminalScreen) { self.screen = screen }

    func handle(_ event: TerminalEvent, on screen: TerminalScreen) -> TerminalReply {
        switch event {
        case .keys(let keys):
            note("keys \(keys.count) " + keys.map { "<\($0)>" }.joined())
            count += keys.count
            var reply = TerminalReply.draw
            for key in keys {
                last = key.description
                let answer = act(on: key)
                if answer != .draw { reply = answer }
            }
            return reply
        case .resize(let size): note("resize \(size.width)x\(size.height)")
        case .wake: note("wake")
        case .timeout:
            note("timeout")
            wait = nil
        case .background(let color): note("background \(color)")
        case .terminate(let signal): note("terminate \(signal)")
        case .suspending: note("suspending")
        case .resumed: note("resumed")
        }
        return .draw
    }

    private func act(on key: Key) -> TerminalReply {
        switch key {
        case .character("q"): return .quit
        case .character("Z"): return .stop
        case .character("X"): fatalError("asked to trap")
        case .character("V"): UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case .character("A"): abort()
        case .character("S"):
            note("child \(String(describing: try? screen.run("sh", ["-c", "echo from child; exit 3"])))")
        case .character("c"): note("copied \((try? screen.copy("node01")) ?? false)")
        case .character("t"): screen.setTitle("cluster \u{7}LIVE")
        case .character("e"): complain("library chatter\n")
        case .character("T"): wait = .milliseconds(30)
        case .character("w"):
            let wake = screen.wake
            var thread = pthread_t()
            let box = Unmanaged.passRetained(wake).toOpaque()
            pthread_create(
                &thread, nil,
                { box in
                    if let box { Unmanaged<TerminalWake>.fromOpaque(box).takeRetainedValue()() }
                    return nil
                }, box)
            pthread_detach(thread)
        default: break
        }
        return .draw
    }

    func frame(size: Size, glyphs: GlyphSet) -> Grid {
        var grid = Grid(columns: size.width, rows: size.height, glyphs: glyphs)
        grid.box(grid.bounds, title: [Span("probe", .title)])
        grid.within(grid.bounds.inset()) { inside in
            inside.text("keys \(count)", x: 1, y: 0, style: .nodeReady)
            inside.text("last \(last)", x: 1, y: 1, style: .nodeDraining)
            inside.meter(value: count % 101, total: 100, x: 1, y: 2, width: 20)
            inside.text("\(size.width)x\(size.height)", x: 1, y: 3)
            inside.text("計算", x: 1, y: 4)
            inside.setCursor(x: 1, y: 1)
        }
        return grid
    }

    func timeout() -> Duration? {
        let now = screen.statistics
        if now.frames != noted.frames {
            note(
                "frame \(now.frames) bytes \(now.bytes - noted.bytes) writes \(now.writes - noted.writes) "
                    + "rows \(now.rows - noted.rows)")
            noted = now
        }
        return wait
    }
}

func run() -> Int32 {
    do throws(TerminalError) {
        let screen = try TerminalScreen()
        let end = TerminalLoop.run(screen, Probe(screen))
        screen.close()
        note("end \(end)")
        return 0
    } catch {
        complain("terminal-probe: \(error)\n")
        return 2
    }
}

exit(run())
