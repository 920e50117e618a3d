/// Requests and their answers. Every body begins with the request's number, counted by the client; answers may come
/// in any order.
import ClusterModel
import ClusterSource

/// A request or an answer with nothing but its number: ping, pong, end of an output.
struct Numbered: Wired, Equatable {
    var request: UInt64 = 0

    init() {}
    init(_ request: UInt64) { self.request = request }

    mutating func wire<C: WireCoder>(_ coder: inout C) { coder.uint(&request) }
}

/// Client to core: do something.
struct PerformRequest: Wired, Equatable {
    var request: UInt64 = 0
    var action = Action()
    /// Fingerprint of the plan that was shown; "" = none was.
    var confirmed = ""

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.record(&action)
        coder.text(&confirmed)
    }
}

/// A request or an answer that carries one value in a record of its own, so that it may grow.
struct Carrying<Value: Wired & Equatable>: Wired, Equatable {
    var request: UInt64 = 0
    var value = Value()

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.record(&value)
    }
}

/// Client to core: follow a task's output.
struct OutputOpening: Wired, Equatable {
    var request: UInt64 = 0
    var task = TaskID(job: .none, index: 0)
    var stream = OutputRequest.Stream.stdout
    var offset: Int64 = 0
    var follow = true
    /// Bytes that the core may send before it is given more.
    var credit: UInt64 = 0

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.task(&task)
        coder.word(&stream)
        coder.int(&offset)
        coder.flag(&follow)
        coder.uint(&credit)
    }
}

/// Client to core: so many bytes of an output were taken, as many more may come.
struct OutputCredit: Wired, Equatable {
    var request: UInt64 = 0
    var bytes: UInt64 = 0

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.uint(&bytes)
    }
}

/// Core to client: a piece of an output.
struct PieceMessage: Wired, Equatable {
    var request: UInt64 = 0
    var offset: Int64 = 0
    var bytes: [UInt8] = []
    var isLast = false
    var fault = ""

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.int(&offset)
        coder.blob(&bytes)
        coder.flag(&isLast)
        coder.text(&fault)
    }
}

/// Client to core: the last so many notable events.
struct TailRequest: Wired, Equatable {
    var request: UInt64 = 0
    /// At most `ControlLimits.tailEvents` are answered.
    var count: UInt32 = 0

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.uint(&count)
    }
}

/// Core to client: notable events, oldest first, each in an `EventBatch` of its own since there are gaps between them.
struct TailAnswer: Wired, Equatable {
    var request: UInt64 = 0
    var batches: [[UInt8]] = []

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.elements(&batches, empty: []) { $0.blob(&$1) }
    }
}

/// Core to client: a request was not carried out.
struct FailureMessage: Wired, Equatable {
    var request: UInt64 = 0
    var message = ""

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.text(&message)
    }
}

extension ControlFrame {
    /// A frame of `kind` that carries `message`.
    init(_ kind: UInt8, _ message: some Wired) { self.init(kind: kind, body: message.wireBytes()) }

    /// The body as a `Message`; a body that is not one is a fault.
    func decoded<Message: Wired>(_: Message.Type = Message.self) throws(FrameFault) -> Message {
        guard let message = Message(wireBytes: body[...]) else { throw .malformed(kind: kind) }
        return message
    }

    /// The request's number with which the body begins.
    func requestNumber() throws(FrameFault) -> UInt64 { try decoded(Numbered.self).request }
}
