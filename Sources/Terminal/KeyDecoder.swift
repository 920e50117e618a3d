// Bytes from the terminal to keys. A state machine without a clock: the loop tells it when nothing more came.

import ConsoleView

/// Decodes what a terminal sends: UTF-8, escape sequences of xterm and its kin, SGR mouse reports, bracketed paste.
///
/// Unknown sequences are swallowed whole. Bytes that are not UTF-8 are dropped.
public struct KeyDecoder: Sendable {
    /// Longest escape sequence that is understood, in bytes; a longer one is swallowed.
    public static let maximumSequenceBytes = 64
    /// Longest paste, in bytes; the rest of a longer one is dropped.
    public static let maximumPasteBytes = 65_536
    /// After this long a lone Esc is the key Esc.
    public static let escapeWaitMilliseconds = 25
    /// After this long a sequence that stopped in the middle is given up.
    public static let sequenceWaitMilliseconds = 100
    /// After this long without a byte a paste is over, its end mark lost.
    public static let pasteWaitMilliseconds = 2000

    enum State: Sendable {
        case ground
        case escape
        case control
        case overlongControl
        case singleShift
        case linuxFunction
        case oldMouse(remaining: Int)
        case string(introducer: UInt8, isEmpty: Bool, escaped: Bool)
        case paste
        case utf8(remaining: Int, value: UInt32, least: UInt32)
    }

    var state = State.ground
    var buffer: [UInt8] = []
    var modifiers: KeyModifiers = []
    private var background: RGB?
    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// A decoder between two keys.
    public init() {}

    /// How long to wait for more before ``expire(into:)``; nil if nothing is under way.
    public var waitMilliseconds: Int? {
        switch state {
        case .ground: return nil
        case .escape: return Self.escapeWaitMilliseconds
        case .paste: return Self.pasteWaitMilliseconds
        default: return Self.sequenceWaitMilliseconds
        }
    }

    /// Decodes bytes and appends the keys that they complete.
    public mutating func feed(_ bytes: some Sequence<UInt8>, into keys: inout [Key]) {
        for byte in bytes { take(byte, &keys) }
    }

    /// Ends what is under way, since nothing more came: a lone Esc becomes the key, `Esc [` alt and `[`.
    public mutating func expire(into keys: inout [Key]) {
        switch state {
        case .escape: keys.append(.escape)
        case .control where buffer.isEmpty: keys.append(.alt("["))
        case .singleShift: keys.append(.alt("O"))
        case .string(let introducer, true, _): keys.append(.alt(Character(Unicode.Scalar(introducer))))
        case .paste: finishPaste(&keys)
        default: break
        }
        reset()
    }

    mutating func reset() {
        state = .ground
        buffer.removeAll(keepingCapacity: true)
        modifiers = []
    }

    private mutating func take(_ byte: UInt8, _ keys: inout [Key]) {
        switch state {
        case .ground: ground(byte, &keys)
        case .escape: escape(byte, &keys)
        case .control: control(byte, &keys)
        case .overlongControl: if byte >= 0x40 && byte < 0x7F { reset() }
        case .singleShift:
            if let code = Self.letterCode(byte) { keys.append(.press(code, modifiers)) }
            reset()
        case .linuxFunction:
            if byte >= 0x41 && byte <= 0x45 { keys.append(.function(Int(byte) - 0x40)) }
            reset()
        case .oldMouse(let remaining):
            if remaining == 1 { reset() } else { state = .oldMouse(remaining: remaining - 1) }
        case .string(let introducer, _, let escaped): string(byte, introducer, escaped)
        case .paste: paste(byte, &keys)
        case .utf8(let remaining, let value, let least): continuation(byte, remaining, value, least, &keys)
        }
    }

    private mutating func ground(_ byte: UInt8, _ keys: inout [Key]) {
        switch byte {
        case 0x1B: state = .escape
        case 0x0D, 0x0A: press(.enter, &keys)
        case 0x09: press(.tab, &keys)
        case 0x08, 0x7F: press(.backspace, &keys)
        case 0x00: press(.character(" "), &keys, .control)
        case 0x01...0x1A: press(.character(Character(Unicode.Scalar(byte + 0x60))), &keys, .control)
        case 0x1C...0x1F: press(.character(Character(Unicode.Scalar(byte + 0x40))), &keys, .control)
        case 0x20...0x7E: press(.character(Character(Unicode.Scalar(byte))), &keys)
        case 0xC2...0xDF: state = .utf8(remaining: 1, value: UInt32(byte & 0x1F), least: 0x80)
        case 0xE0...0xEF: state = .utf8(remaining: 2, value: UInt32(byte & 0x0F), least: 0x800)
        case 0xF0...0xF4: state = .utf8(remaining: 3, value: UInt32(byte & 0x07), least: 0x10000)
        default: reset()
        }
    }

