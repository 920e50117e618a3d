/// The disk that cloud-init reads at a machine's first boot: an ISO 9660 image labelled `cidata` with a few small files
/// (the NoCloud source). Written by hand, so that neither this machine nor the host needs a program for it.
enum SeedImage {
    private static let sector = 2_048
    /// First sector of the files: 16 are the system area, then descriptor, terminator, two path tables, root folder.
    private static let firstFile = 21
    private static let rootSector = 20
    /// Most bytes of one file.
    static let fileBytes = 1 << 20

    /// The image with these files, which are few and have short names of lower-case letters and `-`.
    static func make(_ files: [(name: String, text: String)]) -> [UInt8] {
        var records = record(name: [0], sector: rootSector, size: sector, isFolder: true)
        records += record(name: [1], sector: rootSector, size: sector, isFolder: true)
        var (content, next): ([UInt8], Int) = ([], firstFile)
        for file in files.sorted(by: { $0.name < $1.name }) {
            let bytes = Array(file.text.utf8.prefix(fileBytes))
            // Linux shows plain names in lower case and without their version.
            let name = Array((file.name.uppercased() + ".;1").utf8)
            records += record(name: name, sector: next, size: bytes.count, isFolder: false)
            content += padded(bytes)
            next += max(1, (bytes.count + sector - 1) / sector)
            if bytes.isEmpty { content += [UInt8](repeating: 0, count: sector) }
        }
        var image = [UInt8](repeating: 0, count: 16 * sector)
        image += descriptor(sectors: next)
        image += padded([255] + Array("CD001".utf8) + [1])
        image += padded(pathTable(isLittle: true)) + padded(pathTable(isLittle: false))
        image += padded(records)
        return image + content
    }

    private static func descriptor(sectors: Int) -> [UInt8] {
        var bytes: [UInt8] = [1] + Array("CD001".utf8) + [1, 0]
        bytes += text("LINUX", 32) + text("cidata", 32) + [UInt8](repeating: 0, count: 8)
        bytes += both32(sectors) + [UInt8](repeating: 0, count: 32)
        bytes += both16(1) + both16(1) + both16(sector) + both32(10)
        bytes += little32(18) + little32(0) + big32(19) + big32(0)
        bytes += record(name: [0], sector: rootSector, size: sector, isFolder: true)
        bytes += text("", 128 * 4 + 37 * 3)
        for _ in 0..<4 { bytes += Array("0000000000000000".utf8) + [0] }
        bytes += [1, 0]
        return padded(bytes)
    }

    private static func record(name: [UInt8], sector at: Int, size: Int, isFolder: Bool) -> [UInt8] {
        var bytes: [UInt8] = [0, 0] + both32(at) + both32(size)
        bytes += [100, 1, 1, 0, 0, 0, 0, isFolder ? 2 : 0, 0, 0] + both16(1) + [UInt8(name.count)] + name
        if bytes.count % 2 == 1 { bytes.append(0) }
        bytes[0] = UInt8(bytes.count)
        return bytes
    }

    private static func pathTable(isLittle: Bool) -> [UInt8] {
        [1, 0] + (isLittle ? little32(rootSector) : big32(rootSector)) + (isLittle ? [1, 0] : [0, 1]) + [0, 0]
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (sector - bytes.count % sector) % sector)
    }
    private static func text(_ text: String, _ count: Int) -> [UInt8] {
        Array(text.utf8.prefix(count)) + [UInt8](repeating: 0x20, count: max(0, count - text.utf8.count))
    }
    private static func little32(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    private static func big32(_ value: Int) -> [UInt8] { little32(value).reversed() }
    private static func both32(_ value: Int) -> [UInt8] { little32(value) + big32(value) }
    private static func both16(_ value: Int) -> [UInt8] {
        let little = [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        return little + little.reversed()
    }
}
