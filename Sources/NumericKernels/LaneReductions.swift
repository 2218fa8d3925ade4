// The standard library reduces vectors lane by lane in calls of its own; these halve them.

extension SIMD16 where Scalar == Float {
    /// The sum of all lanes.
    @inline(always)
    var total: Float {
        let eight = lowHalf + highHalf
        let four = eight.lowHalf + eight.highHalf
        return (four[0] + four[2]) + (four[1] + four[3])
    }
}

extension SIMD4 where Scalar == Float {
    /// The largest lane.
    @inline(always)
    var highest: Float {
        let first = self[0] > self[1] ? self[0] : self[1]
        let second = self[2] > self[3] ? self[2] : self[3]
        return first > second ? first : second
    }
}
