//! Values that cross between Rust and SQL. They adapt to the type the server declares, so that one SQL text
//! serves SQLite's few storage classes and PostgreSQL's real ones.

use crate::engine::Failure;
use bluelamp_model::{Id, Time};
use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};
use std::error::Error as StdError;

/// One value on its way into or out of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL null.
    Null,
    /// A truth value; an integer in SQLite.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// An identifier: `uuid` in PostgreSQL, sixteen bytes in SQLite.
    Id(Id),
    /// A time: `timestamptz` in PostgreSQL, microseconds in SQLite.
    Time(Time),
    /// JSON text: `jsonb` in PostgreSQL, text in SQLite.
    Json(String),
}

/// PostgreSQL counts from 2000-01-01T00:00:00Z.
const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;

type Boxed = Box<dyn StdError + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Bool(b) => return b.to_sql(ty, out),
            // A backup taken from SQLite knows truth values and times only as integers.
            Self::Int(i) if *ty == Type::BOOL => return (*i != 0).to_sql(ty, out),
            Self::Int(i) if *ty == Type::TIMESTAMPTZ => put_time(*i, out),
            Self::Int(i) if *ty == Type::INT2 => return i16::try_from(*i)?.to_sql(ty, out),
            Self::Int(i) if *ty == Type::INT4 => return i32::try_from(*i)?.to_sql(ty, out),
            Self::Int(i) if *ty == Type::INT8 => return i.to_sql(ty, out),
            Self::Real(r) if *ty == Type::FLOAT8 => return r.to_sql(ty, out),
            Self::Time(t) if *ty == Type::TIMESTAMPTZ => put_time(t.micros(), out),
            // Eight bytes are eight bytes to the server: a number in the wrong place would be taken for another.
            Self::Int(_) | Self::Real(_) | Self::Time(_) => {
                return Err(format!("{self:?} is not what a column of type {ty} holds").into());
            }
            Self::Bytes(b) => out.extend_from_slice(b),
            Self::Id(id) => out.extend_from_slice(&id.bytes()),
            Self::Text(s) | Self::Json(s) => {
                if *ty == Type::JSONB {
                    out.extend_from_slice(&[1]); // the version byte of jsonb's binary form
                }
                out.extend_from_slice(s.as_bytes());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

fn put_time(micros: i64, out: &mut BytesMut) {
    out.extend_from_slice(&(micros - PG_EPOCH_MICROS).to_be_bytes());
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        Ok(match *ty {
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::UUID => Self::Id(Id::from_bytes(raw.try_into()?)),
            Type::TIMESTAMPTZ => {
                Self::Time(Time::from_micros(i64::from_be_bytes(raw.try_into()?) + PG_EPOCH_MICROS))
            }
            Type::JSONB => Self::Json(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            Type::NUMERIC => return Err("cast numeric to bigint or double precision in the statement".into()),
            _ => Self::Text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Boxed> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput as O, Value as Owned, ValueRef as R};
        Ok(match self {
            Self::Null => O::Borrowed(R::Null),
            Self::Bool(b) => O::Borrowed(R::Integer(i64::from(*b))),
            Self::Int(i) => O::Borrowed(R::Integer(*i)),
            Self::Time(t) => O::Borrowed(R::Integer(t.micros())),
            Self::Real(r) => O::Borrowed(R::Real(*r)),
            // PostgreSQL cannot hold it; what one engine takes the other must take.
            Self::Text(s) | Self::Json(s) if s.contains('\0') => {
                return Err(rusqlite::Error::ToSqlConversionFailure(
                    "text with a NUL character in it".into(),
                ));
            }
            Self::Text(s) | Self::Json(s) => O::Borrowed(R::Text(s.as_bytes())),
            Self::Bytes(b) => O::Borrowed(R::Blob(b)),
            Self::Id(id) => O::Owned(Owned::Blob(id.bytes().to_vec())),
        })
    }
}

/// A Rust type that a column can fill, whichever engine sent it.
pub trait FromValue: Sized {
    /// Takes the value, or says that the column holds something else.
    fn from_value(value: Value) -> Result<Self, Failure>;
}

macro_rules! from_value {
    ($t:ty, $($p:pat $(if $g:expr)? => $e:expr),+) => {
        impl FromValue for $t {
            fn from_value(value: Value) -> Result<Self, Failure> {
                match value {
                    $($p $(if $g)? => Ok($e),)+
                    other => Err(Failure::Other(format!("{other:?} is not a {}", stringify!($t)))),
                }
            }
        }
    };
}

from_value!(i64, Value::Int(i) => i);
from_value!(f64, Value::Real(r) => r);
from_value!(bool, Value::Bool(b) => b, Value::Int(i) => i != 0);
from_value!(String, Value::Text(s) => s, Value::Json(s) => s);
from_value!(Vec<u8>, Value::Bytes(b) => b);
from_value!(Time, Value::Time(t) => t, Value::Int(i) => Time::from_micros(i));

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self, Failure> {
        Ok(value)
    }
}

impl FromValue for u64 {
    fn from_value(value: Value) -> Result<Self, Failure> {
        let n = i64::from_value(value)?;
        Self::try_from(n).map_err(|_| Failure::Other(format!("{n} is negative")))
    }
}

impl FromValue for Id {
    fn from_value(value: Value) -> Result<Self, Failure> {
        match value {
            Value::Id(id) => Ok(id),
            Value::Bytes(b) => b
                .try_into()
                .map(Self::from_bytes)
                .map_err(|b: Vec<u8>| Failure::Other(format!("{} bytes are not an identifier", b.len()))),
            other => Err(Failure::Other(format!("{other:?} is not an identifier"))),
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: Value) -> Result<Self, Failure> {
        Vec::<u8>::from_value(value)?
            .try_into()
            .map_err(|b: Vec<u8>| Failure::Other(format!("{} bytes where {N} belong", b.len())))
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, Failure> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! into_value {
    ($($t:ty, $v:ident => $e:expr;)+) => {
        $(impl From<$t> for Value { fn from($v: $t) -> Self { $e } })+
    };
}

into_value! {
    bool, v => Self::Bool(v);
    i64, v => Self::Int(v);
    i32, v => Self::Int(v.into());
    u32, v => Self::Int(v.into());
    u16, v => Self::Int(v.into());
    f64, v => Self::Real(v);
    String, v => Self::Text(v);
    &str, v => Self::Text(v.to_owned());
    &String, v => Self::Text(v.clone());
    Id, v => Self::Id(v);
    Time, v => Self::Time(v);
    Vec<u8>, v => Self::Bytes(v);
    &[u8], v => Self::Bytes(v.to_vec());
}

impl From<u64> for Value {
    /// Sizes and sequence numbers stay far below 2^63; a larger one is stored as the largest there is.
    fn from(v: u64) -> Self {
        Self::Int(i64::try_from(v).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Takes the column counted from 0.
    ///
    /// # Errors
    /// A [`Failure`] when there is no such column or it holds another type: a defect in the statement.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, Failure> {
        let value =
            self.0.get(column).cloned().ok_or_else(|| Failure::Other(format!("no column {column}")))?;
        T::from_value(value).map_err(|e| Failure::Other(format!("column {column}: {}", e.message())))
    }
}
