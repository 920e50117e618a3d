/// The program's version, in the hello of every link, in recordings and in `bellows version`.
enum Version {
    static let text = "0.1.0"
}
