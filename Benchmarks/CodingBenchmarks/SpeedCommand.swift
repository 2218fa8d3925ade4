import ArgumentParser
import ErrorCorrection
import Foundation
import RandomStreams
import TestSupport

struct SpeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed",
        abstract: "Megabits per second of processor time, beside a textbook decoder.")

    @Option(help: "Turns of every candidate.") var repeats = 7

    func run() throws {
        print("transmitted Mbit per second of processor time, one thread: median (range)")
        for code in [ReedSolomonCode.kp4, .kr4, .gfec] {
            for rate in [0, 2.4e-5, 2.4e-4, 2e-3] { try decoding(code, bitErrorRate: rate) }
        }
        show(Turns.time([("encoding RS(544,514)", encoding())], repeats: repeats))
        inner()
        streams()
    }

    /// Codewords with independent bit errors, decoded from a fresh copy in every turn.
    private func decoding(_ code: ReedSolomonCode, bitErrorRate: Double) throws {
        var stream = RandomStream(seed: 1).substream(code.name)
        let count = 400
        var codewords: [UInt16] = []
        for _ in 0..<count {
            codewords += code.encode(
                (0..<code.messageLength).map { _ in
                    UInt16(stream.next() & UInt64(code.field.order))
                })
        }
        var received = codewords
        for i in received.indices {
            for bit in 0..<code.field.symbolBits where stream.uniform() < bitErrorRate {
                received[i] ^= 1 << UInt16(bit)
            }
        }
        let bits = received.count * code.field.symbolBits
        let twin = PlainReedSolomon(
            symbolBits: code.field.symbolBits, polynomial: code.field.polynomial,
            length: code.length, parity: code.length - code.messageLength)
        let few = 20
        let plainBits = few * code.length * code.field.symbolBits
        // The same codewords before the same is timed.
        var decoded = received
        let outcomes = code.decodeAll(&decoded)
        for w in 0..<few {
            let range = w * code.length..<(w + 1) * code.length
            let plain = twin.decode(Array(received[range]))
            guard (plain == nil) == (outcomes[w] == .uncorrectable),
                plain == nil || plain!.codeword.elementsEqual(decoded[range])
            else { throw ValidationError("the textbook disagrees") }
        }
        let label = String(format: "%@ at %.1e", code.name, bitErrorRate)
        show(
            Turns.time(
                [
                    (
                        "decoding " + label,
                        {
                            var words = received
                            _ = code.decodeAll(&words)
                            return bits
                        }
                    ),
                    (
                        "  textbook",
                        {
                            for w in 0..<few {
                                _ = twin.decode(
                                    Array(received[w * code.length..<(w + 1) * code.length]))
                            }
                            return plainBits
                        }
                    ),
                ], repeats: repeats))
    }

    private func encoding() -> () -> Int {
        var stream = RandomStream(seed: 2).substream("messages")
        let code = ReedSolomonCode.kp4
        let messages = (0..<100).map { _ in
            (0..<code.messageLength).map { _ in UInt16(stream.next() & 1023) }
        }
        return {
            for message in messages { _ = code.encode(message) }
            return messages.count * code.length * code.field.symbolBits
        }
    }

    private func inner() {
        var source = NoisyPAM4(
            noiseStandardDeviation: 0.402, ratios: .maxLog, stream: RandomStream(seed: 3))
        let block = source.next(symbols: 64 * 2000)
        let hard = block.logLikelihoodRatios.map { UInt8($0 < 0 ? 1 : 0) }
        let sizes = block.logLikelihoodRatios.map { Float(abs($0)) }
        var candidates: [(String, () -> Int)] = [
            (
                "Hamming(128,120) hard at 4.8e-3",
                {
                    var words = hard
                    _ = ExtendedHammingCode.decode(&words)
                    return words.count
                }
            )
        ]
        for tried in [3, 5, 7] {
            candidates.append(
                (
                    "  soft, \(1 << tried) combinations",
                    {
                        var words = hard
                        _ = ExtendedHammingCode.decode(
                            &words, reliabilities: sizes, leastReliable: tried)
                        return words.count
                    }
                ))
        }
        show(Turns.time(candidates, repeats: repeats), ratios: false)
    }

    /// The whole count, from bits as bytes to the histogram.
    private func streams() {
        for (scheme, noise) in [(CodingScheme.kp4, 0.301), (.hammingKP4, 0.402)] {
            var source = NoisyPAM4(
                noiseStandardDeviation: noise, ratios: .maxLog, stream: RandomStream(seed: 4))
            let block = source.next(symbols: 400_000)
            var count = CodedErrorCount(scheme)
            show(
                Turns.time(
                    [
                        (
                            "counting through \(scheme.title)",
                            {
                                count.append(
                                    sent: block.sent, decided: block.decided,
                                    logLikelihoodRatios: block.logLikelihoodRatios)
                                return block.sent.count
                            }
                        )
                    ], repeats: repeats))
        }
    }

    private func show(_ turns: [Turns], ratios: Bool = true) {
        for (i, turn) in turns.enumerated() {
            var line =
                turn.name.padding(toLength: 46, withPad: " ", startingAt: 0)
                + String(
                    format: "%9.1f (%.1f..%.1f)", turn.median, turn.rates.min()!,
                    turn.rates.max()!)
            if ratios && i > 0 {
                let factors = zip(turns[0].rates, turn.rates).map { $0 / $1 }
                line += String(
                    format: "   %.0f times slower (%.0f..%.0f)", Turns.median(factors),
                    factors.min()!, factors.max()!)
            }
            print(line)
        }
    }
}
