import ArrayFiles
public import Reporting

/// Writes a report's page and plots.
public enum ReportFiles {
    public static func write(_ report: Report, to folder: String) throws {
        try Folder.make(folder)
        for file in try report.files(drawnWith: Gnuplot()) {
            try AtomicFile.write([UInt8](file.contents), to: "\(folder)/\(file.name)")
        }
    }
}
