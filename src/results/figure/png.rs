//! Paints a scene as PNG.

use plotters::backend::BitMapBackend;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::RGBAColor;

use super::font;
use super::palette::Color;
use super::render::RenderError;
use super::scene::{Anchor, Mark, Place, Scene};

/// 300 pixels per inch, for pages in points.
const PIXELS: f64 = 300.0 / 72.0;
/// Painted so many times as large and then averaged, which smooths edges that plotters leaves jagged.
const OVERSAMPLING: usize = 3;

/// The scene as a PNG file.
pub(super) fn paint(scene: &Scene) -> Result<Vec<u8>, RenderError> {
    font::register()?;
    let (width, height) = ((scene.width * PIXELS).ceil() as usize, (scene.height * PIXELS).ceil() as usize);
    let (wide, high) = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut pixels = vec![255; wide * high * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (wide as u32, high as u32)).into_drawing_area();
        for mark in &scene.marks {
            paint_mark(&area, mark).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    encode(&average(&pixels, width, height), width as u32, height as u32).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Backend(error.to_string())
}

fn paint_mark<'a>(
    area: &DrawingArea<BitMapBackend<'a>, Shift>,
    mark: &Mark,
) -> Result<(), DrawingAreaErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>> {
    const SCALE: f64 = PIXELS * OVERSAMPLING as f64;
    let pixel = |(x, y): Place| ((x * SCALE).round() as i32, (y * SCALE).round() as i32);
    match mark {
        Mark::Line { path, color, width } => {
            // Strip by strip with round joins: as one outline, a sharp bend would leave holes and spikes.
            let color = opaque(*color);
            let half = 0.5 * width * SCALE;
            for pair in path.windows(2) {
                if let Some(strip) = strip(pair[0], pair[1], SCALE, half) {
                    area.draw(&Polygon::new(strip, color))?;
                }
            }
            for &place in path {
                area.draw(&Circle::new(pixel(place), half.round() as i32, ShapeStyle::from(&color).filled()))?;
            }
            Ok(())
        }
        Mark::Area { path, color, opacity } => {
            let Color(r, g, b) = *color;
            let outline: Vec<(i32, i32)> = path.iter().map(|&place| pixel(place)).collect();
            area.draw(&Polygon::new(outline, RGBAColor(r, g, b, *opacity)))
        }
        Mark::Text(text) => {
            let left = match text.anchor {
                Anchor::Start => text.at.0,
                Anchor::Middle => text.at.0 - text.width() / 2.0,
                Anchor::End => text.at.0 - text.width(),
            };
            let size = text.size * SCALE * font::HEIGHT_PER_EM;
            let color = opaque(text.color);
            let style = TextStyle::from((font::FAMILY, size, text.weight.style()).into_font()).color(&color);
            // plotters' rasterizer puts the baseline half the size below the place it is given.
            let (x, y) = pixel((left, text.at.1));
            area.draw(&plotters::element::Text::new(text.text.as_str(), (x, y - (size / 2.0) as i32), style))
        }
    }
}

fn opaque(Color(r, g, b): Color) -> RGBAColor {
    RGBAColor(r, g, b, 1.0)
}

/// The four corners of a stroke from `a` to `b`.
fn strip(a: Place, b: Place, scale: f64, half: f64) -> Option<Vec<(i32, i32)>> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length == 0.0 {
        return None;
    }
    let (across_x, across_y) = (-dy / length * half, dx / length * half);
    let corner = |place: Place, side: f64| {
        ((place.0 * scale + side * across_x).round() as i32, (place.1 * scale + side * across_y).round() as i32)
    };
    Some(vec![corner(a, 1.0), corner(b, 1.0), corner(b, -1.0), corner(a, -1.0)])
}

/// Averages every square of `OVERSAMPLING` by `OVERSAMPLING` pixels.
fn average(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let row = width * OVERSAMPLING * 3;
    let area = (OVERSAMPLING * OVERSAMPLING) as u32;
    let mut averaged = Vec::with_capacity(width * height * 3);
    let mut sums = vec![0_u32; width * 3];
    for rows in pixels.chunks_exact(row * OVERSAMPLING) {
        sums.fill(0);
        for line in rows.chunks_exact(row) {
            for (sum, square) in sums.chunks_exact_mut(3).zip(line.chunks_exact(3 * OVERSAMPLING)) {
                for pixel in square.chunks_exact(3) {
                    for (sum, channel) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*channel);
                    }
                }
            }
        }
        averaged.extend(sums.iter().map(|sum| ((sum + area / 2) / area) as u8));
    }
    averaged
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Default);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::NonAdaptive);
    encoder.set_filter(png::FilterType::Up);
    // 300 pixels per inch, in pixels per metre.
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 11811, yppu: 11811, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}
