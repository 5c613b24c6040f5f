//! Colours as pairs: one on white paper, one on a dark page.

/// An sRGB triple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rgb(pub(super) u8, pub(super) u8, pub(super) u8);

impl Rgb {
    /// Red, green and blue.
    pub fn channels(self) -> (u8, u8, u8) {
        (self.0, self.1, self.2)
    }

    /// The relative luminance of WCAG 2.2, from 0 to 1.
    pub(super) fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The contrast ratio of WCAG 2.2, from 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        a.max(b) / a.min(b)
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let channel = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// A colour: what it is on white paper, and what takes its place on a dark page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    pub light: Rgb,
    pub dark: Rgb,
}

impl Color {
    /// The pair of `0xRRGGBB` on paper and on a dark page.
    pub(super) const fn pair(light: u32, dark: u32) -> Self {
        const fn rgb(hex: u32) -> Rgb {
            Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
        }
        Self { light: rgb(light), dark: rgb(dark) }
    }

    /// The colour at `share` of the way from this one to `other`.
    pub(super) fn mixed(self, other: Self, share: f64) -> Self {
        Self { light: self.light.mixed(other.light, share), dark: self.dark.mixed(other.dark, share) }
    }

    /// The colour at `share` of the way through `stops`.
    pub(super) fn along(stops: &[Self], share: f64) -> Self {
        let place = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
        let index = (place as usize).min(stops.len() - 2);
        stops[index].mixed(stops[index + 1], place - index as f64)
    }

    /// The colour moved towards `ink` until it has `contrast` on `ground`, on either page.
    pub(super) fn readable(self, ink: Self, ground: Self, contrast: f64) -> Self {
        let moved = |color: Rgb, ink: Rgb, ground: Rgb| {
            let shares = (0..=20).map(|step| f64::from(step) / 20.0);
            shares.map(|share| color.mixed(ink, share)).find(|mixed| mixed.contrast(ground) >= contrast).unwrap_or(ink)
        };
        Self { light: moved(self.light, ink.light, ground.light), dark: moved(self.dark, ink.dark, ground.dark) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of WCAG's own texts: black on white is 21, #767676 the lightest grey with 4.5.
    #[test]
    fn contrast_is_that_of_wcag() {
        let of = |hex| Color::pair(hex, hex).light;
        assert!((of(0).contrast(of(0xff_ffff)) - 21.0).abs() <= 1e-12);
        assert!(of(0x76_7676).contrast(of(0xff_ffff)) >= 4.5 && of(0x77_7777).contrast(of(0xff_ffff)) < 4.5);
    }
}
