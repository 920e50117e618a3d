import CSys
import ClusterModel
import Glibc
import Synchronization
import TestFolders
import Testing

@testable import Providers

/// What a provider told, and waiting for it.
final class Reports: Sendable {
    private let list = Mutex<[ProviderReport]>([])
    func add(_ report: ProviderReport) { list.withLock { $0.append(report) } }
    var all: [ProviderReport] { list.withLock { $0 } }
    var instances: [InstanceSeen] {
        all.compactMap { if case .instance(let seen) = $0 { seen } else { nil } }
    }
    var pools: [PoolSeen] { all.compactMap { if case .pool(let seen) = $0 { seen } else { nil } } }
    var found: [MachinesFound] { all.compactMap { if case .found(let found) = $0 { found } else { nil } } }
    /// The last that was told of an instance.
    func last(_ number: UInt32) -> InstanceSeen? { instances.last { $0.instance.raw == number } }
    /// Waits until `holds`; false when it does not come true within a generous time.
    func wait(_ holds: (Reports) -> Bool) -> Bool {
        for _ in 0..<12_000 {
            if holds(self) { return true }
            cs_sleep_ns(10_000_000)
        }
        return false
    }
}

/// A working folder with the module of examples/terraform/script, whose cloud is a folder.
struct ScriptWorld {
    let root: String
    var folder: String { root + "/module" }
    var machines: String { folder + "/machines" }
    var settings: TerraformSettings

    static let isThere = ChildProcess.find("terraform") != nil

    init() throws {
        root = makeTestFolder()
        settings = TerraformSettings()
        settings.folder = root + "/module"
        settings.driftEvery = .zero
        mkdir(folder, 0o755)
        mkdir(folder + "/machines", 0o755)
        let source =
            #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/examples/terraform/script"
        for name in ["main.tf", "up", "down"] {
            let text = try #require(ChildProcess.readText("\(source)/\(name)", limit: 1 << 20), "\(source)/\(name)")
            write(name, text)
        }
    }

    func write(_ name: String, _ text: String) {
        let file = cs_open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o755)
        _ = text.withCString { Glibc.write(file, $0, strlen($0)) }
        Glibc.close(file)
    }

    func read(_ name: String) -> String { ChildProcess.readText("\(folder)/\(name)", limit: 1 << 20) ?? "" }

    /// Makes `up` take so many seconds before and after the machine is there.
    func slow(before: String = "0", after: String = "0") {
        let text = read("up")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("sleep") }
        var fresh = lines.map(String.init)
        if let at = fresh.firstIndex(where: { $0.hasPrefix("mkdir") }) { fresh.insert("sleep \(before)", at: at) }
        let end = fresh.lastIndex { !$0.isEmpty } ?? 0
        fresh.insert("sleep \(after)", at: end + 1)
        write("up", fresh.joined(separator: "\n"))
    }

    /// Names of the machines that the cloud has.
    var cloud: [String] {
        guard let directory = opendir(machines) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let name = cs_next_name(directory) {
            let text = String(cString: name)
            if text.hasSuffix(".json") { names.append(String(text.dropLast(5))) }
        }
        return names.sorted()
    }

    func provider(_ reports: Reports, cluster: String = "c1") -> TerraformProvider {
        TerraformProvider(cluster: cluster, work: root + "/work", observe: { reports.add($0) })
    }

    func order(_ number: UInt32, pool: String = "burst") -> InstanceOrder {
        var type = MachineType()
        type.name = "small"
        var order = InstanceOrder(
            instance: InstanceID(raw: number), name: "\(pool)-\(number)", pool: pool, provider: .terraform, type: type)
        order.making.terraform = settings
        order.generation = 1
        return order
    }

    var pool: PoolSpec {
        var spec = PoolSpec()
        (spec.name, spec.provider, spec.making.terraform) = ("burst", .terraform, settings)
        return spec
    }

    /// Runs `terraform` by hand, as somebody else would.
    @discardableResult func terraform(_ arguments: [String]) -> Int32 {
        let program = ChildProcess.find("terraform") ?? "terraform"
        guard
            let pid = try? ChildProcess.spawn(
                program, ["-chdir=\(folder)"] + arguments, output: root + "/hand.out",
                environment: TerraformCommand.environment())
        else { return -1 }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        return (status >> 8) & 0xff
    }

    func remove() { _ = cs_remove_tree(root) }
}
