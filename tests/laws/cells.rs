//! Laws of every registered cell, by both engines in f64.

use crate::support::{engines::engines, relative_error, variants::variants};
use longlag::{
    component::{
        cell::{
            CellSpec, Cfn, Elman, FastGrnn, FastRnn, GateInputs, Gru, GruGates, Janet, LiGru, Lstm, Lstm1997,
            LstmAblated, LstmCoupled, LstmFullGateRecurrence, LstmLayerNorm, LstmPart, LstmPeephole, Mgu, MinGru,
            MinLstm, MinimalRnn, Mut1, Mut2, Mut3, Normalization, ResetGate, ResidualElman, Rhn, Scrn, Ugrnn,
        },
        init::{Constant, InitSpec, InitializerSpec},
        task::{Adding, Batch, Copy, TaskSpec},
    },
    model::{ModelSpec, Network},
    seed::{self, Purpose},
};

fn tasks() -> [TaskSpec; 2] {
    [TaskSpec::Adding(Adding { length: 5.into() }), TaskSpec::Copy(Copy { length: 2.into(), symbols: 3, items: 2 })]
}

struct Case {
    network: Network,
    parameters: Vec<f64>,
    batch: Batch,
}

fn case(cell: &CellSpec, task: &TaskSpec, layers: usize, batch: u64) -> Case {
    let model = ModelSpec { cell: cell.clone(), hidden: 4, layers, ..ModelSpec::default() };
    let network = Network::new(&model, task.dimensions());
    let mut draws = seed::stream(1, Purpose::Init, &[]).at(0);
    let mut parameters: Vec<f64> = network.initialize(&InitSpec::default(), 1, 0).into_iter().map(f64::from).collect();
    // Biases away from zero, so that their place matters and no unit of a ReLU sits on its kink.
    parameters.iter_mut().for_each(|parameter| *parameter += 0.1 * draws.normal());
    let addresses: Vec<u64> = (0..batch).collect();
    let batch = Batch::draw(task, &seed::stream(1, Purpose::Data, &[]), &addresses);
    Case { network, parameters, batch }
}

#[test]
fn gradients_match_central_differences() {
    for cell in variants() {
        for task in tasks() {
            for layers in [1, 2] {
                let Case { network, parameters, batch } = case(&cell, &task, layers, 3);
                for (name, mut engine) in engines::<f64>(&network) {
                    let (_, _, gradient) = engine.differentiate(&parameters, &batch, None);
                    // Small, for what bends as sharply as a normalization of nearly equal units.
                    let step = 3e-7;
                    let differences: Vec<f64> = (0..parameters.len())
                        .map(|k| {
                            let mut loss = |sign: f64| {
                                let mut moved = parameters.clone();
                                moved[k] += sign * step;
                                engine.evaluate(&moved, &batch).0
                            };
                            (loss(1.0) - loss(-1.0)) / (2.0 * step)
                        })
                        .collect();
                    let error = relative_error(&gradient, &differences);
                    assert!(error <= 1e-7, "{name}, {cell:?} on {}, {layers} layers: {error:e}", task.kind());
                }
            }
        }
    }
}

#[test]
fn a_batch_of_two_is_two_batches_of_one() {
    for cell in variants() {
        for task in tasks() {
            let Case { network, parameters, batch } = case(&cell, &task, 1, 2);
            for (name, mut engine) in engines::<f64>(&network) {
                let (loss, _, gradient) = engine.differentiate(&parameters, &batch, None);
                let stream = seed::stream(1, Purpose::Data, &[]);
                let halves: Vec<_> = (0..2)
                    .map(|address| engine.differentiate(&parameters, &Batch::draw(&task, &stream, &[address]), None))
                    .collect();
                let mean: Vec<f64> = halves[0].2.iter().zip(&halves[1].2).map(|(a, b)| (a + b) / 2.0).collect();
                assert!((loss - (halves[0].0 + halves[1].0) / 2.0).abs() <= 1e-12, "{name}, {cell:?}");
                let error = relative_error(&gradient, &mean);
                assert!(error <= 1e-12, "{name}, {cell:?} on {}: {error:e}", task.kind());
            }
        }
    }
}

