// From meanings to attributes and colour pairs, looked up once per meaning and theme.

import CNcurses
import ConsoleView

/// Turns a style and its marks into what ncurses is asked for.
struct StylePainter {
    /// Colour pairs defined at most; a theme needs a few hundred. Beyond it the terminal's own colours are used.
    static let maximumPairs = 4096

    /// What ncurses is asked for.
    struct Paint {
        var attributes: UInt8
        var pair: Int32
    }

    /// The theme in use; setting it forgets every paint, and the pairs stay.
    var theme: Theme {
        didSet { paints = Self.noPaints }
    }
    let depth: ColorDepth
    private(set) var colors: ColorTable
    private var pairs: [UInt64: Int32] = [:]
    private let pairLimit: Int
    private var paints = Self.noPaints

    private static let marksCount = 32
    private static var noPaints: [Paint?] { Array(repeating: nil, count: Style.allCases.count * marksCount) }

    init(theme: Theme, depth: ColorDepth, pairs: Int) {
        self.theme = theme
        self.depth = depth
        colors = ColorTable(depth: depth)
        pairLimit = min(pairs - 1, Self.maximumPairs)
    }

    /// The paint of a cell. Cost: an array look-up, except the first time after a change of theme.
    mutating func paint(_ style: Style, _ marks: Marks) -> Paint {
        let index = Int(style.rawValue) * Self.marksCount + Int(marks.rawValue) & (Self.marksCount - 1)
        if let paint = paints[index] { return paint }
        let paint = make(style, marks)
        paints[index] = paint
        return paint
    }

    private mutating func make(_ style: Style, _ marks: Marks) -> Paint {
        if depth == .mono {
            return Paint(attributes: Theme.mono.resolved(style, marks: marks).attributes.rawValue, pair: 0)
        }
        let look = theme.resolved(style, marks: marks)
        let (foreground, background) = colors.numbers(look.foreground, on: look.background)
        return Paint(attributes: look.attributes.rawValue, pair: pair(foreground, background))
    }

    private mutating func pair(_ foreground: Int32, _ background: Int32) -> Int32 {
        if foreground < 0 && background < 0 { return 0 }
        let key = UInt64(UInt32(bitPattern: foreground)) << 32 | UInt64(UInt32(bitPattern: background))
        if let known = pairs[key] { return known }
        let number = Int32(pairs.count + 1)
        guard number <= pairLimit, cn_define_pair(number, foreground, background) else { return 0 }
        pairs[key] = number
        return number
    }
}
