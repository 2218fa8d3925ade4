/// Why a price list cannot be used.
public struct PriceListError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A price, a bound or a technology is outside its allowed range.
        case invalidRange
        /// A price states no source.
        case missingSource
        /// Two entries with the same operation and term, or an operation both priced and unpriced.
        case contradiction
        /// The receiver does something that the list neither prices nor leaves out on purpose.
        case unpricedOperation
        /// Scaling needs a supply voltage that the list does not state.
        case missingSupply
    }
    public var code: Code
    /// One line for the person who can act.
    public var message: String
    public var description: String { message }

    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
