//! Paints a scene with any of plotters' backends.

use plotters::coord::Shift;
use plotters::element::{PathElement, Polygon, Text};
use plotters::prelude::{
    DrawingArea, DrawingAreaErrorKind, DrawingBackend, IntoDrawingArea, IntoFont, RGBAColor, ShapeStyle, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::results::figure::error::RenderError;
use crate::results::figure::layout::scene::{Anchor, Mark, Position, Scene};
use crate::results::figure::style::{Color, font};

/// plotters' coordinates are integers: so many of them make a point, which is fine enough for any picture.
pub const UNITS: f64 = 1e5;

/// A page's width or height in plotters' coordinates.
pub fn units(points: f64) -> u32 {
    (points * UNITS).round() as u32
}

/// Draws the scene's marks, in order, with a backend whose coordinates are [`UNITS`] and whose texts lie on their baseline.
pub fn paint<DB: DrawingBackend>(scene: &Scene, backend: DB) -> Result<(), RenderError> {
    font::register()?;
    let area = backend.into_drawing_area();
    let drawn = scene.marks.iter().try_for_each(|mark| paint_mark(&area, mark));
    drawn.and_then(|()| area.present()).map_err(|error| RenderError::Backend(error.to_string()))
}

fn paint_mark<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    mark: &Mark,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    match mark {
        Mark::Line { path, color, width } => {
            let style = ShapeStyle { color: mix(*color, 1.0), filled: false, stroke_width: units(width.points()) };
            area.draw(&PathElement::new(places(path), style))
        }
        Mark::Area { path, color, opacity } => area.draw(&Polygon::new(places(path), mix(*color, *opacity))),
        Mark::Text(text) => {
            let font = (font::FAMILY, text.size.points() * UNITS, text.weight.style()).into_font();
            let across = match text.anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let color = mix(text.color, 1.0);
            let style = TextStyle::from(font).color(&color).pos(Pos::new(across, VPos::Bottom));
            area.draw(&Text::new(text.text.as_str(), place(text.at), style))
        }
    }
}

fn mix(color: Color, opacity: f64) -> RGBAColor {
    let (r, g, b) = color.light.channels();
    RGBAColor(r, g, b, opacity)
}

fn places(path: &[Position]) -> Vec<(i32, i32)> {
    path.iter().map(|&at| place(at)).collect()
}

fn place((x, y): Position) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}
