//! The slow, complete way to evaluate an expression: value by value, three-valued, as DuckDB does.
//!
//! Kernels (`kernel`) are made of the shapes that matter; this serves what is derived once per distinct value, and
//! what has no kernel.
//!
//! Answers are DuckDB 2.0.1's own (`tests/data/duckdb_functions.jsonl` records a sample). What can't be the same, because
//! a value here does not know the type of its column: a whole number is written without `.0` unless it was cast to
//! DOUBLE on the spot; whole numbers are exact up to 2^53; a text beside a number is read as a DOUBLE where DuckDB would
//! read it as a whole number beside an INTEGER; `%` by zero is NULL where DuckDB has NaN for a DOUBLE. The order of
//! `list_distinct` is that of the list; DuckDB's is that of its hash table.

mod number;
pub(crate) mod pattern;

use crate::metric::{self, Unit};
use crate::sql::{Arithmetic, CastType, Expr, Function, Op, Side};
use regex::Regex;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL: unknown.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Rc<str>),
    /// A moment or a day, in seconds since 1970-01-01.
    Time(f64),
    /// A list.
    List(Rc<[Value]>),
}

impl Value {
    /// A text value.
    pub fn text(text: &str) -> Value {
        Value::Text(Rc::from(text))
    }

    /// The truth of a condition: `None` for NULL.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            Value::Number(n) => Some(*n != 0.0),
            _ => None,
        }
    }
}

/// Where the values of columns come from.
pub trait Row {
    /// The value of a column; a condition names a side, a derived key none.
    fn value(&self, side: Option<Side>, name: &str) -> Result<Value, String>;
}

/// Evaluates expressions; keeps the patterns that it has compiled.
#[derive(Default)]
pub struct Evaluator {
    unit: Unit,
    patterns: HashMap<String, Regex>,
}

impl Evaluator {
    /// An evaluator that compares texts by a unit.
    pub fn new(unit: Unit) -> Evaluator {
        Evaluator { unit, patterns: HashMap::new() }
    }

    /// The value of an expression over a row.
    ///
    /// # Errors
    /// In words, where DuckDB would stop as well: a text that is no number in arithmetic, a pattern that is none.
    pub fn eval(&mut self, expr: &Expr, row: &dyn Row) -> Result<Value, String> {
        self.with(expr, row, &mut Vec::new())
    }

