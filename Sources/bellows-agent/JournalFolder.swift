import CSys

/// All segments of the journal, oldest first. New records go to the last one; old ones are carried over and removed,
/// so that the journal stays as small as what has to be known.
final class JournalFolder {
    /// Size at which a new segment is begun, in bytes.
    static let segmentBytes: Int64 = 4 << 20
    /// Segments with records of their own that are kept before the oldest is carried over.
    static let fullSegments = 3

    private(set) var segments: [JournalSegment] = []

    /// Numbers of the segments in the present folder, ascending.
    static func numbers() -> [UInt32] {
        guard let directory = opendir(".") else { return [] }
        defer { closedir(directory) }
        var found: [UInt32] = []
        while let name = cs_next_name(directory) {
            let bytes = Array(String(cString: name).utf8)
            if bytes.starts(with: "journal.".utf8), let number = System.number(bytes.dropFirst(8)) {
                found.append(UInt32(truncatingIfNeeded: number))
            }
        }
        found.sort()
        return found
    }

    /// Opens what is there.
    init() { segments = Self.numbers().compactMap { JournalSegment(number: $0, create: false) } }

    /// The segment that takes new records.
    var current: JournalSegment? { segments.last }

    /// A segment by number.
    func segment(_ number: UInt32) -> JournalSegment? { segments.last { $0.number == number } }

    /// Begins a segment with these records; false with errno set when that fails.
    func begin(_ records: [UInt8]) -> Bool {
        let number = (segments.last?.number ?? 0) + 1
        guard let segment = JournalSegment(number: number, create: true) else { return false }
        _ = cs_preallocate(segment.fd, UInt64(Self.segmentBytes))
        guard segment.append(records) != nil, cs_fdatasync(segment.fd) == 0 else {
            unlink(JournalSegment.path(number))
            return false
        }
        segments.append(segment)
        Self.syncFolder()
        return true
    }

    /// Makes the names of new and removed files durable.
    static func syncFolder() {
        let fd = cs_open(".", O_RDONLY, 0)
        if fd < 0 { return }
        fsync(fd)
        close(fd)
    }

    /// Gives out every record that is new in any segment.
    func scan(_ take: (JournalSegment, JournalRecord) -> Void) {
        for segment in segments where segment.writers > 0 || segment === segments.last {
            segment.scan { take(segment, $0) }
        }
    }

    /// Gives out every record from the start; for the first read.
    func scanAll(_ take: (JournalSegment, JournalRecord) -> Void) {
        for segment in segments { segment.scan { take(segment, $0) } }
    }

    /// Removes segments that nobody needs, oldest first. One that still keeps records holds all later ones, because
    /// those may say that a task of it is over; one that was carried over and only waits for its supervisors does not.
    func removeUnused() {
        var kept: [JournalSegment] = []
        var blocked = false
        for segment in segments {
            if segment === segments.last || segment.homes > 0 { blocked = true }
            if blocked || segment.writers > 0 {
                kept.append(segment)
            } else {
                unlink(JournalSegment.path(segment.number))
            }
        }
        segments = kept
    }

    /// The oldest segment that still keeps records, when there are too many of them.
    var segmentToCarry: JournalSegment? {
        let full = segments.dropLast().filter { !$0.isEmptied }
        return full.count > Self.fullSegments ? full.first { $0.homes > 0 } : nil
    }
}
