/// What happened outside: the only thing the core is ever told, each with its time. Inputs are recorded in order, so
/// that the same core decides the same again.
public enum Input: Sendable, Hashable {
    /// A core starts on this state and takes the lead.
    case start(CoreStart)
    /// A deadline that the core named has passed.
    case wake
    /// An agent said hello and told all it knows.
    case agentHello(AgentHello)
    /// The link to an agent broke or could not be made.
    case agentGone(AgentGone)
    /// An agent tells of one task.
    case taskStatus(NodeTaskStatus)
    /// An agent was heard and measured.
    case sample(NodeSample)
    /// A provider saw one of its machines.
    case instanceSeen(InstanceSeen)
    /// Somebody asks for something; `request` is answered by a directive.
    case action(ActionRequest)
    /// The state store failed, or works again.
    case store(StoreChanged)
    /// A framework other than the built-in ones speaks.
    case call(FrameworkCall)
    /// An operator speaks over the API.
    case operatorCall(OperatorCall)
    /// An agent tells of what frameworks do there.
    case agentReport(AgentReport)
    /// A provider tells how it stands with a pool.
    case poolSeen(PoolSeen)
    /// A provider tells all machines that it sees.
    case machinesFound(MachinesFound)
    /// The agent of a node was reached; it has not said yet what it knows.
    case linkOpened(LinkOpened)
    /// What tasks left behind on a node has been brought here, as far as it could be.
    case nodeCollected(NodeCollected)

    /// The kind's number, for ever.
    public var kind: UInt16 {
        switch self {
        case .start: 1
        case .wake: 2
        case .agentHello: 3
        case .agentGone: 4
        case .taskStatus: 5
        case .sample: 6
        case .instanceSeen: 7
        case .action: 8
        case .store: 10
        case .call: 22
        case .operatorCall: 23
        case .agentReport: 24
        case .poolSeen: 40
        case .machinesFound: 41
        case .linkOpened: 42
        case .nodeCollected: 43
        }
    }

    /// Kind and payload as bytes.
    public func bytes() -> [UInt8] {
        var writer = WireWriter()
        var number = kind
        writer.uint(&number)
        switch self {
        case .start(var value): writer.value(&value)
        case .wake: break
        case .agentHello(var value): writer.value(&value)
        case .agentGone(var value): writer.value(&value)
        case .taskStatus(var value): writer.value(&value)
        case .sample(var value): writer.value(&value)
        case .instanceSeen(var value): writer.value(&value)
        case .action(var value): writer.value(&value)
        case .store(var value): writer.value(&value)
        case .call(var value): writer.value(&value)
        case .operatorCall(var value): writer.value(&value)
        case .agentReport(var value): writer.value(&value)
        case .poolSeen(var value): writer.value(&value)
        case .machinesFound(var value): writer.value(&value)
        case .linkOpened(var value): writer.value(&value)
        case .nodeCollected(var value): writer.value(&value)
        }
        return writer.output.bytes
    }

    /// The input that `bytes` hold; nil when they are not one.
    public init?(bytes: ArraySlice<UInt8>) {
        var reader = WireReader(bytes)
        var number: UInt16 = 0
        reader.uint(&number)
        func read<T: Wired>(_ make: (T) -> Input) -> Input {
            var value = T()
            reader.value(&value)
            return make(value)
        }
        let input: Input? =
            switch number {
            case 1: read(Input.start)
            case 2: .wake
            case 3: read(Input.agentHello)
            case 4: read(Input.agentGone)
            case 5: read(Input.taskStatus)
            case 6: read(Input.sample)
            case 7: read(Input.instanceSeen)
            case 8: read(Input.action)
            case 10: read(Input.store)
            case 22: read(Input.call)
            case 23: read(Input.operatorCall)
            case 24: read(Input.agentReport)
            case 40: read(Input.poolSeen)
            case 41: read(Input.machinesFound)
            case 42: read(Input.linkOpened)
            case 43: read(Input.nodeCollected)
            default: nil
            }
        guard let input, !reader.failed else { return nil }
        self = input
    }
}
