/// Products of 8-bit numbers summed in 32 bits.
public enum DenseIntegerProducts {
    /// Sum of row[first + i] * values[i].
    public static func dot(
        _ row: [Int8], from first: Int, _ values: [Int8], count: Int
    ) -> Int32 {
        precondition(count >= 0 && first >= 0 && first + count <= row.count)
        precondition(count <= values.count)
        return row.withUnsafeBufferPointer { row in
            values.withUnsafeBufferPointer { values in
                var sum: Int32 = 0
                for i in 0..<count {
                    sum &+= Int32(row[first + i]) &* Int32(values[i])
                }
                return sum
            }
        }
    }
}
