// Frames made shorter: the same picture in every cell, and never more bytes.

import ConsoleView
import Testing

@testable import Terminal

@Suite struct FrameCompactorTests {
    private let slots = [RGB(1, 2, 3), RGB(250, 251, 252)]

    private func compact(_ text: String, slots: [RGB] = [], after: String = "\u{1B}[mx") -> String {
        var compactor = FrameCompactor()
        _ = compactor.compact(Array(after.utf8), slots: slots)
        return String(decoding: compactor.compact(Array(text.utf8), slots: slots), as: UTF8.self)
    }

    @Test func slotsBecomeColours() {
        #expect(compact("\u{1B}[38;5;16my", slots: slots) == "\u{1B}[38;2;1;2;3my")
        #expect(compact("\u{1B}[1;38;5;17;4my", slots: slots) == "\u{1B}[1;4;38;2;250;251;252my")
        #expect(compact("\u{1B}[38;5;7m\u{1B}[48;5;18my", slots: slots) == "\u{1B}[38;5;7;48;5;18my")
        #expect(compact("38;5;16m", slots: slots) == "38;5;16m")
    }

    @Test func whatSaysNothingNewIsLeftOut() {
        // Both colours are set again though one of them holds, with a reset in between that is undone.
        let start = "\u{1B}[38;5;1m\u{1B}[48;5;9mx"
        #expect(compact("\u{1B}[38;5;2m\u{1B}[48;5;9my", after: start) == "\u{1B}[38;5;2my")
        #expect(compact("\u{1B}(B\u{1B}[m\u{1B}[38;5;1m\u{1B}[48;5;9my", after: "\u{1B}(B" + start) == "y")
        #expect(compact("\u{1B}[1my\u{1B}[22mz", after: start) == "\u{1B}[1my\u{1B}[22mz")
        #expect(compact("\u{1B}[my", after: start) == "\u{1B}[my")
        #expect(compact("\u{1B}[39;49my", after: start) == "\u{1B}[my")
        #expect(compact("\u{1B}[7m\u{1B}[3;4H\u{1B}[27my") == "\u{1B}[3;4Hy", "a style nothing was written in")
    }

    @Test func erasingPaintsInTheRightColour() {
        #expect(compact("\u{1B}[48;5;4m\u{1B}[K") == "\u{1B}[48;5;4m\u{1B}[K")
        #expect(compact("\u{1B}[48;5;4m\u{1B}[5X") == "\u{1B}[48;5;4m\u{1B}[5X")
    }

    @Test func whatIsNotUnderstoodGoesOutAndNothingIsBelievedAfterIt() {
        #expect(compact("\u{1B}[53my") == "\u{1B}[53m\u{1B}[my")
        #expect(compact("\u{1B}[38;5my") == "\u{1B}[38;5m\u{1B}[my")
        #expect(compact("\u{1B}8y") == "\u{1B}8\u{1B}[my")
        #expect(compact("\u{1B}[38;5") == "\u{1B}[38;5")
        #expect(compact("\u{1B}") == "\u{1B}")
    }

    @Test func anUnknownPenIsSetAnew() {
        var compactor = FrameCompactor()
        #expect(compactor.compact(Array("x".utf8), slots: []) == Array("\u{1B}[mx".utf8))
        compactor.forget()
        #expect(compactor.compact(Array("\u{1B}[1mx".utf8), slots: []) == Array("\u{1B}[0;1mx".utf8))
        #expect(compactor.compact(Array("\u{1B}[m".utf8), slots: [], isLast: true) == Array("\u{1B}[m".utf8))
    }

    /// Random styles, moves and erasures: every square of the terminal is the same with and without.
    @Test func thePictureIsTheSame() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func pick(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var compactor = FrameCompactor()
        var (plain, short) = (VirtualTerminal(width: 30, height: 8), VirtualTerminal(width: 30, height: 8))
        var (before, after) = (0, 0)
        for round in 0..<200 {
            var frame = ""
            for _ in 0..<pick(40) {
                switch pick(9) {
                case 0: frame += "\u{1B}[\(pick(8) + 1);\(pick(20) + 1)H"
                case 1: frame += "\u{1B}[38;5;\(pick(256))m\u{1B}[48;5;\(pick(256))m"
                case 2: frame += "\u{1B}(B\u{1B}[m"
                case 3: frame += "\u{1B}[\([1, 2, 3, 4, 7, 22, 23, 24, 27][pick(9)])m"
                case 4: frame += "\u{1B}[39;49m"
                case 5: frame += "\u{1B}[K"
                case 6: frame += "\u{1B}[\(30 + pick(8));\(100 + pick(8))m"
                default: frame += "text"
                }
            }
            let made = compactor.compact(Array(frame.utf8), slots: [])
            plain.feed(Array(frame.utf8))
            short.feed(made)
            #expect(short.squares == plain.squares, "seed \(seed), round \(round)")
            before += frame.utf8.count
            after += made.count
        }
        #expect(after < before, "seed \(seed)")
    }
}
