import ArrayFiles
import BaselineEqualizers
import Foundation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import TestSupport
import Testing

import LinkExperiments

@Suite struct DriftTests {
    private func changes(_ shape: DriftCourse.Shape, blocks: Int) -> [Double] {
        DriftCourse(.length, shape).changes(
            blocks: blocks, blockLength: 10_000, stream: RandomStream(seed: 3))
    }

    @Test func stepsAndRampsAndSines() {
        #expect(changes(.step(at: 20_000, change: 2), blocks: 4) == [0, 0, 2, 2])
        #expect(
            changes(.ramp(from: 10_000, to: 30_000, change: -4), blocks: 5) == [0, 0, -2, -4, -4])
        let sine = changes(.sine(amplitude: 3, period: 40_000), blocks: 5)
        for (value, wanted) in zip(sine, [0.0, 3, 0, -3, 0]) { #expect(abs(value - wanted) < 1e-9) }
    }

    /// The variance of a random walk grows in proportion to time, and a longer one begins as a
    /// shorter one.
    @Test func aRandomWalkSpreads() {
        let shape = DriftCourse.Shape.randomWalk(deviation: 2)
        let course = DriftCourse(.bias, shape)
        let walks = (0..<400).map {
            course.changes(
                blocks: 101, blockLength: 10_000, stream: RandomStream(seed: UInt64($0)))
        }
        for (block, wanted) in [(25, 1.0), (100, 4.0)] {
            let variance = walks.reduce(0) { $0 + $1[block] * $1[block] } / 400
            // A variance of 400 normal numbers scatters by 7 %.
            #expect(abs(variance / wanted - 1) < 0.3)
        }
        #expect(Array(changes(shape, blocks: 50).prefix(20)) == changes(shape, blocks: 20))
    }

    @Test(arguments: ["lcd-laser-aging", "lcd-power-step", "lcd-path-switch", "lcd-warm-up"])
    func presetsAreTheTaskUntilTheyDrift(_ name: String) throws {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, name))
        let task = try LinkDescription(file: catalog.file(.channels, "lcd"))
        let drift = try #require(link.drift)
        #expect(link.parameters == task.parameters)
        #expect(drift.beginning == 200_000)
        let streams = DriftingStreams(
            link, noisePower: Decibels(-20), purpose: .tracking, seed: 5, blocks: 70)
        let still = SymbolStreams(
            task.at(noisePower: Decibels(-20)), purpose: .tracking, seed: 5)
        let isAlike = streams.block(2).received == still.block(2).received
        #expect(isAlike)
        let late = streams.block(65)
        let hasSameSymbols = late.symbols == still.block(65).symbols
        #expect(hasSameSymbols)
        let isAlikeLate = late.received == still.block(65).received
        #expect(!isAlikeLate)
    }

    @Test func changesReachTheLink() throws {
        let link = try LinkDescription(file: Repository.root + "/channels/lcd.yaml").parameters
        let changed = link.changed(by: [
            .bias: -0.25, .receivedPower: -1, .noisePower: 2, .dispersion: -1, .length: 0.5,
            .wavelength: 3, .timing: 0.1,
        ])
        #expect(changed.bias == .fixed(2))
        #expect(changed.receivedPowerChange == Decibels(-1))
        #expect(changed.noisePower == Decibels(-18))
        #expect(abs(changed.dispersion.picosecondsPerNanometreKilometre + 6) < 1e-9)
        #expect(abs(changed.fiberLength.kilometres - 4.5) < 1e-9)
        #expect(abs(changed.wavelength.metres - 1273e-9) < 1e-15)
        #expect(changed.timingOffset == 0.1)
        #expect(link.changed(by: [:]) == link)
    }

    /// An automatic bias follows the levels: there is nothing that could drift.
    @Test func automaticBiasDoesNotDrift() throws {
        let file = NSTemporaryDirectory() + "drift-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let text = try String(
            contentsOfFile: Repository.root + "/channels/lcd-laser-aging.yaml", encoding: .utf8)
        let automatic = text.replacingOccurrences(of: "bias: 2.25", with: "bias: auto")
        #expect(automatic != text)
        try automatic.write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: ConfigurationError.self) { try LinkDescription(file: file) }
        #expect(error?.key == "drift.courses[1].parameter")
    }

    @Test func slowAgingLeavesTimeForPilots() throws {
        let link = try LinkDescription(file: Repository.root + "/channels/lcd-slow-aging.yaml")
        let drift = try #require(link.drift)
        #expect(drift.beginning == 500_000)
        #expect(drift.end == 10_500_000)
    }

    @Test(arguments: [
        ("parameter: length", "parameter"),
        ("parameter: length_km, course: jump", "course"),
        ("parameter: length_km, course: step, at: -1, change: 1", "at"),
        ("parameter: length_km, course: ramp, from: 5, to: 5, change: 1", "to"),
        ("parameter: length_km, course: sine, amplitude: 1, period: 0", "period"),
        ("parameter: length_km, course: step, at: 1, change: 1, by: 2", "by"),
    ])
    func badCoursesNameTheirKey(_ course: String, _ key: String) throws {
        let text =
            try String(contentsOfFile: Repository.root + "/channels/lcd.yaml", encoding: .utf8)
            + "drift: { reason: test, courses: [ { \(course) } ] }\n"
        let file = NSTemporaryDirectory() + "drift-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: ConfigurationError.self) { try LinkDescription(file: file) }
        #expect(error?.key == "drift.courses[1].\(key)")
    }
}
