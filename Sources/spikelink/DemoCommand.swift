import ArgumentParser
import LinkExperiments
import Reporting

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the whole chain on the LCD link and write a report.",
        discussion: "Example: spikelink demo -o demo")

    @Option(name: .shortAndLong, help: "Folder of the results.") var output: String = "demo"
    @OptionGroup var threads: ThreadOption

    func run() throws {
        try Failure.guarded {
            Interruption.watch()
            let demo = Demo(
                catalog: .standard(), folder: output, parallel: threads.parallel)
            let report = try demo.run(
                Demo.Announcer(
                    note: Console.note, progress: Console.progress,
                    isCancelled: { Interruption.isRequested }))
            Console.clearProgress()
            try Console.output(ReceiverTable(report).text + "\n")
            Console.note("the report is \(output)/report.html, the figures \(output)/results.json")
        }
    }
}
