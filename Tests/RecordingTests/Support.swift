import ByteCoding
import Foundation

@testable import Recording

/// A folder that goes when the test is over.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "recording-" + UUID().uuidString
        mkdir(path, 0o700)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A small generator whose seed is printed when a test fails.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// The instant at which all films of the tests begin.
let filmStart: Int64 = 1_800_000_000_000_000

/// An events record whose content tells its sequence.
func eventsRecord(_ sequence: UInt64, atSecond second: Double, size: Int = 20, events: UInt64 = 1) -> Record {
    var writer = ByteWriter()
    writer.varint(events)
    writer.varint(sequence)
    writer.raw((0..<max(0, size)).map { UInt8(truncatingIfNeeded: $0 &+ Int(truncatingIfNeeded: sequence)) })
    return Record(
        kind: .events, timeMicroseconds: filmStart + Int64(second * 1_000_000), sequence: sequence,
        payload: writer.bytes[...])
}

/// The bytes of one segment with these records, and where its frames begin.
func segmentBytes(
    _ records: [Record], number: UInt32 = 1, session: UInt64 = 7, limits: RecordingLimits = RecordingLimits(),
    isClosed: Bool = true
) throws -> [UInt8] {
    let header = SegmentHeader(
        startMicroseconds: records.first?.timeMicroseconds ?? filmStart, number: number, session: session,
        sequence: records.first?.sequence ?? 0,
        metadata: RecordingMetadata(clusterID: "c1", clusterName: "demo", epoch: 3, coreVersion: "1.0"))
    var builder = try SegmentBuilder(header: header, limits: limits)
    for record in records { builder.append(record) }
    if isClosed { builder.finish(reason: "") } else { builder.seal() }
    return builder.takePending()
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func readFile(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// Everything that a cursor gives.
func collect(_ start: RecordCursor) -> (records: [Record], gaps: [RecordingGap]) {
    var cursor = start
    var records: [Record] = []
    var gaps: [RecordingGap] = []
    while let item = cursor.next() {
        switch item {
        case .record(let record): records.append(record)
        case .gap(let gap): gaps.append(gap)
        }
    }
    return (records, gaps)
}

/// Begins a session of the film "demo".
func startWriter(
    _ folder: String, session: UInt64 = 7, limits: RecordingLimits = RecordingLimits(), calls: FileCalls = FileCalls(),
    startMicroseconds: Int64 = filmStart, onStop: @escaping @Sendable (RecordingStop) -> Void = { _ in }
) throws -> RecordingWriter {
    let metadata = RecordingMetadata(clusterID: "c1", clusterName: "demo", epoch: 3, coreVersion: "1.0")
    return try RecordingWriter(
        plan: SegmentPlan(folder: folder, name: "demo", metadata: metadata, session: session),
        startMicroseconds: startMicroseconds, sequence: 0, limits: limits, calls: calls, onStop: onStop)
}

extension RecordingWriter {
    @discardableResult
    func append(_ record: Record, startsSegment: Bool = false) -> Bool {
        append(
            record.kind, flags: record.flags, timeMicroseconds: record.timeMicroseconds, sequence: record.sequence,
            payload: .bytes(Array(record.payload)), startsSegment: startsSegment)
    }
}
