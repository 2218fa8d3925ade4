import Dispatch
import Synchronization

/// Work on several threads whose results do not depend on their number.
public struct Parallel: Sendable {
    public let threads: Int

    /// - Precondition: at least one thread.
    public init(threads: Int) {
        precondition(threads >= 1)
        self.threads = threads
    }

    /// Results of `body` for 0..<count, placed by index.
    public func map<Result: Sendable>(
        _ count: Int, _ body: @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        if threads == 1 || count < 2 { return try (0..<count).map(body) }
        let slots = Mutex<[Swift.Result<Result, any Error>?]>(Array(repeating: nil, count: count))
        run(count) { index in
            let result = Swift.Result { try body(index) }
            slots.withLock { $0[index] = result }
        }
        return try slots.withLock { try $0.map { try $0!.get() } }
    }

    /// Runs `body` for 0..<count.
    public func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if threads == 1 || count < 2 {
            for index in 0..<count { body(index) }
            return
        }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= count { return }
                body(index)
            }
        }
    }
}
