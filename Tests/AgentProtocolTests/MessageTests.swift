import AgentProtocol
import Testing

/// What one side says is what the other hears, for every kind of message, fields at their edges included.
@Suite struct MessageTests {
    static var status: AgentTaskStatus {
        var status = AgentTaskStatus()
        status.key = AgentTaskKey(id: .max, attempt: .max)
        status.sequence = 1 << 41
        status.state = .ended
        status.pid = 4242
        status.startedNanoseconds = 1_700_000_000_000_000_000
        status.endedNanoseconds = 1_700_000_000_500_000_000
        status.runNanoseconds = 500_000_000
        status.reason = .launchFailed
        status.exitCode = 255
        status.signal = 9
        status.step = .execute
        status.errno = 2
        status.message = "nö such file"
        status.usage.maxResidentBytes = .max
        status.usage.userNanoseconds = 1
        status.usage.systemNanoseconds = 2
        return status
    }

    static var launch: AgentLaunch {
        var launch = AgentLaunch(key: AgentTaskKey(id: 7, attempt: 2), arguments: ["/bin/echo", "", "a b"])
        launch.environment = ["PATH=/bin", "EMPTY="]
        launch.directory = "/tmp"
        launch.inputPath = "in"
        launch.outputPath = "out"
        launch.errorPath = "err"
        launch.user = "ada"
        launch.cpuThousandths = 500
        launch.memoryBytes = 1 << 40
        launch.timeLimitMilliseconds = 1
        launch.maxProcesses = 2
        launch.maxOpenFiles = 3
        launch.logLimitBytes = 4
        launch.logKeptParts = 0
        launch.graceMilliseconds = 0
        launch.isolate = true
        launch.image = "/srv/root"
        launch.files = [
            AgentLaunch.File(name: "hosts", content: [0, 255]), AgentLaunch.File(name: "empty", content: []),
        ]
        return launch
    }

    static let coreMessages: [CoreMessage] = {
        var hello = CoreHello(cluster: "eng", epoch: .max, coreVersion: "1.0")
        hello.capabilities = [.logs, .isolation]
        let key = AgentTaskKey(id: 1, attempt: 0)
        return [
            .hello(hello), .launch(launch), .launch(AgentLaunch(key: key, arguments: ["true"])),
            .kill(AgentTaskKey(id: 0, attempt: 3), graceMilliseconds: 10), .acknowledge([]),
            .acknowledge([AgentAcknowledgement(key: key, sequence: 0), AgentAcknowledgement(key: key, sequence: 9)]),
            .openLog(
                AgentLogRequest(stream: 5, key: key, file: .error, offset: -10, creditBytes: 1 << 16, follow: true)),
            .executorOutput(AgentStreamData(stream: 9, bytes: [0, 1, 255])),
            .executorOutput(AgentStreamData(stream: 9, bytes: [], isEnd: true)),
            .creditLog(stream: 5, bytes: 100), .closeLog(stream: 5), .sampleEvery(milliseconds: 0),
            .ping(nonce: .max), .shutdown(AgentShutdown(killTasks: true, graceMilliseconds: 0, byOperator: true)),
            .retention(AgentRetention(keepMilliseconds: 1, keepTasks: 2, freeDiskBytes: 3)), .unknown(kind: 60),
        ]
    }()

    static let agentMessages: [AgentMessage] = {
        var hello = AgentHello()
        hello.version = 1
        hello.capabilities = [.logs]
        hello.agentVersion = "0.1"
        hello.pid = 1
        hello.agentID = "00ff"
        hello.startNumber = 3
        hello.name = "n1"
        hello.hostname = "host"
        hello.kernel = "6.1"
        hello.architecture = "x86_64"
        hello.bootID = "b"
        hello.machine.cpuThousandths = 2000
        hello.machine.memoryBytes = 1
        hello.machine.diskBytes = 2
        hello.machine.gpus = 3
        hello.slice = AgentResources()
        hello.attributes = ["rack=r1", ""]
        hello.loadThousandths = 4
        hello.isolation = .version2
        hello.directory = "/var/lib/x"
        hello.nowNanoseconds = 5
        var sample = AgentSample()
        sample.nowNanoseconds = 1
        sample.loadThousandths = 2
        sample.busyNanoseconds = 3
        sample.idleNanoseconds = 4
        sample.memoryUsedBytes = 5
        sample.memoryBytes = 6
        sample.diskFreeBytes = 7
        var task = AgentTaskSample()
        task.key = AgentTaskKey(id: 1, attempt: 1)
        task.cpuNanoseconds = 1
        task.residentBytes = 2
        task.readBytes = 3
        task.writtenBytes = 4
        task.processes = 5
        sample.tasks = [task, AgentTaskSample()]
        var refusal = AgentRefusal(code: .epoch, message: "led by another", isFatal: true)
        refusal.ownerCluster = "eng"
        refusal.ownerEpoch = 4
        refusal.ownerSinceNanoseconds = 5
        return [
            .hello(hello), .inventory([]), .inventory([status, AgentTaskStatus()]), .inventoryEnd(tasks: 0),
            .inventoryEnd(tasks: 2), .status(status),
            .executorInput(AgentStreamData(stream: 3, bytes: [7, 8], isEnd: true)),
            .logData(AgentLogData(stream: 1, offset: 2, bytes: [0, 1, 255], isEnd: true, fault: "x")),
            .sample(sample), .pong(nonce: 1, nowNanoseconds: 2), .refusal(refusal), .unknown(kind: 120),
        ]
    }()

