import Foundation
import Testing

/// The house's arrows: what a room imports is what the manifest lets it depend on, and pure rooms stay pure. The build
/// alone does not stop a stray import.
@Suite struct ImportTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let pure = [
        "ByteCoding", "ClusterModel", "ClusterSource", "Allocator", "Workloads", "Autoscaler", "ControlCore",
        "Simulation",
        "AgentProtocol", "ConsoleView",
    ]
    /// Modules that come with the toolchain; pure rooms may have none of them.
    static let system: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization"]
    static let products = [
        "NIOCore": "nio", "NIOPosix": "nio", "HeapModule": "heap", "GRDB": "grdb", "GRDBSQLite": "grdb",
        "ArgumentParser": "arguments", "SwiftProtobuf": "protobuf", "Hummingbird": "web", "HummingbirdCore": "web",
        "HTTPTypes": "web", "Logging": "web", "NIOHTTP1": "web",
    ]

    @Test func everyImportIsAnArrowOfTheManifest() throws {
        let whole = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let manifest = String(whole[(try #require(whole.range(of: "\n    targets: ["))).lowerBound...])
        for room in try rooms() {
            let declared = Self.declaration(of: room, in: manifest)
            for (file, module) in try imports(of: room) where !Self.system.contains(module) {
                let word = Self.products[module] ?? "\"\(module)\""
                #expect(declared.contains(word), "\(file) imports \(module), which is no dependency of \(room)")
            }
        }
    }

    @Test(arguments: pure) func pureRoomsHaveNoClockNoChanceAndNoSystem(room: String) throws {
        let banned = [
            "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", ".randomElement(", ".shuffled(",
            ".random(in:", "Task.sleep", "DispatchTime", "clock_gettime",
        ]
        for (file, module) in try imports(of: room) {
            #expect(!Self.system.contains(module), "\(file) imports \(module); \(room) is pure")
        }
        for (file, text) in try sources(of: room) {
            for word in banned { #expect(!text.contains(word), "\(file) uses \(word); \(room) is pure") }
        }
    }

    @Test func theFaceSeesOnlyTheSeam() throws {
        for room in ["ConsoleView", "Terminal", "Console"] {
            for (file, module) in try imports(of: room) {
                let forbidden = [
                    "ControlCore", "ControlRuntime", "AgentLink", "Providers", "Recording", "StateStore", "ControlLink",
                ]
                #expect(!forbidden.contains(module), "\(file) imports \(module); the face sees a ClusterSource only")
            }
        }
    }

    @Test func everyRoomSaysWhyItIsThere() throws {
        for room in try rooms() {
            let readme = Self.root.appending(path: "Sources/\(room)/README.md")
            let lines = (try? String(contentsOf: readme, encoding: .utf8))?.split(separator: "\n").count ?? 0
            #expect(lines >= 5, "Sources/\(room)/README.md says too little")
        }
    }

    @Test func ncursesIsInOnePlace() throws {
        for room in try rooms() where room != "Terminal" {
            for (file, module) in try imports(of: room) { #expect(module != "CNcurses", "\(file) imports CNcurses") }
        }
    }

    private func rooms() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path).sorted()
    }

    private func sources(of room: String) throws -> [(file: String, text: String)] {
        let folder = Self.root.appending(path: "Sources/\(room)")
        guard let walk = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        return try walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map {
            ("\(room)/\($0)", try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
    }

    private func imports(of room: String) throws -> [(file: String, module: String)] {
        try sources(of: room).flatMap { file, text in
            text.split(separator: "\n").compactMap { line -> (String, String)? in
                let words = line.split(separator: " ").filter {
                    !$0.hasPrefix("@") && $0 != "public" && $0 != "internal"
                }
                guard words.count >= 2, words[0] == "import" else { return nil }
                return (file, String(words.last!.split(separator: ".")[0]))
            }
        }
    }

    /// The manifest's text from a room's name to the next room.
    static func declaration(of room: String, in manifest: String) -> Substring {
        let start =
            manifest.range(of: "room(\"\(room)\"") ?? manifest.range(of: "room(\n            \"\(room)\"")
            ?? manifest.range(of: "name: \"\(room)\",\n            dependencies")
            ?? manifest.range(of: "name: \"\(room)\", ")
        guard let start else { return "" }
        let rest = manifest[start.upperBound...]
        let ends = ["room(", ".testTarget(", ".executableTarget(", ".target("].compactMap {
            rest.range(of: $0)?.lowerBound
        }
        return rest[..<(ends.min() ?? rest.endIndex)]
    }
}
