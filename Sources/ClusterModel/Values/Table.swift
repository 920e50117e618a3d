/// Rows in chunks of a few hundred, each chunk its own buffer with the number of its last change. Copying a table
/// copies references; the first change after a copy copies one chunk. A change costs what it touches, so that console,
/// dry run, snapshot and wire can all take the whole state by value.
@frozen public struct Table<Row: Sendable>: Sendable {
    /// Rows a chunk.
    @inlinable public static var chunkSize: Int { 128 }

    /// A run of rows and when it last changed.
    @frozen public struct Chunk: Sendable {
        /// The rows; empty when all of them were released.
        public var rows: [Row]
        /// The table's change number at the last change of this chunk.
        public var change: UInt64
        @inlinable init(rows: [Row], change: UInt64) {
            self.rows = rows
            self.change = change
        }
    }

    /// The chunks in order; all full but the last, or empty when released.
    public private(set) var chunks: [Chunk] = []
    /// Number of rows ever appended.
    public private(set) var count = 0
    /// Grows with each change.
    public private(set) var change: UInt64 = 0

    /// An empty table.
    public init() {}

    /// Whether the row is there: appended and its chunk not released. O(1).
    public func contains(_ index: Int) -> Bool {
        index >= 0 && index < count && !chunks[index / Self.chunkSize].rows.isEmpty
    }

    /// The row at `index`, which must be there. O(1).
    @inlinable public subscript(index: Int) -> Row {
        _read { yield chunks[index / Self.chunkSize].rows[index % Self.chunkSize] }
    }

    /// Changes the row at `index` in place, copying its chunk if it is shared.
    mutating func update<R>(_ index: Int, _ body: (inout Row) -> R) -> R {
        change &+= 1
        let chunk = index / Self.chunkSize
        chunks[chunk].change = change
        return body(&chunks[chunk].rows[index % Self.chunkSize])
    }

    /// Adds a row and answers its index.
    @discardableResult mutating func append(_ row: Row) -> Int {
        change &+= 1
        if count % Self.chunkSize == 0 {
            var rows: [Row] = []
            rows.reserveCapacity(Self.chunkSize)
            chunks.append(Chunk(rows: rows, change: change))
        }
        chunks[chunks.count - 1].rows.append(row)
        chunks[chunks.count - 1].change = change
        count += 1
        return count - 1
    }

    /// Frees the storage of a full chunk none of whose rows is needed any more.
    mutating func release(chunk: Int) {
        guard (chunk + 1) * Self.chunkSize <= count else { return }
        change &+= 1
        chunks[chunk].rows = []
        chunks[chunk].change = change
    }

    /// Appends copies of `row` until there are `count` rows; whole chunks in between are released from the start.
    mutating func grow(to count: Int, with row: Row) {
        while self.count < count {
            if self.count % Self.chunkSize == 0, count - self.count >= Self.chunkSize {
                change &+= 1
                chunks.append(Chunk(rows: [], change: change))
                self.count += Self.chunkSize
            } else {
                append(row)
            }
        }
    }

    /// Makes sure that the row at `index` is stored, giving a released chunk its storage back.
    mutating func materialize(_ index: Int, with row: Row) {
        if index >= count { grow(to: index + 1, with: row) }
        let chunk = index / Self.chunkSize
        guard chunks[chunk].rows.isEmpty else { return }
        change &+= 1
        chunks[chunk] = Chunk(rows: Array(repeating: row, count: Self.chunkSize), change: change)
    }

    /// Puts back a chunk as a snapshot held it, growing the table as needed. Used by decoding only.
    mutating func restore(chunk: Int, rows: [Row], change: UInt64, count: Int) {
        while chunks.count <= chunk { chunks.append(Chunk(rows: [], change: 0)) }
        chunks[chunk] = Chunk(rows: rows, change: change)
        self.count = max(self.count, count)
        self.change = max(self.change, change)
    }

    /// Puts back the change number as a snapshot held it. Used by decoding only.
    mutating func restore(change: UInt64) { self.change = max(self.change, change) }
}
