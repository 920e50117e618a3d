import ClusterModel

/// A column of a list. Table, JSON and filter all read the same columns, so that they can never say different things.
struct ListColumn<Row> {
    enum Side: Sendable { case left, right }

    /// Key in JSON, with its unit; stays as it is for ever. "" = not in JSON.
    var key: String
    /// Word in filters; nil = cannot be asked for.
    var field: String?
    /// Head in tables; nil = not in tables.
    var title: String?
    var side: Side
    /// When a table does not fit, the columns with the highest number go first; 0 stays.
    var shed: Int
    var value: (Row) -> ListValue
    /// What the table shows instead of the value.
    var shown: ((Row) -> String)?

    init(
        _ key: String, field: String? = nil, title: String? = nil, side: Side = .left, shed: Int = 0,
        shown: ((Row) -> String)? = nil, _ value: @escaping (Row) -> ListValue
    ) {
        self.key = key
        self.field = field
        self.title = title
        self.side = side
        self.shed = shed
        self.value = value
        self.shown = shown
    }

    func cell(_ row: Row) -> String { shown?(row) ?? value(row).shown }
}

/// A list: rows with their columns.
struct List<Row> {
    /// What it lists, for the sentence that stands where there is none: "nodes".
    var plural: String
    var columns: [ListColumn<Row>]
    var rows: [Row]

    /// Words that a filter may ask for.
    var fields: [String] { columns.compactMap(\.field) }

    /// The rows for which the condition holds. Throws with the place in the condition when it cannot be read.
    func filtered(_ condition: String?) throws -> List {
        guard let condition else { return self }
        let expression: Expression
        do {
            expression = try Expression(condition, fields: fields)
        } catch {
            throw CommandFailure(.usage, "--filter: \(error.message)")
        }
        var copy = self
        copy.rows = rows.filter { row in
            expression.matches(
                { name in columns.first { $0.field == name }?.value(row).field },
                columns: { columns.filter { $0.title != nil }.map { $0.cell(row) } })
        }
        return copy
    }

    /// The list as a table, or a sentence when it is empty. `width` nil = as wide as it gets.
    func table(width: Int?) -> String {
        if rows.isEmpty { return "no \(plural)\n" }
        let shown = columns.filter { $0.title != nil }
        let layout = TableText(
            heads: shown.map { TableText.Head(title: $0.title ?? "", isRight: $0.side == .right, shed: $0.shed) },
            rows: rows.map { row in shown.map { $0.cell(row) } })
        return layout.text(width: width)
    }

    /// The list as a JSON array, one object a line.
    func json() -> String { JSONText.lines(objects) + "\n" }
    /// The list as JSON objects, one a line, for streams.
    func jsonLines() -> String { objects.map { $0 + "\n" }.joined() }

    private var objects: [String] {
        let written = columns.filter { !$0.key.isEmpty }
        return rows.map { row in
            JSONText.object(written.map { ListValue.Pair(name: $0.key, value: $0.value(row)) })
        }
    }
}
