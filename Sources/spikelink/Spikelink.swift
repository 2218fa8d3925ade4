import ArgumentParser
import ArrayFiles
import Foundation

@main
struct Spikelink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spikelink",
        abstract: "Simulate short-reach optical links, train spiking equalizers, run them on an "
            + "emulated BrainScaleS-2 chip, and compare bit errors and energy.",
        discussion: """
            Example: spikelink evaluate linear-7 volterra-7-7-7 --channel lcd --noise-db -22:-15:1

            CHANNEL and MODEL are names under channels/ and models/, or paths.
            Exit codes: 0 done, 1 failed, 2 bad data file, 64 wrong usage or description,
            73 cannot create output, 74 input/output failure, 75 locked by another run,
            130/143 interrupted after a checkpoint.
            """,
        subcommands: [
            ChannelsCommand.self, InspectCommand.self, TransmitCommand.self, GenerateCommand.self, TrainCommand.self,
            EvaluateCommand.self, AdaptCommand.self, ChipCommand.self, EnergyCommand.self, CompareCommand.self,
            ReportCommand.self, DatasetsCommand.self, ModelsCommand.self, DemoCommand.self,
        ])

    static func main() {
        // A file that grows past its limit shall be an error of ours, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        if CommandLine.arguments.dropFirst() == [HDF5Isolation.argument] { HDF5Isolation.serve() }
        HDF5Isolation.use(program: "/proc/self/exe")
        main(nil)
    }
}
