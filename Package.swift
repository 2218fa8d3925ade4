// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Layers, lowest first; a target imports only what stands above it in this file.

/// What every Swift target is compiled with.
let houseRules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// What the kernels may use of the processor: on x86-64 AVX-512 where the building machine has all
/// of it that x86-64-v4 asks for, else AVX2 with fused multiply-add (Intel since 2013, AMD since
/// 2015), the baseline elsewhere. Results are the same bit for bit. `SPIKELINK_MARCH` names an
/// architecture instead, for instance x86-64-v3 to build for other machines than this one.
/// Unchecked, because kernels reckon with offsets of pointers, and a test of each for overflow
/// costs a tenth.
#if arch(x86_64)
let processorFlags = Set(
    ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
        .split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? [])
let hasAVX512 = processorFlags.isSuperset(
    of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
let kernelArchitecture =
    ProcessInfo.processInfo.environment["SPIKELINK_MARCH"]
    ?? (hasAVX512 ? "x86-64-v4" : "x86-64-v3")
let kernelFlags: [SwiftSetting] = [
    .unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(kernelArchitecture)"])
]
#else
let kernelFlags: [SwiftSetting] = [.unsafeFlags(["-Ounchecked"])]
#endif

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [],
    resources: [Resource] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources,
        swiftSettings: houseRules + settings)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies,
        resources: resources, swiftSettings: houseRules)
}

let complexModule = Target.Dependency.product(name: "ComplexModule", package: "swift-numerics")
let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let reference = [Resource.copy("Reference")]

let package = Package(
    name: "spikelink",
    products: [.executable(name: "spikelink", targets: ["spikelink"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: C libraries
        .systemLibrary(name: "CFFTW3", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(
            name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // MARK: Primitives
        library("PhysicalQuantities"),
        library("RandomStreams", [realModule]),
        library("NumericKernels", [realModule], settings: kernelFlags),
        library("Modulation", ["RandomStreams"]),

        // MARK: Services
        library(
            "FourierTransforms", ["CFFTW3", complexModule, realModule]),
        library("LinearAlgebra", ["COpenBLAS"]),
        library("ArrayFiles", ["CHDF5", "CZlib"]),

        // MARK: Models
        library(
            "OpticalLink",
            [
                "PhysicalQuantities", "RandomStreams", "NumericKernels", "Modulation",
                "FourierTransforms", complexModule, realModule,
            ]),
        library("SpikeEncoding", ["NumericKernels"]),
        library(
            "SpikingNetworks",
            ["Modulation", "RandomStreams", "NumericKernels", "SpikeEncoding", realModule]),
        library(
            "BrainScaleS2", ["PhysicalQuantities", "RandomStreams", "NumericKernels", realModule]),
        library(
            "BaselineEqualizers",
            ["Modulation", "RandomStreams", "NumericKernels", "LinearAlgebra", realModule]),
        library(
            "ErrorRates",
            ["Modulation", "RandomStreams", "NumericKernels", "LinearAlgebra", realModule]),
        library("EnergyModel", ["PhysicalQuantities", "Modulation"]),

        // MARK: Coupling
        library("ErrorCorrection", ["NumericKernels", "ErrorRates", realModule]),
        library("NetworkExchange", ["SpikingNetworks", "ArrayFiles"]),
        library("Reporting", ["RandomStreams", "ErrorRates", "EnergyModel", "ArrayFiles"]),

        // MARK: Composition
        library(
            "LinkExperiments",
            [
                "PhysicalQuantities", "RandomStreams", "Modulation", "ArrayFiles", "OpticalLink",
                "FourierTransforms", complexModule, realModule, "SpikeEncoding", "SpikingNetworks", "BrainScaleS2", "BaselineEqualizers",
                "ErrorRates", "ErrorCorrection", "EnergyModel", "NetworkExchange", "Reporting",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "spikelink",
            dependencies: [
                "LinkExperiments", "ArrayFiles", "Reporting", "BrainScaleS2", "EnergyModel",
                "ErrorCorrection", "NetworkExchange",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseRules),

        // MARK: Benchmarks
        .executableTarget(
            name: "SpikingBenchmarks",
            dependencies: [
                "RandomStreams", "Modulation", "PhysicalQuantities", "ArrayFiles",
                "SpikeEncoding", "SpikingNetworks", "BaselineEqualizers", "LinkExperiments",
                "NumericKernels", "OpticalLink",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/SpikingBenchmarks", swiftSettings: houseRules + kernelFlags),
        .executableTarget(
            name: "LinkBenchmarks",
            dependencies: [
                "RandomStreams", "Modulation", "OpticalLink", "BaselineEqualizers",
                "LinkExperiments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/LinkBenchmarks", swiftSettings: houseRules),
        .executableTarget(
            name: "ChipBenchmarks",
            dependencies: [
                "PhysicalQuantities", "RandomStreams", "ArrayFiles", "BrainScaleS2",
                "BaselineEqualizers", "LinkExperiments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/ChipBenchmarks", swiftSettings: houseRules),
        .executableTarget(
            name: "CodingBenchmarks",
            dependencies: [
                "RandomStreams", "Modulation", "ErrorRates", "ErrorCorrection", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/CodingBenchmarks", swiftSettings: houseRules),

        // MARK: Tests, one per target, at the mirrored path
        .target(
            name: "TestSupport", dependencies: ["RandomStreams"], path: "Tests/TestSupport",
            swiftSettings: houseRules),
        tests(of: "RandomStreams"),
        tests(of: "NumericKernels", ["RandomStreams", realModule]),
        tests(of: "FourierTransforms", [complexModule, realModule]),
        tests(of: "LinearAlgebra"),
        tests(of: "ArrayFiles", ["RandomStreams"], resources: reference),
        tests(
            of: "OpticalLink",
            [
                "Modulation", "RandomStreams", "PhysicalQuantities", "FourierTransforms",
                complexModule, realModule,
            ], resources: reference),
        tests(of: "SpikeEncoding"),
        tests(
            of: "SpikingNetworks", ["Modulation", "NumericKernels", "RandomStreams", "SpikeEncoding"],
            resources: reference),
        tests(
            of: "BrainScaleS2", ["RandomStreams", "NumericKernels", realModule],
            resources: reference),
        tests(
            of: "BaselineEqualizers",
            ["Modulation", "RandomStreams", "LinearAlgebra", "NumericKernels", "ErrorRates"]),
        tests(of: "ErrorRates", ["Modulation", "RandomStreams", "NumericKernels", realModule]),
        tests(of: "EnergyModel", ["Modulation", "PhysicalQuantities"]),
        tests(of: "ErrorCorrection", ["RandomStreams", "ErrorRates", "Modulation"]),
        tests(
            of: "NetworkExchange",
            ["SpikingNetworks", "SpikeEncoding", "NumericKernels", "ArrayFiles"],
            resources: reference),
        tests(of: "Reporting", ["ErrorRates", "EnergyModel"]),
        tests(
            of: "LinkExperiments",
            [
                "Modulation", "RandomStreams", "OpticalLink", "ArrayFiles", "SpikeEncoding",
                "SpikingNetworks", "BrainScaleS2", "BaselineEqualizers", "ErrorRates",
                "EnergyModel", "ErrorCorrection", "NetworkExchange", "Reporting",
                "PhysicalQuantities", realModule,
            ]),
        tests(of: "spikelink", ["ArrayFiles"]),
    ]
)
