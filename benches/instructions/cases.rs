//! The pieces of work that are counted.

use std::hint::black_box;

use dfdx::tensor::Cpu;
use longlag::{
    component::{
        cell::CellSpec,
        clip::{ClipSpec, Clips, GlobalNorm},
        init::InitSpec,
        optim::{Buffers, OptimizerSpec, StepContext, optimizer_step},
        task::{Adding, Batch, Copy, TaskSpec},
    },
    compute::kernel::{
        Instruction, Isa, Operation, Program, Scratch, Slot, Term, all_finite, outer, product, sum_of_squares,
        sum_rows, unpack,
    },
    engine::{Engine, dfdx::DfdxEngine, fused::FusedEngine},
    model::{ModelSpec, Network},
    seed::{self, Purpose},
};

use crate::operands::{Outer, Product, numbers};

/// A receiver of cases: the name, and the work.
type Count<'a> = &'a mut dyn FnMut(&str, &mut dyn FnMut());

/// The names of the same update by both engines.
pub const FUSED: &str = "engine fused";
pub const REFERENCE: &str = "engine dfdx";

/// Rows of a tile and steps of a block.
const ROWS: usize = 16;
const STEPS: usize = 4;
/// (depth, width): whole panels, and one and a part.
const SIZES: [(usize, usize); 2] = [(64, 128), (33, 37)];
/// Numbers that a pointwise operation works on: some chunks and a part.
const COUNT: usize = 1000;
/// Parameters that an optimizer steps.
const PARAMETERS: usize = 5000;

/// Hands over every case, each after it ran once: memory is there, and what is made at the first call is made.
pub fn run(count: Count) {
    let isa = Isa::Avx2;
    assert!(isa.available(), "this processor, or valgrind on it, has no {}", isa.name());
    let mut warm = |name: &str, work: &mut dyn FnMut()| {
        work();
        count(name, work);
    };
    SIZES.iter().for_each(|size| matrices(isa, *size, &mut warm));
    for (name, operation) in OPERATIONS {
        pointwise(isa, name, operation, &mut warm);
    }
    for optimizer in OptimizerSpec::all() {
        step(isa, optimizer, &mut warm);
    }
    for cell in CellSpec::all() {
        update(isa, &cell, &adding(), format!("update {}", cell.kind()).as_str(), &mut warm);
    }
    let lstm = || CellSpec::all().into_iter().find(|cell| cell.kind() == "lstm").expect("it is registered");
    let copy = TaskSpec::Copy(Copy { length: 5.into(), ..Copy::default() });
    update(isa, &lstm(), &copy, "update lstm, cross-entropy", &mut warm);
    engines(isa, &lstm(), &mut warm);
}

const OPERATIONS: [(&str, Operation); 11] = [
    ("tanh", Operation::Tanh),
    ("sigmoid", Operation::Sigmoid),
    ("exp", Operation::Exp),
    ("expm1", Operation::ExpM1),
    ("ln", Operation::Ln),
    ("log1p", Operation::Ln1P),
    ("sin", Operation::Sin),
    ("cos", Operation::Cos),
    ("divide", Operation::Divide),
    ("multiply", Operation::Multiply),
    ("multiply-add", Operation::MultiplyAdd),
];

fn adding() -> TaskSpec {
    TaskSpec::Adding(Adding { length: 10.into() })
}

fn matrices(isa: Isa, (depth, width): (usize, usize), count: Count) {
    let size = format!("{depth}x{width}");
    let Product { mut weight, mut arena, value, out, bias } = Product::new(ROWS, (depth, width));
    count(&format!("product {size}"), &mut || {
        product(isa, &mut arena, ROWS, out, bias, &[Term { value, weight: &weight }]);
    });

    let Outer { arena, left, right, mut sum } = Outer::new(ROWS, STEPS, (depth, width));
    count(&format!("outer {size}"), &mut || outer(isa, &arena, STEPS, ROWS, left, right, &mut sum));
    let mut sum = vec![0.0; width];
    count(&format!("sum_rows {size}"), &mut || sum_rows(isa, &arena, STEPS, ROWS, right, &mut sum));

    let mut matrix = numbers(depth * width);
    count(&format!("pack {size}"), &mut || weight.pack(black_box(&matrix)));
    count(&format!("pack_transposed {size}"), &mut || weight.pack_transposed(black_box(&matrix)));
    count(&format!("unpack {size}"), &mut || unpack(weight.panels(), depth, width, &mut matrix));
    count(&format!("sum_of_squares {size}"), &mut || {
        black_box(sum_of_squares(isa, black_box(&matrix)));
    });
    count(&format!("all_finite {size}"), &mut || {
        black_box(all_finite(black_box(&matrix)));
    });
}

