import ClusterModel

/// A workload trace in the Standard Workload Format 2.2: a line a job, `;` begins a comment, -1 = not known
/// (https://www.cs.huji.ac.il/labs/parallel/workload/swf.html).
public struct SWF: Sendable {
    /// Most bytes of an unpacked trace.
    public static let byteLimit = 1 << 30
    /// Jobs in the order of the file, which is that of their submission.
    public private(set) var jobs: [TraceJob] = []
    /// Header lines, key and value.
    public private(set) var header: [(key: String, value: String)] = []
    /// Jobs left out because they never ran or had no processors.
    public private(set) var dropped = 0
    /// Lines of parts of jobs that have a line of their own for the whole.
    public private(set) var parts = 0
    /// Lines with more columns than the format has; the surplus is not read.
    public private(set) var wide = 0
    /// Jobs that name a job before them and a think time; both are not followed.
    public private(set) var unfollowed = 0

    /// What is wrong with a trace, with its line.
    public struct Fault: Error, CustomStringConvertible, Hashable {
        /// Counted from 1.
        public var line: Int
        /// What is wrong and the way out.
        public var message: String
        public var description: String { "line \(line): \(message)" }
        /// A fault.
        public init(line: Int, message: String) {
            self.line = line
            self.message = message
        }
    }

    /// Reads a whole trace. Linear in its bytes.
    public init(_ bytes: [UInt8]) throws(Fault) {
        var start = 0
        var number = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            number += 1
            try read(bytes[start..<end], number)
            start = end + 1
        }
        jobs.sort { $0.submit < $1.submit }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ number: Int) throws(Fault) {
        guard let first = line.first(where: { $0 != 32 && $0 != 9 && $0 != 13 }) else { return }
        if first == UInt8(ascii: ";") { return readHeader(line) }
        let comment = line.firstIndex(of: UInt8(ascii: ";")) ?? line.endIndex
        let words = line[..<comment].split { $0 == 32 || $0 == 9 || $0 == 13 }
        guard words.count >= 18 else {
            throw Fault(line: number, message: "\(words.count) fields, a job has 18; is this a trace in SWF?")
        }
        if words.count > 18 { wide += 1 }
        var fields: [Int64] = []
        for word in words.prefix(18) {
            guard let value = Self.milli(word) else {
                throw Fault(line: number, message: "`\(String(decoding: word, as: UTF8.self))` is no number")
            }
            fields.append(value)
        }
        take(fields)
    }

    /// Fields in thousandths, as the format counts them less one.
    private mutating func take(_ fields: [Int64]) {
        // Lines of parts (status 2, 3, 4) repeat what the job's own line sums up.
        if (2_000...4_000).contains(fields[10]) { return parts += 1 }
        let processors = (fields[7] > 0 ? fields[7] : fields[4]) / 1_000
        guard fields[3] >= 0, processors > 0, fields[1] >= 0 else { return dropped += 1 }
        if fields[16] > 0 { unfollowed += 1 }
        var job = TraceJob()
        job.number = fields[0] / 1_000
        job.submit = .milliseconds(fields[1])
        job.run = .milliseconds(max(1_000, fields[3]))
        job.limit = fields[8] > 0 ? .milliseconds(max(1_000, fields[8])) : job.run
        job.processors = processors
        let memory = fields[9] > 0 ? fields[9] : fields[6]
        job.memoryPerProcessor = memory > 0 ? memory / 1_000 * 1_024 : 0
        job.user = fields[11] > 0 ? fields[11] / 1_000 : 0
        job.queue = fields[14] > 0 ? fields[14] / 1_000 : 0
        jobs.append(job)
    }

    private mutating func readHeader(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: line, as: UTF8.self).drop { $0 == ";" || $0 == " " || $0 == "\t" }
        guard let colon = text.firstIndex(of: ":"), header.count < 1_000 else { return }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        header.append((String(text[..<colon]), String(value.filter { $0 != "\r" })))
    }

    /// A decimal number as thousandths; nil when it is none.
    static func milli(_ word: ArraySlice<UInt8>) -> Int64? {
        var (value, digits, fraction, isNegative): (Int64, Int, Int, Bool) = (0, 0, -1, false)
        for (place, byte) in word.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where place == 0: isNegative = true
            case UInt8(ascii: "+") where place == 0: break
            case UInt8(ascii: ".") where fraction < 0: fraction = 0
            case 48...57:
                digits += 1
                if fraction >= 3 { continue }
                if fraction >= 0 { fraction += 1 }
                let (next, overflow) = value.multipliedReportingOverflow(by: 10)
                guard !overflow, next < Int64.max / 10_000 else { return nil }
                value = next + Int64(byte - 48)
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        for _ in max(0, fraction)..<3 { value *= 10 }
        return isNegative ? -value : value
    }
}

/// A job of a trace.
public struct TraceJob: Sendable, Hashable {
    /// Its number in the trace.
    public var number: Int64 = 0
    /// When it is submitted, after the start.
    public var submit = Interval.zero
    /// How long it runs.
    public var run = Interval.zero
    /// How long it says that it runs.
    public var limit = Interval.zero
    /// Processors at once.
    public var processors: Int64 = 1
    /// Bytes; 0 = not known.
    public var memoryPerProcessor: Int64 = 0
    /// Its user; 0 = not known.
    public var user: Int64 = 0
    /// Its queue; 0 = not known.
    public var queue: Int64 = 0

    /// An empty job.
    public init() {}

    /// What is submitted for it: pieces of at most `piece` processors (thousandths of cpus), each on a node of its own
    /// and all at once; pieces are made equal, so that 13 processors on nodes of 8 are 2 x 7.
    public func spec(piece: Int64) -> JobSpec {
        var spec = JobSpec()
        spec.name = "swf-\(number)"
        spec.role = queue > 0 ? "queue\(queue)" : "trace"
        spec.argv = ["trace"]
        let most = max(1, piece / 1_000)
        let pieces = (processors + most - 1) / most
        spec.nodes = UInt32(clamping: pieces)
        let each = (processors + pieces - 1) / pieces
        spec.need = ResourceVector(cpus: each * 1_000, mem: memoryPerProcessor * each)
        spec.timeLimit = limit
        return spec
    }
}
