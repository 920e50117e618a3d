import Glibc

/// Which closed segments have to go: the oldest first, never one that is being written, and no holes.
enum Retention {
    /// The entries to remove, by age and by the total size of all entries.
    ///
    /// - Parameters:
    ///   - starts: start of each entry in microseconds, nil where its header cannot be read.
    ///   - now: the film's present instant in microseconds.
    static func surplus(
        _ entries: [FilmFiles.Entry], starts: [Int64?], nowMicroseconds now: Int64, limits: RecordingLimits
    ) -> [FilmFiles.Entry] {
        var total = entries.reduce(Int64(0)) { $0 + $1.bytes }
        var surplus: [FilmFiles.Entry] = []
        // The last one is the one being written.
        for (position, entry) in entries.dropLast().enumerated() {
            let ended = starts[position + 1]
            let isOld = ended.map { now &- $0 > Int64(limits.keepSeconds) * 1_000_000 } ?? false
            guard isOld || total > limits.keepBytes else { break }
            surplus.append(entry)
            total -= entry.bytes
        }
        return surplus
    }

    /// Removes the surplus of a film and answers how many files went. A file that cannot be removed ends the work:
    /// it is tried again at the next segment.
    static func apply(
        folder: String, name: String, nowMicroseconds now: Int64, limits: RecordingLimits
    ) throws(RecordingError) -> Int {
        let entries = try FilmFiles.list(folder: folder, name: name)
        var starts: [Int64?] = []
        for entry in entries { starts.append(start(of: entry.path)) }
        var removed = 0
        for entry in surplus(entries, starts: starts, nowMicroseconds: now, limits: limits) {
            if (try? SegmentFile.open(entry.path))?.isBeingWritten == true { break }
            guard unlink(entry.path) == 0 else { break }
            removed += 1
        }
        if removed > 0 { try Folder.synchronize(folder) }
        return removed
    }

    private static func start(of path: String) -> Int64? {
        guard let file = try? SegmentFile.open(path),
            let page = try? file.read(at: 0, count: SegmentFormat.fixedHeaderBytes),
            case .header(let header) = SegmentHeader.read(page)
        else { return nil }
        return header.startMicroseconds
    }
}
