import ByteCoding

/// A piece of a snapshot: one chunk of one table, or one of the small parts.
public struct SnapshotChunk: Hashable, Sendable, Wired {
    /// Which table or part; 0 is the header.
    public var table: UInt8 = 0
    /// Which chunk of it.
    public var chunk: UInt32 = 0
    /// Its bytes.
    public var bytes: [UInt8] = []

    /// An empty piece.
    public init() {}
    init(_ table: UInt8, _ chunk: Int, _ bytes: [UInt8]) {
        self.table = table
        self.chunk = UInt32(chunk)
        self.bytes = bytes
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&table)
        coder.uint(&chunk)
        coder.blob(&bytes)
    }
}

/// How far tables had changed when a snapshot was taken: the next one needs only what changed since.
public struct SnapshotMark: Hashable, Sendable {
    var changes: [UInt64] = Array(repeating: 0, count: 9)
}

/// Snapshots: the state in pieces. Taking one copies references; encoding costs what is encoded and can be done
/// on another thread, on the copy.
extension ClusterState {
    private enum Part: UInt8 {
        case header = 0, texts, nodes, nodeDetails, jobs, specs, tasks, offers, instances, small
    }

    /// The pieces that changed since `mark` (all of them when nil), and the mark for the next time. The header and the
    /// small parts are always among them.
    public func snapshot(since mark: SnapshotMark? = nil) -> (chunks: [SnapshotChunk], mark: SnapshotMark) {
        var chunks: [SnapshotChunk] = []
        let old = mark ?? SnapshotMark()
        var new = SnapshotMark()
        func take<Row>(_ part: Part, _ table: Table<Row>, _ encode: (Row, inout ByteWriter) -> Void) {
            let slot = Int(part.rawValue)
            new.changes[slot] = table.change
            for (number, chunk) in table.chunks.enumerated() where mark == nil || chunk.change > old.changes[slot] {
                var writer = ByteWriter(capacity: chunk.rows.count * 32 + 32)
                writer.varint(UInt64(table.count))
                writer.varint(table.change)
                writer.varint(chunk.change)
                writer.varint(UInt64(chunk.rows.count))
                for row in chunk.rows { encode(row, &writer) }
                chunks.append(SnapshotChunk(part.rawValue, number, writer.bytes))
            }
        }
        chunks.append(SnapshotChunk(Part.header.rawValue, 0, headerBytes()))
        take(.texts, texts.table) { $1.text($0) }
        take(.nodes, nodes, Self.record)
        take(.nodeDetails, nodeDetails, Self.record)
        take(.jobs, jobs, Self.record)
        take(.specs, specs, Self.record)
        take(.tasks, tasks, Self.record)
        take(.offers, offers, Self.record)
        take(.instances, instances, Self.record)
        chunks.append(SnapshotChunk(Part.small.rawValue, 0, smallBytes()))
        return (chunks, new)
    }

    private static func record<Row: Wired>(_ row: Row, _ writer: inout ByteWriter) {
        var coder = WireWriter(capacity: 96)
        var copy = row
        copy.wire(&coder)
        writer.blob(coder.output.bytes)
    }

    /// The state that a full snapshot holds; nil when the pieces are not one.
    public init?(chunks: [SnapshotChunk]) {
        self.init()
        texts = TextTable()
        nodes = Table()
        nodeDetails = Table()
        jobs = Table()
        specs = Table()
        tasks = Table()
        offers = Table()
        instances = Table()
        guard restore(chunks: chunks) else { return nil }
    }

    /// Lays a snapshot of what changed over the one before it. False when the pieces are damaged; the state is then
    /// not to be used.
    public mutating func restore(chunks: [SnapshotChunk]) -> Bool {
        var sound = true
        var names = texts.table
        for piece in chunks where sound {
            let number = Int(piece.chunk)
            switch Part(rawValue: piece.table) {
            case .header: sound = readHeader(piece.bytes)
            case .texts: sound = Self.read(piece, number, into: &names) { $0.text() }
            case .nodes: sound = Self.read(piece, number, into: &nodes, Self.row)
            case .nodeDetails: sound = Self.read(piece, number, into: &nodeDetails, Self.row)
            case .jobs: sound = Self.read(piece, number, into: &jobs, Self.row)
            case .specs: sound = Self.read(piece, number, into: &specs, Self.row)
            case .tasks: sound = Self.read(piece, number, into: &tasks, Self.row)
            case .offers: sound = Self.read(piece, number, into: &offers, Self.row)
            case .instances: sound = Self.read(piece, number, into: &instances, Self.row)
            case .small: sound = readSmall(piece.bytes)
            case nil: break
            }
        }
        guard sound else { return false }
        texts.restore(names)
        rebuildIndex()
        return true
    }

