//! Parquet: typed columns for analysis, every one optional, in row groups.

use super::{Cell, Column, Kind, WriteError, decimal, paired};
use jiff::civil::Date;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::io::Write;
use std::sync::Arc;

/// Rows kept before they are written.
const GROUP: usize = 100_000;

/// Writes the rows in groups of 100,000. Text is UTF-8, money DECIMAL(18, 2),
/// other decimals DOUBLE, dates DATE, whole numbers INT64.
///
/// # Errors
/// When the receiver fails or a cell does not fit its column.
pub fn write_parquet<'a, W: Write + Send>(
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: W,
) -> Result<(), WriteError> {
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("City Tools".to_owned()).build();
    let mut writer = SerializedFileWriter::new(out, schema(columns).map_err(explain)?, Arc::new(properties)).map_err(explain)?;
    let mut buffers: Vec<Buffer> = columns.iter().map(|column| Buffer::new(column.kind)).collect();
    let mut kept = 0;
    for (number, cells) in (1..).zip(rows) {
        for (pair, buffer) in paired(columns, &cells, number).zip(&mut buffers) {
            buffer.push(pair?.1);
        }
        kept += 1;
        if kept == GROUP {
            write_group(&mut writer, &mut buffers).map_err(explain)?;
            kept = 0;
        }
    }
    if kept > 0 {
        write_group(&mut writer, &mut buffers).map_err(explain)?;
    }
    writer.close().map_err(explain)?;
    Ok(())
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields = columns.iter().map(|column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Money => (Physical::INT64, Some(LogicalType::decimal(2, 18))),
            Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Boolean => (Physical::BOOLEAN, None),
        };
        let mut builder =
            Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
        if column.kind == Kind::Money {
            builder = builder.with_precision(18).with_scale(2);
        }
        builder.build().map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("schema").with_fields(fields).build().map(Arc::new)
}

fn write_group<W: Write + Send>(writer: &mut SerializedFileWriter<W>, buffers: &mut [Buffer]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for buffer in buffers {
        if let Some(column) = group.next_column()? {
            buffer.flush(column)?;
        }
    }
    group.close()?;
    Ok(())
}

/// The values of one column of a row group, and which rows have one.
struct Buffer {
    levels: Vec<i16>,
    values: Values,
}

enum Values {
    Text(Vec<ByteArray>),
    Double(Vec<f64>),
    Money(Vec<i64>),
    Date(Vec<i32>),
    Integer(Vec<i64>),
    Boolean(Vec<bool>),
}

impl Buffer {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Number => Values::Double(Vec::new()),
            Kind::Money => Values::Money(Vec::new()),
            Kind::Date => Values::Date(Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Boolean => Values::Boolean(Vec::new()),
        };
        Self { levels: Vec::new(), values }
    }

    fn push(&mut self, cell: &Cell<'_>) {
        let is_there = self.values.push(cell);
        self.levels.push(i16::from(is_there));
    }

    fn flush(&mut self, column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match &mut self.values {
            Values::Text(values) => write_column::<ByteArrayType>(column, values, &self.levels)?,
            Values::Double(values) => write_column::<DoubleType>(column, values, &self.levels)?,
            Values::Money(values) | Values::Integer(values) => write_column::<Int64Type>(column, values, &self.levels)?,
            Values::Date(values) => write_column::<Int32Type>(column, values, &self.levels)?,
            Values::Boolean(values) => write_column::<BoolType>(column, values, &self.levels)?,
        }
        self.levels.clear();
        Ok(())
    }
}

impl Values {
    /// Keeps a cell's value; false when there is none. Cells are checked
    /// before they come here.
    fn push(&mut self, cell: &Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Text(values), Cell::Text(text)) => keep(values, Some(ByteArray::from(text.as_ref()))),
            (Self::Double(values), Cell::Integer(value)) => keep(values, Some(*value as f64)),
            (Self::Double(values), Cell::Decimal(text)) => keep(values, text.parse().ok()),
            (Self::Money(values), Cell::Integer(value)) => keep(values, decimal::whole_pence(*value)),
            (Self::Money(values), Cell::Decimal(text)) => keep(values, decimal::pence(text)),
            (Self::Date(values), Cell::Date(date)) => keep(values, days(*date)),
            (Self::Integer(values), Cell::Integer(value)) => keep(values, Some(*value)),
            (Self::Boolean(values), Cell::Boolean(value)) => keep(values, Some(*value)),
            _ => false,
        }
    }
}

fn keep<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
    let is_there = value.is_some();
    values.extend(value);
    is_there
}

/// Days since 1 January 1970.
fn days(date: Date) -> Option<i32> {
    let epoch = Date::new(1970, 1, 1).ok()?;
    Some(date.since(epoch).ok()?.get_days())
}

fn write_column<T: DataType>(
    mut column: SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    levels: &[i16],
) -> Result<(), ParquetError> {
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    values.clear();
    column.close()
}

fn explain(error: ParquetError) -> WriteError {
    WriteError::Format { format: "Parquet", reason: error.to_string() }
}
