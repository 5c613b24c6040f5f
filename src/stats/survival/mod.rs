//! Times to an event, such as updates to the target, that some trials never reached.

mod kaplan_meier;
mod log_rank;
mod observation;
mod quantile;
mod restricted_mean;

pub use kaplan_meier::{SurvivalStep, kaplan_meier};
pub use log_rank::log_rank_test;
pub use observation::Observation;
pub use quantile::quantile_with_censoring;
pub use restricted_mean::restricted_mean;
