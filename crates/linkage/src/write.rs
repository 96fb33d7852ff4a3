//! Parquet out: pieces are encoded by whoever made them, beside one another, and joined in order.
//!
//! Pages are laid out here, as the format's own description has them (Apache Parquet 2.x, "Encodings"): numbers plainly,
//! what has few values as a dictionary with a few bits a row. Headers and the file's end are the library's work.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue};
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{SchemaDescriptor, Type};
use std::io::Write;
use std::sync::Arc;

/// What a column of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Numbers with a fraction.
    Real,
    /// Whole numbers.
    Integer,
    /// Small whole numbers, of which there are few different ones.
    Small,
    /// Texts.
    Text,
}

/// The columns of a file, and how they are encoded.
pub struct Layout {
    schema: Arc<Type>,
    descriptor: SchemaDescriptor,
    properties: WriterPropertiesPtr,
    columns: Vec<Of>,
}

impl Layout {
    /// A layout of named columns, none of which is ever NULL.
    ///
    /// `notes` are texts kept in the file under a key.
    ///
    /// # Errors
    /// Where two columns have one name.
    pub fn new(columns: &[(String, Of)], notes: &[(&str, String)]) -> Result<Layout, ParquetError> {
        let fields = columns
            .iter()
            .map(|(name, of)| {
                let physical = match of {
                    Of::Real => Physical::DOUBLE,
                    Of::Integer => Physical::INT64,
                    Of::Small => Physical::INT32,
                    Of::Text => Physical::BYTE_ARRAY,
                };
                let text = (*of == Of::Text).then_some(LogicalType::String);
                Type::primitive_type_builder(name, physical)
                    .with_repetition(Repetition::REQUIRED)
                    .with_logical_type(text)
                    .build()
                    .map(Arc::new)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let schema = Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?);
        let properties = WriterProperties::builder().set_key_value_metadata(Some(
            notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect(),
        ));
        Ok(Layout {
            descriptor: SchemaDescriptor::new(schema.clone()),
            schema,
            properties: Arc::new(properties.build()),
            columns: columns.iter().map(|(_, of)| *of).collect(),
        })
    }

    /// Begins a piece of so many rows, whose columns are then given in the order of the layout.
    pub fn piece(&self, rows: usize) -> Piece<'_> {
        Piece {
            layout: self,
            sink: TrackedWrite::new(Vec::with_capacity(rows * 40 + 4096)),
            columns: Vec::with_capacity(self.columns.len()),
            rows,
        }
    }

    /// Begins a file of this layout.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin<W: Write + Send>(&self, out: W) -> Result<File<W>, ParquetError> {
        Ok(File { writer: SerializedFileWriter::new(out, self.schema.clone(), self.properties.clone())? })
    }
}

/// A piece that is being encoded.
pub struct Piece<'a> {
    layout: &'a Layout,
    sink: TrackedWrite<Vec<u8>>,
    columns: Vec<ColumnCloseResult>,
    rows: usize,
}

/// A piece that is encoded and waits for its place in the file.
pub struct Encoded {
    bytes: Bytes,
    columns: Vec<ColumnCloseResult>,
    /// How many rows it has.
    pub rows: usize,
}

