import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A request's surroundings: the connection it came on, so that a slow one can be cut off.
struct APIContext: InitializableFromSource, Sendable {
    let channel: any Channel
    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Between the server and the endpoints: bodies within their limits in, answers and streams out.
struct APIResponder: HTTPResponder {
    let router: APIRouter
    let limits: APILimits
    let counters: APICounters

    func respond(to request: Request, context: APIContext) async throws -> Response {
        var request = request
        var own = APIRequest()
        own.method = request.method.rawValue
        (own.path, own.query) = APIRequest.split(target: request.head.path ?? "/")
        for field in request.headers { own.headers[field.name.rawName.lowercased()] = field.value }
        if let length = own.headers["content-length"].flatMap({ Int($0) }), length > limits.bodyBytes {
            return tooLarge()
        }
        // A body that comes too slowly ends its connection.
        let channel = context.channel
        if let peer = channel.remoteAddress, let host = peer.ipAddress, let port = peer.port {
            own.place = "\(host):\(port)"
        }
        let timer = channel.eventLoop.scheduleTask(in: .seconds(Int64(limits.bodySeconds))) {
            channel.close(promise: nil)
        }
        do {
            let buffer = try await request.collectBody(upTo: limits.bodyBytes)
            own.body = Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            timer.cancel()
            return tooLarge()
        }
        timer.cancel()
        let answer = await router.answer(own)
        return response(answer, to: request, method: own.method, on: channel)
    }

    private func tooLarge() -> Response {
        Response(
            status: .contentTooLarge, headers: [.connection: "close", .contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: "a body may have \(limits.bodyBytes) bytes")))
    }

    private func response(
        _ answer: APIAnswer, to request: Request, method: String, on channel: any Channel
    ) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        if request.headers[.connection]?.lowercased() == "close" { headers[.connection] = "close" }
        let status = HTTPResponse.Status(code: answer.status)
        guard let stream = answer.stream else {
            headers[.contentLength] = "\(answer.body.count)"
            let body = method == "HEAD" ? ByteBuffer() : ByteBuffer(bytes: answer.body)
            return Response(status: status, headers: headers, body: .init(byteBuffer: body))
        }
        let counters = counters
        stream.onCut {
            counters.countCut()
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in stream.closed() }
        let body = request.body
        return Response(
            status: status, headers: headers,
            body: ResponseBody { writer in
                defer { stream.closed() }
                // A client that stops speaking is gone: nobody half-closes a stream that it still wants.
                try await body.consumeWithInboundCloseHandler { _ in
                    while let pieces = await stream.next() {
                        for piece in pieces { try await writer.write(ByteBuffer(bytes: piece)) }
                    }
                } onInboundClosed: {
                    stream.closed()
                }
                try await writer.finish(nil)
                channel.close(promise: nil)
            })
    }
}
