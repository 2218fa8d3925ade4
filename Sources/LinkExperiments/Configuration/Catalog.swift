import Foundation

/// Finds descriptions by name: under the working directory first, then beside the program.
public struct Catalog: Sendable {
    public enum Kind: String, Sendable {
        case channels, models, prices, datasets
    }

    /// Folders that may hold `channels`, `models` and `prices`, in order of search.
    public let roots: [String]

    public init(roots: [String]) { self.roots = roots }

    /// The working directory, `SPIKELINK_HOME` if set, and the folders above the executable, where
    /// a build in place finds the repository.
    public static func standard() -> Catalog {
        var roots = [FileManager.default.currentDirectoryPath]
        if let home = ProcessInfo.processInfo.environment["SPIKELINK_HOME"] { roots.append(home) }
        if let executable = Bundle.main.executablePath {
            var url = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
            while url.path != "/" {
                url.deleteLastPathComponent()
                roots.append(url.path)
            }
        }
        return Catalog(roots: roots)
    }

    /// The file of a channel or price list given by name or path.
    public func file(_ kind: Kind, _ nameOrPath: String) throws -> String {
        let isPath = nameOrPath.contains("/") || nameOrPath.hasSuffix(".yaml")
        if isPath {
            guard FileManager.default.fileExists(atPath: nameOrPath) else {
                throw ConfigurationError(file: nameOrPath, problem: "no such file")
            }
            return nameOrPath
        }
        for root in roots {
            let path = "\(root)/\(kind.rawValue)/\(nameOrPath).yaml"
            if FileManager.default.fileExists(atPath: path) { return shortened(path) }
        }
        throw unknown(kind, nameOrPath)
    }

    /// The folder of a model given by name or path.
    public func modelFolder(_ nameOrPath: String) throws -> String {
        var candidates = nameOrPath.contains("/") ? [nameOrPath] : []
        if candidates.isEmpty { candidates = roots.map { "\($0)/models/\(nameOrPath)" } }
        for path in candidates
        where FileManager.default.fileExists(atPath: path + "/model.yaml") {
            return shortened(path)
        }
        if nameOrPath.contains("/") {
            throw ConfigurationError(
                file: nameOrPath, problem: "no such model: the folder has no model.yaml")
        }
        throw unknown(.models, nameOrPath)
    }

    /// Names of all descriptions of a kind.
    public func names(_ kind: Kind) -> [String] {
        var names: Set<String> = []
        for root in roots {
            let folder = "\(root)/\(kind.rawValue)"
            for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                if kind == .models {
                    if FileManager.default.fileExists(atPath: "\(folder)/\(entry)/model.yaml") {
                        names.insert(entry)
                    }
                } else if entry.hasSuffix(".yaml") {
                    names.insert(String(entry.dropLast(5)))
                }
            }
        }
        return names.sorted()
    }

    private func unknown(_ kind: Kind, _ name: String) -> ConfigurationError {
        let known = names(kind)
        let hint =
            SpellingDistance.nearest(to: name, among: known).map { "did you mean \($0)?" }
            ?? "known: \(known.joined(separator: ", "))"
        return ConfigurationError(
            file: kind.rawValue, problem: "nothing is called \(name); \(hint)")
    }

    /// A path relative to the working directory where that is shorter.
    private func shortened(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
