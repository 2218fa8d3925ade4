import Foundation
import SpikeEncoding
import Testing

struct EncoderFamilyTests {
    static let ternary = TernaryEncoder(tapCount: 1, bitCount: 8, mean: 3, largest: 4)
    static let logarithmic = LogarithmicEncoder(
        tapCount: 1, stepCount: 10, mean: 3, largest: 4, range: 100)
    static let all: [SpikeEncoder] = [
        .receptiveField(
            ReceptiveFieldEncoder(
                tapCount: 1, count: 6, from: 0, to: 6.8, stepsPerUnit: 7, stepCount: 10,
                lateSpikes: .inLastStep)),
        .receptiveField(
            ReceptiveFieldEncoder(
                tapCount: 1, centers: [1, 4], stepsPerUnit: [3, 0.5], stepCount: 6,
                lateSpikes: .dropped)),
        .ternary(ternary), .logarithmic(logarithmic),
    ]

    /// The bits and the sign give the sample back to half a level; beyond the range, the end of it.
    @Test func ternaryBitsAreTheQuantizedSample() {
        for sample in stride(from: -2.0, through: 8, by: 0.013) {
            let spikes = SpikeEncoder.ternary(Self.ternary).encode([Float(sample)])
            #expect(spikes.allSatisfy { $0.step == 0 })
            let level = spikes.reduce(0.0) { $0 + Double($1.value) * pow(2, Double(7 - $1.input)) }
            let back = 3 + level * 4 / 255
            #expect(abs(back - max(-1, min(7, sample))) < 0.51 * 4 / 255)
        }
        #expect(SpikeEncoder.ternary(Self.ternary).encode([3]).isEmpty)
    }

    @Test func logarithmicSpikesComeEarlierForLargerMagnitudes() {
        let encoder = SpikeEncoder.logarithmic(Self.logarithmic)
        #expect(encoder.encode([7]).map(\.step) == [0])
        #expect(encoder.encode([-1]).map(\.input) == [0])
        #expect(encoder.encode([3]).isEmpty && encoder.encode([3.03]).isEmpty)
        // Ten steps over two decades: a factor of 10^0.2 a step.
        for step in 0..<10 {
            let sample = 3 + 4 * pow(10, -0.2 * (Double(step) + 0.5))
            #expect(encoder.encode([Float(sample)]).map(\.step) == [step])
        }
    }

    /// The table says for every sample what the encoder does.
    @Test(arguments: EncoderFamilyTests.all)
    func tableReproducesTheEncoder(encoder: SpikeEncoder) {
        let table = EncoderTable(encoder)
        for i in 0..<2000 {
            let sample = -2 + 0.0051234 * Double(i)
            let rows = table.rows.filter { $0.from <= sample && sample < $0.to }
            // Within rounding of an edge either side is right.
            if rows.contains(where: { sample - $0.from < 1e-5 || $0.to - sample < 1e-5 }) {
                continue
            }
            let spikes = encoder.encode([Float(sample)])
            #expect(rows.map(\.neuron) == spikes.map(\.input))
            #expect(rows.map(\.step) == spikes.map(\.step))
            #expect(rows.map(\.value) == spikes.map(\.value))
        }
        #expect(table.commaSeparated.hasPrefix("tap,neuron,sample_from,sample_to,step,value\n"))
    }

    @Test(arguments: EncoderFamilyTests.all)
    func encodersSurviveTheirDescription(encoder: SpikeEncoder) throws {
        let data = try JSONEncoder().encode(encoder)
        #expect(try JSONDecoder().decode(SpikeEncoder.self, from: data) == encoder)
    }

    @Test func descriptionsWithImpossibleNumbersAreRefused() {
        let text = """
            {"receptiveField":{"_0":{"tapCount":2,"centers":[1,2,3],"stepsPerUnit":[1,1,1],
            "stepCount":4,"lateSpikes":"dropped"}}}
            """
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SpikeEncoder.self, from: Data(text.utf8))
        }
    }
}