    fn with(
        &mut self,
        expr: &Expr,
        row: &dyn Row,
        bound: &mut Vec<(String, Value)>,
    ) -> Result<Value, String> {
        Ok(match expr {
            Expr::Null => Value::Null,
            Expr::Boolean(truth) => Value::Bool(*truth),
            Expr::Number(n) => Value::Number(*n),
            Expr::Text(text) => Value::text(text),
            Expr::Column { side, name } => {
                match bound.iter().rev().find(|(b, _)| side.is_none() && b == name) {
                    Some((_, value)) => value.clone(),
                    None => row.value(*side, name)?,
                }
            }
            Expr::And(parts) => {
                let mut unknown = false;
                for part in parts {
                    match self.with(part, row, bound)?.truth() {
                        Some(false) => return Ok(Value::Bool(false)),
                        Some(true) => {}
                        None => unknown = true,
                    }
                }
                if unknown { Value::Null } else { Value::Bool(true) }
            }
            Expr::Or(parts) => {
                let mut unknown = false;
                for part in parts {
                    match self.with(part, row, bound)?.truth() {
                        Some(true) => return Ok(Value::Bool(true)),
                        Some(false) => {}
                        None => unknown = true,
                    }
                }
                if unknown { Value::Null } else { Value::Bool(false) }
            }
            Expr::Not(inner) => match self.with(inner, row, bound)?.truth() {
                Some(truth) => Value::Bool(!truth),
                None => Value::Null,
            },
            Expr::IsNull(inner) => Value::Bool(self.with(inner, row, bound)? == Value::Null),
            Expr::IsNotNull(inner) => Value::Bool(self.with(inner, row, bound)? != Value::Null),
            Expr::Compare(op, left, right) => {
                let (left, right) = (self.with(left, row, bound)?, self.with(right, row, bound)?);
                compare(*op, &left, &right)?
            }
            Expr::Arithmetic(how, left, right) => {
                let (left, right) = (self.with(left, row, bound)?, self.with(right, row, bound)?);
                match (number(&left)?, number(&right)?) {
                    (Some(a), Some(b)) => match how {
                        Arithmetic::Plus => Value::Number(a + b),
                        Arithmetic::Minus => Value::Number(a - b),
                        Arithmetic::Times => Value::Number(a * b),
                        // As DuckDB has it since 1.3: infinity, or NaN for nothing over nothing.
                        Arithmetic::Divide => Value::Number(a / b),
                        Arithmetic::Modulo if b == 0.0 => Value::Null,
                        Arithmetic::Modulo => Value::Number(a % b),
                    },
                    _ => Value::Null,
                }
            }
            Expr::Negate(inner) => {
                let value = self.with(inner, row, bound)?;
                number(&value)?.map_or(Value::Null, |n| Value::Number(-n))
            }
            Expr::Case { operand, whens, otherwise } => {
                let operand = operand.as_ref().map(|o| self.with(o, row, bound)).transpose()?;
                for (when, then) in whens {
                    let test = self.with(when, row, bound)?;
                    let holds = match &operand {
                        Some(operand) => compare(Op::Eq, operand, &test)?.truth() == Some(true),
                        None => test.truth() == Some(true),
                    };
                    if holds {
                        return self.with(then, row, bound);
                    }
                }
                match otherwise {
                    Some(otherwise) => self.with(otherwise, row, bound)?,
                    None => Value::Null,
                }
            }
            Expr::Cast { expr, to, lenient } => {
                let value = self.with(expr, row, bound)?;
                let cast = match (&**expr, *to, &value) {
                    // A value does not know its type, but here it is written beside it.
                    (Expr::Cast { to: CastType::Double, .. }, CastType::Text, Value::Number(n)) => {
                        Ok(Value::text(&number::write(*n)))
                    }
                    (
                        Expr::Cast { to: CastType::Timestamp, .. }
                        | Expr::Call(Function::TryStrptime | Function::Strptime, _),
                        CastType::Text,
                        Value::Time(seconds),
                    ) => Ok(Value::text(&crate::time::write_moment(*seconds))),
                    _ => cast(&value, *to),
                };
                match cast {
                    Ok(value) => value,
                    Err(_) if *lenient => Value::Null,
                    Err(why) => return Err(why),
                }
            }
            Expr::Index(list, at) => {
                let (list, at) = (self.with(list, row, bound)?, self.with(at, row, bound)?);
                match (list, number(&at)?) {
                    (Value::List(items), Some(at)) => element(&items, at),
                    // The letter of a text; beyond its ends there is none, and that is an empty text.
                    (Value::Text(text), Some(at)) if at >= 1.0 => Value::text(&substr(&text, at, Some(1.0))),
                    (Value::Text(text), Some(at)) if at < 0.0 => {
                        let from = text.chars().count() as f64 + at + 1.0;
                        Value::text(&if from >= 1.0 { substr(&text, from, Some(1.0)) } else { String::new() })
                    }
                    _ => Value::Null,
                }
            }
            Expr::Lambda { .. } => {
                return Err("a lambda stands only inside list_transform and its like".to_owned());
            }
            Expr::Call(function, arguments) => self.call(*function, arguments, row, bound)?,
        })
    }

