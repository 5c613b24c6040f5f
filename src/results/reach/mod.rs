//! How far back each arm learns, as a search found it, and its table.

mod found;
mod table;
mod words;

pub use self::{
    found::{Estimated, Found, FoundArm},
    table::{REACH_ABOUT, REACH_COLUMNS, misfit_in_words, reach_cell, reach_table},
    words::{bound_in_words, reach_in_words},
};
