import ArrayFiles
import Foundation

/// Networks as plain NumPy arrays, for people who put weights to work by hand.
///
/// `dt_ms` and `steps`; for every layer (`hidden`, or `hidden_1`, `hidden_2`, ...)
/// `NAME.weight` [neuron, input], `NAME.recurrent_weight` [neuron, neuron] if it has any,
/// `NAME.tau_mem_ms`, `NAME.tau_syn_ms`, `NAME.threshold`, `NAME.reset` [neuron]; for the readout
/// `readout.weight` [class, neuron], and the same constants as far as it has them. Encoder tables
/// are `encoder.NAME`. `about` holds JSON text as bytes: score, encoder, description.
public enum WeightArchive {
    static let format = "spikelink.weights/1"
    /// Archives larger than this are refused.
    static let byteLimit = 1 << 30

    /// Writes a network, whole or not at all.
    public static func write(_ network: ExchangeNetwork, to path: String) throws {
        try network.check()
        try NPZArchive(arrays(of: network)).write(to: path)
    }

    static func arrays(of network: ExchangeNetwork) throws -> [String: NumericArray] {
        var arrays = ["dt_ms": NumericArray([network.stepInMilliseconds], shape: [])]
        if let count = network.stepCount {
            arrays["steps"] = NumericArray([Int64(count)], shape: [])
        }
        func put(_ constants: ExchangeNetwork.TimeConstants, _ name: String) {
            arrays["\(name).tau_mem_ms"] = NumericArray(constants.membraneInMilliseconds)
            arrays["\(name).tau_syn_ms"] = constants.synapticInMilliseconds.map { NumericArray($0) }
        }
        func put(_ neurons: ExchangeNetwork.Neurons, _ name: String) {
            put(neurons.timeConstants, name)
            arrays["\(name).threshold"] = NumericArray(neurons.thresholds)
            arrays["\(name).reset"] = NumericArray(neurons.resetPotentials)
        }
        for (index, layer) in network.layers.enumerated() {
            let name = network.layerName(index)
            arrays["\(name).weight"] = layer.weights.array
            arrays["\(name).recurrent_weight"] = layer.recurrentWeights?.array
            put(layer.neurons, name)
        }
        arrays["readout.weight"] = network.readout.weights.array
        switch network.readout.kind {
        case .weightedSums: break
        case .leakyIntegrators(let constants): put(constants, "readout")
        case .spikingNeurons(let neurons): put(neurons, "readout")
        }
        for case (let key, .array(let table)) in network.encoder {
            arrays["encoder.\(key)"] = NumericArray(table.values, shape: table.shape)
        }
        arrays["about"] = NumericArray([UInt8](try About(network).json))
        return arrays
    }

    /// Reads a network that `write` or a user of NumPy has written.
    ///
    /// - Throws: `FileError` when arrays are missing or do not fit; `ExchangeError` for what the
    ///   caller has to say.
    public static func read(
        _ path: String, options: ExchangeNetwork.ImportOptions = .init()
    ) throws -> ExchangeNetwork {
        let archive = try NPZArchive(path: path, byteLimit: byteLimit)
        return try WeightArchiveReader(archive: archive, path: path, options: options).network()
    }

    /// The texts that arrays cannot hold.
    struct About: Codable {
        var format: String
        var score: String
        var decision: String
        var encoder: [String: EncoderEntry]
        var modelYAML: String?

        enum CodingKeys: String, CodingKey {
            case format, score, decision, encoder
            case modelYAML = "model_yaml"
        }

        enum EncoderEntry: Codable, Hashable {
            case text(String), integer(Int64), real(Double)

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let text = try? value.decode(String.self) {
                    self = .text(text)
                } else if let number = try? value.decode(Int64.self) {
                    self = .integer(number)
                } else {
                    self = .real(try value.decode(Double.self))
                }
            }

            func encode(to encoder: any Encoder) throws {
                var value = encoder.singleValueContainer()
                switch self {
                case .text(let text): try value.encode(text)
                case .integer(let number): try value.encode(number)
                case .real(let number): try value.encode(number)
                }
            }
        }

        init(_ network: ExchangeNetwork) {
            format = WeightArchive.format
            score = network.readout.score.rawValue
            decision = "the class with the highest score over all steps"
            encoder = network.encoder.compactMapValues {
                switch $0 {
                case .text(let text): .text(text)
                case .integer(let number): .integer(number)
                case .real(let number): .real(number)
                case .array, .group: nil
                }
            }
            modelYAML = network.description
        }

        var json: Data {
            get throws {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return try encoder.encode(self)
            }
        }
    }
}

extension ExchangeNetwork.Matrix {
    var array: NumericArray { NumericArray(values, shape: [rows, columns]) }
}
