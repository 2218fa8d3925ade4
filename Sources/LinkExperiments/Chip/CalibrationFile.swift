import ArrayFiles
public import BrainScaleS2
import Foundation

/// Calibrations of chips as JSON.
public struct CalibrationFile: Codable {
    public static let currentSchema = "spikelink.chip-calibrations/1"
    public var schema = Self.currentSchema
    public var calibrations: [Calibration]

    public init(_ calibrations: [Calibration]) { self.calibrations = calibrations }

    public func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    public static func read(_ path: String) throws -> [Calibration] {
        let bytes = try AtomicFile.read(path, byteLimit: 1 << 28)
        let file: CalibrationFile
        do {
            file = try JSONDecoder().decode(CalibrationFile.self, from: Data(bytes))
        } catch {
            throw FileError.badData(
                path, "is not a \(currentSchema) file",
                remedy: "make it with spikelink chip calibrate --output \(path)")
        }
        guard file.schema == currentSchema else {
            throw FileError.badData(
                path, "has schema \(file.schema), this program reads \(currentSchema)")
        }
        guard file.calibrations.allSatisfy(\.isWellFormed) else {
            throw FileError.badData(
                path, "holds a calibration that is not of 512 circuits and 4 quadrants")
        }
        return file.calibrations
    }
}
