import ErrorCorrection
import RandomStreams
import TestSupport

/// Decodes a stream until so many frames are counted.
func decode(_ kind: ErrorStream.Kind, _ scheme: CodingScheme, frames: Int, seed: UInt64)
    -> CodedErrorRecord
{
    var source = ErrorStream(kind, stream: RandomStream(seed: seed).substream("errors"))
    var count = CodedErrorCount(scheme)
    while count.record.frames < frames {
        let block = source.next(bits: 20_000)
        count.append(sent: block.sent, decided: block.decided)
    }
    return count.record
}

extension CodingScheme {
    /// KP4 with so many codewords in turn.
    static func kp4(inTurn codewords: Int) -> CodingScheme {
        CodingScheme(
            name: "kp4_\(codewords)", title: "KP4, \(codewords) in turn", outer: .kp4,
            interleaving: Interleaving(codewords: codewords))
    }
}
