//! The pages of a column, a few at a time: a file may well be one group of rows.

use std::{
    fs::File,
    io::{self, Cursor, Read as _, Seek as _, SeekFrom},
};

use polars_parquet::{
    parquet::{
        compression::DecompressionContext,
        encoding::hybrid_rle::HybridRleDecoder,
        error::{ParquetError, ParquetResult},
        page::{CompressedDataPage, CompressedPage, Page, split_buffer},
        read::{PageMetaData, levels::get_bit_width},
    },
    read::{ColumnChunkMetadata, PageReader, decompress},
};

use super::damaged::damaged;
use crate::data::fault::Fault;

/// Bytes of a file that are held at a time, and of the numbers in them: more only where a page or a row has more.
pub(super) const WINDOW: u64 = 1 << 23;
/// Bytes of a number in memory.
const NUMBER: u64 = 4;
/// The most bytes of a page.
const MOST: usize = i32::MAX as usize;

/// The pages of one column in one group of rows, from the first that was not given yet.
pub(super) struct Pages<'a> {
    file: &'a File,
    meta: PageMetaData,
    /// The bytes that are held at a time.
    window: u64,
    /// The page that the others refer to, as it is in the file: no bytes for none, nothing before it was looked for.
    pub(super) dictionary: Option<Vec<u8>>,
    /// Where in the file the next page begins, and where the last one ends.
    place: u64,
    end: u64,
    /// The values in the pages to come.
    left: u64,
}

/// A page, and where in its window it ends.
struct Placed {
    page: CompressedDataPage,
    end: usize,
}

impl<'a> Pages<'a> {
    pub(super) fn new(file: &'a File, chunk: &ColumnChunkMetadata, window: u64) -> Self {
        let range = chunk.byte_range();
        let left = chunk.num_values().max(0) as u64;
        Self { file, meta: chunk.into(), window, dictionary: None, place: range.start, end: range.end, left }
    }

    /// The next pages, which have whole rows; nothing behind the last.
    ///
    /// # Errors
    /// When the file is damaged.
    pub(super) fn advance(&mut self) -> Result<Option<PageReader>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        if self.dictionary.is_none() {
            let dictionary = self.widening(|pages, window, _| {
                let mut reader =
                    PageReader::new_with_page_meta(Cursor::new(window.into()), pages.meta(1), vec![], MOST);
                reader.read_dict()?;
                let (reader, _) = reader.into_inner();
                Ok(Some(reader.get_ref()[..reader.position() as usize].to_vec()))
            })?;
            self.place += dictionary.len() as u64;
            self.dictionary = Some(dictionary);
        }
        self.widening(Self::whole_rows).map(Some)
    }

    /// The value that `take` makes of the bytes that come next, and of at most so many numbers in them: of more for as long as they are too few.
    fn widening<T>(&mut self, take: impl Fn(&mut Self, Vec<u8>, u64) -> ParquetResult<Option<T>>) -> Result<T, Fault> {
        let failed = |error: io::Error| damaged(&error.into());
        let end = self.end.min(self.file.metadata().map_err(failed)?.len());
        let rest = end.saturating_sub(self.place);
        let mut size = self.window;
        loop {
            let mut window = self.dictionary.clone().unwrap_or_default();
            window.reserve_exact(size.min(rest) as usize);
            let mut file = self.file;
            file.seek(SeekFrom::Start(self.place)).map_err(failed)?;
            file.take(size.min(rest)).read_to_end(&mut window).map_err(failed)?;
            match take(self, window, size / NUMBER) {
                Ok(Some(taken)) => return Ok(taken),
                // A page that the window cuts off is an error too.
                Err(error) if size >= rest => return Err(damaged(&error.into())),
                _ => size = size.saturating_mul(2),
            }
        }
    }

    /// The first pages in a window that have whole rows together, and at most so many values; nothing where one row has more.
    fn whole_rows(&mut self, window: Vec<u8>, most: u64) -> ParquetResult<Option<PageReader>> {
        let start = self.dictionary.as_ref().map_or(0, Vec::len);
        let mut reader = Cursor::new(window.into());
        let window = reader.clone();
        reader.set_position(start as u64);
        let (mut placed, mut left, mut cut) = (vec![], self.left, None);
        while left > 0 && self.left - left < most {
            let mut pages = PageReader::new_with_page_meta(reader.clone(), self.meta(left), vec![], MOST);
            match pages.next() {
                Some(Ok(CompressedPage::Data(page))) => {
                    left = left.saturating_sub(page.num_values() as u64);
                    (reader, _) = pages.into_inner();
                    placed.push(Placed { page, end: reader.position() as usize });
                }
                Some(Err(error)) => {
                    cut = Some(error);
                    break;
                }
                _ => return Err(ParquetError::OutOfSpec("a column has no page where one is due".to_owned())),
            }
        }
        // The row goes on behind the window, for all that is known.
        if left > 0 && self.meta.descriptor.max_rep_level > 0 {
            while let Some(Placed { page, .. }) = placed.pop() {
                if begins_row(page)? {
                    break;
                }
            }
        }
        let Some(last) = placed.last() else { return cut.map_or(Ok(None), Err) };
        let values = placed.iter().map(|placed| placed.page.num_values() as u64).sum();
        self.place += (last.end - start) as u64;
        self.left = self.left.saturating_sub(values);
        let window = Cursor::new(window.into_inner().sliced(..last.end));
        Ok(Some(PageReader::new_with_page_meta(window, self.meta(values), vec![], MOST)))
    }

    /// The description of pages of so many values.
    fn meta(&self, values: u64) -> PageMetaData {
        PageMetaData { num_values: values as i64, ..self.meta.clone() }
    }
}

/// Whether the first value of a page is the first of its row.
fn begins_row(page: CompressedDataPage) -> ParquetResult<bool> {
    let page = decompress(CompressedPage::Data(page), &mut vec![], &mut DecompressionContext::Unset)?;
    let Page::Data(page) = page else { return Ok(false) };
    let bits = get_bit_width(page.descriptor.max_rep_level);
    let mut levels = HybridRleDecoder::new(split_buffer(&page)?.rep, bits, page.num_values());
    levels.limit_to(1);
    Ok(levels.collect()?.first() == Some(&0))
}
