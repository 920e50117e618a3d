// Which colours are asked for, and how 24 bits come into a frame.

import ConsoleView
import Testing

@testable import Terminal

@Suite struct ColorTests {
    private func depth(
        _ choice: ColorChoice, colors: Int, noColor: Bool = false, colorTerm: String = "", indexed: Bool = true
    ) -> ColorDepth {
        var options = TerminalOptions(
            environment: TerminalEnvironment(term: "xterm-256color", colorTerm: colorTerm, noColor: noColor))
        options.color = choice
        return TerminalCapabilities.decide(options, colors: colors, indexedSequences: indexed, isUTF8: true).depth
    }

    @Test func theDepthFollowsTheOrderOfWishes() {
        #expect(depth(.auto, colors: 256) == .indexed)
        #expect(depth(.auto, colors: 8) == .palette(8))
        #expect(depth(.auto, colors: 0) == .mono)
        #expect(depth(.auto, colors: 256, colorTerm: "truecolor") == .truecolor)
        #expect(depth(.auto, colors: 256, colorTerm: "truecolor", indexed: false) == .indexed)
        #expect(depth(.auto, colors: 256, noColor: true, colorTerm: "truecolor") == .mono)
        #expect(depth(.truecolor, colors: 256, noColor: true) == .truecolor)
        #expect(depth(.truecolor, colors: 8) == .palette(8))
        #expect(depth(.sixteen, colors: 256) == .palette(16))
        #expect(depth(.never, colors: 256) == .mono)
    }

    @Test func theAlphabetFollowsLocaleAndTerminal() {
        var options = TerminalOptions(environment: TerminalEnvironment(term: "xterm"))
        func glyphs(_ isUTF8: Bool) -> GlyphSet {
            TerminalCapabilities.decide(options, colors: 8, indexedSequences: true, isUTF8: isUTF8).glyphs
        }
        #expect(glyphs(true) == .unicode)
        #expect(glyphs(false) == .ascii)
        options.ascii = true
        #expect(glyphs(true) == .ascii)
        options = TerminalOptions(environment: TerminalEnvironment(term: "linux"))
        #expect(glyphs(true) == .ascii)
    }

    @Test func textNeverVanishesOnItsGround() {
        for theme in [Theme.dark, .light] {
            for count in [8, 16] {
                var table = ColorTable(depth: .palette(count))
                for style in Style.allCases {
                    let look = theme.resolved(style, marks: .cursor)
                    let (text, ground) = table.numbers(look.foreground, on: look.background)
                    #expect(text != ground && text < count && ground < count, "\(style.name)")
                }
            }
        }
    }

    @Test func everyThemeColourHasASlot() {
        var table = ColorTable(depth: .truecolor)
        #expect(table.number(of: nil) == -1)
        for value in 0..<300 { #expect((16...255).contains(table.number(of: RGB(UInt32(value * 1000))))) }
        #expect(table.slots.count == ColorTable.maximumSlots)
    }

    @Test func base64IsAsTheStandardSays() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            #expect(Base64.encoded(Array(text.utf8)) == Array(encoded.utf8))
        }
    }
}
