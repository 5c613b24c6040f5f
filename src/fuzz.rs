//! Fuzzing: random cases until the time that `LONGLAG_FUZZ_SECONDS` gives is over, of which there is none if it is not set.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseResult, TestRunner},
};

/// Runs `test` on `cases` random cases, and on as many again until the time is over. A case that fails is made as small as can be.
#[expect(clippy::print_stdout, reason = "whoever fuzzes for minutes asks how much was tried")]
pub fn fuzz<S: Strategy<Value: Clone + Debug>>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> TestCaseResult) {
    let seconds = std::env::var("LONGLAG_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (begun, time) = (Instant::now(), Duration::from_secs(seconds));
    let mut done = 0u64;
    loop {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        if let Err(failure) = TestRunner::new(config).run(strategy, &test) {
            panic!("after {done} cases: {failure}");
        }
        done += u64::from(cases);
        if begun.elapsed() >= time {
            break;
        }
    }
    if seconds > 0 {
        println!("{done} cases in {:.0} s without a failure", begun.elapsed().as_secs_f64());
    }
}
