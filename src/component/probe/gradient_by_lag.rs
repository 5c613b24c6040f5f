use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Measurement, Probe, StateGradient, StateGradients};
use crate::{
    component::{misfit::Misfit, task::Batch},
    stats::{self, NonFinite},
};

/// Norm of the gradient at every state of the past.
///
/// # Definition
///
/// ‖∂L_b/∂s_t‖₂ for each sequence b against the lag T_b − t, where L_b is the sequence's own loss (averaged over its own
/// outputs, not divided by the batch), T_b the last step whose output is read and s_t a state component as carried out of
/// step t, the components taken as independent coordinates; state `full` is all of them together, and with them the values of
/// earlier steps that are carried out of step t as well, where a cell or modifier reads a state several steps back. Over the sequences the
/// median and the 10 % and 90 % quantiles are kept. A zero by underflow stays a zero. Rules for what passes back (`backward`)
/// are obeyed: it is the gradient that training sees.
///
/// # Why it is here
///
/// It is what "vanishing" and "exploding" mean: how strongly the loss depends on what the network held k steps ago. For an
/// LSTM `h` alone looks vanished while `c` carries.
///
/// # Example
///
/// ```yaml
/// probes: [{kind: gradient-by-lag, every: 500}]
/// ```
///
/// How far gradients flow before training, over lags that are longer than what is trained on:
///
/// ```yaml
/// probes: [{kind: gradient-by-lag, when: start, length: 1000, lags-per-octave: 8}]
/// ```
///
/// # References
///
/// Bengio, Simard, Frasconi 1994; Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), eq. 3–5; Arjovsky, Shah, Bengio 2016
/// (arXiv:1511.06464v4), figure 4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GradientByLag {
    /// Updates between measurements; without it only before the first and after the last update.
    #[schemars(range(min = 1))]
    pub every: Option<u64>,
    /// The ends of the training at which to measure.
    pub when: When,
    /// The length of the task at which to measure, in the measure of its setting `length`; without it the one that is trained on.
    #[schemars(range(min = 1))]
    pub length: Option<usize>,
    /// The lags to keep of each doubling of the lag; without it all.
    #[schemars(range(min = 1, max = 1000))]
    pub lags_per_octave: Option<u32>,
    /// Sequences to measure on.
    #[schemars(range(min = 1, max = 100_000))]
    pub sequences: usize,
}

impl Default for GradientByLag {
    fn default() -> Self {
        Self { every: None, when: When::StartAndEnd, length: None, lags_per_octave: None, sequences: 32 }
    }
}

/// The ends of a training at which a probe measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the first and after the last update.
    #[default]
    StartAndEnd,
    /// Before the first update alone.
    Start,
}

impl GradientByLag {
    /// Whether `lag` is kept: the first above each power of 2^(1/n), where there are n to a doubling.
    fn keeps(&self, lag: usize) -> bool {
        let Some(per_octave) = self.lags_per_octave else { return true };
        let place = |lag: usize| libm::floor(f64::from(per_octave) * libm::log2(lag as f64));
        lag < 2 || place(lag) > place(lag - 1)
    }
}

/// The name of all state components together.
pub const ALL_STATES: &str = "full";

/// The statistics over sequences that are stored for every lag: their names and which quantiles they are.
pub const QUANTILES: [(&str, f64); 3] = [("q10", 0.1), ("median", 0.5), ("q90", 0.9)];

impl Probe for GradientByLag {
    fn due(&self, update: u64) -> bool {
        self.every.is_some_and(|every| update.is_multiple_of(every))
    }

    fn at_end(&self) -> bool {
        self.when == When::StartAndEnd
    }

    fn times(&self, updates: u64) -> u64 {
        // Before the first and after the last, and at the multiples between them.
        let between = self.every.map_or(0, |every| updates.saturating_sub(1) / every);
        between + if updates > 0 && self.at_end() { 2 } else { 1 }
    }

    fn length(&self) -> Option<usize> {
        self.length
    }

    fn misfit(&self) -> Option<Misfit> {
        (self.every.is_some() && self.when == When::Start).then(|| Misfit {
            setting: vec!["every".to_owned()],
            message: "it measures at the start alone, and every so many updates as well".to_owned(),
            help: "remove `every`, or `when: start`".to_owned(),
        })
    }

    fn figures(&self, states: &[usize], steps: usize) -> usize {
        let lags = (0..steps).filter(|&lag| self.keeps(lag)).count();
        // Each state, and all together.
        states.iter().map(|states| states + 1).sum::<usize>() * lags * QUANTILES.len()
    }

    fn sequences(&self) -> usize {
        self.sequences
    }

    fn measure(&self, engine: &mut dyn StateGradients, parameters: &[f32], batch: &Batch) -> Vec<Measurement> {
        let gradients = engine.state_gradients(parameters, batch);
        let layers = gradients.iter().map(|gradient| gradient.layer + 1).max().unwrap_or(0);
        let mut found = vec![];
        for layer in 0..layers {
            let states: Vec<&StateGradient> = gradients.iter().filter(|gradient| gradient.layer == layer).collect();
            for state in &states {
                found.extend(self.by_lag(batch, layer, &state.state, &[state], false));
            }
            found.extend(self.by_lag(batch, layer, ALL_STATES, &states, true));
        }
        found
    }
}

impl GradientByLag {
    /// The statistics of the joint norm of `states` at every lag that is kept; of all that is carried, where earlier values count as well.
    fn by_lag<'a>(
        &'a self,
        batch: &'a Batch,
        layer: usize,
        name: &'a str,
        states: &'a [&'a StateGradient],
        earlier: bool,
    ) -> impl Iterator<Item = Measurement> + 'a {
        (0..batch.dimensions.steps).filter(|&lag| self.keeps(lag)).flat_map(move |lag| {
            let at_lag = |b: usize| batch.last_read(b).and_then(|last| last.checked_sub(lag)).map(|t| (b, t));
            let norms: Vec<f64> =
                (0..batch.size).filter_map(at_lag).map(|(b, t)| norm(batch.size, states, earlier, b, t)).collect();
            // A norm that is not finite ranks above all others. No sequence reaches back further than the longest.
            let measured = QUANTILES.map(|(statistic, q)| {
                stats::quantile(&norms, q, NonFinite::Highest).map(|value| Measurement {
                    layer: Some(layer),
                    state: Some(name.to_owned()),
                    lag: Some(lag),
                    index: None,
                    statistic: Cow::Borrowed(statistic),
                    value,
                })
            });
            measured.into_iter().flatten()
        })
    }
}

fn norm(size: usize, states: &[&StateGradient], earlier: bool, b: usize, t: usize) -> f64 {
    let squares = states.iter().flat_map(|state| {
        let row = &state.values[(t * size + b) * state.width..][..state.width];
        let earlier = state.earlier.get(t * size + b).copied().filter(|_| earlier);
        row.iter().map(|&g| f64::from(g) * f64::from(g)).chain(earlier)
    });
    libm::sqrt(squares.sum())
}
