//! The syntax of a PDF file (ISO 32000-1): numbered objects, streams, and the table of where they are.

use std::fmt::Write as _;

/// The effort of compression, of at most 10.
const EFFORT: u8 = 8;

/// A file being written.
pub struct Document {
    bytes: Vec<u8>,
    /// Where each object begins, from number 1 on.
    offsets: Vec<usize>,
}

impl Document {
    /// Writes the header; the second line tells programs that the file is not text.
    pub fn begin() -> Self {
        Self { bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), offsets: vec![] }
    }

    /// The number of an object that is written later.
    pub fn reserve(&mut self) -> usize {
        self.offsets.push(0);
        self.offsets.len()
    }

    /// Writes the object of that number.
    pub fn object(&mut self, number: usize, content: &str) {
        self.offsets[number - 1] = self.bytes.len();
        self.bytes.extend(format!("{number} 0 obj\n{content}\nendobj\n").into_bytes());
    }

    /// Writes compressed data as an object; `entries` are what its dictionary has beside the length.
    pub fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let number = self.reserve();
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(data, EFFORT);
        self.offsets[number - 1] = self.bytes.len();
        let length = packed.len();
        let head = format!("{number} 0 obj\n<</Filter /FlateDecode /Length {length} {entries}>>\nstream\n");
        self.bytes.extend(head.into_bytes());
        self.bytes.extend(packed);
        self.bytes.extend(b"\nendstream\nendobj\n");
        number
    }

    /// Writes the table of objects and the trailer.
    pub fn end(mut self, catalogue: usize, information: usize) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            let _ = writeln!(table, "{offset:010} 00000 n ");
        }
        let _ = write!(
            table,
            "trailer\n<</Size {size} /Root {catalogue} 0 R /Info {information} 0 R>>\nstartxref\n{start}\n%%EOF\n"
        );
        self.bytes.extend(table.into_bytes());
        self.bytes
    }
}

/// A text outside of pages, in UTF-16 with a byte-order mark.
pub fn text(text: &str) -> String {
    let units = [0xfeff].into_iter().chain(text.encode_utf16());
    let digits = units.fold(String::new(), |mut digits, unit| {
        let _ = write!(digits, "{unit:04X}");
        digits
    });
    format!("<{digits}>")
}
