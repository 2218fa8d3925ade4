/// A pre-correction bit error rate below which an error-correcting code is said to deliver.
///
/// A rule of thumb: it assumes independent errors, or bit reliabilities as good as on a Gaussian
/// channel. Decoding the actual bits says more.
public struct ForwardErrorCorrectionThreshold: Sendable, Hashable, Codable {
    /// Short name, as in result files.
    public let name: String
    /// Code or level in words.
    public let title: String
    /// Pre-correction bit error rate.
    public let bitErrorRate: Double
    /// What holds at this rate, and under which assumption.
    public let note: String
    public let source: String

    public init(name: String, title: String, bitErrorRate: Double, note: String, source: String) {
        precondition(bitErrorRate > 0 && bitErrorRate < 0.5, "a threshold lies between 0 and 1/2")
        self.name = name
        self.title = title
        self.bitErrorRate = bitErrorRate
        self.note = note
        self.source = source
    }

    private enum CodingKeys: String, CodingKey {
        case name, title
        case bitErrorRate = "ber"
        case note, source
    }

    public static let kr4 = ForwardErrorCorrectionThreshold(
        name: "kr4", title: "RS(528,514) KR4", bitErrorRate: 2.2e-5,
        note: "corrects 7 ten-bit symbols; 2.2e-5..2.5e-5, the stricter end is used",
        source: "IEEE 802.3, Clause 91")

    public static let gfec = ForwardErrorCorrectionThreshold(
        name: "gfec", title: "RS(255,239) GFEC", bitErrorRate: 8.3e-5,
        note: "post-FEC BER 1e-15; 1e-12 is reached at 1.8e-4",
        source: "ITU-T G.709")

    public static let kp4 = ForwardErrorCorrectionThreshold(
        name: "kp4", title: "RS(544,514) KP4", bitErrorRate: 2.4e-4,
        note: "corrects 15 ten-bit symbols; independent errors: codeword error rate 1e-12 at "
            + "2.43e-4, post-FEC BER 1e-15 at 2.26e-4",
        source: "IEEE 802.3, Clause 91")

    public static let taskReference = ForwardErrorCorrectionThreshold(
        name: "task_reference", title: "task's reference level", bitErrorRate: 2e-3,
        note: "the level at which the task's papers compare receivers; they call it KP4, which it "
            + "is not: no standard code sits here",
        source: "arXiv 2302.14726")

    public static let hardDecision7 = ForwardErrorCorrectionThreshold(
        name: "hd7", title: "7 % hard-decision FEC", bitErrorRate: 3.8e-3,
        note: "long-haul and passive optical networks", source: "ITU-T G.975.1, Appendix I")

    public static let hammingKP4 = ForwardErrorCorrectionThreshold(
        name: "hamming_kp4", title: "Hamming(128,120) + KP4, soft", bitErrorRate: 4.8e-3,
        note: "needs usable bit reliabilities from the receiver; with hard decisions about "
            + "1.4e-3; lowers the rate by 120/128",
        source: "IEEE 802.3dj")

    public static let softDecision = ForwardErrorCorrectionThreshold(
        name: "sd", title: "soft-decision FEC, oFEC class", bitErrorRate: 2e-2,
        note: "about 15 % overhead, needs bit reliabilities", source: "Open ROADM oFEC")

    /// All of them, the most demanding first.
    public static let all = [
        kr4, gfec, kp4, taskReference, hardDecision7, hammingKP4, softDecision,
    ]
}
