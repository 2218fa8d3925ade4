import CZlib

/// CRC-32 as in ZIP (ISO 3309 polynomial), continued from `start`.
func crc32(_ bytes: UnsafeRawBufferPointer, from start: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return start }
    return UInt32(
        truncatingIfNeeded: crc32_z(
            UInt(start), base.assumingMemoryBound(to: UInt8.self), bytes.count))
}

func crc32(_ bytes: some Collection<UInt8>, from start: UInt32 = 0) -> UInt32 {
    if let result = bytes.withContiguousStorageIfAvailable({
        crc32(UnsafeRawBufferPointer($0), from: start)
    }) {
        return result
    }
    return crc32(Array(bytes), from: start)
}

/// Raw deflate streams, as ZIP members hold them.
enum Deflate {
    /// A compressed stream cannot stand for more than about 1032 times its length.
    static func canExpand(_ compressed: Int, to expanded: Int) -> Bool {
        expanded / 1040 <= compressed
    }

    /// Compresses at zlib's usual effort.
    static func compress(_ input: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard czlib_deflate_start(&stream, 6) == Z_OK else {
            preconditionFailure("zlib has no memory for a stream")
        }
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        input.withUnsafeBufferPointer { source in
            var consumed = 0
            var status = Z_OK
            while status != Z_STREAM_END {
                // zlib counts in 32 bits; longer inputs go in pieces.
                let piece = min(source.count - consumed, 1 << 30)
                let isLast = consumed + piece == source.count
                stream.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress.map { $0 + consumed })
                stream.avail_in = UInt32(piece)
                repeat {
                    block.withUnsafeMutableBufferPointer { target in
                        stream.next_out = target.baseAddress
                        stream.avail_out = UInt32(target.count)
                        status = deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    }
                    output += block[..<(block.count - Int(stream.avail_out))]
                } while stream.avail_out == 0
                consumed += piece
            }
        }
        return output
    }

    /// Expands to exactly `size` bytes; nil when the stream is damaged or has another length.
    static func expand(_ input: ArraySlice<UInt8>, to size: Int) -> [UInt8]? {
        var stream = z_stream()
        guard czlib_inflate_start(&stream) == Z_OK else {
            preconditionFailure("zlib has no memory for a stream")
        }
        defer { inflateEnd(&stream) }
        var isComplete = false
        let output = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { target, filled in
            input.withUnsafeBufferPointer { source in
                var consumed = 0
                filled = 0
                while true {
                    let piece = min(source.count - consumed, 1 << 30)
                    let space = min(size - filled, 1 << 30)
                    stream.next_in = UnsafeMutablePointer(
                        mutating: source.baseAddress.map { $0 + consumed })
                    stream.avail_in = UInt32(piece)
                    stream.next_out = target.baseAddress! + filled
                    stream.avail_out = UInt32(space)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    let taken = piece - Int(stream.avail_in)
                    let made = space - Int(stream.avail_out)
                    consumed += taken
                    filled += made
                    if status == Z_STREAM_END {
                        isComplete = filled == size && consumed == source.count
                        return
                    }
                    guard status == Z_OK, taken + made > 0 else { return }
                }
            }
        }
        return isComplete ? output : nil
    }
}
