import ByteCoding

/// What a film says about the cluster it shows; stands at the head of every segment. Fields are tagged, so that a
/// newer program can add some and an older one skips them.
public struct RecordingMetadata: Sendable, Equatable {
    /// The cluster's identifier.
    public var clusterID = ""
    /// The cluster's name, as the operator knows it.
    public var clusterName = ""
    /// Epoch of the core that wrote the segment.
    public var epoch: UInt64 = 0
    /// Version of the core: inputs are decided again only by the same one.
    public var coreVersion = ""

    /// Metadata of given parts.
    public init(clusterID: String = "", clusterName: String = "", epoch: UInt64 = 0, coreVersion: String = "") {
        self.clusterID = clusterID
        self.clusterName = clusterName
        self.epoch = epoch
        self.coreVersion = coreVersion
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        func field(_ tag: UInt64, _ value: [UInt8]) {
            writer.varint(tag)
            writer.blob(value)
        }
        field(1, Array(clusterID.utf8))
        field(2, Array(clusterName.utf8))
        var number = ByteWriter()
        number.varint(epoch)
        field(3, number.bytes)
        field(4, Array(coreVersion.utf8))
        return writer.bytes
    }

    init(decoding bytes: ArraySlice<UInt8>) {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            let tag = reader.varint()
            let value = reader.blob()
            if reader.failed { break }
            switch tag {
            case 1: clusterID = String(decoding: value, as: UTF8.self)
            case 2: clusterName = String(decoding: value, as: UTF8.self)
            case 3:
                var number = ByteReader(value)
                epoch = number.varint()
            case 4: coreVersion = String(decoding: value, as: UTF8.self)
            default: break
            }
        }
    }
}

/// The header page of a segment: 64 fixed bytes with their own checksum, the metadata, zeros up to 4 KiB.
public struct SegmentHeader: Sendable, Equatable {
    /// Format version; a reader refuses a newer major and takes any minor.
    public var major = SegmentFormat.major
    /// Format version; newer ones may hold kinds that this program skips.
    public var minor = SegmentFormat.minor
    /// Reserved; zero.
    public var flags: UInt32 = 0
    /// When the segment begins, microseconds since 1970.
    public var startMicroseconds: Int64
    /// Place in the film, from 1.
    public var number: UInt32
    /// The same in all segments that one run of one core wrote.
    public var session: UInt64
    /// `Record.sequence` at the start.
    public var sequence: UInt64
    /// What the film shows.
    public var metadata: RecordingMetadata

    /// Tells a recording from other files, and shows up a copy that changed line ends.
    static let magic: [UInt8] = [0x89, 0x42, 0x4c, 0x57, 0x52, 0x0d, 0x0a, 0x1a]

    init(
        startMicroseconds: Int64, number: UInt32, session: UInt64, sequence: UInt64, metadata: RecordingMetadata
    ) {
        self.startMicroseconds = startMicroseconds
        self.number = number
        self.session = session
        self.sequence = sequence
        self.metadata = metadata
    }

    /// The header page, `SegmentFormat.headerBytes` long.
    func encoded() throws(RecordingError) -> [UInt8] {
        let data = metadata.encoded()
        guard data.count <= SegmentFormat.maximumMetadataBytes else {
            throw .metadataTooLarge(bytes: data.count, limit: SegmentFormat.maximumMetadataBytes)
        }
        var writer = ByteWriter(capacity: SegmentFormat.headerBytes)
        writer.raw(Self.magic)
        writer.fixed32(UInt32(major) | UInt32(minor) << 16)
        writer.fixed32(flags)
        writer.fixed64(UInt64(bitPattern: startMicroseconds))
        writer.fixed32(number)
        writer.fixed32(0)
        writer.fixed64(session)
        writer.fixed64(sequence)
        writer.fixed32(UInt32(data.count))
        writer.fixed32(checksum(data[...]))
        writer.fixed32(0)
        writer.fixed32(checksum(writer.bytes[...]))
        writer.raw(data)
        writer.raw(repeatElement(0, count: SegmentFormat.headerBytes - writer.count))
        return writer.bytes
    }

    /// What reading a header page can come to.
    enum Reading {
        case header(SegmentHeader)
        /// The checksum is wrong, or the page is cut: the frames behind it may be whole all the same.
        case damaged
        case newerMajor(UInt16)
        case foreign
    }

    /// Reads a header page; `page` may be shorter than 4 KiB.
    static func read(_ page: [UInt8]) -> Reading {
        guard page.count >= SegmentFormat.fixedHeaderBytes else {
            return page.starts(with: magic) || magic.starts(with: page) ? .damaged : .foreign
        }
        var reader = ByteReader(page)
        let foundMagic = reader.raw(8)
        let version = reader.fixed32()
        _ = reader.fixed32()
        let start = Int64(bitPattern: reader.fixed64())
        let number = reader.fixed32()
        _ = reader.fixed32()
        let session = reader.fixed64()
        let sequence = reader.fixed64()
        let length = Int(reader.fixed32())
        let dataChecksum = reader.fixed32()
        _ = reader.fixed32()
        guard reader.fixed32() == checksum(page[..<60]) else {
            return foundMagic == magic[...] ? .damaged : .foreign
        }
        guard foundMagic == magic[...] else { return .foreign }
        let major = UInt16(truncatingIfNeeded: version)
        guard major <= SegmentFormat.major else { return .newerMajor(major) }
        var metadata = RecordingMetadata()
        let end = SegmentFormat.fixedHeaderBytes + length
        if end <= page.count, checksum(page[SegmentFormat.fixedHeaderBytes..<end]) == dataChecksum {
            metadata = RecordingMetadata(decoding: page[SegmentFormat.fixedHeaderBytes..<end])
        }
        var header = SegmentHeader(
            startMicroseconds: start, number: number, session: session, sequence: sequence, metadata: metadata)
        header.major = major
        header.minor = UInt16(truncatingIfNeeded: version >> 16)
        return .header(header)
    }
}