    private static func row<Row: Wired>(_ reader: inout ByteReader) -> Row {
        let bytes = reader.blob()
        if let row = Row(wireBytes: bytes) { return row }
        reader.fail()
        return Row()
    }

    private static func read<Row>(
        _ piece: SnapshotChunk, _ number: Int, into table: inout Table<Row>, _ row: (inout ByteReader) -> Row
    ) -> Bool {
        var reader = ByteReader(piece.bytes)
        let count = reader.varint()
        let change = reader.varint()
        let chunkChange = reader.varint()
        let rows = reader.varint()
        guard !reader.failed, rows <= UInt64(Table<Row>.chunkSize), count <= UInt64(UInt32.max),
            UInt64(number) <= count / UInt64(Table<Row>.chunkSize)
        else { return false }
        var decoded: [Row] = []
        decoded.reserveCapacity(Table<Row>.chunkSize)
        for _ in 0..<rows where !reader.failed { decoded.append(row(&reader)) }
        guard !reader.failed else { return false }
        table.restore(chunk: number, rows: decoded, change: chunkChange, count: Int(count))
        table.restore(change: change)
        return true
    }
}

extension ClusterState {
    private func headerBytes() -> [UInt8] {
        var copy = self
        var coder = WireWriter()
        copy.wireHeader(&coder)
        return coder.output.bytes
    }
    private mutating func readHeader(_ bytes: [UInt8]) -> Bool {
        var coder = WireReader(bytes[...])
        wireHeader(&coder)
        return !coder.failed
    }
    private mutating func wireHeader<C: WireCoder>(_ coder: inout C) {
        coder.text(&cluster)
        coder.uint(&epoch)
        coder.text(&version)
        coder.instant(&now)
        coder.uint(&sequence)
        coder.instant(&startedAt)
        coder.word(&autoscaler)
        coder.text(&storeFault)
        coder.int(&day)
        coder.value(&total)
        coder.uint(&tasksEnded)
        coder.flag(&isEnding)
    }

    private func smallBytes() -> [UInt8] {
        var copy = self
        var coder = WireWriter(capacity: 4_096)
        copy.wireSmall(&coder)
        return coder.output.bytes
    }
    private mutating func readSmall(_ bytes: [UInt8]) -> Bool {
        var coder = WireReader(bytes[...])
        wireSmall(&coder)
        return !coder.failed
    }
    /// The parts that are small or change all the time: they go whole with each snapshot.
    private mutating func wireSmall<C: WireCoder>(_ coder: inout C) {
        coder.record(&configuration)
        coder.record(&fileConfiguration)
        coder.elements(&roles, empty: RoleRow()) { $0.record(&$1) }
        coder.elements(&frameworks, empty: FrameworkRow()) { $0.record(&$1) }
        coder.elements(&pools, empty: PoolRow()) { $0.record(&$1) }
        coder.list(&filters)
        coder.ids(&openOffers)
        coder.ids(&closedOffers)
        var endedTasks = Array(ended.elements)
        coder.elements(&endedTasks, empty: TaskID(job: .none, index: 0)) { $0.task(&$1) }
        if C.isReading { ended = Fifo(endedTasks) }
        Self.wire(&taskExtras, TaskID(job: .none, index: 0), Extras(), &coder, { $0.task(&$1) }, { $0.value(&$1) })
        Self.wire(&offerExtras, OfferID.none, Extras(), &coder, { $0.id(&$1) }, { $0.value(&$1) })
        Self.wire(&taskMessages, TaskID(job: .none, index: 0), "", &coder, { $0.task(&$1) }, { $0.text(&$1) })
        var lines = C.isReading ? [] : recent.map { EventBatch.encode(CollectionOfOne($0)) }
        coder.elements(&lines, empty: []) { $0.blob(&$1) }
        if C.isReading {
            recentBlocks = []
            for stamped in lines.flatMap { EventBatch.decode($0[...])?.events ?? [] } { keep(stamped) }
        }
        // Orders that decide between equals must come back as they were.
        coder.elements(&index.tasksOnNode, empty: []) { coder, tasks in
            coder.elements(&tasks, empty: TaskID(job: .none, index: 0)) { $0.task(&$1) }
        }
    }

    /// A dictionary in the order of its keys.
    private static func wire<K: Hashable & Comparable, V, C: WireCoder>(
        _ map: inout [K: V], _ key: K, _ value: V, _ coder: inout C, _ wireKey: (inout C, inout K) -> Void,
        _ wireValue: (inout C, inout V) -> Void
    ) {
        var pairs = C.isReading ? [] : map.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        coder.elements(&pairs, empty: (key, value)) { coder, pair in
            wireKey(&coder, &pair.0)
            wireValue(&coder, &pair.1)
        }
        if C.isReading { map = Dictionary(pairs, uniquingKeysWith: { _, last in last }) }
    }
}
