import HTTPTypes
import NIOCore
import NIOHTTPTypes
import SearchService
import Synchronization

/// How many there are now.
final class Traffic: Sendable {
    private let counts = Mutex((connections: 0, requests: 0))

    var connections: Int { counts.withLock { $0.connections } }
    /// From the first line of a request to the first of its reply: what is only sent takes no part in what is asked next.
    var requests: Int { counts.withLock { $0.requests } }

    func add(connections: Int = 0, requests: Int = 0) {
        counts.withLock {
            $0.connections += connections
            $0.requests += requests
        }
    }
}

/// Sees to it that nobody holds a connection by being slow, and that what is no HTTP is told so.
///
/// A timer that every byte winds up again is no guard: a head sent one byte a second keeps it going. These deadlines stand from when they begin.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let traffic: Traffic
    private let limits: Limits
    private var deadline: Scheduled<Void>?
    /// Requests whose reply has not been sent.
    private var pending = 0
    private var isReading = false
    private var isCounted = false
    /// Between the first line of a reply and its last byte.
    private var isReplying = false
    /// The request that is still being read has its reply.
    private var hasReplied = false

    init(_ traffic: Traffic, _ limits: Limits) { (self.traffic, self.limits) = (traffic, limits) }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isCounted else { return }
        isCounted = true
        traffic.add(connections: 1)
        if traffic.connections > limits.connections {
            return refuse(context, ServiceError(.busy, "more than \(limits.connections) connections at a time; try again", at: "service"))
        }
        expect(context, within: limits.patience)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if isCounted { traffic.add(connections: -1, requests: -pending) }
        (isCounted, pending) = (false, 0)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            hasReplied = false
            pending += 1
            traffic.add(requests: 1)
            expect(context, within: limits.patience)
        case .body: break
        case .end:
            isReading = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head:
            isReplying = true
            if pending > 0 {
                pending -= 1
                traffic.add(requests: -1)
            }
        case .body: break
        case .end:
            isReplying = false
            hasReplied = isReading
            if !isReading, pending == 0 { expect(context, within: limits.idle) }
        }
        context.write(data, promise: promise)
    }

    /// Who takes nothing of a reply for long is not there any more: a player that was paused asks for the rest anew.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if isReplying, !isReading { deadline?.cancel() }
        } else if !isReading {
            expect(context, within: limits.idle)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard pending == 0 || isReading else { return context.close(promise: nil) }
        refuse(context, ServiceError(.badQuery, "this is no HTTP/1.1 request: \(error)", at: "request"))
    }

    private func expect(_ context: ChannelHandlerContext, within seconds: Int) {
        deadline?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            let (handler, context) = bound.value
            handler.expired(context)
        }
    }

    private func expired(_ context: ChannelHandlerContext) {
        guard isReading else { return context.close(promise: nil) }
        refuse(context, ServiceError(.timeout, "the request did not come to its end within \(limits.patience) seconds", at: "request"))
    }

    private func refuse(_ context: ChannelHandlerContext, _ error: ServiceError) {
        // A second reply to one request would be taken for the next one's.
        guard !isReplying, !hasReplied else { return context.close(promise: nil) }
        let body = ServiceReply(error).bytes
        let head = HTTPResponse(
            status: .init(code: error.code.status),
            headerFields: [.contentType: "application/json", .contentLength: "\(body.count)", .connection: "close"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }
}

extension ServiceReply {
    fileprivate var bytes: [UInt8] { if case .bytes(let bytes) = body { bytes } else { [] } }
}
