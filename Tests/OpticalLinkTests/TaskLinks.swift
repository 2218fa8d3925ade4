import Modulation
import OpticalLink
import PhysicalQuantities

/// The two published tasks (arXiv 2412.03129), written out independently of the YAML files.
enum TaskLinks {
    static let lcd = LinkParameters(
        alphabet: PAMAlphabet(levels: [-3, -1, 1, 3]), symbolRate: .gigabaud(112),
        samplesPerSymbol: 3, rollOff: 0.2, bias: .fixed(2.25), wavelength: .nanometres(1270),
        dispersion: .picosecondsPerNanometreKilometre(-5), fiberLength: .kilometres(4),
        noisePower: Decibels(-20))
    static let ssmf = LinkParameters(
        alphabet: PAMAlphabet(levels: [0, 1, 2.0.squareRoot(), 3.0.squareRoot()]),
        symbolRate: .gigabaud(50), samplesPerSymbol: 3, rollOff: 0.2, bias: .fixed(0.25),
        wavelength: .nanometres(1550), dispersion: .picosecondsPerNanometreKilometre(-17),
        fiberLength: .kilometres(5), noisePower: Decibels(-20))
}
