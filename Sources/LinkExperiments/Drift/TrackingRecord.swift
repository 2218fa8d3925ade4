import ArrayFiles
public import BrainScaleS2
import Foundation
public import Modulation
public import Reporting

/// What a tracking study counted; its JSON.
public struct TrackingRecord: Sendable, Codable {
    public static let currentSchema = "spikelink.tracking/4"
    public var schema = Self.currentSchema
    public var channel: JSONValue
    public var model: String
    public var noiseDB: Double
    public var seed: UInt64
    public var pilotInterval: Int
    /// Symbols after which there are no pilots; nil where they go on.
    public var pilotEnd: Int?
    public var rules: TrackingRules
    public var trainingPolicy: String
    /// Of the chips.
    public var fidelity: Fidelity
    /// `none`, `performed` or `stored`.
    public var calibration: String
    public var revision: String
    /// Hardware time of a symbol whose update is done within the wait between trials.
    public var trialNanoseconds: Double
    /// Of drifting parameters by name, in the unit of the name; [window].
    public var changes: [[String: Double]]
    public var runs: [Run]

    enum CodingKeys: String, CodingKey {
        case schema, channel, model, seed, fidelity, calibration, revision, rules, changes, runs
        case noiseDB = "noise_db"
        case pilotInterval = "pilot_interval"
        case pilotEnd = "pilot_end"
        case trialNanoseconds = "trial_ns"
        case trainingPolicy = "training_policy"
    }

    /// One receiver, on one chip if it runs on one.
    public struct Run: Sendable, Codable {
        public var receiver: String
        public var chipSeed: UInt64?
        public var windows: [Window] = []
        /// Of all windows.
        public var operations = OperationCounts()
        /// nil until priced.
        public var energy: Energy?

        public init(receiver: String, chipSeed: UInt64?, windows: [Window] = []) {
            self.receiver = receiver
            self.chipSeed = chipSeed
            self.windows = windows
        }

        enum CodingKeys: String, CodingKey {
            case receiver, windows, operations, energy
            case chipSeed = "chip_seed"
        }
    }

    /// One block of symbols.
    public struct Window: Sendable, Codable {
        /// Its first one.
        public var symbol: Int
        /// Bits counted: those of symbols that are no pilots.
        public var bits: Int
        public var errors: Int
        /// Known symbols learned from.
        public var pilots: Int
        /// Symbols whose decision was learned from.
        public var ownDecisions: Int
        /// Decisions with a small lead, as the guard counts them; zero for receivers without.
        public var doubtful: Int
        /// Whether the guard took the last good weights back.
        public var isReturned: Bool
        /// Root mean square change of the weights that learn since the beginning; a chip's in weight
        /// LSB.
        public var weightMovement: Double
        public var plasticityCycles: Int
        /// Updates that took longer than the wait between trials.
        public var overruns: Int
        public var hardwareNanoseconds: Double

        public init(
            symbol: Int, bits: Int, errors: Int, pilots: Int, ownDecisions: Int, doubtful: Int,
            isReturned: Bool, weightMovement: Double, plasticityCycles: Int, overruns: Int,
            hardwareNanoseconds: Double
        ) {
            self.symbol = symbol
            self.bits = bits
            self.errors = errors
            self.pilots = pilots
            self.ownDecisions = ownDecisions
            self.doubtful = doubtful
            self.isReturned = isReturned
            self.weightMovement = weightMovement
            self.plasticityCycles = plasticityCycles
            self.overruns = overruns
            self.hardwareNanoseconds = hardwareNanoseconds
        }

        enum CodingKeys: String, CodingKey {
            case symbol, bits, errors, pilots, doubtful, overruns
            case ownDecisions = "own_decisions"
            case isReturned = "returned"
            case weightMovement = "weight_movement"
            case plasticityCycles = "plasticity_cycles"
            case hardwareNanoseconds = "hardware_ns"
        }
    }

    public init(
        _ study: TrackingStudy, fidelity: Fidelity, calibration: ChipCalibration, runs: [Run]
    ) {
        self.fidelity = fidelity
        self.calibration = calibration.name
        channel = study.link.json
        model = study.receiver.model.name
        noiseDB = study.noisePowerInDecibels
        seed = study.seed
        pilotInterval = study.pilotInterval
        pilotEnd = study.pilotEnd
        rules = study.rules
        trainingPolicy = study.receiver.training.policy
        revision = Provenance.revision
        trialNanoseconds = study.trialNanoseconds
        changes = study.changes.map {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.key.rawValue, $0.value) })
        }
        self.runs = runs
    }

    /// Reads a record.
    ///
    /// - Throws: `FileError`.
    public static func read(_ path: String) throws -> TrackingRecord {
        let bytes = try AtomicFile.read(path, byteLimit: 1 << 30)
        do {
            return try JSONDecoder().decode(TrackingRecord.self, from: Data(bytes))
        } catch {
            throw FileError.badData(
                path, "is not a \(currentSchema) record", remedy: "make it with spikelink adapt -o")
        }
    }

    /// Its name in the folder of a study.
    public static let fileName = "tracking.json"

    /// Writes it to a folder, which is made if it is missing.
    public func write(toFolder folder: String) throws {
        try Folder.make(folder)
        try AtomicFile.write(try json, to: folder + "/" + Self.fileName)
    }

    /// Whether another record, whatever its runs and the revision of the program, asks the same.
    public func isOfSameStudy(as other: TrackingRecord) -> Bool {
        func question(_ record: TrackingRecord) -> String? {
            var record = record
            record.runs = []
            record.revision = ""
            return try? record.json
        }
        return question(self) == question(other)
    }

    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}
