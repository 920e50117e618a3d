// Control sequences (`Esc [ … letter`): cursor and function keys with modifiers, mouse reports, paste marks.

import ConsoleView

extension KeyDecoder {
    mutating func control(_ byte: UInt8, _ keys: inout [Key]) {
        if byte == 0x1B {
            // A new sequence begins before this one ended.
            reset()
            state = .escape
            return
        }
        if buffer.isEmpty && byte == 0x5B {
            state = .linuxFunction
            return
        }
        guard byte >= 0x40 && byte < 0x7F else {
            buffer.append(byte)
            if buffer.count > Self.maximumSequenceBytes { state = .overlongControl }
            return
        }
        if byte == 0x4D && buffer.isEmpty {
            state = .oldMouse(remaining: 3)
            return
        }
        let parameters = buffer
        reset()
        finish(parameters, byte, &keys)
    }

    private mutating func finish(_ parameters: [UInt8], _ final: UInt8, _ keys: inout [Key]) {
        if parameters.first == 0x3C {
            if let event = Self.mouse(Self.numbers(parameters.dropFirst()), released: final == 0x6D) {
                keys.append(.mouse(event))
            }
            return
        }
        // Answers to questions begin with `?` or `>`.
        guard parameters.allSatisfy({ $0 >= 0x30 && $0 <= 0x3B }) else { return }
        let values = Self.numbers(parameters[...])
        let first = values.first ?? 0
        let held = Self.modifiers(values.count > 1 ? values[1] : 1)
        switch final {
        case 0x7E where first == 200: state = .paste
        case 0x7E where first == 27 && values.count == 3: keys += Self.character(values[2], held)
        case 0x7E: if let code = Self.tildeCode(first) { keys.append(.press(code, held)) }
        case 0x75: keys += Self.character(first, held)
        case 0x5A: keys.append(.press(.tab, held.union(.shift)))
        // `Esc [ row ; column R` is a cursor report.
        case 0x52 where first != 1: break
        default: if let code = Self.letterCode(final) { keys.append(.press(code, held)) }
        }
    }

    /// Numbers separated by `;`; of `a:b` the first counts. Empty ones are 0, large ones are cut.
    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
        bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { part in
            part.prefix { $0 != 0x3A }.reduce(0) { min($0 * 10 + Int($1 & 0x0F), 1_000_000) }
        }
    }

    private static func modifiers(_ parameter: Int) -> KeyModifiers {
        let bits = max(0, parameter - 1)
        var held: KeyModifiers = []
        if bits & 1 != 0 { held.insert(.shift) }
        if bits & 2 != 0 { held.insert(.alt) }
        if bits & 4 != 0 { held.insert(.control) }
        return held
    }

    /// A key by its Unicode number, as the kitty protocol and modifyOtherKeys send it.
    private static func character(_ value: Int, _ held: KeyModifiers) -> [Key] {
        switch value {
        case 9: return [.press(.tab, held)]
        case 13: return [.press(.enter, held)]
        case 27: return [.press(.escape, held)]
        case 8, 127: return [.press(.backspace, held)]
        default:
            guard value >= 0x20, let scalar = UInt32(exactly: value).flatMap({ Unicode.Scalar($0) }) else { return [] }
            return [.press(.character(Character(scalar)), held.subtracting(.shift))]
        }
    }

    /// Keys that end in a letter, after `Esc [` and after `Esc O`.
    static func letterCode(_ letter: UInt8) -> KeyCode? {
        switch letter {
        case 0x41: return .up
        case 0x42: return .down
        case 0x43: return .right
        case 0x44: return .left
        case 0x46: return .end
        case 0x48: return .home
        case 0x4D: return .enter
        case 0x50...0x53: return .function(Int(letter) - 0x4F)
        default: return nil
        }
    }

    private static func tildeCode(_ number: Int) -> KeyCode? {
        switch number {
        case 1, 7: return .home
        case 2: return .insert
        case 3: return .delete
        case 4, 8: return .end
        case 5: return .pageUp
        case 6: return .pageDown
        case 11...15: return .function(number - 10)
        case 17...21: return .function(number - 11)
        case 23...26: return .function(number - 12)
        case 28, 29: return .function(number - 13)
        case 31...34: return .function(number - 14)
        default: return nil
        }
    }

    private static func mouse(_ values: [Int], released: Bool) -> MouseEvent? {
        guard values.count == 3, values[1] > 0, values[2] > 0 else { return nil }
        let bits = values[0]
        var held: KeyModifiers = []
        if bits & 4 != 0 { held.insert(.shift) }
        if bits & 8 != 0 { held.insert(.alt) }
        if bits & 16 != 0 { held.insert(.control) }
        let button = bits & 3 + 1
        let action: MouseEvent.Action
        switch (bits & 64 != 0, bits & 32 != 0) {
        case (true, _):
            guard button <= 2, !released else { return nil }
            action = button == 1 ? .wheelUp : .wheelDown
        case (false, true):
            guard button <= 3 else { return nil }
            action = .drag(button)
        case (false, false):
            guard button <= 3 else { return nil }
            action = released ? .release(button) : .press(button)
        }
        return MouseEvent(action, x: values[1] - 1, y: values[2] - 1, modifiers: held)
    }
}
