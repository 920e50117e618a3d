// A terminal in memory, as much of xterm as ncurses uses: what a user would see, to be compared with what was drawn.

import ConsoleView

/// Takes the bytes of a program and keeps the screen and the modes they lead to.
struct VirtualTerminal {
    struct Square: Hashable {
        var scalar: Unicode.Scalar = " "
        var look = Look()
    }

    struct Look: Hashable {
        var foreground = "default"
        var background = "default"
        var attributes: Set<Int> = []
    }

    private(set) var width: Int
    private(set) var height: Int
    private(set) var squares: [[Square]]
    private(set) var x = 0
    private(set) var y = 0
    private(set) var modes: Set<Int> = [25]
    private(set) var strings: [String] = []
    private(set) var unknown: [String] = []
    private(set) var bells = 0
    private var look = Look()
    private var scroll: ClosedRange<Int>
    private var lastScalar: Unicode.Scalar = " "
    private var pending: [UInt8] = []
    /// Whether what is written behind the last column goes to the next row.
    private var wraps = true

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        scroll = 0...height - 1
        squares = Array(repeating: Array(repeating: Square(), count: width), count: height)
    }

    var text: String {
        squares.map { row in
            var line = ""
            for square in row where square.scalar != "\0" { line.unicodeScalars.append(square.scalar) }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// True if the terminal is as a shell expects it.
    var isGivenBack: Bool { modes == [25] }

    mutating func resize(width: Int, height: Int) {
        self.width = width
        self.height = height
        scroll = 0...height - 1
        squares = Array(repeating: Array(repeating: Square(), count: width), count: height)
        (x, y) = (min(x, width - 1), min(y, height - 1))
    }

    mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        var place = 0
        while place < pending.count {
            guard let next = step(at: place) else { break }
            place = next
        }
        pending.removeFirst(place)
    }

    /// Handles what begins at `place` and answers where the next begins; nil if it is not complete.
    private mutating func step(at place: Int) -> Int? {
        let byte = pending[place]
        switch byte {
        case 0x1B: return escape(at: place)
        case 0x07: bells += 1
        case 0x08: x = max(0, min(x, width - 1) - 1)
        case 0x09: x = min(width - 1, (x / 8 + 1) * 8)
        case 0x0A: if y == scroll.upperBound { shift(1) } else { y = min(height - 1, y + 1) }
        case 0x0D: x = 0
        case 0x0E, 0x0F: break
        case 0x20..<0x7F: put(Unicode.Scalar(byte))
        default:
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            guard place + length <= pending.count else { return nil }
            let scalars = String(decoding: pending[place..<place + length], as: UTF8.self).unicodeScalars
            put(scalars.first ?? "?")
            return place + length
        }
        return place + 1
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let columns = TextWidth.columns(of: scalar)
        if x + columns > width {
            x = wraps ? 0 : width - columns
            if wraps { y = min(height - 1, y + 1) }
        }
        squares[y][x] = Square(scalar: scalar, look: look)
        if columns == 2 { squares[y][x + 1] = Square(scalar: "\0", look: look) }
        // Where it does not wrap it stays in the last column; else it stands behind it until the next one comes.
        x = wraps ? x + columns : min(width - 1, x + columns)
        lastScalar = scalar
    }

    private mutating func escape(at place: Int) -> Int? {
        guard place + 1 < pending.count else { return nil }
        switch pending[place + 1] {
        case 0x5B:
            guard let end = pending[(place + 2)...].firstIndex(where: { $0 >= 0x40 && $0 < 0x7F }) else { return nil }
            control(String(decoding: pending[place + 2..<end], as: UTF8.self), Character(Unicode.Scalar(pending[end])))
            return end + 1
        case 0x5D:
            guard let end = pending[place...].firstIndex(of: 0x07) else { return nil }
            strings.append(String(decoding: pending[place + 2..<end], as: UTF8.self))
            return end + 1
        case 0x28, 0x29: return place + 2 < pending.count ? place + 3 : nil
        case 0x4D: if y == scroll.lowerBound { shift(-1) } else { y = max(0, y - 1) }
        case 0x37, 0x38, 0x3D, 0x3E: break
        case let other: unknown.append("ESC \(other)")
        }
        return place + 2
    }

    private mutating func control(_ parameters: String, _ final: Character) {
        let isPrivate = parameters.hasPrefix("?")
        let values = parameters.drop { $0 == "?" || $0 == ">" }.split(separator: ";", omittingEmptySubsequences: false)
            .map { Int($0) ?? 0 }
        let first = max(1, values.first ?? 1)
        switch final {
        case "A": y = max(0, y - first)
        case "B": y = min(height - 1, y + first)
        case "C": x = min(width - 1, x + first)
        case "D": x = max(0, min(x, width - 1) - first)
        case "G": x = min(width, first) - 1
        case "d": y = min(height, first) - 1
        case "H":
            y = min(height, first) - 1
            x = min(width, max(1, values.count > 1 ? values[1] : 1)) - 1
        case "J": erase(rows: values.first == 2 ? 0..<height : y + 1..<height, line: values.first != 2)
        case "K": eraseLine(values.first ?? 0)
        case "X": blank(y, x..<min(width, x + first))
        case "P": remove(first)
        case "@": insert(first)
        case "L", "M": shift(final == "M" ? first : -first, from: y)
        case "S", "T": shift(final == "S" ? first : -first)
        case "b": for _ in 0..<first { put(lastScalar) }
        case "r": scroll = first - 1...min(height, values.count > 1 ? values[1] : height) - 1
        case "m": select(values)
        case "h", "l":
            guard isPrivate else { return }
            if values.contains(7) { wraps = final == "h" }
            for value in values where ![1, 7, 12].contains(value) {
                if final == "h" { modes.insert(value) } else { modes.remove(value) }
            }
        case "t", "c": break
        default: unknown.append("CSI \(parameters)\(final)")
        }
    }

    private mutating func select(_ values: [Int]) {
        var index = 0
        let values = values.isEmpty ? [0] : values
        while index < values.count {
            switch values[index] {
            case 0: look = Look()
            case 38, 48:
                let count = values.count > index + 1 && values[index + 1] == 2 ? 5 : 3
                let name = values[index + 1..<min(values.count, index + count)].map(String.init).joined(separator: ";")
                if values[index] == 38 { look.foreground = name } else { look.background = name }
                index += count - 1
            case 39: look.foreground = "default"
            case 49: look.background = "default"
            case let value where (30...37).contains(value) || (90...97).contains(value): look.foreground = "\(value)"
            case let value where (40...47).contains(value) || (100...107).contains(value): look.background = "\(value)"
            case let value where (21...29).contains(value):
                look.attributes.subtract(value == 22 ? [1, 2] : [value - 20])
            case let value: look.attributes.insert(value)
            }
            index += 1
        }
    }

    private var emptied: Square { Square(look: Look(background: look.background)) }

    private mutating func blank(_ row: Int, _ columns: Range<Int>) {
        for column in columns { squares[row][column] = emptied }
    }

    private mutating func eraseLine(_ part: Int) {
        blank(y, part == 1 ? 0..<min(width, x + 1) : (part == 2 ? 0 : min(x, width))..<width)
    }

    private mutating func erase(rows: Range<Int>, line: Bool) {
        if line { eraseLine(0) }
        for row in rows { blank(row, 0..<width) }
    }

    private mutating func remove(_ count: Int) {
        let count = min(count, width - x)
        squares[y].removeSubrange(x..<x + count)
        squares[y] += Array(repeating: emptied, count: count)
    }

    private mutating func insert(_ count: Int) {
        squares[y].insert(contentsOf: Array(repeating: emptied, count: min(count, width - x)), at: x)
        squares[y].removeLast(squares[y].count - width)
    }

    private mutating func shift(_ count: Int, from top: Int? = nil) {
        let top = top ?? scroll.lowerBound
        guard top <= scroll.upperBound else { return }
        for _ in 0..<min(abs(count), height) {
            squares.remove(at: count > 0 ? top : scroll.upperBound)
            squares.insert(Array(repeating: emptied, count: width), at: count > 0 ? scroll.upperBound : top)
        }
    }
}
