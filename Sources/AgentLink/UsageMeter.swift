import AgentProtocol
import ClusterModel

/// Turns an agent's growing counters into use per time: the difference between two samples, divided by their distance.
struct UsageMeter {
    /// The node is a slice of its machine: its use is that of its tasks, not that of the machine.
    private let isSlice: Bool
    private var lastNanoseconds: UInt64 = 0
    private var lastBusy: UInt64 = 0
    private var lastTasks: [AgentTaskKey: UInt64] = [:]

    init(isSlice: Bool = false) { self.isSlice = isSlice }

    /// What the core is told of one sample. The first of a session has no difference yet and tells no cpu.
    mutating func measure(_ sample: AgentSample, node: String) -> NodeSample {
        var result = NodeSample()
        result.node = node
        result.load = Int64(clamping: sample.loadThousandths / 10)
        let span = sample.nowNanoseconds > lastNanoseconds ? sample.nowNanoseconds - lastNanoseconds : 0
        let isFirst = lastNanoseconds == 0
        func thousandths(_ now: UInt64, _ before: UInt64) -> Int64 {
            guard !isFirst, span > 0, now >= before else { return 0 }
            return Int64(clamping: (now - before) / max(span / 1_000, 1))
        }
        var tasks: [AgentTaskKey: UInt64] = [:]
        tasks.reserveCapacity(sample.tasks.count)
        for task in sample.tasks {
            tasks[task.key] = task.cpuNanoseconds
            result.tasks.append(
                TaskSample(
                    task: TaskID(packed: task.key.id),
                    cpuUsed: thousandths(task.cpuNanoseconds, lastTasks[task.key] ?? 0),
                    memUsed: Int64(clamping: task.residentBytes)))
        }
        if isSlice {
            result.cpuUsed = result.tasks.reduce(0) { $0 + $1.cpuUsed }
            result.memUsed = result.tasks.reduce(0) { $0 + $1.memUsed }
        } else {
            result.cpuUsed = thousandths(sample.busyNanoseconds, lastBusy)
            result.memUsed = Int64(clamping: sample.memoryUsedBytes)
        }
        (lastNanoseconds, lastBusy, lastTasks) = (sample.nowNanoseconds, sample.busyNanoseconds, tasks)
        return result
    }
}
