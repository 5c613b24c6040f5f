//! Sizes of type and of the page, in points, and the opacity of areas.

use super::type_size::TypeSize;

/// The page's width: 17 cm.
pub const WIDTH: f64 = 482.0;
/// The blank paper around everything.
pub const MARGIN: f64 = 6.0;

/// The size of the title.
pub const TITLE: TypeSize = TypeSize(11.0);
/// The size of ordinary type.
pub const BODY: TypeSize = TypeSize(8.0);
/// The size of labels and notes.
pub const SMALL: TypeSize = TypeSize(7.0);
/// The size of numbers in cells and of remarks.
pub const FINE: TypeSize = TypeSize(6.5);
/// The distance from baseline to baseline, over the size of type.
pub const LEADING: f64 = 1.28;

/// The height of a row of a list.
pub const ROW: f64 = 14.0;
/// The height of a row of a long list.
pub const DENSE_ROW: f64 = 9.8;
/// The height of a row of cells.
pub const WIDE_ROW: f64 = 19.0;

/// The radius of an estimate's marker.
pub const MARK: f64 = 2.4;
/// The radius of a marker along a line.
pub const SMALL_MARK: f64 = 1.6;

/// The opacity of a band behind its line.
pub const BAND_OPACITY: f64 = 0.14;
/// The opacity of the paper behind a label that lies on data.
pub const VEIL_OPACITY: f64 = 0.75;