    @Test(arguments: coreMessages) func coreMessagesComeBack(message: CoreMessage) throws {
        #expect(try CoreMessage.decode(onlyFrame(message.encoded())) == message)
    }

    @Test(arguments: agentMessages) func agentMessagesComeBack(message: AgentMessage) throws {
        #expect(try AgentMessage.decode(onlyFrame(message.encoded())) == message)
    }

    @Test func unknownFieldsAreSkipped() throws {
        for message in Self.agentMessages {
            if case .unknown = message { continue }
            var frame = try onlyFrame(message.encoded())
            var extra = FieldWriter()
            extra.number(1000, 5)
            extra.text(1001, "from a newer agent")
            frame.body += extra.bytes
            #expect(try AgentMessage.decode(frame) == message)
        }
    }

    @Test func relaysSpeakInFramesOfTheirOwn() throws {
        let messages: [RelayMessage] = [
            .open(stream: 1, arguments: ["-T", "--", "h", "", "exec /bin/sh -c 'x'"]), .open(stream: 2, arguments: []),
            .data(stream: .max, bytes: [UInt8](repeating: 7, count: AgentLimits.relayChunkBytes)),
            .credit(stream: 3, bytes: 1 << 17), .close(stream: 0),
            .ended(stream: 5, code: 255, errors: "Connection refused\r\n"), .ended(stream: 5, code: 0, errors: ""),
            .unknown(kind: 150),
        ]
        for message in messages {
            let frame = try onlyFrame(message.encoded())
            #expect(try RelayMessage.decode(frame) == message)
            var extra = FieldWriter()
            extra.number(1000, 5)
            #expect(try RelayMessage.decode(Frame(kind: frame.kind, body: frame.body + extra.bytes)) == message)
            // To agents and cores they are something newer.
            #expect(try CoreMessage.decode(frame) == .unknown(kind: frame.kind))
            #expect(try AgentMessage.decode(frame) == .unknown(kind: frame.kind))
        }
        let tooLong = [UInt8](repeating: 7, count: AgentLimits.relayChunkBytes + 1)
        let tooMany = Array(repeating: "x", count: AgentLimits.relayArguments + 1)
        for message: RelayMessage in [
            .data(stream: 1, bytes: tooLong), .data(stream: 1, bytes: []), .open(stream: 1, arguments: tooMany),
        ] {
            let frame = try onlyFrame(message.encoded())
            #expect(throws: ProtocolFault.malformed(kind: frame.kind)) { try RelayMessage.decode(frame) }
        }
    }

    @Test func aFieldOfTheWrongFormIsMalformed() throws {
        var writer = FieldWriter()
        writer.text(1, "a number was expected")
        let frame = Frame(kind: try onlyFrame(CoreMessage.ping(nonce: 1).encoded()).kind, body: writer.bytes)
        #expect(throws: ProtocolFault.malformed(kind: frame.kind)) { try CoreMessage.decode(frame) }
    }

    @Test func newerCodesReadAsUnknown() {
        var writer = FieldWriter()
        writer.number(4, 200)
        writer.number(9, 100_000)
        writer.number(12, 77)
        let status = AgentTaskStatus.read(writer.bytes[...])
        #expect(status?.state == .unknown)
        #expect(status?.reason == .unknown)
        #expect(status?.step == AgentLaunchStep.none)
    }

    @Test func launchesAreChecked() {
        #expect(Self.launch.fault == nil)
        func fault(_ change: (inout AgentLaunch) -> Void) -> String? {
            var launch = Self.launch
            change(&launch)
            return launch.fault
        }
        #expect(fault { $0.arguments = [] } == "no program given")
        #expect(fault { $0.arguments = [""] } == "no program given")
        #expect(fault { $0.arguments = Array(repeating: "x", count: AgentLimits.arguments) } == nil)
        #expect(fault { $0.arguments = Array(repeating: "x", count: AgentLimits.arguments + 1) } != nil)
        #expect(fault { $0.environment = Array(repeating: "x=", count: AgentLimits.environmentEntries + 1) } != nil)
        #expect(fault { $0.environment = ["NOVALUE"] } != nil)
        #expect(fault { $0.directory = "/a\0b" } != nil)
        for name in ["", ".", "..", "a/b", ".hidden"] {
            #expect(fault { $0.files = [AgentLaunch.File(name: name, content: [])] } != nil)
        }
    }
}

/// The single frame in `bytes`; fails if there is more or less.
func onlyFrame(_ bytes: [UInt8]) throws -> Frame {
    var decoder = FrameDecoder()
    decoder.feed(bytes)
    let frame = try #require(try decoder.next())
    #expect(decoder.pendingBytes == 0)
    return frame
}