impl Piece<'_> {
    /// The next column: numbers with a fraction.
    ///
    /// # Errors
    /// Where the layout has another kind there, or there are not as many as the piece has rows.
    pub fn reals(&mut self, values: &[f64]) -> Result<(), ParquetError> {
        let mut page = Vec::with_capacity(values.len() * 8);
        values.iter().for_each(|v| page.extend_from_slice(&v.to_le_bytes()));
        self.plain(Of::Real, values.len(), page)
    }

    /// The next column: whole numbers.
    ///
    /// # Errors
    /// As [`Piece::reals`].
    pub fn integers(&mut self, values: impl Iterator<Item = i64>) -> Result<(), ParquetError> {
        let mut page = Vec::with_capacity(self.rows * 8);
        values.for_each(|v| page.extend_from_slice(&v.to_le_bytes()));
        self.plain(Of::Integer, page.len() / 8, page)
    }

    /// The next column: texts.
    ///
    /// # Errors
    /// As [`Piece::reals`].
    pub fn texts<'t>(&mut self, values: impl Iterator<Item = &'t [u8]>) -> Result<(), ParquetError> {
        let (mut page, mut rows) = (Vec::with_capacity(self.rows * 16), 0);
        for value in values {
            push_text(value, &mut page)?;
            rows += 1;
        }
        self.plain(Of::Text, rows, page)
    }

    /// The next column: one text in every row.
    ///
    /// # Errors
    /// As [`Piece::reals`].
    pub fn same(&mut self, value: &[u8]) -> Result<(), ParquetError> {
        let mut dictionary = Vec::with_capacity(value.len() + 4);
        push_text(value, &mut dictionary)?;
        let rows = self.rows;
        self.dictionary(Of::Text, (dictionary, 1), std::iter::repeat_n(0, rows))
    }

    /// The next column: small whole numbers from `least` up, given as what they have beyond it, at most `most`.
    ///
    /// # Errors
    /// As [`Piece::reals`].
    pub fn small(
        &mut self,
        least: i32,
        most: u8,
        beyond: impl Iterator<Item = u8>,
    ) -> Result<(), ParquetError> {
        let mut dictionary = Vec::with_capacity((usize::from(most) + 1) * 4);
        (0..=i32::from(most)).for_each(|n| dictionary.extend_from_slice(&(least + n).to_le_bytes()));
        self.dictionary(Of::Small, (dictionary, u32::from(most) + 1), beyond)
    }

    /// Ends the piece.
    ///
    /// # Errors
    /// Where columns are missing.
    pub fn finish(self) -> Result<Encoded, ParquetError> {
        if self.columns.len() != self.layout.columns.len() {
            return Err(ParquetError::General("a piece lacks columns of its layout".to_owned()));
        }
        Ok(Encoded { bytes: self.sink.into_inner()?.into(), columns: self.columns, rows: self.rows })
    }

    fn plain(&mut self, of: Of, rows: usize, page: Vec<u8>) -> Result<(), ParquetError> {
        self.check(of, rows)?;
        let start = self.sink.bytes_written() as u64;
        self.page(data_page(page, rows, Encoding::PLAIN))?;
        self.close(start, None, vec![Encoding::PLAIN])
    }

    /// A dictionary with so many entries, and for each row the place of its entry.
    fn dictionary(
        &mut self,
        of: Of,
        (entries, how_many): (Vec<u8>, u32),
        places: impl Iterator<Item = u8>,
    ) -> Result<(), ParquetError> {
        let bits = (u32::BITS - (how_many - 1).leading_zeros()).max(1);
        let mut page = Vec::with_capacity(self.rows * bits as usize / 8 + 32);
        page.push(bits as u8);
        let rows = packed(places, self.rows, bits, &mut page);
        self.check(of, rows)?;
        let start = self.sink.bytes_written() as u64;
        self.page(Page::DictionaryPage {
            buf: entries.into(),
            num_values: how_many,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        })?;
        let data = self.sink.bytes_written() as u64;
        self.page(data_page(page, rows, Encoding::RLE_DICTIONARY))?;
        self.close(data, Some(start), vec![Encoding::PLAIN, Encoding::RLE_DICTIONARY])
    }

    fn check(&self, of: Of, rows: usize) -> Result<(), ParquetError> {
        if self.layout.columns.get(self.columns.len()) != Some(&of) || rows != self.rows {
            let what = format!("column {} of a piece has another kind or length", self.columns.len());
            return Err(ParquetError::General(what));
        }
        Ok(())
    }

    fn page(&mut self, page: Page) -> Result<(), ParquetError> {
        let size = page.buffer().len();
        SerializedPageWriter::new(&mut self.sink).write_page(CompressedPage::new(page, size)).map(|_| ())
    }

    fn close(
        &mut self,
        data: u64,
        dictionary: Option<u64>,
        encodings: Vec<Encoding>,
    ) -> Result<(), ParquetError> {
        let bytes = self.sink.bytes_written() as u64 - dictionary.unwrap_or(data);
        let metadata = ColumnChunkMetaData::builder(self.layout.descriptor.column(self.columns.len()))
            .set_compression(Compression::UNCOMPRESSED)
            .set_encodings(encodings)
            .set_num_values(self.rows as i64)
            .set_total_compressed_size(bytes as i64)
            .set_total_uncompressed_size(bytes as i64)
            .set_data_page_offset(data as i64)
            .set_dictionary_page_offset(dictionary.map(|at| at as i64))
            .build()?;
        self.columns.push(ColumnCloseResult {
            bytes_written: bytes,
            rows_written: self.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        });
        Ok(())
    }
}

fn data_page(bytes: Vec<u8>, rows: usize, encoding: Encoding) -> Page {
    Page::DataPage {
        buf: bytes.into(),
        num_values: rows as u32,
        encoding,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    }
}