fn pointwise(isa: Isa, name: &str, operation: Operation, count: Count) {
    let from = [Slot::Operand(0), Slot::Operand(2), Slot::Operand(3)];
    let instruction = Instruction::new(operation, Slot::Operand(1), &from[..operation.arity()]);
    let program = Program::<f32>::new(isa, vec![instruction]);
    let mut arena: Vec<f32> = numbers(4 * COUNT);
    // ln of positive numbers.
    arena[..COUNT].iter_mut().for_each(|x| *x = x.abs() + 0.01);
    let mut scratch = Scratch::default();
    let places: Vec<usize> = (0..1 + operation.arity()).map(|place| place * COUNT).collect();
    count(name, &mut || program.run(&mut scratch, black_box(&mut arena), COUNT, &places));
}

fn step(isa: Isa, optimizer: OptimizerSpec, count: Count) {
    let (name, rate) = (format!("step {}", optimizer.kind()), optimizer.learning_rate());
    let mut buffers = Buffers::new(isa, &numbers(PARAMETERS), &optimizer.slots());
    let mut step = optimizer_step(optimizer);
    buffers.gradient_mut().copy_from_slice(&numbers(PARAMETERS));
    count(&name, &mut || buffers.apply_to_all(&mut step, StepContext { step: 1, rate }));
}

/// Forward, backward, clip and Adam.
fn update(isa: Isa, cell: &CellSpec, task: &TaskSpec, name: &str, count: Count) {
    let problem = Problem::new(cell, task);
    let optimizer = OptimizerSpec::default();
    let mut buffers = Buffers::new(isa, &problem.parameters, &optimizer.slots());
    let mut engine = FusedEngine::<f32>::new(problem.network.clone(), isa, 1);
    let mut clips = Clips::new(&[ClipSpec::GlobalNorm(GlobalNorm { max: 1.0 })]);
    let rate = optimizer.learning_rate();
    let mut step = optimizer_step(optimizer);
    count(name, &mut || {
        let (parameters, gradient) = buffers.parameters_and_gradient_mut();
        black_box(engine.gradient(parameters, &problem.batch, &problem.stream, gradient));
        let norm = buffers.norm();
        clips.apply(&mut buffers, norm, &[], &mut [0.0]);
        buffers.apply_to_all(&mut step, StepContext { step: 1, rate });
    });
}

/// The same gradient by both engines.
fn engines(isa: Isa, cell: &CellSpec, count: Count) {
    let Problem { network, parameters, batch, stream } = Problem::new(cell, &adding());
    let mut gradient = vec![0.0; parameters.len()];
    let mut fused = FusedEngine::<f32>::new(network.clone(), isa, 1);
    count(FUSED, &mut || {
        black_box(fused.gradient(&parameters, &batch, &stream, &mut gradient));
    });
    let mut reference = DfdxEngine::<f32, _>::new(network, Cpu::default());
    count(REFERENCE, &mut || {
        black_box(reference.gradient(&parameters, &batch, &stream, &mut gradient));
    });
}

/// A network with a batch.
struct Problem {
    network: Network,
    parameters: Vec<f32>,
    batch: Batch,
    stream: seed::Stream,
}

impl Problem {
    fn new(cell: &CellSpec, task: &TaskSpec) -> Self {
        let model = ModelSpec { cell: cell.clone(), hidden: 32, ..ModelSpec::default() };
        let network = Network::new(&model, task.dimensions());
        let parameters = network.initialize(&InitSpec::default(), 0, 0);
        let stream = seed::stream(0, Purpose::Data, &[]);
        let batch = Batch::draw(task, &stream, &(0..16).collect::<Vec<_>>());
        Self { network, parameters, batch, stream }
    }
}
