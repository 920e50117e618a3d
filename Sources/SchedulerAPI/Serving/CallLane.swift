import Glibc
import NIOCore
import NIOHTTP1
import SchedulerWire
import Synchronization

/// Frameworks' plain calls, answered on the connection's own thread and in their order: a client that sends the next
/// call before the last one is answered has them all decided, and brought to disk, together. Everything else goes on to
/// the server behind, and no answer overtakes another.
final class CallLane: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a body above which the server behind takes it.
    static let bodyBytes = 256 << 10
    /// Calls of one connection that wait for the core, above which nothing more is read, and below which it is again.
    static let (high, low) = (256, 128)

    private let router: APIRouter
    private let share: LaneShare
    private let limits: APILimits
    private var context: ChannelHandlerContext?
    /// The call that is coming in.
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var timer: Scheduled<Void>?
    /// Answers of the calls that wait, nil = not there yet; the number of the first.
    private var answers = CircularBuffer<APIAnswer?>()
    private var first = 0
    /// Requests that the server behind has not answered yet.
    private var behind = 0
    /// What has to wait until our own answers are out.
    private var stalled: [Stalled] = []
    private var wantsRead = false
    private var arrivals: Arrivals?

    private enum Stalled {
        case part(HTTPServerRequestPart)
        case event(Any)
    }

    init(router: APIRouter, share: LaneShare, limits: APILimits) {
        self.router = router
        self.share = share
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        arrivals = Arrivals(loop: context.eventLoop) { bound.value.take($0) }
    }
    func handlerRemoved(context: ChannelHandlerContext) { leave() }
    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        context = nil
        arrivals = nil
        timer?.cancel()
        stalled = []
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }

    private func receive(_ part: HTTPServerRequestPart) {
        guard stalled.isEmpty else { return stalled.append(.part(part)) }
        switch part {
        case .head where !answers.isEmpty && share.isUsedUp: stalled.append(.part(part))
        case .head(let new):
            if behind == 0, isCall(new) { head = new } else { pass(part) }
        case .body(var piece):
            guard head != nil else { return pass(part) }
            body.writeBuffer(&piece)
            if body.readableBytes > Self.bodyBytes { giveUp() }
        case .end:
            guard let whole = head else { return pass(part) }
            let request = request(whole)
            guard let call = call(request) else {
                giveUp()
                return pass(part)
            }
            forget()
            begin(call, request)
        }
    }

    /// Whether the head may be a plain call's.
    private func isCall(_ head: HTTPRequestHead) -> Bool {
        guard head.method == .POST, head.version == .http1_1, APIRouter.schedulerPaths.contains(head.uri) else {
            return false
        }
        return !head.headers.contains(name: "expect") && !head.headers.contains(name: "connection")
            && (head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0) <= Self.bodyBytes
    }

    private func request(_ head: HTTPRequestHead) -> APIRequest {
        var request = APIRequest()
        request.method = "POST"
        request.path = head.uri
        for (name, value) in head.headers { request.headers[name.lowercased()] = value }
        request.body = Array(body.readableBytesView)
        return request
    }

    private func call(_ request: APIRequest) -> WireSchedulerCall? {
        guard case .success(let form) = request.bodyForm(),
            let call: WireSchedulerCall = try? WireCoding.decode(from: request.body, form),
            SchedulerEndpoint.plain.contains(call.type)
        else { return nil }
        return call
    }

    private func begin(_ call: WireSchedulerCall, _ request: APIRequest) {
        let number = first + answers.count
        answers.append(nil)
        share.enter()
        let answer = router.answer(call, of: request) { [arrivals, share] in
            share.leave()
            arrivals?.put(number, $0)
        }
        guard let answer else { return }
        share.leave()
        answers[offset: number - first] = answer
        if number == first { arrivals?.put(number, answer) }
    }

    private func forget() {
        head = nil
        body = ByteBuffer()
        timer?.cancel()
        timer = nil
    }

    /// What was gathered is none of ours.
    private func giveUp() {
        guard let head else { return }
        let body = body
        forget()
        pass(.head(head))
        if body.readableBytes > 0 { pass(.body(body)) }
    }

    /// Gives a part to the server behind, now or once our own answers are out.
    private func pass(_ part: HTTPServerRequestPart) {
        guard stalled.isEmpty, answers.isEmpty else { return stalled.append(.part(part)) }
        if case .head = part { behind += 1 }
        context?.fireChannelRead(wrapInboundOut(part))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if head != nil, timer == nil {
            // A body that comes too slowly ends its connection.
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: .seconds(Int64(limits.bodySeconds))) {
                channel.close(promise: nil)
            }
        }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { giveUp() }
        // The end of what a client says, or of the server, comes behind our own answers.
        if stalled.isEmpty, answers.isEmpty { return context.fireUserInboundEventTriggered(event) }
        stalled.append(.event(event))
    }

    func read(context: ChannelHandlerContext) {
        if answers.count < Self.high && stalled.isEmpty { return context.read() }
        wantsRead = true
    }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { behind -= 1 }
        context.write(data, promise: promise)
    }

    /// Takes answers that have come, and writes those whose turn it is.
    private func take(_ arrived: [(number: Int, answer: APIAnswer)]) {
        guard let context else { return }
        for (number, answer) in arrived where number >= first { answers[offset: number - first] = answer }
        while let answer = answers.first, let answer {
            answers.removeFirst()
            first += 1
            write(answer, context)
        }
        context.flush()
        if answers.isEmpty { letOn(context) }
        if wantsRead, answers.count < Self.low, stalled.isEmpty {
            wantsRead = false
            context.read()
        }
    }

    private func write(_ answer: APIAnswer, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
        for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
        head.headers.add(name: "Date", value: HTTPDate.now())
        head.headers.add(name: "Content-Length", value: "\(answer.body.count)")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !answer.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func letOn(_ context: ChannelHandlerContext) {
        guard !stalled.isEmpty else { return }
        let all = stalled
        stalled = []
        for each in all {
            switch each {
            case .part(let part): receive(part)
            case .event(let event): userInboundEventTriggered(context: context, event: event)
            }
        }
        context.fireChannelReadComplete()
    }
}

