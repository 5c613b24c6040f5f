//! Laws of what touches the scan: modifiers of cells, delays, rules for what passes back, by both engines.

mod backward;
mod case;
mod delays;
mod elman;
mod modifiers;
mod penalties;
mod structure;
#[path = "../support/mod.rs"]
mod support;
mod tape;
#[path = "../support/variants.rs"]
mod variants;
mod vocabulary;
