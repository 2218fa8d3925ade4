/// The derivative that stands in for that of the spike's step function.
public enum SurrogateGradient: Sendable, Hashable, Codable {
    /// 1 / (1 + slope |v - threshold|)^2 (Zenke and Ganguli 2018).
    ///
    /// - resetIsDetached: Whether the reset v = v' (1 - z) counts as given. Otherwise the gradient
    ///   also flows through its z.
    case superSpike(slope: Double, resetIsDetached: Bool = false)

    public var slope: Double {
        switch self {
        case .superSpike(let slope, _): slope
        }
    }

    public var resetIsDetached: Bool {
        switch self {
        case .superSpike(_, let resetIsDetached): resetIsDetached
        }
    }
}
