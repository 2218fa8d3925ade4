/// Why class scores cannot be turned into reliabilities.
public struct CalibrationError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private let name: String
        /// A score is NaN or infinite.
        public static let notFinite = Code(name: "notFinite")
        /// There are no symbols to calibrate with.
        public static let noSymbols = Code(name: "noSymbols")
    }

    public let code: Code
    /// One line for people.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
