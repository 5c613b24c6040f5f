//! A critical-difference diagram as plain data.

/// Methods on a scale of mean ranks, those that are not told apart joined.
#[derive(Clone, Debug, PartialEq)]
pub struct RankDiagram {
    pub title: String,
    /// The sentence or two below the title that say how to read the marks.
    pub subtitle: String,
    /// The name of the scale.
    pub x: String,
    /// The methods by increasing mean rank, 1 being the best.
    pub methods: Vec<RankedMethod>,
    /// The first and the last of methods that are not told apart, by place in the list.
    pub groups: Vec<(usize, usize)>,
    /// The difference of mean ranks from which on two methods are told apart, where it is the same for all.
    pub critical: Option<f64>,
    /// Sentences below the diagram.
    pub notes: Vec<String>,
}

/// A method with its mean rank.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedMethod {
    pub label: String,
    pub rank: f64,
}
