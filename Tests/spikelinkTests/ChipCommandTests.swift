import Foundation
import TestSupport
import Testing

/// The chip's commands as a user meets them.
@Suite struct ChipCommandTests {
    @Test func calibrationsAreMadeAndUsed() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/calibration.json"
            let made = try CommandRun.spikelink([
                "chip", "calibrate", "--chip-seed", "2", "--model", "lcd-snn-40", "--channel", "lcd",
                "-o", path,
            ])
            #expect(made.status == 0 && made.output.contains("membrane time constant"))
            let health = try CommandRun.spikelink([
                "chip", "health", "lcd-snn-40", "--channel", "lcd", "--chip-seed", "2",
                "--calibration", path, "--symbols", "100",
            ])
            #expect(health.status == 0 && health.output.contains("synaptic events"))
            let other = try CommandRun.spikelink([
                "chip", "health", "lcd-snn-40", "--channel", "lcd", "--chip-seed", "3",
                "--calibration", path, "--symbols", "100",
            ])
            #expect(other.status == 64)
            #expect(other.errors.contains("no calibration of chip 3, only of 2"))
            try Data("{".utf8).write(to: URL(fileURLWithPath: path))
            let damaged = try CommandRun.spikelink([
                "chip", "health", "lcd-snn-40", "--channel", "lcd", "--calibration", path,
            ])
            #expect(damaged.status == 2 && damaged.errors.contains("chip calibrate --output"))
        }
    }

    @Test func placesAreShown() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/placement.svg"
            let run = try CommandRun.spikelink([
                "chip", "show", "lcd-snn-40", "--channel", "lcd", "-o", path,
            ])
            #expect(run.status == 0 && run.output.contains("110 of 128 drivers"))
            let picture = try String(contentsOfFile: path, encoding: .utf8)
            #expect(picture.hasPrefix("<svg"))
        }
    }

    @Test func wrongUseIsStatus64() throws {
        for arguments in [
            ["chip", "health", "linear-7", "--channel", "lcd"],
            ["chip", "calibrate", "--model", "lcd-snn-40"],
            ["chip", "health", "lcd-snn-40", "--channel", "lcd", "--symbols", "0"],
            ["chip", "penalty", "lcd-lean", "--channel", "lcd", "--bit-errors", "10", "-o", "/dev/null/x"],
        ] {
            let run = try CommandRun.spikelink(arguments)
            #expect(run.status == 64 || run.status == 73, "\(arguments): \(run.errors)")
        }
    }
}
