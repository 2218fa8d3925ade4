import BaselineEqualizers
public import BrainScaleS2
import Foundation
import Modulation
import PhysicalQuantities

/// The counters of a run on the chip, one to a line.
public enum HealthListing {
    public static func text(_ health: ChipHealth) -> String {
        let counters: [(String, Int)] = [
            ("input events offered", health.eventsOffered),
            ("input events delivered", health.eventsDelivered),
            ("input events dropped", health.eventsDropped),
            ("background events", health.backgroundEvents),
            ("crossbar drops", health.crossbarDrops),
            ("spikes of neurons", health.neuronSpikes),
            ("spikes beyond the recording", health.spikesDropped),
            ("synaptic events", health.synapticEvents),
            ("conversions of the CADC", health.conversions),
            ("spike counters that overflowed", health.counterOverflows),
            ("cycles of plasticity processors", health.ppuCycles),
            ("overruns of plasticity", health.ppuOverruns),
            ("missed periods of timers", health.missedTimers),
            ("saturated weights", health.saturatedWeights),
        ]
        var lines = counters.map { name, value in
            name + String(repeating: " ", count: 34 - name.count) + "\(value)"
        }
        lines.append(
            "emulated hardware time" + String(repeating: " ", count: 12)
                + String(format: "%.3f ms", health.hardwareNanoseconds / 1e6))
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ChipStudy {
    /// Counters of a receiver on a chip over some test symbols.
    public func health(of receiver: ChipReceiver, symbols: Int, seed: UInt64) -> ChipHealth {
        let streams = SymbolStreams(
            evaluation.link.at(noisePower: Decibels(noisePowerInDecibels)), purpose: .test,
            seed: seed)
        var health = ChipHealth()
        var done = 0
        var index = 0
        while done < symbols {
            let block = streams.block(index)
            let count = min(symbols - done, block.received.count)
            health.add(
                receiver.health(
                    Array(block.received.prefix(count)), noise: streams.receiverNoise(index)))
            done += count
            index += 1
        }
        return health
    }
}
