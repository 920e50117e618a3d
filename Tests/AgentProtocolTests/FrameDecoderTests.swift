import AgentProtocol
import Testing

/// The frame cutter: any split of the stream gives the same frames, the limit holds at its edge, garbage never traps.
@Suite struct FrameDecoderTests {
    @Test func anySplitGivesTheSameFrames() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        let stream = MessageTests.coreMessages.flatMap { $0.encoded() }
        for _ in 0..<200 {
            var decoder = FrameDecoder()
            var found: [CoreMessage] = []
            var position = 0
            while position < stream.count {
                let count = min(Int(random.next() % 40) + 1, stream.count - position)
                decoder.feed(Array(stream[position..<position + count]))
                position += count
                while let frame = try decoder.next() { found.append(try CoreMessage.decode(frame)) }
            }
            try decoder.finish()
            #expect(found == MessageTests.coreMessages, "seed \(seed)")
        }
    }

    @Test func theLimitHoldsAtItsEdge() throws {
        var decoder = FrameDecoder()
        let longest = Frame(kind: 99, body: [UInt8](repeating: 1, count: AgentLimits.frameBytes - 1))
        decoder.feed(longest.encoded())
        #expect(try decoder.next() == longest)
        let tooLong = Frame(kind: 99, body: [UInt8](repeating: 1, count: AgentLimits.frameBytes))
        decoder.feed(Array(tooLong.encoded()[..<4]))
        let fault = ProtocolFault.frameTooLong(bytes: AgentLimits.frameBytes + 1)
        #expect(throws: fault) { try decoder.next() }
        decoder.feed([1, 0, 0, 0, 9])
        #expect(throws: fault) { try decoder.next() }
        #expect(fault.message.contains("over the limit of 1048576"))
    }

    @Test func emptyAndTornFramesAreFaults() throws {
        var decoder = FrameDecoder()
        decoder.feed([0, 0, 0, 0])
        #expect(throws: ProtocolFault.frameEmpty) { try decoder.next() }
        var torn = FrameDecoder()
        torn.feed([5, 0, 0, 0, 1, 2])
        #expect(try torn.next() == nil)
        #expect(throws: ProtocolFault.frameTorn(bytes: 6)) { try torn.finish() }
    }

    @Test func garbageNeverTraps() {
        let seed = UInt64.random(in: 0 ... .max)
        print("fuzz seed \(seed)")
        var random = SplitMix(seed: seed)
        let samples = MessageTests.coreMessages.map { $0.encoded() } + MessageTests.agentMessages.map { $0.encoded() }
        for round in 0..<40_000 {
            var bytes = samples[Int(random.next() % UInt64(samples.count))]
            if round % 4 == 0 {
                bytes = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            }
            for _ in 0..<Int(random.next() % 4) where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                }
            }
            swallow(bytes)
        }
    }

    /// Decodes as both sides would, faults included.
    private func swallow(_ bytes: [UInt8]) {
        var decoder = FrameDecoder()
        decoder.feed(bytes)
        do {
            while let frame = try decoder.next() {
                _ = try? AgentMessage.decode(frame)
                if case .launch(let launch)? = try? CoreMessage.decode(frame) { _ = launch.fault }
            }
            try decoder.finish()
        } catch {
            #expect(!error.message.isEmpty)
        }
    }
}

/// A small generator whose seed can be printed and given again.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
