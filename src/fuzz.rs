//! Fuzzing: random cases until the time that `LONGLAG_FUZZ_SECONDS` gives is over, of which there is none if it is not set.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use proptest::{
    collection::vec,
    prelude::{any, prop, prop_oneof},
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

/// A change of some bytes.
#[derive(Clone, Debug)]
pub enum Mutation {
    Set(usize, u8),
    Flip(usize, u8),
    Cut(usize),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
}

/// Any change of some bytes.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || any::<usize>();
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (at(), 0u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        at().prop_map(Mutation::Cut),
        (at(), vec(any::<u8>(), 1..20)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        (at(), at()).prop_map(|(from, count)| Mutation::Repeat(from, count)),
    ]
}

impl Mutation {
    /// Changes `bytes`, wherever its places are beyond their end too.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        match self {
            _ if bytes.is_empty() => {}
            Self::Set(at, byte) => bytes[at % length] = *byte,
            Self::Flip(at, bit) => bytes[at % length] ^= 1 << bit,
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Insert(at, more) => {
                let at = at % length;
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Repeat(from, count) => {
                let from = from % length;
                let part = bytes[from..].iter().take(count % 64).copied().collect::<Vec<_>>();
                bytes.extend(part);
            }
        }
    }
}

/// One of these texts of bytes, with up to `most` changes.
pub fn mutated(wholes: Vec<Vec<u8>>, most: usize) -> impl Strategy<Value = Vec<u8>> {
    (any::<prop::sample::Index>(), vec(mutation(), 0..=most)).prop_map(move |(which, mutations)| {
        let mut bytes = which.get(&wholes).clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        bytes
    })
}
