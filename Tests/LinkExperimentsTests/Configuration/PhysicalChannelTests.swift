import Foundation
import LinkExperiments
import OpticalLink
import Reporting
import TestSupport
import Testing

@Suite struct PhysicalChannelTests {
    static let catalog = Catalog(roots: [Repository.root])
    static let names = ["dml-10km", "fr-200g", "lr-100g", "pon-50g", "vcsel-mm"]

    private func link(_ name: String) throws -> LinkDescription {
        try LinkDescription(file: Self.catalog.file(.channels, name))
    }

    /// Every ready-made link carries symbols: a linear equalizer trained on it decides well, at its own
    /// power and better than at 3 dB less.
    @Test(arguments: names) func readyMadeLinksWork(name: String) throws {
        let link = try link(name)
        #expect(link.name == name && link.isPhysical)
        let record = try TemporaryFolder.with { folder in
            try """
            name: linear
            description: of a test
            receiver: { kind: linear, taps: 11 }
            training: { noise_power_dB: [-20], symbols: 20000, seed: 1 }
            """.write(toFile: folder + "/model.yaml", atomically: true, encoding: .utf8)
            let receiver = try TrainedReceiver.make(ModelDescription(folder: folder), for: link)
            #expect(receiver.training.noiseDB == [link.noisePowerInDecibels])
            return try Evaluation(
                link: link,
                noisePowersInDecibels: [link.noisePowerInDecibels, link.noisePowerInDecibels + 5],
                bitErrors: 100, maximumBits: 40_000, seed: 1, parallel: Parallel(threads: 2),
                calibration: nil
            ).run(receiver)
        }
        #expect(record.points[0].ber < 5e-3)
        #expect(record.points[1].ber > record.points[0].ber)
        #expect(record.channel["laser"] != nil)
    }

    @Test func aMisspeltKeyIsNamedWithItsLine() throws {
        let text = try String(
            contentsOfFile: Self.catalog.file(.channels, "lr-100g"), encoding: .utf8)
        let cases = [
            ("linewidth_MHz", "linewidth_Mhz", "did you mean linewidth_MHz?"),
            ("kind: mach-zehnder", "kind: mach", "one of: directly-modulated, mach-zehnder"),
            ("half_wave_voltage: 2, ", "", "half_wave_voltage: is missing"),
            ("bits: 6, clipping_ratio: 3, jitter", "bits: 60, clipping_ratio: 3, jitter", "1 to 16"),
        ]
        for (word, wrong, expected) in cases {
            try TemporaryFolder.with { folder in
                let path = folder + "/x.yaml"
                try text.replacing(word, with: wrong).write(
                    toFile: path, atomically: true, encoding: .utf8)
                do {
                    _ = try LinkDescription(file: path)
                    Issue.record("\(wrong) was accepted")
                } catch {
                    #expect("\(error)".contains(expected), "\(error)")
                }
            }
        }
    }

    @Test func measuredResponsesComeFromAFile() throws {
        try TemporaryFolder.with { folder in
            let table = folder + "/s21.csv"
            try "frequency_GHz,magnitude_dB,phase_deg\n0,0,0\n20,-1,-5\n60,-6,-20\n"
                .write(toFile: table, atomically: true, encoding: .utf8)
            let text = try String(
                contentsOfFile: Self.catalog.file(.channels, "lr-100g"), encoding: .utf8)
                .replacing(
                    "driver: { kind: bessel, order: 4, bandwidth_GHz: 40 }",
                    with: "driver: { kind: measured, file: \(table) }")
            let path = folder + "/x.yaml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let link = try LinkDescription(file: path)
            guard case .measured(let points)? = link.parameters.physical?.driver else {
                Issue.record("no measured response")
                return
            }
            #expect(points.count == 3)
            try "frequency_GHz,magnitude_dB,phase_deg\n10,0,0\n5,0,0\n"
                .write(toFile: table, atomically: true, encoding: .utf8)
            #expect(throws: ConfigurationError.self) { try LinkDescription(file: path) }
        }
    }

    /// The task's response by its definition: one symbol holds most, a few hold all; dispersion and
    /// square law make the rest.
    @Test func inspectionMeasuresResponseAndMemory() throws {
        let inspection = LinkInspection(try link("lcd"))
        #expect(inspection.response.count == 21)
        #expect(inspection.response.max() == inspection.response[10])
        #expect(inspection.memoryInSymbols >= 3 && inspection.memoryInSymbols <= 9)
        #expect(inspection.nonlinearShare > 0.001 && inspection.nonlinearShare < 0.2)
        let text = inspection.text
        #expect(text.contains("memory \(inspection.memoryInSymbols) symbols"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
        #expect(inspection.figures.map(\.name) == ["eye", "eye-noisy", "histogram", "response", "spectrum"])
    }
}
