import Foundation
import GRDB

/// Bytes on their way into a statement.
enum Blob {
    /// The bytes as GRDB takes them; an empty run is an empty blob and not NULL.
    static func data(_ bytes: [UInt8]) -> Data { Data(bytes) }
}
