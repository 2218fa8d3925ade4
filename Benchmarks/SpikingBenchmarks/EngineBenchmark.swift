import Foundation
import SpikingNetworks

/// Times the engine beside the dense reference over shapes, and fits how its cost grows.
struct EngineBenchmark {
    var stopwatch = Stopwatch()
    let lcd: EqualizerProblem

    init() throws { lcd = try EqualizerProblem.lcd() }

    func run() throws -> EngineReport {
        let agreement = try checkAgreement()
        var sweeps: [EngineReport.Sweep] = []
        sweeps.append(
            EngineReport.Sweep(
                quantity: "trained LCD network, hidden neurons",
                points: [point(lcd.prefix(2000), value: 40)]))
        show(sweeps[0])
        for sweep in [
            sweep("hidden neurons", [8, 16, 40, 80, 160, 320, 800]) { lcd.reshaped(hidden: $0) },
            sweep("encoding neurons per tap", [1, 2, 5, 10, 22, 47, 100, 215]) {
                lcd.reshaped(neuronsPerTap: $0)
            },
            sweep("time steps", [10, 20, 60, 120, 240]) { lcd.reshaped(steps: $0) },
            batches(),
        ] {
            show(sweep)
            sweeps.append(sweep)
        }
        let scalings = symbolScaling() + eventScaling() + widthScaling(sweeps[1])
        show(scalings)
        let models = costModels(Array(sweeps[1...3]))
        show(models)
        let report = EngineReport(
            agreement: agreement, sweeps: sweeps, scalings: scalings, costModels: models,
            peakMemoryInMegabytes: ProcessMemory.peakInMegabytes)
        if let peak = report.peakMemoryInMegabytes {
            print(String(format: "\npeak memory of this run: %.0f MB", peak))
        }
        return report
    }

    /// The reference and the engine must be the same network: same loss over ten updates.
    private func checkAgreement() throws -> EngineReport.Agreement {
        let problem = lcd.prefix(1000)
        let engine = NetworkRun(problem, batch: 100, learningRate: 1e-3)
        let reference = DenseReference(problem, batch: 100, learningRate: 1e-3)
        _ = engine.train()
        _ = reference.train()
        let agreement = EngineReport.Agreement(
            engineLoss: engine.lastLoss, referenceLoss: reference.lastLoss)
        print(
            String(
                format: "loss over ten updates: engine %.6f, reference %.6f nat",
                agreement.engineLoss, agreement.referenceLoss))
        guard abs(agreement.engineLoss / agreement.referenceLoss - 1) < 1e-3 else {
            throw BenchmarkFailure(description: "engine and reference are not the same network")
        }
        return agreement
    }

    private func point(_ problem: EqualizerProblem, value: Int, batch: Int = 100)
        -> EngineReport.Point
    {
        let engine = NetworkRun(problem, batch: batch)
        let reference = DenseReference(problem, batch: batch)
        return EngineReport.Point(
            value: Double(value), synapticEventsPerSymbol: engine.synapticEvents(),
            neuronUpdatesPerSymbol: Double(
                problem.network.stepCount
                    * (problem.network.hiddenCount + problem.network.outputCount)),
            training: compare(engine.train, reference.train),
            inference: compare(engine.infer, reference.infer))
    }

    private func compare(_ engine: @escaping () -> Int, _ reference: @escaping () -> Int)
        -> EngineReport.Comparison
    {
        let turns = stopwatch.turns([
            Candidate(name: "engine", run: engine), Candidate(name: "reference", run: reference),
        ])
        return EngineReport.Comparison(
            engine: Measurement(turns[0]), reference: Measurement(turns[1]),
            ratio: Measurement(zip(turns[0], turns[1]).map { $1 / $0 }))
    }

    private func sweep(_ quantity: String, _ values: [Int], _ make: (Int) -> EqualizerProblem)
        -> EngineReport.Sweep
    {
        EngineReport.Sweep(
            quantity: quantity,
            points: values.map { point(make($0).prefix(200), value: $0) })
    }

    private func batches() -> EngineReport.Sweep {
        EngineReport.Sweep(
            quantity: "batch size",
            points: [10, 100, 1000, 10_000].map {
                point(lcd.prefix(max($0, 200)), value: $0, batch: $0)
            })
    }

    // MARK: Growth

    /// Whole cost of n symbols, n over two decades.
    private func symbolScaling() -> [EngineReport.NamedScaling] {
        let counts = [1000, 3000, 10_000, 30_000, 100_000]
        let runs = counts.map { NetworkRun(lcd.repeated($0), batch: 100) }
        func fit(_ name: String, _ body: @escaping (NetworkRun) -> Int)
            -> EngineReport.NamedScaling
        {
            let turns = stopwatch.turns(
                runs.map { run in Candidate(name: name) { body(run) } })
            let points = zip(counts, turns).map { count, turns in
                (x: Double(count), cost: Measurement(turns).median * Double(count))
            }
            return EngineReport.NamedScaling(
                cost: name, quantity: "symbols", scaling: Scaling(points))
        }
        return [fit("training") { $0.train() }, fit("inference") { $0.infer() }]
    }

