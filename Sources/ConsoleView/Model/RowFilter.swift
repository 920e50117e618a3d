import ClusterModel

/// What is typed after `/`, ready to be asked of rows. One that cannot be read is kept with what is wrong with it, and
/// the rows stay as the last good one left them.
struct RowFilter: Sendable {
    /// What was typed.
    let text: String
    /// What is wrong with it; nil when nothing is. Its column counts characters from 1.
    let problem: TextFault?
    private let expression: Expression?

    /// A filter from what was typed; nil when that is empty.
    init?(_ text: String, pane: PaneKind) {
        guard !text.trimmedSpaces.isEmpty else { return nil }
        self.text = text
        do throws(TextFault) {
            expression = try Expression(text, fields: pane.table.fields)
            problem = nil
        } catch {
            expression = nil
            problem = error
        }
    }

    /// A filter that shows `text` with its problem, and passes what `good` passes.
    init(showing failed: RowFilter, passing good: RowFilter?) {
        text = failed.text
        problem = failed.problem
        expression = good?.expression
    }

    /// The part before the mistake, without a connective left hanging; nil when that is no filter either.
    func beforeProblem(pane: PaneKind) -> RowFilter? {
        guard let problem, problem.column > 1 else { return nil }
        var words = text.prefix(problem.column - 1).split(separator: " ")
        while let last = words.last, ["and", "or", "not", "!", "("].contains(last.lowercased()) { words.removeLast() }
        guard let part = RowFilter(words.joined(separator: " "), pane: pane), part.problem == nil else { return nil }
        return part
    }

    /// Whether the row of a thing passes.
    func matches(_ key: RowKey, _ table: any PaneTable.Type, _ context: FrameContext) -> Bool {
        guard let expression else { return true }
        return expression.matches({ table.field($0, key, context) }, columns: { table.words(key, context) })
    }
}
