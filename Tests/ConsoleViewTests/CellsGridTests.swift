// Drawing into the grid: cutting, joining borders, wide characters, charts; all compared as text.

import ConsoleView
import Testing

@Suite struct CellsGridTests {
    @Test func textIsCutPaddedAndAligned() {
        var grid = Grid(columns: 12, rows: 4)
        #expect(grid.text("node-000123456789", x: 0, y: 0, width: 8) == 8)
        #expect(grid.text("71%", x: 0, y: 1, width: 8, align: .trailing, style: .value) == 8)
        #expect(grid.text("mid", x: 0, y: 2, width: 8, align: .center) == 8)
        #expect(grid.text("beyond the right edge", x: 4, y: 3) == 8)
        #expect(grid.text == "node-00…\n     71%\n  mid\n    beyond …")
        #expect(grid[0, 1].style == .value)
    }

    @Test func wideCharactersAreCutAtEdgesAndOverwrittenWhole() {
        var grid = Grid(columns: 6, rows: 3)
        #expect(grid.text("計算機", x: 0, y: 0, width: 6) == 6)
        #expect(grid.text("計算機", x: 0, y: 1, width: 5) == 5)
        grid.text("計算機", x: 0, y: 2)
        grid.put("x", x: 1, y: 2)
        grid.put("y", x: 2, y: 2)
        #expect(grid.text == "計算機\n計算…\n xy 機")
        #expect(grid[1, 2].width == 1 && grid[3, 2].width == 1 && grid[4, 2].width == 2)
    }

    @Test func nothingIsDrawnOutsideTheWindow() {
        var grid = Grid(columns: 10, rows: 4)
        grid.within(Rect(x: 3, y: 1, width: 4, height: 2)) { pane in
            #expect(pane.size == Size(width: 4, height: 2))
            pane.text("0123456789", x: -2, y: 0, width: 12)
            pane.text("x", x: 0, y: 5)
            pane.text("x", x: 0, y: -1)
            pane.fill(Rect(x: 2, y: 1, width: 90, height: 90), with: "#")
            pane.within(Rect(x: 3, y: 0, width: 9, height: 9)) { $0.text("zz", x: 0, y: 0) }
            pane.mark(Rect(x: -5, y: -5, width: 50, height: 50), .selected)
        }
        #expect(grid.text == "\n   234z\n     ##\n")
        #expect(grid.markMap == "\n   ssss\n   ssss\n")
        grid.within(Rect(x: 50, y: 50, width: 4, height: 2)) { $0.fill($0.bounds, with: "!") }
        #expect(!grid.text.contains("!"))
    }

    @Test(arguments: [(0, 0), (1, 1), (2, 1), (3, 2)]) func tinyGridsLive(_ columns: Int, _ rows: Int) {
        for glyphs in [GlyphSet.unicode, .blocks, .ascii] {
            var grid = Grid(columns: columns, rows: rows, glyphs: glyphs)
            grid.box(grid.bounds, title: [Span("計算 title")])
            grid.meter(value: 3, total: 4, x: 0, y: 0, width: columns)
            grid.chart([1, 2, 3], in: grid.bounds)
            grid.text("計", x: columns - 1, y: 0)
            grid.setCursor(x: columns, y: rows)
            #expect(grid.cursor == nil)
        }
    }

    @Test func sizesAreBroughtInside() {
        let grid = Grid(columns: 1 << 30, rows: -4)
        #expect(grid.columns == Grid.maximumColumns && grid.rows == 0)
    }

    @Test func bordersJoin() {
        for (glyphs, expected) in [
            (GlyphSet.unicode, "┌ Nodes ┬───┐\n│       │   │\n├───────┼───┤\n│       │   │\n└───────┴───┘"),
            (.ascii, "+ Nodes +---+\n|       |   |\n+-------+---+\n|       |   |\n+-------+---+"),
        ] {
            var grid = Grid(columns: 13, rows: 5, glyphs: glyphs)
            grid.box(Rect(x: 0, y: 0, width: 13, height: 5))
            grid.line(from: Point(x: 0, y: 2), columns: 13)
            grid.line(from: Point(x: 8, y: 0), rows: 5)
            grid.box(Rect(x: 0, y: 0, width: 9, height: 3), title: [Span("Nodes", .title)])
            #expect(grid.text == expected)
        }
    }

    @Test func metersUseEighths() {
        var grid = Grid(columns: 10, rows: 4)
        grid.meter(value: 71, total: 100, x: 0, y: 0, width: 10)
        grid.meter(value: Int.max, total: Int.max - 1, x: 0, y: 1, width: 10)
        grid.meter(value: 1, total: 0, x: 0, y: 2, width: 10)
        grid.meter(value: -5, total: 8, x: 0, y: 3, width: 4, capped: false)
        #expect(grid.text == "▕█████▋  ▏\n▕████████▏\n▕        ▏\n")
        #expect(grid[1, 0].style == .chartMid && grid[1, 1].style == .chartHigh && grid[7, 0].style == .chartTrack)
        var plain = Grid(columns: 10, rows: 1, glyphs: .ascii)
        plain.meter(value: 71, total: 100, x: 0, y: 0, width: 10)
        #expect(plain.text == "[#####=  ]")
    }

    @Test func chartsEndAtTheRightEdge() {
        let samples = [0, 1, 2, 3, 4, 5, 6, 7, 8, -1]
        let expected: [(GlyphSet, String)] = [
            (.unicode, "     ⢀⣠⣴⣾⡇"), (.blocks, " ▁▂▃▄▅▆▇█"), (.ascii, " ..::||##"),
        ]
        for (glyphs, line) in expected {
            var grid = Grid(columns: 10, rows: 1, glyphs: glyphs)
            grid.chart(samples, in: grid.bounds)
            #expect(grid.text == line)
        }
        var tall = Grid(columns: 4, rows: 2, glyphs: .blocks)
        tall.chart([0, 8, 12, 16], in: tall.bounds, maximum: 16, graded: true)
        #expect(tall.text == "  ▄█\n ███")
        #expect(tall[3, 0].style == .chartHigh && tall[1, 1].style == .chartLow)
    }

    @Test func changesAreFoundByRow() {
        var grid = Grid(columns: 20, rows: 3)
        grid.text("one", x: 0, y: 0)
        let before = grid
        grid.mark(Rect(x: 0, y: 1, width: 20, height: 1), .cursor)
        grid.restyle(Rect(x: 0, y: 2, width: 1, height: 1), .error)
        #expect((0..<3).map { grid.rowDiffers($0, from: before) } == [false, true, true])
        #expect((0..<3).map { grid.rowHash($0) == before.rowHash($0) } == [true, false, false])
        #expect(grid.rowDiffers(0, from: Grid(columns: 19, rows: 3)))
    }

    @Test func mapsShowMeaning() {
        var grid = Grid(columns: 8, rows: 1)
        grid.spans([Span("ok", .success), Span(" "), Span("broken", .error)], x: 0, y: 0)
        #expect(grid.text == "ok brok…")
        let letters = [Style.success, .success, .text, .error, .error, .error, .error, .error].map { $0.letter }
        #expect(grid.styleMap == String(String.UnicodeScalarView(letters)))
        #expect(grid.styleLegend == "\(Style.error.letter) error\n\(Style.success.letter) success")
        grid.setCursor(x: 2, y: 0, visible: true)
        #expect(grid.cursor == Grid.Cursor(x: 2, y: 0, isVisible: true))
    }
}
