import GRDB

/// What tests need to look at, or to bring about.
extension RegistryDatabase {
    /// The value of a pragma as text.
    func pragma(_ name: String) throws -> String {
        try read { try String.fetchOne($0, sql: "PRAGMA \(name)") ?? "" }
    }
}

extension SQLiteRegistryStore {
    /// Makes the database full at so many pages.
    func limitPages(_ count: Int) throws { _ = try database.pragma("max_page_count = \(count)") }
}
