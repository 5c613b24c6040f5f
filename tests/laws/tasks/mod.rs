//! Laws of every registered task: sequences are what the definition says, and chance is what it claims.

mod chance;
mod definition;
mod estimate;
mod generation;
mod lengths;
mod oracle;
mod plateau;
mod sizes;
