//! The palette: told apart by colour-blind readers, on paper and on a dark page.

use super::color::Color;

/// Text and what must be seen first.
pub const INK: Color = Color::pair(0x1f2328, 0xe8eaed);
/// Text that explains.
pub const MUTED: Color = Color::pair(0x596068, 0xa9b1ba);
/// Axes and their ticks.
pub const AXIS: Color = Color::pair(0x8c939a, 0x6f7780);
/// Lines behind the data.
pub const GRID: Color = Color::pair(0xe6e8eb, 0x2b323a);
/// The ground of every figure.
pub const PAPER: Color = Color::pair(0xffffff, 0x14171b);
/// Vermillion of Okabe and Ito, darkened for text: what went wrong.
pub const ALARM: Color = Color::pair(0xb04500, 0xff9b63);

/// Blue of Okabe and Ito, <https://jfly.uni-koeln.de/color/>: the sole series, and after training.
pub const BLUE: Color = Color::pair(0x0072b2, 0x56b4e9);
/// Orange of Okabe and Ito, darkened: before training.
pub const ORANGE: Color = Color::pair(0xcc7700, 0xf0a63a);

/// Series that have no order: colours of Okabe and Ito, those too pale for a line darkened.
pub const CATEGORIES: [Color; 6] = [
    Color::pair(0x0072b3, 0x5ab6ea),
    Color::pair(0xd55e00, 0xff8a4c),
    Color::pair(0x008f68, 0x3ecf9f),
    Color::pair(0xb5578c, 0xe39ac2),
    Color::pair(0x5c636b, 0xb9c0c8),
    Color::pair(0x8a6d00, 0xe3cf5a),
];

/// Lightness falls evenly along this ramp on paper (the lower part of matplotlib's plasma, reversed) and rises along it on a dark page,
/// so that grey print keeps the order.
pub const RAMP: [Color; 5] = [
    Color::pair(0xdf7524, 0xa565d8),
    Color::pair(0xd2515e, 0xd46aae),
    Color::pair(0xb03083, 0xec8272),
    Color::pair(0x7a06a4, 0xf5ad4f),
    Color::pair(0x1c0b85, 0xf5ec78),
];

/// Pale cells, upon which text is [`INK`].
pub const PALE_SHADES: [Color; 3] =
    [Color::pair(0xf7f8fa, 0x1a2026), Color::pair(0xb5d4ea, 0x1f4058), Color::pair(0x5596c6, 0x2b638f)];
/// Full cells, upon which text is [`PAPER`].
pub const FULL_SHADES: [Color; 2] = [Color::pair(0x2d74aa, 0x5ba2d6), Color::pair(0x0b4a83, 0xb8def8)];

/// All colours by themselves.
pub(super) const NAMED: [Color; 8] = [INK, MUTED, AXIS, GRID, PAPER, ALARM, BLUE, ORANGE];
