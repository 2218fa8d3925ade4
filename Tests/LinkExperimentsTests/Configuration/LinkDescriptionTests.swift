import Foundation
import LinkExperiments
import Modulation
import OpticalLink
import PhysicalQuantities
import Reporting
import TestSupport
import Testing

struct LinkDescriptionTests {
    private static let lcd = """
        name: lcd
        description: a link
        modulation: { format: pam4, levels: [-3, -1, 1, 3], labeling: gray }
        transmitter: { symbol_rate_GBd: 112, samples_per_symbol: 3, roll_off: 0.2, bias: 2.25 }
        fiber: { wavelength_nm: 1270, dispersion_ps_per_nm_km: -5, length_km: 4 }
        receiver: { noise_power_dB: -20 }
        """

    private func read(_ text: String) throws -> LinkDescription {
        try TemporaryFolder.with { folder in
            let path = folder + "/link.yaml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return try LinkDescription(file: path)
        }
    }

    private func message(_ text: String) -> String {
        do {
            _ = try read(text)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test func shippedLinksAreThePublishedTasks() throws {
        let lcd = try LinkDescription(file: Repository.root + "/channels/lcd.yaml").parameters
        #expect(lcd.alphabet.levels == [-3, -1, 1, 3])
        #expect(lcd.bias == .fixed(2.25) && lcd.samplesPerSymbol == 3 && lcd.rollOff == 0.2)
        #expect(lcd.symbolRate == .gigabaud(112) && lcd.wavelength == .nanometres(1270))
        let ssmf = try LinkDescription(file: Repository.root + "/channels/ssmf.yaml").parameters
        #expect(ssmf.alphabet.levels == [0, 1, 2.0.squareRoot(), 3.0.squareRoot()])
        #expect(ssmf.fiberLength == .kilometres(5) && ssmf.symbolRate == .gigabaud(50))
    }

    @Test func automaticBiasIsAWord() throws {
        let link = try read(Self.lcd.replacingOccurrences(of: "bias: 2.25", with: "bias: auto"))
        #expect(link.parameters.bias == .automatic)
    }

    @Test(arguments: [
        ("length_km: 4", "lenght_km: 4", "lenght_km: unknown key; did you mean length_km?"),
        ("length_km: 4", "length_km: 1:30", "fiber.length_km: 1:30 is not allowed"),
        ("length_km: 4", "length_km: 1e400", "fiber.length_km: 1e400 is not allowed"),
        ("length_km: 4", "length_km: .nan", "fiber.length_km: .nan is not allowed"),
        ("length_km: 4", "length_km: \"4\"", "fiber.length_km: 4 is not allowed"),
        ("length_km: 4", "length_km: -4", "a number from 0 to 10000"),
        (", length_km: 4", "", "fiber.length_km: is missing"),
        ("roll_off: 0.2", "roll_off: 1.2", "transmitter.roll_off: 1.2 is not allowed"),
        ("samples_per_symbol: 3", "samples_per_symbol: 2.5", "a whole number from 2 to 64"),
        ("bias: 2.25", "bias: much", "or auto"),
        ("format: pam4", "format: qam", "one of: pam2, pam4, pam8, pam16"),
        ("[-3, -1, 1, 3]", "[-3, -1, 1]", "a list of 4 numbers"),
        ("[-3, -1, 1, 3]", "[3, 1, -1, -3]", "modulation.levels: must ascend"),
        ("name: lcd", "name: lcd\nname: twice", "duplicate"),
        ("name: lcd", "\tname: lcd", "link.yaml"),
        ("receiver: {", "reciever: {", "did you mean receiver?"),
    ])
    func mistakesAreNamedInOneLine(original: String, replacement: String, expected: String) {
        let text = Self.lcd.replacingOccurrences(of: original, with: replacement)
        let message = message(text)
        #expect(message.contains(expected), "\(message)")
        #expect(!message.contains("\n"))
        #expect(message.contains("link.yaml"))
    }

    @Test func emptyAndForeignFilesAreRefused() {
        #expect(message("").contains("is empty"))
        #expect(message("- a\n- b").contains("must be a mapping"))
        #expect(message("just words").contains("must be a mapping"))
    }

    @Test func jsonRepeatsTheFile() throws {
        let json = try read(Self.lcd).json
        #expect(json["fiber"]?["wavelength_nm"]?.number == 1270)
        #expect(json["transmitter"]?["symbol_rate_GBd"]?.number == 112)
        #expect(json["receiver"]?["noise_power_dB"]?.number == -20)
    }
}
