import ArrayFiles

/// Writes Python's object serialization, protocol 2, as far as a `state_dict` needs it.
///
/// - Source: Python, `Lib/pickletools.py`, the description of each opcode.
struct Pickle {
    indirect enum Value {
        case no
        case integer(Int)
        case real(Double)
        case text(String)
        case global(String, String)
        case tuple([Value])
        case list([Value])
        case dictionary([(String, Value)])
    }

    private var bytes: [UInt8] = [0x80, 2]

    private mutating func opcode(_ character: Character) { bytes.append(character.asciiValue!) }

    mutating func mark() { opcode("(") }

    mutating func global(_ module: String, _ name: String) {
        opcode("c")
        bytes += Array("\(module)\n\(name)\n".utf8)
    }

    mutating func append(_ value: Value) {
        switch value {
        case .no: bytes.append(0x89)
        case .integer(let number):
            if let small = UInt8(exactly: number) {
                opcode("K")
                bytes.append(small)
            } else if let medium = Int32(exactly: number) {
                opcode("J")
                bytes.append(littleEndian: UInt32(bitPattern: medium))
            } else {
                // LONG1: eight bytes, two's complement.
                bytes += [0x8A, 8]
                bytes.append(littleEndian: UInt64(bitPattern: Int64(number)))
            }
        case .real(let number):
            opcode("G")
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> UInt64(shift)))
            }
        case .text(let text):
            opcode("X")
            bytes.append(littleEndian: UInt32(text.utf8.count))
            bytes += text.utf8
        case .global(let module, let name): global(module, name)
        case .tuple(let values):
            mark()
            for value in values { append(value) }
            opcode("t")
        case .list(let values):
            opcode("]")
            mark()
            for value in values { append(value) }
            opcode("e")
        case .dictionary(let entries):
            opcode("}")
            mark()
            for (key, value) in entries {
                append(.text(key))
                append(value)
            }
            opcode("u")
        }
    }

    /// `collections.OrderedDict()`
    mutating func emptyOrderedDictionary() {
        global("collections", "OrderedDict")
        opcode(")")
        opcode("R")
    }

    /// A reference to something outside the stream.
    mutating func persistent(_ identifier: [Value]) {
        append(.tuple(identifier))
        opcode("Q")
    }

    /// Calls the function below the mark with what stands above it.
    mutating func call() {
        opcode("t")
        opcode("R")
    }

    /// Puts what stands above the mark into the dictionary below it.
    mutating func setItems() { opcode("u") }

    /// Gives the object below the dictionary on top its attributes, and ends.
    consuming func finished() -> [UInt8] {
        opcode("b")
        opcode(".")
        return bytes
    }
}
