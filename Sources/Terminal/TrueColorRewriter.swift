// Puts 24-bit colours into a finished frame: `38;5;N` becomes `38;2;R;G;B` for the slots of the colour table.

import ConsoleView

/// Rewrites colour numbers from 16 on in a frame's SGR sequences.
enum TrueColorRewriter {
    /// The frame with each `38;5;N` and `48;5;N`, N from 16 on, replaced by the colour in slot N - 16. One pass.
    static func rewrite(_ frame: [UInt8], slots: [RGB]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(frame.count + frame.count / 4)
        var place = 0
        while place < frame.count {
            guard frame[place] == 0x1B, place + 1 < frame.count, frame[place + 1] == 0x5B else {
                result.append(frame[place])
                place += 1
                continue
            }
            var end = place + 2
            while end < frame.count, frame[end] < 0x40 { end += 1 }
            let sequence = frame[place..<min(end + 1, frame.count)]
            if end < frame.count, frame[end] == 0x6D {
                appendRewritten(sequence, slots, to: &result)
            } else {
                result.append(contentsOf: sequence)
            }
            place = sequence.endIndex
        }
        return result
    }

    private static func appendRewritten(_ sequence: ArraySlice<UInt8>, _ slots: [RGB], to result: inout [UInt8]) {
        let parameters = sequence.dropFirst(2).dropLast().split(separator: 0x3B, omittingEmptySubsequences: false)
        result.append(contentsOf: [0x1B, 0x5B])
        var index = 0
        while index < parameters.count {
            if index > 0 { result.append(0x3B) }
            let isColor = number(parameters[index]) == 38 || number(parameters[index]) == 48
            if isColor, index + 2 < parameters.count, number(parameters[index + 1]) == 5,
                case let slot = number(parameters[index + 2]) - 16, slots.indices.contains(slot)
            {
                let color = slots[slot]
                result.append(contentsOf: parameters[index])
                result.append(contentsOf: ";2;\(color.red);\(color.green);\(color.blue)".utf8)
                index += 3
            } else {
                result.append(contentsOf: parameters[index])
                index += 1
            }
        }
        result.append(0x6D)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        guard !digits.isEmpty, digits.count < 5 else { return -1 }
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}
