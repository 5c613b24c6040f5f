//! longlag measures how far back in time a recurrent network can learn, and shows why.

pub mod figure;
pub mod registry;
pub mod report;
pub mod store;
pub mod table;
