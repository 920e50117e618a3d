import ByteCoding

/// Events as bytes: kind and length first, so that unknown kinds can be passed over.
extension Event {
    /// The payload's bytes.
    public func payload() -> [UInt8] {
        switch self {
        case .coreStarted(let e): e.wireBytes()
        case .configured(let e): e.wireBytes()
        case .instanceWished(let e): e.wireBytes()
        case .instanceChanged(let e): e.wireBytes()
        case .nodeAdded(let e): e.wireBytes()
        case .nodeRegistered(let e): e.wireBytes()
        case .nodeChanged(let e): e.wireBytes()
        case .nodeLink(let e): e.wireBytes()
        case .nodeForgotten(let e): e.wireBytes()
        case .jobSubmitted(let e): e.wireBytes()
        case .jobChanged(let e): e.wireBytes()
        case .jobExpected(let e): e.wireBytes()
        case .jobForgotten(let e): e.wireBytes()
        case .offerMade(let e): e.wireBytes()
        case .offerClosed(let e): e.wireBytes()
        case .offersMade(let e): e.wireBytes()
        case .offersClosed(let e): e.wireBytes()
        case .taskLaunched(let e): e.wireBytes()
        case .taskStarted(let e): e.wireBytes()
        case .taskEnded(let e): e.wireBytes()
        case .taskKilling(let e): e.wireBytes()
        case .taskRequeued(let e): e.wireBytes()
        case .tasksForgotten(let e): e.wireBytes()
        case .filterSet(let e): e.wireBytes()
        case .filtersCleared(let e): e.wireBytes()
        case .frameworkChanged(let e): e.wireBytes()
        case .poolChanged(let e): e.wireBytes()
        case .roleChanged(let e): e.wireBytes()
        case .sampled(let e): e.wireBytes()
        case .decided(let e): e.wireBytes()
        case .acted(let e): e.wireBytes()
        case .noted(let e): e.wireBytes()
        case .dayTurned(let e): e.wireBytes()
        case .autoscaler(let e): e.wireBytes()
        case .store(let e): e.wireBytes()
        case .ending(let e): e.wireBytes()
        case .identityAdded(let e): e.wireBytes()
        case .frameworkSubscribed(let e): e.wireBytes()
        case .frameworkLeft(let e): e.wireBytes()
        case .rolesSuppressed(let e): e.wireBytes()
        case .quotaSet(let e): e.wireBytes()
        case .externalTaskAdded(let e): e.wireBytes()
        case .externalTaskUpdated(let e): e.wireBytes()
        case .externalTaskTold(let e): e.wireBytes()
        case .externalTaskAcknowledged(let e): e.wireBytes()
        case .operationChanged(let e): e.wireBytes()
        case .nodeConverted(let e): e.wireBytes()
        case .nodeRedeclared(let e): e.wireBytes()
        case .maintenanceChanged(let e): e.wireBytes()
        case .inverseOfferChanged(let e): e.wireBytes()
        case .agentMarked(let e): e.wireBytes()
        case .poolObserved(let e): e.wireBytes()
        case .orphanChanged(let e): e.wireBytes()
        case .instanceLeased(let e): e.wireBytes()
        case .demandTold(let e): e.wireBytes()
        case .gangsChanged(let e): e.wireBytes()
        case .scaleLooked(let e): e.wireBytes()
        case .typeRefused(let e): e.wireBytes()
        case .budgetCrossed(let e): e.wireBytes()
        case .nodeDeclared(let e): e.wireBytes()
        case .taskPulls(let e): e.wireBytes()
        }
    }

