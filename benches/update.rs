//! One update (forward, backward through time) of every registered cell by the reference engine, on one thread.
//!
//! `cargo bench`; add a filter to see one cell: `cargo bench -- lstm`.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dfdx::tensor::Cpu;
use longlag::{
    cell::CellSpec,
    engine::{Engine as _, dfdx::DfdxEngine},
    model::{InitSpec, ModelSpec, Network},
    seed::{self, Role},
    task::{Adding, Batch, TaskSpec},
};

/// (hidden, batch, T).
const SIZES: [(usize, u64, usize); 2] = [(32, 32, 50), (128, 32, 100)];

fn updates(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("the system can start a thread");
    let mut group = criterion.benchmark_group("update");
    group.sample_size(10);
    for cell in CellSpec::all() {
        for (hidden, batch, length) in SIZES {
            let task = TaskSpec::Adding(Adding { length });
            let model = ModelSpec { cell: cell.clone(), hidden, ..ModelSpec::default() };
            let network = Network::new(&model, task.dimensions());
            let parameters = network.initialize(&InitSpec::default(), 0, 0);
            let mut gradient = vec![0.0; parameters.len()];
            let stream = seed::stream(0, Role::Data, &[]);
            let batch = Batch::draw(&task, &stream, &(0..batch).collect::<Vec<_>>());
            let size = format!("hidden {hidden}, batch {}, T {length}", batch.size);
            group.bench_function(BenchmarkId::new(cell.kind(), size), |bencher| {
                pool.install(|| {
                    let mut engine = DfdxEngine::<f32, _>::new(network.clone(), Cpu::default());
                    bencher.iter(|| engine.gradient(&parameters, &batch, &stream, &mut gradient));
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, updates);
criterion_main!(benches);
