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
    var changes: [UInt64] = Array(repeating: 0, count: 12)
}

/// Snapshots: the state in pieces. Taking one copies references; encoding costs what is encoded and can be done
/// on another thread, on the copy.
extension ClusterState {
    private enum Part: UInt8 {
        case header = 0, texts, nodes, nodeDetails, jobs, specs, tasks, offers, instances, small
        case externalTasks, identities
    }

    /// The pieces that changed since `mark` (all of them when nil), and the mark for the next time. The header and the
    /// small parts are always among them.
    public func snapshot(since mark: SnapshotMark? = nil) -> (chunks: [SnapshotChunk], mark: SnapshotMark) {
        var chunks: [SnapshotChunk] = []
        let new = forEachSnapshotPiece(since: mark) { chunks.append($0) }
        return (chunks, new)
    }

    /// The same, piece by piece, for who sends the first while the others are being encoded.
    @discardableResult
    public func forEachSnapshotPiece(since mark: SnapshotMark? = nil, _ body: (SnapshotChunk) -> Void) -> SnapshotMark {
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
                body(SnapshotChunk(part.rawValue, number, writer.bytes))
            }
        }
        body(SnapshotChunk(Part.header.rawValue, 0, headerBytes()))
        take(.texts, texts.table) { $1.text($0) }
        take(.nodes, nodes, Self.record)
        take(.nodeDetails, nodeDetails, Self.record)
        take(.jobs, jobs, Self.record)
        take(.specs, specs, Self.record)
        take(.tasks, tasks, Self.record)
        take(.offers, offers, Self.record)
        take(.instances, instances, Self.record)
        take(.externalTasks, externalTasks, Self.record)
        take(.identities, identities.table, Self.record)
        body(SnapshotChunk(Part.small.rawValue, 0, smallBytes()))
        return new
    }

    private static func record<Row: Wired>(_ row: Row, _ writer: inout ByteWriter) {
        var coder = WireWriter(capacity: 96)
        var copy = row
        copy.wire(&coder)
        writer.blob(coder.output.bytes)
    }

    /// The state that a full snapshot holds; nil when the pieces are not one.
    public init?(chunks: [SnapshotChunk]) {
        var decoder = SnapshotDecoder()
        for piece in chunks { decoder.take(piece) }
        guard let state = decoder.finish() else { return nil }
        self = state
    }

    /// Nothing, not even the rows that a new cluster begins with.
    fileprivate static var blank: ClusterState {
        var state = ClusterState()
        state.texts = TextTable()
        state.nodes = Table()
        state.nodeDetails = Table()
        state.jobs = Table()
        state.specs = Table()
        state.tasks = Table()
        state.offers = Table()
        state.instances = Table()
        state.identities = IdentityTable()
        return state
    }

    /// Lays a snapshot of what changed over the one before it. False when the pieces are damaged; the state is then
    /// not to be used.
    public mutating func restore(chunks: [SnapshotChunk]) -> Bool {
        var decoder = SnapshotDecoder(over: self)
        for piece in chunks { decoder.take(piece) }
        guard let state = decoder.finish() else { return false }
        self = state
        return true
    }

    /// Takes one piece over; false when it is damaged. Names and the index are brought up to date by `finish`.
    fileprivate mutating func take(_ piece: SnapshotChunk, _ tables: inout LookedUpTables) -> Bool {
        let number = Int(piece.chunk)
        switch Part(rawValue: piece.table) {
        case .header: return readHeader(piece.bytes)
        case .texts: return Self.read(piece, number, into: &tables.names) { $0.text() }
        case .nodes: return Self.read(piece, number, into: &nodes, Self.row)
        case .nodeDetails: return Self.read(piece, number, into: &nodeDetails, Self.row)
        case .jobs: return Self.read(piece, number, into: &jobs, Self.row)
        case .specs: return Self.read(piece, number, into: &specs, Self.row)
        case .tasks: return Self.read(piece, number, into: &tasks, Self.row)
        case .offers: return Self.read(piece, number, into: &offers, Self.row)
        case .instances: return Self.read(piece, number, into: &instances, Self.row)
        case .small: return readSmall(piece.bytes)
        case .externalTasks: return Self.read(piece, number, into: &externalTasks, Self.row)
        case .identities:
            return Self.read(piece, number, into: &tables.identities, Self.row)
        case nil: return true
        }
    }

    fileprivate mutating func finish(_ tables: LookedUpTables) {
        texts.restore(tables.names)
        identities.restore(tables.identities)
        rebuildIndex()
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
        coder.elements(&filters, empty: RefusalFilter()) { $0.record(&$1) }
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
            for stamped in lines.flatMap({ EventBatch.decode($0[...])?.events ?? [] }) { keep(stamped) }
        }
        // Orders that decide between equals must come back as they were.
        coder.elements(&index.tasksOnNode, empty: []) { coder, tasks in
            coder.elements(&tasks, empty: TaskID(job: .none, index: 0)) { $0.task(&$1) }
        }
        wireFrameworks(&coder)
    }

    /// What frameworks outside bring with them.
    private mutating func wireFrameworks<C: WireCoder>(_ coder: inout C) {
        coder.elements(&frameworkDetails, empty: FrameworkDetails()) { $0.record(&$1) }
        coder.elements(&operations, empty: OperationRow()) { $0.record(&$1) }
        coder.list(&maintenance)
        coder.list(&machinesDown)
        coder.elements(&inverseOffers, empty: InverseOfferRow()) { $0.record(&$1) }
        coder.elements(&goneAgents, empty: 0) { $0.uint(&$1) }
        coder.uint(&agentsEver)
        coder.uint(&operationsEver)
        coder.uint(&inverseEver)
        Self.wire(&offerSpecial, OfferID.none, Portions(), &coder, { $0.id(&$1) }, { $0.value(&$1) })
        Self.wire(&taskSpecial, TaskID(job: .none, index: 0), Portions(), &coder, { $0.task(&$1) }, { $0.value(&$1) })
        coder.elements(&orphans, empty: OrphanRow()) { $0.record(&$1) }
        coder.flag(&endsOrphans)
        coder.record(&scaling)
        coder.record(&gangs)
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

/// Puts a snapshot together piece by piece, so that the first ones are decoded while others are on their way.
public struct SnapshotDecoder: Sendable {
    private var state: ClusterState
    private var tables: LookedUpTables
    private var isSound = true

    /// For a full snapshot.
    public init() {
        state = .blank
        tables = LookedUpTables(names: Table(), identities: Table())
    }

    /// For a snapshot of changes over the one before it.
    init(over state: ClusterState) {
        self.state = state
        tables = LookedUpTables(names: state.texts.table, identities: state.identities.table)
    }

    /// Decodes the next piece; a damaged one makes all of it unusable. Costs what the piece weighs.
    public mutating func take(_ piece: SnapshotChunk) {
        if isSound { isSound = state.take(piece, &tables) }
    }

    /// The state that the pieces hold; nil when one of them was damaged.
    public mutating func finish() -> ClusterState? {
        guard isSound else { return nil }
        state.finish(tables)
        return state
    }
}

/// Tables that are looked up by value too: rows come in pieces, the look-ups are made once all of them are there.
fileprivate struct LookedUpTables: Sendable {
    var names: Table<String>
    var identities: Table<ResourceIdentity>
}