    fn call(
        &mut self,
        function: Function,
        arguments: &[Expr],
        row: &dyn Row,
        bound: &mut Vec<(String, Value)>,
    ) -> Result<Value, String> {
        if let (Function::ListTransform | Function::ListFilter, [list, Expr::Lambda { parameters, body }]) =
            (function, arguments)
        {
            let Value::List(items) = self.with(list, row, bound)? else { return Ok(Value::Null) };
            let mut out = Vec::with_capacity(items.len());
            let [parameter] = parameters.as_slice() else {
                return Err(format!("{function} takes a lambda of one parameter"));
            };
            for item in items.iter() {
                bound.push((parameter.clone(), item.clone()));
                let value = self.with(body, row, bound);
                bound.pop();
                let value = value?;
                match function {
                    Function::ListFilter if value.truth() == Some(true) => out.push(item.clone()),
                    Function::ListFilter => {}
                    _ => out.push(value),
                }
            }
            return Ok(Value::List(out.into()));
        }
        if function == Function::Coalesce {
            for argument in arguments {
                let value = self.with(argument, row, bound)?;
                if value != Value::Null {
                    return Ok(value);
                }
            }
            return Ok(Value::Null);
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.with(argument, row, bound)?);
        }
        self.apply(function, &values)
    }

    fn pattern(&mut self, text: &str) -> Result<&Regex, String> {
        if !self.patterns.contains_key(text) {
            let compiled = pattern::compile(text)
                .map_err(|e| format!("'{text}' is no pattern that can be searched for: {e}"))?;
            self.patterns.insert(text.to_owned(), compiled);
        }
        self.patterns.get(text).ok_or_else(|| "a pattern was lost".to_owned())
    }

    fn apply(&mut self, function: Function, values: &[Value]) -> Result<Value, String> {
        use Function as F;
        // These look at NULL themselves; for everything else one NULL makes the answer NULL.
        match (function, values) {
            (F::NullIf, [a, b]) => {
                return Ok(if compare(Op::Eq, a, b)?.truth() == Some(true) {
                    Value::Null
                } else {
                    a.clone()
                });
            }
            (F::Greatest | F::Least, _) => {
                let mut best: Option<&Value> = None;
                for value in values.iter().filter(|v| **v != Value::Null) {
                    let better = match best {
                        None => true,
                        Some(best) => {
                            let order = order(value, best)?;
                            order == if function == F::Greatest { Ordering::Greater } else { Ordering::Less }
                        }
                    };
                    if better {
                        best = Some(value);
                    }
                }
                return Ok(best.cloned().unwrap_or(Value::Null));
            }
            (F::Concat, _) => {
                let mut all = String::new();
                for value in values.iter().filter(|v| **v != Value::Null) {
                    all.push_str(&need_text(value)?);
                }
                return Ok(Value::text(&all));
            }
            // DuckDB: nothing is shared with a list that is not there; without the first list there is no answer.
            (F::ListIntersect, [Value::List(_), Value::Null]) => return Ok(Value::List(Rc::from([]))),
            (F::ListValue, _) => return Ok(Value::List(values.to_vec().into())),
            (F::ListConcat, _) => {
                let mut all = Vec::new();
                for value in values {
                    match value {
                        Value::List(items) => all.extend(items.iter().cloned()),
                        Value::Null => {}
                        _ => return Err("list_concat takes lists".to_owned()),
                    }
                }
                return Ok(Value::List(all.into()));
            }
            _ => {}
        }
        if values.contains(&Value::Null) {
            return Ok(Value::Null);
        }
        let texts = || -> Result<(Rc<str>, Rc<str>), String> {
            match values {
                [a, b] => Ok((need_text(a)?, need_text(b)?)),
                _ => Err(format!("{function} takes two texts")),
            }
        };
        let one = || values.first().ok_or_else(|| format!("{function} takes a value"));
        let n = |at: usize| -> Result<f64, String> {
            values.get(at).map_or(Ok(None), number)?.ok_or_else(|| format!("{function} takes a number"))
        };
        Ok(match function {
            F::JaroWinkler => {
                let (a, b) = texts()?;
                Value::Number(metric::jaro_winkler_similarity(a.as_bytes(), b.as_bytes(), self.unit))
            }
            F::Jaro => {
                let (a, b) = texts()?;
                Value::Number(metric::jaro_similarity(a.as_bytes(), b.as_bytes(), self.unit))
            }
            F::Levenshtein => {
                let (a, b) = texts()?;
                Value::Number(f64::from(metric::levenshtein(a.as_bytes(), b.as_bytes(), self.unit)))
            }
            F::DamerauLevenshtein => {
                let (a, b) = texts()?;
                Value::Number(f64::from(metric::damerau_levenshtein(a.as_bytes(), b.as_bytes(), self.unit)))
            }
            F::Jaccard => {
                let (a, b) = texts()?;
                match metric::jaccard(a.as_bytes(), b.as_bytes(), self.unit) {
                    Some(share) => Value::Number(share),
                    None => return Err("jaccard of an empty text is not defined".to_owned()),
                }
            }
            F::Substr => {
                let text = need_text(one()?)?;
                let length = if values.len() > 2 { Some(n(2)?) } else { None };
                let from = n(1)?;
                if from.fract() != 0.0 || length.is_some_and(|n| n.fract() != 0.0) {
                    return Err("substr takes whole numbers".to_owned());
                }
                Value::text(&substr(&text, from, length))
            }
            F::Left | F::Right => {
                let text = need_text(one()?)?;
                let (chars, count) = (text.chars().count() as f64, n(1)?);
                if count.fract() != 0.0 {
                    return Err(format!("{function} takes a whole number"));
                }
                let take = if count < 0.0 { (chars + count).max(0.0) } else { count.min(chars) } as usize;
                if function == F::Left {
                    Value::text(&text.chars().take(take).collect::<String>())
                } else {
                    Value::text(&text.chars().skip(chars as usize - take).collect::<String>())
                }
            }
            F::Lower => Value::text(&need_text(one()?)?.chars().map(lower).collect::<String>()),
            F::Upper => Value::text(&need_text(one()?)?.chars().map(upper).collect::<String>()),
            F::Trim => Value::text(need_text(one()?)?.trim_matches(space)),
            F::Reverse => Value::text(&reverse(&need_text(one()?)?)?),
            F::Length => match one()? {
                Value::List(items) => Value::Number(items.len() as f64),
                value => Value::Number(need_text(value)?.chars().count() as f64),
            },
            F::RegexpExtract => {
                let (text, pattern) = (need_text(one()?)?, need_text(values.get(1).unwrap_or(&Value::Null))?);
                let group = if values.len() > 2 { n(2)? } else { 0.0 };
                if group.fract() != 0.0 || !(0.0..=9.0).contains(&group) {
                    return Err("the group of regexp_extract must be 0 to 9".to_owned());
                }
                let group = group as usize;
                let pattern = self.pattern(&pattern)?;
                // The whole of what is found needs no account of its groups.
                let found = match group {
                    0 => pattern.find(&text),
                    _ => pattern.captures(&text).and_then(|groups| groups.get(group)),
                };
                Value::text(found.map_or("", |m| m.as_str()))
            }
            F::RegexpMatches => {
                let (text, pattern) = texts()?;
                Value::Bool(self.pattern(&pattern)?.is_match(&text))
            }
            F::RegexpReplace => {
                let [text, pattern, with] =
                    [0, 1, 2].map(|i| values.get(i).map_or(Ok(Rc::from("")), need_text));
                let (text, with) = (text?, with?);
                let flags = values.get(3).map(need_text).transpose()?.unwrap_or_else(|| Rc::from(""));
                let (mut all, mut before) = (false, String::new());
                for flag in flags.chars() {
                    match flag {
                        'g' => all = true,
                        'i' => before = "(?i)".to_owned(),
                        'c' => before.clear(),
                        other => {
                            return Err(format!("the option '{other}' of regexp_replace is not supported"));
                        }
                    }
                }
                let pattern = self.pattern(&format!("{before}{}", pattern?))?;
                let with = pattern::replacement(&with, pattern.captures_len() - 1)?;
                let limit = usize::from(!all);
                Value::text(&pattern.replacen(&text, limit, with.as_str()))
            }
            F::Replace => {
                let [text, from, to] = [0, 1, 2].map(|i| values.get(i).map_or(Ok(Rc::from("")), need_text));
                let (text, from) = (text?, from?);
                if from.is_empty() { Value::Text(text) } else { Value::text(&text.replace(&*from, &to?)) }
            }
            F::TryStrptime | F::Strptime => {
                let (text, format) = texts()?;
                match crate::time::parse(&text, &format) {
                    Ok(Some(seconds)) => Value::Time(seconds),
                    Ok(None) if function == F::TryStrptime => Value::Null,
                    Ok(None) => return Err(format!("'{text}' is no time of the form '{format}'")),
                    Err(why) => return Err(why),
                }
            }
            F::Epoch => match one()? {
                Value::Time(seconds) if seconds.is_infinite() => Value::Null,
                Value::Time(seconds) => Value::Number(*seconds),
                other => return Err(format!("epoch takes a time, not {other:?}")),
            },
            F::Abs => Value::Number(n(0)?.abs()),
            F::Round => {
                let places = if values.len() > 1 { n(1)? } else { 0.0 };
                let (n, scale) = (n(0)?, 10f64.powf(places.abs()));
                // Where the scale is beyond all numbers, nothing is left to round, or nothing is left at all.
                Value::Number(if places < 0.0 {
                    let rounded = (n / scale).round() * scale;
                    if rounded.is_finite() || !n.is_finite() { rounded } else { 0.0 }
                } else {
                    let rounded = (n * scale).round() / scale;
                    if rounded.is_finite() { rounded } else { n }
                })
            }
            F::Floor => Value::Number(n(0)?.floor()),
            F::Ceil => Value::Number(n(0)?.ceil()),
            F::Sqrt => Value::Number(n(0)?.sqrt()),
            F::Power => Value::Number(n(0)?.powf(n(1)?)),
            F::Exp => Value::Number(n(0)?.exp()),
            F::Ln => Value::Number(n(0)?.ln()),
            F::Log2 => Value::Number(n(0)?.log2()),
            F::Sin => Value::Number(n(0)?.sin()),
            F::Cos => Value::Number(n(0)?.cos()),
            F::Asin => Value::Number(n(0)?.asin()),
            F::Acos => Value::Number(n(0)?.acos()),
            F::Atan2 => Value::Number(n(0)?.atan2(n(1)?)),
            F::Radians => Value::Number(n(0)?.to_radians()),
            F::ArrayLength => Value::Number(need_list(one()?)?.len() as f64),
            F::ListIntersect => match values {
                [a, b] => {
                    let (a, b) = (need_list(a)?, need_list(b)?);
                    // DuckDB goes through the longer list and looks up in the shorter; the order is that of the
                    // longer, of the second where both are as long.
                    let (a, b) = if a.len() <= b.len() { (b, a) } else { (a, b) };
                    let mut both: Vec<Value> = Vec::new();
                    for item in a.iter().filter(|i| **i != Value::Null) {
                        if b.contains(item) && !both.contains(item) {
                            both.push(item.clone());
                        }
                    }
                    Value::List(both.into())
                }
                _ => return Err("list_intersect takes two lists".to_owned()),
            },
            F::ListDistinct => {
                let mut once: Vec<Value> = Vec::new();
                for item in need_list(one()?)?.iter().filter(|i| **i != Value::Null) {
                    if !once.contains(item) {
                        once.push(item.clone());
                    }
                }
                Value::List(once.into())
            }
            F::ListContains => match values {
                [list, item] => Value::Bool(need_list(list)?.contains(item)),
                _ => return Err("list_contains takes a list and a value".to_owned()),
            },
            F::Flatten => {
                let mut all = Vec::new();
                for item in need_list(one()?)?.iter() {
                    if let Value::List(inner) = item {
                        all.extend(inner.iter().cloned());
                    }
                }
                Value::List(all.into())
            }
            F::ListMax | F::ListMin => {
                let items = need_list(one()?)?;
                let mut best: Option<&Value> = None;
                for item in items.iter().filter(|i| **i != Value::Null) {
                    let wanted = if function == F::ListMax { Ordering::Greater } else { Ordering::Less };
                    if match best {
                        None => true,
                        Some(best) => order(item, best)? == wanted,
                    } {
                        best = Some(item);
                    }
                }
                best.cloned().unwrap_or(Value::Null)
            }
            F::ListSum => {
                let mut sum = None;
                for item in need_list(one()?)?.iter() {
                    if let Some(n) = number(item)? {
                        sum = Some(sum.unwrap_or(0.0) + n);
                    }
                }
                sum.map_or(Value::Null, Value::Number)
            }
            F::ArrayCosineSimilarity | F::ArrayInnerProduct => match values {
                [a, b] => {
                    let (a, b) = (need_list(a)?, need_list(b)?);
                    let number_of =
                        |v: &Value| number(v)?.ok_or_else(|| format!("{function} takes lists without NULL"));
                    let (mut dot, mut aa, mut bb) = (0.0, 0.0, 0.0);
                    if a.len() != b.len() {
                        return Err(format!("{function} takes two lists of one length"));
                    }
                    for (x, y) in a.iter().zip(b.iter()) {
                        let (x, y) = (number_of(x)?, number_of(y)?);
                        dot += x * y;
                        aa += x * x;
                        bb += y * y;
                    }
                    if function == F::ArrayInnerProduct {
                        Value::Number(dot)
                    } else if a.is_empty() {
                        Value::Null
                    } else {
                        Value::Number((dot / (aa * bb).sqrt()).clamp(-1.0, 1.0))
                    }
                }
                _ => return Err(format!("{function} takes two lists")),
            },
            other => return Err(format!("{other} can't be used here")),
        })
    }
}

