//! A figure of small multiples as plain data: what is drawn, not how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Panels that share both axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub title: String,
    /// How to read the marks, in a sentence or two below the title.
    pub subtitle: String,
    pub x: Axis,
    pub y: Axis,
    /// What distinguishes the series, such as `length`; written above their labels.
    pub key: String,
    /// In reading order.
    pub panels: Vec<Panel>,
    /// Panels per row; chosen by their number when absent.
    pub columns: Option<usize>,
    /// Sentences below the panels.
    pub notes: Vec<String>,
}

/// One of the two axes.
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

/// How values are spread over an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    #[default]
    Linear,
    /// By decades. Zeros lie on the axis' floor, below the smallest positive value, at a tick labelled 0.
    Log,
}

/// A labelled value.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// One of the small multiples.
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
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Written where the line ends.
    pub label: String,
    /// By increasing x.
    pub points: Vec<Point>,
    pub role: SeriesRole,
    /// Whether every point carries a marker and, as a bar, its interval; otherwise a line with a band.
    pub marked: bool,
}

/// One estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    /// Where it is not finite the line stops, with a cross at the last finite point.
    pub value: f64,
    /// The interval's ends. One that is not finite runs off the panel; without an interval they are absent.
    pub interval: Option<(f64, f64)>,
    /// Whether `value` is only a lower bound (drawn as an open triangle).
    pub censored: bool,
}

/// What a series stands for, from which colour, dash and marker follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesRole {
    /// One of several ordered values, from 0: graded colours.
    Ordered { rank: usize, of: usize },
    /// The state of things before training.
    Before,
    /// The state of things after training.
    After,
    /// The only series.
    Sole,
}

/// A horizontal line with a meaning, such as the chance level.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceLine {
    pub label: String,
    pub y: f64,
}
