import ClusterModel
import Foundation
import Testing

@testable import ClusterFiles

/// The provider keys of pools, and the modules that the scaffold writes.
@Suite struct ProviderKeyTests {
    private func file(_ keys: String) -> String {
        "pools:\n  - name: burst\n    max: 4\n\(keys)    types: [{name: t, cpus: 1, mem: 1GiB}]\n"
    }

    @Test func keysAreReadAndWrittenBack() throws {
        let text = file(
            "    provider: terraform\n    publicKey: /k.pub\n    lease: {hard: 2h}\n"
                + "    terraform: {folder: /m, zone: z1, driftEvery: 1m}\n")
        let read = try ClusterFile.read(text, file: "c.yaml")
        let making = read.pools[0].making
        #expect(making.terraform.folder == "/m" && making.terraform.zone == "z1" && making.publicKey == "/k.pub")
        #expect(making.lease.hard == .hours(2) && making.terraform.driftEvery == .minutes(1))
        #expect(try ClusterFile.read(ClusterFileText.render(read), file: "c.yaml") == read)
    }

    @Test(arguments: [
        ("    provider: terraform\n", "needs `terraform: {folder: ...}`"),
        ("    provider: terraform\n    terraform: {folder: rel}\n", "expects an absolute path"),
        ("    provider: terraform\n    terraform: {folder: /m, folded: 1}\n", "no key `folded`"),
        ("    provider: local\n    terraform: {folder: /m}\n", "no key `terraform`"),
        ("    provider: terraform\n    lease: {soft: 2h, hard: 1h}\n    terraform: {folder: /m}\n", "is longer than"),
    ])
    func wrongKeysAreRefused(_ keys: String, _ word: String) {
        do {
            _ = try ClusterFile.read(file(keys), file: "c.yaml")
            Issue.record("was taken")
        } catch {
            #expect("\(error)".contains(word), "\(error)")
        }
    }

    @Test func theScaffoldIsTheExamples() throws {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "../../examples/terraform")
        for (name, files) in TerraformScaffold.modules {
            for file in files {
                let text = try String(contentsOf: folder.appending(path: "\(name)/\(file.name)"), encoding: .utf8)
                #expect(file.text == text, "\(name)/\(file.name)")
            }
        }
    }
}
