//! Laws of every registered initializer: values are distributed as its definition says and as it declares.

mod addresses;
mod data_scaling;
mod distribution;
mod joint;
mod matrices;
mod pytorch;
mod spectrum;
mod variants;
