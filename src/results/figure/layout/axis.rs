//! Where on an axis a value lies, and which values are labelled.

use crate::results::figure::data::chart::{Axis, Scale, Tick};
use crate::results::number;

/// An axis fitted to its data.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedAxis {
    scale: Scale,
    /// Ends of the axis; decimal logarithms on a log axis.
    low: f64,
    high: f64,
    /// Share of the axis below `low` that leads down to zero, on a log axis with zeros.
    floor: f64,
    labelled: Option<Vec<Tick>>,
}

impl FittedAxis {
    /// Fits `axis` to the finite ones among `values`, leaving a margin of `margin` (a share of the span) at both ends.
    pub fn fit(axis: &Axis, values: impl Iterator<Item = f64>, margin: f64) -> Self {
        let (floor_limit, ceiling) = axis.limits;
        let within = |value: f64| {
            let value = floor_limit.map_or(value, |limit| value.max(limit));
            ceiling.map_or(value, |limit| value.min(limit))
        };
        let log = axis.scale == Scale::Log;
        let (mut low, mut high, mut zeros) = (f64::INFINITY, f64::NEG_INFINITY, false);
        for value in values.map(within).chain(axis.include.iter().copied()).filter(|value| value.is_finite()) {
            if log && value <= 0.0 {
                zeros = true;
                continue;
            }
            let value = if log { libm::log10(value) } else { value };
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = if log { (-1.0, 0.0) } else { (0.0, 1.0) };
        }
        if high - low < 1e-9 * high.abs().max(1.0) {
            let half = if log { 0.5 } else { 0.5 * high.abs().max(1.0) };
            (low, high) = (low - half, high + half);
        }
        let pad = margin * (high - low);
        // A share has no values below 0, so neither has its axis.
        let grounded = !log && low == 0.0;
        low = if grounded { 0.0 } else { low - pad };
        Self {
            scale: axis.scale,
            low,
            high: high + pad,
            floor: if zeros { 0.1 } else { 0.0 },
            labelled: axis.ticks.clone(),
        }
    }

    /// Where `value` lies, 0 at the low end of the axis and 1 at the high; beyond them for values off the axis; absent for
    /// values that are not numbers, infinite, or negative on a log axis.
    pub fn place(&self, value: f64) -> Option<f64> {
        if !value.is_finite() {
            return None;
        }
        let value = match self.scale {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => libm::log10(value),
            Scale::Log if value == 0.0 => return Some(0.0),
            Scale::Log => return None,
        };
        Some(self.floor + (1.0 - self.floor) * (value - self.low) / (self.high - self.low))
    }

    /// Where the axis is broken between zero and the logarithmic part.
    pub fn breaks_at(&self) -> Option<f64> {
        (self.floor > 0.0).then_some(self.floor / 2.0)
    }

