import CSys

/// One process as /proc shows it.
struct ProcessFacts {
    var pid: Int32
    var parent: Int32
    /// Ended, and not collected by its parent yet.
    var isZombie: Bool
    var session: Int32
    /// User and system time of it and of the children it waited for, in clock ticks.
    var ticks: UInt64
    /// Start, in clock ticks since boot.
    var startTicks: UInt64
    var residentPages: UInt64
}

/// Reading /proc. Without it (a bare chroot) nothing is found, and callers do without.
enum ProcessTable {
    /// Every process that can be seen; about 10 microseconds each.
    static func walk(_ take: (ProcessFacts) -> Void) {
        guard let directory = opendir("/proc") else { return }
        defer { closedir(directory) }
        while let name = cs_next_name(directory) {
            guard name[0] >= 48, name[0] <= 57, let pid = Int32(digits: name) else { continue }
            if let facts = facts(pid) { take(facts) }
        }
    }

    /// The living session leader that was started with this entry in its environment, if any.
    static func leader(withEnvironment entry: String) -> ProcessFacts? {
        var found: ProcessFacts?
        let mark = Array(entry.utf8)
        walk { process in
            guard found == nil, process.session == process.pid,
                let environment = System.readFile("/proc/\(process.pid)/environ", limit: 2 << 20),
                environment.split(separator: 0).contains(where: { $0.elementsEqual(mark) })
            else { return }
            found = process
        }
        return found
    }

    /// One process, or nil when it is not there.
    static func facts(_ pid: Int32) -> ProcessFacts? {
        guard let bytes = System.readFile("/proc/\(pid)/stat", limit: 1024),
            let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        // Fields after the name, the first being field 3 of proc(5).
        let fields = bytes[(nameEnd + 2)...].split(separator: 32)
        guard fields.count > 21 else { return nil }
        func field(_ number: Int) -> UInt64 { System.number(fields[number - 3]) ?? 0 }
        return ProcessFacts(
            pid: pid, parent: Int32(truncatingIfNeeded: field(4)),
            isZombie: fields[0].elementsEqual("Z".utf8) || fields[0].elementsEqual("X".utf8),
            session: Int32(truncatingIfNeeded: field(6)),
            ticks: field(14) + field(15) + field(16) + field(17), startTicks: field(22), residentPages: field(24))
    }

    /// Is this still the process that had the number at a time (boot clock)? A later start means that the number was
    /// given to another one. Without /proc every living process of that number is believed.
    static func isSame(_ pid: Int32, asOf bootNanoseconds: UInt64) -> Bool {
        if pid <= 0 { return false }
        if kill(pid, 0) != 0 && cs_errno() == ESRCH { return false }
        guard let facts = facts(pid) else { return access("/proc/self/stat", R_OK) != 0 }
        return !facts.isZombie && facts.startTicks * (1_000_000_000 / UInt64(cs_clock_ticks())) <= bootNanoseconds
    }

    /// Bytes read from and written to storage by a process.
    static func storageBytes(_ pid: Int32) -> (read: UInt64, written: UInt64) {
        guard let bytes = System.readFile("/proc/\(pid)/io", limit: 1024) else { return (0, 0) }
        var found = (read: UInt64(0), written: UInt64(0))
        for line in bytes.split(separator: 10) {
            guard let colon = line.firstIndex(of: 58), colon + 2 <= line.endIndex else { continue }
            let value = System.number(line[(colon + 2)...]) ?? 0
            if line.starts(with: "read_bytes".utf8) { found.read = value }
            if line.starts(with: "write_bytes".utf8) { found.written = value }
        }
        return found
    }
}

extension Int32 {
    /// A number from zero-ended digits, or nil if something else is there.
    init?(digits: UnsafePointer<CChar>) {
        var value: Int64 = 0
        var place = 0
        while digits[place] != 0 {
            guard digits[place] >= 48, digits[place] <= 57, value < 1 << 31 else { return nil }
            value = value * 10 + Int64(digits[place] - 48)
            place += 1
        }
        guard place > 0, value < 1 << 31 else { return nil }
        self = Int32(value)
    }
}
