/// The value of an analog parameter cell, 0...1022.
///
/// 1023 would end the refresh of the cell and is not a value. Source: capacitive memory of the
/// public headers (halco, haldls vx).
public struct CapMemCode: ChipCoordinate {
    public static let count = 1023
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    /// The nearest code in range.
    public init(saturating value: Double) {
        self.init(value.isNaN ? 0 : Int(min(max(value.rounded(), 0), 1022)))
    }
    /// As a share of the full scale.
    public var share: Double { Double(index) / 1022 }
}
