import Foundation

/// `bellows-bench [NAME] [--OPTION VALUE ...]`: runs one benchmark, or lists them.
let usage = """
    usage: bellows-bench NAME [--nodes N] [--tasks N] [--seconds N] [--count N] [--agents N] [--frameworks N]
                              [--seeds N]
      core-events   core events per second in the simulation      (--nodes 1000, --seconds 60)
      worlds        every scenario of the simulation over many seeds; ends with 1 when one breaks a promise
                    (--seeds 1000, --first 1)
      snapshot      taking a snapshot and the first change after   (--nodes 50000, --tasks 1000000)
      film          recording bytes per event and per hour         (--nodes 1000, --seconds 300)
      launch        launch rate, latency and CPU beside a bare loop (--count 2000)
      agent         size, memory and start time of the agent
      allocation    the allocator by itself, all of the following one after the other
                    (--agents 1000 --frameworks 200):
                    AddAndUpdateAgents DeclineOffers SuppressOffers ExtremeSuppressOffers PersistentVolumes
                    LargeAndSmallQuota MultiFrameworkAllocations Sorter
      api           the scheduler interface from outside            (--agents 1000 --frameworks 100 --tasks 10000)
      console       the console under a pseudo-terminal measure    (needs TTYBENCH=path of ttybench.py)
    """

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, !name.hasPrefix("-") else {
    print(usage)
    exit(arguments.isEmpty ? 0 : 2)
}
func parse(_ words: ArraySlice<String>) -> [String: Int] {
    var options: [String: Int] = [:]
    var rest = words
    while let option = rest.popFirst() {
        guard option.hasPrefix("--"), let text = rest.popFirst(), let value = Int(text), value > 0 else {
            FileHandle.standardError.write(Data("bellows-bench: \(option) wants a positive number\n\(usage)\n".utf8))
            exit(2)
        }
        options[String(option.dropFirst(2))] = value
    }
    return options
}
let options = parse(arguments.dropFirst())
@MainActor func option(_ name: String, _ fallback: Int) -> Int { options[name] ?? fallback }

let figures: [Figure]
switch name {
case "core-events":
    figures = CoreBenchmarks.events(nodes: UInt32(option("nodes", 1_000)), seconds: Int64(option("seconds", 60)))
case "worlds": figures = WorldBenchmarks.run(seeds: option("seeds", 1_000), first: option("first", 1))
case "snapshot":
    figures = CoreBenchmarks.snapshot(nodes: UInt32(option("nodes", 50_000)), tasks: UInt32(option("tasks", 1_000_000)))
case "film":
    figures = FilmBenchmarks.size(nodes: UInt32(option("nodes", 1_000)), seconds: Int64(option("seconds", 300)))
case "launch": figures = LaunchBenchmarks.run(count: option("count", 2_000))
case "agent": figures = AgentBenchmarks.run()
case "allocation":
    figures = AllocationBenchmarks.names.flatMap {
        AllocationBenchmarks.run($0, agents: option("agents", 1_000), frameworks: option("frameworks", 200))
    }
case let world where AllocationBenchmarks.names.contains(world):
    figures = AllocationBenchmarks.run(world, agents: option("agents", 1_000), frameworks: option("frameworks", 200))
case "api":
    figures = ApiBenchmarks.run(
        agents: option("agents", 1_000), frameworks: option("frameworks", 100), tasks: option("tasks", 10_000))
case "console": figures = ConsoleBenchmarks.run()
default:
    FileHandle.standardError.write(Data("bellows-bench: there is no benchmark \(name)\n\(usage)\n".utf8))
    exit(2)
}
for figure in figures { figure.print() }
