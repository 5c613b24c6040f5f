//! The typeface within a file: the outlines of the glyphs that it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ttf_parser::{Face, GlyphId};

use super::document::Document;
use crate::results::figure::error::RenderError;
use crate::results::figure::style::font::Weight;

/// One weight of the typeface, with the glyphs that texts ask for.
pub struct Embedded {
    weight: Weight,
    face: Face<'static>,
    /// The glyphs with the sign that each stands for.
    used: BTreeMap<u16, char>,
}

/// The tables that a font within a PDF file needs (ISO 32000-1, 9.9), in the order of their names.
const TABLES: [&[u8; 4]; 6] = [b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"];

impl Embedded {
    /// # Errors
    /// When the built-in file cannot be read.
    pub fn new(weight: Weight) -> Result<Self, RenderError> {
        let face = Face::parse(weight.file(), 0).map_err(|_| RenderError::Font)?;
        Ok(Self { weight, face, used: BTreeMap::new() })
    }

    pub fn is_used(&self) -> bool {
        !self.used.is_empty()
    }

    /// The glyphs of `text`, which are embedded from now on.
    pub fn glyphs(&mut self, text: &str) -> Vec<u16> {
        let found = text.chars().filter_map(|sign| Some((self.face.glyph_index(sign)?.0, sign)));
        let found: Vec<(u16, char)> = found.collect();
        self.used.extend(found.iter().copied());
        found.into_iter().map(|(glyph, _)| glyph).collect()
    }

    /// The width of glyphs side by side, over the size of type.
    pub fn width(&self, glyphs: &[u16]) -> f64 {
        let units: u32 = glyphs.iter().map(|glyph| u32::from(self.advance(*glyph))).sum();
        f64::from(units) / f64::from(self.face.units_per_em())
    }

    fn advance(&self, glyph: u16) -> u16 {
        self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0)
    }

    /// Writes the font's objects and gives the number of the first.
    pub fn write(&self, document: &mut Document) -> usize {
        let name = match self.weight {
            Weight::Regular => "LLSUBS+Roboto-Regular",
            Weight::Bold => "LLSUBS+Roboto-Bold",
        };
        let scale = |units: f64| (1000.0 * units / f64::from(self.face.units_per_em())).round();
        let file = self.subset();
        let file = document.stream(&format!("/Length1 {}", file.len()), &file);
        let names = document.stream("", self.names().as_bytes());
        let (font, descendant, descriptor) = (document.reserve(), document.reserve(), document.reserve());
        let bounds = self.face.global_bounding_box();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|units| scale(units.into()));
        let (ascent, descent) = (scale(self.face.ascender().into()), scale(self.face.descender().into()));
        let widths = self.used.keys().fold(String::new(), |mut widths, glyph| {
            let _ = write!(widths, "{glyph} [{}] ", scale(self.advance(*glyph).into()));
            widths
        });
        document.object(
            font,
            &format!(
                "<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] \
                 /ToUnicode {names} 0 R>>"
            ),
        );
        document.object(
            descendant,
            &format!(
                "<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) \
                 /Supplement 0>> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /W [{widths}]>>"
            ),
        );
        document.object(
            descriptor,
            &format!(
                "<</Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{left} {bottom} {right} {top}] /ItalicAngle 0 \
                 /Ascent {ascent} /Descent {descent} /CapHeight 711 /StemV 80 /FontFile2 {file} 0 R>>"
            ),
        );
        font
    }

    /// The map from glyphs to signs, by which text is found and copied.
    fn names(&self) -> String {
        let mut map =
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Signs def\n/CMapType 2 def\n\
                       1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
                .to_owned();
        let signs: Vec<(&u16, &char)> = self.used.iter().collect();
        // A block has a hundred entries at most.
        for block in signs.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", block.len());
            for (glyph, sign) in block {
                let mut units = [0; 2];
                let code: String = sign.encode_utf16(&mut units).iter().map(|unit| format!("{unit:04X}")).collect();
                let _ = writeln!(map, "<{glyph:04X}> <{code}>");
            }
            map.push_str("endbfchar\n");
        }
        map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    }

    /// The font with the outlines of used glyphs only; all keep their numbers.
    fn subset(&self) -> Vec<u8> {
        let table = |name: &[u8; 4]| {
            let tag = ttf_parser::Tag::from_bytes(name);
            self.face.raw_face().table(tag).unwrap_or_default()
        };
        let (outlines, places) = (table(b"glyf"), table(b"loca"));
        let is_long = table(b"head").get(51) == Some(&1);
        let place = |glyph: usize| -> usize {
            let bytes = |from: usize, count: usize| {
                places
                    .get(from..from + count)
                    .unwrap_or_default()
                    .iter()
                    .fold(0, |sum, byte| 256 * sum + usize::from(*byte))
            };
            if is_long { bytes(4 * glyph, 4) } else { 2 * bytes(2 * glyph, 2) }
        };
        let outline = |glyph: u16| outlines.get(place(glyph.into())..place(usize::from(glyph) + 1)).unwrap_or_default();
        let mut kept: BTreeSet<u16> = BTreeSet::from([0]);
        let mut open: Vec<u16> = self.used.keys().copied().collect();
        while let Some(glyph) = open.pop() {
            if kept.insert(glyph) {
                open.extend(components(outline(glyph)));
            }
        }
        let (mut glyf, mut loca) = (vec![], vec![]);
        for glyph in 0..=self.face.number_of_glyphs() {
            loca.extend((glyf.len() as u32).to_be_bytes());
            if kept.contains(&glyph) && glyph < self.face.number_of_glyphs() {
                glyf.extend_from_slice(outline(glyph));
                glyf.resize(glyf.len().next_multiple_of(4), 0);
            }
        }
        let mut head = table(b"head").to_vec();
        // The places are long ones, and the sum over the whole file is left to nobody.
        if head.len() > 51 {
            head[8..12].fill(0);
            head[50..52].copy_from_slice(&[0, 1]);
        }
        let contents = TABLES.map(|name| match name {
            b"glyf" => glyf.clone(),
            b"head" => head.clone(),
            b"loca" => loca.clone(),
            name => table(name).to_vec(),
        });
        assemble(&contents)
    }
}

