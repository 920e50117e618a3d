import ArgumentParser
import ConsoleView

/// `bellows themes`.
struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes",
        abstract: "The console's colours: which there are, how they look, what is wrong with one.",
        subcommands: [ThemesListCommand.self, ThemesShowCommand.self, ThemesCheckCommand.self],
        defaultSubcommand: ThemesListCommand.self)
}

/// `bellows themes list`.
struct ThemesListCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the themes that can be chosen, and where each comes from.")
    @Flag(help: "Print JSON: base units, stable keys.")
    var json = false

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let themes = environment.themes.list()
        if json {
            let objects = themes.map {
                JSONText.object([
                    .init(name: "theme", value: .text($0.name)),
                    .init(name: "file", value: $0.path.isEmpty ? .none : .text($0.path)),
                ])
            }
            environment.print(JSONText.lines(objects) + "\n")
            return ExitCode.done.rawValue
        }
        let width = themes.map(\.name.count).max() ?? 0
        for theme in themes {
            let padding = String(repeating: " ", count: width - theme.name.count)
            environment.print("\(theme.name)\(padding)  \(theme.path.isEmpty ? "built in" : theme.path)\n")
        }
        return ExitCode.done.rawValue
    }
}

/// `bellows themes show`.
struct ThemesShowCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a theme: its palette, and how each meaning looks.",
        discussion: "On a terminal every line is written in its own look; NO_COLOR and pipes get the words alone.")
    @Argument(help: "The theme's name, or a file.")
    var theme: String

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let shown = try environment.themes.load(theme)
        let isColored = environment.outputIsTerminal && (environment.variables["NO_COLOR"] ?? "").isEmpty
        var text = "\(shown.name), \(shown.variant.rawValue)\n\npalette\n"
        for (place, color) in shown.palette.enumerated() {
            text += "  \(Theme.paletteKey(place))  \(color)\n"
        }
        text += "\nstyles\n"
        let names = Style.allCases.map(\.name)
        let width = names.map(\.count).max() ?? 0
        for style in Style.allCases {
            let look = shown.resolved(style)
            let name = style.name + String(repeating: " ", count: width - style.name.count)
            let sample = isColored ? "\(look.terminalSequence)\(name)\u{1B}[m" : name
            text += "  \(sample)  \(look.words)\n"
        }
        environment.print(text)
        return ExitCode.done.rawValue
    }
}

/// `bellows themes check`.
struct ThemesCheckCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check themes: unknown keys and wrong values with their place, text with a contrast below 4.5:1.",
        discussion: "Without a name all themes are checked. Ends with 1 when something is wrong.")
    @Argument(help: "Names of themes, or files.")
    var themes: [String] = []

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let names = themes.isEmpty ? environment.themes.list().map(\.name) : themes
        var isSound = true
        for name in names {
            let problems = try environment.themes.problems(name)
            if problems.isEmpty {
                environment.print("\(name): sound\n")
            } else {
                isSound = false
                for problem in problems { environment.complain(problem) }
            }
        }
        return (isSound ? ExitCode.done : .failed).rawValue
    }
}

extension ResolvedStyle {
    /// The look in words: colours and attributes.
    fileprivate var words: String {
        let colors = "\(foreground.map { "\($0)" } ?? "default") on \(background.map { "\($0)" } ?? "default")"
        let held = TextAttributes.words.filter { attributes.contains($0.attribute) }.map(\.word)
        return ([colors] + held).joined(separator: " ")
    }

    /// The SGR sequence that writes so on a terminal with 24-bit colours.
    fileprivate var terminalSequence: String {
        var codes = ["0"]
        let numbers: [(TextAttributes, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
        ]
        for (attribute, code) in numbers where attributes.contains(attribute) { codes.append(code) }
        if let color = foreground { codes.append("38;2;\(color.red);\(color.green);\(color.blue)") }
        if let color = background { codes.append("48;2;\(color.red);\(color.green);\(color.blue)") }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }
}
