/// The one table of keys and commands: help, footer, palette and documentation are made from it, and keys are looked
/// up in it.
enum KeyTable {
    /// All lines, in the order of help.
    static let bindings: [Binding] = looking + acting + asking + time + console

    /// The line that a key means in a scope.
    static func binding(for key: Key, in scope: KeyScope) -> Binding? {
        bindings.first { !$0.scope.isDisjoint(with: scope) && $0.keys.contains(key) }
    }

    private static func keys(_ names: String) -> [Key] {
        names.split(separator: " ").compactMap { Key(name: String($0)) }
    }

    private static func safe(
        _ names: String, _ scope: KeyScope, _ command: Command, _ word: String, _ text: String, _ group: Binding.Group,
        usage: String = "", footer: String = "", missing: String = ""
    ) -> Binding {
        Binding(
            keys: keys(names), scope: scope, command: command, word: word, usage: usage, text: text, group: group,
            changesCluster: false, footer: footer, missing: missing)
    }

    private static func act(
        _ names: String, _ scope: KeyScope, _ command: Command, _ word: String, _ text: String, usage: String = "",
        footer: String = ""
    ) -> Binding {
        Binding(
            keys: keys(names), scope: scope, command: command, word: word, usage: usage, text: text, group: .acting,
            footer: footer)
    }

    private static let looking: [Binding] = [
        safe("1", .panes, .focus(.nodes), "nodes", "focus the nodes pane", .looking),
        safe("2", .panes, .focus(.offers), "offers", "focus the offers pane", .looking),
        safe("3", .panes, .focus(.tasks), "tasks", "focus the tasks pane", .looking),
        safe("4", .panes, .focus(.cost), "cost", "focus the cost pane", .looking),
        safe("tab", .panes, .nextPane, "next pane", "focus the next pane", .looking),
        safe("shift-tab", .panes, .previousPane, "previous pane", "focus the pane before", .looking),
        safe("left h", .panes, .paneLeft, "pane left", "focus the pane on the left", .looking),
        safe("right l", .panes, .paneRight, "pane right", "focus the pane on the right", .looking),
        safe("up k", .everywhere, .up, "up", "one row up", .looking),
        safe("down j", .everywhere, .down, "down", "one row down", .looking),
        safe("pgup ctrl-u", .everywhere, .pageUp, "page up", "one page up", .looking),
        safe("pgdn ctrl-d", .everywhere, .pageDown, "page down", "one page down", .looking),
        safe("home g", .everywhere, .first, "first", "first row", .looking),
        safe("end G", .cluster, .last, "last", "last row", .looking),
        safe("enter", [.panes, .detail], .open, "open", "open the thing under the cursor", .looking),
        safe("esc", .everywhere, .back, "back", "go back", .looking),
        safe("z", .panes, .zoom, "zoom", "the pane on the whole screen, with more columns", .looking),
        safe(
            "/", [.panes, .log], .filter, "filter", "filter rows as you type", .looking, usage: "[EXPRESSION]",
            footer: "filter"
        ),
        safe(
            "E", [.panes, .detail], .events, "events", "the event log; , and . step through what its filter lets pass",
            .looking, usage: "[EXPRESSION]"),
        safe("s", .panes, .sortNext, "sort next", "sort by the next column", .looking),
        safe("S", .panes, .sortReverse, "sort reverse", "turn the order around", .looking),
        safe("", .panes, .sortBy, "sort", "sort by a column", .looking, usage: "COLUMN"),
        safe("space", .livePanes, .select, "select", "select or let go of the row", .looking),
        safe("v", .livePanes, .selectRange, "select range", "select from the last selected row to here", .looking),
        safe("u", .livePanes, .clearSelection, "select none", "let go of all rows", .looking),
    ]

