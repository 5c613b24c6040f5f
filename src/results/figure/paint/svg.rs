//! SVG: the backend that writes what plotters draws as a document.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use super::marks::{UNITS, paint, units};
use crate::results::figure::error::RenderError;
use crate::results::figure::layout::scene::Scene;
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::PAPER;
use crate::text::html as escape;

/// The document's coordinates are integers, which keeps it short: so many of them make a point.
const PER_POINT: f64 = 20.0;

/// The scene as an SVG document.
pub fn svg(scene: &Scene) -> Result<String, RenderError> {
    let mut document = String::new();
    paint(scene, Svg::begin(&mut document, scene))?;
    document.push_str("</svg>\n");
    Ok(document)
}

/// A document being written.
struct Svg<'a> {
    document: &'a mut String,
    /// In plotters' coordinates.
    size: (u32, u32),
}

impl<'a> Svg<'a> {
    /// Opens the document: its physical size, a title for screen readers, round joins, fonts to fall back on, white paper.
    fn begin(document: &'a mut String, scene: &Scene) -> Self {
        let (wide, high) = (scene.width * PER_POINT, scene.height * PER_POINT);
        let _ = writeln!(
            document,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {wide} {high}\" \
             role=\"img\" stroke-linejoin=\"round\" stroke-linecap=\"round\" font-family=\"{}\">\n<title>{}</title>\n\
             <rect x=\"0\" y=\"0\" width=\"{wide}\" height=\"{high}\" fill=\"{}\" stroke=\"none\"/>",
            scene.width,
            scene.height,
            font::FALLBACKS,
            escape(&scene.title),
            PAPER.light,
        );
        Self { document, size: (units(scene.width), units(scene.height)) }
    }

    /// One element without content; every attribute follows a space.
    fn element(&mut self, name: &str, attributes: std::fmt::Arguments) -> Written {
        let _ = writeln!(self.document, "<{name}{attributes}/>");
        Ok(())
    }
}

type Written = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Written {
        Ok(())
    }

    fn present(&mut self) -> Written {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Written {
        let ((x, y), opacity, fill) = (rounded(at), Opacity(color), Rgb(color));
        self.element("rect", format_args!(" x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\"{opacity} fill=\"{fill}\""))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Written {
        let (opacity, stroke) = (Opacity(style.color()), Rgb(style.color()));
        let (width, points) = (scaled(style.stroke_width().into()), points(path));
        self.element(
            "polyline",
            format_args!(" fill=\"none\"{opacity} stroke=\"{stroke}\" stroke-width=\"{width}\" points=\"{points}\""),
        )
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Written {
        let (opacity, fill, points) = (Opacity(style.color()), Rgb(style.color()), points(path));
        self.element("polygon", format_args!("{opacity} fill=\"{fill}\" points=\"{points}\""))
    }

    /// The text on its baseline, as wide as in the built-in typeface whatever font the viewer has.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Written {
        let (x, y) = rounded(at);
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let (weight, bold) = match style.style() {
            FontStyle::Bold => (Weight::Bold, " font-weight=\"bold\""),
            _ => (Weight::Regular, ""),
        };
        let (size, fill) = (scaled(style.size()), Rgb(style.color()));
        let width = scaled(style.size() * font::ems(text, weight));
        let text = escape(text);
        let _ = writeln!(
            self.document,
            "<text x=\"{x}\" y=\"{y}\"{anchor}{bold} font-size=\"{size}\" fill=\"{fill}\" textLength=\"{width}\" \
             lengthAdjust=\"spacingAndGlyphs\">{text}</text>",
        );
        Ok(())
    }
}

/// A length of plotters in the document's coordinates.
fn scaled(length: f64) -> i64 {
    (length / UNITS * PER_POINT).round() as i64
}

fn rounded((x, y): BackendCoord) -> (i64, i64) {
    (scaled(x.into()), scaled(y.into()))
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let pairs = path.into_iter().map(rounded).map(|(x, y)| format!("{x},{y}"));
    pairs.collect::<Vec<_>>().join(" ")
}

/// A colour as `#RRGGBB`.
struct Rgb(BackendColor);

impl std::fmt::Display for Rgb {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let (r, g, b) = self.0.rgb;
        write!(formatter, "#{r:02X}{g:02X}{b:02X}")
    }
}

/// The attribute of a colour that lets through what lies behind it; nothing for the others.
struct Opacity(BackendColor);

impl std::fmt::Display for Opacity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        if self.0.alpha < 1.0 { write!(formatter, " opacity=\"{}\"", self.0.alpha) } else { Ok(()) }
    }
}
