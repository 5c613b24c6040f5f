//! The gradient-by-lag probe on networks whose gradients are known.

use longlag::{
    component::{
        bptt::BpttSpec,
        modifier::ModifierSpec,
        probe::{GradientByLag, Measurement, Probe as _},
        task::{Adding, AddingPascanu, Batch, TaskSpec},
    },
    compute::kernel::Isa,
    engine::Backend,
    model::{ModelSpec, Network},
    seed::{self, Purpose},
};
use serde_json::{Value, json};

use super::laboratory::{engine, init, linear_cell};

/// Measures a linear network with this recurrent matrix.
fn measure(task: &TaskSpec, recurrent: Value) -> Vec<Measurement> {
    measure_modified(task, recurrent, vec![])
}

fn measure_modified(task: &TaskSpec, recurrent: Value, modifiers: Vec<ModifierSpec>) -> Vec<Measurement> {
    measure_by(&GradientByLag::default(), task, recurrent, modifiers)
}

fn measure_by(
    probe: &GradientByLag,
    task: &TaskSpec,
    recurrent: Value,
    modifiers: Vec<ModifierSpec>,
) -> Vec<Measurement> {
    let model = ModelSpec { cell: linear_cell(), hidden: 16, modifiers, ..ModelSpec::default() };
    let network = Network::new(&model, task.dimensions());
    let parameters = network.initialize(&init(json!({"recurrent": recurrent})), 0, 0);
    let addresses: Vec<u64> = (0..probe.sequences() as u64).collect();
    let batch = Batch::draw(task, &seed::stream(7, Purpose::Probe, &[]), &addresses);
    probe.measure(&mut engine(network), &parameters, &batch)
}

/// The values of one state and statistic, by lag from 0 on without a gap.
fn by_lag(measured: &[Measurement], state: &str, statistic: &str) -> Vec<f64> {
    let wanted = |row: &&Measurement| row.state.as_deref() == Some(state) && row.statistic == statistic;
    let rows: Vec<&Measurement> = measured.iter().filter(wanted).collect();
    for (lag, row) in rows.iter().enumerate() {
        assert_eq!((row.layer, row.lag, row.index), (Some(0), Some(lag), None));
    }
    rows.into_iter().map(|row| row.value).collect()
}

fn adding(length: usize) -> TaskSpec {
    TaskSpec::Adding(Adding { length: length.into() })
}

const STATISTICS: [&str; 3] = ["q10", "median", "q90"];

#[test]
fn an_orthogonal_matrix_keeps_the_norm() {
    let measured = measure(&adding(60), json!({"kind": "orthogonal"}));
    for state in ["h", "full"] {
        for statistic in STATISTICS {
            let norms = by_lag(&measured, state, statistic);
            assert_eq!(norms.len(), 60);
            for (lag, norm) in norms.iter().enumerate() {
                assert!(
                    norms[0] > 0.0 && (norm / norms[0] - 1.0).abs() <= 1e-5,
                    "{state}, {statistic} at {lag}: {norm}"
                );
            }
        }
    }
}

/// A state that is read three steps back alone: what a step carries on is the values of three steps, of which the gradient passes
/// through one at a time.
#[test]
fn all_that_is_carried_counts_where_a_state_is_read_further_back() {
    let dilation = serde_json::from_value(json!({"kind": "dilation", "steps": 3})).expect("a modifier");
    let measured = measure_modified(&adding(60), json!({"kind": "orthogonal"}), vec![dilation]);
    let (alone, all) = (by_lag(&measured, "h", "median"), by_lag(&measured, "full", "median"));
    let first = alone[0];
    assert_eq!(all.len(), 60);
    for (lag, (alone, all)) in alone.iter().zip(&all).enumerate() {
        assert!((all / first - 1.0).abs() <= 1e-5, "all at {lag}: {all}");
        assert_eq!(*alone > 0.0, lag % 3 == 0, "h at {lag}: {alone}");
    }
}

#[test]
fn half_the_identity_halves_it_each_step() {
    let measured = measure(&adding(40), json!({"kind": "identity", "scale": 0.5}));
    for statistic in STATISTICS {
        let norms = by_lag(&measured, "h", statistic);
        assert_eq!(norms.len(), 40);
        for (lag, pair) in norms.windows(2).enumerate() {
            assert!((pair[1] / pair[0] - 0.5).abs() <= 1e-6, "{statistic} at {lag}: {pair:?}");
        }
    }
}