/// The glyphs that a composite glyph is made of.
fn components(outline: &[u8]) -> Vec<u16> {
    const ARGUMENTS_ARE_WORDS: u16 = 1;
    const SCALE: u16 = 8;
    const MORE: u16 = 32;
    const SCALES: u16 = 64;
    const MATRIX: u16 = 128;
    let word = |at: usize| outline.get(at..at + 2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    // The number of contours is negative for a composite.
    if word(0).is_none_or(|contours| contours & 0x8000 == 0) {
        return vec![];
    }
    let (mut found, mut at) = (vec![], 10);
    while let Some((flags, glyph)) = word(at).zip(word(at + 2)) {
        found.push(glyph);
        at += 4 + if flags & ARGUMENTS_ARE_WORDS != 0 { 4 } else { 2 };
        at += match () {
            () if flags & SCALE != 0 => 2,
            () if flags & SCALES != 0 => 4,
            () if flags & MATRIX != 0 => 8,
            () => 0,
        };
        if flags & MORE == 0 {
            break;
        }
    }
    found
}

/// A font file of [`TABLES`].
fn assemble(contents: &[Vec<u8>; 6]) -> Vec<u8> {
    let count = TABLES.len() as u16;
    let power = count.ilog2() as u16;
    let range = 16 << power;
    let mut file: Vec<u8> = vec![0, 1, 0, 0];
    for word in [count, range, power, 16 * count - range] {
        file.extend(word.to_be_bytes());
    }
    let mut offset = file.len() + 16 * TABLES.len();
    for (name, content) in TABLES.iter().zip(contents) {
        let padded = content.chunks(4).map(|chunk| {
            let mut word = [0; 4];
            word[..chunk.len()].copy_from_slice(chunk);
            u32::from_be_bytes(word)
        });
        let sum = padded.fold(0_u32, u32::wrapping_add);
        file.extend_from_slice(*name);
        for word in [sum, offset as u32, content.len() as u32] {
            file.extend(word.to_be_bytes());
        }
        offset += content.len().next_multiple_of(4);
    }
    for content in contents {
        file.extend_from_slice(content);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The embedded font is one in which the used glyphs, and what they are made of, look as before, and the others are empty.
    #[test]
    fn used_glyphs_keep_their_outlines() {
        let mut font = Embedded::new(Weight::Regular).unwrap();
        let used = font.glyphs("aé∂⁻→");
        assert_eq!(used.len(), 5);
        let file = font.subset();
        assert!(file.len() < font.weight.file().len() / 2, "{}", file.len());
        let subset = ttf_parser::RawFace::parse(&file, 0).unwrap();
        let table = |name| subset.table(ttf_parser::Tag::from_bytes(name)).unwrap();
        let maxp = ttf_parser::maxp::Table::parse(table(b"maxp")).unwrap();
        let head = ttf_parser::head::Table::parse(table(b"head")).unwrap();
        let loca = ttf_parser::loca::Table::parse(maxp.number_of_glyphs, head.index_to_location_format, table(b"loca"))
            .unwrap();
        let glyf = ttf_parser::glyf::Table::parse(loca, table(b"glyf")).unwrap();
        for glyph in 1..font.face.number_of_glyphs() {
            let (before, after) = (font.face.glyph_bounding_box(GlyphId(glyph)), glyf.bbox(GlyphId(glyph)));
            assert!(!used.contains(&glyph) || before == after, "{glyph}");
            assert!(after.is_none() || before == after, "{glyph}");
        }
        assert_eq!(glyf.bbox(GlyphId(font.face.glyph_index('z').unwrap().0)), None);
    }
}
