//! longlag measures how far back in time a recurrent network can learn, and shows why.

pub mod registry;
pub mod stats;
pub mod store;
pub mod table;
