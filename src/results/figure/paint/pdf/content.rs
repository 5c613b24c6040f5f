//! The operators that paint a page.

use std::fmt::Write as _;

use super::embedded::Embedded;
use crate::results::figure::layout::scene::{Anchor, Mark, Position, Scene, Text};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::PAPER;
use crate::results::figure::style::{Color, Rgb};

/// The operators of a page, and the opacities that they name.
pub struct Content {
    pub operators: Vec<u8>,
    /// The opacities, as `G0`, `G1`, ….
    pub opacities: Vec<f64>,
}

/// The settings that hold and need not be set again.
#[derive(Default)]
struct State {
    fill: Option<Rgb>,
    stroke: Option<Rgb>,
    width: Option<f64>,
    opacity: Option<usize>,
}

struct Painter<'a> {
    out: String,
    height: f64,
    opacities: Vec<f64>,
    state: State,
    fonts: &'a mut [Embedded; 2],
}

impl Content {
    /// Paints the scene on white.
    pub fn of(scene: &Scene, fonts: &mut [Embedded; 2]) -> Self {
        let (out, opacities) = ("1 J 1 j\n".to_owned(), vec![1.0]);
        let mut painter = Painter { out, height: scene.height, opacities, state: State::default(), fonts };
        let (wide, high) = (scene.width, scene.height);
        painter.area(&[(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)], PAPER, 1.0);
        for mark in &scene.marks {
            match mark {
                Mark::Line { path, color, width } => painter.line(path, *color, width.points()),
                Mark::Area { path, color, opacity } => painter.area(path, *color, *opacity),
                Mark::Text(text) => painter.text(text),
            }
        }
        Self { operators: painter.out.into_bytes(), opacities: painter.opacities }
    }
}

impl Painter<'_> {
    fn line(&mut self, path: &[Position], color: Color, width: f64) {
        if self.state.stroke != Some(color.light) {
            self.state.stroke = Some(color.light);
            let _ = writeln!(self.out, "{} RG", channels(color));
        }
        if self.state.width != Some(width) {
            self.state.width = Some(width);
            let _ = writeln!(self.out, "{} w", number(width));
        }
        self.path(path);
        self.out.push_str("S\n");
    }

    fn area(&mut self, path: &[Position], color: Color, opacity: f64) {
        self.fill(color, opacity);
        self.path(path);
        self.out.push_str("f\n");
    }

    fn path(&mut self, path: &[Position]) {
        for (index, &(x, y)) in path.iter().enumerate() {
            let operator = if index == 0 { 'm' } else { 'l' };
            let _ = write!(self.out, "{} {} {operator} ", number(x), number(self.height - y));
        }
    }

    fn fill(&mut self, color: Color, opacity: f64) {
        if self.state.fill != Some(color.light) {
            self.state.fill = Some(color.light);
            let _ = writeln!(self.out, "{} rg", channels(color));
        }
        let state = self.opacities.iter().position(|known| *known == opacity).unwrap_or_else(|| {
            self.opacities.push(opacity);
            self.opacities.len() - 1
        });
        if self.state.opacity != Some(state) && (state > 0 || self.state.opacity.is_some()) {
            let _ = writeln!(self.out, "/G{state} gs");
        }
        self.state.opacity = Some(state);
    }

    /// The text on its baseline, stretched to the width that the layout counted with.
    fn text(&mut self, text: &Text) {
        let shown = font::drawable(&text.text);
        let width = font::width(&text.text, text.size, text.weight);
        let index = usize::from(text.weight == Weight::Bold);
        let glyphs = self.fonts[index].glyphs(&shown);
        let own = self.fonts[index].width(&glyphs) * text.size.points();
        if glyphs.is_empty() || own == 0.0 {
            return;
        }
        let left = match text.anchor {
            Anchor::Start => text.at.0,
            Anchor::Middle => text.at.0 - width / 2.0,
            Anchor::End => text.at.0 - width,
        };
        self.fill(text.color, 1.0);
        let codes = glyphs.iter().fold(String::new(), |mut codes, glyph| {
            let _ = write!(codes, "{glyph:04X}");
            codes
        });
        let (size, stretch) = (number(text.size.points()), number(100.0 * width / own));
        let (x, y) = (number(left), number(self.height - text.at.1));
        let _ = writeln!(self.out, "BT /F{index} {size} Tf {stretch} Tz {x} {y} Td <{codes}> Tj ET");
    }
}

/// The channels of a colour from 0 to 1.
fn channels(color: Color) -> String {
    let (red, green, blue) = color.light.channels();
    [red, green, blue].map(|channel| format!("{:.3}", f64::from(channel) / 255.0)).join(" ")
}

/// A number with hundredths at most; PDF has no exponents.
fn number(value: f64) -> String {
    let written = format!("{value:.2}");
    let short = written.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" || short.is_empty() { "0".to_owned() } else { short.to_owned() }
}
