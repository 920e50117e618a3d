import ClusterModel
import Testing

/// Resources and attributes in one line.
@Suite struct TextResourceTests {
    @Test func theUsualForm() throws {
        let (resources, extras) = try ResourceText.resources(
            "cpus:2;mem:1024;ports:[31000-32000];licenses:{a,b}")
        #expect(resources == ResourceVector(cpus: 2_000, mem: 1 << 30))
        #expect(extras.ranges == [Extras.Ranges(name: "ports", bounds: [31_000, 32_000])])
        #expect(extras.words == [Extras.Words(name: "licenses", items: ["a", "b"])])
    }

    @Test func theCommandLineForm() throws {
        let (resources, extras) = try ResourceText.resources(
            "cpus=500m, mem=4GiB disk=10G gpus=1,fpga=3", scalars: ["fpga"])
        var wanted = ResourceVector(cpus: 500, mem: 4 << 30, disk: 10 << 30, gpus: 1_000)
        wanted.lanes[4] = 3_000
        #expect(resources == wanted)
        #expect(extras.isEmpty)
        #expect(ResourceText.format(resources, scalars: ["fpga"]) == "cpus:0.5;mem:4GiB;disk:10GiB;gpus:1;fpga:3")
    }

    @Test func readsWhatItWrites() throws {
        let text = "cpus:2;mem:1536MiB;ports:[1-5,7-9];licenses:{a,b}"
        let (resources, extras) = try ResourceText.resources(text)
        #expect(ResourceText.format(resources, extras) == text)
        #expect(try ResourceText.resources("").resources.isZero)
    }

    @Test(
        arguments: [
            ("cpu:2", 1, "did you mean \"cpus\"?"), ("cpus:2;cpus:3", 8, "twice"), ("cpus", 1, "has no value"),
            ("cpus:2;mem:4x", 12, "unknown unit"), ("ports:[5-1]", 7, "no range"), ("ports:[1-2", 7, "not closed"),
            ("cpus:", 6, "has no value"), ("cpus:-1", 6, "negative"), ("ports:[a-b]", 7, "no range"),
        ] as [(String, Int, String)])
    func refused(text: String, column: Int, word: String) {
        let fault = #expect(throws: TextFault.self) { try ResourceText.resources(text) }
        #expect(fault?.column == column)
        #expect(fault?.message.contains(word) == true, "said: \(fault?.message ?? "")")
    }

    @Test func attributes() throws {
        let attributes = try ResourceText.attributes("speed:2.5;rack:r1;gpu:a100;slots:[1-4];gpu:t4")
        #expect(attributes.map(\.name) == ["gpu", "gpu", "rack", "slots", "speed"])
        #expect(attributes.map(\.kind) == [.text, .text, .text, .ranges, .scalar])
        #expect(attributes[4].thousandths == 2_500)
        #expect(attributes[3].bounds == [1, 4])
        #expect(ResourceText.format(attributes) == "gpu:a100;gpu:t4;rack:r1;slots:[1-4];speed:2.5")
    }
}
