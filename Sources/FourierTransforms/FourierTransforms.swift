import CFFTW3
public import ComplexModule
public import RealModule
import Synchronization

// Goals in order: the same bits from run to run (plans are estimated, never measured), any length
// without care (FFTW takes odd and prime ones), safe use from several threads.

/// FFTW's planner is not reentrant, execution is: every plan is made and destroyed under this lock.
private let planner = Mutex(())

/// A plan as it crosses the planner's lock.
///
/// Unchecked: a plan is an opaque read-only recipe once made; fftw_execute_* may run it in any
/// number of threads on different arrays (FFTW manual, section "Thread safety").
private struct Plan: @unchecked Sendable {
    let raw: fftw_plan
    init(_ make: @Sendable () -> fftw_plan?) {
        self = planner.withLock { _ in Plan(raw: make()!) }
    }
    private init(raw: fftw_plan) { self.raw = raw }
    func destroy() { planner.withLock { _ in fftw_destroy_plan(raw) } }
}

/// The discrete Fourier transform of complex sequences of one length, in place.
///
/// Forward: X[k] = sum_n x[n] exp(-2 pi i k n / N). The inverse has the opposite sign and does not
/// divide by N.
public final class ComplexFourierTransform: Sendable {
    public let length: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan

    /// - Precondition: `length` is positive.
    public init(length: Int) {
        precondition(length > 0)
        self.length = length
        forwardPlan = Self.plan(length, FFTW_FORWARD)
        inversePlan = Self.plan(length, FFTW_BACKWARD)
    }

    deinit {
        forwardPlan.destroy()
        inversePlan.destroy()
    }

    private static func plan(_ length: Int, _ sign: Int32) -> Plan {
        Plan {
            let scratch = SampleBuffer<Complex<Double>>(repeating: .zero, count: length)
            let pointer = UnsafeMutableRawPointer(scratch.pointer)
                .assumingMemoryBound(to: fftw_complex.self)
            return fftw_plan_dft_1d(Int32(length), pointer, pointer, sign, FFTW_ESTIMATE)
        }
    }

    public func forward(_ values: borrowing SampleBuffer<Complex<Double>>) {
        execute(forwardPlan, values)
    }

    public func inverse(_ values: borrowing SampleBuffer<Complex<Double>>) {
        execute(inversePlan, values)
    }

    private func execute(_ plan: Plan, _ values: borrowing SampleBuffer<Complex<Double>>) {
        precondition(values.count == length)
        // Complex<Double> is two doubles, real part first: the layout of fftw_complex.
        let pointer = UnsafeMutableRawPointer(values.pointer)
            .assumingMemoryBound(to: fftw_complex.self)
        fftw_execute_dft(plan.raw, pointer, pointer)
    }
}

/// The discrete Fourier transform of real sequences of one length.
///
/// The half spectrum holds k = 0...N/2, shape [N/2 + 1]; neither direction divides by N.
public final class RealFourierTransform: Sendable {
    public let length: Int
    public var halfLength: Int { length / 2 + 1 }
    private let forwardPlan: Plan
    private let inversePlan: Plan

    /// - Precondition: `length` is positive.
    public init(length: Int) {
        precondition(length > 0)
        self.length = length
        let halfLength = length / 2 + 1
        forwardPlan = Plan {
            let real = SampleBuffer<Double>(repeating: 0, count: length)
            let half = SampleBuffer<Complex<Double>>(repeating: .zero, count: halfLength)
            return fftw_plan_dft_r2c_1d(
                Int32(length), real.pointer,
                UnsafeMutableRawPointer(half.pointer).assumingMemoryBound(to: fftw_complex.self),
                FFTW_ESTIMATE | FFTW_DESTROY_INPUT)
        }
        inversePlan = Plan {
            let real = SampleBuffer<Double>(repeating: 0, count: length)
            let half = SampleBuffer<Complex<Double>>(repeating: .zero, count: halfLength)
            return fftw_plan_dft_c2r_1d(
                Int32(length),
                UnsafeMutableRawPointer(half.pointer).assumingMemoryBound(to: fftw_complex.self),
                real.pointer, FFTW_ESTIMATE | FFTW_DESTROY_INPUT)
        }
    }

    deinit {
        forwardPlan.destroy()
        inversePlan.destroy()
    }

    /// Destroys `values`.
    public func forward(
        _ values: borrowing SampleBuffer<Double>,
        into spectrum: borrowing SampleBuffer<Complex<Double>>
    ) {
        precondition(values.count == length && spectrum.count == halfLength)
        fftw_execute_dft_r2c(
            forwardPlan.raw, values.pointer,
            UnsafeMutableRawPointer(spectrum.pointer).assumingMemoryBound(to: fftw_complex.self))
    }

    /// Destroys `spectrum`.
    public func inverse(
        _ spectrum: borrowing SampleBuffer<Complex<Double>>,
        into values: borrowing SampleBuffer<Double>
    ) {
        precondition(values.count == length && spectrum.count == halfLength)
        fftw_execute_dft_c2r(
            inversePlan.raw,
            UnsafeMutableRawPointer(spectrum.pointer).assumingMemoryBound(to: fftw_complex.self),
            values.pointer)
    }
}
