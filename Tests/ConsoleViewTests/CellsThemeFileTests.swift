// The theme files that are shipped: each is understood whole, and each can be read by people.

import ConsoleView
import Glibc
import Testing

@Suite struct CellsThemeFileTests {
    @Test(arguments: [
        "dark", "light", "mono", "high-contrast", "colour-blind", "nord", "dracula", "gruvbox-dark", "catppuccin-mocha",
    ])
    func shippedThemesAreSound(_ name: String) throws {
        let result = ThemeReader.read(name: name, try entries(of: name))
        #expect(result.problems.map { $0.description } == [])
        let theme = try #require(result.theme)
        #expect(theme.check().map { $0.description } == [])
        if let builtIn = Theme.builtIn(named: name) {
            for style in Style.allCases {
                #expect(
                    theme.resolved(style) == builtIn.resolved(style), "\(style.name) differs from the built-in theme")
            }
        }
    }

    /// As much of YAML as these files use: `key: "value"`, nested by two spaces.
    private func entries(of name: String) throws -> [ThemeReader.Entry] {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(folder)/themes/\(name).yaml", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        var section = ""
        var result: [ThemeReader.Entry] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
            let key = line[..<colon].drop { $0 == " " }
            let value = line[line.index(after: colon)...].drop { $0 == " " }.filter { $0 != "\"" }
            if !line.hasPrefix(" ") { section = value.isEmpty ? String(key) : "" }
            if value.isEmpty { continue }
            result.append(
                ThemeReader.Entry(
                    path: (section.isEmpty ? [] : [section]) + [String(key)], value: value, line: number + 1, column: 1)
            )
        }
        return result
    }
}
