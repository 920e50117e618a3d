import ByteCoding

/// The payload of an index record: tagged fields, each list delta-coded from its own start.
extension SegmentIndex {
    private enum Tag {
        static let span: UInt64 = 1
        static let snapshots: UInt64 = 2
        static let points: UInt64 = 3
        static let marks: UInt64 = 4
        static let density: UInt64 = 5
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 64 + 8 * points.count + 4 * density.count)
        func field(_ tag: UInt64, _ fill: (inout ByteWriter) -> Void) {
            var content = ByteWriter()
            fill(&content)
            writer.varint(tag)
            writer.blob(content.bytes)
        }
        field(Tag.span) { content in
            content.varint(previous)
            content.byte(isWhole ? 1 : 0)
            content.signed(firstTime)
            content.signed(lastTime)
            content.varint(lastSequence)
            content.varint(recordCount)
        }
        field(Tag.snapshots) { content in
            var place = PlaceCoder()
            for point in snapshots {
                place.write(point.offset, point.timeMicroseconds, point.sequence, &content)
                content.byte(point.isWhole ? 1 : 0)
            }
        }
        field(Tag.points) { content in
            var place = PlaceCoder()
            for point in points { place.write(point.offset, point.timeMicroseconds, point.sequence, &content) }
        }
        field(Tag.marks) { content in
            var place = PlaceCoder()
            for mark in marks {
                place.write(mark.offset, mark.timeMicroseconds, mark.sequence, &content)
                content.varint(mark.kind.rawValue)
                content.blob(mark.payload)
            }
        }
        field(Tag.density) { content in
            var last: Int64 = 0
            for point in density {
                content.signed(point.second - last)
                content.varint(point.events)
                last = point.second
            }
        }
        return writer.bytes
    }

    /// Nil when the payload makes no sense; the reader then scans instead.
    init?(decoding payload: ArraySlice<UInt8>) {
        var reader = ByteReader(payload)
        var sawSpan = false
        while !reader.isAtEnd {
            let tag = reader.varint()
            var content = ByteReader(reader.blob())
            if reader.failed { return nil }
            switch tag {
            case Tag.span:
                readSpan(&content)
                sawSpan = true
            case Tag.snapshots: readSnapshots(&content)
            case Tag.points: readPoints(&content)
            case Tag.marks: readMarks(&content)
            case Tag.density: readDensity(&content)
            default: break
            }
            if content.failed { return nil }
        }
        if !sawSpan { return nil }
    }

    private mutating func readSpan(_ content: inout ByteReader) {
        previous = content.varint()
        isWhole = content.byte() == 1
        firstTime = content.signed()
        lastTime = content.signed()
        lastSequence = content.varint()
        recordCount = content.varint()
    }

    private mutating func readSnapshots(_ content: inout ByteReader) {
        var place = PlaceCoder()
        while !content.isAtEnd {
            place.read(&content)
            let isWhole = content.byte() == 1
            snapshots.append(
                SnapshotPoint(
                    offset: place.offset, timeMicroseconds: place.time, sequence: place.sequence, isWhole: isWhole))
        }
    }

    private mutating func readPoints(_ content: inout ByteReader) {
        var place = PlaceCoder()
        while !content.isAtEnd {
            place.read(&content)
            points.append(
                FramePoint(offset: place.offset, timeMicroseconds: place.time, sequence: place.sequence))
        }
    }

    private mutating func readMarks(_ content: inout ByteReader) {
        var place = PlaceCoder()
        while !content.isAtEnd {
            place.read(&content)
            let kind = RecordKind(rawValue: content.varint())
            marks.append(
                MarkPoint(
                    offset: place.offset, kind: kind, timeMicroseconds: place.time, sequence: place.sequence,
                    payload: Array(content.blob())))
        }
    }

    private mutating func readDensity(_ content: inout ByteReader) {
        var second: Int64 = 0
        while !content.isAtEnd {
            second &+= content.signed()
            density.append(DensityPoint(second: second, events: content.varint()))
        }
    }
}

/// Writes places as differences from the one before; wraps rather than traps on nonsense.
private struct PlaceCoder {
    var offset: UInt64 = 0
    var time: Int64 = 0
    var sequence: UInt64 = 0

    mutating func write(_ offset: UInt64, _ time: Int64, _ sequence: UInt64, _ writer: inout ByteWriter) {
        writer.varint(offset &- self.offset)
        writer.signed(time &- self.time)
        writer.signed(Int64(bitPattern: sequence &- self.sequence))
        (self.offset, self.time, self.sequence) = (offset, time, sequence)
    }

    mutating func read(_ reader: inout ByteReader) {
        offset &+= reader.varint()
        time &+= reader.signed()
        sequence &+= UInt64(bitPattern: reader.signed())
    }
}
