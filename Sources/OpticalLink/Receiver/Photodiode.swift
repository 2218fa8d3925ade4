public import ComplexModule
public import RealModule

/// An ideal photodiode: the current is the squared magnitude of the field.
///
/// I = R |E|^2 with responsivity R = 1 (field in sqrt(W), current in A). No bandwidth limit, no
/// dark current; noise is added by the link.
public enum Photodiode {
    public static func detect(_ field: Complex<Double>) -> Double { field.lengthSquared }
}
