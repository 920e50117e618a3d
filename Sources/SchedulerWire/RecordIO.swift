/// The framing of streams: the payload's length in decimal digits, a line feed, the payload, and nothing after it.
public enum RecordIO {
    /// A record of `payload`.
    public static func record(_ payload: [UInt8]) -> [UInt8] {
        Array("\(payload.count)\n".utf8) + payload
    }

    /// Takes records out of a stream that comes in pieces of any size.
    public struct Decoder: Sendable {
        /// Bytes of one record at most.
        public let limit: Int
        private var buffer: [UInt8] = []
        private var start = 0

        /// A decoder that refuses records over `limit` bytes.
        public init(limit: Int = 16 << 20) { self.limit = limit }

        /// Whether a record has begun and not ended.
        public var isInside: Bool { start < buffer.count }

        /// Adds a piece and answers the records that are whole now.
        public mutating func add(_ piece: some Collection<UInt8>) throws(RecordFault) -> [[UInt8]] {
            buffer += piece
            var records: [[UInt8]] = []
            while let (length, body) = try header() {
                guard buffer.count - body >= length else { break }
                records.append(Array(buffer[body..<body + length]))
                start = body + length
            }
            if start == buffer.count {
                buffer.removeAll(keepingCapacity: true)
                start = 0
            } else if start > 65_536 {
                buffer.removeFirst(start)
                start = 0
            }
            return records
        }

        /// Length of the next record and where it begins; nil when that is not there yet.
        private func header() throws(RecordFault) -> (length: Int, body: Int)? {
            var (length, at) = (0, start)
            while at < buffer.count {
                let byte = buffer[at]
                if byte == 0x0A {
                    guard at > start else { throw RecordFault(description: "a record without its length") }
                    return (length, at + 1)
                }
                guard byte >= 0x30, byte <= 0x39 else {
                    throw RecordFault(description: "a record's length is not made of digits")
                }
                length = length * 10 + Int(byte - 0x30)
                guard length <= limit else {
                    throw RecordFault(description: "a record is longer than \(limit) bytes, which is the limit")
                }
                at += 1
            }
            return nil
        }
    }
}

/// A stream that is not made of records.
public struct RecordFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var description: String
}
