import ArgumentParser
import ClusterModel
import ConsoleView

/// `bellows recording`.
struct RecordingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recording", abstract: "Look after recordings: check one, or make a clean copy of a damaged one.",
        subcommands: [RecordingCheckCommand.self, RecordingRepairCommand.self])
}

/// `bellows recording check`.
struct RecordingCheckCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read every byte of a recording and say what it holds and what is missing.",
        discussion: "Ends with 1 when something is missing but time in which no core was recording.")
    @Flag(help: "Print JSON: base units, stable keys.")
    var json = false
    @Argument(help: "The recording: its folder, or any of its files.")
    var file: String

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let facts = try environment.checkRecording(environment.absolute(file))
        environment.print(json ? Self.json(facts) : Self.text(facts, environment))
        return (facts.isWhole ? ExitCode.done : .failed).rawValue
    }

    private static func text(_ facts: RecordingFacts, _ environment: CommandEnvironment) -> String {
        func time(_ instant: Instant) -> String {
            Show.date(instant, offset: Int(environment.secondsFromUTC(instant)))
        }
        let bytes = facts.segments.reduce(0) { $0 + $1.bytes }
        var lines = ["files     \(facts.segments.count), \(Quantity.format(bytes: bytes))"]
        if let last = facts.segments.last, !last.isClosed { lines[0] += ", the last one still open or torn off" }
        if let range = facts.range {
            lines.append("from      \(time(range.lowerBound))")
            lines.append("to        \(time(range.upperBound))")
        }
        for record in facts.records { lines.append("\(pad(record.kind, 18)) \(record.count)") }
        if facts.skipped > 0 { lines.append("\(pad("unknown, ignorable", 18)) \(facts.skipped)") }
        for gap in facts.gaps { lines.append("\(gap.from.map(time) ?? "at the start")  \(gap.text)") }
        lines.append(
            facts.isWhole
                ? "whole"
                : "not whole: what is outside of the gaps can be shown; `bellows recording repair` makes a clean copy")
        return lines.map { $0 + "\n" }.joined()
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func json(_ facts: RecordingFacts) -> String {
        let pairs: [ListValue.Pair] = [
            .init(name: "whole", value: .flag(facts.isWhole)),
            .init(name: "from", value: facts.range.map { .instant($0.lowerBound) } ?? .none),
            .init(name: "to", value: facts.range.map { .instant($0.upperBound) } ?? .none),
            .init(name: "files", value: .words(facts.segments.map(\.path))),
            .init(name: "bytes", value: .bytes(facts.segments.reduce(0) { $0 + $1.bytes })),
            .init(
                name: "records",
                value: .pairs(facts.records.map { .init(name: $0.kind, value: .count(Int64(clamping: $0.count))) })),
            .init(name: "skipped", value: .count(Int64(clamping: facts.skipped))),
            .init(name: "gaps", value: .words(facts.gaps.map(\.text))),
        ]
        return JSONText.object(pairs) + "\n"
    }
}

/// `bellows recording repair`.
struct RecordingRepairCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Write what can be read of a recording into a new one; the original stays as it is.",
        discussion: "Replay never needs this: damage is passed over while reading.")
    @Option(help: ArgumentHelp("Where the copy goes; a folder without that recording.", valueName: "folder"))
    var into: String?
    @Argument(help: "The recording: its folder, or any of its files.")
    var file: String

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let copy = try environment.repairRecording(environment.absolute(file), into.map(environment.absolute))
        environment.print(
            "\(copy.segments) files written into \(copy.folder); see them with: bellows replay \(copy.folder)\n")
        return ExitCode.done.rawValue
    }
}

/// Where a repaired recording went.
public struct RepairedRecording: Sendable, Hashable {
    /// The folder.
    public var folder: String
    /// Files in it.
    public var segments: Int

    /// A copy.
    public init(folder: String, segments: Int) {
        self.folder = folder
        self.segments = segments
    }
}
