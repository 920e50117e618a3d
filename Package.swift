// swift-tools-version: 6.2
// The rooms of the house and their arrows. Tests/HouseTests compares every import with this list.
import PackageDescription

/// A target with its README, which explains why it is there.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"])
}

let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
]
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let web: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOHTTP1", package: "swift-nio"),
]
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "bellows",
    products: [
        .executable(name: "bellows", targets: ["bellows"]),
        .executable(name: "bellows-agent", targets: ["bellows-agent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // The cluster as a value: no I/O, no clock, no randomness, no Foundation.
        room("ByteCoding"),
        room("ClusterModel", ["ByteCoding"]),
        room("ClusterSource", ["ClusterModel"]),
        room("Allocator", ["ClusterModel"]),
        room("Workloads", ["ClusterModel"]),
        room("Autoscaler", ["ClusterModel", "Allocator", "Workloads"]),
        room("ControlCore", ["ClusterModel", "Allocator", "Autoscaler", "Workloads", heap]),
        room("Simulation", ["ClusterModel", "ControlCore", heap]),

        // Keeping: the registry on disk, and the film.
        room("CCRC32C"),
        room("Recording", ["ByteCoding", "CCRC32C", "ClusterModel", "ClusterSource", "ControlCore"]),
        room("StateStore", grdb),

        // The node. The protocol's sources stand in the agent too, by symbolic link: Embedded Swift cannot be imported.
        room("CSys"),
        room("AgentProtocol", ["ByteCoding"]),
        .executableTarget(
            name: "bellows-agent", dependencies: ["CSys"],
            exclude: ["README.md", "AgentProtocol/README.md", "ByteCoding/README.md"],
            swiftSettings: [.enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo", "-Osize"])],
            linkerSettings: [
                .unsafeFlags(["-Xclang-linker", "-static", "-Xlinker", "--gc-sections"]), .linkedLibrary("m"),
            ]),

        // Where time passes.
        room("CLibvirt"),
        room("Providers", ["ClusterModel", "CSys", "CLibvirt"]),
        room("AgentLink", ["AgentProtocol", "ClusterModel", "ClusterSource", "CSys"] + nio),
        room(
            "ControlRuntime",
            [
                "ClusterModel", "ClusterSource", "ControlCore", "Recording", "StateStore", "AgentLink", "Providers",
                "CSys",
            ]),
        room("ControlLink", ["ByteCoding", "ClusterModel", "ClusterSource", "CSys"] + nio),

        // The interface of frameworks and operators: figures as text, the wire's messages, and the server of both.
        room("MetricsPage", ["ClusterModel"]),
        .target(
            name: "SchedulerWire", dependencies: [protobuf], exclude: ["README.md", "Protocol"]),
        room(
            "SchedulerAPI",
            ["ClusterModel", "ClusterSource", "ControlRuntime", "MetricsPage", "SchedulerWire"]
                + web + nio + [protobuf]),

        // The face: sees a ClusterSource and nothing else.
        room("ConsoleView", ["ClusterModel", "ClusterSource"]),
        .target(
            name: "CNcurses", exclude: ["README.md"],
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        room("Terminal", ["ConsoleView", "CNcurses"]),
        room("Console", ["ClusterModel", "ClusterSource", "ConsoleView", "Terminal", "Yams"]),

        // The program.
        room("ClusterFiles", ["ClusterModel", "Yams"]),
        room("Commands", ["ClusterModel", "ClusterSource", "ClusterFiles", "ConsoleView", "MetricsPage", arguments]),
        .executableTarget(
            name: "bellows",
            dependencies: [
                "Commands", "ClusterFiles", "ClusterModel", "ClusterSource", "Console", "ConsoleView", "ControlLink",
                "ControlRuntime", "CSys", "Recording", "SchedulerAPI", "Simulation", "Terminal",
            ],
            exclude: ["README.md"]),

        // Figures: scripts/bench.
        .executableTarget(
            name: "bellows-bench",
            dependencies: [
                "AgentProtocol", "Allocator", "ClusterModel", "ClusterSource", "ControlCore", "ControlRuntime", "CSys",
                "Recording", "SchedulerWire", "Simulation",
            ],
            path: "Benchmarks", exclude: ["README.md"]),

        // Tests, a target for each room that has some, and the probes they start.
        .testTarget(name: "HouseTests"),
        .testTarget(name: "ClusterModelTests", dependencies: ["ClusterModel", "ByteCoding"]),
        .testTarget(name: "AllocatorTests", dependencies: ["Allocator", "Autoscaler", "ClusterModel", "Workloads"]),
        .testTarget(name: "AutoscalerTests", dependencies: ["Autoscaler", "ControlCore", "ClusterModel"]),
        .testTarget(name: "WorkloadsTests", dependencies: ["Allocator", "ClusterModel", "Workloads"]),
        .testTarget(name: "ControlCoreTests", dependencies: ["ControlCore", "ClusterModel"]),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation", "ControlCore", "ClusterModel"]),
        .testTarget(
            name: "RecordingTests",
            dependencies: [
                "ByteCoding", "CCRC32C", "Recording", "ClusterModel", "ClusterSource", "ControlCore", "Simulation",
            ],
            exclude: ["Golden"]),
        .testTarget(name: "StateStoreTests", dependencies: ["StateStore"] + grdb),
        .testTarget(name: "AgentProtocolTests", dependencies: ["AgentProtocol", "ByteCoding"]),
        .testTarget(name: "AgentTests", dependencies: ["AgentProtocol", "CSys", "TestFolders"]),
        .testTarget(
            name: "AgentLinkTests",
            dependencies: ["AgentLink", "AgentProtocol", "ClusterModel", "ClusterSource", "CSys"] + nio),
        .testTarget(name: "ProvidersTests", dependencies: ["Providers", "ClusterModel", "CSys", "TestFolders"]),
        .testTarget(
            name: "ControlRuntimeTests",
            dependencies: [
                "ControlRuntime", "core-probe", "Recording", "StateStore", "Providers", "ClusterModel", "ClusterSource",
                "CSys", "TestFolders",
            ]),
        .testTarget(
            name: "ControlLinkTests",
            dependencies: ["ControlLink", "ClusterSource", "ClusterModel", "ByteCoding", "TestFolders"]),
        .testTarget(
            name: "ConsoleViewTests", dependencies: ["ConsoleView", "ClusterModel", "ClusterSource"],
            exclude: ["Snapshots"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal", "ConsoleView", "terminal-probe", "TestFolders"]),
        .testTarget(name: "ConsoleTests", dependencies: ["Console", "ConsoleView", "ClusterModel", "ClusterSource"]),
        .testTarget(name: "SchedulerWireTests", dependencies: ["SchedulerWire", protobuf], exclude: ["Captured"]),
        .testTarget(
            name: "SchedulerAPITests",
            dependencies: ["SchedulerAPI", "SchedulerWire", "ClusterModel", "ControlRuntime"]),
        .testTarget(name: "ClusterFilesTests", dependencies: ["ClusterFiles", "ClusterModel"]),
        .testTarget(
            name: "CommandTests", dependencies: ["Commands", "ConsoleView", "ClusterModel", "ClusterSource"],
            exclude: ["Snapshots"]),
        .target(name: "TestFolders", path: "Tests/TestFolders"),
        .executableTarget(
            name: "terminal-probe", dependencies: ["Terminal", "ConsoleView"], path: "Tests/terminal-probe"),
        .executableTarget(
            name: "console-probe",
            dependencies: ["Console", "ConsoleView", "ClusterModel", "ClusterSource", "ControlLink", "Recording"],
            path: "Tests/console-probe"),
        .executableTarget(
            name: "core-probe", dependencies: ["ControlRuntime", "ClusterModel", "ClusterSource", "CSys"],
            path: "Tests/core-probe"),
    ]
)
