public import ArgumentParser
public import LinkExperiments
public import NetworkExchange

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List receivers; exchange trained ones with other tools.",
        discussion: "Example: spikelink models export lcd-snn-40 --to standard -o lcd.nir",
        subcommands: [List.self, Export.self, Import.self, Run.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the receivers under models/.",
            discussion: "Example: spikelink models list --json")

        @Flag(help: "JSON instead of text.") var json = false

        func run() throws {
            try Failure.guarded {
                let listing = try ModelListing(.standard())
                try Console.output(json ? listing.json : listing.text)
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a trained spiking receiver for another tool.",
            discussion: """
                standard       NIR as specified; times in ms, or as --time-unit says
                norse          NIR for norse.torch.from_nir (times in s, step 1 ms)
                snntorch       NIR for snntorch.import_nir (times in s, step 0.1 ms)
                brainscales    NIR for hxtorch and jaxsnn (times of the chip in ms)
                npz            NumPy arrays: weights, time constants, encoder tables
                state-dict     PyTorch file that torch.load opens: weights of Linear layers
                encoder-table  CSV: which input neuron spikes when, for which received samples

                Other steps than the model's scale all times, so that a plain call of the tool \
                runs the same network. What the tool would drop or misread is an error; what the \
                format cannot express (encoder, steps, score) goes into metadata.

                Example: spikelink models export lcd-snn-40 --to norse --readout silent-neurons \
                -o lcd.nir
                """)

        @Argument(
            help: ArgumentHelp(
                "Receiver: a name under models/, the path of a folder, or an .npz file of "
                    + "weights."))
        var model: String
        @Option(help: "standard, norse, snntorch, brainscales, npz, state-dict or encoder-table.")
        var to: ExportFormat
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Noise power in dB, for receivers that have a network for each (as "
                    + "lcd-imdd-task): whose network to take."))
        var level: Double?
        @Option(help: "Unit of the times, ms or s; the target's own if left out.")
        var timeUnit: TimeUnit?
        @Option(help: "Time step that the tool will take, in ms; its usual one if left out.")
        var stepMs: Double?
        @Option(
            help: ArgumentHelp(
                "Form of leaky-integrator readouts: integrators (LI nodes) or silent-neurons "
                    + "(neurons that never spike, for tools without LI)."))
        var readout: ReadoutForm = .integrators
        @Option(name: .shortAndLong, help: "Output file.") var output: String

        func run() throws {
            try Failure.guarded {
                let export = ModelExport(
                    source: try .init(model, level: level, in: .standard()), format: to,
                    timeUnit: timeUnit, stepInMilliseconds: stepMs, readout: readout)
                for line in try export.write(to: output) { Console.note(line) }
            }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a receiver of a network from another tool (.nir or .npz).",
            discussion: """
                The new folder can be evaluated, trained further and exported by its path. A file \
                that says neither unit nor step of its times needs --time-unit and --step-ms; one \
                that says nothing of its encoder needs --like.
                Example: spikelink models import other.nir --from snntorch --time-unit s \
                --like lcd-snn-40 --score maximum -o runs/other
                """)

        @Argument(help: "File: NIR (.nir) or NumPy arrays (.npz).") var file: String
        @Option(help: "Unit of the times, ms or s, where the file does not say it.")
        var timeUnit: TimeUnit?
        @Option(help: "Time step of the network in ms, where the file does not say it.")
        var stepMs: Double?
        @Option(
            help: ArgumentHelp(
                "Tool whose habits the file follows: standard, norse, snntorch or brainscales; "
                    + "what the file says, else standard, if left out."))
        var from: ExchangeTarget?
        @Option(help: "Score of leaky integrators: maximum, last or sum over time.")
        var score: ExchangeNetwork.Score?
        @Option(
            help: ArgumentHelp(
                "Receiver whose taps, training, and encoder (where the file says nothing of it) "
                    + "the network takes over."))
        var like: String?
        @Option(name: .shortAndLong, help: "Folder to make.") var output: String

        func run() throws {
            try Failure.guarded {
                let like = try like.map {
                    try ModelDescription(folder: Catalog.standard().modelFolder($0))
                }
                let job = ModelImport(
                    options: .init(
                        source: from, timeUnit: timeUnit, stepInMilliseconds: stepMs, score: score),
                    like: like)
                for line in try job.run(file, to: output) { Console.note(line) }
            }
        }
    }

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a spiking receiver's input spikes, scores and decisions.",
            discussion: """
                For comparisons with other tools, symbol by symbol: an .npz file with spikes \
                (time steps, 255 for none), their values where they are not all 1, scores, symbols \
                and the sent symbols q.
                Example: spikelink generate lcd --symbols 10000 -o lcd.npz && \
                spikelink models run lcd-snn-40 lcd.npz -o decisions.npz
                """)

        @Argument(help: "Receiver: a name under models/ or the path of a folder.")
        var model: String
        @Argument(help: "Dataset of plain samples (generate --taps 1), .npz or .h5.")
        var dataset: String
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Noise power in dB, for receivers that have a network for each (as "
                    + "lcd-imdd-task): whose network to take."))
        var level: Double?
        @Option(name: .shortAndLong, help: "Output file, .npz.") var output: String

        func run() throws {
            try Failure.guarded {
                Interruption.watch()
                let description = try ModelDescription(
                    folder: Catalog.standard().modelFolder(model))
                let count = try ReceiverRun.write(
                    description, level: level, dataset: dataset, to: output
                ) {
                    if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
                    Console.progress("running \(description.name)", $0)
                }
                Console.note("wrote \(output): \(count) symbols decided by \(description.name)")
            }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
extension TimeUnit: ExpressibleByArgument {}
extension ReadoutForm: ExpressibleByArgument {}
extension ExchangeTarget: ExpressibleByArgument {}
extension ExchangeNetwork.Score: ExpressibleByArgument {}
