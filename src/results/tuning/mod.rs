//! The ledger of a tuning, all that was tried to choose each arm's settings, and its tables.

mod ledger;
mod table;

pub use self::{
    ledger::{Candidate, Edge, Ledger, Side, TunedArm},
    table::{BUDGET_ABOUT, BUDGET_COLUMNS, LEDGER_ABOUT, LEDGER_COLUMNS, budget_table, candidate_table, overview},
};
