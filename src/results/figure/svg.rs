//! Paints a scene as SVG.

use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::RGBAColor;

use crate::text;

use super::font;
use super::palette::Color;
use super::render::RenderError;
use super::scene::{Anchor, Mark, Place, Scene};

/// plotters' coordinates are integers: so many of them make a point.
const UNITS: f64 = 20.0;
/// plotters' SVG backend divides sizes of type by this.
const SIZE_PER_EM: f64 = 1.24;

/// The scene as an SVG document.
pub(super) fn paint(scene: &Scene) -> Result<String, RenderError> {
    font::register()?;
    let size = ((scene.width * UNITS) as u32, (scene.height * UNITS) as u32);
    let mut raw = String::new();
    {
        let area = SVGBackend::with_string(&mut raw, size).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        for mark in &scene.marks {
            paint_mark(&area, mark).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(finish(&raw, scene))
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Backend(error.to_string())
}

fn paint_mark<'a>(
    area: &DrawingArea<SVGBackend<'a>, Shift>,
    mark: &Mark,
) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>> {
    match mark {
        Mark::Line { path, color, width } => {
            let style = ShapeStyle { color: opaque(*color), filled: false, stroke_width: (width * UNITS) as u32 };
            area.draw(&PathElement::new(units(path), style))
        }
        Mark::Area { path, color, opacity } => {
            let Color(r, g, b) = *color;
            area.draw(&Polygon::new(units(path), RGBAColor(r, g, b, *opacity)))
        }
        Mark::Text(text) => {
            let font = (font::FAMILY, text.size * UNITS * SIZE_PER_EM, text.weight.style()).into_font();
            let color = opaque(text.color);
            let style = TextStyle::from(font).color(&color);
            area.draw(&plotters::element::Text::new(text.text.as_str(), unit(text.at), style))
        }
    }
}

fn opaque(Color(r, g, b): Color) -> RGBAColor {
    RGBAColor(r, g, b, 1.0)
}

fn units(path: &[Place]) -> Vec<(i32, i32)> {
    path.iter().map(|&place| unit(place)).collect()
}

fn unit((x, y): Place) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

/// Gives the document its physical size, a title for screen readers, round joins, and to every text its baseline, its
/// width (which holds whatever font the viewer has) and fonts to fall back on.
fn finish(raw: &str, scene: &Scene) -> String {
    let mut texts = scene.marks.iter().filter_map(|mark| if let Mark::Text(text) = mark { Some(text) } else { None });
    let mut svg = String::with_capacity(raw.len());
    let mut inside_text = false;
    for line in raw.lines() {
        if line.starts_with("<svg ") {
            let _ = writeln!(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {} {}\" \
                 role=\"img\" stroke-linejoin=\"round\" stroke-linecap=\"round\" font-family=\"{}\">\n<title>{}</title>",
                scene.width,
                scene.height,
                scene.width * UNITS,
                scene.height * UNITS,
                font::FALLBACKS,
                text::html(&scene.title),
            );
        } else if line.starts_with("<text ") {
            if let Some(text) = texts.next() {
                let (x, y) = unit(text.at);
                let anchor = match text.anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let weight = if text.weight == font::Weight::Bold { " font-weight=\"bold\"" } else { "" };
                let Color(r, g, b) = text.color;
                let _ = write!(
                    svg,
                    "<text x=\"{x}\" y=\"{y}\"{anchor}{weight} font-size=\"{}\" fill=\"#{r:02X}{g:02X}{b:02X}\" \
                     textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">",
                    (text.size * UNITS).round() as i32,
                    (text.width() * UNITS).round() as i32,
                );
                inside_text = true;
            }
        } else if inside_text {
            // The text itself, which plotters has escaped, and its closing tag, which are set on one line.
            svg.push_str(line);
            if line == "</text>" {
                svg.push('\n');
                inside_text = false;
            }
        } else {
            svg.push_str(&line.replace(" opacity=\"1\"", "").replace(" \"/>", "\"/>"));
            svg.push('\n');
        }
    }
    svg
}
