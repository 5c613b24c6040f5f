//! Labels at line ends, kept apart.

use super::scene::{Position, Rect};

/// Moves the middles of labels of `height` apart so that none overlap, keeping their order and staying within
/// `low..=high` where there is room, with the least total (squared) displacement.
pub fn spread(wanted: &[f64], height: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    // Labels of lines that end as good as together keep the order in which they come.
    order.sort_by(|&a, &b| (wanted[a] / 2.0).round().total_cmp(&(wanted[b] / 2.0).round()));
    // Clusters of touching labels: first rank, count, mean of the places their first label would want.
    let mut clusters: Vec<(usize, usize, f64)> = Vec::new();
    for (rank, &index) in order.iter().enumerate() {
        let mut cluster = (rank, 1, wanted[index]);
        while let Some(&(first, count, start)) = clusters.last() {
            if start + count as f64 * height <= cluster.2 {
                break;
            }
            clusters.pop();
            let own = cluster.2 - count as f64 * height;
            let total = count + cluster.1;
            cluster = (first, total, (start * count as f64 + own * cluster.1 as f64) / total as f64);
        }
        clusters.push(cluster);
    }
    let mut placed = vec![0.0; wanted.len()];
    for (first, count, start) in clusters {
        for offset in 0..count {
            placed[order[first + offset]] = start + offset as f64 * height;
        }
    }
    // Push back what left the range, from the top and then from the bottom.
    let mut least = low;
    for &index in &order {
        placed[index] = placed[index].max(least);
        least = placed[index] + height;
    }
    let mut most = high;
    for &index in order.iter().rev() {
        placed[index] = placed[index].min(most);
        most = placed[index] - height;
    }
    placed
}

/// The place for a text of `size` near `end`, the end of a line within the panel, that best avoids `taken` frames and
/// drawn `paths`; the place is the middle of its left edge. NothingToDraw where every place meets another text.
pub fn beside(
    end: Position,
    size: (f64, f64),
    panel: &Rect,
    taken: &[Rect],
    paths: &[Vec<Position>],
) -> Option<Position> {
    let (wide, high) = size;
    let shifts = [(5.0, 0.0), (4.0, -7.0), (4.0, 7.0), (-wide / 2.0, -9.0), (-wide / 2.0, 9.0), (-wide - 5.0, -7.0)]
        .into_iter()
        .chain([(-wide - 5.0, 7.0), (4.0, -14.0), (4.0, 14.0), (-wide / 2.0, -16.0), (-wide / 2.0, 16.0)])
        .chain([(4.0, -21.0), (4.0, 21.0), (-wide / 2.0, -24.0), (-wide / 2.0, 24.0), (4.0, -32.0), (4.0, 32.0)]);
    let mut best: Option<(f64, Position)> = None;
    for (index, (dx, dy)) in shifts.enumerate() {
        let place = (end.0 + dx, (end.1 + dy).max(panel.top + high / 2.0).min(panel.bottom - high / 2.0));
        let frame = Rect {
            left: place.0 - 1.0,
            right: place.0 + wide + 1.0,
            top: place.1 - high / 2.0,
            bottom: place.1 + high / 2.0,
        };
        let inside = frame.left >= panel.left && frame.right <= panel.right && panel.height() >= high;
        if !inside || taken.iter().any(|other| frame.meets(other)) {
            continue;
        }
        let crossed: usize = paths.iter().map(|path| crossings(path, &frame)).sum();
        let cost = index as f64 + 10.0 * crossed as f64;
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, place));
        }
    }
    best.map(|(_, place)| place)
}

/// The number of points along the path, one in a point's distance or less, lie in the frame.
fn crossings(path: &[Position], frame: &Rect) -> usize {
    path.windows(2)
        .map(|pair| {
            let steps = super::scene::distance(pair[0], pair[1]).ceil().max(1.0) as usize;
            (0..=steps)
                .map(|step| step as f64 / steps as f64)
                .map(|share| (pair[0].0 + share * (pair[1].0 - pair[0].0), pair[0].1 + share * (pair[1].1 - pair[0].1)))
                .filter(|&place| frame.holds(place))
                .count()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart_in_order_and_within() {
        let wanted = [10.0, 14.0, 12.0, 80.0, 99.0];
        let placed = spread(&wanted, 8.0, (0.0, 95.0));
        let mut sorted = placed.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 8.0 - 1e-9), "{placed:?}");
        assert!(placed[0] < placed[2] && placed[2] < placed[1], "{placed:?}");
        assert!(sorted[0] >= 0.0 && sorted[4] <= 95.0, "{placed:?}");
        // The cluster stays centred on what it labels.
        assert!((placed[2] - 12.0).abs() < 1e-9, "{placed:?}");
    }

    #[test]
    fn no_labels_no_places() {
        assert!(spread(&[], 8.0, (0.0, 10.0)).is_empty());
    }

    #[test]
    fn a_label_avoids_texts_and_lines() {
        let panel = Rect { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 };
        let line = vec![(50.0, 50.0), (100.0, 50.0)];
        let place = beside((50.0, 50.0), (20.0, 6.0), &panel, &[], &[line]).unwrap();
        assert!((place.1 - 50.0).abs() > 3.0);
        let taken = [panel];
        assert_eq!(beside((50.0, 50.0), (20.0, 6.0), &panel, &taken, &[]), None);
    }
}
