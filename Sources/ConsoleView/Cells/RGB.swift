// A colour as a theme file writes it, and the two measures of how it is seen: contrast and nearness.

/// A colour in sRGB, eight bits a channel.
public struct RGB: Hashable, Sendable, CustomStringConvertible {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// A colour from its three channels.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// A colour from 0xRRGGBB; higher bits are ignored.
    public init(_ packed: UInt32) {
        self.init(UInt8((packed >> 16) & 0xFF), UInt8((packed >> 8) & 0xFF), UInt8(packed & 0xFF))
    }

    /// A colour from six hexadecimal digits, with or without a leading `#`; nil for anything else.
    public init?(hex: String) {
        var digits = Substring(hex)
        if digits.first == "#" { digits = digits.dropFirst() }
        guard digits.utf8.count == 6, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let packed = UInt32(digits, radix: 16)
        else { return nil }
        self.init(packed)
    }

    /// The colour as 0xRRGGBB.
    public var packed: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    /// The colour as `#rrggbb`.
    public var description: String {
        let digits = String(packed, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

extension RGB {
    /// Relative luminance as WCAG 2.2 defines it, 0 for black to 1 for white.
    public var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    /// The contrast ratio of WCAG 2.2 between two colours, 1 to 21; the order does not matter.
    public static func contrast(_ one: RGB, _ other: RGB) -> Double {
        let first = one.luminance
        let second = other.luminance
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    /// How far apart two colours look: squared distance in OKLab (Ottosson 2020), 0 for the same colour.
    public static func distance(_ one: RGB, _ other: RGB) -> Double { distance(one.oklab, other.oklab) }

    static func distance(_ first: OKLab, _ second: OKLab) -> Double {
        let light = first.light - second.light
        let a = first.a - second.a
        let b = first.b - second.b
        return light * light + a * a + b * b
    }

    /// The place of the nearest colour among `candidates`, the first of equals; nil if there are none.
    public func nearest(in candidates: [RGB]) -> Int? { ColorSearch(candidates).nearest(to: self) }

    typealias OKLab = (light: Double, a: Double, b: Double)

    var oklab: OKLab {
        let r = Self.linear(red)
        let g = Self.linear(green)
        let b = Self.linear(blue)
        let l = Self.cubeRoot(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = Self.cubeRoot(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = Self.cubeRoot(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        return (
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
        )
    }

    private static func linear(_ channel: UInt8) -> Double { Double(linearTable[Int(channel)]) / 65535 }

    /// Newton's method: a pure target has no `cbrt`, and eight rounds are exact enough for numbers from 0 to 1.
    private static func cubeRoot(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        var root = value.squareRoot().squareRoot()
        for _ in 0..<8 { root = (2 * root + value / (root * root)) / 3 }
        return root
    }

    /// The sRGB transfer function times 65535 for each channel value, since a pure target has no `pow`.
    private static let linearTable: [UInt16] = [
        0, 20, 40, 60, 80, 99, 119, 139, 159, 179, 199, 219, 241, 264, 288, 313, 340, 367, 396, 427, 458, 491, 526,
        562, 599, 637, 677, 718, 761, 805, 851, 898, 947, 997, 1048, 1101, 1156, 1212, 1270, 1330, 1391, 1453, 1517,
        1583, 1651, 1720, 1790, 1863, 1937, 2013, 2090, 2170, 2250, 2333, 2418, 2504, 2592, 2681, 2773, 2866, 2961,
        3058, 3157, 3258, 3360, 3464, 3570, 3678, 3788, 3900, 4014, 4129, 4247, 4366, 4488, 4611, 4736, 4864, 4993,
        5124, 5257, 5392, 5530, 5669, 5810, 5953, 6099, 6246, 6395, 6547, 6700, 6856, 7014, 7174, 7335, 7500, 7666,
        7834, 8004, 8177, 8352, 8528, 8708, 8889, 9072, 9258, 9445, 9635, 9828, 10022, 10219, 10417, 10619, 10822,
        11028, 11235, 11446, 11658, 11873, 12090, 12309, 12530, 12754, 12980, 13209, 13440, 13673, 13909, 14146,
        14387, 14629, 14874, 15122, 15371, 15623, 15878, 16135, 16394, 16656, 16920, 17187, 17456, 17727, 18001,
        18277, 18556, 18837, 19121, 19407, 19696, 19987, 20281, 20577, 20876, 21177, 21481, 21787, 22096, 22407,
        22721, 23038, 23357, 23678, 24002, 24329, 24658, 24990, 25325, 25662, 26001, 26344, 26688, 27036, 27386,
        27739, 28094, 28452, 28813, 29176, 29542, 29911, 30282, 30656, 31033, 31412, 31794, 32179, 32567, 32957,
        33350, 33745, 34143, 34544, 34948, 35355, 35764, 36176, 36591, 37008, 37429, 37852, 38278, 38706, 39138,
        39572, 40009, 40449, 40891, 41337, 41785, 42236, 42690, 43147, 43606, 44069, 44534, 45002, 45473, 45947,
        46423, 46903, 47385, 47871, 48359, 48850, 49344, 49841, 50341, 50844, 51349, 51858, 52369, 52884, 53401,
        53921, 54445, 54971, 55500, 56032, 56567, 57105, 57646, 58190, 58737, 59287, 59840, 60396, 60955, 61517,
        62082, 62650, 63221, 63795, 64372, 64952, 65535,
    ]
}

/// Colours among which the nearest is looked for again and again: what is dear is reckoned once.
public struct ColorSearch: Sendable {
    private let places: [RGB.OKLab]

    /// A search among these.
    public init(_ candidates: [RGB]) { places = candidates.map(\.oklab) }

    /// The place of the nearest colour, the first of equals; nil if there are none.
    public func nearest(to color: RGB) -> Int? {
        let wanted = color.oklab
        var best: (place: Int, distance: Double)?
        for (place, candidate) in places.enumerated() {
            let distance = RGB.distance(wanted, candidate)
            if best.map({ distance < $0.distance }) ?? true { best = (place, distance) }
        }
        return best?.place
    }
}