/// An output before the end of a sequence does not depend on the steps that follow.
#[test]
fn later_inputs_do_not_change_earlier_outputs() {
    for cell in variants() {
        let task = TaskSpec::Copy(Copy { length: 2.into(), symbols: 3, items: 2 });
        let Case { network, parameters, batch } = case(&cell, &task, 2, 2);
        let width = task.dimensions().goal.width();
        let last_step = batch.input.len() - batch.size * task.dimensions().inputs;
        let mut changed = batch.clone();
        changed.input[last_step..].iter_mut().for_each(|x| *x += 1.0);
        for (name, mut engine) in engines::<f64>(&network) {
            let (_, before) = engine.evaluate(&parameters, &batch);
            let (_, after) = engine.evaluate(&parameters, &changed);
            let unchanged = before.len() - batch.size * width;
            assert_eq!(before[..unchanged], after[..unchanged], "{name}, {cell:?}");
            assert_ne!(before[unchanged..], after[unchanged..], "{name}, {cell:?}");
        }
    }
}

#[test]
fn parameters_fill_the_buffer_without_gaps() {
    for cell in variants() {
        for layers in [1, 3] {
            let Case { network, .. } = case(&cell, &tasks()[1], layers, 1);
            let mut end = 0;
            for parameter in &network.parameters {
                assert_eq!(parameter.offset, end, "{cell:?}: {}", parameter.name);
                end = parameter.range().end;
            }
            assert_eq!(end, network.size());
            let mut names: Vec<_> = network.parameters.iter().map(|parameter| &parameter.name).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), network.parameters.len(), "{cell:?} has two parameters of one name");
        }
    }
}

/// The number of weights per hidden unit, as the literature counts them.
#[test]
fn parameter_counts_are_the_published_ones() {
    let count = |cell: CellSpec| cell.graph(3, 5).parameter_count();
    let block = 5 * 3 + 5 * 5 + 5;
    assert_eq!(count(CellSpec::Elman(Elman::default())), block);
    assert_eq!(count(CellSpec::ResidualElman(ResidualElman::default())), block);
    assert_eq!(count(CellSpec::Gru(Gru { reset: ResetGate::BeforeMatrix, ..Gru::default() })), 3 * block);
    assert_eq!(count(CellSpec::Gru(Gru { reset: ResetGate::AfterMatrix, ..Gru::default() })), 3 * block + 5);
    assert_eq!(count(CellSpec::Lstm(Lstm {})), 4 * block);
    assert_eq!(count(CellSpec::Lstm1997(Lstm1997::default())), 3 * block);
    // Fully connected, as in the experiments of 1997: all units see all units, the input and a bias.
    let full = CellSpec::Lstm1997(Lstm1997 { gate_recurrence: true, ..Lstm1997::default() });
    assert_eq!(count(full), 3 * 5 * (3 + 3 * 5 + 1));
    assert_eq!(count(CellSpec::LstmPeephole(LstmPeephole {})), 4 * block + 3 * 5);
    assert_eq!(count(CellSpec::LstmCoupled(LstmCoupled { peepholes: true })), 3 * block + 2 * 5);
    assert_eq!(count(CellSpec::LstmCoupled(LstmCoupled { peepholes: false })), 3 * block);
    for (without, gates) in LstmPart::ALL.into_iter().zip([2, 2, 2, 3, 3]) {
        for (peepholes, seen) in [(true, gates * 5), (false, 0)] {
            let cell = CellSpec::LstmAblated(LstmAblated { without, peepholes });
            assert_eq!(count(cell), (gates + 1) * block + seen, "{without:?}");
        }
    }
    assert_eq!(count(CellSpec::LstmFullGateRecurrence(LstmFullGateRecurrence {})), 4 * block + 3 * 5 + 9 * 5 * 5);
    // Three gains and shifts, two of them over all four blocks.
    let normalized = 4 * block + 2 * (4 + 4 + 1) * 5;
    assert_eq!(count(CellSpec::LstmLayerNorm(LstmLayerNorm::default())), normalized);
    // Dey and Salem 2017, Heck and Salem 2017: n·m, n·m + n and n·m + n² fewer for each gate.
    let fewer = [
        (GateInputs::All, 0),
        (GateInputs::StateAndBias, 5 * 3),
        (GateInputs::State, 5 * 3 + 5),
        (GateInputs::Bias, 5 * 3 + 5 * 5),
    ];
    for (gate_inputs, fewer) in fewer {
        let gru = Gru { reset: ResetGate::BeforeMatrix, gate_inputs, ..Gru::default() };
        assert_eq!(count(CellSpec::Gru(gru)), 3 * block - 2 * fewer);
        assert_eq!(count(CellSpec::Mgu(Mgu { gate_inputs })), 2 * block - fewer);
    }
    assert_eq!(count(CellSpec::Gru(Gru { gates: GruGates::UpdateOnly, ..Gru::default() })), 2 * block);
    assert_eq!(count(CellSpec::Gru(Gru { gates: GruGates::ResetOnly, ..Gru::default() })), 2 * block + 5);
    assert_eq!(count(CellSpec::Janet(Janet::default())), 2 * block);
    assert_eq!(count(CellSpec::Ugrnn(Ugrnn {})), 2 * block);
    assert_eq!(count(CellSpec::Mut1(Mut1 {})), 3 * block - 5 * 5);
    assert_eq!(count(CellSpec::Mut2(Mut2 {})), 3 * block);
    assert_eq!(count(CellSpec::Mut3(Mut3 {})), 3 * block);
    assert_eq!(count(CellSpec::MinimalRnn(MinimalRnn {})), 5 * 3 + 2 * 5 * 5 + 2 * 5);
    assert_eq!(count(CellSpec::Cfn(Cfn {})), 2 * block + 5 * 3);
    assert_eq!(count(CellSpec::FastRnn(FastRnn::default())), block + 2);
    assert_eq!(count(CellSpec::FastGrnn(FastGrnn {})), block + 5 + 2);
    assert_eq!(count(CellSpec::LiGru(LiGru { normalization: Normalization::None, ..LiGru::default() })), 2 * block);
    for depth in [1, 2, 10] {
        let of = |coupled| count(CellSpec::Rhn(Rhn { depth, coupled }));
        assert_eq!((of(true), of(false)), (2 * (15 + depth * 30), 3 * (15 + depth * 30)));
    }
    assert_eq!(count(CellSpec::MinGru(MinGru::default())), 2 * (5 * 3 + 5));
    assert_eq!(count(CellSpec::MinLstm(MinLstm::default())), 3 * (5 * 3 + 5));
    let scrn = Scrn { context: 4, ..Scrn::default() };
    assert_eq!(count(CellSpec::Scrn(scrn.clone())), 4 * 3 + 5 * 4 + 5 * 3 + 5 * 5);
    assert_eq!(count(CellSpec::Scrn(Scrn { trained: true, ..scrn })), 4 * 3 + 5 * 4 + 5 * 3 + 5 * 5 + 4);
}