    private mutating func press(_ code: KeyCode, _ keys: inout [Key], _ extra: KeyModifiers = []) {
        keys.append(.press(code, modifiers.union(extra)))
        reset()
    }

    private mutating func continuation(
        _ byte: UInt8, _ remaining: Int, _ value: UInt32, _ least: UInt32, _ keys: inout [Key]
    ) {
        guard byte & 0xC0 == 0x80 else {
            // The character was cut off; this byte begins something new.
            reset()
            ground(byte, &keys)
            return
        }
        let value = value << 6 | UInt32(byte & 0x3F)
        guard remaining == 1 else {
            state = .utf8(remaining: remaining - 1, value: value, least: least)
            return
        }
        if value >= least, value >= 0xA0, let scalar = Unicode.Scalar(value) {
            press(.character(Character(scalar)), &keys)
        } else {
            reset()
        }
    }

    private mutating func escape(_ byte: UInt8, _ keys: inout [Key]) {
        switch byte {
        case 0x1B: keys.append(.escape)
        case 0x5B: state = .control
        case 0x4F: state = .singleShift
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F: state = .string(introducer: byte, isEmpty: true, escaped: false)
        default:
            modifiers = .alt
            state = .ground
            ground(byte, &keys)
        }
    }

    /// Answers (OSC, DCS and their kin), up to BEL or `Esc \`; of those only the ground's colour is looked at.
    private mutating func string(_ byte: UInt8, _ introducer: UInt8, _ escaped: Bool) {
        if byte == 0x07 || escaped && byte == 0x5C {
            if introducer == 0x5D { background = Self.color(buffer) ?? background }
            reset()
        } else {
            if byte != 0x1B && buffer.count < Self.maximumSequenceBytes { buffer.append(byte) }
            state = .string(introducer: introducer, isEmpty: false, escaped: byte == 0x1B)
        }
    }

    /// The colour in `11;rgb:hh/hh/hh`, one to four digits a channel (XParseColor's form).
    private static func color(_ answer: [UInt8]) -> RGB? {
        let prefix = Array("11;rgb:".utf8)
        guard answer.starts(with: prefix) else { return nil }
        let channels = answer.dropFirst(prefix.count).split(separator: 0x2F, omittingEmptySubsequences: false)
        let values = channels.compactMap { digits -> UInt8? in
            guard (1...4).contains(digits.count), let value = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            return UInt8(value * 255 / ((1 << (4 * digits.count)) - 1))
        }
        guard channels.count == 3, values.count == 3 else { return nil }
        return RGB(values[0], values[1], values[2])
    }

    /// The ground's colour, when the terminal has told it since the last call.
    mutating func takeBackground() -> RGB? {
        defer { background = nil }
        return background
    }

    private mutating func paste(_ byte: UInt8, _ keys: inout [Key]) {
        // The end mark must be recognised beyond the limit too: the buffer's tail keeps room for it.
        if buffer.count == Self.maximumPasteBytes + Self.pasteEnd.count { buffer.removeSubrange(dropRange) }
        buffer.append(byte)
        guard byte == 0x7E, buffer.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) else { return }
        buffer.removeLast(Self.pasteEnd.count)
        finishPaste(&keys)
    }

    private var dropRange: Range<Int> { Self.maximumPasteBytes..<Self.maximumPasteBytes + 1 }

    private mutating func finishPaste(_ keys: inout [Key]) {
        var text = String.UnicodeScalarView()
        var lastWasReturn = false
        for scalar in String(decoding: buffer.prefix(Self.maximumPasteBytes), as: UTF8.self).unicodeScalars {
            if scalar == "\r" || scalar == "\n" && !lastWasReturn { text.append("\n") }
            if scalar != "\r" && scalar != "\n" { text.append(scalar) }
            lastWasReturn = scalar == "\r"
        }
        keys.append(.paste(String(text)))
        reset()
    }
}
