import ArrayFiles
import Reporting

/// Writes the plots of an inspection.
public enum InspectionFiles {
    public static func write(_ inspection: LinkInspection, to folder: String) throws {
        try Folder.make(folder)
        let gnuplot = Gnuplot()
        for figure in inspection.figures {
            for (format, ending) in [(PlotScript.Format.svg, "svg"), (.png, "png")] {
                let drawing = try gnuplot.render(figure.plot, as: format)
                try AtomicFile.write([UInt8](drawing), to: "\(folder)/\(figure.name).\(ending)")
            }
        }
    }
}
