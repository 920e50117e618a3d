// From a theme's colours to numbers the terminal knows.

import ConsoleView

/// Finds the number under which a colour can be asked for, for one depth.
///
/// With 24 bits the numbers 16 to 255 are slots of our own: ncurses draws in slot numbers, and ``FrameCompactor``
/// puts the real colours into the frame. So no terminal description for direct colour has to be installed, and no
/// palette is changed.
struct ColorTable {
    /// Slots for 24-bit colours; a theme with more gets the nearest.
    static let maximumSlots = 240

    private let depth: ColorDepth
    private var known: [RGB: Int32] = [:]
    /// The 24-bit colours in slot order; slot 0 is number 16.
    private(set) var slots: [RGB] = []

    init(depth: ColorDepth) { self.depth = depth }

    /// The number of a colour; -1 for the terminal's own.
    mutating func number(of color: RGB?) -> Int32 {
        guard let color, depth != .mono else { return -1 }
        if let number = known[color] { return number }
        let number = find(color)
        known[color] = number
        return number
    }

    /// The numbers of text and ground; text that would vanish on its ground becomes white or black.
    mutating func numbers(_ foreground: RGB?, on background: RGB?) -> (Int32, Int32) {
        let text = number(of: foreground)
        let ground = number(of: background)
        guard case .palette = depth, text >= 0, ground >= 0 else { return (text, ground) }
        let seen = Self.named[Int(ground)]
        guard RGB.contrast(Self.named[Int(text)], seen) < 2 else { return (text, ground) }
        return (seen.luminance > 0.18 ? 0 : 7, ground)
    }

    private mutating func find(_ color: RGB) -> Int32 {
        switch depth {
        case .mono: return -1
        case .palette(let count): return Int32(color.nearest(in: Array(Self.named.prefix(count))) ?? 7)
        case .indexed: return Int32(16 + (Self.fixedSearch.nearest(to: color) ?? 0))
        case .truecolor:
            if slots.count == Self.maximumSlots { return Int32(16 + (color.nearest(in: slots) ?? 0)) }
            slots.append(color)
            return Int32(15 + slots.count)
        }
    }

    /// The first 16 colours as xterm has them; other terminals differ, but red stays red.
    static let named: [RGB] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ].map { RGB(UInt32($0)) }

    private static let fixedSearch = ColorSearch(fixed)

    /// Colours 16 to 255: a cube of six levels a channel, then 24 greys.
    static let fixed: [RGB] = {
        let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
        var colors: [RGB] = []
        for red in levels { for green in levels { for blue in levels { colors.append(RGB(red, green, blue)) } } }
        for step in 0..<24 {
            let grey = UInt8(8 + 10 * step)
            colors.append(RGB(grey, grey, grey))
        }
        return colors
    }()
}
