import ArgumentParser
import ArrayFiles
import Foundation
import LinkExperiments

struct ChannelArgument: ParsableArguments {
    @Option(help: "Link: a name under channels/ or the path of a YAML file.")
    var channel: String

    func load() throws -> LinkDescription {
        try LinkDescription(file: Catalog.standard().file(.channels, channel))
    }
}

struct ThreadOption: ParsableArguments {
    @Option(help: "Threads to use; results do not depend on them.")
    var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads \(threads) is not allowed; 1 to 1024")
        }
    }
    var parallel: Parallel { Parallel(threads: threads) }
}

/// What the symbols of an evaluation are for.
enum StreamOption: String, ExpressibleByArgument, CaseIterable { case test, validation }

/// Noise powers in dB: one value, a list `-20,-18`, or a range `-22:-15:1`.
struct NoiseRange: ExpressibleByArgument {
    let values: [Double]

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 {
            let list = argument.split(separator: ",").map { Double($0) }
            guard !list.isEmpty, list.allSatisfy({ $0.map { abs($0) <= 200 } ?? false }) else {
                return nil
            }
            values = list.compactMap { $0 }
            return
        }
        guard parts.count <= 3, let first = Double(parts[0]), let last = Double(parts[1]),
            let step = parts.count == 3 ? Double(parts[2]) : 1, step > 0, first <= last,
            abs(first) <= 200, abs(last) <= 200, (last - first) / step < 10_000
        else { return nil }
        values = (0...Int(((last - first) / step + 1e-9).rounded(.down))).map {
            first + Double($0) * step
        }
    }

    init(_ values: [Double]) { self.values = values }
    var defaultValueDescription: String { "-22:-15:1" }
}

/// Seeds: one value, a list `1,2`, or a range `1:10`.
struct SeedRange: ExpressibleByArgument {
    let values: [UInt64]

    init?(argument: String) {
        let parts = argument.split(separator: ":")
        if parts.count == 2 {
            guard let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last,
                last - first < 100_000
            else { return nil }
            values = Array(first...last)
        } else {
            let list = argument.split(separator: ",").map { UInt64($0) }
            guard !list.isEmpty, !list.contains(nil) else { return nil }
            values = list.compactMap { $0 }
        }
    }

    init(_ values: [UInt64]) { self.values = values }
    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

enum SubstrateOption: String, ExpressibleByArgument, CaseIterable { case software, chip }
enum FidelityOption: String, ExpressibleByArgument, CaseIterable {
    case ideal
    case fixedPattern = "fixed-pattern"
    case full
}

/// Where the codes of a chip come from.
enum CalibrationOption: ExpressibleByArgument {
    case on, off, file(String)

    init?(argument: String) {
        switch argument {
        case "on": self = .on
        case "off": self = .off
        default: self = .file(argument)
        }
    }
    var defaultValueDescription: String { "on" }
}

/// Where JSON goes: a file, or standard output for `-`.
func writeJSON(_ text: String, to destination: String) throws {
    if destination == "-" {
        try Console.output(text)
    } else {
        try AtomicFile.write(text, to: destination)
        Console.note("wrote \(destination)")
    }
}