fn element(items: &[Value], at: f64) -> Value {
    // Counted from 1; from the end where negative.
    let at = if at < 0.0 { items.len() as f64 + at } else { at - 1.0 };
    if at < 0.0 || at >= items.len() as f64 { Value::Null } else { items[at as usize].clone() }
}

/// One character in lower case, as utf8proc does it: character by character.
fn lower(c: char) -> char {
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(first), _) => first,
        _ => c,
    }
}

fn upper(c: char) -> char {
    if c == 'ß' {
        return 'ẞ'; // one character for one, where Unicode's own mapping has two
    }
    match c {
        // Greek letters with a iota below: Unicode's full mapping has two letters, its simple one the title form.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            return char::from_u32(u32::from(c) + 8).unwrap_or(c);
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => return char::from_u32(u32::from(c) + 9).unwrap_or(c),
        _ => {}
    }
    let mut all = c.to_uppercase();
    match (all.next(), all.next()) {
        (Some(first), None) => first,
        _ => c,
    }
}

/// What `trim` takes away: Unicode's separators of the kind space (Zs), and neither tabs nor line ends.
fn space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Back to front, as DuckDB does it: by what people see as one letter. What needs Unicode's rules for that is refused.
fn reverse(text: &str) -> Result<String, String> {
    // Latin, Greek, Cyrillic, kana, ideographs, Hangul syllables, signs and pictures: each is a letter of its own.
    let plain = |c: char| {
        matches!(u32::from(c),
            0..=0xc | 0xe..=0x2ff | 0x370..=0x482 | 0x48a..=0x52f | 0x1e00..=0x1fff | 0x2010..=0x2027
            | 0x20a0..=0x20bf | 0x3041..=0x3096 | 0x30a0..=0x30ff | 0x4e00..=0x9fff | 0xac00..=0xd7a3
            | 0x1f300..=0x1f3fa | 0x1f400..=0x1faff)
    };
    if text.chars().all(plain) {
        Ok(text.chars().rev().collect())
    } else {
        Err(format!("reverse of '{text}' is not supported: it has letters made of several characters"))
    }
}

