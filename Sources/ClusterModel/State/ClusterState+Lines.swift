/// The event pane's lines without a copy of all of them: a picture needs a few, and asks for them often.
extension ClusterState {
    /// Number of the newest line; 0 when there is none. O(1).
    public var newestLineNumber: UInt64 { recentBlocks.last?.last?.sequence ?? 0 }

    /// The newest `count` lines, the newest first. O(count).
    public func newestLines(_ count: Int) -> [StampedEvent] {
        var lines: [StampedEvent] = []
        lines.reserveCapacity(min(count, Self.recentLimit))
        for block in recentBlocks.reversed() {
            for stamped in block.reversed() {
                if lines.count >= min(count, Self.recentLimit) { return lines }
                lines.append(stamped)
            }
        }
        return lines
    }
}

extension ClusterState {
    /// Numbers that are equal as long as nothing but measurements (usage of nodes and tasks, when they were heard)
    /// differs between two states of one cluster: jobs, offers, machines, names and the newest line.
    public struct Happenings: Hashable, Sendable {
        var numbers: [UInt64]
    }

    /// What has happened so far, for comparing. O(1).
    public var happenings: Happenings {
        Happenings(numbers: [
            epoch, newestLineNumber, jobs.change, offers.change, instances.change, texts.table.change,
            UInt64(roles.count), UInt64(pools.count),
        ])
    }
}