    /// The event of `kind` with this payload; nil when the kind is not known or the payload is not one.
    public init?(kind: UInt16, payload: ArraySlice<UInt8>) {
        func decoded<T: Wired>(_ make: (T) -> Event) -> Event? { T(wireBytes: payload).map(make) }
        let event: Event? =
            switch kind {
            case 1: decoded(Event.coreStarted)
            case 2: decoded(Event.configured)
            case 3: decoded(Event.instanceWished)
            case 4: decoded(Event.instanceChanged)
            case 5: decoded(Event.nodeAdded)
            case 6: decoded(Event.nodeRegistered)
            case 7: decoded(Event.nodeChanged)
            case 8: decoded(Event.nodeLink)
            case 9: decoded(Event.nodeForgotten)
            case 10: decoded(Event.jobSubmitted)
            case 11: decoded(Event.jobChanged)
            case 12: decoded(Event.jobExpected)
            case 13: decoded(Event.jobForgotten)
            case 14: decoded(Event.offerMade)
            case 15: decoded(Event.offerClosed)
            case 40: decoded(Event.offersMade)
            case 41: decoded(Event.offersClosed)
            case 16: decoded(Event.taskLaunched)
            case 17: decoded(Event.taskStarted)
            case 18: decoded(Event.taskEnded)
            case 19: decoded(Event.taskKilling)
            case 20: decoded(Event.taskRequeued)
            case 21: decoded(Event.tasksForgotten)
            case 22: decoded(Event.filterSet)
            case 23: decoded(Event.filtersCleared)
            case 24: decoded(Event.frameworkChanged)
            case 25: decoded(Event.poolChanged)
            case 26: decoded(Event.roleChanged)
            case 27: decoded(Event.sampled)
            case 28: decoded(Event.decided)
            case 29: decoded(Event.acted)
            case 30: decoded(Event.noted)
            case 31: decoded(Event.dayTurned)
            case 32: decoded(Event.autoscaler)
            case 33: decoded(Event.store)
            case 34: decoded(Event.ending)
            case 50: decoded(Event.identityAdded)
            case 51: decoded(Event.frameworkSubscribed)
            case 52: decoded(Event.frameworkLeft)
            case 53: decoded(Event.rolesSuppressed)
            case 54: decoded(Event.quotaSet)
            case 55: decoded(Event.externalTaskAdded)
            case 56: decoded(Event.externalTaskUpdated)
            case 57: decoded(Event.externalTaskTold)
            case 58: decoded(Event.externalTaskAcknowledged)
            case 59: decoded(Event.operationChanged)
            case 60: decoded(Event.nodeConverted)
            case 61: decoded(Event.nodeRedeclared)
            case 62: decoded(Event.maintenanceChanged)
            case 63: decoded(Event.inverseOfferChanged)
            case 64: decoded(Event.agentMarked)
            case 100: decoded(Event.poolObserved)
            case 101: decoded(Event.orphanChanged)
            case 42: decoded(Event.gangsChanged)
            case 65: decoded(Event.demandTold)
            case 102: decoded(Event.instanceLeased)
            case 80: decoded(Event.scaleLooked)
            case 81: decoded(Event.typeRefused)
            case 82: decoded(Event.budgetCrossed)
            case 70: decoded(Event.nodeDeclared)
            case 66: decoded(Event.taskPulls)
            default: nil
            }
        guard let event else { return nil }
        self = event
    }
}

/// A run of events of one instant, as recordings and attached consoles get them.
public enum EventBatch {
    /// Flag bit of an event that a reader may pass over.
    static let ignorable: UInt8 = 1

    /// The bytes of `events`, which are consecutive and of one instant.
    public static func encode(_ events: some Collection<StampedEvent>) -> [UInt8] {
        var writer = ByteWriter(capacity: 64 * (events.count + 1))
        writer.varint(events.first?.sequence ?? 0)
        writer.signed(events.first?.time.microseconds ?? 0)
        writer.varint(UInt64(events.count))
        for stamped in events {
            writer.varint(UInt64(stamped.event.kind))
            writer.byte(stamped.event.isIgnorable ? ignorable : 0)
            writer.blob(stamped.event.payload())
        }
        return writer.bytes
    }

    /// What a batch held for this reader.
    public struct Decoded: Sendable {
        /// The events that are known here.
        public var events: [StampedEvent] = []
        /// Events passed over, all of them ignorable.
        public var skipped = 0
        /// A state-bearing event was not understood: the state is right again only from the next snapshot on.
        public var broken = false
    }

    /// The events in `bytes`; nil when they are not a batch.
    public static func decode(_ bytes: ArraySlice<UInt8>) -> Decoded? {
        var reader = ByteReader(bytes)
        let first = reader.varint()
        let time = Instant(microseconds: reader.signed())
        let count = reader.varint()
        guard !reader.failed, count <= UInt64(reader.remaining) else { return nil }
        var result = Decoded()
        // Each event takes three bytes at least.
        result.events.reserveCapacity(Int(min(count, UInt64(reader.remaining / 3 + 1))))
        for offset in 0..<count {
            let kind = reader.varint()
            let flags = reader.byte()
            let payload = reader.blob()
            if reader.failed { return nil }
            if let known = UInt16(exactly: kind), let event = Event(kind: known, payload: payload) {
                result.events.append(StampedEvent(sequence: first &+ offset, time: time, event: event))
            } else if flags & ignorable != 0 {
                result.skipped += 1
            } else {
                result.broken = true
            }
        }
        return result
    }
}
