// Themes: fallback by dotted name, inheritance, readable colours, and mistakes in files with their place.

import ConsoleView
import Testing

@Suite struct CellsThemeTests {
    @Test func namesAndLettersAreUnique() {
        #expect(Set(Style.allCases.map { $0.name }).count == Style.allCases.count)
        #expect(Set(Style.allCases.map { $0.letter }).count == Style.allCases.count)
        #expect(Style.allCases.enumerated().allSatisfy { Int($0.element.rawValue) == $0.offset })
    }

    @Test func theLongestPrefixWins() {
        #expect(Style(named: "node.draining") == .nodeDraining)
        #expect(Style(named: "node.draining.slowly") == .nodeDraining)
        #expect(Style(named: "node.cordoned") == .node)
        #expect(Style(named: "nodes") == .text)
        let theme = Theme(name: "t", overrides: ["node": StyleSpec(.rgb(RGB(0x111111)), on: .palette(1), .italic)])
        #expect(theme.resolved(.node).foreground == RGB(0x111111))
        #expect(theme.resolved(.nodeDraining).foreground == theme.palette[0xA])
        #expect(theme.resolved(.nodeDraining).background == theme.palette[1])
        #expect(theme.resolved(.nodeDraining).attributes == .italic)
    }

    @Test func inheritedThemesAreLaidBelow() {
        let parent = Theme(
            name: "p", palette: ["base0A": RGB(0x010203)], overrides: ["node.lost": StyleSpec(nil, on: .palette(8))])
        let child = Theme(
            name: "c", overrides: ["node.lost": StyleSpec(.palette(0xA), removing: .bold)], inherits: parent)
        let look = child.resolved(.nodeLost)
        #expect(look == ResolvedStyle(foreground: RGB(0x010203), background: parent.palette[8]))
    }

    @Test func marksLieOverStyles() {
        let plain = Theme.dark.resolved(.nodeReady)
        let marked = Theme.dark.resolved(.nodeReady, marks: [.cursor, .match])
        #expect(marked.foreground == plain.foreground && marked.background == Theme.dark.palette[2])
        #expect(marked.attributes.isSuperset(of: [.underline, .bold]))
        #expect(Theme.mono.resolved(.text, marks: .cursor).attributes == [.bold, .reverse])
    }

    @Test(arguments: [Theme.dark, Theme.light]) func builtInThemesCanBeRead(_ theme: Theme) {
        #expect(theme.check().map { $0.description } == [])
    }

    @Test func monoHasNoColours() {
        for style in Style.allCases {
            for marks in [Marks(), .cursor, .restingCursor, .selected, .match, .faded] {
                let look = Theme.mono.resolved(style, marks: marks)
                #expect(look.foreground == nil && look.background == nil, "\(style.name)")
            }
        }
    }

    @Test func contrastIsMeasuredAsWCAGSays() {
        #expect(abs(RGB.contrast(RGB(0), RGB(0xFFFFFF)) - 21) < 0.01)
        #expect(abs(RGB.contrast(RGB(0x777777), RGB(0xFFFFFF)) - 4.48) < 0.01)
        let faint = Theme(name: "faint", palette: ["base0B": RGB(0x202428)])
        #expect(faint.check().contains { $0.style == "node.ready" && $0.ratioHundredths < 130 })
    }

    @Test func theNearestColourLooksNearest() {
        let colors = [0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xE5E5E5].map { RGB(UInt32($0)) }
        #expect(RGB(0xF2777A).nearest(in: colors) == 1)
        #expect(RGB(0xF7F9FB).nearest(in: colors) == 5)
        #expect(RGB(0x14171C).nearest(in: colors) == 0)
        #expect(RGB(0).nearest(in: []) == nil)
    }

    @Test func filesInBothFormsAreRead() throws {
        let flat = ThemeReader.read(
            name: "flat", entries([(["scheme"], "Flat"), (["base00"], "ffffff"), (["base0a"], "#010203")]))
        #expect(flat.problems == [])
        let theme = try #require(flat.theme)
        #expect(theme.variant == .light && theme.palette[10] == RGB(0x010203) && theme.palette[0x13] == RGB(0x010203))
        let nested = ThemeReader.read(
            name: "nested",
            entries([
                (["palette", "base08"], "#ff0000"), (["bellows", "inherits"], "light"),
                (["bellows", "node.lost"], "base08 on #000000 no-bold underline"),
                (["bellows", "node.ready", "fg"], "default"), (["bellows", "node", "held", "bold"], "true"),
            ]))
        let look = try #require(nested.theme)
        #expect(
            look.resolved(.nodeLost)
                == ResolvedStyle(foreground: RGB(0xFF0000), background: RGB(0), attributes: .underline))
        #expect(look.resolved(.nodeReady).foreground == nil && look.resolved(.nodeHeld).attributes == .bold)
        #expect(look.palette[0] == Theme.light.palette[0])
    }

    @Test func mistakesAreReportedWithTheirPlace() {
        let result = ThemeReader.read(
            name: "bad",
            entries([
                (["colour"], "x"), (["base0A"], "red"), (["palette", "base99"], "#000000"), (["variant"], "dusk"),
                (["bellows", "node.drainign"], "base0A"), (["bellows", "node.ready"], "base0A shiny"),
                (["bellows", "node.ready", "bold"], "maybe"), (["bellows", "inherits"], "nobody"),
            ]))
        #expect(result.theme == nil)
        #expect(
            result.problems.map { $0.description } == [
                "1:3: unknown key \"colour\"",
                "2:3: base0A: \"red\" is no colour; expected \"#rrggbb\"",
                "3:3: unknown colour \"base99\": expected base00 to base17",
                "4:3: variant \"dusk\": expected dark or light",
                "5:3: unknown style \"node.drainign\"; did you mean \"node.draining\"?",
                "6:3: \"shiny\" is no part of a look; expected a look such as \"base0A on base01 bold\"",
                "7:3: bold: \"maybe\": expected true or false",
                "8:3: inherits: no theme is called \"nobody\"",
            ])
    }

    private func entries(_ pairs: [([String], String)]) -> [ThemeReader.Entry] {
        pairs.enumerated().map { ThemeReader.Entry(path: $1.0, value: $1.1, line: $0 + 1, column: 3) }
    }
}
