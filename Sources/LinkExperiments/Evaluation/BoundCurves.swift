public import Reporting

/// The curves that a report draws as bounds.
public enum BoundCurves {
    /// Genie bounds of a link at noise powers in dB, on the received samples and on the whole
    /// photocurrent.
    public static func genie(
        _ link: LinkDescription, noisePowersInDecibels noise: [Double], parallel: Parallel,
        seed: UInt64 = 1
    ) throws -> [Report.Curve] {
        try GenieBound.Samples.allCases.map { samples in
            let bound = try GenieBound(
                link, samples: samples, seed: seed, blocks: 50, parallel: parallel)
            var curve = Report.Curve(
                name: samples == .received ? "genie bound" : "genie bound, photocurrent",
                points: noise.map {
                    Report.Curve.Point(
                        noiseDB: $0,
                        ber: bound.bitErrorRate(
                            noisePowerInDecibels: $0, competitors: .all
                        ).rate)
                },
                source: samples == .received
                    ? "Maximum likelihood for a symbol when all others are known, from one "
                        + "received sample a symbol. No receiver of these samples makes fewer errors."
                    : "The same from every sample of the photocurrent: what receivers lose that "
                        + "see one filtered sample a symbol lies between the two bounds.")
            curve.holdsForAllSamples = samples == .photocurrent
            return curve
        }
    }

    /// The link that records were counted on, if they share one that the catalog holds unchanged.
    public static func link(of records: [EvaluationRecord], in catalog: Catalog) -> LinkDescription? {
        guard let channel = records.first?.channel, let name = channel["name"]?.string,
            records.allSatisfy({ $0.channel == channel }),
            let file = try? catalog.file(.channels, name),
            let link = try? LinkDescription(file: file), link.json == channel, !link.isPhysical
        else { return nil }
        return link
    }
}
