//! Dropout before the readout, through what training sees.
//!
//! The readout hands its input on: an output is the recurrent layer's times the mask.

use longlag::{
    component::{
        probe::StateGradients as _,
        task::{AddingPascanu, Batch, Copy, Dimensions, Goal, Targets, TaskSpec},
    },
    engine::Engine,
    model::{ModelSpec, Network, Readout},
    train::Splits,
};
use serde_json::json;

use super::laboratory::{Noting, engine, init, linear_cell};

const WIDTH: usize = 32;
const RATE: f64 = 0.25;

struct Case {
    splits: Splits,
    engine: Noting,
    parameters: Vec<f32>,
    network: Network,
}

impl Case {
    /// A linear network that sums its inputs and has an identity as its readout.
    fn new(task: &TaskSpec) -> Self {
        let dimensions = Dimensions { goal: Goal::Numbers(WIDTH), ..task.dimensions() };
        let readout = Readout { dropout: RATE, ..Readout::default() };
        let model = ModelSpec { cell: linear_cell(), hidden: WIDTH, readout, ..ModelSpec::default() };
        let network = Network::new(&model, dimensions);
        let one = json!({"kind": "constant", "value": 0.5});
        let init =
            init(json!({"input": one, "recurrent": {"kind": "zeros"}, "bias": one, "readout": {"kind": "identity"},
            "parameters": {"b": {"kind": "zeros"}}}));
        let parameters = network.initialize(&init, 0, 0);
        Self { splits: Splits::new(task, task.kind(), 0, 0), engine: engine(network.clone()), parameters, network }
    }

    fn batch(&self, task: &TaskSpec, addresses: &[u64]) -> Batch {
        let stream = longlag::seed::stream(6, longlag::seed::Purpose::Data, &[]);
        let mut batch = Batch::draw(task, &stream, addresses);
        batch.dimensions = self.network.dimensions;
        batch.targets = Targets::Numbers(vec![0.0; batch.read.len() * WIDTH]);
        batch
    }

    /// Outputs with and without dropout, and the gradient.
    fn pass(&mut self, batch: &Batch, update: u64) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        let mut gradient = vec![f32::NAN; self.parameters.len()];
        let stream = self.splits.dropout(update);
        let dropped = self.engine.gradient(&self.parameters, batch, &stream, &mut gradient).outputs;
        (dropped, self.engine.outputs(&self.parameters, batch), gradient)
    }
}

fn copy() -> TaskSpec {
    TaskSpec::Copy(Copy { length: 3.into(), symbols: 2, items: 2 })
}

#[test]
fn masks_are_inverted_and_keep_the_declared_fraction() {
    let mut case = Case::new(&copy());
    let batch = case.batch(&copy(), &(0..50).collect::<Vec<_>>());
    let (dropped, whole, gradient) = case.pass(&batch, 0);
    let mut kept = 0;
    for (&dropped, &whole) in dropped.iter().zip(&whole) {
        assert!(whole != 0.0);
        let ratio = f64::from(dropped / whole);
        assert!(ratio == 0.0 || (ratio * (1.0 - RATE) - 1.0).abs() <= 1e-6, "{ratio}");
        kept += usize::from(ratio != 0.0);
    }
    let count = whole.len() as f64;
    let deviation = (RATE * (1.0 - RATE) / count).sqrt();
    let fraction = kept as f64 / count;
    assert!((fraction - (1.0 - RATE)).abs() <= 5.0 * deviation, "{fraction} of {count} are kept");
    assert!(gradient.iter().all(|g| g.is_finite()));
}

#[test]
fn masks_differ_between_updates_sequences_steps_and_units() {
    let mut case = Case::new(&copy());
    let batch = case.batch(&copy(), &[0, 1]);
    let zeros = |outputs: &[f32]| outputs.iter().map(|&y| y == 0.0).collect::<Vec<_>>();
    let first = zeros(&case.pass(&batch, 0).0);
    assert_eq!(first, zeros(&case.pass(&batch, 0).0), "one update has one mask");
    assert_ne!(first, zeros(&case.pass(&batch, 1).0));
    let rows: Vec<_> = first.chunks(WIDTH).collect();
    for (k, row) in rows.iter().enumerate() {
        assert!(row.contains(&true) && row.contains(&false), "row {k}");
        assert!(!rows[..k].contains(row), "row {k} has the mask of another");
    }
}

/// A sequence's mask does not depend on the others, even where they differ in the steps that are read.
#[test]
fn masks_do_not_depend_on_the_other_sequences_of_the_batch() {
    for task in [copy(), TaskSpec::AddingPascanu(AddingPascanu { length: 40.into() })] {
        let mut case = Case::new(&task);
        let addresses: Vec<u64> = (0..8).collect();
        let batch = case.batch(&task, &addresses);
        let together = case.pass(&batch, 3).0;
        for (b, &address) in addresses.iter().enumerate() {
            let single = case.batch(&task, &[address]);
            let alone = case.pass(&single, 3).0;
            let mut rows = alone.chunks(WIDTH);
            for (read, t) in batch.read_steps().into_iter().enumerate() {
                if batch.read[t * batch.size + b] {
                    let row = &together[(read * batch.size + b) * WIDTH..][..WIDTH];
                    assert_eq!(row, rows.next().expect("a row alone"), "{task:?}, sequence {b}, step {t}");
                }
            }
        }
    }
}

/// A unit that is dropped gets no gradient.
#[test]
fn dropped_units_pass_no_gradient() {
    let mut case = Case::new(&copy());
    let mut batch = case.batch(&copy(), &[0]);
    let last = batch.dimensions.steps - 1;
    batch.read = (0..=last).map(|t| t == last).collect();
    let (dropped, _, gradient) = case.pass(&batch, 0);
    let readout = case.network.parameters.iter().find(|known| known.name == "readout0.w").expect("a readout");
    for row in gradient[readout.range()].chunks(WIDTH) {
        for (unit, &g) in row.iter().enumerate() {
            assert!(dropped[unit] != 0.0 || g == 0.0, "unit {unit} is dropped, but has the gradient {g}");
        }
    }
    assert!(gradient[readout.range()].iter().any(|&g| g != 0.0));
}

#[test]
fn evaluation_and_probes_drop_nothing() {
    let mut case = Case::new(&copy());
    let batch = case.batch(&copy(), &[0, 1, 2]);
    let whole = case.engine.outputs(&case.parameters, &batch);
    assert!(whole.iter().all(|&y| y != 0.0));
    assert_eq!(whole, case.engine.outputs(&case.parameters, &batch));
    let probed = case.engine.state_gradients(&case.parameters, &batch);
    assert!(probed[0].values.iter().all(|&g| g != 0.0));
}
