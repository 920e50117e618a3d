// Makes a finished frame shorter: colours and attributes go out only where they change what is seen.

import ConsoleView

/// Follows the pen through the frames that ncurses makes and writes them anew with the fewest bytes for the same
/// picture. ncurses sets both colours and resets attributes at each change of style; most of that says nothing new.
///
/// Only for terminals that understand the sequences of xterm (see ``TerminalCapabilities``). With 24 bits, colour
/// numbers from 16 on become the theme's own colours on the way.
struct FrameCompactor {
    /// What the terminal writes with; nil when nobody knows.
    private var sent: Pen?
    /// What the frame says it should write with.
    private var wanted = Pen()
    /// The character set that is chosen, `B` for the ordinary one; 0 when nobody knows.
    private var charset: UInt8 = 0

    /// Somebody else may have written to the terminal.
    mutating func forget() { self = FrameCompactor() }

    /// The frame with the same picture in fewer bytes. One pass. `isLast` leaves the pen as the frame says, for
    /// whoever writes next.
    mutating func compact(_ frame: [UInt8], slots: [RGB], isLast: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(frame.count)
        var place = 0
        while place < frame.count {
            let byte = frame[place]
            if byte == 0x1B {
                place = escape(frame, place, slots, &result)
                continue
            }
            // Moving to the left, to the margin or to a tab stop writes nothing; a new line may scroll in a colour.
            if byte != 0x08 && byte != 0x0D && byte != 0x09 { flush(slots, &result) }
            result.append(byte)
            place += 1
        }
        if isLast { flush(slots, &result) }
        return result
    }

    private mutating func flush(_ slots: [RGB], _ result: inout [UInt8]) {
        guard sent != wanted else { return }
        result.append(contentsOf: wanted.sequence(from: sent, slots: slots))
        sent = wanted
    }

    /// Takes the sequence that begins at `place`; answers where the next begins.
    private mutating func escape(
        _ frame: [UInt8], _ place: Int, _ slots: [RGB], _ result: inout [UInt8]
    ) -> Int {
        guard place + 1 < frame.count else {
            result.append(frame[place])
            return place + 1
        }
        switch frame[place + 1] {
        case 0x5B: return control(frame, place, slots, &result)
        case 0x28 where place + 2 < frame.count:
            let chosen = frame[place + 2]
            if chosen != charset { result.append(contentsOf: frame[place..<place + 3]) }
            charset = chosen
            return place + 3
        default:
            // Reverse index, saving and restoring, strings: whatever it is, it goes out as it came.
            flush(slots, &result)
            result.append(contentsOf: frame[place..<place + 2])
            if frame[place + 1] != 0x3D && frame[place + 1] != 0x3E { sent = nil }
            return place + 2
        }
    }

    private mutating func control(
        _ frame: [UInt8], _ place: Int, _ slots: [RGB], _ result: inout [UInt8]
    ) -> Int {
        var end = place + 2
        while end < frame.count, frame[end] < 0x40 || frame[end] > 0x7E { end += 1 }
        guard end < frame.count else {
            result.append(contentsOf: frame[place...])
            return frame.count
        }
        let sequence = frame[place...end]
        if frame[end] == 0x6D {
            var pen = wanted
            if pen.take(sequence.dropFirst(2).dropLast()) {
                wanted = pen
                return end + 1
            }
            flush(slots, &result)
            sent = nil
        } else if !Self.onlyMoves.contains(frame[end]) {
            // Erasing and inserting paint the background.
            flush(slots, &result)
        }
        result.append(contentsOf: sequence)
        return end + 1
    }

    /// Ends of control sequences that move the cursor or set modes: A to H, d, f, `, a, e, h, l.
    private static let onlyMoves: Set<UInt8> = Set(0x41...0x48).union([0x64, 0x66, 0x60, 0x61, 0x65, 0x68, 0x6C])
}
