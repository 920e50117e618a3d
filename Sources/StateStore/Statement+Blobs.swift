import GRDB
import GRDBSQLite

/// Facts are bound as they are, without a copy: at a thousand tasks a second the copies would cost more than SQLite.
extension Statement {
    /// Runs a statement that takes blobs and gives no rows.
    func run(_ blobs: [UInt8]...) throws {
        let handle = sqliteStatement
        sqlite3_reset(handle)
        // The bindings point into memory that is valid only during this call.
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        try step(handle, blobs[...], position: 1)
    }

    private func step(_ handle: OpaquePointer, _ blobs: ArraySlice<[UInt8]>, position: Int32) throws {
        guard let blob = blobs.first else {
            let code = sqlite3_step(handle)
            guard code == SQLITE_DONE else {
                let message = sqlite3_db_handle(handle).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
            }
            return
        }
        try blob.withUnsafeBytes { bytes in
            // An empty blob has no address and would become NULL.
            let code =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, position, 0)
                : sqlite3_bind_blob(handle, position, bytes.baseAddress, Int32(bytes.count), nil)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            try step(handle, blobs.dropFirst(), position: position + 1)
        }
    }
}
