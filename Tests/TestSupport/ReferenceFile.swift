public import Foundation

/// Reads the data files that tests compare with.
public enum ReferenceFile {
    /// Decodes a JSON file from the `Reference` folder of a test bundle.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from name: String, in bundle: Bundle
    ) throws -> Value {
        let url = bundle.bundleURL.appendingPathComponent("Reference").appendingPathComponent(name)
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}