/// Part of a text by characters, counted from 1, from the end where `from` is negative.
pub fn substr(text: &str, from: f64, length: Option<f64>) -> String {
    let chars = text.chars().count() as f64;
    let mut start = if from < 0.0 { chars + from } else { from - 1.0 };
    let mut end = match length {
        Some(length) if length < 0.0 => {
            // A negative length takes what stands before.
            let end = start;
            start += length;
            end
        }
        Some(length) => start + length,
        None => chars,
    };
    start = start.max(0.0);
    end = end.min(chars);
    if end <= start {
        return String::new();
    }
    text.chars().skip(start as usize).take((end - start) as usize).collect()
}

fn need_text(value: &Value) -> Result<Rc<str>, String> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::List(_) => Err("a list can't be used as a text".to_owned()),
        other => text(other).map(|t| Rc::from(t.as_str())).ok_or_else(|| "a text is needed".to_owned()),
    }
}

fn need_list(value: &Value) -> Result<Rc<[Value]>, String> {
    match value {
        Value::List(items) => Ok(items.clone()),
        other => Err(format!("a list is needed, not {other:?}")),
    }
}

/// A value as text; `None` for NULL.
pub fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => truth.to_string(),
        Value::Number(n) => number::write_short(*n),
        Value::Text(text) => text.to_string(),
        Value::Time(seconds) => crate::time::write(*seconds),
        Value::List(items) => {
            serde_json::to_string(&items.iter().map(text).collect::<Vec<_>>()).unwrap_or_default()
        }
    })
}