/// How many calls of all connections' lanes wait for the core. Once they are many a connection may have only one: none
/// takes the others' room by sending ahead.
final class LaneShare: Sendable {
    private let most: Int
    private let waiting = Atomic<Int>(0)

    init(most: Int) { self.most = most }

    var isUsedUp: Bool { waiting.load(ordering: .relaxed) >= most }
    func enter() { waiting.add(1, ordering: .relaxed) }
    func leave() { waiting.subtract(1, ordering: .relaxed) }
}

/// Answers on their way from the core's threads to a connection's: many at once where many come.
private final class Arrivals: Sendable {
    private let waiting = Mutex<[(number: Int, answer: APIAnswer)]>([])
    private let loop: any EventLoop
    private let take: @Sendable ([(number: Int, answer: APIAnswer)]) -> Void

    init(loop: any EventLoop, take: @escaping @Sendable ([(number: Int, answer: APIAnswer)]) -> Void) {
        self.loop = loop
        self.take = take
    }

    func put(_ number: Int, _ answer: APIAnswer) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting.append((number, answer)) }
            return waiting.isEmpty
        }
        guard isFirst else { return }
        loop.execute { [self] in
            take(
                waiting.withLock { waiting in
                    defer { waiting = [] }
                    return waiting
                })
        }
    }
}

/// The time as RFC 9110 writes it, section 5.6.7; made once a second.
private enum HTTPDate {
    private static let last = Mutex<(second: Int, text: String)>((-1, ""))
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func now() -> String {
        var second = time(nil)
        return last.withLock { last in
            if last.second == second { return last.text }
            var parts = tm()
            gmtime_r(&second, &parts)
            func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
            let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
            let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
            last = (second, "\(day) \(parts.tm_year + 1_900) \(clock) GMT")
            return last.text
        }
    }
}
