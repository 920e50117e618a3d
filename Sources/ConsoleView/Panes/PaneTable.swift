import ClusterModel
import ClusterSource

/// A column of a pane: what it is called on the screen and in filters, how wide it is, and when it gives way.
struct ColumnSpec: Sendable {
    /// Its name in filters and in `:sort`.
    var name: String
    /// Its heading.
    var title: String
    /// Its width in columns.
    var width: Int
    /// Whether it takes part in the width that is left over.
    var grows = false
    /// Where its text stands.
    var align = Alignment.leading
    /// Columns of a higher number give way first; 0 never does.
    var yields: Int
    /// Whether only the zoomed pane shows it.
    var zoomOnly = false
    /// Whether sorting by it begins with the largest.
    var largestFirst = false
}

/// What a table shows in one place.
enum TableCell {
    /// Words or a number.
    case text(String, Style)
    /// A share as a bar with its number, in thousandths.
    case meter(Int, String)
}

/// What formatting a row needs beside the row.
struct FrameContext {
    let state: ClusterState
    let now: Instant
    /// Seconds east of Greenwich.
    let offset: Int
    /// Names in order.
    let ranks: TextRanks
    /// Sums over all nodes.
    let summary: FrameSummary
}

/// A pane's rows: which things there are, by what they sort, how one is written. Rows are written only when they can
/// be seen; sorting works on numbers.
protocol PaneTable {
    /// Its columns; the first names the thing.
    static var columns: [ColumnSpec] { get }
    /// The column that it sorts by at first.
    static var firstSort: Int { get }
    /// The number that changes when rows may have.
    static func change(_ state: ClusterState) -> UInt64
    /// All things with their place by `column`. Formats nothing.
    static func entries(_ context: FrameContext, by column: Int) -> [IndexEntry]
    /// One cell of a row whose thing is in the state.
    static func cell(_ column: Int, _ key: RowKey, _ context: FrameContext) -> TableCell
    /// Names that filters may ask for.
    static var fields: [String] { get }
    /// What a filter's field holds for a thing in the state.
    static func field(_ name: String, _ key: RowKey, _ context: FrameContext) -> FieldValue?
    /// The texts that a filter's bare words look through.
    static func words(_ key: RowKey, _ context: FrameContext) -> [String]
}

extension PaneKind {
    /// The rows of this pane.
    var table: any PaneTable.Type {
        switch self {
        case .nodes: NodesTable.self
        case .offers: OffersTable.self
        case .tasks: TasksTable.self
        case .cost: CostTable.self
        }
    }
}

/// Which columns fit, and where: columns of the highest number give way first, then growing ones share what is left.
struct ColumnLayout {
    /// A column that is shown.
    struct Place {
        var column: Int
        var x: Int
        var width: Int
    }
    /// The columns from left to right.
    var places: [Place] = []

    init(_ columns: [ColumnSpec], width: Int, zoomed: Bool) {
        var shown = columns.indices.filter { zoomed || !columns[$0].zoomOnly }
        func needed() -> Int { shown.reduce(0) { $0 + columns[$1].width + 1 } - 1 }
        while needed() > width, shown.count > 1, let worst = shown.max(by: { columns[$0].yields < columns[$1].yields }),
            columns[worst].yields > 0
        {
            shown.removeAll { $0 == worst }
        }
        var spare = max(0, width - needed())
        var growing = shown.filter { columns[$0].grows }.count
        var x = 0
        for column in shown {
            var size = columns[column].width
            if columns[column].grows, growing > 0 {
                // A name needs no more than twice its width; the rest stays free at the right.
                let share = min(spare / growing, size)
                size += share
                spare -= share
                growing -= 1
            }
            places.append(Place(column: column, x: x, width: max(0, min(size, width - x))))
            x += size + 1
        }
    }
}
