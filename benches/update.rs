//! One update's forward and backward pass through time of every registered cell by both engines, on one thread. The throughput is
//! in floating-point operations of the matrix products: "Gelem/s" is GFLOP/s, to be held beside the peak that
//! `cargo bench --bench kernels` measures.
//!
//! `cargo bench --bench update`; add a filter to see one cell or size: `cargo bench --bench update -- fused/lstm`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dfdx::tensor::Cpu;
use longlag::{
    component::{
        cell::CellSpec,
        init::InitSpec,
        task::{Adding, Batch, TaskSpec},
    },
    compute::kernel::Isa,
    engine::{Engine, dfdx::DfdxEngine, fused::FusedEngine},
    model::{ModelSpec, Network},
    seed::{self, Purpose},
};

/// (hidden, batch, T).
const SIZES: [(usize, u64, usize); 4] = [(32, 32, 50), (128, 32, 100), (256, 32, 100), (128, 32, 750)];

/// Sizes that the reference engine is measured at: the others take long.
const REFERENCE_SIZES: usize = 2;

fn updates(criterion: &mut Criterion) {
    let isa = Isa::choose().expect("the instruction set is there");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("the system can start a thread");
    for name in ["fused", "dfdx"] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for cell in CellSpec::all() {
            let sizes = if name == "dfdx" { &SIZES[..REFERENCE_SIZES] } else { &SIZES };
            for &(hidden, batch, length) in sizes {
                let task = TaskSpec::Adding(Adding { length: length.into() });
                let model = ModelSpec { cell: cell.clone(), hidden, ..ModelSpec::default() };
                let network = Network::new(&model, task.dimensions());
                let parameters = network.initialize(&InitSpec::default(), 0, 0);
                let mut gradient = vec![0.0; parameters.len()];
                let stream = seed::stream(0, Purpose::Data, &[]);
                let batch = Batch::draw(&task, &stream, &(0..batch).collect::<Vec<_>>());
                group.throughput(Throughput::Elements(network.flops_per_update(batch.size, 1)));
                let size = format!("hidden {hidden}, batch {}, T {length}", batch.size);
                group.bench_function(BenchmarkId::new(cell.kind(), size), |bencher| {
                    pool.install(|| {
                        let mut engine: Box<dyn Engine> = match name {
                            "fused" => Box::new(FusedEngine::new(network.clone(), isa, 1)),
                            _ => Box::new(DfdxEngine::<f32, _>::new(network.clone(), Cpu::default())),
                        };
                        bencher.iter(|| engine.gradient(&parameters, &batch, &stream, &mut gradient));
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, updates);
criterion_main!(benches);
