//! Numbers that sum up how the gradient's norm changes with the lag.

use crate::component::probe::ALL_STATES;
use crate::store::ProbeRow;
use crate::train::{GradientFlow, Moment};

/// The probe that they are of.
const PROBE: &str = "gradient-by-lag";
/// A norm at or above this share of that at lag 0 counts as within the horizon.
const SHARE: f64 = 0.01;

/// The quantity of the first measurement of the gradient by lag, or of that after the last one of `updates`: of the whole state of the
/// first recurrent layer, the median over sequences. `None` where nothing was measured.
///
/// With the norm g(k) at lag k: the *horizon* is the largest lag up to which all g(k) ≥ g(0)/100; the longest lag that was
/// measured is the most it can be. The *growth* is log₁₀ g(longest)/g(0): −∞ where the gradient underflowed to zero, +∞ where it
/// overflowed. Both are NaN where g(0) is zero or not finite.
pub fn gradient_flow(rows: &[ProbeRow], updates: u64, moment: Moment, flow: GradientFlow) -> Option<f64> {
    let norms = norms(rows, updates, moment)?;
    let (&(_, present), &(_, past)) = norms.first().zip(norms.last())?;
    if !(present > 0.0 && present.is_finite()) {
        return Some(f64::NAN);
    }
    Some(match flow {
        // Not below, so that NaN is not within.
        GradientFlow::Horizon => {
            let within = norms.iter().take_while(|(_, norm)| *norm >= SHARE * present);
            within.last().map_or(0.0, |(lag, _)| f64::from(*lag))
        }
        GradientFlow::Growth => libm::log10(past) - libm::log10(present),
    })
}

/// The largest lag up to which the first measurement of the norm by lag is no less than a hundredth of that at lag 1, before training, as a
/// rule; and the longest lag that was measured: where they are the same it may lie beyond. `None` without a measurement at lag 1, or where it is zero or not finite.
pub fn gradient_reach(rows: &[ProbeRow]) -> Option<(u32, u32)> {
    let norms = norms(rows, 0, Moment::Initial)?;
    let past: Vec<(u32, f64)> = norms.into_iter().filter(|(lag, _)| *lag >= 1).collect();
    let (&(first, present), &(longest, _)) = past.first().zip(past.last())?;
    if first != 1 || !(present > 0.0 && present.is_finite()) {
        return None;
    }
    let (last, _) = *past.iter().take_while(|(_, norm)| *norm >= SHARE * present).last()?;
    Some((last, longest))
}

/// The norm at each lag of the first measurement, or of that after all `updates`; `None` where nothing was measured.
fn norms(rows: &[ProbeRow], updates: u64, moment: Moment) -> Option<Vec<(u32, f64)>> {
    let wanted = |row: &&ProbeRow| {
        let whole = row.state.as_deref() == Some(ALL_STATES) && row.layer.unwrap_or(0) == 0;
        row.probe == PROBE && whole && row.statistic == "median"
    };
    let mut measured = rows.iter().filter(wanted).map(|row| row.update);
    let update = match moment {
        Moment::Initial => measured.min()?,
        // A probe may measure at the start alone.
        Moment::Final => measured.find(|update| *update == updates)?,
    };
    let mut norms: Vec<(u32, f64)> = rows
        .iter()
        .filter(wanted)
        .filter(|row| row.update == update)
        .filter_map(|row| Some((row.lag?, row.value)))
        .collect();
    norms.sort_by_key(|(lag, _)| *lag);
    Some(norms)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of norms by lag at an update.
    fn rows(update: u64, norms: &[f64]) -> Vec<ProbeRow> {
        let row = |(lag, &value): (usize, &f64)| ProbeRow {
            trial_id: "t".to_owned(),
            update,
            probe: PROBE.to_owned(),
            layer: Some(0),
            state: Some(ALL_STATES.to_owned()),
            lag: Some(lag as u32),
            index: None,
            statistic: "median".to_owned(),
            value,
        };
        norms.iter().enumerate().map(row).collect()
    }

    fn of(norms: &[f64]) -> [f64; 2] {
        let rows = rows(0, norms);
        [GradientFlow::Horizon, GradientFlow::Growth]
            .map(|flow| gradient_flow(&rows, 0, Moment::Initial, flow).unwrap())
    }

    #[test]
    fn the_horizon_ends_at_a_hundredth_and_growth_is_in_powers_of_ten() {
        assert_eq!(of(&[2.0, 1.0, 0.02, 0.0199, 1.0]), [2.0, libm::log10(0.5)]);
        assert_eq!(of(&[1.0, 10.0, 1000.0]), [2.0, 3.0]);
        assert_eq!(of(&[1.0, 0.0]), [0.0, f64::NEG_INFINITY]);
        assert_eq!(of(&[1.0, 1.0, f64::INFINITY]), [2.0, f64::INFINITY]);
        assert_eq!(of(&[1.0, f64::NAN, 1.0])[0], 0.0);
        assert_eq!(of(&[5.0]), [0.0, 0.0]);
        for lost in [0.0, f64::INFINITY, f64::NAN] {
            assert!(of(&[lost, 1.0]).iter().all(|value| value.is_nan()), "{lost}");
        }
    }

    #[test]
    fn the_reach_of_a_gradient_is_held_against_lag_1_and_has_no_end_where_it_does_not_fall() {
        let of = |norms: &[f64]| gradient_reach(&rows(0, norms));
        assert_eq!(of(&[9.0, 1.0, 0.02, 0.01, 0.009, 1.0]), Some((3, 5)));
        assert_eq!(of(&[9.0, 1.0, 0.5]), Some((2, 2)));
        assert_eq!([of(&[9.0]), of(&[1.0, 0.0, 1.0]), of(&[1.0, f64::NAN, 1.0])], [None; 3]);
    }

    #[test]
    fn the_first_and_the_last_measurement_are_told_apart_and_other_rows_left_out() {
        let mut all = rows(0, &[1.0, 0.1]);
        all.extend(rows(50, &[1.0, 100.0]));
        for (change, value) in [(0, "q10"), (1, "h")] {
            let mut others = rows(50, &[1.0, 1e9]);
            let text = |row: &mut ProbeRow| {
                if change == 0 { row.statistic = value.to_owned() } else { row.state = Some(value.to_owned()) }
            };
            others.iter_mut().for_each(text);
            all.extend(others);
        }
        all.extend(rows(50, &[1.0, 1e9]).into_iter().map(|row| ProbeRow { layer: Some(1), ..row }));
        assert_eq!(gradient_flow(&all, 50, Moment::Initial, GradientFlow::Growth), Some(-1.0));
        assert_eq!(gradient_flow(&all, 50, Moment::Final, GradientFlow::Growth), Some(2.0));
        // Not measured after the last update, as by a probe that measures at the start alone.
        assert_eq!(gradient_flow(&all, 60, Moment::Final, GradientFlow::Growth), None);
        assert_eq!(gradient_flow(&[], 50, Moment::Final, GradientFlow::Horizon), None);
    }
}
