/// A plot as a value: axes, series, reference lines, texts. One renderer draws them all.
public struct Plot: Sendable, Hashable {
    public var title: String
    /// What the reader sees and how quantities are defined; stands under the plot, not in it.
    public var caption: String
    public var xAxis: Axis
    public var yAxis: Axis
    public var series: [Series]
    public var referenceLines: [ReferenceLine]
    public var texts: [Text]
    /// Height over width of the drawing without its legend.
    public var aspectRatio: Double

    public init(title: String, caption: String, xAxis: Axis, yAxis: Axis, series: [Series]) {
        self.title = title
        self.caption = caption
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.series = series
        referenceLines = []
        texts = []
        aspectRatio = 0.6
    }

    public struct Axis: Sendable, Hashable {
        public enum Scale: Sendable, Hashable {
            case linear
            case logarithmic
        }
        public var label: String
        public var scale: Scale
        /// Range shown; chosen from the data when nil.
        public var range: ClosedRange<Double>?
        /// Named ticks in place of numbers; numbers when empty.
        public var ticks: [Tick]

        public struct Tick: Sendable, Hashable {
            public var position: Double
            public var label: String
            public init(position: Double, label: String) {
                self.position = position
                self.label = label
            }
        }

        public init(
            _ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil,
            ticks: [Tick] = []
        ) {
            self.label = label
            self.scale = scale
            self.range = range
            self.ticks = ticks
        }
    }

    /// A point, with the ends of its error bars where it has them.
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double
        public var xInterval: ClosedRange<Double>?
        public var yInterval: ClosedRange<Double>?
        public init(
            _ x: Double, _ y: Double, xInterval: ClosedRange<Double>? = nil,
            yInterval: ClosedRange<Double>? = nil
        ) {
            self.x = x
            self.y = y
            self.xInterval = xInterval
            self.yInterval = yInterval
        }
    }

    public struct Series: Sendable, Hashable {
        public enum Style: Sendable, Hashable {
            case line
            case dashedLine
            case dottedLine
            /// Markers with error bars.
            case markers
            case openMarkers
            /// A line through markers with error bars.
            case lineAndMarkers
            /// Filled steps centered on each x, for histograms.
            case bars
            /// Many thin translucent lines, for eye diagrams and pairs.
            case faintLines
        }
        /// Name in the legend; not listed when empty.
        public var name: String
        public var style: Style
        /// Place in the palette; the same number is the same color everywhere.
        public var color: Int
        /// Shape of the markers; the shape that goes with the color unless set.
        public var marker: Int
        /// Connected runs of points; lines break between them.
        public var segments: [[Point]]

        public init(_ name: String, _ style: Style, color: Int, points: [Point]) {
            self.init(name, style, color: color, segments: [points])
        }
        public init(_ name: String, _ style: Style, color: Int, segments: [[Point]]) {
            self.name = name
            self.style = style
            self.color = color
            marker = color
            self.segments = segments
        }
    }

    /// A dashed line across the plot; its label stands right of a horizontal line, and at the top
    /// of a vertical one.
    public struct ReferenceLine: Sendable, Hashable {
        public enum Direction: Sendable, Hashable {
            case horizontal
            case vertical
        }
        public var direction: Direction
        public var position: Double
        public var label: String
        public init(_ direction: Direction, at position: Double, label: String) {
            self.direction = direction
            self.position = position
            self.label = label
        }
    }

    /// A text at a place in the coordinates of the data.
    public struct Text: Sendable, Hashable {
        public enum Anchor: Sendable, Hashable {
            case leading
            case center
            case trailing
        }
        public var x: Double
        public var y: Double
        public var text: String
        public var anchor: Anchor
        public init(_ text: String, x: Double, y: Double, anchor: Anchor) {
            self.text = text
            self.x = x
            self.y = y
            self.anchor = anchor
        }
    }
}
