public import Reporting

extension Drift {
    private enum CourseName: String, CaseIterable {
        case step, ramp
        case randomWalk = "random-walk"
        case sine
    }

    /// Times reach this far, symbols.
    private static let longest = 1_000_000_000_000

    /// Reads the `drift` section of a link.
    ///
    /// - Parameters:
    ///   - isPhysical: which parameters the link has.
    ///   - hasFixedBias: whether its bias is a number, which can change.
    init(_ section: ConfigurationSection, isPhysical: Bool, hasFixedBias: Bool) throws {
        reason = try section.text("reason")
        courses = try section.sections("courses").map { course in
            let parameter: DriftParameter = try course.choice("parameter")
            if isPhysical, parameter == .bias || parameter == .noisePower {
                throw course.problem(
                    "parameter",
                    "\(parameter.rawValue) does not drift in a link of physical parts; "
                        + "received_power_dB does")
            }
            if parameter == .bias, !hasFixedBias {
                throw course.problem(
                    "parameter",
                    "bias does not drift where transmitter.bias is auto; give it a number")
            }
            let name: CourseName = try course.choice("course")
            let range = -1e6...1e6
            let shape: DriftCourse.Shape
            switch name {
            case .step:
                shape = .step(
                    at: try course.integer("at", in: 0...Self.longest),
                    change: try course.number("change", in: range))
            case .ramp:
                let from = try course.integer("from", in: 0...Self.longest)
                shape = .ramp(
                    from: from, to: try course.integer("to", in: (from + 1)...(Self.longest + 1)),
                    change: try course.number("change", in: range))
            case .randomWalk:
                shape = .randomWalk(deviation: try course.number("deviation", in: 0...1e6))
            case .sine:
                shape = .sine(
                    amplitude: try course.number("amplitude", in: range),
                    period: try course.integer("period", in: 1...Self.longest))
            }
            try course.finish()
            return DriftCourse(parameter, shape)
        }
        try section.finish()
    }

    /// The section with the keys of the file.
    public var json: JSONValue {
        .object([
            "reason": .string(reason),
            "courses": .array(
                courses.map { course in
                    var keys: [String: JSONValue] = [
                        "parameter": .string(course.parameter.rawValue)
                    ]
                    func set(_ name: CourseName, _ values: [String: Double]) {
                        keys["course"] = .string(name.rawValue)
                        for (key, value) in values { keys[key] = .number(value) }
                    }
                    switch course.shape {
                    case .step(let at, let change):
                        set(.step, ["at": Double(at), "change": change])
                    case .ramp(let from, let to, let change):
                        set(.ramp, ["from": Double(from), "to": Double(to), "change": change])
                    case .randomWalk(let deviation): set(.randomWalk, ["deviation": deviation])
                    case .sine(let amplitude, let period):
                        set(.sine, ["amplitude": amplitude, "period": Double(period)])
                    }
                    return .object(keys)
                }),
        ])
    }
}
