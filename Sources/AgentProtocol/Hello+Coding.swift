/// Wire form of the two hellos.
extension CoreHello {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, lowestVersion)
        writer.number(2, highestVersion)
        writer.number(3, capabilities.rawValue)
        writer.text(4, cluster)
        writer.number(5, epoch)
        writer.text(6, coreVersion)
    }

    static func read(_ bytes: [UInt8]) -> CoreHello? {
        var reader = FieldReader(bytes)
        var hello = CoreHello(cluster: "", epoch: 0, coreVersion: "")
        hello.lowestVersion = 0
        hello.highestVersion = 0
        hello.capabilities = []
        while let field = reader.next() {
            switch field.tag {
            case 1: hello.lowestVersion = reader.number(field)
            case 2: hello.highestVersion = reader.number(field)
            case 3: hello.capabilities = AgentCapabilities(rawValue: reader.number(field))
            case 4: hello.cluster = reader.text(field)
            case 5: hello.epoch = reader.number(field)
            case 6: hello.coreVersion = reader.text(field)
            default: break
            }
        }
        return reader.failed ? nil : hello
    }
}

extension AgentResources {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, cpuThousandths)
        writer.number(2, memoryBytes)
        writer.number(3, diskBytes)
        writer.number(4, gpus)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> AgentResources? {
        var reader = FieldReader(bytes)
        var resources = AgentResources()
        while let field = reader.next() {
            switch field.tag {
            case 1: resources.cpuThousandths = reader.number(field)
            case 2: resources.memoryBytes = reader.number(field)
            case 3: resources.diskBytes = reader.number(field)
            case 4: resources.gpus = reader.number(field)
            default: break
            }
        }
        return reader.failed ? nil : resources
    }
}

extension AgentHello {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, version)
        writer.number(2, lowestVersion)
        writer.number(3, highestVersion)
        writer.number(4, capabilities.rawValue)
        writer.text(5, agentVersion)
        writer.number(6, pid)
        writer.text(7, agentID)
        writer.number(8, startNumber)
        writer.text(9, name)
        writer.text(10, hostname)
        writer.text(11, kernel)
        writer.text(12, architecture)
        writer.text(13, bootID)
        writer.record(14) { machine.write(&$0) }
        if let slice { writer.record(15) { slice.write(&$0) } }
        writer.texts(16, attributes)
        writer.number(17, loadThousandths)
        writer.number(18, UInt64(isolation.rawValue))
        writer.text(19, directory)
        writer.number(20, nowNanoseconds)
    }

    static func read(_ bytes: [UInt8]) -> AgentHello? {
        var reader = FieldReader(bytes)
        var hello = AgentHello()
        hello.lowestVersion = 0
        hello.highestVersion = 0
        while let field = reader.next() { hello.take(field, &reader) }
        return reader.failed ? nil : hello
    }

    private mutating func take(_ field: Field, _ reader: inout FieldReader) {
        switch field.tag {
        case 1: version = reader.number(field)
        case 2: lowestVersion = reader.number(field)
        case 3: highestVersion = reader.number(field)
        case 4: capabilities = AgentCapabilities(rawValue: reader.number(field))
        case 5: agentVersion = reader.text(field)
        case 6: pid = reader.number(field)
        case 7: agentID = reader.text(field)
        case 8: startNumber = reader.number(field)
        case 9: name = reader.text(field)
        case 10: hostname = reader.text(field)
        case 11: kernel = reader.text(field)
        case 12: architecture = reader.text(field)
        case 13: bootID = reader.text(field)
        case 14:
            guard let found = AgentResources.read(reader.bytes(field)) else { return reader.fail() }
            machine = found
        case 15:
            guard let found = AgentResources.read(reader.bytes(field)) else { return reader.fail() }
            slice = found
        case 16: attributes.append(reader.text(field))
        case 17: loadThousandths = reader.number(field)
        case 18: isolation = AgentIsolation(rawValue: reader.code(field)) ?? .none
        case 19: directory = reader.text(field)
        case 20: nowNanoseconds = reader.number(field)
        default: break
        }
    }
}
