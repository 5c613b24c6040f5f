//! The typeface of every figure, carried along so that no machine's own fonts matter.

use std::borrow::Cow;
use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use super::type_size::TypeSize;
use crate::results::figure::error::RenderError;
use crate::results::typeface::{BOLD, REGULAR};
use crate::text::shortened_apart;

/// The name under which the typeface is registered, and its first name in SVG.
pub const FAMILY: &str = "Roboto";

/// The fonts that an SVG viewer is asked for: the typeface itself, then some of much the same shapes and widths.
pub const FALLBACKS: &str = "Roboto, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/// Ascender to descender over the em square: plotters' pixel sizes count the former, typographic sizes the latter.
pub const HEIGHT_PER_EM: f64 = 2400.0 / 2048.0;

/// Height of a capital letter over the em square.
#[cfg(test)]
pub const CAPITAL: f64 = 1456.0 / 2048.0;

/// Whether a text is drawn bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

impl Weight {
    /// The font's file.
    pub fn file(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Bold => BOLD,
        }
    }

    pub fn style(self) -> FontStyle {
        match self {
            Self::Regular => FontStyle::Normal,
            Self::Bold => FontStyle::Bold,
        }
    }
}

/// Makes the typeface known to plotters; later calls find it there.
///
/// # Errors
/// When plotters cannot read the built-in files.
pub fn register() -> Result<(), RenderError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = REGISTERED.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FAMILY, FontStyle::Bold, BOLD).is_ok()
    });
    if *registered { Ok(()) } else { Err(RenderError::Font) }
}

/// Whether the typeface has the sign; both weights have the same.
pub fn has(sign: char) -> bool {
    static FACE: OnceLock<Option<ttf_parser::Face<'static>>> = OnceLock::new();
    let face = FACE.get_or_init(|| ttf_parser::Face::parse(REGULAR, 0).ok());
    face.as_ref().is_some_and(|face| face.glyph_index(sign).is_some())
}

/// The text with a question mark for each sign that the typeface lacks. A browser draws those in a font of its own, so that SVG
/// keeps them.
pub fn drawable(text: &str) -> Cow<'_, str> {
    if text.chars().all(has) {
        return text.into();
    }
    text.chars().map(|sign| if has(sign) { sign } else { '?' }).collect::<String>().into()
}

/// The width of `text` set at `size`, in points.
pub fn width(text: &str, size: TypeSize, weight: Weight) -> f64 {
    ems(text, weight) * size
}

/// The width of `text` over the size at which it is set.
pub fn ems(text: &str, weight: Weight) -> f64 {
    // Measured large, because plotters rounds to whole pixels.
    const EM: f64 = 1000.0;
    let font = FontDesc::new(FontFamily::Name(FAMILY), EM * HEIGHT_PER_EM, weight.style());
    // A sign of another font, as of Chinese or Japanese, is about as wide as it is high.
    let lacking = text.chars().filter(|sign| !has(*sign)).count();
    if lacking > 0 {
        let rest: String = text.chars().filter(|sign| has(*sign)).collect();
        return ems(&rest, weight) + lacking as f64;
    }
    let measured = register().ok().and_then(|()| font.box_size(text).ok());
    // Half an em per character is close enough to lay out a page that drawing will then refuse.
    measured.map_or(0.5 * text.chars().count() as f64, |(wide, _)| f64::from(wide) / EM)
}

/// Breaks `text` into lines of at most `room`, at spaces; a single longer word stays whole.
pub fn wrap(text: &str, size: TypeSize, weight: Weight, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // A per-cent sign stays with its number.
    let text = text.replace(" %", "\u{a0}%");
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            // A separating dot stays at the end of its line.
            Some(line) if word == "·" || width(&format!("{line} {word}"), size, weight) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Breaks `text` as [`wrap`] does, and words longer than `room` wherever it ends.
pub fn wrap_all(text: &str, size: TypeSize, weight: Weight, room: f64) -> Vec<String> {
    let mut lines = vec![];
    for mut line in wrap(text, size, weight, room) {
        // The dot at the end of a line may stand out.
        while width(line.trim_end_matches(" ·"), size, weight) > room {
            let signs: Vec<char> = line.chars().collect();
            let fits = |count: &usize| width(&signs[..*count].iter().collect::<String>(), size, weight) <= room;
            // A sign wider than the room stands alone.
            let count = (1..signs.len()).take_while(fits).last().unwrap_or(1);
            if count >= signs.len() {
                break;
            }
            lines.push(signs[..count].iter().collect());
            line = signs[count..].iter().collect();
        }
        lines.push(line);
    }
    lines
}

/// Cuts `text`, which ends with an ellipsis, to `room` before that.
pub fn cut(text: &str, size: TypeSize, weight: Weight, room: f64) -> String {
    let signs: Vec<char> = text.trim_end_matches('…').chars().collect();
    let ending = |count: usize| signs[..count].iter().collect::<String>().trim_end().to_owned() + "…";
    (0..=signs.len()).rev().map(ending).find(|text| width(text, size, weight) <= room).unwrap_or_default()
}

/// Shortens `text` to `room` with an ellipsis in its middle, since names often differ in their ends.
pub fn shorten(text: &str, size: TypeSize, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let signs: Vec<char> = text.chars().collect();
    for kept in (1..signs.len()).rev() {
        let (head, tail) = (kept - kept / 3, kept / 3);
        let head: String = signs[..head].iter().collect();
        let tail: String = signs[signs.len() - tail..].iter().collect();
        let shorter = format!("{}…{}", head.trim_end(), tail.trim_start());
        if width(&shorter, size, weight) <= room {
            return shorter;
        }
    }
    String::new()
}

/// Shortens each text to `room` as [`shorten`] does; those that differ still do.
pub fn shorten_each(texts: &[&str], size: TypeSize, weight: Weight, room: f64) -> Vec<String> {
    shortened_apart(texts, |_, text| shorten(text, size, weight, room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_figures_has_a_glyph() {
        // A missing glyph is drawn as a box of one fixed width, the width of an unassigned code point.
        let missing = width("\u{e000}", TypeSize(10.0), Weight::Regular);
        for sign in "λ∂Ωσ‖×·≤≥−→←…⁰¹²³⁴⁵⁶⁷⁸⁹⁻±–—∞".chars() {
            for weight in [Weight::Regular, Weight::Bold] {
                assert!(width(&sign.to_string(), TypeSize(10.0), weight) > 0.0, "{sign}");
            }
        }
        assert!(missing > 0.0);
        assert!((width("→", TypeSize(10.0), Weight::Regular) - missing).abs() > 1e-9);
    }

    #[test]
    fn wraps_at_spaces_and_shortens_to_the_room() {
        let text = "elman tanh · standard-normal";
        let lines = wrap(text, TypeSize(8.0), Weight::Bold, 70.0);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), text);
        assert!(lines[0].ends_with('·'));
        let short = shorten(text, TypeSize(8.0), Weight::Bold, 50.0);
        assert!(
            short.starts_with("elman") && short.ends_with("mal") && width(&short, TypeSize(8.0), Weight::Bold) <= 50.0
        );
    }
}
