import ComplexModule
import OpticalLink
import PhysicalQuantities
import RealModule
import Testing

struct ChromaticDispersionTests {
    let fiber = ChromaticDispersion(
        wavelength: .nanometres(1550), parameter: .picosecondsPerNanometreKilometre(17),
        fiberLength: .kilometres(80))

    @Test func isAnAllPass() {
        for f in stride(from: -60e9, through: 60e9, by: 1.7e9) {
            #expect(abs(fiber.transfer(frequencyInHertz: f).length - 1) < 1e-15)
        }
    }

    @Test func twoHalvesMakeAWhole() {
        let half = ChromaticDispersion(
            wavelength: .nanometres(1550), parameter: .picosecondsPerNanometreKilometre(17),
            fiberLength: .kilometres(40))
        for f in stride(from: 0, through: 50e9, by: 5e9) {
            let twice = half.transfer(frequencyInHertz: f) * half.transfer(frequencyInHertz: f)
            #expect((twice - fiber.transfer(frequencyInHertz: f)).length < 1e-11)
        }
    }

    /// Direct detection of an intensity-modulated tone fades as cos(theta), theta the phase at the
    /// modulation frequency: the first null lies where lambda^2 D L f^2 / c = 1/2.
    @Test func firstPowerFadingNull() {
        let c = ChromaticDispersion.speedOfLightInMetresPerSecond
        let null = (c / (2 * 1550e-9 * 1550e-9 * 17e-6 * 80e3)).squareRoot()
        let phase = fiber.transfer(frequencyInHertz: null).phase
        #expect(abs(Double.cos(phase)) < 1e-9)
    }

    /// Group-velocity dispersion of standard fiber is about -21.7 ps^2/km at 1550 nm.
    @Test func groupVelocityDispersionOfStandardFiber() {
        #expect(abs(fiber.groupVelocityDispersion * 1e27 + 21.67) < 0.02)
    }
}
