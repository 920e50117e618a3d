// Bytes to keys: what terminals really send, cut anywhere, and rubbish.

import ConsoleView
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
    static let samples: [(String, [Key])] = [
        ("aZ +", [.character("a"), .character("Z"), .character(" "), .character("+")]),
        ("é計🚀", [.character("é"), .character("計"), .character("🚀")]),
        ("\u{3}\u{1A}\0\u{1F}", [.ctrl("c"), .ctrl("z"), .ctrl(" "), .ctrl("_")]),
        ("\r\n\t\u{7F}\u{8}", [.enter, .enter, .tab, .backspace, .backspace]),
        ("\u{1B}[A\u{1B}OB\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]),
        ("\u{1B}[H\u{1B}OF\u{1B}[1~\u{1B}[4~\u{1B}[5~\u{1B}[6~", [.home, .end, .home, .end, .pageUp, .pageDown]),
        ("\u{1B}OP\u{1B}[15~\u{1B}[24~\u{1B}[[C", [.function(1), .function(5), .function(12), .function(3)]),
        ("\u{1B}[1;5A\u{1B}[3;2~\u{1B}[Z", [.press(.up, .control), .press(.delete, .shift), .backTab]),
        ("\u{1B}x\u{1B}é\u{1B}\r", [.alt("x"), .alt("é"), .press(.enter, .alt)]),
        ("\u{1B}[97;5u\u{1B}[27;5;13~", [.ctrl("a"), .press(.enter, .control)]),
        (
            "\u{1B}[<0;5;7M\u{1B}[<0;5;7m",
            [.mouse(.init(.press(1), x: 4, y: 6)), .mouse(.init(.release(1), x: 4, y: 6))]
        ),
        (
            "\u{1B}[<64;1;1M\u{1B}[<81;2;2M",
            [
                .mouse(.init(.wheelUp, x: 0, y: 0)), .mouse(.init(.wheelDown, x: 1, y: 1, modifiers: .control)),
            ]
        ),
        ("\u{1B}[<34;300;2M", [.mouse(.init(.drag(3), x: 299, y: 1))]),
        ("\u{1B}[200~q\u{3}\r\nx\u{1B}[A\u{1B}[201~j", [.paste("q\u{3}\nx\u{1B}[A"), .character("j")]),
        ("\u{1B}[?1;2c\u{1B}[12;40R\u{1B}]11;rgb:0/0/0\u{7}\u{1B}P1+r\u{1B}\\k", [.character("k")]),
        ("\u{1B}[M !!k\u{1B}[<0;0;1Mk", [.character("k"), .character("k")]),
        ("\u{1B}[12\u{1B}[Ak", [.up, .character("k")]),
    ]

    @Test(arguments: samples.indices) func sequencesAreDecoded(_ index: Int) {
        let (text, expected) = Self.samples[index]
        var decoder = KeyDecoder()
        var keys: [Key] = []
        decoder.feed(text.utf8, into: &keys)
        #expect(keys == expected)
        #expect(decoder.waitMilliseconds == nil)
    }

    @Test(arguments: samples.indices) func cutsDoNotMatter(_ index: Int) {
        let (text, expected) = Self.samples[index]
        let bytes = Array(text.utf8)
        for cut in bytes.indices {
            var decoder = KeyDecoder()
            var keys: [Key] = []
            decoder.feed(bytes[..<cut], into: &keys)
            decoder.feed(bytes[cut...], into: &keys)
            #expect(keys == expected, "cut at \(cut)")
        }
    }

    @Test func theGroundsColourIsHeard() {
        for (text, expected) in [
            ("\u{1B}]11;rgb:ffff/8080/0000\u{1B}\\", RGB(255, 128, 0)), ("\u{1B}]11;rgb:f/8/0\u{7}", RGB(255, 136, 0)),
            ("\u{1B}]11;rgb:10/20/30\u{7}", RGB(16, 32, 48)), ("\u{1B}]10;rgb:10/20/30\u{7}", nil),
            ("\u{1B}]11;rgb:10/20\u{7}", nil), ("\u{1B}]11;rgb:x/y/z\u{7}", nil), ("\u{1B}]11;rgb:11111/0/0\u{7}", nil),
        ] as [(String, RGB?)] {
            var decoder = KeyDecoder()
            var keys: [Key] = []
            decoder.feed((text + "k").utf8, into: &keys)
            #expect(keys == [.character("k")])
            #expect(decoder.takeBackground() == expected, "\(text)")
            #expect(decoder.takeBackground() == nil)
        }
    }

    @Test func silenceEndsWhatIsUnderWay() {
        for (text, expected) in [
            ("\u{1B}", [Key.escape]), ("\u{1B}\u{1B}", [.escape, .escape]), ("\u{1B}[", [.alt("[")]),
            ("\u{1B}O", [.alt("O")]), ("\u{1B}]", [.alt("]")]), ("\u{1B}[1;", []),
            ("\u{1B}[200~half", [.paste("half")]),
        ] {
            var decoder = KeyDecoder()
            var keys: [Key] = []
            decoder.feed(text.utf8, into: &keys)
            #expect(decoder.waitMilliseconds != nil)
            decoder.expire(into: &keys)
            #expect(keys == expected, "\(text.debugDescription)")
            #expect(decoder.waitMilliseconds == nil)
        }
    }

    @Test func invalidBytesAreDropped() {
        var decoder = KeyDecoder()
        var keys: [Key] = []
        // Overlong, a surrogate, a stray continuation, a lead byte that is cut off, beyond Unicode.
        let bytes: [UInt8] = [0xC0, 0xAF, 0xED, 0xA0, 0x80, 0x80, 0xE8, 0x61, 0xF4, 0x90, 0x80, 0x80, 0xFF, 0x62]
        decoder.feed(bytes, into: &keys)
        #expect(keys == [.character("a"), .character("b")])
    }

    @Test func longSequencesAndPastesAreLimited() {
        var decoder = KeyDecoder()
        var keys: [Key] = []
        decoder.feed("\u{1B}[".utf8, into: &keys)
        decoder.feed(Array(repeating: UInt8(0x31), count: 10_000), into: &keys)
        #expect(decoder.buffer.count <= KeyDecoder.maximumSequenceBytes + 1)
        decoder.feed("Ak".utf8, into: &keys)
        #expect(keys == [.character("k")])
        keys = []
        for extra in [0, 1, 5, 6, 7, 1000] {
            let text = String(repeating: "x", count: KeyDecoder.maximumPasteBytes + extra)
            decoder.feed("\u{1B}[200~\(text)\u{1B}[201~j".utf8, into: &keys)
            let limited = String(text.prefix(KeyDecoder.maximumPasteBytes))
            #expect(keys.count == 2 && keys == [.paste(limited), .character("j")])
            keys = []
        }
    }

    @Test func rubbishNeverSticks() {
        let seed = UInt64.random(in: 1...UInt64.max)
        var state = seed
        for _ in 0..<200 {
            var decoder = KeyDecoder()
            var keys: [Key] = []
            for _ in 0..<300 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                let choices: [UInt8] = [
                    0x1B, 0x5B, 0x3B, 0x31, 0x4D, 0x7E, 0x5D, UInt8(truncatingIfNeeded: state >> 20),
                ]
                decoder.feed([choices[Int(state % 8)]], into: &keys)
            }
            decoder.expire(into: &keys)
            keys = []
            decoder.feed("k".utf8, into: &keys)
            #expect(keys == [.character("k")], "seed \(seed)")
        }
    }
}
