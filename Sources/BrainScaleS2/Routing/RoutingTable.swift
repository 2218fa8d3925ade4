/// How the events of a placed network travel: words on the way in, nodes of the crossbar, and the driver
/// that takes a word on a bus.
struct RoutingTable {
    let nodes: [CrossbarInput: [CrossbarOutput: Crossbar.Node]]
    /// Where a spike of an external source is put in, one word per hemisphere it is needed in.
    let sourceWords: [[(input: CrossbarInput, label: UInt16)]]
    /// The 14-bit label of each neuron's events.
    let neuronLabels: [UInt16]
    /// Whether a neuron's events reach a synapse.
    let isRouted: [Bool]
    /// Afferent by hemisphere, bus and word, -1 where no driver takes it.
    private let afferents: [Int32]
    /// Neuron by 11-bit label of an off-chip output.
    private let neurons: [Int32]

    init(_ placed: PlacedNetwork, recordsSpikes: Bool) {
        let circuits = placed.circuits.flatMap { $0 }
        let sources = placed.sourceCount
        let isRouted = circuits.indices.map { neuron in
            placed.drivers.contains { $0[sources + neuron] != nil }
        }
        // Bits 10...8 are the event output by position. Routed neurons have addresses below 64, their
        // synapse label; the others those above, where no node towards a bus lets them pass.
        var unrouted = [Int](repeating: 0, count: NeuronEventOutput.count)
        var neuronLabels: [UInt16] = []
        var neurons = [Int32](repeating: -1, count: 2048)
        for (neuron, circuit) in circuits.enumerated() {
            let output = circuit.eventOutput.index
            let address: Int
            if isRouted[neuron] {
                address = placed.labels[sources + neuron].index
            } else {
                address = 64 + unrouted[output]
                unrouted[output] += 1
            }
            let label = UInt16(output << 8 | address)
            neuronLabels.append(label)
            neurons[Int(label)] = Int32(neuron)
        }
        var nodes: [CrossbarInput: [CrossbarOutput: Crossbar.Node]] = [:]
        var afferents = [Int32](repeating: -1, count: 8 * 2048)
        var sourceWords = [[(input: CrossbarInput, label: UInt16)]](
            repeating: [], count: sources)
        var isOnChip = [Bool](repeating: false, count: sources)
        for generator in placed.generators {
            let output = CrossbarOutput(generator.hemisphere, generator.bus)
            nodes[.background(generator.index), default: [:]][output] = .passAll
            for k in 0..<generator.count { isOnChip[generator.firstSource + k] = true }
        }
        for hemisphere in Hemisphere.all {
            for (afferent, driver) in placed.drivers[hemisphere.index].enumerated() {
                guard let driver else { continue }
                let output = CrossbarOutput(hemisphere, driver.bus)
                let label = placed.labels[afferent].index
                let base = 2048 * output.index
                if afferent >= sources {
                    // The driver ignores the row select; the label decides.
                    let input = CrossbarInput(circuits[afferent - sources].eventOutput)
                    nodes[input, default: [:]][output] = Crossbar.Node(mask: 0x00C0, target: 0)
                    for row in 0..<32 { afferents[base + row << 6 + label] = Int32(afferent) }
                } else {
                    let word = driver.indexOnBus << 6 | label
                    afferents[base + word] = Int32(afferent)
                    guard !isOnChip[afferent] else { continue }
                    // Words for the two hemispheres do not wait for each other.
                    let input = CrossbarInput.offChip(
                        2 * hemisphere.index + driver.bus.index % 2)
                    let address = UInt16(output.index << 11)
                    nodes[input, default: [:]][output] = Crossbar.Node(
                        mask: 0x3800, target: address)
                    sourceWords[afferent].append((input, address | UInt16(word)))
                }
            }
        }
        if recordsSpikes {
            for circuit in circuits {
                let output = circuit.eventOutput
                nodes[CrossbarInput(output), default: [:]][.offChip(output.index % 4)] = .passAll
            }
        }
        self.nodes = nodes
        self.sourceWords = sourceWords
        self.neuronLabels = neuronLabels
        self.isRouted = isRouted
        self.afferents = afferents
        self.neurons = neurons
    }

    /// The afferent whose driver takes a word on a bus, output 0...7 of the crossbar.
    func afferent(_ output: CrossbarOutput, _ label: UInt16) -> Int? {
        let afferent = afferents[2048 * output.index + Int(label & 0x7FF)]
        return afferent < 0 ? nil : Int(afferent)
    }

    /// The neuron whose event left the chip under a label.
    func neuron(_ label: UInt16) -> Int? {
        let neuron = neurons[Int(label & 0x7FF)]
        return neuron < 0 ? nil : Int(neuron)
    }
}
