//! Parquet out: pieces are encoded by whoever made them, beside one another, and joined in order.

use parquet::basic::{Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::{ColumnCloseResult, get_column_writer, get_typed_column_writer};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{SchemaDescriptor, Type};
use std::io::Write;
use std::sync::Arc;

/// The values of one column of a piece.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers with a fraction.
    Real(Vec<f64>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Small whole numbers.
    Small(Vec<i32>),
    /// Texts.
    Text(Vec<ByteArray>),
    /// One text in every row.
    Same(ByteArray, usize),
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::Real(v) => v.len(),
            Values::Integer(v) => v.len(),
            Values::Small(v) => v.len(),
            Values::Text(v) => v.len(),
            Values::Same(_, rows) => *rows,
        }
    }
}

/// What a column of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Numbers with a fraction.
    Real,
    /// Whole numbers.
    Integer,
    /// Small whole numbers.
    Small,
    /// Texts.
    Text,
}

/// The columns of a file, and how they are encoded.
pub struct Layout {
    schema: Arc<Type>,
    descriptor: SchemaDescriptor,
    properties: WriterPropertiesPtr,
}

/// A piece that is encoded and waits for its place in the file.
pub struct Piece {
    bytes: bytes::Bytes,
    columns: Vec<(usize, ColumnCloseResult)>,
    /// How many rows it has.
    pub rows: usize,
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
        let mut properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_data_page_size_limit(8 << 20)
            .set_data_page_row_count_limit(1 << 20)
            .set_write_batch_size(16_384)
            .set_key_value_metadata(Some(
                notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect(),
            ));
        for (name, of) in columns {
            // Numbers written plainly are the fastest; levels take a few bits each.
            if *of == Of::Small {
                properties =
                    properties.set_column_encoding(name.as_str().into(), Encoding::DELTA_BINARY_PACKED);
            }
        }
        Ok(Layout {
            descriptor: SchemaDescriptor::new(schema.clone()),
            schema,
            properties: Arc::new(properties.build()),
        })
    }

    /// Encodes a piece. The columns must be as the layout has them, and of one length.
    ///
    /// # Errors
    /// Where they are not.
    pub fn encode(&self, columns: &[Values]) -> Result<Piece, ParquetError> {
        let rows = columns.first().map_or(0, Values::len);
        if columns.len() != self.descriptor.num_columns() || columns.iter().any(|c| c.len() != rows) {
            return Err(ParquetError::General("columns of a piece differ in number or length".into()));
        }
        let mut sink = TrackedWrite::new(Vec::with_capacity(rows * 48));
        let mut done = Vec::with_capacity(columns.len());
        for (at, values) in columns.iter().enumerate() {
            let start = sink.bytes_written();
            let close = match values {
                Values::Real(v) => self.column::<DoubleType>(at, v, &mut sink)?,
                Values::Integer(v) => self.column::<Int64Type>(at, v, &mut sink)?,
                Values::Small(v) => self.column::<Int32Type>(at, v, &mut sink)?,
                Values::Text(v) => self.column::<ByteArrayType>(at, v, &mut sink)?,
                Values::Same(text, rows) => {
                    // A few thousand at a time: a copy of a text is not free.
                    let some = vec![text.clone(); (*rows).min(8192)];
                    let pieces = std::iter::repeat_n(some.len(), rows / some.len().max(1))
                        .chain([rows % some.len().max(1)]);
                    self.column_in::<ByteArrayType>(at, pieces.map(|n| &some[..n]), &mut sink)?
                }
            };
            done.push((start, close));
        }
        Ok(Piece { bytes: sink.into_inner()?.into(), columns: done, rows })
    }

    fn column<T: DataType>(
        &self,
        at: usize,
        values: &[T::T],
        sink: &mut TrackedWrite<Vec<u8>>,
    ) -> Result<ColumnCloseResult, ParquetError> {
        self.column_in::<T>(at, std::iter::once(values), sink)
    }

    fn column_in<'v, T: DataType>(
        &self,
        at: usize,
        pieces: impl Iterator<Item = &'v [T::T]>,
        sink: &mut TrackedWrite<Vec<u8>>,
    ) -> Result<ColumnCloseResult, ParquetError> {
        let pages = Box::new(SerializedPageWriter::new(sink));
        let mut writer = get_typed_column_writer::<T>(get_column_writer(
            self.descriptor.column(at),
            self.properties.clone(),
            pages,
        ));
        for values in pieces {
            writer.write_batch(values, None, None)?;
        }
        writer.close()
    }

    /// Begins a file of this layout.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin<W: Write + Send>(&self, out: W) -> Result<File<W>, ParquetError> {
        Ok(File { writer: SerializedFileWriter::new(out, self.schema.clone(), self.properties.clone())? })
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
    pub fn add(&mut self, piece: Piece) -> Result<(), ParquetError> {
        if piece.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (_, close) in piece.columns {
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
