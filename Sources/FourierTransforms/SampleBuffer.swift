/// A fixed run of samples at an address that vector instructions like (a multiple of 64 bytes).
///
/// For trivial elements such as numbers: nothing is deinitialized.
///
/// The owner may hand its pointer to a transform for the duration of a call, nothing longer.
public struct SampleBuffer<Element>: ~Copyable {
    public let pointer: UnsafeMutablePointer<Element>
    public let count: Int

    /// Allocates `count` elements, all equal to `value`.
    public init(repeating value: Element, count: Int) {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
        pointer = raw.initializeMemory(as: Element.self, repeating: value, count: count)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count)
            return pointer[index]
        }
        set {
            precondition(index >= 0 && index < count)
            pointer[index] = newValue
        }
    }
}
