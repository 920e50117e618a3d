// Grids through the real ncurses into a terminal in memory: what is seen is what was drawn, and it costs little.

import ConsoleView
import Glibc
import Testing

@testable import Terminal

/// A process has one screen, so everything that opens one stands in this suite.
@Suite(.serialized) struct ScreenTests {
    private func open(
        _ terminal: PseudoTerminal, term: String = "xterm-256color", color: ColorChoice = .auto, theme: Theme = .dark
    ) throws -> TerminalScreen {
        setenv("LC_ALL", "C.UTF-8", 1)
        var options = TerminalOptions(environment: TerminalEnvironment(term: term))
        options.input = terminal.slave
        options.output = terminal.slave
        options.color = color
        options.capturesErrors = false
        return try TerminalScreen(options, theme: theme)
    }

    private func show(_ grid: Grid, _ screen: TerminalScreen, _ terminal: PseudoTerminal) throws {
        try screen.draw(grid)
        for _ in 0..<4 { terminal.read(milliseconds: 5) }
        _ = terminal.wait { terminal.received >= screen.statistics.bytes }
    }

    /// A grid of text, wide characters, meters and marks that depends on the generator alone.
    private func scribble(_ grid: inout Grid, _ state: inout UInt64, strokes: Int) {
        for _ in 0..<strokes {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            func pick(_ shift: UInt64, _ count: Int) -> Int { Int(state >> shift & 0xFFFF) % max(1, count) }
            let style = Style.allCases[pick(8, Style.allCases.count)]
            let (x, y) = (pick(16, grid.columns), pick(28, grid.rows))
            switch pick(40, 6) {
            case 0: grid.text("計算 node", x: x, y: y, style: style)
            case 1: grid.meter(value: pick(12, 100), total: 100, x: x, y: y, width: 20)
            case 2: grid.mark(Rect(x: 0, y: y, width: grid.columns, height: 1), .cursor)
            case 3: grid.fill(Rect(x: x, y: y, width: 9, height: 2), with: "─", style: style)
            case 4: grid.fill(Rect(x: 0, y: y, width: grid.columns, height: 1), style: style)
            default: grid.text("12:04:03 é \(state)", x: x, y: y, style: style)
            }
        }
    }

