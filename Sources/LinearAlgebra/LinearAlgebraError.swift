/// Why a system of equations has no usable solution.
public struct LinearAlgebraError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private let name: String
        /// A leading minor of the matrix is not positive: unknowns depend on each other.
        public static let notPositiveDefinite = Code(name: "notPositiveDefinite")
        /// The system or its solution holds a NaN or an infinity.
        public static let notFinite = Code(name: "notFinite")
    }

    public let code: Code
    /// One line for people.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
