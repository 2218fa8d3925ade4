#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process that reads one file and answers questions about it.
final class HDF5Child {
    private let path: String
    private let process: pid_t
    private let channel: FieldChannel

    /// Starts the process and lets it open the file.
    init(program: String, path: String, byteLimit: Int) throws(FileError) {
        self.path = path
        guard let started = Self.start(program) else {
            throw FileError(
                .ioFailure, path: path, reason: "no process could be started to read it",
                remedy: "end other programs, then repeat the command")
        }
        process = started.process
        channel = FieldChannel(
            descriptor: started.socket, byteLimit: HDF5Isolation.byteLimit + (1 << 20),
            patience: HDF5Isolation.patience)
        _ = try ask([
            .init(field: "open"), .init(field: path),
            .init(field: min(byteLimit, HDF5Isolation.byteLimit)),
        ])
    }

    deinit {
        _ = close(channel.descriptor)
        _ = kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }

    private static func start(_ program: String) -> (process: pid_t, socket: Int32)? {
        #if os(Linux)
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { return nil }
        defer { _ = close(pair[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pair[1], 0)
        // Last words of a process that crashes are of no use to anyone.
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // A linear algebra library would set memory aside for every core.
        let variables = ["OPENBLAS_NUM_THREADS=1", "SWIFT_BACKTRACE=enable=no"]
        let arguments: [UnsafeMutablePointer<CChar>?] = [
            strdup(program), strdup(HDF5Isolation.argument), nil,
        ]
        let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        guard posix_spawn(&process, program, &actions, nil, arguments, environment) == 0 else {
            _ = close(pair[0])
            return nil
        }
        return (process, pair[0])
        #else
        return nil
        #endif
    }

    /// Sends a question and returns the fields of the answer.
    private func ask(_ question: [[UInt8]]) throws(FileError) -> ArraySlice<[UInt8]> {
        let unsafe = FileError.badData(
            path, "could not be parsed safely: it crashes the HDF5 library or keeps it too busy")
        guard channel.send(question), let answer = channel.receive(), let kind = answer.first
        else { throw unsafe }
        if kind == .init(field: "ok") { return answer.dropFirst() }
        let texts = answer.compactMap(\.fieldText)
        guard kind == .init(field: "error"), texts.count == 6, let status = Int32(texts[2]) else {
            throw unsafe
        }
        throw FileError(
            .init(name: texts[1], exitStatus: status), path: path, reason: texts[4],
            remedy: texts[5])
    }

    private var nonsense: FileError {
        .badData(path, "could not be parsed safely: answers of its reader make no sense")
    }

    func dataset(_ name: String) throws(FileError) -> HDF5Reader.Dataset {
        let answer = Array(try ask([.init(field: "dataset"), .init(field: name)]))
        guard answer.count == 2, let type = answer[0].fieldText, let shape = answer[1].fieldShape
        else { throw nonsense }
        return .init(elementType: ElementType(rawValue: type), shape: shape)
    }

    func numbers(
        _ name: String, as wanted: ElementType?, rank: Int?, rows: Range<Int>?
    ) throws(FileError) -> NumericArray {
        let answer = Array(
            try ask([
                .init(field: "numbers"), .init(field: name), .init(field: wanted?.rawValue ?? ""),
                .init(field: rank ?? -1), .init(field: rows?.lowerBound ?? -1),
                .init(field: rows?.upperBound ?? -1),
            ]))
        guard answer.count == 3, let text = answer[0].fieldText,
            let type = ElementType(rawValue: text), wanted == nil || wanted == type,
            let shape = answer[1].fieldShape, rank == nil || rank == shape.count,
            rows == nil || shape.first == rows?.count,
            let count = ArrayLimits.count(of: shape),
            case let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size),
            !overflow, bytes == answer[2].count
        else { throw nonsense }
        return NumericArray(elementType: type, shape: shape, bytes: answer[2])
    }

    func texts(_ name: String) throws(FileError) -> ShapedArray<String> {
        let answer = try ask([.init(field: "texts"), .init(field: name)])
        let texts = answer.dropFirst().compactMap(\.fieldText)
        guard let shape = answer.first?.fieldShape, texts.count == answer.count - 1,
            ArrayLimits.count(of: shape) == texts.count
        else { throw nonsense }
        return ShapedArray(values: texts, shape: shape)
    }

    func attribute(_ name: String, on object: String) throws(FileError) -> HDF5Attribute? {
        let answer = try ask([
            .init(field: "attribute"), .init(field: name), .init(field: object),
        ]).compactMap(\.fieldText)
        guard answer.count == 2 else { throw nonsense }
        switch answer[0] {
        case "none": return nil
        case "text": return .text(answer[1])
        case "integer":
            if let number = Int64(answer[1]) { return .integer(number) }
        case "real":
            if let bits = UInt64(answer[1]) { return .real(Double(bitPattern: bits)) }
        default: break
        }
        throw nonsense
    }

    func contains(_ name: String) throws(FileError) -> Bool {
        try ask([.init(field: "contains"), .init(field: name)]).first == .init(field: 1)
    }

    func members(of group: String) throws(FileError) -> [HDF5Reader.Member] {
        var members: [HDF5Reader.Member] = []
        for field in try ask([.init(field: "members"), .init(field: group)]) {
            guard let text = field.fieldText, let kind = text.first else { throw nonsense }
            members.append(.init(name: String(text.dropFirst()), isGroup: kind == "g"))
        }
        return members
    }
}
