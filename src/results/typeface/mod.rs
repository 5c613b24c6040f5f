//! The typeface of figures and reports, carried along so that no machine's own fonts matter.

/// Roboto's regular weight, as TrueType.
pub const REGULAR: &[u8] = include_bytes!("Roboto-Regular.ttf");

/// Roboto's bold weight, as TrueType.
pub const BOLD: &[u8] = include_bytes!("Roboto-Bold.ttf");
