//! The page that everything is laid out on, as wide as a paper's text.

use super::scene::{Anchor, Mark, Scene, Text};
use crate::results::figure::style::font::{self, Weight};
use crate::results::figure::style::palette::{INK, MUTED};
use crate::results::figure::style::{BODY, Color, MARGIN, SMALL, TITLE, TypeSize, WIDTH};

/// A page that is filled from top to bottom.
pub struct Page {
    pub scene: Scene,
    /// The baseline reached.
    pub y: f64,
}

impl Page {
    /// Writes the title and the subtitle.
    pub fn begin(title: &str, subtitle: &str) -> Self {
        let scene = Scene { width: WIDTH, height: 0.0, title: title.to_owned(), marks: Vec::new() };
        let mut page = Self { scene, y: MARGIN };
        page.paragraph(title, TITLE, Weight::Bold, INK);
        page.down(1.5);
        page.paragraph(subtitle, BODY, Weight::Regular, MUTED);
        page
    }

    /// Writes the notes and closes the page below them.
    pub fn end(mut self, notes: &[String]) -> Scene {
        if !notes.is_empty() {
            self.down(3.0);
        }
        for note in notes {
            self.paragraph(note, SMALL, Weight::Regular, MUTED);
        }
        let lacks = |mark: &Mark| matches!(mark, Mark::Text(text) if !text.text.chars().all(font::has));
        if self.scene.marks.iter().any(lacks) {
            let note = "A question mark may stand for a sign that the figures' typeface lacks; the SVG has it.";
            self.paragraph(note, SMALL, Weight::Regular, MUTED);
        }
        self.scene.height = (self.y + MARGIN).ceil();
        self.scene
    }

    pub fn down(&mut self, by: f64) {
        self.y += by;
    }

    /// Text over the page's whole width, below what is there.
    pub fn paragraph(&mut self, text: &str, size: TypeSize, weight: Weight, color: Color) {
        let room = WIDTH - 2.0 * MARGIN;
        for line in font::wrap(text, size, weight, room) {
            // A word may be wider than the page.
            let line = font::shorten(&line, size, weight, room);
            self.text_at(MARGIN, &line, size, weight, color, Anchor::Start);
            self.down(0.08 * size);
        }
    }

    /// One line of text below what is there.
    pub fn text_at(&mut self, x: f64, text: &str, size: TypeSize, weight: Weight, color: Color, anchor: Anchor) {
        if !text.is_empty() {
            self.down(1.2 * size);
            self.put((x, self.y), text, size, weight, color, anchor);
        }
    }

    pub fn put(&mut self, at: (f64, f64), text: &str, size: TypeSize, weight: Weight, color: Color, anchor: Anchor) {
        self.scene.text(Text { at, text: text.to_owned(), size, weight, color, anchor });
    }
}
