#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension HDF5Isolation {
    /// What a program does that was started with `argument`: answers on its standard input, a
    /// socket, until the parent closes it.
    public static func serve() -> Never {
        // The signal of the processor's limit must end the process, whatever was handed down.
        var signals = sigset_t()
        sigfillset(&signals)
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        signal(SIGXCPU, SIG_DFL)
        limit(.memory, to: memoryLimit)
        limit(.fileSize, to: 0)
        limit(.coreDump, to: 0)
        let channel = FieldChannel(descriptor: 0, byteLimit: 1 << 20, patience: -1)
        var reader: HDF5Reader?
        while let question = channel.receive() {
            limit(.processorTime, to: usedSeconds + secondsPerQuestion)
            let answer: [[UInt8]]
            do throws(FileError) {
                answer = [.init(field: "ok")] + (try respond(to: question, &reader))
            } catch {
                answer = [
                    .init(field: "error"), .init(field: error.code.name),
                    .init(field: Int(error.code.exitStatus)), .init(field: error.path),
                    .init(field: error.reason), .init(field: error.remedy),
                ]
            }
            guard channel.send(answer) else { break }
        }
        // Not `exit`: closing a damaged file might take for ever.
        _exit(0)
    }

    private static func respond(
        to question: [[UInt8]], _ reader: inout HDF5Reader?
    ) throws(FileError) -> [[UInt8]] {
        let texts = question.compactMap(\.fieldText)
        guard texts.count == question.count, texts.count >= 2 else { _exit(1) }
        let name = texts[1]
        if texts[0] == "open" {
            guard let limit = Int(texts[2]) else { _exit(1) }
            reader = try HDF5Reader(pathInThisProcess: name, byteLimit: limit)
            return []
        }
        guard let reader else { _exit(1) }
        switch texts[0] {
        case "dataset":
            let found = try reader.dataset(name)
            return [.init(field: found.elementType?.rawValue ?? ""), .init(field: found.shape)]
        case "numbers":
            guard let rank = Int(texts[3]), let first = Int(texts[4]), let end = Int(texts[5]) else {
                _exit(1)
            }
            let array = try reader.array(
                name, as: ElementType(rawValue: texts[2]), rank: rank < 0 ? nil : rank,
                rows: first < 0 || end < first ? nil : first..<end)
            return [
                .init(field: array.elementType.rawValue), .init(field: array.shape), array.bytes,
            ]
        case "texts":
            let found = try reader.readTexts(name)
            return [.init(field: found.shape)] + found.values.map { .init(field: $0) }
        case "attribute":
            switch try reader.attribute(name, on: texts[2]) {
            case nil: return [.init(field: "none"), []]
            case .text(let text): return [.init(field: "text"), .init(field: text)]
            case .integer(let number):
                return [.init(field: "integer"), .init(field: "\(number)")]
            case .real(let number):
                return [.init(field: "real"), .init(field: "\(number.bitPattern)")]
            }
        case "contains": return [.init(field: try reader.contains(name) ? 1 : 0)]
        case "members":
            return try reader.members(of: name).map {
                .init(field: ($0.isGroup ? "g" : "d") + $0.name)
            }
        default: _exit(1)
        }
    }

    private enum Resource { case memory, fileSize, coreDump, processorTime }

    private static func limit(_ resource: Resource, to value: Int) {
        #if canImport(Glibc)
        let kind =
            switch resource {
            case .memory: RLIMIT_AS
            case .fileSize: RLIMIT_FSIZE
            case .coreDump: RLIMIT_CORE
            case .processorTime: RLIMIT_CPU
            }
        var limits = rlimit()
        let resource = __rlimit_resource_t(kind.rawValue)
        guard getrlimit(resource, &limits) == 0 else { return }
        limits.rlim_cur = min(rlim_t(value), limits.rlim_max)
        _ = setrlimit(resource, &limits)
        #endif
    }

    /// Processor time of this process, rounded up.
    private static var usedSeconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec + 1
    }
}
