import ArrayFiles
import Foundation
public import Reporting

/// Arrays of evaluation records as JSON.
public enum RecordFile {
    public static func encode(_ records: [EvaluationRecord]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(records), as: UTF8.self) + "\n"
    }

    public static func read(_ path: String) throws -> [EvaluationRecord] {
        let bytes = try AtomicFile.read(path, byteLimit: 1 << 28)
        let records: [EvaluationRecord]
        do {
            records = try JSONDecoder().decode([EvaluationRecord].self, from: Data(bytes))
        } catch {
            throw FileError.badData(
                path, "is not an array of \(EvaluationRecord.currentSchema) records",
                remedy: "make it with spikelink evaluate --json \(path)")
        }
        for record in records where record.schema != EvaluationRecord.currentSchema {
            throw FileError.badData(
                path, "has schema \(record.schema), this program reads "
                    + EvaluationRecord.currentSchema)
        }
        return records
    }
}
