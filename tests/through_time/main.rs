//! Laws of what touches the scan: rules for what passes back from step to step, by both engines.

mod backward;
mod case;
mod elman;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/variants.rs"]
mod variants;
