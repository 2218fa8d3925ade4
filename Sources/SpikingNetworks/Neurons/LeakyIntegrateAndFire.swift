/// Parameters of a leaky integrate-and-fire neuron with an exponentially decaying synaptic
/// current, integrated by forward Euler steps.
///
/// tau_mem dv/dt = -v + i, tau_syn di/dt = -i + input; a spike when v exceeds the threshold, then
/// v = 0. One step: j = i + W x; v' = v + dt/tau_mem (j - v); i = j - dt/tau_syn j. The same with
/// an unreachable threshold is the leaky integrator of the readout. Membrane and threshold have no
/// unit; the rest potential and the reset potential are zero.
///
/// Valid for dt below both time constants; the error of a step is of order (dt/tau)^2.
/// Source: arXiv 2412.03129; norse's `lif_feed_forward_step` has the same order of operations.
public struct LeakyIntegrateAndFire: Sendable, Hashable, Codable {
    public let membraneTimeConstantInMilliseconds: Double
    public let synapticTimeConstantInMilliseconds: Double
    public let stepInMilliseconds: Double
    public let threshold: Double

    /// - Precondition: all positive and finite, the step below both time constants.
    public init(
        membraneTimeConstantInMilliseconds: Double, synapticTimeConstantInMilliseconds: Double,
        stepInMilliseconds: Double, threshold: Double
    ) {
        precondition(stepInMilliseconds > 0 && threshold > 0)
        precondition(stepInMilliseconds < membraneTimeConstantInMilliseconds)
        precondition(stepInMilliseconds < synapticTimeConstantInMilliseconds)
        self.membraneTimeConstantInMilliseconds = membraneTimeConstantInMilliseconds
        self.synapticTimeConstantInMilliseconds = synapticTimeConstantInMilliseconds
        self.stepInMilliseconds = stepInMilliseconds
        self.threshold = threshold
    }

    /// dt / tau_mem.
    public var membraneRate: Double { stepInMilliseconds / membraneTimeConstantInMilliseconds }
    /// dt / tau_syn.
    public var synapticRate: Double { stepInMilliseconds / synapticTimeConstantInMilliseconds }

    /// Highest membrane that a unit of current, arriving in the first of some steps, leads to.
    func peak(within steps: Int) -> Double {
        var current = 1.0
        var membrane = 0.0
        var highest = 0.0
        for _ in 0..<steps {
            membrane += membraneRate * (current - membrane)
            current -= synapticRate * current
            highest = max(highest, membrane)
        }
        return highest
    }
}
