//! Laws of every registered modifier on every registered cell.

mod cases;
mod every;
mod published;
mod starts;
