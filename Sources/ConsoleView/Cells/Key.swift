// What an operator pressed, clicked or pasted, free of escape sequences: the console maps these to actions.

/// Keys held down together with another.
public struct KeyModifiers: OptionSet, Hashable, Sendable {
    /// One bit a key.
    public let rawValue: UInt8

    /// Modifiers from their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Shift; not reported for characters, which come already shifted.
    public static let shift = KeyModifiers(rawValue: 1)
    /// Alt, or Esc right before the key.
    public static let alt = KeyModifiers(rawValue: 2)
    /// Control.
    public static let control = KeyModifiers(rawValue: 4)
}

/// A key without its modifiers.
public enum KeyCode: Hashable, Sendable {
    /// A key that types something. With ``KeyModifiers/control`` a lower-case letter or one of `@[\]^_`.
    case character(Character)
    /// A function key, 1 to 20.
    case function(Int)
    /// Enter, also on the keypad.
    case enter
    /// Tab; backwards with ``KeyModifiers/shift``.
    case tab
    /// Esc on its own.
    case escape
    /// Backspace, whichever of its two codes the terminal sends.
    case backspace
    /// Delete.
    case delete
    /// Insert.
    case insert
    /// Arrow up.
    case up
    /// Arrow down.
    case down
    /// Arrow left.
    case left
    /// Arrow right.
    case right
    /// Home.
    case home
    /// End.
    case end
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
}

/// What the mouse did, and where.
public struct MouseEvent: Hashable, Sendable {
    /// What the mouse did.
    public enum Action: Hashable, Sendable {
        /// A button went down: 1 left, 2 middle, 3 right.
        case press(Int)
        /// A button went up.
        case release(Int)
        /// The mouse moved with a button down.
        case drag(Int)
        /// The wheel turned away from the hand.
        case wheelUp
        /// The wheel turned towards the hand.
        case wheelDown
    }

    /// What the mouse did.
    public var action: Action
    /// Column, from 0.
    public var x: Int
    /// Row, from 0.
    public var y: Int
    /// Keys held down meanwhile.
    public var modifiers: KeyModifiers

    /// What the mouse did at a column and row, both from 0.
    public init(_ action: Action, x: Int, y: Int, modifiers: KeyModifiers = []) {
        self.action = action
        self.x = x
        self.y = y
        self.modifiers = modifiers
    }
}

/// One act of the operator at the terminal.
public enum Key: Hashable, Sendable {
    /// A key was pressed.
    case press(KeyCode, KeyModifiers)
    /// The mouse was used.
    case mouse(MouseEvent)
    /// Text was pasted; it never runs keys. Line ends are `\n`.
    case paste(String)

    /// A key that types something.
    public static func character(_ character: Character) -> Key { .press(.character(character), []) }
    /// A key with control: `.ctrl("c")`.
    public static func ctrl(_ character: Character) -> Key { .press(.character(character), .control) }
    /// A key with alt: `.alt("x")`.
    public static func alt(_ character: Character) -> Key { .press(.character(character), .alt) }
    /// A function key, 1 to 20.
    public static func function(_ number: Int) -> Key { .press(.function(number), []) }
    /// Enter.
    public static let enter = Key.press(.enter, [])
    /// Tab.
    public static let tab = Key.press(.tab, [])
    /// Tab with shift.
    public static let backTab = Key.press(.tab, .shift)
    /// Esc.
    public static let escape = Key.press(.escape, [])
    /// Backspace.
    public static let backspace = Key.press(.backspace, [])
    /// Delete.
    public static let delete = Key.press(.delete, [])
    /// Arrow up.
    public static let up = Key.press(.up, [])
    /// Arrow down.
    public static let down = Key.press(.down, [])
    /// Arrow left.
    public static let left = Key.press(.left, [])
    /// Arrow right.
    public static let right = Key.press(.right, [])
    /// Home.
    public static let home = Key.press(.home, [])
    /// End.
    public static let end = Key.press(.end, [])
    /// Page up.
    public static let pageUp = Key.press(.pageUp, [])
    /// Page down.
    public static let pageDown = Key.press(.pageDown, [])
}
