import Foundation
import Synchronization

/// Remembers the first polite signal, so that long work can stop at a safe place.
enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// Watches for SIGINT, SIGTERM and SIGUSR1; a second one ends the process at once.
    static func watch() {
        // Programs that start others from worker threads may hand down these signals blocked.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGUSR1] { sigaddset(&signals, number) }
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM, SIGUSR1] {
            signal(number) { number in
                if Interruption.received.load(ordering: .relaxed) != 0 { _exit(128 + number) }
                Interruption.received.store(number, ordering: .relaxed)
            }
        }
    }

    static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

    /// 130 after SIGINT, 143 after the others, which schedulers send.
    static var exitStatus: Int32 { received.load(ordering: .relaxed) == SIGINT ? 130 : 143 }
}
