import CHDF5

extension HDF5Reader {
    /// Largest number of texts in one dataset.
    private static let textLimit = 1 << 20

    /// Reads a scalar text.
    public func readText(_ name: String) throws(FileError) -> String {
        let texts = try readTexts(name)
        guard texts.values.count == 1 else {
            throw .badData(path, "'\(name)' holds \(texts.values.count) texts where 1 is needed")
        }
        return texts.values[0]
    }

    /// Reads texts of variable or fixed length.
    public func readTexts(_ name: String) throws(FileError) -> ShapedArray<String> {
        if let child { return try child.texts(name) }
        return try HDF5Library.run { () throws(FileError) in
            let dataset = try openDataset(name)
            guard dataset.elementType == nil,
                let type = HDF5Handle(H5Dget_type(dataset.handle.id)),
                let space = HDF5Handle(H5Dget_space(dataset.handle.id))
            else { throw .badData(path, "'\(name)' holds numbers where texts are needed") }
            guard let count = ArrayLimits.count(of: dataset.shape), count <= Self.textLimit else {
                throw .badData(path, "'\(name)' holds too many texts: shape \(dataset.shape)")
            }
            let id = dataset.handle.id
            let texts = try texts(count, of: type.id, space: space.id, name) { memory, target in
                H5Dread(id, memory, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), target)
            }
            return ShapedArray(values: texts, shape: dataset.shape)
        }
    }

    /// Reads a scalar attribute; nil when the object does not have it.
    public func attribute(
        _ name: String, on object: String = "/"
    ) throws(FileError) -> HDF5Attribute? {
        if let child { return try child.attribute(name, on: object) }
        return try HDF5Library.run { () throws(FileError) in
            try requireHardLinks(object)
            guard !name.utf8.contains(0) else { return nil }
            let exists = H5Aexists_by_name(file, object, name, hid_t(H5P_DEFAULT))
            if exists == 0 { return nil }
            guard exists > 0,
                let attribute = HDF5Handle(
                    H5Aopen_by_name(
                        file, object, name, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))),
                let type = HDF5Handle(H5Aget_type(attribute.id)),
                let space = HDF5Handle(H5Aget_space(attribute.id))
            else {
                throw HDF5Library.readingError(path, "attribute '\(name)' cannot be read")
            }
            guard ArrayLimits.count(of: try shape(of: space.id, name)) == 1 else {
                throw .badData(path, "attribute '\(name)' is not a single value")
            }
            if H5Tget_class(type.id) == H5T_STRING {
                let id = attribute.id
                let texts = try texts(1, of: type.id, space: space.id, name) { memory, target in
                    H5Aread(id, memory, target)
                }
                return .text(texts[0])
            }
            guard let elementType = ElementType(hdf5Type: type.id), elementType != .bool else {
                throw .badData(path, "attribute '\(name)' is neither a number nor a text")
            }
            var status: herr_t
            if elementType.isFloat {
                var number = 0.0
                status = H5Aread(attribute.id, chdf5_float64_le(), &number)
                if status >= 0 { return .real(number) }
            } else if ElementType.int64.holds(elementType) {
                var number: Int64 = 0
                status = H5Aread(attribute.id, chdf5_int64_le(), &number)
                if status >= 0 { return .integer(number) }
            }
            throw HDF5Library.readingError(path, "attribute '\(name)' cannot be read")
        }
    }

    /// Whether a group or dataset of this name exists.
    public func contains(_ name: String) throws(FileError) -> Bool {
        if let child { return try child.contains(name) }
        return try HDF5Library.run { () throws(FileError) in
            var prefix = ""
            for part in name.split(separator: "/") {
                prefix += "/" + part
                if H5Lexists(file, prefix, hid_t(H5P_DEFAULT)) <= 0 { return false }
            }
            return true
        }
    }

    /// A member of a group.
    public struct Member: Hashable, Sendable {
        /// Its name within the group.
        public let name: String
        /// Whether it is a group itself, otherwise a dataset.
        public let isGroup: Bool
    }

    /// The members of a group, sorted by name.
    public func members(of group: String = "/") throws(FileError) -> [Member] {
        if let child { return try child.members(of: group) }
        return try HDF5Library.run { () throws(FileError) in
            try requireHardLinks(group)
            guard let handle = HDF5Handle(H5Gopen2(file, group, hid_t(H5P_DEFAULT))) else {
                throw HDF5Library.readingError(path, "group '\(group)' cannot be opened")
            }
            var information = H5G_info_t()
            guard H5Gget_info(handle.id, &information) >= 0, information.nlinks <= 1 << 16 else {
                throw .badData(path, "group '\(group)' has too many members")
            }
            var members: [Member] = []
            for index in 0..<information.nlinks {
                members.append(try member(index, of: handle.id, group))
            }
            return members
        }
    }

    private func member(
        _ index: hsize_t, of group: hid_t, _ groupName: String
    ) throws(FileError) -> Member {
        let damage = FileError.badData(path, "group '\(groupName)' has a damaged member")
        func name(_ target: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
            H5Lget_name_by_idx(
                group, ".", H5_INDEX_NAME, H5_ITER_INC, index, target, size, hid_t(H5P_DEFAULT))
        }
        let length = name(nil, 0)
        guard length > 0, length <= 1 << 12 else { throw damage }
        var bytes = [CChar](repeating: 0, count: length + 1)
        let copied = bytes.withUnsafeMutableBufferPointer { name($0.baseAddress, $0.count) }
        guard copied == length,
            let text = String(
                validating: bytes[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        else { throw damage }
        guard chdf5_link_is_hard(group, text) == 1 else {
            throw .badData(path, "'\(groupName)/\(text)' is a reference to another place")
        }
        guard let object = HDF5Handle(H5Oopen(group, text, hid_t(H5P_DEFAULT))) else {
            throw HDF5Library.readingError(path, "'\(groupName)/\(text)' cannot be opened")
        }
        return Member(name: text, isGroup: H5Iget_type(object.id) == H5I_GROUP)
    }

    /// Reads texts through `read`, which fills memory of the type it is given.
    private func texts(
        _ count: Int, of type: hid_t, space: hid_t, _ name: String,
        _ read: (_ memoryType: hid_t, _ target: UnsafeMutableRawPointer) -> herr_t
    ) throws(FileError) -> [String] {
        guard count > 0 else { return [] }
        let isVariable = H5Tis_variable_str(type) > 0
        let fixedSize = Int(clamping: H5Tget_size(type))
        let size = isVariable ? chdf5_variable_length() : fixedSize + 1
        guard isVariable || (fixedSize <= 1 << 16 && fixedSize * count <= 1 << 26),
            let memory = HDF5Handle(chdf5_make_string_type(size, H5Tget_cset(type)))
        else { throw .badData(path, "'\(name)' holds texts that are too long") }
        var found: [String?] = []
        var status: herr_t
        if isVariable {
            var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
            status = pointers.withUnsafeMutableBytes { read(memory.id, $0.baseAddress!) }
            if status >= 0 {
                found = pointers.map { pointer in
                    pointer.map { String(validatingCString: $0) } ?? ""
                }
                _ = pointers.withUnsafeMutableBytes {
                    H5Dvlen_reclaim(memory.id, space, hid_t(H5P_DEFAULT), $0.baseAddress!)
                }
            }
        } else {
            var bytes = [UInt8](repeating: 0, count: size * count)
            status = bytes.withUnsafeMutableBytes { read(memory.id, $0.baseAddress!) }
            found = (0..<count).map { index in
                let text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
                return String(validating: text, as: UTF8.self)
            }
        }
        guard status >= 0 else {
            throw HDF5Library.readingError(path, "'\(name)' cannot be read")
        }
        var texts: [String] = []
        for text in found {
            guard let text else { throw .badData(path, "'\(name)' holds text that is not UTF-8") }
            texts.append(text)
        }
        return texts
    }
}
