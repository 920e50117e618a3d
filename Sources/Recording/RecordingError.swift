import Glibc

/// Why a film cannot be opened or written. Every case names the thing, the cause and the way out in `description`.
public enum RecordingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing is at this path.
    case notFound(path: String)
    /// The file or folder holds no segment that can be read.
    case notARecording(path: String, why: String)
    /// A newer program wrote it, in a way that this one cannot read.
    case newerMajor(path: String, found: UInt16, supported: UInt16)
    /// The folder holds several films, and one has to be named.
    case severalFilms(folder: String, names: [String])
    /// A call to the system failed.
    case system(operation: String, path: String, code: Int32)
    /// Another process writes this film now.
    case inUse(path: String)
    /// The film's name would not make a safe file name.
    case badName(String)
    /// The metadata does not fit into the header page.
    case metadataTooLarge(bytes: Int, limit: Int)

    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .notFound(let path):
            "no recording at \(path): give a recording's folder or one of its .rec files"
        case .notARecording(let path, let why):
            "\(path) is not a recording (\(why)): give a recording's folder or one of its .rec files"
        case .newerMajor(let path, let found, let supported):
            "\(path) has recording format \(found), this program reads up to \(supported): open it with a newer bellows"
        case .severalFilms(let folder, let names):
            "\(folder) holds several recordings (\(names.joined(separator: ", "))): name one of its .rec files"
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path): \(String(cString: strerror(code)))"
        case .inUse(let path):
            "\(path) is being written by another process: stop that one, or choose another folder"
        case .badName(let name):
            "'\(name)' cannot name a recording: use letters, digits, '-' and '_', at most 64 of them"
        case .metadataTooLarge(let bytes, let limit):
            "the recording's header would take \(bytes) bytes of \(limit): shorten the cluster's name"
        }
    }
}
