// swift-tools-version: 6.2
// The rooms of the house and their arrows; docs/architecture.md draws them, Tests/HouseTests holds imports against them.
import PackageDescription

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
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // The cluster as a value: pure, no I/O, no clock, no Foundation.
        .target(name: "ByteCoding", exclude: ["README.md"]),
        .target(name: "ClusterModel", dependencies: ["ByteCoding"], exclude: ["README.md"]),
        .target(name: "ClusterSource", dependencies: ["ClusterModel"], exclude: ["README.md"]),
        .target(name: "Allocator", dependencies: ["ClusterModel"], exclude: ["README.md"]),
        .target(name: "Workloads", dependencies: ["ClusterModel"], exclude: ["README.md"]),
        .target(name: "Autoscaler", dependencies: ["ClusterModel", "Allocator", "Workloads"], exclude: ["README.md"]),
        .target(
            name: "ControlCore",
            dependencies: [
                "ClusterModel", "Allocator", "Workloads", .product(name: "HeapModule", package: "swift-collections"),
            ],
            exclude: ["README.md"]),
        .target(name: "Simulation", dependencies: ["ClusterModel", "ControlCore"], exclude: ["README.md"]),

        // The node: the protocol's sources stand in both worlds, by symbolic link in the agent's folder.
        .target(name: "AgentProtocol", dependencies: ["ByteCoding"], exclude: ["README.md"]),
        .target(name: "CSys", exclude: ["README.md"]),
        .executableTarget(
            name: "bellows-agent", dependencies: ["CSys"], exclude: ["README.md"],
            swiftSettings: [.enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo", "-Osize"])],
            linkerSettings: [.unsafeFlags(["-Xclang-linker", "-static"])]),
    ]
)
