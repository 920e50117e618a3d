import ClusterModel
import ConsoleView

/// Events that operators want to see, oldest first.
enum EventList {
    static func make(_ context: ListContext, _ events: some Sequence<StampedEvent>) -> List<StampedEvent> {
        let state = context.state
        return List(
            plural: "events",
            columns: [
                ListColumn("event", field: "event") { .count(Int64(clamping: $0.sequence)) },
                ListColumn("time", title: "TIME", shown: { context.clock($0.time) }) { .instant($0.time) },
                ListColumn("kind", field: "kind") { .text(word($0.event)) },
                ListColumn("text", field: "text", title: "EVENT") { .text(EventLine.text($0, state).text) },
                ListColumn("", field: "age") { .interval(context.now - $0.time) },
            ], rows: Array(events))
    }

    /// One event as a plain line.
    static func line(_ event: StampedEvent, _ context: ListContext) -> String {
        let text = EventLine.text(event, context.state).text
        let plain = text.map { $0.unicodeScalars.contains { $0.value < 0x20 || 0x7F...0x9F ~= $0.value } ? "?" : $0 }
        return "\(context.clock(event.time)) \(String(plain))\n"
    }

    /// The kind's word: the case's name.
    private static func word(_ event: Event) -> String {
        String("\(event)".prefix { $0 != "(" })
    }
}
