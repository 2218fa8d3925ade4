import ArrayFiles
public import Reporting

/// Plots as files.
public enum FigureFiles {
    /// Draws each plot as NAME.svg and NAME.png.
    public static func write(_ figures: [Report.Figure], to folder: String) throws {
        try Folder.make(folder)
        let gnuplot = Gnuplot()
        for figure in figures {
            for (format, ending) in [(PlotScript.Format.svg, "svg"), (.png, "png")] {
                let drawing = try gnuplot.render(figure.plot, as: format)
                try AtomicFile.write([UInt8](drawing), to: "\(folder)/\(figure.name).\(ending)")
            }
        }
    }
}
