//! longlag measures how far back in time a recurrent network can learn, and shows why.

pub mod registry;
pub mod store;
pub mod suite;
pub mod table;
