import ErrorCorrection
import ErrorRates
import RandomStreams
import TestSupport
import Testing

@Suite struct ReedSolomonCodeTests {
    static let codes = [ReedSolomonCode.kp4, .kr4, .gfec]
    /// Codes that correct little, where wrong corrections can be seen.
    static let small = [2, 4, 6, 8].flatMap { parity in
        [
            ReedSolomonCode(
                name: "RS(255,\(255 - parity))", field: .opticalTransport, length: 255,
                messageLength: 255 - parity),
            ReedSolomonCode(
                name: "RS(700,\(700 - parity))", field: .ethernet, length: 700,
                messageLength: 700 - parity),
            ReedSolomonCode(
                name: "RS(15,\(15 - parity))", field: GaloisField(polynomial: 0b10011), length: 15,
                messageLength: 15 - parity),
        ]
    }

    static func twin(_ code: ReedSolomonCode) -> PlainReedSolomon {
        PlainReedSolomon(
            symbolBits: code.field.symbolBits, polynomial: code.field.polynomial,
            length: code.length, parity: code.length - code.messageLength)
    }

    static func word(_ code: ReedSolomonCode, count: Int, _ stream: inout RandomStream)
        -> [UInt16]
    {
        (0..<count).map { _ in UInt16(stream.next() & UInt64(code.field.order)) }
    }

    /// A word of `weight` symbols other than zero at random places.
    static func pattern(_ code: ReedSolomonCode, weight: Int, _ stream: inout RandomStream)
        -> [UInt16]
    {
        var errors = [UInt16](repeating: 0, count: code.length)
        var placed = 0
        while placed < weight {
            let place = Int(stream.next() % UInt64(code.length))
            if errors[place] != 0 { continue }
            errors[place] = UInt16(1 + stream.next() % UInt64(code.field.order))
            placed += 1
        }
        return errors
    }

