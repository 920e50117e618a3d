import ClusterModel

/// The cluster that is there when no file was written: this machine, in three slices, with a pool to grow into.
extension ClusterConfiguration {
    /// Three local agents that share the machine, and a burst pool of up to eight more that is empty; demo prices, so
    /// that cost can be seen; any role may be used. `cpus` in thousandths, `mem` and `disk` in bytes, of the machine.
    ///
    /// A slice is what an agent declares, not a wall around it: burst agents offer a slice as well, beyond what the
    /// machine has, as they are there to be tried. No ports: agents of one machine share its ports, and no two of them
    /// may lend the same.
    public static func builtInLocal(cpus: Int64, mem: Int64, disk: Int64) -> ClusterConfiguration {
        var configuration = ClusterConfiguration()
        configuration.name = "local"
        configuration.budgetPerHour = Money(micros: 2_000_000)
        var slice = MachineType()
        slice.name = "slice"
        slice.resources = slices(cpus: cpus, mem: mem, disk: disk)
        slice.pricePerHour = 110_000
        var local = PoolSpec()
        local.name = "local"
        local.minimum = 3
        local.maximum = 3
        local.bootDeadline = .seconds(30)
        local.types = [slice]
        var burst = local
        burst.name = "burst"
        burst.minimum = 0
        burst.maximum = 8
        burst.types[0].name = "burst"
        burst.types[0].pricePerHour = 240_000
        configuration.pools = [local, burst]
        return configuration
    }

    /// A third of the machine, in round amounts: at least one cpu, 256 MiB and 1 GiB of disk, and most of the memory
    /// but not all, for the machine has other things to do.
    private static func slices(cpus: Int64, mem: Int64, disk: Int64) -> ResourceVector {
        func rounded(_ amount: Int64, to step: Int64, least: Int64) -> Int64 { max(least, amount / step * step) }
        return ResourceVector(
            cpus: rounded(cpus / 3, to: 1_000, least: 1_000), mem: rounded(mem / 4, to: 256 << 20, least: 256 << 20),
            disk: rounded(disk / 4, to: 1 << 30, least: 1 << 30))
    }
}
