//! temporary
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let p = q * (sorted.len() - 1) as f64;
    let i = p as usize;
    let j = (i + 1).min(sorted.len() - 1);
    sorted[i] + (p - i as f64) * (sorted[j] - sorted[i])
}