    /// IEEE 802.3, Table 91-1, and for the last code the generator that ITU-T G.709 shares with
    /// digital television (ETSI EN 300 421), lowest coefficient first.
    @Test func generatorsArePublishedOnes() {
        #expect(
            ReedSolomonCode.kr4.generator == [
                432, 290, 945, 265, 592, 391, 614, 900, 925, 656, 32, 701, 6, 904, 1,
            ])
        #expect(
            ReedSolomonCode.kp4.generator == [
                523, 834, 128, 158, 185, 127, 392, 193, 610, 788, 361, 883, 503, 942, 385, 495,
                720, 94, 132, 593, 249, 282, 565, 108, 1, 552, 230, 187, 552, 575, 1,
            ])
        #expect(
            ReedSolomonCode.gfec.generator == [
                59, 36, 50, 98, 229, 41, 65, 163, 8, 30, 209, 68, 189, 104, 13, 59, 1,
            ])
    }

    @Test(arguments: codes)
    func codewordsHoldTheirMessageAndVanishAtTheRoots(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 1).substream("codewords")
        let twin = Self.twin(code)
        for _ in 0..<20 {
            let message = Self.word(code, count: code.messageLength, &stream)
            let codeword = code.encode(message)
            #expect(Array(codeword.prefix(code.messageLength)) == message)
            #expect(twin.syndromes(codeword).allSatisfy { $0 == 0 })
            var decoded = codeword
            #expect(code.decode(&decoded) == .corrected(0))
            #expect(decoded == codeword)
        }
    }

    /// Minimum distance n - k + 1: one message symbol moves every parity symbol, and no word of
    /// fewer symbols is a codeword.
    @Test(arguments: codes)
    func distanceIsTheLargestPossible(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 2).substream("distance")
        for place in 0..<code.messageLength {
            var message = [UInt16](repeating: 0, count: code.messageLength)
            message[place] = UInt16(1 + stream.next() % UInt64(code.field.order))
            #expect(!code.encode(message).dropFirst(code.messageLength).contains(0))
        }
        let parity = code.length - code.messageLength
        for weight in 1...parity {
            for _ in 0..<50 {
                var word = Self.pattern(code, weight: weight, &stream)
                #expect(code.decode(&word) != .corrected(0))
            }
        }
    }

    @Test func hundredThousandPatternsOfFifteenErrorsAreCorrected() {
        let code = ReedSolomonCode.kp4
        var stream = RandomStream(seed: 3).substream("fifteen")
        let codeword = code.encode(Self.word(code, count: code.messageLength, &stream))
        let batch = 1000
        var wrong = 0
        for _ in 0..<100 {
            var words: [UInt16] = []
            words.reserveCapacity(batch * code.length)
            for _ in 0..<batch {
                let errors = Self.pattern(code, weight: 15, &stream)
                for i in 0..<code.length { words.append(codeword[i] ^ errors[i]) }
            }
            let outcomes = code.decodeAll(&words)
            for (i, outcome) in outcomes.enumerated() {
                let isRight = words[i * code.length..<(i + 1) * code.length].elementsEqual(codeword)
                if outcome != .corrected(15) || !isRight { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// Every weight up to t, at random places, at both ends and in a run.
    @Test(arguments: codes + small)
    func correctsUpToItsReach(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 4).substream("reach")
        for weight in 0...code.correctable {
            for trial in 0..<100 {
                let message = Self.word(code, count: code.messageLength, &stream)
                let codeword = code.encode(message)
                var errors = Self.pattern(code, weight: weight, &stream)
                if trial % 4 > 0 && weight > 0 {
                    errors = [UInt16](repeating: 0, count: code.length)
                    let start = [0, code.length - weight, (code.length - weight) / 2][trial % 4 - 1]
                    for i in start..<start + weight {
                        errors[i] = UInt16(1 + stream.next() % UInt64(code.field.order))
                    }
                }
                var word = zip(codeword, errors).map { $0 ^ $1 }
                #expect(code.decode(&word) == .corrected(weight))
                #expect(word == codeword)
            }
        }
    }

    /// Within reach and beyond it: the same codeword, the same number of changes, or neither has
    /// one. Also the other way: what is given up stays as it was.
    @Test(arguments: codes + small)
    func agreesWithTheTextbook(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 5).substream("textbook")
        let twin = Self.twin(code)
        let words = code.correctable > 4 ? 4 : 40
        for weight in 0...min(code.length, 2 * code.correctable + 2) {
            for _ in 0..<words {
                let codeword = code.encode(Self.word(code, count: code.messageLength, &stream))
                let errors = Self.pattern(code, weight: weight, &stream)
                let received = zip(codeword, errors).map { $0 ^ $1 }
                var word = received
                let outcome = code.decode(&word)
                if let plain = twin.decode(received) {
                    #expect(outcome == .corrected(plain.changed))
                    #expect(word == plain.codeword)
                } else {
                    #expect(outcome == .uncorrectable)
                    #expect(word == received)
                }
            }
        }
    }

    /// The decoder sees syndromes only: an error pattern meets the same fate on every codeword,
    /// also where it is taken for another one.
    @Test(arguments: codes + small)
    func fateOfAPatternDoesNotDependOnTheCodeword(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 6).substream("linear")
        for _ in 0..<100 {
            let weight = code.correctable + Int(stream.next() % 3)
            var errors = Self.pattern(code, weight: weight, &stream)
            let codeword = code.encode(Self.word(code, count: code.messageLength, &stream))
            var word = zip(codeword, errors).map { $0 ^ $1 }
            let outcome = code.decode(&word)
            #expect(code.decode(&errors) == outcome)
            #expect(word == zip(codeword, errors).map { $0 ^ $1 })
        }
    }

    /// A random word is within reach of a codeword with the share of the space that the balls
    /// around codewords fill, about (n / 2^m)^t / t!. The exact interval at 1 - 1e-6 of each of the
    /// twelve codes makes a false alarm once in 80 000 seeds.
    @Test(arguments: small)
    func randomWordsAreAcceptedAsOftenAsBallsFillTheSpace(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 7).substream("random words")
        let trials = 20_000
        var words = Self.word(code, count: trials * code.length, &stream)
        let received = words
        var accepted = 0
        let outcomes = code.decodeAll(&words)
        for (i, outcome) in outcomes.enumerated() {
            guard case .corrected(let changed) = outcome else { continue }
            accepted += 1
            let range = i * code.length..<(i + 1) * code.length
            let distance = zip(words[range], received[range]).count { $0 != $1 }
            #expect(distance == changed && changed <= code.correctable)
        }
        let interval = BinomialInterval.exact(
            successes: accepted, trials: trials, level: 1 - 1e-6)
        #expect(interval.contains(code.randomWordAcceptance))
    }

    /// Too many errors in the long codes are always noticed: a wrong correction has probability
    /// 5e-17, 2e-6 and 2e-5, so that 10 000 words make a false alarm with 5e-13, 2 and 20 %; for
    /// the last code a few are allowed (more than five: 4e-12).
    @Test(arguments: codes)
    func tooManyErrorsAreDetected(code: ReedSolomonCode) {
        var stream = RandomStream(seed: 8).substream("too many")
        let t = code.correctable
        var accepted = 0
        for trial in 0..<10_000 {
            let weight = t + 1 + trial % (3 * t)
            let errors = Self.pattern(code, weight: weight, &stream)
            var word = errors
            if code.decode(&word) == .uncorrectable {
                #expect(word == errors)
            } else {
                accepted += 1
            }
        }
        #expect(accepted <= (code.correctable == 15 ? 0 : 5))
    }

    @Test func shareOfAcceptedWordsIsOneOverTFactorial() {
        // Sums of C(n, k) (q - 1)^k over q^2t in exact integers of another program.
        #expect(abs(ReedSolomonCode.kp4.randomWordAcceptance / 4.6994998337122085e-17 - 1) < 1e-12)
        #expect(abs(ReedSolomonCode.kr4.randomWordAcceptance / 1.8348402721013314e-6 - 1) < 1e-12)
        #expect(abs(ReedSolomonCode.gfec.randomWordAcceptance / 2.085336447662013e-5 - 1) < 1e-12)
    }

    @Test func nothingIsDecodedToNothing() {
        var none: [UInt16] = []
        #expect(ReedSolomonCode.kp4.decodeAll(&none).isEmpty)
    }

    @Test func misuseTraps() async {
        await #expect(processExitsWith: .failure) {
            var word = [UInt16](repeating: 0, count: 543)
            _ = ReedSolomonCode.kp4.decode(&word)
        }
        await #expect(processExitsWith: .failure) {
            var word = [UInt16](repeating: 1024, count: 544)
            _ = ReedSolomonCode.kp4.decode(&word)
        }
        await #expect(processExitsWith: .failure) {
            // x^4 + x^3 + x^2 + x + 1 divides x^5 - 1: irreducible, not primitive.
            _ = GaloisField(polynomial: 0b11111)
        }
    }
}
