import Foundation
import Yams

/// The text of a spiking receiver's `model.yaml`, in which single values are changed.
///
/// As long as nothing changes the text stays what it is, comments included.
struct DescriptionText {
    private let original: String
    private var root: Node
    private var isChanged = false

    /// nil when the text holds no `receiver.network`.
    init?(_ text: String) {
        guard let root = try? Yams.compose(yaml: text),
            root["receiver"]?["network"]?.mapping != nil
        else { return nil }
        original = text
        self.root = root
    }

    var text: String {
        get throws { isChanged ? try Yams.serialize(node: root) : original }
    }

    /// A value of `receiver.network`.
    mutating func set(_ key: String, to value: Double) {
        guard root["receiver"]?["network"]?[key]?.float != value else { return }
        root["receiver"]?["network"]?[key] = Node(NumberWord.of(value))
        isChanged = true
    }

    /// A word of `receiver.network`, which stands for `fallback` where it is left out.
    mutating func set(_ key: String, to word: String, default fallback: String) {
        guard (root["receiver"]?["network"]?[key]?.string ?? fallback) != word else { return }
        root["receiver"]?["network"]?[key] = Node(word)
        isChanged = true
    }

    mutating func rename(_ name: String, description: String) {
        guard root["name"]?.string != name else { return }
        root["name"] = Node(name)
        root["description"] = Node(description)
        isChanged = true
    }

    /// One receiver instead of one for each noise level, at one of the levels if given.
    mutating func leaveLadder(level: Double? = nil) {
        guard var training = root["training"]?.mapping,
            training["noise_order"]?.string == ModelDescription.NoiseOrder.ladder.rawValue
        else { return }
        training["noise_order"] = nil
        if let level {
            training["noise_power_dB"] = Node([Node(NumberWord.of(level))])
            if let name = root["name"]?.string, let description = root["description"]?.string {
                root["name"] = Node("\(name)@\(NumberWord.of(level))dB")
                root["description"] = Node(
                    "\(description), level of \(NumberWord.of(level)) dB")
            }
        }
        root["training"] = .mapping(training)
        isChanged = true
    }
}
