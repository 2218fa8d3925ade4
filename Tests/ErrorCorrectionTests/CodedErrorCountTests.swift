import ErrorCorrection
import ErrorRates
import Foundation
import RandomStreams
import TestSupport
import Testing

@Suite struct CodedErrorCountTests {
    @Test(arguments: CodingScheme.all)
    func nothingWrongStaysSo(scheme: CodingScheme) {
        var count = CodedErrorCount(scheme)
        var stream = RandomStream(seed: 1)
        let sent = stream.symbols(count: 200_000, order: 2)
        count.append(
            sent: sent, decided: sent, logLikelihoodRatios: sent.map { $0 == 0 ? 2.5 : -2.5 })
        let record = count.record
        #expect(record.frames > 0 && record.frames % scheme.interleaving.codewords == 0)
        #expect(record.channelBits == 200_000 && record.channelBitErrors == 0)
        #expect(record.frameErrors.events == 0 && record.decodedBitErrors == 0)
        #expect(record.symbolErrorHistogram[0] == record.frames)
        #expect(FrameErrorEstimate(record, scheme: scheme) == nil)
        let bits = scheme.outer.messageLength * scheme.outer.field.symbolBits
        #expect(record.decodedBits == record.frames * bits)
    }

    /// How the stream is cut must not matter.
    @Test(arguments: CodingScheme.all)
    func blocksOfAnyLengthGiveTheSameCounts(scheme: CodingScheme) {
        var source = NoisyPAM4(
            noiseStandardDeviation: 0.4, ratios: .maxLog, stream: RandomStream(seed: 2))
        let all = source.next(symbols: 120_000)
        var whole = CodedErrorCount(scheme)
        whole.append(
            sent: all.sent, decided: all.decided, logLikelihoodRatios: all.logLikelihoodRatios)
        var parts = CodedErrorCount(scheme)
        var start = 0
        for length in [1, 9, 10, 127, 1024, 1, 5440, 30_001, 0, 65_536, 240_000] {
            let end = min(start + length, all.sent.count)
            parts.append(
                sent: Array(all.sent[start..<end]), decided: Array(all.decided[start..<end]),
                logLikelihoodRatios: Array(all.logLikelihoodRatios[start..<end]))
            start = end
        }
        #expect(whole.record == parts.record)
        #expect(whole.record.frames > 0 && whole.record.channelBitErrors > 0)
    }

    /// A run of wrong bits over 60 symbols costs each of four codewords 15 and is corrected; one
    /// symbol more loses a frame. Without turns, 15 and 16.
    @Test(arguments: [1, 2, 4])
    func runsAreSharedByTheCodewordsInTurn(codewords: Int) {
        let scheme = CodingScheme.kp4(inTurn: codewords)
        for (symbols, lost) in [(15 * codewords, 0), (15 * codewords + 1, 1)] {
            let total = 5440 * codewords
            let sent = [UInt8](repeating: 0, count: total)
            var decided = sent
            // Every bit of the middle symbols, and one bit of the outer two.
            for bit in 1009..<1009 + 10 * (symbols - 2) + 2 { decided[bit] = 1 }
            var count = CodedErrorCount(scheme)
            count.append(sent: sent, decided: decided)
            #expect(count.record.frames == codewords)
            #expect(count.record.uncorrectableFrames == lost)
            #expect(count.record.miscorrectedFrames == 0)
            #expect(count.record.symbolErrors.events == symbols)
            // A lost frame keeps its errors: 16 symbols, whole or the bit at either end.
            let errors = count.record.decodedBitErrors
            #expect(lost == 0 ? errors == 0 : (142...151).contains(errors))
        }
    }

    /// One bit in each of eight inner words in turn is corrected before the outer code sees it; two
    /// line symbols in one inner word are not.
    @Test func innerWordsTakeTurnsByLineSymbols() {
        let scheme = CodingScheme.hammingKP4Hard
        let total = 12 * 5440 / 120 * 128
        let sent = [UInt8](repeating: 1, count: total)
        var decided = sent
        for symbol in 800..<808 { decided[2 * symbol] = 0 }
        var count = CodedErrorCount(scheme)
        count.append(sent: sent, decided: decided)
        #expect(count.record.frames == 12 && count.record.innerWords == 544)
        #expect(count.record.channelBitErrors == 8)
        #expect(count.record.innerBitErrors == 0 && count.record.innerFailures == 0)
        decided[2 * 808] = 0
        count = CodedErrorCount(scheme)
        count.append(sent: sent, decided: decided)
        #expect(count.record.innerFailures == 1 && count.record.innerBitErrors == 2)
        #expect(count.record.symbolErrors.events == 1 && count.record.frameErrors.events == 0)
    }

