import ClusterModel
import ControlRuntime
import Foundation
import SchedulerWire
import Synchronization

/// An operator's event stream.
final class OperatorStream: AnswerStream {
    let form: WireForm
    private let pipe: EventPipe<[UInt8]>
    private let onClosed: @Sendable (OperatorStream) -> Void

    init(form: WireForm, limits: APILimits, onClosed: @escaping @Sendable (OperatorStream) -> Void) {
        self.form = form
        self.onClosed = onClosed
        pipe = EventPipe(limit: limits.waitingBytes)
    }

    func put(_ record: [UInt8]) { pipe.put(record, weight: record.count) }
    func end() { pipe.end() }
    func next() async -> [[UInt8]]? { await pipe.next() }
    func onCut(_ cut: @escaping @Sendable () -> Void) { pipe.onCut(cut) }
    func closed() {
        pipe.abandon()
        onClosed(self)
    }
}

/// All operators' streams: one follower of the core, with a copy of the state of its own, tells them all.
final class OperatorStreams: Sendable {
    private struct State {
        /// In the order in which they came.
        var streams: [OperatorStream] = []
        var follower: UInt64?
        var telling: OperatorTelling?
    }
    private let state = Mutex(State())
    private let core: LiveCore
    private let limits: APILimits
    private let heart: [WireForm: [UInt8]]
    /// Runs are turned into records in order, off the core's thread.
    private let runs: EventPipe<EventRun>

    init(core: LiveCore, limits: APILimits) {
        self.core = core
        self.limits = limits
        let event = WireOperatorEvent.with { $0.type = .heartbeat }
        heart = [
            .json: RecordIO.record(WireCoding.encode(event, .json)),
            .protobuf: RecordIO.record(WireCoding.encode(event, .protobuf)),
        ]
        runs = EventPipe(limit: limits.waitingBytes)
        let runs = self.runs
        Task { [weak self] in
            while let some = await runs.next() { for run in some { self?.tell(run) } }
        }
    }

    deinit { runs.end() }

    var count: Int { state.withLock { $0.streams.count } }

    /// A new stream, which begins with the state as it is. The oldest gives way when there are too many.
    func open(form: WireForm, place: MasterPlace) -> OperatorStream {
        let stream = OperatorStream(form: form, limits: limits) { [weak self] in self?.remove($0) }
        let oldest: OperatorStream? = state.withLock { state in
            if state.telling == nil {
                let runs = self.runs
                let start = core.follow { runs.put($0, weight: $0.bytes.count) }
                state.follower = start.follower
                state.telling = OperatorTelling(state: start.state, place: place)
            }
            state.streams.append(stream)
            if let telling = state.telling {
                stream.put(RecordIO.record(WireCoding.encode(telling.subscribed(limits, core.now), form)))
                stream.put(heart[form] ?? [])
            }
            return state.streams.count > limits.operatorStreams ? state.streams.removeFirst() : nil
        }
        oldest?.end()
        return stream
    }

    private func remove(_ stream: OperatorStream) {
        let follower: UInt64? = state.withLock { state in
            state.streams.removeAll { $0 === stream }
            guard state.streams.isEmpty else { return nil }
            defer { (state.follower, state.telling) = (nil, nil) }
            return state.follower
        }
        if let follower { core.unfollow(follower) }
    }

    private func tell(_ run: EventRun) {
        state.withLock { state in
            guard state.telling != nil, let events = state.telling?.events(run), !events.isEmpty else { return }
            var records: [WireForm: [[UInt8]]] = [:]
            for stream in state.streams {
                if records[stream.form] == nil {
                    records[stream.form] = events.map { RecordIO.record(WireCoding.encode($0, stream.form)) }
                }
                for record in records[stream.form] ?? [] { stream.put(record) }
            }
        }
    }

    func heartbeat() {
        state.withLock { state in for stream in state.streams { stream.put(heart[stream.form] ?? []) } }
    }

    func endAll() { state.withLock { state in for stream in state.streams { stream.end() } } }
}

/// What operators are told, made of the core's events and a copy of the state that they are applied to.
struct OperatorTelling {
    var state: ClusterState
    let place: MasterPlace
    /// Agents that were told of, by number.
    private var known: Set<UInt32> = []

