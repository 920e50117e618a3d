import Commands
import Console
import ConsoleView

/// The themes of this user and machine, as commands ask for them.
enum Themes {
    static func shelf() -> ThemeShelf {
        var shelf = ThemeShelf()
        shelf.list = {
            let library = ThemeLibrary()
            return library.names.map { .init(name: $0, path: library.path(of: $0) ?? "") }
        }
        shelf.load = { name in
            do throws(ThemeError) { return try ThemeLibrary().load(name) } catch {
                throw CommandFailure(error.isUnknown ? .notFound : .failed, error.description)
            }
        }
        shelf.problems = { name in
            do throws(ThemeError) {
                let library = ThemeLibrary()
                let theme = try library.load(name)
                let place = name.contains("/") ? name : library.path(of: name) ?? name
                return theme.check().map { "\(place): \($0)" }
            } catch {
                if error.isUnknown { throw CommandFailure(.notFound, error.description) }
                return error.description.split(separator: "\n").map(String.init)
            }
        }
        return shelf
    }
}
