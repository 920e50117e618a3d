import NIOCore

/// The beginning of a connection over ssh: passes over what login shells print, takes the node's answer, copies the
/// agent when it is asked for, and then lets the bytes through. At the end it asks ssh why. Lives on the loop.
final class HailHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long ssh may take to end after its socket has, in milliseconds.
    private static let endMilliseconds = 100

    private let host: String
    private let isPinned: Bool
    private let token: String
    private let settings: SSHSettings
    private let images: AgentImages
    private let carrier: any Carrier
    /// The relay that runs ssh; "" = this machine.
    private let relay: String
    private let prepare: @Sendable (any Channel) -> EventLoopFuture<Void>
    private let promise: EventLoopPromise<any Channel>
    private var buffer = ByteBuffer()
    private var noiseBytes = 0
    private var noise = ""
    private var said: (word: String, rest: String)?
    private var isThrough = false
    private var isOver = false
    private var isOwnClose = false
    private var deadline: Scheduled<Void>?

    init(
        host: String, isPinned: Bool, token: String, settings: SSHSettings, images: AgentImages,
        carrier: any Carrier, relay: String,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>, promise: EventLoopPromise<any Channel>
    ) {
        (self.host, self.isPinned, self.token, self.settings) = (host, isPinned, token, settings)
        (self.images, self.prepare, self.promise) = (images, prepare, promise)
        (self.carrier, self.relay) = (carrier, relay)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        limit(context, "the answer of the node", settings.answerSeconds)
    }

    private func limit(_ context: ChannelHandlerContext, _ step: String, _ seconds: Int) {
        deadline?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            let (handler, context) = bound.value
            handler.end(context, .slow(host: handler.host, step: step, seconds: seconds))
        }
    }

    // MARK: What the node says

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isThrough { return context.fireChannelRead(data) }
        var piece = unwrapInboundIn(data)
        buffer.writeBuffer(&piece)
        carrier.drain()
        advance(context)
    }

    /// Takes whole lines until the bytes are the agent's.
    private func advance(_ context: ChannelHandlerContext) {
        while !isThrough, !isOver, let line = nextLine() {
            guard line.hasPrefix(token + " ") else {
                noiseBytes += line.utf8.count + 1
                if noise.isEmpty, !line.allSatisfy(\.isWhitespace) { noise = String(line.prefix(80)) }
                continue
            }
            let words = line.dropFirst(token.count + 1).split(separator: " ", maxSplits: 1)
            answer(context, String(words.first ?? ""), words.count > 1 ? String(words[1]) : "")
        }
        if !isThrough, !isOver, noiseBytes + buffer.readableBytes > settings.noiseBytes {
            end(context, .noise(host: host, line: noise))
        }
    }

    private func nextLine() -> String? {
        guard let at = buffer.readableBytesView.firstIndex(of: 10) else { return nil }
        let count = at - buffer.readerIndex
        let line = buffer.readString(length: count) ?? ""
        buffer.moveReaderIndex(forwardBy: 1)
        return line.hasSuffix("\r") ? String(line.dropLast()) : line
    }

    private func answer(_ context: ChannelHandlerContext, _ word: String, _ rest: String) {
        switch word {
        case "attached", "started", "replaced", "relaying": letThrough(context)
        case "need":
            let parts = rest.split(separator: " ").map(String.init)
            copy(context, system: parts.first ?? "", architecture: parts.count > 1 ? parts[1] : "")
        case "fault":
            let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
            said = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        default: break
        }
    }

    private func copy(_ context: ChannelHandlerContext, system: String, architecture: String) {
        guard system == "Linux" else { return end(context, .otherSystem(host: host, name: system)) }
        guard let image = images.image(for: architecture) else {
            let place = "\(images.folder)/bellows-agent-\(architecture)"
            return end(context, .noAgent(host: host, architecture: architecture, place: place))
        }
        limit(context, "copying and starting the agent", settings.copySeconds)
        let size = image.program.readableBytes
        context.write(wrapOutboundOut(ByteBuffer(string: "\(size) \(image.hash)\n")), promise: nil)
        context.writeAndFlush(wrapOutboundOut(image.program), promise: nil)
    }

    /// The agent is joined: its link takes over.
    private func letThrough(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        prepare(context.channel).hop(to: context.eventLoop).whenComplete { result in
            let (handler, context) = bound.value
            switch result {
            case .failure(let error): handler.promise.fail(error)
            case .success:
                handler.isThrough = true
                handler.promise.succeed(context.channel)
                if handler.buffer.readableBytes > 0 {
                    context.fireChannelRead(handler.wrapInboundOut(handler.buffer))
                    context.fireChannelReadComplete()
                }
                handler.buffer = ByteBuffer()
            }
        }
    }

    // MARK: The end

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        isOwnClose = true
        context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        let ending = carrier.ending(waitMilliseconds: isOwnClose ? 0 : Self.endMilliseconds)
        if !isOver, !isThrough {
            isOver = true
            promise.fail(fault(ending).seen(from: relay))
        } else if isThrough, !isOwnClose, ending.code == 255 {
            var found = SSHFault.reading(
                host: host, pinned: isPinned, code: 255, errors: ending.errors, output: "")
            if case .unreachable(_, let cause) = found { found = .broken(host: host, cause: cause) }
            context.fireErrorCaught((ending.fault ?? found).seen(from: relay))
        }
        carrier.dismiss(on: context.eventLoop)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A torn socket is followed by its end, which knows more.
        if isThrough { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }

    private func end(_ context: ChannelHandlerContext, _ fault: SSHFault) {
        guard !isOver, !isThrough else { return }
        isOver = true
        isOwnClose = true
        promise.fail(fault.seen(from: relay))
        context.close(promise: nil)
    }

    /// Why there was no connection: the node's own word, or ssh's.
    private func fault(_ ending: CarrierEnding) -> SSHFault {
        if let fault = ending.fault { return fault }
        guard let said else {
            return .reading(
                host: host, pinned: isPinned, code: ending.code, errors: ending.errors, output: noise)
        }
        let line = SSHFault.lastLine(ending.errors)
        if let known = SSHFault.onNode(host: host, cause: line, all: ending.errors + "\n" + said.rest) { return known }
        let cause = [said.rest, line].filter { !$0.isEmpty }.joined(separator: ": ")
        switch said.word {
        case "home": return .noHome(host: host)
        case "damaged": return .damaged(host: host)
        case "agent": return .agent(host: host, cause: cause)
        default: return .folder(host: host, cause: cause.isEmpty ? "no reason was given" : cause)
        }
    }
}

extension SSHFault {
    /// As the link tells it, of an ssh that a relay runs or, with "", this machine.
    fileprivate func seen(from relay: String) -> LinkFault {
        if relay.isEmpty { return .ssh(self) }
        // Of the relay itself nothing is told twice.
        if case .relay = self { return .ssh(self) }
        return .ssh(.behind(relay: relay, fault: self))
    }
}
