/// The parameters of each node type under their names in files.
///
/// This table is the one place that knows the names; reading, writing and checking follow it.
struct NIRParameters {
    /// Class name in files.
    let type: String
    /// Arrays that a file must hold, by name.
    let required: [String]
    /// Arrays that a file may omit, with the value each element has then.
    let optional: [String: Double]
    /// Arrays that must be positive.
    let positive: Set<String>

    static let linear = Self("Linear", ["weight"])
    static let affine = Self("Affine", ["weight", "bias"])
    static let lif = Self(
        "LIF", ["tau", "r", "v_leak", "v_threshold"], optional: ["v_reset": 0],
        positive: ["tau"])
    static let li = Self("LI", ["tau", "r", "v_leak"], positive: ["tau"])
    static let cubaLIF = Self(
        "CubaLIF", ["tau_syn", "tau_mem", "r", "v_leak", "v_threshold"],
        optional: ["v_reset": 0, "w_in": 1], positive: ["tau_syn", "tau_mem"])
    static let cubaLI = Self(
        "CubaLI", ["tau_syn", "tau_mem", "r", "v_leak"], optional: ["w_in": 1],
        positive: ["tau_syn", "tau_mem"])

    static let all = [linear, affine, lif, li, cubaLIF, cubaLI]
    static let knownTypes = all.map(\.type) + ["Input", "Output", "NIRGraph"]

    private init(
        _ type: String, _ required: [String], optional: [String: Double] = [:],
        positive: Set<String> = []
    ) {
        self.type = type
        self.required = required
        self.optional = optional
        self.positive = positive
    }
}

extension NIRNode.Kind {
    /// Class name in files.
    var typeName: String {
        switch self {
        case .input: "Input"
        case .output: "Output"
        case .graph: "NIRGraph"
        default: parameters!.table.type
        }
    }

    /// Table and arrays of a node that has parameters; nil for ports and graphs.
    var parameters: (table: NIRParameters, arrays: [String: NIRTensor])? {
        switch self {
        case .input, .output, .graph: return nil
        case .linear(let node): return (.linear, ["weight": node.weight])
        case .affine(let node):
            return (.affine, ["weight": node.weight, "bias": node.bias])
        case .leakyIntegrateAndFire(let node):
            return (
                .lif,
                [
                    "tau": node.timeConstant, "r": node.resistance,
                    "v_leak": node.leakPotential, "v_threshold": node.threshold,
                    "v_reset": node.resetPotential,
                ]
            )
        case .leakyIntegrator(let node):
            return (
                .li,
                [
                    "tau": node.timeConstant, "r": node.resistance,
                    "v_leak": node.leakPotential,
                ]
            )
        case .currentBasedLeakyIntegrateAndFire(let node):
            return (
                .cubaLIF,
                [
                    "tau_syn": node.synapticTimeConstant, "tau_mem": node.membraneTimeConstant,
                    "r": node.resistance, "v_leak": node.leakPotential,
                    "v_threshold": node.threshold, "v_reset": node.resetPotential,
                    "w_in": node.inputWeight,
                ]
            )
        case .currentBasedLeakyIntegrator(let node):
            return (
                .cubaLI,
                [
                    "tau_syn": node.synapticTimeConstant, "tau_mem": node.membraneTimeConstant,
                    "r": node.resistance, "v_leak": node.leakPotential,
                    "w_in": node.inputWeight,
                ]
            )
        }
    }

    /// Makes the node of a table's type; `arrays` holds every array of the table.
    init(_ table: NIRParameters, _ arrays: [String: NIRTensor]) {
        func array(_ name: String) -> NIRTensor { arrays[name]! }
        switch table.type {
        case "Linear": self = .linear(.init(weight: array("weight")))
        case "Affine": self = .affine(.init(weight: array("weight"), bias: array("bias")))
        case "LIF":
            self = .leakyIntegrateAndFire(
                .init(
                    timeConstant: array("tau"), resistance: array("r"),
                    leakPotential: array("v_leak"), threshold: array("v_threshold"),
                    resetPotential: array("v_reset")))
        case "LI":
            self = .leakyIntegrator(
                .init(
                    timeConstant: array("tau"), resistance: array("r"),
                    leakPotential: array("v_leak")))
        case "CubaLIF":
            self = .currentBasedLeakyIntegrateAndFire(
                .init(
                    synapticTimeConstant: array("tau_syn"),
                    membraneTimeConstant: array("tau_mem"), resistance: array("r"),
                    leakPotential: array("v_leak"), threshold: array("v_threshold"),
                    resetPotential: array("v_reset"), inputWeight: array("w_in")))
        case "CubaLI":
            self = .currentBasedLeakyIntegrator(
                .init(
                    synapticTimeConstant: array("tau_syn"),
                    membraneTimeConstant: array("tau_mem"), resistance: array("r"),
                    leakPotential: array("v_leak"), inputWeight: array("w_in")))
        default: preconditionFailure("a table without a node type")
        }
    }
}
