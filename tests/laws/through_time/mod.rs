//! Laws of what touches the scan: modifiers of cells, delays, rules for what passes back, by both engines.

mod backward;
mod case;
mod delays;
mod elman;
mod embedding;
mod modifiers;
mod penalties;
mod structure;
mod tape;
mod vocabulary;
