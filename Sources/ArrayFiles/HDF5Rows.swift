import CHDF5

/// A dataset of an `HDF5Writer` that grows row by row.
public final class HDF5Rows<Element: ArrayElement> {
    private let writer: HDF5Writer
    private let dataset: HDF5RowDataset

    init(writer: HDF5Writer, dataset: HDF5RowDataset) {
        self.writer = writer
        self.dataset = dataset
    }

    /// Rows written so far.
    public var count: Int { dataset.count }

    /// Appends whole rows, row-major.
    public func append(_ values: [Element]) throws(FileError) {
        precondition(
            values.count.isMultiple(of: dataset.rowElements), "only whole rows can be appended")
        try writer.append(littleEndianBytes(of: values), to: dataset)
    }
}

/// The state of a growing dataset; used under the library's lock only.
final class HDF5RowDataset {
    let id: hid_t
    let name: String
    let type: ElementType
    let rowShape: [Int]
    let rowElements: Int
    private(set) var count = 0
    private(set) var checksum: UInt32 = 0

    init(id: hid_t, name: String, type: ElementType, rowShape: [Int]) {
        self.id = id
        self.name = name
        self.type = type
        self.rowShape = rowShape
        rowElements = rowShape.reduce(1, *)
    }

    func append(_ bytes: [UInt8]) -> Bool {
        let rows = bytes.count / (rowElements * type.size)
        let extent = ([count + rows] + rowShape).map { hsize_t($0) }
        guard H5Dset_extent(id, extent) >= 0 else { return false }
        let status = bytes.withUnsafeBytes { buffer in
            HDF5Selection.rows(count..<count + rows, of: id, rowShape: rowShape) {
                H5Dwrite(id, type.hdf5Type, $0, $1, hid_t(H5P_DEFAULT), buffer.baseAddress)
            }
        }
        guard status >= 0 else { return false }
        checksum = crc32(bytes, from: checksum)
        count += rows
        return true
    }
}

enum HDF5Selection {
    /// Calls `body` with the memory and file spaces of a range of rows; negative on failure.
    static func rows(
        _ rows: Range<Int>, of dataset: hid_t, rowShape: [Int],
        _ body: (_ memory: hid_t, _ file: hid_t) -> herr_t
    ) -> herr_t {
        let start = ([rows.lowerBound] + rowShape.map { _ in 0 }).map { hsize_t($0) }
        let lengths = ([rows.count] + rowShape).map { hsize_t($0) }
        guard let memory = HDF5Handle(H5Screate_simple(Int32(lengths.count), lengths, nil)),
            let space = HDF5Handle(H5Dget_space(dataset)),
            H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, lengths, nil) >= 0
        else { return -1 }
        return body(memory.id, space.id)
    }
}
