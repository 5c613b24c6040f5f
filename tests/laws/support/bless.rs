//! The one switch that rewrites what is committed to compare with.

/// Whether the tests are to write their golden files anew: `LONGLAG_BLESS=1 cargo test`, then look at what changed.
pub fn bless() -> bool {
    std::env::var_os("LONGLAG_BLESS").is_some()
}
