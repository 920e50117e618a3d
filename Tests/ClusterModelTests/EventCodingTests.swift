import ByteCoding
import ClusterModel
import Testing

/// Every kind of event comes back from its bytes, and a reader that is older than the writer knows what it may pass over.
@Suite struct EventCodingTests {
    static let ranges: [ClosedRange<UInt16>] = [1...34, 40...42, 50...66, 70...70, 80...82, 100...102]
    static let known: [UInt16] = ranges.flatMap { Array($0) }

    @Test func everyKindComesBackFromItsBytes() throws {
        for kind in Self.known {
            let event = try #require(Event(kind: kind, payload: []), "kind \(kind) is not decoded")
            #expect(event.kind == kind)
            #expect(Event(kind: kind, payload: event.payload()[...]) == event)
        }
        #expect(Event(kind: 0, payload: []) == nil)
        for kind in 1...200 where !Self.known.contains(UInt16(kind)) {
            #expect(Event(kind: UInt16(kind), payload: []) == nil, "kind \(kind) is new: name it above")
        }
    }

    @Test func fieldsComeBack() {
        var spec = JobSpec()
        (spec.name, spec.role, spec.argv, spec.environment) = ("sim", "eng/web", ["a", "b c"], ["K=ä"])
        (spec.priority, spec.timeLimit, spec.after) = (-7, .seconds(90), [JobID(raw: 3)])
        spec.words = [Extras.Words(name: "licences", items: ["x", "y"])]
        let event = Event.jobSubmitted(JobSubmitted(job: JobID(raw: 9), user: "anna", framework: .batch, spec: spec))
        let stamped = StampedEvent(sequence: 41, time: Instant(microseconds: 1_750_000_000_000_001), event: event)
        #expect(EventBatch.decode(EventBatch.encode([stamped])[...])?.events == [stamped])
    }

    @Test(arguments: [true, false]) func anUnknownKindIsPassedOverOnlyWhenItMayBe(isIgnorable: Bool) throws {
        var writer = ByteWriter()
        writer.varint(7)
        writer.signed(1_000)
        writer.varint(2)
        writer.varint(60_000)
        writer.byte(isIgnorable ? 1 : 0)
        writer.blob([1, 2, 3])
        writer.varint(31)
        writer.byte(0)
        writer.blob(Event.dayTurned(DayTurned(day: 5)).payload())
        let decoded = try #require(EventBatch.decode(writer.bytes[...]))
        #expect(decoded.broken == !isIgnorable && decoded.skipped == (isIgnorable ? 1 : 0))
        #expect(decoded.events.map(\.sequence) == [8])
    }

    @Test func bytesThatAreNoBatchAreRefused() {
        #expect(EventBatch.decode([0xff, 0xff]) == nil)
        #expect(EventBatch.decode([1, 2, 0xff, 0xff, 0xff, 0xff, 0x0f]) == nil)
    }

    @Test func anOlderInputReadsWithItsMissingFieldsEmpty() {
        let full = Input.agentGone(AgentGone(node: "n1", message: "gone")).bytes()
        #expect(Input(bytes: full[...]) == .agentGone(AgentGone(node: "n1", message: "gone")))
        #expect(Input(bytes: full.dropLast(5)) == .agentGone(AgentGone(node: "n1", message: "")))
        #expect(Input(bytes: [99]) == nil)
    }
}