/// A value as a number; `None` for NULL.
fn number(value: &Value) -> Result<Option<f64>, String> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::Number(n) | Value::Time(n) => *n,
        Value::Text(text) => {
            number::real(text).ok_or_else(|| format!("'{text}' is no number, and one is needed"))?
        }
        Value::List(_) => return Err("a list is no number".to_owned()),
    }))
}

fn cast(value: &Value, to: CastType) -> Result<Value, String> {
    if *value == Value::Null {
        return Ok(Value::Null);
    }
    Ok(match to {
        CastType::Text => Value::Text(need_text(value)?),
        CastType::Double => number(value)?.map_or(Value::Null, Value::Number),
        CastType::Float => number(value)?.map_or(Value::Null, |n| Value::Number(f64::from(n as f32))),
        CastType::Integer { bits } => {
            let whole = match value {
                Value::Text(text) => number::whole(text, bits),
                other => number(other)?.and_then(|n| number::fits(n.round_ties_even(), bits)),
            };
            Value::Number(whole.ok_or_else(|| format!("{value:?} is no whole number of {bits} bits"))?)
        }
        CastType::Boolean => match value {
            Value::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "1" | "yes" | "y" => Value::Bool(true),
                "false" | "f" | "0" | "no" | "n" => Value::Bool(false),
                _ => return Err(format!("'{text}' is no truth value")),
            },
            other => other.truth().map_or(Value::Null, Value::Bool),
        },
        CastType::Date | CastType::Timestamp => match value {
            Value::Time(seconds) if to == CastType::Date => {
                Value::Time((seconds / 86_400.0).floor() * 86_400.0)
            }
            Value::Time(_) => value.clone(),
            Value::Text(text) => {
                let parsed =
                    if to == CastType::Date { crate::time::day(text) } else { crate::time::moment(text) };
                parsed.map(Value::Time).ok_or_else(|| format!("'{text}' is no date"))?
            }
            other => return Err(format!("{other:?} is no date")),
        },
    })
}

