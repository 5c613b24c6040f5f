//! Every mistake in a tree, in words.

mod advice;
mod key;
mod kind;
mod scalar;
mod walk;
