import Foundation
import Testing

/// A text that is kept beside the tests; `scripts/snapshots` rewrites all of them, and the diff is read.
enum TextSnapshot {
    static func check(_ name: String, _ text: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["BELLOWS_UPDATE_SNAPSHOTS"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(text == expected, "snapshot \(name) differs; scripts/snapshots rewrites it")
    }
}
