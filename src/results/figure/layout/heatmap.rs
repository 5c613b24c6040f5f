//! A heatmap laid out on a page.

use super::page::Page;
use super::scene::{Anchor, Scene};
use crate::results::figure::data::heatmap::Heatmap;
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{GRID, INK, MUTED};
use crate::results::figure::style::{BODY, FINE, GRID_LINE, MARGIN, SMALL, WIDE_ROW, WIDTH, shade};

/// Between two cells.
const GAP: f64 = 1.5;

/// Lays out a heatmap.
pub fn lay_out(heatmap: &Heatmap) -> Scene {
    let mut page = Page::begin(&heatmap.title, &heatmap.subtitle);
    let columns = heatmap.columns.len().max(1) as f64;
    let rows = heatmap.rows.iter().filter(|row| !row.cells.is_empty());
    let longest = rows.map(|row| font::width(&row.label, BODY, Weight::Regular)).fold(0.0, f64::max);
    let labels = longest.min(0.42 * WIDTH) + 8.0;
    let cell = ((WIDTH - 2.0 * MARGIN - labels) / columns).min(104.0);
    let left = MARGIN + labels;
    page.down(4.0);
    page.text_at(left, &heatmap.key, SMALL, Weight::Regular, MUTED, Anchor::Start);
    page.down(1.28 * BODY);
    for (column, name) in heatmap.columns.iter().enumerate() {
        let name = font::shorten(name, BODY, Weight::Bold, cell - 4.0);
        let middle = left + (column as f64 + 0.5) * cell - GAP / 2.0;
        page.put((middle, page.y), &name, BODY, Weight::Bold, INK, Anchor::Middle);
    }
    page.down(4.0);
    for row in &heatmap.rows {
        let (top, bottom) = (page.y, page.y + WIDE_ROW - GAP);
        let baseline = (top + bottom) / 2.0 + BODY.drop();
        if row.cells.is_empty() {
            let heading = font::shorten(&row.label, BODY, Weight::Bold, WIDTH - 2.0 * MARGIN);
            page.put((MARGIN, baseline), &heading, BODY, Weight::Bold, INK, Anchor::Start);
            page.down(WIDE_ROW);
            continue;
        }
        let label = font::shorten(&row.label, BODY, Weight::Regular, labels - 8.0);
        page.put((left - 8.0, baseline), &label, BODY, Weight::Regular, INK, Anchor::End);
        for (column, content) in row.cells.iter().enumerate() {
            let x = left + column as f64 * cell;
            let (near, far) = (x, x + cell - GAP);
            let Some(content) = content else {
                page.scene.line(vec![(near, bottom), (far, top)], GRID, GRID_LINE);
                continue;
            };
            let (fill, ink) = shade(content.share);
            page.scene.area(vec![(near, top), (far, top), (far, bottom), (near, bottom)], fill, 1.0);
            let main = font::width(&content.text, BODY, Weight::Bold);
            let detail = font::width(&content.detail, FINE, Weight::Regular);
            let beside = !content.detail.is_empty() && main + detail + 12.0 <= cell - GAP;
            let start = (near + far - main - if beside { detail + 6.0 } else { 0.0 }) / 2.0;
            // Where there is no room, the shade tells.
            if main > cell - GAP {
                continue;
            }
            page.put((start, baseline), &content.text, BODY, Weight::Bold, ink, Anchor::Start);
            if beside {
                let at = (start + main + 6.0, baseline);
                page.put(at, &content.detail, FINE, Weight::Regular, ink, Anchor::Start);
            }
        }
        page.down(WIDE_ROW);
    }
    page.end(&heatmap.notes)
}