    private static let acting: [Binding] = [
        act(
            "+", .panes, .scaleOut, "scale out", "more machines: the plan is shown first",
            usage: "[POOL [COUNT [TYPE]]]", footer: "out"),
        act(
            "-", [.nodes, .cost, .detail], .scaleIn, "scale in", "fewer machines: the plan is shown first",
            usage: "[POOL COUNT | NODE...]", footer: "in"),
        act(
            "d", [.nodes, .detail], .drain, "drain", "drain nodes; on draining nodes: take them back into work",
            usage: "[NODE...]", footer: "drain"),
        act(
            "", [.nodes, .detail], .undrain, "undrain", "take draining, drained or held nodes back into work",
            usage: "[NODE...]"),
        act("a", .panes, .autoscaler, "autoscaler", "autoscaler on, off or dry run", usage: "[on|off|dry-run]"),
        act("x", [.tasks, .detail], .kill, "kill", "kill tasks: grace, then kill", usage: "[TASK...]", footer: "kill"),
        act("H", [.tasks, .detail], .hold, "hold", "hold jobs; on held jobs: release them", usage: "[JOB...]"),
        act("", [.tasks, .detail], .release, "release", "release held jobs", usage: "[JOB...]"),
        act("", [.tasks, .detail], .requeue, "requeue", "let ended tasks wait again", usage: "[TASK...]"),
        act("", [.tasks, .detail], .priority, "priority", "priority of jobs, -1000 to 1000", usage: "NUMBER [JOB...]"),
        act(
            "r", [.offers, .detail], .rescind, "rescind", "take an offer back", usage: "[OFFER...]", footer: "rescind"),
        act(
            "", .panes, .submit, "submit", "submit a job",
            usage:
                "[--cpus N] [--mem SIZE] [--gpus N] [--count N] [--nodes N] [--name NAME] [--role ROLE] "
                + "[--time-limit TIME] [--priority N] [--where EXPR] [--hold] -- COMMAND"
        ),
        act("w", [.cost, .detail], .weight, "weight", "weight of a role", usage: "[ROLE] NUMBER"),
        act("", .panes, .shutdown, "shutdown", "drain everything, end all machines, then the core"),
        safe("N", .live, .note, "note", "write a note at this instant", .acting, usage: "TEXT"),
        safe("m", .live, .mark, "mark", "set a named mark at this instant", .acting, usage: "NAME"),
    ]

    private static let asking: [Binding] = [
        safe("e", [.panes, .detail], .explain, "explain", "why is it so", .asking, footer: "explain"),
        safe(
            "o", [.tasks, .detail], .output, "output", "follow the task's output", .asking, usage: "[TASK]",
            footer: "output"),
        safe(
            "o tab", .output, .otherStream, "other stream", "standard output or standard error", .asking,
            footer: "stdout/stderr"),
        safe("f G end", .output, .followEnd, "follow", "go to the end and follow it", .asking, footer: "follow"),
        act("c", [.nodes, .tasks, .detail], .shell, "shell", "a shell on the node, in the task's folder"),
        safe("y", [.panes, .detail], .copy, "copy", "copy the name of the thing", .asking),
    ]

    private static let time: [Binding] = [
        safe(
            "p", [.livePanes, .liveDetail], .pause, "pause", "stop the picture; the core runs on", .time,
            footer: "pause"),
        safe(
            "b", .cluster, .goTo, "go to", "back to a time: 14:03, -5m, 50%, #event", .time, usage: "TIME",
            footer: "back to time"),
        safe("space", .past, .playStop, "play", "play or stop", .time, footer: "play/stop"),
        safe(",", .cluster, .eventBack, "event back", "to the event before", .time, footer: "event back"),
        safe(".", .cluster, .eventForward, "event forward", "to the next event", .time, footer: "forward"),
        safe("[", .cluster, .sampleBack, "sample back", "to the sample before", .time),
        safe("]", .cluster, .sampleForward, "sample forward", "to the next sample", .time),
        safe("<", .cluster, .slower, "slower", "half the speed", .time),
        safe(">", .cluster, .faster, "faster", "twice the speed", .time),
        safe("=", .cluster, .normalSpeed, "normal speed", "real time", .time),
        safe("Z", .cluster, .goEnd, "end", "to the last instant", .time),
        safe("L", .cluster, .goLive, "live", "return to the present", .time, footer: "live"),
        safe("'", .cluster, .marks, "marks", "list marks and go to one", .time),
        safe(
            "", .cluster, .when, "when", "first moment when an expression is true; back looks the other way", .time,
            usage: "[back] [PANE] EXPRESSION"),
        safe("D", .cluster, .difference, "difference", "set A, then B at another instant: what differs", .time),
        safe(
            "W", .cluster, .whatIf, "what-if", "what would happen from here under other rules", .time,
            missing: "not in the console: `bellows simulate --workload RECORDING --cluster FILE`"),
    ]

    private static let console: [Binding] = [
        safe(":", .cluster, .palette, "palette", "type a command", .console, footer: "command"),
        safe("?", .everywhere, .help, "help", "the keys of this place", .console, footer: "help"),
        safe("C", .cluster, .history, "history", "charts of load, queue and cost", .console),
        safe(
            "", .panes, .charts, "charts", "charts in braille, blocks or ASCII", .console,
            usage: "[braille|blocks|ascii]"),
        safe("", .panes, .theme, "theme", "choose the colours", .console, usage: "[NAME]"),
        safe("q ctrl-c", .everywhere, .quit, "quit", "leave", .console, footer: "quit"),
    ]
}
