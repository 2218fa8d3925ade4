import ErrorRates
import RandomStreams
public import Reporting

extension EvaluationRecord {
    /// Records of one receiver on one stream, evaluated at different noise levels, as one; others
    /// stay as they are, in the order of their first part.
    ///
    /// A level measured twice is taken from the record with more bits. Crossings are reckoned
    /// again where more points join.
    public static func merged(_ records: [EvaluationRecord]) -> [EvaluationRecord] {
        var result: [EvaluationRecord] = []
        for record in records {
            guard let index = result.firstIndex(where: { $0.isPart(of: record) }) else {
                result.append(record)
                continue
            }
            for point in record.points {
                if let same = result[index].points.firstIndex(where: {
                    abs($0.noiseDB - point.noiseDB) < 1e-3
                }) {
                    if result[index].points[same].bits < point.bits {
                        result[index].points[same] = point
                    }
                } else {
                    result[index].points.append(point)
                }
            }
            result[index].points.sort { $0.noiseDB < $1.noiseDB }
            result[index].updateCrossings()
        }
        return result
    }

    /// Whether the two differ in their points alone.
    private func isPart(of other: EvaluationRecord) -> Bool {
        channel == other.channel && receiver == other.receiver && substrate == other.substrate
            && chipSeed == other.chipSeed && seed == other.seed && stream == other.stream
            && training == other.training && revision == other.revision
    }

    private mutating func updateCrossings() {
        let counts = points.map {
            ThresholdCrossing.Point(
                noiseDB: $0.noiseDB,
                count: BitErrorCount(
                    bits: $0.bits, bitErrors: $0.bitErrors, symbolErrors: $0.symbolErrors))
        }
        let curve = PairedBootstrap.Curve(
            points: points.compactMap { point in
                point.blocks?.counts.map { .init(noiseDB: point.noiseDB, blocks: $0) }
            })
        let bootstrap =
            curve.points.count == points.count
            ? PairedBootstrap([curve], stream: RandomStream(seed: seed)) : nil
        crossings = crossings.map { crossing in
            Crossing(
                threshold: crossing.threshold, ber: crossing.ber,
                noiseDB: ThresholdCrossing.noiseDB(of: counts, at: crossing.ber),
                ci95: bootstrap?.crossing(of: 0, at: crossing.ber)?.interval
                    .map { [$0.lowerBound, $0.upperBound] })
        }
    }
}
