import ArrayFiles
import Foundation
import SpikeEncoding
import SpikingNetworks

extension ModelDescription {
    /// Whether each noise level has a receiver of its own.
    var isLadder: Bool {
        guard case .spiking(let spiking) = kind else { return false }
        return spiking.noiseOrder == .ladder && training.noisePowersInDecibels.count > 1
    }

    /// Noise powers in dB of a ladder's receivers that are trained.
    var trainedLevels: [Double] {
        guard isLadder else { return [] }
        return training.noisePowersInDecibels.filter {
            exists(NetworkFile.name(noisePowerInDecibels: $0))
        }
    }

    /// Whether weights are there: the one file, or that of each level.
    var isTrained: Bool {
        isLadder
            ? trainedLevels.count == training.noisePowersInDecibels.count
            : exists(NetworkFile.name)
    }

    /// The trained spiking receiver, of a ladder the one of a level in dB.
    func trainedReceiver(level: Double?) throws -> SpikingReceiver {
        guard case .spiking(let spiking) = kind else {
            throw ConfigurationError(
                file: folder,
                problem: "only spiking receivers have weights; \(name) is fitted to a link "
                    + "whenever it is evaluated")
        }
        let file = try networkFile(level: level)
        guard exists(file) else {
            throw FileError.badData(
                folder + "/" + file, "is missing: the receiver has not been trained",
                remedy: "spikelink train \(name) --channel CHANNEL -o FOLDER")
        }
        return try NetworkFile.read(folder + "/" + file, for: spiking)
    }

    /// What stands before the network: what its training has made of it, or the description's
    /// where no training changes it.
    func trainedEncoder(level: Double?) throws -> SpikeEncoder {
        if case .spiking(let spiking) = kind, level == nil, spiking.policy.encoder == .none,
            isLadder || !isTrained
        {
            return spiking.encoder
        }
        return try trainedReceiver(level: level).encoder
    }

    private func networkFile(level: Double?) throws -> String {
        let levels = training.noisePowersInDecibels
        let list = levels.map(NumberWord.of).joined(separator: ", ")
        switch (isLadder, level) {
        case (false, nil): return NetworkFile.name
        case (false, _?):
            throw ConfigurationError(
                file: folder,
                problem: "one network serves all noise levels; leave out --level")
        case (true, nil):
            throw ConfigurationError(
                file: folder,
                problem: "each noise level has a network of its own; add --level and one of "
                    + "\(list) (dB)")
        case (true, let level?):
            guard levels.contains(level) else {
                throw ConfigurationError(
                    file: folder,
                    problem: "there is no level of \(NumberWord.of(level)) dB; one of \(list)")
            }
            return NetworkFile.name(noisePowerInDecibels: level)
        }
    }

    private func exists(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + file)
    }
}
