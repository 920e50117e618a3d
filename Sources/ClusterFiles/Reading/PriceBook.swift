import ClusterModel

/// A price book: sizes and prices of machine types from a CSV file. Whoever reads a cluster file reads its books once;
/// the configuration then holds the prices themselves and where they are from.
public struct PriceBook: Sendable {
    /// Most bytes of a book.
    public static let byteLimit = 16 << 20
    /// Most types in a book.
    public static let typeLimit = 100_000
    /// Most books of a cluster file.
    public static let bookLimit = 16

    /// A type in a book.
    struct Entry: Sendable {
        var resources = ResourceVector.zero
        /// Millionths per hour; nil = unknown.
        var price: Int64?
        var source = ""
    }
    /// What is wrong with a book.
    struct Fault: Error {
        var message: String
    }
    private(set) var entries: [String: Entry] = [:]
    /// The names in it.
    var names: [String] { entries.keys.sorted() }

    /// For whoever has no files to read.
    public static let unreadable: @Sendable (String) throws -> String = { _ in
        throw Fault(message: "price books cannot be read from here")
    }

    /// Reads a book. `name` is what it is called where a price is shown.
    init(_ text: String, name: String) throws(Fault) {
        var columns: [String: Int]?
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let cells = Self.cells(line)
            if cells.allSatisfy(\.isEmpty) || cells.first?.first == "#" { continue }
            guard let known = columns else {
                columns = try Self.columns(cells, number)
                continue
            }
            try add(cells, known, number, name)
        }
        if columns == nil { throw Fault(message: "it is empty; its first line names the columns") }
    }

    private static let words: [(column: String, words: [String])] = [
        ("type", ["instance_type", "type", "name"]), ("cpus", ["vcpu", "vcpus", "cpus", "cpu"]),
        ("memory", ["memory_mib", "mem_mib"]), ("gpus", ["gpu", "gpus"]),
        ("price", ["usd_per_hour", "price_per_hour", "price"]), ("region", ["region"]), ("date", ["date"]),
        ("source", ["source"]),
    ]

    private static func columns(_ cells: [String], _ number: Int) throws(Fault) -> [String: Int] {
        var columns: [String: Int] = [:]
        for (column, names) in words {
            if let at = cells.firstIndex(where: { names.contains($0.lowercased()) }) { columns[column] = at }
        }
        for needed in ["type", "cpus", "memory"] where columns[needed] == nil {
            let names = words.first { $0.column == needed }?.words ?? []
            throw Fault(message: "line \(number): no column `\(names.joined(separator: "` or `"))`")
        }
        return columns
    }

    private mutating func add(
        _ cells: [String], _ columns: [String: Int], _ number: Int, _ name: String
    ) throws(Fault) {
        func cell(_ column: String) -> String {
            guard let at = columns[column], at < cells.count else { return "" }
            return cells[at]
        }
        let type = cell("type")
        guard !type.isEmpty else { throw Fault(message: "line \(number): it names no type") }
        var entry = Entry()
        guard let cpus = Self.millionths(cell("cpus")), let memory = Self.millionths(cell("memory")), cpus > 0,
            memory > 0
        else { throw Fault(message: "line \(number): cpus and memory of `\(type)` are numbers above 0") }
        entry.resources.cpus = cpus / 1_000
        entry.resources.mem = Int64(clamping: Int128(memory) * 1_048_576 / 1_000_000)
        if !cell("gpus").isEmpty {
            guard let gpus = Self.millionths(cell("gpus")) else {
                throw Fault(message: "line \(number): gpus of `\(type)` is no number")
            }
            entry.resources.gpus = gpus / 1_000
        }
        if !cell("price").isEmpty {
            guard let price = Self.millionths(cell("price")) else {
                throw Fault(
                    message: "line \(number): the price of `\(type)` is no number; leave it empty if nobody knows")
            }
            entry.price = price
        }
        let words = [cell("source").isEmpty ? name : cell("source"), cell("region"), cell("date")]
        entry.source = words.filter { !$0.isEmpty }.joined(separator: " ")
        guard entries.updateValue(entry, forKey: type) == nil else {
            throw Fault(message: "line \(number): `\(type)` stands there twice")
        }
        if entries.count > Self.typeLimit { throw Fault(message: "it has more than \(Self.typeLimit) types") }
    }

    /// A decimal as millionths; nil when it is none or below zero.
    static func millionths(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int64(parts[0]), whole >= 0, whole < 1 << 40 else { return nil }
        guard parts.count == 2 else { return whole * 1_000_000 }
        let digits = parts[1].prefix(6)
        guard !digits.isEmpty, parts[1].utf8.allSatisfy({ 48...57 ~= $0 }), var fraction = Int64(digits) else {
            return nil
        }
        for _ in digits.count..<6 { fraction *= 10 }
        return whole * 1_000_000 + fraction
    }

    /// The cells of a line, quotes taken off.
    static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var last: Character = ","
        for character in line {
            if character == "\"" {
                if !isQuoted, last == "\"" { cell.append("\"") }
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                cells.append(cell)
                cell = ""
            } else if character != "\r" {
                cell.append(character)
            }
            last = character
        }
        return cells + [cell]
    }
}

extension ClusterFile {
    /// The price books that a cluster file names, in its order.
    static func readBooks(_ reader: inout MappingReader, _ read: (String) throws -> String) -> [PriceBook] {
        let named = reader.texts("priceBooks", of: "files")
        if named.count > PriceBook.bookLimit {
            reader.refuse("priceBooks", "`priceBooks` takes at most \(PriceBook.bookLimit) files")
        }
        return named.prefix(PriceBook.bookLimit).compactMap { path, place in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            do {
                return try PriceBook(try read(path), name: name)
            } catch let fault as PriceBook.Fault {
                reader.problems.add(place, "price book `\(path)`: \(fault.message)")
            } catch {
                reader.problems.add(place, "price book `\(path)`: \(error)")
            }
            return nil
        }
    }

    /// `book: m5.large`: size and price from the first book that has it.
    static func readBook(_ type: inout MappingReader, into machine: inout MachineType) {
        guard let name = type.text("book", expected: "a name in a price book") else { return }
        guard let entry = type.problems.books.lazy.compactMap({ $0.entries[name] }).first else {
            let known = type.problems.books.flatMap(\.names)
            let hint = known.isEmpty ? "; name a file under `priceBooks`" : MappingReader.hint(name, known)
            return type.refuse("book", "no price book has `\(name)`\(hint)")
        }
        machine.resources = entry.resources
        machine.pricePerHour = entry.price ?? 0
        machine.priceIsUnknown = entry.price == nil
        machine.priceSource = entry.source
    }
}
