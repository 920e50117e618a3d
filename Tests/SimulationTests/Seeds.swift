#if canImport(Glibc)
    import Glibc
#endif

/// Seeds of a test run: 1, 2, 3, ... or the one that BELLOWS_SEED names; BELLOWS_SEEDS asks for more.
enum Seeds {
    static func chosen(count: Int) -> [UInt64] {
        if let one = getenv("BELLOWS_SEED").flatMap({ UInt64(String(cString: $0)) }) { return [one] }
        let wanted = getenv("BELLOWS_SEEDS").flatMap { Int(String(cString: $0)) } ?? count
        return (1...UInt64(max(1, wanted))).map { $0 }
    }
}
