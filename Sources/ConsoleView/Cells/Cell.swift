// One cell of the screen as eight bytes of plain data, so that frames can be compared and copied like memory.

/// What is laid over a cell's style, such as the cursor's row; several can lie over each other.
public struct Marks: OptionSet, Hashable, Sendable {
    /// One bit a mark.
    public let rawValue: UInt8

    /// Marks from their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Behind a dialog: still legible, out of reach.
    public static let faded = Marks(rawValue: 1)
    /// Hit by the filter or a search.
    public static let match = Marks(rawValue: 2)
    /// Chosen for the next action.
    public static let selected = Marks(rawValue: 4)
    /// Row under the cursor in a pane that has not the focus.
    public static let restingCursor = Marks(rawValue: 8)
    /// Row under the cursor in the pane that has the focus.
    public static let cursor = Marks(rawValue: 16)
}

/// One cell: a scalar, its width, its meaning and the marks over it.
public struct Cell: Hashable, Sendable {
    /// Scalar in bits 0 to 20, width in 24 and 25, style in 32 to 39, marks in 40 to 47.
    private var bits: UInt64

    /// A cell. `width` is 1 or 2; the column after a wide cell must hold ``continuation(style:marks:)``.
    public init(_ scalar: Unicode.Scalar, width: Int = 1, style: Style = .text, marks: Marks = []) {
        bits =
            UInt64(scalar.value) | UInt64(width & 3) << 24 | UInt64(style.rawValue) << 32
            | UInt64(marks.rawValue) << 40
    }

    /// The second column of a wide character.
    public static func continuation(style: Style, marks: Marks = []) -> Cell {
        Cell(" ", width: 0, style: style, marks: marks)
    }

    /// A space in the style of ordinary text.
    public static let blank = Cell(" ")

    /// What is drawn; a space in the second column of a wide character.
    public var scalar: Unicode.Scalar { Unicode.Scalar(UInt32(truncatingIfNeeded: bits & 0x1F_FFFF)) ?? " " }
    /// Columns taken: 1, 2, or 0 in the second column of a wide character.
    public var width: Int { Int(bits >> 24 & 3) }
    /// What the cell means; the theme says how that looks.
    public var style: Style {
        get { Style(rawValue: UInt8(truncatingIfNeeded: bits >> 32)) ?? .text }
        set { bits = bits & ~(0xFF << 32) | UInt64(newValue.rawValue) << 32 }
    }
    /// What lies over the style.
    public var marks: Marks {
        get { Marks(rawValue: UInt8(truncatingIfNeeded: bits >> 40)) }
        set { bits = bits & ~(0xFF << 40) | UInt64(newValue.rawValue) << 40 }
    }

    /// All that the cell is, as one number; equal numbers draw the same.
    public var packed: UInt64 { bits }
}
