//! Cells, activations, losses, optimizers, schedules and clipping against PyTorch in float64, and
//! statistics against SciPy and its kin; `scripts/golden/README.md` says
//! how the numbers were made and what the files hold.

mod activations;
mod cells;
mod clipping;
mod instructions;
mod losses;
mod optimizers;
mod parametrizations;
mod psychometric;
mod record;
mod schedules;
mod statistics;
