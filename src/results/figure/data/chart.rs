//! A figure of small multiples as plain data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Panels that share both axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub title: String,
    /// The sentence or two below the title that say how to read the marks.
    pub subtitle: String,
    pub x: Axis,
    pub y: Axis,
    /// The name of what distinguishes the series, such as `length`; written above their labels.
    pub key: String,
    /// The panels in reading order.
    pub panels: Vec<Panel>,
    /// The number of panels per row; chosen by their number when absent.
    pub columns: Option<usize>,
    /// Sentences below the panels.
    pub notes: Vec<String>,
}

/// A horizontal or vertical axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    pub label: String,
    pub scale: Scale,
    /// Values that must lie on the axis; it grows to hold the data as well.
    pub include: Vec<f64>,
    /// Data beyond these stand at the edge of the panel, as wedges with how far they reach.
    pub limits: (Option<f64>, Option<f64>),
    /// Labelled values, in place of round ones.
    pub ticks: Option<Vec<Tick>>,
}

/// The spacing of values along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    #[default]
    Linear,
    /// Equal steps for equal ratios. Zeros lie on the axis' floor, below the smallest positive value, at a tick labelled 0.
    Log,
}

/// A labelled value.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// One of several plots that share their axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    pub title: String,
    pub series: Vec<Series>,
    pub references: Vec<ReferenceLine>,
    /// Short remarks below the title, such as `length 200: 2 of 5 diverged`.
    pub notes: Vec<String>,
    /// Texts in a row along the foot of the panel, each at its x.
    pub footer: Vec<Tick>,
}

/// A line with its band, or a row of points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The label, written where the line ends.
    pub label: String,
    /// The points by increasing x.
    pub points: Vec<Point>,
    pub role: SeriesRole,
    /// Whether every point carries a marker and, as a bar, its interval; otherwise a line with a band.
    pub marked: bool,
    /// Whether markers stand alone, with no line between them, and a line alone, with no markers along it.
    pub loose: bool,
    /// The series that the line sums up, as thin lines behind it: each by increasing x, without values that are not finite.
    pub strands: Vec<Vec<(f64, f64)>>,
}

impl Series {
    /// Whether the line stops somewhere, at a cross: a finite point comes before one that is not.
    pub fn stops(&self) -> bool {
        self.points.windows(2).any(|pair| pair[0].value.is_finite() && !pair[1].value.is_finite())
    }
}

/// An estimate at one x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    /// The estimate; where it is not finite the line stops, with a cross at the last finite point.
    pub value: f64,
    /// The interval's ends. One that is not finite runs off the panel; without an interval they are absent.
    pub interval: Option<(f64, f64)>,
    /// Whether `value` is only a lower bound: an open triangle for a marker, an upright tick on a line.
    pub censored: bool,
}

/// The part a series plays, from which colour, dash and marker follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeriesRole {
    /// One of several ordered values, from 0: graded colours.
    Ordered { rank: usize, of: usize },
    /// One of several that have no order, from 0: colours of their own.
    Named { rank: usize },
    /// The state of things before training.
    Before,
    /// The state of things after training.
    After,
    /// The only series.
    #[default]
    Sole,
}

/// A horizontal line with a meaning, such as the chance level.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceLine {
    pub label: String,
    pub y: f64,
}
