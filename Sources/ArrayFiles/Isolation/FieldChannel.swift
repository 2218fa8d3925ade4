#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Messages between a process and the one it has started: lists of byte fields over a socket.
///
/// A message is the number of its fields (64 bits, little-endian), then each field as its length
/// (the same) and its bytes. Neither side trusts lengths it has not checked.
struct FieldChannel {
    let descriptor: Int32
    /// Most bytes taken in one message.
    let byteLimit: Int
    /// Longest silence of the other side, in milliseconds; -1 waits for ever.
    let patience: Int32

    private static let fieldLimit = 1 << 21

    /// Sends a message; false when the other side is gone.
    func send(_ fields: [[UInt8]]) -> Bool {
        var head: [UInt8] = []
        head.append(littleEndian: UInt64(fields.count))
        guard send(head) else { return false }
        for field in fields {
            var length: [UInt8] = []
            length.append(littleEndian: UInt64(field.count))
            guard send(length), send(field) else { return false }
        }
        return true
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer
            while !rest.isEmpty {
                let count = systemSend(descriptor, rest.baseAddress!, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }


    /// The next message; nil when the other side is gone, silent for too long, or makes no sense.
    func receive() -> [[UInt8]]? {
        guard let count = receiveCount(), count <= Self.fieldLimit else { return nil }
        var fields: [[UInt8]] = []
        var total = 0
        for _ in 0..<count {
            guard let length = receiveCount(), length <= byteLimit - total,
                let field = receive(length)
            else { return nil }
            total += length
            fields.append(field)
        }
        return fields
    }

    private func receiveCount() -> Int? {
        guard let bytes = receive(8) else { return nil }
        var cursor = ByteCursor(bytes[...])
        return cursor.count(UInt64.self)
    }

    private func receive(_ count: Int) -> [UInt8]? {
        var isComplete = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var filled = 0
            while filled < count {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&waiting, 1, patience)
                if ready < 0 && errno == EINTR { continue }
                let got =
                    ready > 0 ? read(descriptor, buffer.baseAddress! + filled, count - filled) : 0
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                filled += got
            }
            isComplete = filled == count
            initialized = filled
        }
        return isComplete ? bytes : nil
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    // Without the signal that a closed socket would send.
    #if os(Linux)
    send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #else
    write(descriptor, bytes, count)
    #endif
}

extension Array<UInt8> {
    /// A field of text.
    init(field text: String) { self = Array(text.utf8) }
    /// A field that holds a number in decimal digits.
    init(field number: Int) { self.init(field: "\(number)") }
    /// A field that holds a shape, lengths separated by commas.
    init(field shape: [Int]) { self.init(field: shape.map { "\($0)" }.joined(separator: ",")) }

    var fieldText: String? { String(validating: self, as: UTF8.self) }
    var fieldNumber: Int? { fieldText.flatMap { Int($0) } }
    var fieldShape: [Int]? {
        guard let text = fieldText else { return nil }
        var shape: [Int] = []
        for part in text.split(separator: ",") {
            guard let length = Int(part), length >= 0 else { return nil }
            shape.append(length)
        }
        return shape
    }
}
