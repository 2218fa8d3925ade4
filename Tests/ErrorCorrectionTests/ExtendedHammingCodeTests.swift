import ErrorCorrection
import RandomStreams
import Testing

@Suite struct ExtendedHammingCodeTests {
    static func message(_ stream: inout RandomStream) -> [UInt8] {
        stream.symbols(count: 120, order: 2)
    }

    @Test func codewordsHoldTheirMessageAndAreEven() {
        var stream = RandomStream(seed: 1).substream("hamming")
        for _ in 0..<100 {
            let message = Self.message(&stream)
            let word = ExtendedHammingCode.encode(message)
            #expect(word.count == 128 && Array(word.prefix(120)) == message)
            #expect(word.count { $0 == 1 } % 2 == 0)
            var decoded = word
            #expect(ExtendedHammingCode.decode(&decoded) == [.corrected(0)])
            #expect(decoded == word)
        }
    }

    /// Multiples of x^7 + x^3 + 1: the first 127 bits of the codeword of a single message bit,
    /// divided by hand.
    @Test func generatorIsCyclic() {
        var message = [UInt8](repeating: 0, count: 120)
        message[119] = 1
        // x^7 leaves x^3 + 1; with its message bit that makes three ones, and the last bit four.
        #expect(
            Array(ExtendedHammingCode.encode(message).suffix(9)) == [1, 0, 0, 0, 1, 0, 0, 1, 1])
    }

    @Test func allSingleErrorsAreCorrectedAndAllDoubleOnesDetected() {
        var stream = RandomStream(seed: 2).substream("hamming errors")
        let word = ExtendedHammingCode.encode(Self.message(&stream))
        for i in 0..<128 {
            var single = word
            single[i] ^= 1
            #expect(ExtendedHammingCode.decode(&single) == [.corrected(1)])
            #expect(single == word)
            for j in 0..<i {
                var double = word
                double[i] ^= 1
                double[j] ^= 1
                let received = double
                #expect(ExtendedHammingCode.decode(&double) == [.uncorrectable])
                #expect(double == received)
            }
        }
    }

    /// Algorithm 2 of Chase word by word with the hard decoder, and its definition of the best.
    private func plainChase(_ received: [UInt8], _ reliabilities: [Float], tried: Int)
        -> (word: [UInt8], cost: Double)?
    {
        let weakest = reliabilities.indices.sorted {
            (reliabilities[$0], $0) < (reliabilities[$1], $1)
        }.prefix(tried)
        var best: (word: [UInt8], cost: Double)?
        for pattern in 0..<(1 << tried) {
            var word = received
            for (j, place) in weakest.enumerated() where pattern & (1 << j) != 0 {
                word[place] ^= 1
            }
            guard ExtendedHammingCode.decode(&word) != [.uncorrectable] else { continue }
            let cost = zip(zip(word, received), reliabilities).reduce(0.0) {
                $0 + ($1.0.0 == $1.0.1 ? 0 : Double($1.1))
            }
            if best == nil || cost < best!.cost { best = (word, cost) }
        }
        return best
    }

    @Test(arguments: 0...8)
    func chaseFindsTheBestOfItsCandidates(tried: Int) {
        var stream = RandomStream(seed: 3).substream("chase", tried)
        var differing = 0
        for trial in 0..<60 {
            var word = ExtendedHammingCode.encode(Self.message(&stream))
            var reliabilities = (0..<128).map { _ in Float(stream.uniform() * 8) }
            for _ in 0..<trial % 7 {
                let place = Int(stream.next() % 128)
                word[place] ^= 1
                reliabilities[place] *= 0.2
            }
            let received = word
            let outcome = ExtendedHammingCode.decode(
                &word, reliabilities: reliabilities, leastReliable: tried)[0]
            let plain = plainChase(received, reliabilities, tried: tried)
            if let plain {
                #expect(word == plain.word)
                #expect(outcome == .corrected(zip(word, received).count { $0 != $1 }))
                if word != received { differing += 1 }
            } else {
                #expect(outcome == .uncorrectable && word == received)
            }
        }
        #expect(differing > 20)
    }

    @Test func moreTrialsNeverCostMore() {
        var stream = RandomStream(seed: 4).substream("chase cost")
        for _ in 0..<200 {
            let received = stream.symbols(count: 128, order: 2)
            let reliabilities = (0..<128).map { _ in Float(stream.uniform()) }
            var last = Float.infinity
            for tried in 1...8 {
                var word = received
                _ = ExtendedHammingCode.decode(
                    &word, reliabilities: reliabilities, leastReliable: tried)
                var cost: Float = 0
                for i in 0..<128 where word[i] != received[i] { cost += reliabilities[i] }
                #expect(cost <= last + 1e-4)
                last = cost
                var again = word
                #expect(ExtendedHammingCode.decode(&again) == [.corrected(0)])
            }
        }
    }

    /// Two wrong bits are out of reach of hard decisions and in reach of soft ones when they are
    /// the least reliable, whatever the codeword.
    @Test func twoUnreliableErrorsAreCorrected() {
        var stream = RandomStream(seed: 5).substream("chase two")
        for _ in 0..<200 {
            let word = ExtendedHammingCode.encode(Self.message(&stream))
            let order = stream.permutation(count: 128)
            var received = word
            var reliabilities = (0..<128).map { _ in Float(1 + stream.uniform()) }
            for place in order.prefix(2) {
                received[place] ^= 1
                reliabilities[place] = Float(0.1 * stream.uniform())
            }
            #expect(
                ExtendedHammingCode.decode(
                    &received, reliabilities: reliabilities, leastReliable: 2) == [.corrected(2)])
            #expect(received == word)
        }
    }
}