#[test]
fn twice_the_identity_doubles_it_each_step() {
    let measured = measure(&adding(30), json!({"kind": "identity", "scale": 2.0}));
    let norms = by_lag(&measured, "h", "median");
    let doubles = norms.windows(2).all(|pair| (pair[1] / pair[0] - 2.0).abs() <= 1e-6);
    assert!(norms.len() == 30 && doubles, "{norms:?}");
}

/// A gradient too small for f32 is a zero that is kept, not a gap.
#[test]
fn underflow_is_a_zero() {
    let measured = measure(&adding(50), json!({"kind": "identity", "scale": 1e-3}));
    for statistic in STATISTICS {
        let norms = by_lag(&measured, "h", statistic);
        assert_eq!(norms.len(), 50);
        let first = norms.iter().position(|&norm| norm == 0.0).expect("an underflow");
        // f32 holds numbers down to 1.4·10⁻⁴⁵, subnormal ones included.
        assert!((14..=17).contains(&first), "{norms:?}");
        assert!(norms[..first].windows(2).all(|pair| pair[1] < pair[0]));
        assert!(norms[first..].iter().all(|&norm| norm == 0.0), "{norms:?}");
    }
}

/// An overflow is shown as what it is.
#[test]
fn overflow_is_not_hidden() {
    let measured = measure(&adding(50), json!({"kind": "identity", "scale": 1e3}));
    let norms = by_lag(&measured, "h", "median");
    assert_eq!(norms.len(), 50);
    assert!(norms[49].is_nan() || norms[49].is_infinite(), "{norms:?}");
}

/// Sequences that end earlier count from their own end; lags that only some reach are measured on those.
#[test]
fn lags_count_from_the_end_of_each_sequence() {
    let task = TaskSpec::AddingPascanu(AddingPascanu { length: 40.into() });
    let measured = measure(&task, json!({"kind": "identity", "scale": 0.5}));
    let norms = by_lag(&measured, "h", "median");
    assert_eq!(norms.len(), task.dimensions().steps);
    for (lag, pair) in norms[..40].windows(2).enumerate() {
        assert!((pair[1] / pair[0] - 0.5).abs() <= 1e-6, "at {lag}: {pair:?}");
    }
}

/// Of the lags some are kept, as they are, and none further apart than asked for.
#[test]
fn lags_are_kept_evenly_by_octave() {
    let (task, recurrent) = (adding(200), json!({"kind": "orthogonal", "gain": 0.99}));
    let all = measure(&task, recurrent.clone());
    for per_octave in [1, 3, 8, 1000] {
        let probe = GradientByLag { lags_per_octave: Some(per_octave), ..GradientByLag::default() };
        let kept = measure_by(&probe, &task, recurrent.clone(), vec![]);
        let lags: Vec<usize> = kept.iter().filter(|row| row.statistic == "q10").filter_map(|row| row.lag).collect();
        // Of h and of all states.
        let lags = &lags[..lags.len() / 2];
        assert_eq!(kept.len(), probe.figures(&[1], 200), "{per_octave} to an octave");
        let of_all: Vec<Measurement> =
            all.iter().filter(|row| row.lag.is_some_and(|lag| lags.contains(&lag))).cloned().collect();
        assert_eq!(kept, of_all, "{per_octave} to an octave");
        let furthest = libm::pow(2.0, 1.0 / f64::from(per_octave));
        for pair in lags.windows(2).skip(1) {
            let limit = (pair[0] as f64 * furthest).ceil().max(pair[0] as f64 + 1.0);
            assert!(pair[1] > pair[0] && pair[1] as f64 <= limit, "{per_octave} to an octave: {pair:?}");
        }
        let in_octave = lags.iter().filter(|lag| (64..128).contains(*lag)).count();
        assert_eq!(in_octave, per_octave.min(64) as usize);
    }
}

