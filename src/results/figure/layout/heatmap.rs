//! A heatmap laid out on a page.

use super::page::Page;
use super::scene::{Anchor, Scene};
use crate::results::figure::data::heatmap::Heatmap;
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{GRID, INK, MUTED};
use crate::results::figure::style::{BODY, FINE, GRID_LINE, MARGIN, SMALL, WIDE_ROW, WIDTH, shade};

/// Between two cells.
const GAP: f64 = 1.5;

/// The most lines of the columns' names.
const MOST_LINES: usize = 5;
/// The least distance of two names of a line.
const APART: f64 = 4.0;

/// The names of the columns, each with its middle, in as few lines as they need to stand there whole: a number that has lost digits is
/// another number. Those that no lines can hold are shortened.
fn heads(names: &[String], middles: &[f64], cell: f64) -> Vec<Vec<(f64, String)>> {
    let whole = |lines: usize| {
        let mut placed: Vec<Vec<(f64, String)>> = vec![vec![]; lines];
        let mut ends = vec![MARGIN; lines];
        for (column, (name, middle)) in names.iter().zip(middles).enumerate() {
            let half = font::width(name, BODY, Weight::Bold) / 2.0;
            // The last ones reach no further than the page.
            let middle = middle.min(WIDTH - MARGIN - half);
            let line = column % lines;
            if middle - half < ends[line] {
                return None;
            }
            ends[line] = middle + half + APART;
            placed[line].push((middle, name.clone()));
        }
        Some(placed)
    };
    let shortened = || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let short = font::shorten_each(&names, BODY, Weight::Bold, cell - APART);
        vec![middles.iter().copied().zip(short).collect()]
    };
    (1..=MOST_LINES.min(names.len().max(1))).find_map(whole).unwrap_or_else(shortened)
}

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
    let middles: Vec<f64> =
        (0..heatmap.columns.len()).map(|column| left + (column as f64 + 0.5) * cell - GAP / 2.0).collect();
    let heads = heads(&heatmap.columns, &middles, cell);
    for line in &heads {
        page.down(1.28 * BODY);
        for (middle, name) in line {
            page.put((*middle, page.y), name, BODY, Weight::Bold, INK, Anchor::Middle);
        }
    }
    page.down(4.0);
    let names: Vec<&str> = heatmap.rows.iter().map(|row| row.label.as_str()).collect();
    let names = font::shorten_each(&names, BODY, Weight::Regular, labels - 8.0);
    for (row, name) in heatmap.rows.iter().zip(names) {
        let (top, bottom) = (page.y, page.y + WIDE_ROW - GAP);
        let baseline = (top + bottom) / 2.0 + BODY.drop();
        if row.cells.is_empty() {
            let heading = font::shorten(&row.label, BODY, Weight::Bold, WIDTH - 2.0 * MARGIN);
            page.put((MARGIN, baseline), &heading, BODY, Weight::Bold, INK, Anchor::Start);
            page.down(WIDE_ROW);
            continue;
        }
        page.put((left - 8.0, baseline), &name, BODY, Weight::Regular, INK, Anchor::End);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: Vec<String>, cell: f64) -> Vec<Vec<(f64, String)>> {
        let middles: Vec<f64> = (0..names.len()).map(|column| 150.0 + (column as f64 + 0.5) * cell).collect();
        heads(&names, &middles, cell)
    }

    #[test]
    fn numbers_keep_their_digits_in_as_many_lines_as_that_takes() {
        for (count, most) in [(2, 1), (6, 2), (12, 4), (16, 5)] {
            let numbers: Vec<String> = (0..count).map(|number| format!("0.00012345{number:02}")).collect();
            let placed = columns(numbers.clone(), (WIDTH - 160.0) / count as f64);
            assert!(placed.len() <= most, "{count}: {placed:?}");
            let mut whole: Vec<&String> = placed.iter().flatten().map(|(_, name)| name).collect();
            whole.sort();
            assert_eq!(whole, numbers.iter().collect::<Vec<_>>());
            for line in &placed {
                let half = |name: &str| font::width(name, BODY, Weight::Bold) / 2.0;
                assert!(line.windows(2).all(|pair| pair[0].0 + half(&pair[0].1) < pair[1].0 - half(&pair[1].1)));
                assert!(line.iter().all(|(middle, name)| middle + half(name) <= WIDTH - MARGIN + 1e-9));
            }
        }
        // Words too long for any lines are shortened.
        let words = vec!["a rather long name of a component".repeat(4); 8];
        let placed = columns(words, 40.0);
        assert!(placed.len() == 1 && placed[0].iter().all(|(_, name)| name.contains('…')), "{placed:?}");
    }
}
