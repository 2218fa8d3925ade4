import Foundation

/// The power of ten at or below a positive value.
func decade(below value: Double) -> Double { pow(10, floor(log10(value))) }

/// The power of ten at or above a positive value.
func decade(above value: Double) -> Double { pow(10, ceil(log10(value))) }
