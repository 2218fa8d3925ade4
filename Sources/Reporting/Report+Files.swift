public import Foundation

extension Report {
    /// All plots of the report with their file names, in the order of the page.
    public var plots: [Figure] {
        var plots: [Figure] = []
        if !receivers.isEmpty { plots.append(Figure(name: "ber", plot: bitErrorRatePlot)) }
        if !softReceivers.isEmpty {
            plots.append(Figure(name: "reliability", plot: reliabilityPlot))
        }
        if receivers.contains(where: { !$0.energies.isEmpty }) {
            plots.append(Figure(name: "energy", plot: energyPlot))
        }
        if chipStudies.contains(where: { !$0.chips.isEmpty }) {
            plots.append(Figure(name: "chips", plot: chipsPlot))
        }
        for (index, curve) in learningCurves.enumerated() {
            plots.append(Figure(name: "learning-\(index + 1)", plot: curve.plot))
        }
        return plots + figures
    }

    /// A file to be written, by its name within the folder of the report.
    public struct File: Sendable, Hashable {
        public var name: String
        public var contents: Data
        public init(name: String, contents: Data) {
            self.name = name
            self.contents = contents
        }
    }

    /// The files of the report: every plot as SVG and PNG, and `report.html` last, so that a page
    /// on disk means that all of its plots are there.
    ///
    /// - Throws: `Gnuplot.Failure` if a plot cannot be drawn.
    public func files(drawnWith gnuplot: Gnuplot) throws(Gnuplot.Failure) -> [File] {
        var files: [File] = []
        var drawings: [String: String] = [:]
        for figure in plots {
            let svg = try gnuplot.render(figure.plot, as: .svg)
            drawings[figure.name] = String(decoding: svg, as: UTF8.self)
            files.append(File(name: "\(figure.name).svg", contents: svg))
            let png = try gnuplot.render(figure.plot, as: .png)
            files.append(File(name: "\(figure.name).png", contents: png))
        }
        let page = HTMLReport(self, drawings: drawings).text
        files.append(File(name: "report.html", contents: Data(page.utf8)))
        return files
    }
}
