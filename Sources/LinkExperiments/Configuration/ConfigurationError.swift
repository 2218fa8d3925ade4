/// A mistake in a description, said in one line: file, place, value, and what would be right.
public struct ConfigurationError: Error, CustomStringConvertible {
    public let file: String
    /// Line in the file, from 1; nil where there is none.
    public let line: Int?
    /// Path of the key, such as `fiber.length_km`; empty for the file as a whole.
    public let key: String
    public let problem: String

    public init(file: String, line: Int? = nil, key: String = "", problem: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
    }

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return key.isEmpty ? "\(place): \(problem)" : "\(place): \(key): \(problem)"
    }
}