    init(state: ClusterState, place: MasterPlace) {
        self.state = state
        self.place = place
        for node in StateReading(state, place).agents { known.insert(state.nodes[node.index].agent) }
    }

    /// The first event of a stream.
    func subscribed(_ limits: APILimits, _ now: Instant) -> WireOperatorEvent {
        .with {
            $0.type = .subscribed
            $0.subscribed.getState = OperatorReads(reading: StateReading(state, place), now: now).getState
            $0.subscribed.heartbeatIntervalSeconds = Double(limits.heartbeatSeconds)
        }
    }

    /// Applies a run and answers what is to be told of it.
    mutating func events(_ run: EventRun) -> [WireOperatorEvent] {
        guard run.last > state.sequence, let decoded = EventBatch.decode(run.bytes[...]) else { return [] }
        var told: [WireOperatorEvent] = []
        // A framework's end is told after the ends of its tasks, which the core decides after it.
        var ended: [WireOperatorEvent] = []
        for event in decoded.events where event.sequence > state.sequence {
            let before = Self.needsBefore(event.event) ? state : nil
            state.apply(event)
            for event in self.told(event.event, before) {
                if event.type == .frameworkRemoved { ended.append(event) } else { told.append(event) }
            }
        }
        return told + ended
    }

    private static func needsBefore(_ event: Event) -> Bool {
        if case .frameworkSubscribed = event { return true }
        return false
    }

    private mutating func told(_ event: Event, _ before: ClusterState?) -> [WireOperatorEvent] {
        let reading = StateReading(state, place)
        switch event {
        case .externalTaskAdded(let added) where added.task.kind == .task:
            return [
                .with {
                    $0.type = .taskAdded
                    $0.taskAdded.task = reading.task(added.job, added.task)
                }
            ]
        case .externalTaskUpdated(let updated):
            guard let row = state.external(updated.job), row.kind == .task else { return [] }
            return [
                .with {
                    $0.type = .taskUpdated
                    $0.taskUpdated.frameworkID.value = state.frameworkID(of: row.framework)
                    $0.taskUpdated.status = reading.status(updated.update, of: row)
                    $0.taskUpdated.state = EventMapping.state(updated.update.state)
                }
            ]
        case .frameworkSubscribed(let subscribed):
            let id = subscribed.framework
            let wasKnown = before.map { $0.details(of: id)?.registeredAt.isNever == false } ?? false
            return [
                .with {
                    $0.type = wasKnown ? .frameworkUpdated : .frameworkAdded
                    if wasKnown {
                        $0.frameworkUpdated.framework = reading.framework(id)
                    } else {
                        $0.frameworkAdded.framework = reading.framework(id)
                    }
                }
            ]
        case .frameworkLeft(let left):
            guard state.details(of: left.framework) != nil else { return [] }
            return [
                .with {
                    if left.isRemoved {
                        $0.type = .frameworkRemoved
                        $0.frameworkRemoved.frameworkInfo = reading.info(of: left.framework)
                    } else {
                        $0.type = .frameworkUpdated
                        $0.frameworkUpdated.framework = reading.framework(left.framework)
                    }
                }
            ]
        case .nodeAdded, .nodeRegistered, .nodeChanged, .nodeForgotten, .agentMarked: return agentEvents(reading)
        default: return []
        }
    }

    /// Whether an agent was removed in order. Of one that has fallen silent, or was marked gone, its tasks tell.
    private func isRemoved(_ number: UInt32) -> Bool {
        !state.goneAgents.contains(number) && state.index.nodeByAgent[number] == nil
    }

    /// Agents that are new or gone since they were last looked at.
    private mutating func agentEvents(_ reading: StateReading) -> [WireOperatorEvent] {
        var now: Set<UInt32> = []
        var told: [WireOperatorEvent] = []
        for node in reading.agents {
            let number = state.nodes[node.index].agent
            now.insert(number)
            if !known.contains(number) {
                told.append(
                    .with {
                        $0.type = .agentAdded
                        $0.agentAdded.agent = reading.agent(node)
                    })
            }
        }
        for number in known.subtracting(now).sorted() where isRemoved(number) {
            told.append(
                .with {
                    $0.type = .agentRemoved
                    $0.agentRemoved.agentID.value = state.agentID(number: number)
                })
        }
        known = now
        return told
    }
}
