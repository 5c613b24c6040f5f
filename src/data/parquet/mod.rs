//! Parquet: a row for each sequence, whose input is a list; read a few pages at a time into memory that holds each array once.

mod collected;
mod damaged;
mod file;
mod numbers;
mod pages;

#[cfg(test)]
mod tests;

pub(super) use file::read;
