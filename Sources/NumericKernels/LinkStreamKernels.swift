// The inner loops of the streamed link: short filters on contiguous samples, sixteen outputs to a
// vector. Single precision; sums run in tap order, the same for every cut of a stream.

/// Filters of the streamed link.
public enum LinkStreamKernels {
    @usableFromInline typealias Wide = SIMD16<Float>

    /// Outputs per step of the loops; counts are multiples of it.
    public static let blockLength = 64

    /// Photocurrent at two samples a symbol of a real alphabet behind a dispersive fiber.
    ///
    /// With f_p[n] = bias + sum over j of (re_p[j] + i im_p[j]) levels[n + j], for phases p = 0, 1:
    /// current_p[n] = |f_p[n]|^2.
    ///
    /// - Parameters:
    ///   - levels: count + taps - 1 of them.
    ///   - filters: re_0, im_0, re_1, im_1 of each tap, shape [tap, 4].
    ///   - count: a multiple of `blockLength`.
    public static func photocurrent(
        levels: UnsafePointer<Float>, filters: UnsafePointer<Float>, taps: Int, bias: Float,
        count: Int, even: UnsafeMutablePointer<Float>, odd: UnsafeMutablePointer<Float>
    ) {
        precondition(count % blockLength == 0 && taps > 0)
        for start in stride(from: 0, to: count, by: blockLength / 2) {
            let input = UnsafeRawPointer(levels + start)
            var a0 = Wide(repeating: bias)
            var a1 = a0
            var b0 = Wide(repeating: 0)
            var b1 = b0
            var c0 = a0
            var c1 = a0
            var d0 = b0
            var d1 = b0
            for tap in 0..<taps {
                let x0 = input.loadUnaligned(fromByteOffset: 4 * tap, as: Wide.self)
                let x1 = input.loadUnaligned(fromByteOffset: 4 * tap + 64, as: Wide.self)
                let re0 = Wide(repeating: filters[4 * tap])
                let im0 = Wide(repeating: filters[4 * tap + 1])
                let re1 = Wide(repeating: filters[4 * tap + 2])
                let im1 = Wide(repeating: filters[4 * tap + 3])
                a0 = a0.addingProduct(re0, x0)
                a1 = a1.addingProduct(re0, x1)
                b0 = b0.addingProduct(im0, x0)
                b1 = b1.addingProduct(im0, x1)
                c0 = c0.addingProduct(re1, x0)
                c1 = c1.addingProduct(re1, x1)
                d0 = d0.addingProduct(im1, x0)
                d1 = d1.addingProduct(im1, x1)
            }
            store((a0 * a0).addingProduct(b0, b0), even + start)
            store((a1 * a1).addingProduct(b1, b1), even + start + 16)
            store((c0 * c0).addingProduct(d0, d0), odd + start)
            store((c1 * c1).addingProduct(d1, d1), odd + start + 16)
        }
    }

    /// Receive filter and decimation to one sample a symbol, on top of what `result` holds.
    ///
    /// result[n] += sum over j of even_j even[n + j] + odd_j odd[n + j].
    ///
    /// - Parameters:
    ///   - even, odd: count + taps - 1 samples of each phase.
    ///   - filters: even and odd weight of each tap, shape [tap, 2].
    ///   - count: a multiple of `blockLength`.
    public static func receive(
        even: UnsafePointer<Float>, odd: UnsafePointer<Float>, filters: UnsafePointer<Float>,
        taps: Int, count: Int, addingTo result: UnsafeMutablePointer<Float>
    ) {
        precondition(count % blockLength == 0 && taps > 0)
        for start in stride(from: 0, to: count, by: blockLength) {
            let first = UnsafeRawPointer(even + start)
            let second = UnsafeRawPointer(odd + start)
            let output = UnsafeRawPointer(result + start)
            var s0 = output.loadUnaligned(as: Wide.self)
            var s1 = output.loadUnaligned(fromByteOffset: 64, as: Wide.self)
            var s2 = output.loadUnaligned(fromByteOffset: 128, as: Wide.self)
            var s3 = output.loadUnaligned(fromByteOffset: 192, as: Wide.self)
            for tap in 0..<taps {
                let offset = 4 * tap
                let g = Wide(repeating: filters[2 * tap])
                let h = Wide(repeating: filters[2 * tap + 1])
                s0 = s0.addingProduct(g, first.loadUnaligned(fromByteOffset: offset, as: Wide.self))
                s1 = s1.addingProduct(
                    g, first.loadUnaligned(fromByteOffset: offset + 64, as: Wide.self))
                s2 = s2.addingProduct(
                    g, first.loadUnaligned(fromByteOffset: offset + 128, as: Wide.self))
                s3 = s3.addingProduct(
                    g, first.loadUnaligned(fromByteOffset: offset + 192, as: Wide.self))
                s0 = s0.addingProduct(h, second.loadUnaligned(fromByteOffset: offset, as: Wide.self))
                s1 = s1.addingProduct(
                    h, second.loadUnaligned(fromByteOffset: offset + 64, as: Wide.self))
                s2 = s2.addingProduct(
                    h, second.loadUnaligned(fromByteOffset: offset + 128, as: Wide.self))
                s3 = s3.addingProduct(
                    h, second.loadUnaligned(fromByteOffset: offset + 192, as: Wide.self))
            }
            store(s0, result + start)
            store(s1, result + start + 16)
            store(s2, result + start + 32)
            store(s3, result + start + 48)
        }
    }

    /// result[n] = table[symbols[n]].
    public static func lookUp(
        _ symbols: UnsafePointer<UInt8>, table: UnsafePointer<Float>, count: Int,
        into result: UnsafeMutablePointer<Float>
    ) {
        for n in 0..<count { result[n] = table[Int(symbols[n])] }
    }

    @inline(__always)
    private static func store(_ value: Wide, _ place: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(place).storeBytes(of: value, as: Wide.self)
    }
}
