import ClusterModel
import Foundation
import SchedulerWire
import Synchronization

/// A framework's event stream: what the core tells, made into records when the reader is ready for them.
final class FrameworkStream: AnswerStream {
    /// What waits on it.
    enum Item: Sendable {
        case told(FrameworkEvent)
        case heartbeat
    }

    let id = UUID().uuidString.lowercased()
    /// The core's number of it.
    let connection = Mutex<UInt64>(0)
    /// The framework's id once it has one.
    let framework = Mutex<String>("")
    let form: WireForm
    let isRefined: Bool
    private let pipe: EventPipe<Item>
    private let mapping: @Sendable () -> EventMapping
    private let heartbeatSeconds: Int
    private let onClosed = Mutex<(@Sendable () -> Void)?>(nil)

    init(
        form: WireForm, isRefined: Bool, limits: APILimits, mapping: @escaping @Sendable () -> EventMapping
    ) {
        self.form = form
        self.isRefined = isRefined
        self.mapping = mapping
        heartbeatSeconds = limits.heartbeatSeconds
        pipe = EventPipe(limit: limits.waitingEvents)
    }

    /// Takes what the core tells; never waits.
    func tell(_ event: FrameworkEvent) {
        switch event {
        case .offers(let offers): pipe.put(.told(event), weight: 1 + offers.count)
        case .error:
            pipe.put(.told(event))
            pipe.end()
        case .closed: pipe.end()
        case .subscribed:
            pipe.put(.told(event))
            pipe.put(.heartbeat)
        default: pipe.put(.told(event))
        }
    }

    func heartbeat() { pipe.put(.heartbeat, weight: 0) }

    func whenClosed(_ act: @escaping @Sendable () -> Void) { onClosed.withLock { $0 = act } }
    func onCut(_ cut: @escaping @Sendable () -> Void) { pipe.onCut(cut) }

    func next() async -> [[UInt8]]? {
        guard let items = await pipe.next() else { return nil }
        var mapping = mapping()
        mapping.isRefined = isRefined
        return items.map { item in
            let event: WireSchedulerEvent =
                switch item {
                case .heartbeat: .with { $0.type = .heartbeat }
                case .told(let told): mapping.event(told, heartbeatSeconds: heartbeatSeconds)
                }
            return RecordIO.record(WireCoding.encode(event, form))
        }
    }

    /// Ends it behind what waits.
    func end() { pipe.end() }

    func closed() {
        pipe.abandon()
        let act = onClosed.withLock { act in
            defer { act = nil }
            return act
        }
        act?()
    }
}

/// The open streams, by the framework's id and by number.
final class FrameworkStreams: Sendable {
    private struct State {
        var byFramework: [String: FrameworkStream] = [:]
        var open: [ObjectIdentifier: FrameworkStream] = [:]
    }
    private let state = Mutex(State())

    /// Takes a new stream; false = there are too many.
    func add(_ stream: FrameworkStream, limit: Int) -> Bool {
        state.withLock { state in
            guard state.open.count < limit else { return false }
            state.open[ObjectIdentifier(stream)] = stream
            return true
        }
    }
    /// The stream is that of a framework from now on.
    func bind(_ stream: FrameworkStream, to framework: String) {
        stream.framework.withLock { $0 = framework }
        state.withLock { $0.byFramework[framework] = stream }
    }
    func stream(of framework: String) -> FrameworkStream? { state.withLock { $0.byFramework[framework] } }
    func remove(_ stream: FrameworkStream) {
        let framework = stream.framework.withLock { $0 }
        state.withLock { state in
            state.open[ObjectIdentifier(stream)] = nil
            if state.byFramework[framework] === stream { state.byFramework[framework] = nil }
        }
    }
    var all: [FrameworkStream] { state.withLock { Array($0.open.values) } }
    var count: Int { state.withLock { $0.open.count } }
}

/// One event and the end, for subscriptions that are refused on their stream.
struct SingleRecord: AnswerStream {
    private let pipe: EventPipe<[UInt8]>
    init(_ record: [UInt8]) {
        pipe = EventPipe(limit: 8)
        pipe.put(record)
        pipe.end()
    }
    func next() async -> [[UInt8]]? { await pipe.next() }
    func closed() {}
    func onCut(_ cut: @escaping @Sendable () -> Void) {}
}