fn order(left: &Value, right: &Value) -> Result<Ordering, String> {
    Ok(match (left, right) {
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::List(a), Value::List(b)) => {
            for (x, y) in a.iter().zip(b.iter()) {
                match order(x, y)? {
                    Ordering::Equal => {}
                    other => return Ok(other),
                }
            }
            a.len().cmp(&b.len())
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Text(_), Value::Bool(_)) => order(&cast(left, CastType::Boolean)?, right)?,
        (Value::Bool(_), Value::Text(_)) => order(left, &cast(right, CastType::Boolean)?)?,
        (Value::Text(_), Value::Time(_)) => order(&cast(left, CastType::Timestamp)?, right)?,
        (Value::Time(_), Value::Text(_)) => order(left, &cast(right, CastType::Timestamp)?)?,
        (Value::Null, Value::Null) => Ordering::Equal,
        _ => match (number(left)?, number(right)?) {
            // There is one zero and one NaN, which is above all other numbers.
            (Some(a), Some(b)) => {
                let plain = |n: f64| if n.is_nan() { f64::NAN } else { n + 0.0 };
                plain(a).total_cmp(&plain(b))
            }
            (a, b) => a.is_some().cmp(&b.is_some()),
        },
    })
}

/// Compares two values; NULL with anything is NULL.
pub fn compare(op: Op, left: &Value, right: &Value) -> Result<Value, String> {
    if *left == Value::Null || *right == Value::Null {
        return Ok(Value::Null);
    }
    let order = order(left, right)?;
    Ok(Value::Bool(match op {
        Op::Eq => order == Ordering::Equal,
        Op::Ne => order != Ordering::Equal,
        Op::Lt => order == Ordering::Less,
        Op::Le => order != Ordering::Greater,
        Op::Gt => order == Ordering::Greater,
        Op::Ge => order != Ordering::Less,
    }))
}
