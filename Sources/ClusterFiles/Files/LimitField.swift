import ClusterModel

/// The fields of `limits:` and `recording:` in one table, which reading, writing and comparing all go by.
struct LimitField: Sendable {
    /// What kind of value a field has, and where it is kept.
    enum Kind: Sendable {
        case interval(WritableKeyPath<Limits, Interval> & Sendable, ClosedRange<Interval>)
        case count(WritableKeyPath<Limits, UInt32> & Sendable, ClosedRange<UInt32>)
        case size(WritableKeyPath<Limits, Int64> & Sendable, ClosedRange<Int64>)
    }
    /// The key above it.
    enum Section: String, Sendable, CaseIterable { case limits, recording }

    var section = Section.limits
    var key: String
    var kind: Kind

    init(_ key: String, _ kind: Kind, in section: Section = .limits) {
        self.key = key
        self.kind = kind
        self.section = section
    }

    /// Every field in the order in which it is written.
    static let all = [
        LimitField("unreachableAfter", .interval(\.unreachableAfter, .seconds(1) ... .hours(24))),
        LimitField("lostAfter", .interval(\.lostAfter, .seconds(2) ... .hours(24 * 30))),
        LimitField("offerTimeout", .interval(\.offerTimeout, .milliseconds(100) ... .hours(24))),
        LimitField("stagingTimeout", .interval(\.stagingTimeout, .seconds(1) ... .hours(24))),
        LimitField("failuresInRow", .count(\.failuresInRow, 0...1_000)),
        LimitField("sampleEvery", .interval(\.sampleEvery, .milliseconds(100) ... .hours(1))),
        LimitField("keepFinished", .interval(\.keepFinished, .zero ... .hours(24 * 30))),
        LimitField("keepFinishedCount", .count(\.keepFinishedCount, 0...1_000_000)),
        LimitField("assumedRunTime", .interval(\.assumedRunTime, .seconds(1) ... .hours(24 * 365))),
        LimitField("retryAfter", .interval(\.retryAfter, .zero ... .hours(24))),
        LimitField("logLimit", .size(\.logLimit, 4_096...(1 << 40))),
        LimitField("age", .interval(\.recordingAge, .minutes(1) ... .hours(24 * 3_650)), in: .recording),
        LimitField("size", .size(\.recordingSize, (1 << 20)...(1 << 50)), in: .recording),
    ]
}

extension ClusterFile {
    static func readLimits(_ reader: inout MappingReader, into limits: inout Limits) {
        for section in LimitField.Section.allCases {
            guard var part = reader.mapping(section.rawValue, subject: "`\(section.rawValue)`") else { continue }
            for field in LimitField.all where field.section == section {
                switch field.kind {
                case .interval(let path, let range):
                    if let value = part.interval(field.key, range) { limits[keyPath: path] = value }
                case .count(let path, let range):
                    if let value = part.count(field.key, range) { limits[keyPath: path] = value }
                case .size(let path, let range):
                    if let value = part.bytes(field.key, range) { limits[keyPath: path] = value }
                }
            }
            if section == .limits { checkLimits(part, limits) }
            part.finish()
        }
    }

    private static func checkLimits(_ part: MappingReader, _ limits: Limits) {
        if limits.lostAfter <= limits.unreachableAfter {
            part.refuse(
                part.has("lostAfter") ? "lostAfter" : "unreachableAfter",
                "`lostAfter` must be longer than `unreachableAfter`: a node is unreachable before it is lost")
        }
        if limits.sampleEvery * 2 > limits.unreachableAfter {
            part.refuse(
                part.has("sampleEvery") ? "sampleEvery" : "unreachableAfter",
                "`unreachableAfter` must be at least twice `sampleEvery`: a sample is a node's sign of life")
        }
    }
}
