import AgentProtocol
import CSys
import NIOCore
import NIOPosix

/// The connection to one relay, and the sshs that it runs for us. Each of them is a socket on this side, as if ssh ran
/// here. Lives on the loop.
final class RelayConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The relay, as it is told of.
    let name: String
    private let ended: () -> Void
    private var context: ChannelHandlerContext?
    private var decoder = FrameDecoder()
    private var streams: [UInt64: RelayedStream] = [:]
    private var lastStream: UInt64 = 0
    private var isWritten = false

    /// A connection that calls `ended` once when it is over.
    init(name: String, ended: @escaping () -> Void) {
        self.name = name
        self.ended = ended
    }

    /// So many sshs run there for us.
    var count: Int { streams.count }

    /// Has the relay run ssh with these arguments, and gives its socket, which is the caller's to close.
    func open(_ arguments: [String], on loop: any EventLoop) throws(SSHFault) -> (carrier: any Carrier, socket: Int32) {
        guard context != nil else {
            throw .relay(name: name, fault: .broken(host: name, cause: "it has just ended"))
        }
        var pair: [Int32] = [-1, -1]
        guard cs_stream_pair(&pair) == 0 else {
            throw .noClient(program: "ssh", cause: String(cString: cs_error_text(cs_errno())))
        }
        lastStream += 1
        let stream = RelayedStream(number: lastStream, relay: self)
        streams[lastStream] = stream
        send(.open(stream: lastStream, arguments: arguments))
        let bound = NIOLoopBound(stream, eventLoop: loop)
        ClientBootstrap(group: loop)
            // Buffers that stay with a socket for as long as it lives are kept small: there are a thousand of these.
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .withConnectedSocket(pair[1])
            .whenFailure { _ in bound.value.forget() }
        return (stream.carrier, pair[0])
    }

    /// Ends it; what runs there ends with it.
    func close() { context?.close(promise: nil) }

    // MARK: For its streams

    func send(_ message: RelayMessage) {
        guard let context else { return }
        context.write(wrapOutboundOut(ByteBuffer(bytes: message.encoded())), promise: nil)
        if isWritten { return }
        isWritten = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.flush() }
    }

    private func flush() {
        isWritten = false
        context?.flush()
    }

    /// A stream whose socket was closed on this side.
    func leave(_ number: UInt64) {
        if streams.removeValue(forKey: number) != nil { send(.close(stream: number)) }
    }

    // MARK: The conversation

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { decoder.feed($0) }
        do {
            while let frame = try decoder.next() { take(try RelayMessage.decode(frame)) }
        } catch {
            end(.broken(host: name, cause: error.message))
            context.close(promise: nil)
        }
    }

    private func take(_ message: RelayMessage) {
        switch message {
        case .data(let number, let bytes): streams[number]?.take(bytes)
        case .credit(let number, let bytes): streams[number]?.widen(bytes)
        case .ended(let number, let code, let errors):
            streams.removeValue(forKey: number)?.end(
                CarrierEnding(code: Int32(truncatingIfNeeded: code), errors: errors, fault: nil))
        case .open, .close, .unknown: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.broken(host: name, cause: "the connection ended"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case LinkFault.ssh(let fault) = error { end(fault) }
        context.close(promise: nil)
    }

    private func end(_ fault: SSHFault) {
        guard context != nil else { return }
        context = nil
        let all = streams.values.sorted { $0.number < $1.number }
        streams = [:]
        for stream in all {
            stream.end(CarrierEnding(code: 255, errors: "", fault: .relay(name: name, fault: fault)))
        }
        ended()
    }
}
