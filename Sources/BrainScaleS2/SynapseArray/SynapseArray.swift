/// What the synapses of a row do to their neuron.
public enum RowMode: Int, Sendable, Hashable, Codable, CaseIterable {
    case disabled
    case excitatory
    case inhibitory
    case excitatoryAndInhibitory

    public var isExcitatory: Bool { self == .excitatory || self == .excitatoryAndInhibitory }
    public var isInhibitory: Bool { self == .inhibitory || self == .excitatoryAndInhibitory }
}

/// Weights and labels of one hemisphere, [row, column], and the modes of its rows.
public struct SynapseArray: Sendable, Hashable {
    public private(set) var rowModes = [RowMode](repeating: .disabled, count: SynapseRow.count)
    var weights = [UInt8](repeating: 0, count: SynapseRow.count * SynapseColumn.count)
    var labels = [UInt8](repeating: 0, count: SynapseRow.count * SynapseColumn.count)

    public init() {}

    public subscript(row: SynapseRow, column: SynapseColumn) -> SynapticWeight {
        get { SynapticWeight(Int(weights[row.index * 256 + column.index])) }
        set { weights[row.index * 256 + column.index] = UInt8(newValue.index) }
    }

    public func label(_ row: SynapseRow, _ column: SynapseColumn) -> SynapseLabel {
        SynapseLabel(Int(labels[row.index * 256 + column.index]))
    }

    public mutating func setLabel(
        _ label: SynapseLabel, _ row: SynapseRow, _ column: SynapseColumn
    ) {
        labels[row.index * 256 + column.index] = UInt8(label.index)
    }

    public mutating func setMode(_ mode: RowMode, _ row: SynapseRow) {
        rowModes[row.index] = mode
    }

    /// Writes every second weight of a row; synapses keep six bits.
    mutating func write(_ values: PPUVector8, _ row: SynapseRow, _ parity: ColumnParity) {
        weights.withUnsafeMutableBufferPointer { weights in
            let base = row.index * 256 + parity.rawValue
            for lane in 0..<128 {
                weights[base + 2 * lane] = UInt8(bitPattern: values.lanes[lane]) & 63
            }
        }
    }

    /// The effective weight that a pair of rows with opposite signs holds for a column.
    public func signedWeight(_ driver: SynapseDriver, _ column: SynapseColumn) -> SignedWeight {
        SignedWeight(
            excitatory: self[driver.excitatoryRow, column],
            inhibitory: self[driver.inhibitoryRow, column])
    }

    public mutating func setSignedWeight(
        _ weight: SignedWeight, _ driver: SynapseDriver, _ column: SynapseColumn
    ) {
        self[driver.excitatoryRow, column] = weight.excitatory
        self[driver.inhibitoryRow, column] = weight.inhibitory
    }

    /// The weight with which a synapse answers an event on its row: its own if labels match and
    /// the row is enabled, otherwise none.
    public func response(
        to label: SynapseLabel, _ row: SynapseRow, _ column: SynapseColumn
    ) -> SynapticWeight {
        guard rowModes[row.index] != .disabled, self.label(row, column) == label else {
            return SynapticWeight(0)
        }
        return self[row, column]
    }
}
