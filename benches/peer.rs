//! One update of longlag as a contestant of `scripts/peers/compare.py`: answers its questions line by line on standard input and
//! output, as `scripts/peers/README.md` defines them, when it is started as `peer serve`.

use std::{
    io::{BufRead, Write},
    time::Instant,
};

use longlag::{
    component::{
        cell::CellSpec,
        clip::{ClipSpec, Clips, GlobalNorm},
        optim::{Adam, Buffers, Optimizer as _, OptimizerSpec, StepContext, optimizer_step},
        task::{Batch, Dimensions, Goal, Targets},
    },
    compute::{kernel::Isa, lower::Transform},
    engine::{Engine, fused::FusedEngine},
    model::{ModelSpec, Network},
    seed::{self, Purpose, Stream},
};

/// Updates before the clock runs.
const WARM_UP: usize = 3;

/// Losses that `loss` answers.
const LOSSES: usize = 5;

/// The network, its data and the state of its training.
struct Problem {
    engine: FusedEngine<f32>,
    batch: Batch,
    noise: Stream,
    buffers: Buffers,
    clips: Clips,
    step: Transform<f32, StepContext>,
    rate: f64,
    update: u64,
}

impl Problem {
    fn new(question: &[&str], isa: Isa) -> Self {
        let [cell, hidden, batch, steps] = question else { panic!("CELL HIDDEN BATCH STEPS") };
        let number = |text: &str| text.parse::<usize>().unwrap_or_else(|_| panic!("`{text}` is no number"));
        let (hidden, size, steps) = (number(hidden), number(batch), number(steps));
        let cell = CellSpec::all().into_iter().find(|known| known.kind() == *cell);
        let cell = cell.expect("the driver asks for cells that exist");
        let dimensions = Dimensions { inputs: 2, goal: Goal::Numbers(1), steps };
        let network = Network::new(&ModelSpec { cell, hidden, ..ModelSpec::default() }, dimensions);
        let mut parameters = vec![0.0; network.size()];
        let bound = 1.0 / (hidden as f64).sqrt();
        for parameter in &network.parameters {
            for (index, value) in parameters[parameter.range()].iter_mut().enumerate() {
                *value = ((2.0 * unit(parameter.local_name(), index) - 1.0) * bound) as f32;
            }
        }
        let optimizer = Adam::default();
        Self {
            batch: adding(dimensions, size),
            noise: seed::stream(0, Purpose::Dropout, &[]),
            buffers: Buffers::new(isa, &parameters, &optimizer.slots()),
            engine: FusedEngine::new(network, isa, 1),
            clips: Clips::new(&[ClipSpec::GlobalNorm(GlobalNorm { max: 1.0 })]),
            rate: optimizer.learning_rate,
            step: optimizer_step(OptimizerSpec::Adam(optimizer)),
            update: 0,
        }
    }

    /// One update; the loss is that before it.
    fn update(&mut self) -> f64 {
        let (parameters, gradient) = self.buffers.parameters_and_gradient_mut();
        let forward = self.engine.gradient(parameters, &self.batch, &self.noise, gradient);
        let norm = self.buffers.norm();
        self.clips.apply(&mut self.buffers, norm, &[], &mut [0.0]);
        self.update += 1;
        self.buffers.apply_to_all(&mut self.step, StepContext { step: self.update, rate: self.rate });
        forward.loss
    }
}

/// A number in [0, 1) that every contestant computes alike.
fn unit(name: &str, index: usize) -> f64 {
    let start = name.bytes().fold(2_166_136_261_u32, |z, byte| (z ^ u32::from(byte)).wrapping_mul(16_777_619));
    let mut z = start.wrapping_add((index as u32).wrapping_mul(0x9E37_79B9));
    z = (z ^ (z >> 16)).wrapping_mul(0x85EB_CA6B);
    z = (z ^ (z >> 13)).wrapping_mul(0xC2B2_AE35);
    z ^= z >> 16;
    f64::from(z >> 8) / f64::from(1 << 24)
}

/// The adding problem: inputs (u, mark), the target after the last step.
fn adding(dimensions: Dimensions, size: usize) -> Batch {
    let steps = dimensions.steps;
    let mut input = vec![0.0; steps * size * 2];
    let mut targets = vec![0.0; steps * size];
    let half = steps / 2;
    for b in 0..size {
        let first = (unit("first", b) * half as f64) as usize;
        let second = half + (unit("second", b) * (steps - half) as f64) as usize;
        let mut sum = 0.0;
        for t in 0..steps {
            let u = unit("u", b * steps + t);
            input[(t * size + b) * 2] = u as f32;
            if t == first || t == second {
                input[(t * size + b) * 2 + 1] = 1.0;
                sum += u;
            }
        }
        targets[(steps - 1) * size + b] = sum as f32;
    }
    let read: Vec<bool> = (0..steps * size).map(|at| at >= (steps - 1) * size).collect();
    Batch {
        size,
        dimensions,
        input,
        targets: Targets::Numbers(targets),
        scored: read.clone(),
        read,
        addresses: (0..size as u64).collect(),
    }
}

fn main() {
    if !std::env::args().any(|argument| argument == "serve") {
        return;
    }
    let isa = Isa::choose().expect("the instruction set is there");
    let mut problem = None;
    let mut output = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("questions are text");
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words[..] {
            ["version"] => format!("longlag {}, {}", env!("CARGO_PKG_VERSION"), isa.name()),
            ["prepare", ref question @ ..] => {
                let mut fresh = Problem::new(question, isa);
                (0..WARM_UP).for_each(|_| assert!(fresh.update().is_finite(), "the loss is not finite"));
                problem = Some(fresh);
                "ready".to_owned()
            }
            ["time", count] => {
                let count: u32 = count.parse().expect("a number of updates");
                let problem: &mut Problem = problem.as_mut().expect("`prepare` comes first");
                let start = Instant::now();
                let losses = (0..count).map(|_| problem.update()).fold(0.0, |sum, loss| sum + loss);
                let seconds = start.elapsed().as_secs_f64() / f64::from(count);
                assert!(losses.is_finite(), "a loss is not finite");
                seconds.to_string()
            }
            ["loss", ref question @ ..] => {
                let mut fresh = Problem::new(question, isa);
                let losses: Vec<String> = (0..LOSSES).map(|_| fresh.update().to_string()).collect();
                losses.join(" ")
            }
            ["quit"] => return,
            _ => panic!("there is no question `{line}`"),
        };
        writeln!(output, "{answer}").and_then(|()| output.flush()).expect("somebody reads the answers");
    }
}
