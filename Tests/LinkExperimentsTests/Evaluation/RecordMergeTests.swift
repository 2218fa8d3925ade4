import LinkExperiments
import Reporting
import TestSupport
import Testing

struct RecordMergeTests {
    /// Two halves of an evaluation are the whole.
    @Test func partsOfOneReceiverBecomeOneRecord() throws {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        let receiver = try TrainedReceiver.make(
            ModelDescription(folder: catalog.modelFolder("linear-7")), for: link)
        func evaluate(_ noise: [Double], seed: UInt64 = 1) throws -> EvaluationRecord {
            try Evaluation(
                link: link, noisePowersInDecibels: noise, bitErrors: 300, seed: seed,
                parallel: Parallel(threads: 2), calibration: nil
            ).run(receiver)
        }
        let whole = try evaluate([-19, -18, -17])
        let parts = try [evaluate([-17]), evaluate([-19, -18]), evaluate([-18], seed: 2)]
        let merged = EvaluationRecord.merged(parts)
        #expect(merged.count == 2)
        #expect(try RecordFile.encode([merged[0]]) == RecordFile.encode([whole]))
        #expect(merged[1].seed == 2)
    }
}
