/// The derivative that stands in for that of the spike's step function.
public enum SurrogateGradient: Sendable, Hashable, Codable {
    /// 1 / (1 + slope |v - threshold|)^2 (Zenke and Ganguli 2018).
    case superSpike(slope: Double)

    public var slope: Double {
        switch self {
        case .superSpike(let slope): slope
        }
    }
}