/// Sequences may be longer than those that the network is made for, by either engine: what is found is the same.
#[test]
fn longer_sequences_are_measured_as_by_a_network_made_for_them() {
    let (short, long, probe) = (adding(10), adding(70), GradientByLag::default());
    let model = ModelSpec { cell: linear_cell(), hidden: 16, layers: 2, ..ModelSpec::default() };
    let batch = Batch::draw(&long, &seed::stream(7, Purpose::Probe, &[]), &(0..9).collect::<Vec<u64>>());
    let isa = Isa::choose().unwrap_or(Isa::Portable);
    for backend in [Backend::Fused { isa, threads: 2 }, Backend::Dfdx] {
        let rules: Vec<BpttSpec> = serde_json::from_value(json!([{"kind": "truncate", "every": 40}])).expect("rules");
        let of = |task: &TaskSpec| {
            let network = Network::new(&model, task.dimensions());
            let parameters = network.initialize(&init(json!({"recurrent": {"kind": "orthogonal"}})), 0, 0);
            probe.measure(backend.engine(network, rules.clone(), vec![]).as_mut(), &parameters, &batch)
        };
        let found = of(&short);
        assert!(found.iter().any(|row| row.lag == Some(69)) && found == of(&long), "{backend:?}");
    }
}

#[test]
fn quantiles_are_ordered() {
    let measured = measure(&adding(20), json!({"kind": "orthogonal", "gain": 0.9}));
    let [low, median, high] = STATISTICS.map(|statistic| by_lag(&measured, "h", statistic));
    for lag in 0..20 {
        assert!(low[lag] <= median[lag] && median[lag] <= high[lag]);
        assert!(low[lag] < high[lag], "sequences do not differ");
    }
}

/// With the identity as activation the gradient k steps back is (Wᵀ)ᵏ times that of the last step, which is a multiple of the
/// readout's row, so that every number of the probe follows from the matrices: d steps back for each factor where the network is
/// dilated by d. A zero is where no path leads, as between the multiples of d and behind the cut of a truncation, and nowhere else.
#[test]
fn a_linear_network_passes_the_powers_of_its_matrix() {
    let (task, hidden, length) = (adding(12), 6, 12);
    let cases: [(Value, Value, usize, usize); 3] = [
        (json!([]), json!([]), 1, length),
        (json!([{"kind": "dilation", "steps": 3}]), json!([]), 3, length),
        // Steps 10 and 11 are the last piece.
        (json!([]), json!([{"kind": "truncate", "every": 5}]), 1, 2),
    ];
    for (modifiers, rules, apart, reach) in cases {
        let modifiers: Vec<ModifierSpec> = serde_json::from_value(modifiers).expect("modifiers");
        let rules: Vec<BpttSpec> = serde_json::from_value(rules).expect("rules");
        let model = ModelSpec { cell: linear_cell(), hidden, modifiers, ..ModelSpec::default() };
        let network = Network::new(&model, task.dimensions());
        let parameters = network.initialize(&init(json!({"recurrent": {"kind": "normal", "gain": 0.8}})), 0, 0);
        let of = |end: &str| {
            let named = network.parameters.iter().find(|parameter| parameter.name.ends_with(end)).expect("a parameter");
            parameters[named.range()].iter().map(|&number| f64::from(number)).collect::<Vec<f64>>()
        };
        let recurrent = of("w_hh");
        // One output: its weights are one row.
        let mut gradient =
            of(&network.parameters.iter().rev().find(|last| last.shape == [1, hidden]).expect("a readout").name);
        let norm = |numbers: &[f64]| numbers.iter().map(|x| x * x).sum::<f64>().sqrt();
        let first = norm(&gradient);
        let probe = GradientByLag { sequences: 1, ..GradientByLag::default() };
        let batch = Batch::draw(&task, &seed::stream(7, Purpose::Probe, &[]), &[0]);
        let isa = Isa::choose().unwrap_or(Isa::Portable);
        let mut engine = Backend::Fused { isa, threads: 1 }.engine(network, rules, vec![]);
        let measured = by_lag(&probe.measure(engine.as_mut(), &parameters, &batch), "h", "median");
        assert_eq!(measured.len(), length);
        for (lag, found) in measured.iter().enumerate() {
            if lag > 0 && lag % apart == 0 {
                gradient =
                    (0..hidden).map(|j| (0..hidden).map(|i| recurrent[i * hidden + j] * gradient[i]).sum()).collect();
            }
            let expected = if lag % apart == 0 && lag < reach { norm(&gradient) / first } else { 0.0 };
            let error = (found / measured[0] - expected).abs();
            assert!(error <= 1e-5 * expected, "apart {apart}, reach {reach}, lag {lag}: {found} for {expected}");
        }
    }
}
