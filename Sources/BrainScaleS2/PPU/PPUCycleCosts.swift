/// What accesses and operations cost, in PPU cycles of 4 ns.
///
/// Vector accesses are figures of the public library's timing test (libnux, including one
/// synchronization); the rest are estimates from the core's documented latencies.
public struct PPUCycleCosts: Sendable, Hashable, Codable {
    public static let cycleInNanoseconds = 4.0

    public var weightRead = 20
    public var weightWrite = 20
    /// Vector load and store in the PPU's own memory.
    public var memoryLoad = 49
    public var memoryStore = 47
    /// One CADC conversion with the reads of the even and the odd columns.
    public var cadcConversion = 410
    /// The pulse that resets the correlation sensors of a row: 200 (+ 3) cycles.
    public var correlationReset = 203
    /// Another read of a converted buffer; costs as a weight read does (estimate).
    public var bufferedRead = 20
    /// A vector of random numbers comes through the same port (estimate).
    public var randomRead = 20
    /// One spike counter over the slower bus, read or cleared (estimate).
    public var counterAccess = 20
    /// One vector instruction (estimate).
    public var vectorOperation = 4
    /// One scalar instruction, load, multiplication, division (documented 1, 2-3, 4, 31).
    public var scalarOperation = 1
    public var scalarLoad = 3
    public var scalarMultiplication = 4
    public var scalarDivision = 31

    public init() {}
    public static let documented = PPUCycleCosts()
}
