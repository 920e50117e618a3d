import ClusterModel
import ClusterSource

/// Asking: explanations, output, shells, names to copy.
extension ConsoleModel {
    mutating func ask(_ command: Command, _ given: String, frame: SourceFrame) -> [ConsoleEffect] {
        switch command {
        case .explain: return explain(frame)
        case .output: return output(given, frame)
        case .otherStream: return otherStream()
        case .followEnd:
            if case .output(var output) = views.last {
                output.follows = true
                views[views.count - 1] = .output(output)
            }
            return []
        case .shell: return shell(frame)
        case .copy:
            guard let key = targets(frame: frame.state).first else { return [] }
            let label = frame.state.label(of: key)
            say("copied \(label)")
            return [.copy(label)]
        default: return []
        }
    }

    /// Asks anew in a detail view; elsewhere opens it for the thing under the cursor.
    private mutating func explain(_ frame: SourceFrame) -> [ConsoleEffect] {
        if case .detail(var detail) = views.last {
            let effects = ask(&detail, frame)
            views[views.count - 1] = .detail(detail)
            return effects
        }
        guard let key = pane.cursorKey else { return [] }
        return open(key, frame: frame)
    }

    /// Asks everything that can be asked about the thing of a view.
    mutating func ask(_ detail: inout DetailView, _ frame: SourceFrame) -> [ConsoleEffect] {
        let questions = frame.state.questions(about: detail.key)
        detail.answers = questions.map { _ in .init(ticket: ticket(for: .explanation)) }
        return zip(questions, detail.answers).map { .explain($0, ticket: $1.ticket) }
    }

    private mutating func output(_ given: String, _ frame: SourceFrame) -> [ConsoleEffect] {
        let words = given.split(separator: " ").map(String.init)
        return withTasks(words, frame) { model, tasks in
            var task = tasks[0]
            if task.index == TaskSelection.all { task.index = 0 }
            guard let row = frame.state.row(of: task) else { return [] }
            guard !row.launchedAt.isNever else {
                model.say("\(frame.state.label(of: task)) has not been launched yet: there is no output", isError: true)
                return []
            }
            let ticket = model.ticket(for: .output)
            model.views.append(.output(OutputView(task: task, label: frame.state.label(of: task), ticket: ticket)))
            return [.follow(OutputRequest(task: task, stream: .stdout, offset: -OutputView.tail), ticket: ticket)]
        }
    }

    private mutating func otherStream() -> [ConsoleEffect] {
        guard case .output(var output) = views.last else { return [] }
        let stream: OutputRequest.Stream = output.stream == .stdout ? .stderr : .stdout
        let ticket = ticket(for: .output)
        output.restart(stream, ticket: ticket)
        views[views.count - 1] = .output(output)
        return [.follow(OutputRequest(task: output.task, stream: stream, offset: -OutputView.tail), ticket: ticket)]
    }

    private mutating func shell(_ frame: SourceFrame) -> [ConsoleEffect] {
        let task = targets(frame: frame.state).first { $0.kind == .task }.map(\.task)
        return withNodes([], frame) { _, nodes in [.shell(node: nodes[0], task: task)] }
    }
}
