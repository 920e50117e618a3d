import CSys

/// The gpus of one task by number: each number is a file in the agent's folder, locked by the task's supervisor for as
/// long as it lives, so that it is nobody else's whatever becomes of the agent.
struct TaskGPUs {
    /// Numbers that are tried where the agent does not know how many there are.
    private static let most: UInt64 = 64
    /// How long a number may take to become free: the supervisor of the last task that had it is just ending.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    /// What the task is told, as `CUDA_VISIBLE_DEVICES`.
    private(set) var numbers: [UInt64] = []

    /// Takes what `thousandths` asks for, lowest numbers first; nil when so many are not free, with what was taken
    /// given back. `count` is how many there are, 0 = not known.
    init?(thousandths: UInt64, of count: UInt64) {
        let whole = Int(thousandths / 1000)
        let wanted = thousandths % 1000 > 0 ? whole + 1 : whole
        let end = System.steadyNanoseconds + Self.patienceNanoseconds
        var held: [Int32] = []
        while true {
            for number in 0..<(count > 0 ? count : Self.most) where !numbers.contains(number) {
                if numbers.count == wanted { break }
                let isShared = numbers.count == whole
                let file = cs_open("gpu.\(number)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                if file < 0 { break }
                if (isShared ? cs_flock_shared(file) : cs_flock(file, false)) == 0 {
                    numbers.append(number)
                    held.append(file)
                } else {
                    close(file)
                }
            }
            if numbers.count == wanted { return }
            if System.steadyNanoseconds > end { break }
            cs_sleep_ns(10_000_000)
        }
        for file in held { close(file) }
        return nil
    }

    /// The numbers, as libraries read them.
    var text: String {
        var text = ""
        for number in numbers { text += text.utf8.isEmpty ? "\(number)" : ",\(number)" }
        return text
    }
}
