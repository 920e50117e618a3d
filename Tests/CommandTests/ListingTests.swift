import ClusterModel
import ConsoleView
import Testing

@testable import Commands

/// The table's layout, the JSON writer and the calendar.
@Suite struct ListingTests {
    private let table = TableText(
        heads: [
            .init(title: "NAME", isRight: false, shed: 0), .init(title: "N", isRight: true, shed: 1),
            .init(title: "NOTE", isRight: false, shed: 0), .init(title: "EMPTY", isRight: false, shed: 0),
        ], rows: [["a", "1", "short", ""], ["bb", "22", "a note that is long", ""]])

    @Test func tablesFit() {
        #expect(table.text(width: nil) == "NAME   N  NOTE\na      1  short\nbb    22  a note that is long\n")
        #expect(table.text(width: 24) == "NAME  NOTE\na     short\nbb    a note that is l..\n")
        for width in 1...60 {
            for line in table.text(width: width).split(separator: "\n") where width >= 14 {
                #expect(line.count <= width)
            }
        }
    }

    @Test func nothingForeignReachesTheTerminal() {
        let table = TableText(heads: [.init(title: "X", isRight: false, shed: 0)], rows: [["a\u{1B}[2Jb\nc\u{9B}"]])
        #expect(table.text(width: nil) == "X\na?[2Jb?c?\n")
    }

    @Test(arguments: [(0, "0"), (1, "0.001"), (-1_500, "-1.5"), (1_000, "1"), (Int64.min, "-9223372036854775.808")])
    func decimals(_ number: Int64, _ text: String) {
        #expect(JSONText.decimal(number, digits: 3) == text)
    }

    @Test func textsAreEscaped() {
        #expect(JSONText.string("a\"b\\c\n\u{1}\u{7F}é") == "\"a\\\"b\\\\c\\n\\u0001\\u007fé\"")
        #expect(
            JSONText.value(.pairs([.init(name: "x", value: .words(["a"])), .init(name: "y", value: .none)]))
                == "{\"x\": [\"a\"], \"y\": null}")
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (1_795_348_805_250_000, "2026-11-22T12:00:05.250Z"),
    ])
    func momentsAreISO(_ micros: Int64, _ text: String) {
        if micros == 0 { return #expect(ListValue.moment(Instant(microseconds: micros)) == .none) }
        #expect(TimeText.utc(Instant(microseconds: micros)) == text)
    }

    @Test func namesSortAsPeopleCount() {
        let names = ["node10", "node2", "a", "node02", "node1x", "node1", ""]
        #expect(names.sorted(by: NaturalOrder.precedes) == ["", "a", "node1", "node1x", "node2", "node02", "node10"])
    }
}
