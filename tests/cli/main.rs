//! The program as its users meet it: through the real binary.

mod components;
mod interruption;
mod mistakes;
mod program;
mod reproducibility;
mod results;
