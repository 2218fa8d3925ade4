import BaselineEqualizers

extension RegressionPolicy {
    private enum MethodName: String, CaseIterable {
        case leastSquares = "least-squares"
        case lms, rls
    }

    private enum ThresholdName: String, CaseIterable {
        case fewestErrors = "fewest-errors"
        case midway
    }

    /// How a `training` section wants a linear or polynomial equalizer fitted; least squares with
    /// thresholds of fewest errors if it says nothing.
    init(_ training: ConfigurationSection) throws {
        self = .standard
        let name: ThresholdName = try training.choice("thresholds", default: .fewestErrors)
        thresholds = name == .midway ? .midway : .fewestErrors
        switch try training.choice("method", default: MethodName.leastSquares) {
        case .leastSquares: break
        case .lms:
            method = .adaptive(
                .leastMeanSquares(step: try training.number("step", in: 1e-6...1.99)))
        case .rls:
            method = .adaptive(
                .recursiveLeastSquares(
                    forgetting: try training.number("forgetting", in: 0.5...1)))
        }
    }

    /// For people.
    var summary: String {
        let found =
            switch method {
            case .leastSquares: "least squares"
            case .adaptive(.leastMeanSquares(let step)):
                "normalized least mean squares, step \(NumberWord.of(step))"
            case .adaptive(.recursiveLeastSquares(let forgetting)):
                "recursive least squares, forgetting factor \(NumberWord.of(forgetting))"
            }
        return found
            + (thresholds == .fewestErrors
                ? ", thresholds of fewest training errors" : ", thresholds midway between means")
    }
}
