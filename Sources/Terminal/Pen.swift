// What the terminal writes with: colours and attributes as the sequences of a frame set them.

import ConsoleView

/// Colours and attributes that the next character will have.
struct Pen: Hashable {
    /// A colour as it is asked for: -1 the terminal's own, 0 to 255 by number (`38;5;N`), from `named` on one of the
    /// sixteen by their own codes, from `direct` on 24 bits.
    typealias Color = Int32
    static let named: Color = 0x1000
    static let direct: Color = 0x0100_0000

    var foreground: Color = -1
    var background: Color = -1
    /// Bit n is attribute n of SGR, 1 (bold) to 9 (struck through).
    var attributes: UInt16 = 0

    /// Takes over what an SGR sequence says; false when it says something that is not known here.
    mutating func take(_ parameters: ArraySlice<UInt8>) -> Bool {
        var numbers: [Int] = []
        for part in parameters.split(separator: 0x3B, omittingEmptySubsequences: false) {
            guard part.count < 5, part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
            numbers.append(part.reduce(0) { $0 * 10 + Int($1) - 0x30 })
        }
        var place = 0
        while place < numbers.count {
            let number = numbers[place]
            place += 1
            switch number {
            case 0: self = Pen()
            case 1...9: attributes |= 1 << UInt16(number)
            case 22: attributes &= ~0b110
            case 23...25, 27...29: attributes &= ~(1 << UInt16(number - 20))
            case 30...37: foreground = Self.named + Color(number - 30)
            case 39: foreground = -1
            case 40...47: background = Self.named + Color(number - 40)
            case 49: background = -1
            case 90...97: foreground = Self.named + Color(number - 82)
            case 100...107: background = Self.named + Color(number - 92)
            case 38, 48:
                guard let color = Self.color(numbers, &place) else { return false }
                if number == 38 { foreground = color } else { background = color }
            default: return false
            }
        }
        return true
    }

    private static func color(_ numbers: [Int], _ place: inout Int) -> Color? {
        let rest = numbers[place...]
        if rest.first == 5, rest.count >= 2, (0...255).contains(rest[place + 1]) {
            defer { place += 2 }
            return Color(rest[place + 1])
        }
        guard rest.first == 2, rest.count >= 4 else { return nil }
        let parts = rest[(place + 1)...(place + 3)]
        guard parts.allSatisfy({ (0...255).contains($0) }) else { return nil }
        place += 4
        return direct + Color(parts.reduce(0) { $0 << 8 | $1 })
    }

    /// The shortest sequence that makes this pen of `other`; from an unknown one everything is set anew. `slots` are
    /// the 24-bit colours behind the numbers from 16 on; empty when numbers stay numbers.
    func sequence(from other: Pen?, slots: [RGB]) -> [UInt8] {
        let fresh = codes(from: Pen(), slots: slots, startingWith: [0x30])
        guard let other else { return fresh }
        let step = codes(from: other, slots: slots, startingWith: [])
        return step.count <= fresh.count ? step : fresh
    }

    private func codes(from other: Pen, slots: [RGB], startingWith first: [UInt8]) -> [UInt8] {
        var codes: [UInt8] = [0x1B, 0x5B] + first
        let bare = codes.count == 2
        func add(_ text: String) {
            if codes.count > 2 { codes.append(0x3B) }
            codes.append(contentsOf: text.utf8)
        }
        var kept = other.attributes
        var gone = kept & ~attributes
        if gone & 0b110 != 0 {
            // Bold and faint end together.
            add("22")
            kept &= ~0b110
            gone &= ~0b110
        }
        for bit in 3..<10 where gone & 1 << UInt16(bit) != 0 { add("2\(bit)") }
        kept &= attributes
        for bit in 1..<10 where attributes & ~kept & 1 << UInt16(bit) != 0 { add("\(bit)") }
        if foreground != other.foreground { add(Self.code(foreground, 30, slots)) }
        if background != other.background { add(Self.code(background, 40, slots)) }
        if bare && codes.count == 2 { return [] }
        // `Esc [ m` is the short way to say 0.
        if codes.count == 3, codes[2] == 0x30 { codes.removeLast() }
        codes.append(0x6D)
        return codes
    }

    private static func code(_ color: Color, _ base: Int, _ slots: [RGB]) -> String {
        if color < 0 { return "\(base + 9)" }
        if color >= direct {
            let value = color - direct
            return "\(base + 8);2;\(value >> 16);\(value >> 8 & 255);\(value & 255)"
        }
        if color >= named {
            let number = Int(color - named)
            return "\(number < 8 ? base + number : base + 52 + number)"
        }
        let slot = Int(color) - 16
        guard slots.indices.contains(slot) else { return "\(base + 8);5;\(color)" }
        return "\(base + 8);2;\(slots[slot].red);\(slots[slot].green);\(slots[slot].blue)"
    }
}