    /// Cost per symbol above that of the same network without any spikes, against synaptic
    /// events; and the whole cost on the line offset + perUnit x events. Ten time steps, so that
    /// events and not the updates of the neurons are most of the work.
    private func eventScaling() -> [EngineReport.NamedScaling] {
        let neurons = [20, 50, 100, 200, 500, 1000, 2000]
        let problems = neurons.map { lcd.reshaped(neuronsPerTap: $0, steps: 10).prefix(500) }
        let active = problems.map { NetworkRun($0, batch: 500) }
        let silent = problems.map { NetworkRun($0.silent(), batch: 500) }
        let events = active.map { $0.synapticEvents() }
        var result: [EngineReport.NamedScaling] = []
        for (name, body) in [
            ("training", { (run: NetworkRun) in run.train() }),
            ("inference", { (run: NetworkRun) in run.infer() }),
        ] {
            let turns = stopwatch.turns(
                zip(active, silent).flatMap { active, silent in
                    [
                        Candidate(name: "active") { body(active) },
                        Candidate(name: "silent") { body(silent) },
                    ]
                })
            var whole: [(x: Double, cost: Double)] = []
            var above: [(x: Double, cost: Double)] = []
            for i in 0..<neurons.count {
                let difference = Measurement(
                    zip(turns[2 * i], turns[2 * i + 1]).map { $0 - $1 }).median
                whole.append((events[i], Measurement(turns[2 * i]).median))
                if difference > 0 { above.append((events[i], difference)) }
            }
            result.append(
                EngineReport.NamedScaling(
                    cost: name, quantity: "synaptic events per symbol, inputs varied",
                    scaling: Scaling(whole)))
            if above.count >= 3 {
                result.append(
                    EngineReport.NamedScaling(
                        cost: name + " above silent symbols",
                        quantity: "synaptic events per symbol, inputs varied",
                        scaling: Scaling(above)))
            }
        }
        return result
    }

    /// Cost per symbol against synaptic events when the hidden layer grows and its neuron updates
    /// grow with it.
    private func widthScaling(_ sweep: EngineReport.Sweep) -> [EngineReport.NamedScaling] {
        func fit(_ name: String, _ cost: (EngineReport.Point) -> EngineReport.Comparison)
            -> EngineReport.NamedScaling
        {
            EngineReport.NamedScaling(
                cost: name, quantity: "synaptic events per symbol, hidden neurons varied",
                scaling: Scaling(
                    sweep.points.map { ($0.synapticEventsPerSymbol, cost($0).engine.median) }))
        }
        return [fit("training") { $0.training }, fit("inference") { $0.inference }]
    }

    /// One linear cost of all shapes: hidden layer, inputs and steps varied.
    private func costModels(_ sweeps: [EngineReport.Sweep]) -> [EngineReport.NamedCostModel] {
        let points = sweeps.flatMap(\.points)
        func fit(_ name: String, _ cost: (EngineReport.Point) -> EngineReport.Comparison)
            -> EngineReport.NamedCostModel
        {
            EngineReport.NamedCostModel(
                cost: name,
                model: CostModel(
                    points.map {
                        CostModel.Point(
                            neuronUpdates: $0.neuronUpdatesPerSymbol,
                            synapticEvents: $0.synapticEventsPerSymbol,
                            seconds: cost($0).engine.median)
                    }))
        }
        return [fit("training") { $0.training }, fit("inference") { $0.inference }]
    }

    // MARK: Tables

    private func show(_ models: [EngineReport.NamedCostModel]) {
        print("\ncost per symbol of all shapes above as one linear law")
        for named in models {
            let model = named.model
            print(
                String(
                    format: "%@: %.0f ns + %.3f ns x neuron updates + %.3f ns x synaptic events, "
                        + "deviations %.0f %% (median) to %.0f %%",
                    named.cost, model.perSymbol * 1e9, model.perNeuronUpdate * 1e9,
                    model.perSynapticEvent * 1e9, model.medianDeviation * 100,
                    model.worstDeviation * 100))
        }
    }

    private func show(_ sweep: EngineReport.Sweep) {
        print("\n\(sweep.quantity)")
        print(
            "           events/symbol   training symbols/s  x dense (range)"
                + "      inference symbols/s  x dense (range)")
        for point in sweep.points {
            func columns(_ comparison: EngineReport.Comparison) -> String {
                String(
                    format: "%14.0f   %6.1f (%.1f..%.1f)", 1 / comparison.engine.median,
                    comparison.ratio.median, comparison.ratio.minimum, comparison.ratio.maximum)
            }
            print(
                String(format: "%9.0f %13.0f", point.value, point.synapticEventsPerSymbol),
                columns(point.training), "   ", columns(point.inference))
        }
    }

    private func show(_ scalings: [EngineReport.NamedScaling]) {
        print("\ngrowth: cost = offset + slope x quantity, and exponent of cost = c x quantity^p")
        for named in scalings {
            let fit = named.scaling
            print(
                String(
                    format: "%@ against %@ (%.1f decades): exponent %.3f, %.3g ns each, "
                        + "offset %.3g ns, within %.0f %%",
                    named.cost, named.quantity, fit.decades, fit.exponent, fit.perUnit * 1e9,
                    fit.offset * 1e9, fit.worstDeviation * 100))
        }
    }
}

/// A benchmark that cannot be believed.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}