fn push_text(text: &[u8], page: &mut Vec<u8>) -> Result<(), ParquetError> {
    let length = u32::try_from(text.len())
        .map_err(|_| ParquetError::General("a text is longer than a page may be".to_owned()))?;
    page.extend_from_slice(&length.to_le_bytes());
    page.extend_from_slice(text);
    Ok(())
}

/// Packs numbers of `bits` bits (at most 8) into one run, eight at a time and the least bits first, and gives back how
/// many there were. `expected` is said in the run's head.
fn packed(mut numbers: impl Iterator<Item = u8>, expected: usize, bits: u32, page: &mut Vec<u8>) -> usize {
    let mut head = (expected.div_ceil(8) << 1 | 1) as u64;
    while head >= 0x80 {
        page.push(head as u8 | 0x80);
        head >>= 7;
    }
    page.push(head as u8);
    let mut rows = 0;
    loop {
        let (mut eight, mut some) = (0u64, 0);
        for number in numbers.by_ref().take(8) {
            eight |= u64::from(number) << (some * bits);
            some += 1;
        }
        if some > 0 {
            page.extend_from_slice(&eight.to_le_bytes()[..bits as usize]);
            rows += some as usize;
        }
        if some < 8 {
            return rows;
        }
    }
}

/// A file that pieces are added to.
pub struct File<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> File<W> {
    /// Adds a piece; an empty one is left out.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, piece: Encoded) -> Result<(), ParquetError> {
        if piece.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for close in piece.columns {
            group.append_column(&piece.bytes, close)?;
        }
        group.close()?;
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> Result<W, ParquetError> {
        self.writer.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Number, PairsFile};
    use proptest::prelude::*;

    fn columns(all: &[(&str, Of)]) -> Vec<(String, Of)> {
        all.iter().map(|(name, of)| ((*name).to_owned(), *of)).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            rows in prop::collection::vec((any::<f64>(), -1_000_000i64..1_000_000, 0u8..9, "[a-zé]{0,12}"), 1..300),
            pieces in 1usize..4,
        ) {
            let of = columns(&[("r", Of::Real), ("i", Of::Integer), ("s", Of::Small), ("t", Of::Text), ("k", Of::Text)]);
            let layout = Layout::new(&of, &[("note", "kept".to_owned())]).unwrap();
            let mut file = layout.begin(Vec::new()).unwrap();
            for some in rows.chunks(rows.len().div_ceil(pieces)) {
                let mut piece = layout.piece(some.len());
                piece.reals(&some.iter().map(|r| r.0).collect::<Vec<_>>()).unwrap();
                piece.integers(some.iter().map(|r| r.1)).unwrap();
                piece.small(-1, 8, some.iter().map(|r| r.2)).unwrap();
                piece.texts(some.iter().map(|r| r.3.as_bytes())).unwrap();
                piece.same(b"rule").unwrap();
                file.add(piece.finish().unwrap()).unwrap();
            }
            let bytes = Bytes::from(file.finish().unwrap());
            let file = PairsFile::open(bytes, "pairs").unwrap();
            prop_assert_eq!(file.rows(), rows.len());
            let numbers = |name: &str| -> Vec<f64> {
                (0..file.parts()).flat_map(|part| file.numbers(name, part, usize::MAX, Number::real).unwrap()).collect()
            };
            let (reals, integers, small) = (numbers("r"), numbers("i"), numbers("s"));
            let (texts, keys) = (file.column("t").unwrap(), file.column("k").unwrap());
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(reals[at].to_bits(), row.0.to_bits());
                prop_assert_eq!(integers[at] as i64, row.1);
                prop_assert_eq!(small[at] as i32, i32::from(row.2) - 1);
                prop_assert_eq!(texts.values.get(texts.ids[at]), row.3.as_bytes());
                prop_assert_eq!(keys.values.get(keys.ids[at]), b"rule");
            }
            prop_assert_eq!(file.note("note"), Some("kept".to_owned()));
        }
    }

    #[test]
    fn a_piece_that_is_not_as_its_layout_is_refused() {
        let layout = Layout::new(&columns(&[("r", Of::Real), ("t", Of::Text)]), &[]).unwrap();
        let mut piece = layout.piece(2);
        assert!(piece.integers([1, 2].into_iter()).is_err(), "another kind");
        assert!(piece.reals(&[1.0]).is_err(), "too few");
        piece.reals(&[1.0, 2.0]).unwrap();
        assert!(piece.finish().is_err(), "a column is missing");
    }
}
