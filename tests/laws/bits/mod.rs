//! Which bits the fused engine gives: the same on every instruction set and for any number of threads, whatever its memory
//! held before; near those of the reference engine; and the committed ones.

mod agreement;
mod cases;
mod golden;
mod independence;
mod order;
mod poison;
mod special_values;