    @Test(arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100", "xterm"])
    func whatIsSeenIsWhatWasDrawn(_ term: String) throws {
        let terminal = PseudoTerminal(width: 100, height: 30)
        let screen = try open(terminal, term: term)
        defer { screen.close() }
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        var grid = Grid(columns: 100, rows: 30)
        for round in 0..<40 {
            scribble(&grid, &state, strokes: 1 + round % 12)
            let writes = screen.statistics.writes
            try show(grid, screen, terminal)
            try #require(terminal.screen.text == grid.text, "seed \(seed), round \(round)")
            #expect(screen.statistics.writes - writes <= 1, "seed \(seed), round \(round): one write a frame")
        }
        #expect(terminal.screen.unknown == [], "seed \(seed)")
    }

    @Test func coloursArriveAsTheThemeSays() throws {
        let terminal = PseudoTerminal(width: 40, height: 5)
        for choice in [ColorChoice.truecolor, .indexed, .sixteen, .never] {
            let screen = try open(terminal, color: choice)
            defer { screen.close() }
            var grid = Grid(columns: 40, rows: 5)
            grid.text("lost", x: 0, y: 0, style: .nodeLost)
            grid.mark(Rect(x: 0, y: 0, width: 2, height: 1), .cursor)
            try show(grid, screen, terminal)
            let look = terminal.screen.squares[0][3].look
            let marked = terminal.screen.squares[0][0].look
            let red = Theme.dark.palette[8]
            let ground = Theme.dark.palette[2]
            switch choice {
            case .truecolor:
                #expect(look.foreground == "2;\(red.red);\(red.green);\(red.blue)" && look.attributes == [1])
                #expect(marked.background == "2;\(ground.red);\(ground.green);\(ground.blue)")
            case .indexed:
                let number = 16 + (red.nearest(in: ColorTable.fixed) ?? 0)
                #expect(look.foreground == "5;\(number)")
            case .sixteen: #expect(look.foreground == "91")
            default: #expect(look == VirtualTerminal.Look(attributes: [1]) && marked.attributes == [1, 7])
            }
        }
    }

    @Test func unchangedFramesCostNothingAndSmallOnesLittle() throws {
        let terminal = PseudoTerminal(width: 120, height: 40)
        let screen = try open(terminal)
        defer { screen.close() }
        var grid = Grid(columns: 120, rows: 40)
        var state: UInt64 = 7
        scribble(&grid, &state, strokes: 60)
        try show(grid, screen, terminal)
        let before = screen.statistics
        try show(grid, screen, terminal)
        #expect(screen.statistics.bytes == before.bytes && screen.statistics.writes == before.writes)
        #expect(screen.statistics.rows == before.rows)
        // Three digits in each of 30 rows change, as a column of percentages does.
        for y in 0..<30 { grid.text("\(100 + y * 7)", x: 50, y: y + 4, style: .nodeReady) }
        try show(grid, screen, terminal)
        let warm = screen.statistics
        for y in 0..<30 { grid.text("\(899 - y * 7)", x: 50, y: y + 4, style: .nodeReady) }
        try show(grid, screen, terminal)
        #expect(screen.statistics.rows - warm.rows == 30)
        #expect(screen.statistics.bytes - warm.bytes <= 5 * 90)
        #expect(screen.statistics.writes - warm.writes == 1)
    }

    @Test func sizesAreFollowed() throws {
        let terminal = PseudoTerminal(width: 200, height: 60)
        let screen = try open(terminal)
        defer { screen.close() }
        for (width, height) in [(200, 60), (1, 1), (80, 24), (2, 1), (1, 50), (40, 12)] {
            terminal.resize(width: width, height: height)
            screen.refreshSize()
            #expect(screen.size == Size(width: width, height: height))
            var grid = Grid(columns: width, rows: height)
            grid.box(grid.bounds, title: [Span("計算")])
            grid.text("x", x: 0, y: 0)
            try show(grid, screen, terminal)
            #expect(terminal.screen.text == grid.text)
            // A grid of another size is cut, and does no harm.
            try show(Grid(columns: 300, rows: 100), screen, terminal)
        }
    }

    @Test func themesChangeInPlace() throws {
        let terminal = PseudoTerminal(width: 20, height: 3)
        let screen = try open(terminal, color: .truecolor)
        defer { screen.close() }
        var grid = Grid(columns: 20, rows: 3)
        grid.text("text", x: 0, y: 0)
        try show(grid, screen, terminal)
        screen.theme = .light
        try show(grid, screen, terminal)
        let ground = Theme.light.palette[0]
        #expect(
            terminal.screen.squares[2][19].look.background == "2;\(ground.red);\(ground.green);\(ground.blue)")
        #expect(terminal.screen.text == grid.text)
    }

    @Test func theTerminalIsGivenBackAndTakenAgain() throws {
        let terminal = PseudoTerminal()
        let before = terminal.attributes
        let screen = try open(terminal)
        try show(Grid(columns: 80, rows: 24), screen, terminal)
        #expect(terminal.screen.modes.isSuperset(of: [1049, 1000, 1006, 2004]))
        #expect(terminal.attributes.c_lflag & UInt32(ICANON | ECHO | ISIG) == 0)
        let answer = try screen.suspended { terminal.attributes.c_lflag }
        #expect(answer == before.c_lflag)
        try show(Grid(columns: 80, rows: 24), screen, terminal)
        #expect(terminal.screen.modes.contains(1049))
        #expect(throws: TerminalError.alreadyOpen) { _ = try open(terminal) }
        screen.close()
        for _ in 0..<5 { terminal.read(milliseconds: 5) }
        #expect(terminal.screen.isGivenBack)
        #expect(terminal.attributes.c_lflag == before.c_lflag && terminal.attributes.c_iflag == before.c_iflag)
    }

    @Test func whatCannotBeAScreenIsRefusedInOneLine() throws {
        let terminal = PseudoTerminal()
        for (term, expected) in [
            ("", TerminalError.typeMissing), ("dumb", .typeTooSimple("dumb")), ("no-such", .typeUnknown("no-such")),
        ] {
            #expect(throws: expected) { _ = try open(terminal, term: term) }
            #expect(!expected.description.contains("\n") && expected.description.contains("TERM"))
        }
        var options = TerminalOptions(environment: TerminalEnvironment(term: "xterm"))
        options.input = terminal.slave
        options.output = Glibc.open("/dev/null", O_WRONLY)
        defer { close(options.output) }
        #expect(throws: TerminalError.notATerminal(stream: "standard output")) { _ = try TerminalScreen(options) }
    }
}
