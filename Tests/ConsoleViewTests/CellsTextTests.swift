// Widths and foreign text: nothing that moves the cursor or turns the text around may reach the screen.

import ConsoleView
import Testing

@Suite struct CellsTextTests {
    @Test(arguments: [
        ("plain", 5), ("é", 1), ("e\u{301}", 1), ("計算", 4), ("ｆｕｌｌ", 8), ("🚀", 2), ("👨\u{200D}👩\u{200D}👧", 2),
        ("❤\u{FE0F}", 1), ("한글", 4), ("\u{202E}abc", 3), ("a\tb", 3), ("\u{1B}[31m", 5), ("🇩🇪", 1), ("│█⣿", 3), ("", 0),
    ]) func widths(_ text: String, _ columns: Int) {
        #expect(DisplayText.width(of: text) == columns)
        #expect(DisplayText.width(of: DisplayText.sanitised(text)) == columns)
    }

    @Test func controlsAndMarksAreDefused() {
        #expect(DisplayText.sanitised("a\u{1B}]0;x\u{7}b\r\nc\u{9B}d\u{202E}e\u{200D}") == "a?]0;x?b c?de")
    }

    @Test func truncationKeepsGraphemesWhole() {
        #expect(DisplayText.truncated("計算機", to: 4) == "計…")
        #expect(DisplayText.truncated("計算機", to: 6) == "計算機")
        #expect(DisplayText.truncated("abc", to: 0) == "")
        #expect(DisplayText.truncated("abc", to: 1, ellipsis: "~") == "~")
        #expect(DisplayText.fitted("計算機", to: 4) == "計… ")
        #expect(DisplayText.fitted("7", to: 4, align: .trailing) == "   7")
    }

    @Test func fittedTextHasItsWidth() {
        let pieces = ["a", "é", "計", "🚀", "\u{301}", "\u{7}", "\u{202E}", " "]
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        for _ in 0..<500 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            let text = (0..<Int(state >> 60)).map { pieces[Int(state >> UInt64(3 * $0 % 57) & 7)] }.joined()
            let columns = Int(state >> 40 & 15)
            let fitted = DisplayText.fitted(text, to: columns)
            #expect(DisplayText.width(of: fitted) == columns, "seed \(seed), text \(text.debugDescription)")
            var grid = Grid(columns: 20, rows: 1)
            #expect(grid.text(text, x: 0, y: 0, width: columns) == columns, "seed \(seed)")
        }
    }

    @Test func asciiGridsHoldASCIIOnly() {
        var grid = Grid(columns: 12, rows: 2, glyphs: .ascii)
        grid.text("é計 long enough", x: 0, y: 0)
        grid.box(Rect(x: 0, y: 1, width: 4, height: 1))
        #expect(grid.text == "??? long en~\n")
    }

    @Test func keysReadTheirOwnNames() {
        let keys: [Key] = [
            .character("q"), .character("-"), .ctrl("c"), .alt("x"), .enter, .backTab, .function(12),
            .press(.up, [.control, .shift]), .character(" "), .pageDown, .press(.character("-"), .control),
        ]
        for key in keys { #expect(Key(name: key.description) == key, "\(key)") }
        #expect(Key.press(.tab, .shift).description == "shift-tab")
        #expect(Key(name: "f99") == nil && Key(name: "") == nil && Key(name: "ctrl-") == nil)
    }
}
