//! PNG: the backend that paints what plotters draws as pixels.

use plotters::backend::BitMapBackend;
use plotters::prelude::{IntoFont, RGBAColor, TextStyle};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use super::marks::{UNITS, paint, units};
use crate::results::figure::error::RenderError;
use crate::results::figure::layout::scene::{Position, Scene};
use crate::results::figure::style::font::{self, Weight};

/// Pixels per point: 300 per inch.
const PIXELS: f64 = 300.0 / 72.0;
/// The most pixels of a picture, those of a page of A4: a larger one has fewer per point.
const MOST_PIXELS: f64 = 8_700_000.0;
/// Painted so many times as large and then averaged, which smooths edges that plotters leaves jagged.
const OVERSAMPLING: usize = 3;

/// The scene as a PNG file.
pub fn png(scene: &Scene) -> Result<Vec<u8>, RenderError> {
    let density = density(scene);
    let (width, height) = ((scene.width * density).ceil() as usize, (scene.height * density).ceil() as usize);
    let (wide, high) = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut pixels = vec![255; wide * high * 3];
    let bitmap = BitMapBackend::with_buffer(&mut pixels, (wide as u32, high as u32));
    let size = (units(scene.width), units(scene.height));
    paint(scene, Bitmap { bitmap, size, scale: density * OVERSAMPLING as f64 / UNITS })?;
    encode(&average(&pixels, width, height), (width as u32, height as u32), density)
        .map_err(|error| RenderError::Backend(error.to_string()))
}

/// Pixels per point of a scene's picture.
fn density(scene: &Scene) -> f64 {
    // A row or column that is only begun is a whole one.
    let pixels = |density: f64| (scene.width * density).ceil() * (scene.height * density).ceil();
    if pixels(PIXELS) <= MOST_PIXELS {
        return PIXELS;
    }
    let mut density = (MOST_PIXELS / (scene.width * scene.height)).sqrt();
    while pixels(density) > MOST_PIXELS {
        density *= 0.999;
    }
    density
}

/// A picture being painted.
struct Bitmap<'a> {
    bitmap: BitMapBackend<'a>,
    /// In plotters' coordinates.
    size: (u32, u32),
    /// Pixels of the bitmap per coordinate.
    scale: f64,
}

type Painted<'a> = Result<(), DrawingErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>>;

impl Bitmap<'_> {
    fn pixel(&self, at: Position) -> (i32, i32) {
        ((at.0 * self.scale).round() as i32, (at.1 * self.scale).round() as i32)
    }
}

impl<'a> DrawingBackend for Bitmap<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Painted<'a> {
        self.bitmap.ensure_prepared()
    }

    fn present(&mut self) -> Painted<'a> {
        self.bitmap.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Painted<'a> {
        self.bitmap.draw_pixel(self.pixel(exact(at)), color)
    }

    /// A stroke strip by strip with round joins: as one outline, a sharp bend would leave holes and spikes.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Painted<'a> {
        let path: Vec<Position> = path.into_iter().map(exact).collect();
        let half = 0.5 * f64::from(style.stroke_width());
        for pair in path.windows(2) {
            if let Some(corners) = strip(pair[0], pair[1], half) {
                self.bitmap.fill_polygon(corners.map(|corner| self.pixel(corner)), &style.color())?;
            }
        }
        let radius = (half * self.scale).round() as u32;
        path.into_iter().try_for_each(|at| self.bitmap.draw_circle(self.pixel(at), radius, &style.color(), true))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Painted<'a> {
        let outline: Vec<(i32, i32)> = path.into_iter().map(|at| self.pixel(exact(at))).collect();
        self.bitmap.fill_polygon(outline, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Painted<'a> {
        let weight = if matches!(style.style(), FontStyle::Bold) { Weight::Bold } else { Weight::Regular };
        let share = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => 0.5,
            HPos::Right => 1.0,
        };
        let (x, baseline) = exact(at);
        let left = x - share * style.size() * font::ems(text, weight);
        let size = style.size() * self.scale * font::HEIGHT_PER_EM;
        let BackendColor { alpha, rgb: (r, g, b) } = style.color();
        let color = RGBAColor(r, g, b, alpha);
        let style = TextStyle::from((font::FAMILY, size, weight.style()).into_font()).color(&color);
        // plotters' rasterizer puts the baseline half the size below the place it is given.
        let (x, y) = self.pixel((left, baseline));
        self.bitmap.draw_text(&font::drawable(text), &style, (x, y - (size / 2.0) as i32))
    }
}

fn exact((x, y): BackendCoord) -> Position {
    (x.into(), y.into())
}

/// The four corners of a stroke from `a` to `b`, `half` of it on either side.
fn strip(a: Position, b: Position, half: f64) -> Option<[Position; 4]> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length == 0.0 {
        return None;
    }
    let (across_x, across_y) = (-dy / length * half, dx / length * half);
    let corner = |place: Position, side: f64| (place.0 + side * across_x, place.1 + side * across_y);
    Some([corner(a, 1.0), corner(b, 1.0), corner(b, -1.0), corner(a, -1.0)])
}

/// Averages every square of `OVERSAMPLING` by `OVERSAMPLING` pixels. (Plain loops, and additions that wrap though none does: every
/// picture's every pixel passes here.)
fn average(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let row = width * OVERSAMPLING * 3;
    let area = (OVERSAMPLING * OVERSAMPLING) as u16;
    let mut averaged = Vec::with_capacity(width * height * 3);
    let mut columns = vec![0_u16; row];
    for rows in pixels.chunks_exact(row * OVERSAMPLING) {
        columns.fill(0);
        for line in rows.chunks_exact(row) {
            for (sum, channel) in columns.iter_mut().zip(line) {
                *sum = sum.wrapping_add(u16::from(*channel));
            }
        }
        for square in columns.chunks_exact(3 * OVERSAMPLING) {
            let mut sums = [area / 2; 3];
            for pixel in square.chunks_exact(3) {
                sums[0] = sums[0].wrapping_add(pixel[0]);
                sums[1] = sums[1].wrapping_add(pixel[1]);
                sums[2] = sums[2].wrapping_add(pixel[2]);
            }
            for sum in sums {
                averaged.push((sum / area) as u8);
            }
        }
    }
    averaged
}

fn encode(pixels: &[u8], (width, height): (u32, u32), density: f64) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Default);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::NonAdaptive);
    encoder.set_filter(png::FilterType::Up);
    let per_metre = (density * 72.0 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::figure::style::CURVE;
    use crate::results::figure::style::palette::INK;

    fn scene(height: f64) -> Scene {
        let mut scene = Scene { width: 482.0, height, ..Scene::default() };
        scene.line(vec![(10.0, 10.0), (470.0, height - 10.0)], INK, CURVE);
        scene
    }

    #[test]
    fn a_picture_has_300_pixels_per_inch() {
        let file = png(&scene(100.0)).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), (2009, 417));
        assert_eq!(info.pixel_dims.unwrap().xppu, 11811);
    }

    #[test]
    fn no_picture_has_more_pixels_than_a_page() {
        for height in [500.0, 1038.0, 1040.0, 1100.0, 4777.0, 1e5] {
            let scene = scene(height);
            let density = density(&scene);
            let pixels = (scene.width * density).ceil() * (scene.height * density).ceil();
            assert!(pixels <= MOST_PIXELS, "{height}: {pixels}");
            assert!(density == PIXELS || pixels > 0.97 * MOST_PIXELS, "{height}: {pixels}");
        }
    }
}
