import BrainScaleS2
import Foundation

/// A slow and plain double-precision twin of the ideal chip: every neuron advances tick by tick
/// with the closed solution over one tick, crossings inside a tick are bisected, and spikes come
/// back after the latency. No search, no vectors, nothing shared with the kernels.
struct StrictNeuronTwin {
    struct Neuron {
        var membrane: Double
        var excitatory: Double
        var inhibitory: Double
        var threshold: Double
        var reset: Double
        var refractoryTicks: Int
        var v = 0.0
        var e = 0.0
        var i = 0.0
        var heldUntil = 0
    }

    /// Kernel of a synapse with time constant s on a membrane with m after time t.
    static func response(_ t: Double, _ s: Double, _ m: Double) -> Double {
        if abs(s - m) < 1e-9 * m { return t / m * exp(-t / m) }
        return s / (s - m) * (exp(-t / s) - exp(-t / m))
    }

    static func potential(_ n: Neuron, _ t: Double) -> Double {
        n.v * exp(-t / n.membrane) + n.e * response(t, n.excitatory, n.membrane)
            - n.i * response(t, n.inhibitory, n.membrane)
    }

    /// Times in us; events are (tick, [excitatory drive], [inhibitory drive]) in order; `recurrent`
    /// gives the drives of a spike of a neuron. Returns the spikes and the sampled potentials.
    static func run(
        _ start: [Neuron], events: [(tick: Int, excitatory: [Double], inhibitory: [Double])],
        recurrent: [([Double], [Double])], latency: Int, duration: Int, sampleTicks: Set<Int>
    ) -> (spikes: [(tick: Int, neuron: Int)], samples: [[Double]]) {
        var neurons = start
        var pending: [(tick: Int, neuron: Int)] = []
        var spikes = pending
        var samples: [[Double]] = []
        var next = 0
        let dt = 0.008
        for tick in 0..<duration {
            if sampleTicks.contains(tick) { samples.append(neurons.map(\.v)) }
            while next < events.count && events[next].tick == tick {
                for k in neurons.indices {
                    neurons[k].e += events[next].excitatory[k]
                    neurons[k].i += events[next].inhibitory[k]
                }
                next += 1
            }
            for spike in pending where spike.tick + latency == tick {
                for k in neurons.indices {
                    neurons[k].e += recurrent[spike.neuron].0[k]
                    neurons[k].i += recurrent[spike.neuron].1[k]
                }
            }
            pending.removeAll { $0.tick + latency <= tick }
            for k in neurons.indices {
                var n = neurons[k]
                if n.heldUntil <= tick {
                    var reached = n.v >= n.threshold
                    // Maxima inside one tick: eight points are plenty at these time constants.
                    for part in 1...8 where !reached {
                        reached = potential(n, dt * Double(part) / 8) >= n.threshold
                    }
                    if reached {
                        let stamp = n.v >= n.threshold ? tick : tick + 1
                        spikes.append((stamp, k))
                        pending.append((stamp, k))
                        n.heldUntil = stamp + n.refractoryTicks
                        n.v = n.reset
                    } else {
                        n.v = potential(n, dt)
                    }
                }
                n.e *= exp(-dt / n.excitatory)
                n.i *= exp(-dt / n.inhibitory)
                neurons[k] = n
            }
        }
        return (spikes, samples)
    }
}