/// Where a cell says how a parameter starts, the suite's law for its kind does not count, and one for its name does.
#[test]
fn cells_start_as_published() {
    let starts = |cell: CellSpec, name: &str, init: &InitSpec| -> Vec<f32> {
        let model = ModelSpec { cell, hidden: 4, ..ModelSpec::default() };
        let network = Network::new(&model, tasks()[0].dimensions());
        let parameter = network.parameters.iter().find(|parameter| parameter.local_name() == name);
        network.initialize(init, 1, 0)[parameter.expect("a parameter of the cell").range()].to_vec()
    };
    let law = InitializerSpec::Constant(Constant { value: 0.5 });
    let init = InitSpec { bias: law.clone(), recurrent: law.clone(), ..InitSpec::default() };
    let rhn = || CellSpec::Rhn(Rhn::default());
    let scrn = CellSpec::Scrn(Scrn { context: 2, trained: true, ..Scrn::default() });
    for (cell, name, wanted) in [
        (CellSpec::FastRnn(FastRnn::default()), "alpha", -3.0),
        (CellSpec::FastRnn(FastRnn::default()), "beta", 3.0),
        (CellSpec::FastGrnn(FastGrnn {}), "zeta", 1.0),
        (CellSpec::FastGrnn(FastGrnn {}), "nu", -4.0),
        (CellSpec::LstmLayerNorm(LstmLayerNorm::default()), "gain_hf", 1.0),
        (CellSpec::LiGru(LiGru::default()), "gain_n", 1.0),
        (rhn(), "b_t1", -2.0),
        (rhn(), "b_t3", -2.0),
        (rhn(), "b_n1", 0.5),
        (scrn, "q", 2.944_439),
    ] {
        let found = starts(cell.clone(), name, &init);
        assert!(found.iter().all(|start| (start - wanted).abs() <= 1e-6), "{cell:?}: {name} starts at {found:?}");
        let named = InitSpec { parameters: [(name.to_owned(), law.clone())].into(), ..InitSpec::default() };
        assert!(starts(cell.clone(), name, &named).iter().all(|start| *start == 0.5), "{cell:?}: {name}");
    }
    let peepholes = starts(CellSpec::LstmPeephole(LstmPeephole {}), "p_f", &init);
    assert!(peepholes.iter().all(|p| *p != 0.5 && *p != 0.0 && p.abs() <= 0.6), "{peepholes:?}");
}