    /// The labelled values, at most about `most` of them.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        if let Some(ticks) = &self.labelled {
            return ticks.clone();
        }
        let mut ticks = match self.scale {
            Scale::Linear => self.linear_ticks(most),
            Scale::Log => self.log_ticks(most),
        };
        if self.floor > 0.0 {
            ticks.insert(0, Tick { value: 0.0, label: "0".to_owned() });
        }
        ticks
    }

    fn linear_ticks(&self, most: usize) -> Vec<Tick> {
        let step = round_step((self.high - self.low) / most.max(1) as f64);
        let (first, last) = (libm::ceil(self.low / step - 1e-9), libm::floor(self.high / step + 1e-9));
        (0..=(last - first).max(0.0) as usize)
            .map(|index| (first + index as f64) * step)
            .map(|value| Tick { value, label: number::decimal(value, step) })
            .collect()
    }

    fn log_ticks(&self, most: usize) -> Vec<Tick> {
        let (first, last) = (libm::ceil(self.low - 1e-9) as i32, libm::floor(self.high + 1e-9) as i32);
        if last - first < 1 {
            return self.ticks_within_a_decade(most);
        }
        let step =
            [1, 2, 3, 5, 10, 20, 50, 100].into_iter().find(|step| (last - first) / step < most as i32).unwrap_or(200);
        (first..=last)
            .filter(|exponent| exponent % step == 0)
            .map(|exponent| Tick { value: libm::pow(10.0, f64::from(exponent)), label: number::power_of_ten(exponent) })
            .collect()
    }

    /// 1, 2 and 5 times powers of ten, for an axis too short for decades.
    fn ticks_within_a_decade(&self, most: usize) -> Vec<Tick> {
        let all = |mantissas: &[f64]| -> Vec<Tick> {
            let (first, last) = (libm::floor(self.low) as i32, libm::ceil(self.high) as i32);
            (first..=last)
                .flat_map(|exponent| {
                    mantissas.iter().map(move |mantissa| mantissa * libm::pow(10.0, f64::from(exponent)))
                })
                .filter(|value| (self.low..=self.high).contains(&libm::log10(*value)))
                .map(|value| Tick { value, label: number::short(value) })
                .collect()
        };
        let ticks = all(&[1.0, 2.0, 5.0]);
        if ticks.len() >= 2 {
            return ticks;
        }
        let ticks = all(&[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        if (2..=most + 1).contains(&ticks.len()) {
            return ticks;
        }
        let (low, high) = (libm::pow(10.0, self.low), libm::pow(10.0, self.high));
        let linear = Self { scale: Scale::Linear, low, high, floor: 0.0, labelled: None };
        linear.linear_ticks(most)
    }

    /// Values of short unlabelled ticks between the decades, where there is room for them.
    pub fn minor_ticks(&self) -> Vec<f64> {
        if self.scale == Scale::Linear || self.high - self.low > 5.0 || self.labelled.is_some() {
            return Vec::new();
        }
        let (first, last) = (libm::floor(self.low) as i32, libm::ceil(self.high) as i32);
        (first..=last)
            .flat_map(|exponent| (2..10).map(move |digit| f64::from(digit) * libm::pow(10.0, f64::from(exponent))))
            .filter(|value| (self.low..=self.high).contains(&libm::log10(*value)))
            .collect()
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `step`.
fn round_step(step: f64) -> f64 {
    let exponent = libm::floor(libm::log10(step));
    let power = libm::pow(10.0, exponent.abs());
    let scaled = |digit: f64| if exponent < 0.0 { digit / power } else { digit * power };
    [1.0, 2.0, 5.0].into_iter().map(scaled).find(|round| *round >= step * (1.0 - 1e-9)).unwrap_or(scaled(10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(values: &[f64]) -> FittedAxis {
        let axis = Axis { scale: Scale::Log, ..Axis::default() };
        FittedAxis::fit(&axis, values.iter().copied(), 0.0)
    }

    #[test]
    fn zero_lies_on_the_floor_of_a_log_axis() {
        let axis = log(&[0.0, 1e-30, 1e8]);
        assert_eq!(axis.place(0.0), Some(0.0));
        assert!((axis.place(1e-30).unwrap() - 0.1).abs() < 1e-12);
        assert!((axis.place(1e8).unwrap() - 1.0).abs() < 1e-12);
        let labels: Vec<String> = axis.ticks(5).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0", "10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "1"]);
    }

    #[test]
    fn what_is_not_finite_has_no_place() {
        let axis = log(&[1.0, f64::NAN, f64::INFINITY, 10.0]);
        assert_eq!(axis.place(f64::NAN), None);
        assert_eq!(axis.place(f64::INFINITY), None);
        assert_eq!(axis.place(-1.0), None);
        assert_eq!(axis.place(10.0), Some(1.0));
    }

    #[test]
    fn nothing_or_a_single_value_still_gives_an_axis() {
        for values in [&[][..], &[0.0], &[3.0], &[f64::NAN]] {
            for scale in [Scale::Linear, Scale::Log] {
                let axis = FittedAxis::fit(&Axis { scale, ..Axis::default() }, values.iter().copied(), 0.05);
                let ticks = axis.ticks(5);
                assert!(!ticks.is_empty() && ticks.len() < 12, "{values:?} {scale:?}: {ticks:?}");
                assert!(ticks.iter().all(|tick| axis.place(tick.value).is_some()));
            }
        }
    }

    #[test]
    fn linear_ticks_are_round() {
        let axis = FittedAxis::fit(&Axis::default(), [0.0, 3000.0].into_iter(), 0.0);
        let labels: Vec<String> = axis.ticks(4).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0", "1000", "2000", "3000"]);
    }

    #[test]
    fn short_log_axes_are_labelled_within_the_decade() {
        let labels: Vec<String> = log(&[0.012, 0.09]).ticks(5).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0.02", "0.05"]);
    }

    #[test]
    fn a_log_axis_of_any_width_has_two_labels_and_not_many_more_than_asked_for() {
        // Of five round steps over an axis the next larger one leaves two at least.
        for most in 5..9 {
            for exponent in -8..4 {
                for ratio in [1.05, 1.3, 1.9, 2.1, 3.0, 4.5, 7.0, 9.5, 12.0, 40.0, 95.0, 1e3, 1e7, 1e20] {
                    for mantissa in [1.0, 1.1, 1.7, 2.4, 4.9, 6.1, 8.8] {
                        let low = mantissa * libm::pow(10.0, f64::from(exponent));
                        let axis = log(&[low, low * ratio]);
                        let ticks = axis.ticks(most);
                        // 1, 2 and 5 where these lie on the axis, whatever was asked for.
                        let bound = (most + 1).max(7);
                        assert!((2..=bound).contains(&ticks.len()), "{low} to {}: {most} {ticks:?}", low * ratio);
                        let on =
                            |tick: &Tick| axis.place(tick.value).is_some_and(|at| (-1e-9..=1.0 + 1e-9).contains(&at));
                        assert!(ticks.iter().all(on), "{low} to {}: {ticks:?}", low * ratio);
                        let distinct = ticks.windows(2).all(|pair| pair[0].label != pair[1].label);
                        assert!(distinct, "{low} to {}: {ticks:?}", low * ratio);
                    }
                }
            }
        }
    }

    #[test]
    fn limits_cut_the_axis() {
        let axis = Axis { limits: (None, Some(2.0)), ..Axis::default() };
        let axis = FittedAxis::fit(&axis, [0.0, 1e30].into_iter(), 0.0);
        assert_eq!(axis.place(2.0), Some(1.0));
        assert!(axis.place(1e30).unwrap() > 1.0);
    }
}