    /// A failed inner word costs every outer codeword one symbol at most.
    @Test func aFailedInnerWordIsSharedByTwelveCodewords() {
        let scheme = CodingScheme(
            name: "no turns inside", title: "", outer: .kp4, inner: .hard,
            interleaving: Interleaving(codewords: 12))
        let sent = [UInt8](repeating: 0, count: 544 * 128)
        var decided = sent
        for bit in 128 * 15..<128 * 30 { decided[bit] = bit % 128 < 120 ? 1 : 0 }
        var count = CodedErrorCount(scheme)
        count.append(sent: sent, decided: decided)
        // Fifteen inner words of 120 ones: an even number that is no codeword.
        #expect(count.record.innerFailures == 15)
        #expect(count.record.symbolErrorHistogram[15] == 12)
        #expect(count.record.frameErrors.events == 0)
    }

    /// Ratios of zero decide nothing: a receiver that knows no reliabilities gains nothing from
    /// soft decoding, and its errors are not forgiven.
    @Test func ratiosOfZeroLeaveTheDecision() {
        let sent = [UInt8](repeating: 0, count: 544 * 128)
        var decided = sent
        for bit in stride(from: 0, to: sent.count, by: 3) { decided[bit] = 1 }
        var count = CodedErrorCount(.hammingKP4)
        count.append(
            sent: sent, decided: decided,
            logLikelihoodRatios: [Double](repeating: 0, count: sent.count))
        #expect(count.record.frameErrors.rate == 1)
        #expect(count.record.innerBitErrors > 10_000)
    }

    /// Lost frames of independent errors follow the binomial law. Exact interval at 1 - 1e-6, one
    /// false alarm in a million seeds for each rate.
    @Test(arguments: [1.7e-3, 2.4e-3])
    func independentErrorsFollowTheClosedForm(p: Double) {
        let scheme = CodingScheme.kp4
        let record = decode(.independent(p), scheme, frames: 4000, seed: 5)
        let expected = scheme.outer.frameErrorRate(bitErrorRate: p)
        #expect(record.frameErrors.events > 20)
        #expect(record.frameErrors.confidenceInterval(level: 1 - 1e-6).contains(expected))
        #expect(record.channel.confidenceInterval(level: 1 - 1e-6).contains(p))
        let symbols = record.symbolErrors.confidenceInterval(level: 1 - 1e-6)
        #expect(symbols.contains(scheme.outer.symbolErrorRate(bitErrorRate: p)))
        // Wrong bits come in lost frames, so the interval is that of their count (and of the
        // variation inside them, a few percent).
        let decoded = scheme.outer.decodedBitErrorRate(bitErrorRate: p)
        #expect(record.decodedBitErrorInterval(level: 1 - 1e-6).contains(decoded))
    }

    /// Concatenated on a Gaussian channel at a rate of errors where frames are lost: with twelve
    /// codewords in turn, the outer code sees independent symbol errors. Exact interval at
    /// 1 - 1e-4 beside a symbol error rate that is itself measured.
    @Test func innerFailuresAreIndependentForTheOuterCode() {
        let scheme = CodingScheme.hammingKP4
        var source = NoisyPAM4(
            noiseStandardDeviation: 0.452, ratios: .maxLog, stream: RandomStream(seed: 6))
        var count = CodedErrorCount(scheme)
        while count.record.frames < 1200 {
            let block = source.next(symbols: 20_000)
            count.append(
                sent: block.sent, decided: block.decided,
                logLikelihoodRatios: block.logLikelihoodRatios)
        }
        let record = count.record
        let independent = scheme.outer.frameErrorRate(
            symbolErrorRate: record.symbolErrors.rate)
        #expect(record.frameErrors.events > 20)
        #expect(record.frameErrors.confidenceInterval(level: 1 - 1e-4).contains(independent))
    }

    @Test func recordsAddUp() {
        let scheme = CodingScheme.kp4
        let a = decode(.independent(2e-3), scheme, frames: 100, seed: 7)
        let b = decode(.independent(1e-3), scheme, frames: 50, seed: 8)
        var sum = a
        sum += b
        #expect(sum.frames == a.frames + b.frames)
        #expect(sum.channelBitErrors == a.channelBitErrors + b.channelBitErrors)
        #expect(sum.symbolErrors.events == a.symbolErrors.events + b.symbolErrors.events)
    }

    @Test func recordsSurviveJSON() throws {
        let record = decode(.independent(2e-3), .kr4, frames: 20, seed: 9)
        let data = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(CodedErrorRecord.self, from: data) == record)
    }

    @Test func ratesOfTheSchemes() {
        #expect(abs(CodingScheme.kp4.rate - 514.0 / 544) < 1e-15)
        #expect(abs(CodingScheme.hammingKP4.rate - 514.0 / 544 * 120 / 128) < 1e-15)
    }

    @Test func misuseTraps() async {
        await #expect(processExitsWith: .failure) {
            var count = CodedErrorCount(.hammingKP4)
            count.append(sent: [0, 1], decided: [0, 1])
        }
        await #expect(processExitsWith: .failure) {
            var count = CodedErrorCount(.hammingKP4)
            let bits = [UInt8](repeating: 0, count: 4)
            count.append(sent: bits, decided: bits, logLikelihoodRatios: [1, 2, .nan, 1])
        }
    }
}
