//! Material that several laws share.

pub mod bless;
pub mod engines;
pub mod variants;

/// ‖got − wanted‖ / ‖wanted‖; NaN if an entry is NaN, so that no bound holds.
pub fn relative_error(got: &[f64], wanted: &[f64]) -> f64 {
    assert_eq!(got.len(), wanted.len());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut got.iter().zip(wanted).map(|(a, b)| a - b)) / norm(&mut wanted.iter().copied()).max(1e-300)
}
