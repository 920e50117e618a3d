import ClusterModel
import ClusterSource

/// The command palette: which line of the key table is meant, and how a half-typed line may go on.
enum Palette {
    /// A way to go on.
    struct Completion {
        /// The whole line.
        var line: String
        /// What it is, dim beside it.
        var text: String
        /// The key that does the same.
        var key: String
        /// Why it can do nothing now.
        var disabled: String?
    }

    /// Most ways to go on that are offered.
    static let limit = 64
    /// All command words.
    static var words: [String] { KeyTable.bindings.map(\.word) }

    /// The command at the start of a line and what follows it; the longest word wins.
    static func find(_ line: String) -> (binding: Binding, rest: String)? {
        let fitting = KeyTable.bindings.filter { line == $0.word || line.hasPrefix($0.word + " ") }
        guard let best = fitting.max(by: { $0.word.count < $1.word.count }) else { return nil }
        return (best, String(line.dropFirst(best.word.count)))
    }

    /// How a line may go on: command words, then the names that a command expects.
    static func completions(_ line: String, _ model: ConsoleModel, _ frame: SourceFrame) -> [Completion] {
        if let (binding, rest) = find(line), rest.hasPrefix(" ") {
            return arguments(binding, String(rest.dropFirst()), model, frame)
        }
        let typed = line.lowercased()
        let starting = KeyTable.bindings.filter { $0.word.hasPrefix(typed) }
        let inside =
            typed.isEmpty ? [] : KeyTable.bindings.filter { !$0.word.hasPrefix(typed) && $0.word.contains(typed) }
        return (starting + inside).filter { $0.command != .palette }.prefix(limit).map { binding in
            Completion(
                line: binding.usage.isEmpty ? binding.word : binding.word + " ", text: binding.text,
                key: binding.keyText, disabled: model.disabledReason(binding, frame: frame))
        }
    }

    private static func arguments(
        _ binding: Binding, _ rest: String, _ model: ConsoleModel, _ frame: SourceFrame
    ) -> [Completion] {
        let words = rest.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let last = words.last ?? ""
        let names = candidates(binding.command, place: words.count - 1, words, model, frame.state)
        let fitting = names.lazy.filter { $0.hasPrefix(last) && $0 != last }.prefix(limit)
        let before = words.dropLast().map { $0 + " " }.joined()
        return fitting.map { Completion(line: "\(binding.word) \(before)\($0)", text: "", key: "", disabled: nil) }
    }

    /// The names that may stand at a place of a command.
    private static func candidates(
        _ command: Command, place: Int, _ words: [String], _ model: ConsoleModel, _ state: ClusterState
    ) -> [String] {
        let pools = state.configuration.pools.map(\.name)
        switch command {
        case .drain, .undrain: return state.presentNodes.map { state.name(of: $0) }
        case .scaleIn: return place == 0 ? pools + state.presentNodes.map { state.name(of: $0) } : []
        case .scaleOut:
            if place == 0 { return pools }
            let types = state.configuration.pools.first { $0.name == words[0] }?.types.map(\.name) ?? []
            return place == 2 ? types : []
        case .kill, .hold, .release, .requeue, .output:
            return state.liveJobs.suffix(1_000).reversed().map { state.label(of: $0) }
        case .weight: return place == 0 ? state.roles.map { state.text($0.path) } : []
        case .autoscaler: return place == 0 ? ["on", "off", "dry-run"] : []
        case .theme: return place == 0 ? model.settings.themes : []
        case .charts: return place == 0 ? ["braille", "blocks", "ascii"] : []
        case .sortBy: return place == 0 ? model.focus.table.columns.map(\.name) : []
        case .filter: return model.focus.table.fields
        default: return []
        }
    }
}
