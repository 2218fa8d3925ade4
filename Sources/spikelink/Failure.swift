import ArgumentParser
import ArrayFiles
import Foundation
import LinkExperiments

/// Turns errors into one line on standard error and the documented exit code.
enum Failure {
    static func guarded(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as FileError {
            throw exit("\(error)", error.code.exitStatus)
        } catch let error as ConfigurationError {
            throw exit("\(error)", 64)
        } catch let error as UnsupportedOnChip {
            throw exit("\(error)", 64)
        } catch is SpikingTraining.Interrupted {
            throw ExitCode(Interruption.exitStatus)
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch {
            throw exit("\(error)", 1)
        }
    }

    private static func exit(_ message: String, _ status: Int32) -> ExitCode {
        Console.clearProgress()
        Console.error("spikelink: \(message)")
        return ExitCode(status)
    }
}
