//! Every mistake in a tree, in words.

mod key;
mod kind;
mod remedy;
mod scalar;
mod walk;
