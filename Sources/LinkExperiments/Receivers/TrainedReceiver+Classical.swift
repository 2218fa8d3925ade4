import BaselineEqualizers
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import Reporting

extension TrainedReceiver {
    /// Fits a classical receiver to the training stream of a link.
    static func fit(_ model: ModelDescription, for link: LinkDescription) throws
        -> TrainedReceiver
    {
        let order = link.parameters.alphabet.order
        var samplesPerSymbol = 1
        if case .linear(let rate, _) = model.kind { samplesPerSymbol = rate }
        let levels = model.trained(on: link).training.noisePowersInDecibels
        let streams = levels.map {
            SymbolStreams(
                link.at(noisePower: Decibels($0)), purpose: .training, seed: model.training.seed,
                samplesPerSymbol: samplesPerSymbol)
        }
        let stream = TrainingStream(
            blockCount: model.training.symbolCount / SymbolStreams.blockLength
        ) { streams[$0 % streams.count].block($0) }
        let detector: any SymbolDetector
        let parameters: Int
        let method: String
        switch model.kind {
        case .linear(_, let policy):
            let fitted = try LinearEqualizer.fit(
                tapCount: model.tapCount, order: order, samplesPerSymbol: samplesPerSymbol,
                to: stream, policy: policy)
            (detector, parameters, method) = (fitted, fitted.parameterCount, policy.summary)
        case .decisionFeedback(let feedbackTaps, let policy):
            let fitted = try DecisionFeedbackEqualizer.fit(
                tapCount: model.tapCount, feedbackCount: feedbackTaps, order: order, to: stream,
                policy: policy)
            (detector, parameters, method) = (fitted, fitted.parameterCount, policy.summary)
        case .volterra(let memory, let terms, let policy):
            let fitted = try VolterraEqualizer.fit(
                memory: memory, terms: terms, order: order, to: stream, policy: policy)
            (detector, parameters) = (fitted, fitted.parameterCount)
            method =
                policy.summary
                + (terms.map { ", \($0) of \(memory.regressorCount - 1) terms kept" } ?? "")
        case .perceptron(let shape, let policy, let arithmetic):
            guard shape.order == order else {
                throw ConfigurationError(
                    file: model.folder + "/model.yaml", key: "receiver.outputs",
                    problem: "\(shape.order) outputs for \(order) symbols of \(link.name)")
            }
            var training = PerceptronTraining(
                shape: shape, policy: policy,
                stream: RandomStream(seed: model.training.seed).substream("initial weights"))
            try training.run(on: stream)
            let fitted = training.perceptron
            parameters = fitted.parameterCount
            switch arithmetic {
            case .float:
                detector = fitted
                method = "cross-entropy, Adam, batch \(policy.batchSize)"
            case .int8:
                detector = try QuantizedPerceptron(fitted, rangesFrom: stream)
                method = "cross-entropy, Adam, batch \(policy.batchSize), then rounded to 8 bits"
            }
        case .sequence(let sequence):
            let alphabet = link.parameters.alphabet.levels
            guard WindowMeans.isValid(window: model.tapCount, order: order) else {
                throw ConfigurationError(
                    file: model.folder + "/model.yaml", key: "receiver.window",
                    problem: "\(model.tapCount) symbols of \(order) values are too many "
                        + "branches; at most 4194304")
            }
            if let surroundings = sequence.surroundings {
                let fitted = try WideSequenceDetector.fit(
                    span: surroundings.span, window: model.tapCount, passes: surroundings.passes,
                    levels: alphabet, search: sequence.search,
                    chasePositions: surroundings.chasePositions, to: stream)
                (detector, parameters) = (fitted, fitted.parameterCount)
                method = "least squares of received samples on products of two symbols"
            } else {
                let fitted = try WindowSequenceDetector.fit(
                    window: model.tapCount, levels: alphabet, search: sequence.search, to: stream)
                (detector, parameters) = (fitted, fitted.parameterCount)
                method = "averages of received samples, drawn toward products of two symbols"
            }
        case .spiking: preconditionFailure("spiking receivers are loaded")
        }
        return TrainedReceiver(
            model: model, detector: detector,
            record: EvaluationRecord.Receiver(
                name: model.name, kind: model.kind.recordName, taps: detector.tapCount,
                parameters: parameters, summary: model.description,
                samplesPerSymbol: samplesPerSymbol),
            training: EvaluationRecord.Training(
                policy: "\(method), \(describe(model.training))",
                noiseDB: levels),
            spiking: nil)
    }
}
