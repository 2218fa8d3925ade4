/// What happened to sent bits, laid out as the words of a decoder.
public enum ErrorPatternKernel {
    /// 1 where bits differ, each at its place.
    ///
    /// - Parameters:
    ///   - places: where the error of each bit goes, shape [bit].
    ///   - errors: as many elements as the largest place needs.
    /// - Returns: how many bits differ.
    public static func scatter(
        sent: UnsafePointer<UInt8>, decided: UnsafePointer<UInt8>, count: Int,
        places: UnsafePointer<Int32>, errors: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var total = 0
        for i in 0..<count {
            let error = (sent[i] ^ decided[i]) & 1
            errors[Int(places[i])] = error
            total += Int(error)
        }
        return total
    }

    /// The same with reliabilities: an error where the sign of a log-likelihood ratio (positive
    /// for a zero) is not that of the sent bit, and the size of the ratio.
    ///
    /// A ratio of zero decides nothing; there the decision of the receiver stands.
    ///
    /// - Parameters:
    ///   - ratios: shape [bit], not NaN; sizes above 1e30 count as that.
    ///   - isNumber: false afterwards if one was NaN.
    /// - Returns: how many *decided* bits differ from the sent ones.
    public static func scatter(
        sent: UnsafePointer<UInt8>, decided: UnsafePointer<UInt8>, ratios: UnsafePointer<Double>,
        count: Int, places: UnsafePointer<Int32>, errors: UnsafeMutablePointer<UInt8>,
        reliabilities: UnsafeMutablePointer<Float>, isNumber: inout Bool
    ) -> Int {
        var total = 0
        for i in 0..<count {
            let ratio = sent[i] & 1 == 0 ? ratios[i] : -ratios[i]
            if ratio.isNaN { isNumber = false }
            let decision = (sent[i] ^ decided[i]) & 1
            let place = Int(places[i])
            errors[place] = ratio < 0 ? 1 : ratio > 0 ? 0 : decision
            let size = ratio < 0 ? -ratio : ratio
            reliabilities[place] = Float(size < 1e30 ? size : 1e30)
            total += Int(decision)
        }
        return total
    }

    /// Packs bits, the first one most significant, into symbols.
    ///
    /// - Parameters:
    ///   - bits: shape [word, wordBits], of which the first `used` ones of each word are packed.
    ///   - symbols: shape [word, used / symbolBits].
    public static func pack(
        bits: UnsafePointer<UInt8>, words: Int, wordBits: Int, used: Int, symbolBits: Int,
        symbols: UnsafeMutablePointer<UInt16>
    ) {
        var out = symbols
        for w in 0..<words {
            let word = bits + w * wordBits
            var i = 0
            while i < used {
                var symbol: UInt16 = 0
                for b in 0..<symbolBits { symbol = symbol &<< 1 | UInt16(word[i + b]) }
                out.pointee = symbol
                out += 1
                i += symbolBits
            }
        }
    }
}
