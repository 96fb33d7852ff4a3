//! Parts of a text that are cut out of it in place: what blocking rules and comparisons derive most, a hundred thousand
//! times over. The answers are those of the complete evaluator, which has the last word on everything else.

use crate::sql::{Expr, Function};
use crate::value::pattern;
use regex::Regex;

/// How a part of a text is found.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// What a pattern finds, an empty text where it finds nothing.
    Found(Regex),
    /// So many letters from one on, counted from 0.
    Letters(usize, usize),
    /// Another part, but NULL where it is this text.
    Unless(Box<Part>, String),
}

impl Part {
    /// The part that an expression over one column of texts stands for, where it is one.
    pub(super) fn of(expr: &Expr) -> Option<Part> {
        let whole = |n: f64| (n.fract() == 0.0 && (0.0..1e6).contains(&n)).then_some(n as usize);
        match expr {
            Expr::Call(Function::RegexpExtract, parts) => match parts.as_slice() {
                [Expr::Column { .. }, Expr::Text(text)]
                | [Expr::Column { .. }, Expr::Text(text), Expr::Number(0.0)] => {
                    pattern::compile(text).ok().map(Part::Found)
                }
                _ => None,
            },
            Expr::Call(Function::Substr, parts) => match parts.as_slice() {
                [Expr::Column { .. }, Expr::Number(from), Expr::Number(letters)] if *from >= 1.0 => {
                    Some(Part::Letters(whole(*from - 1.0)?, whole(*letters)?))
                }
                _ => None,
            },
            Expr::Call(Function::NullIf, parts) => match parts.as_slice() {
                [part, Expr::Text(text)] => Some(Part::Unless(Box::new(Part::of(part)?), text.clone())),
                _ => None,
            },
            _ => None,
        }
    }

    /// Cuts the part out of a text: `Some(None)` is NULL, `None` a text for the complete evaluator.
    pub(super) fn cut<'t>(&self, text: &'t str) -> Option<Option<&'t str>> {
        match self {
            Part::Found(pattern) => Some(Some(pattern.find(text).map_or("", |found| found.as_str()))),
            // Letters beyond ASCII are counted there.
            Part::Letters(from, letters) if text.is_ascii() => {
                let from = (*from).min(text.len());
                Some(Some(&text[from..from.saturating_add(*letters).min(text.len())]))
            }
            Part::Letters(..) => None,
            Part::Unless(part, unless) => part.cut(text).map(|part| part.filter(|part| part != unless)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Unit;
    use crate::sql::Side;
    use crate::value::{Evaluator, Row, Value, text};
    use proptest::prelude::*;

    struct One<'a>(&'a str);

    impl Row for One<'_> {
        fn value(&self, _: Option<Side>, _: &str) -> Result<Value, String> {
            Ok(Value::text(self.0))
        }
    }

    proptest! {
        #[test]
        fn a_part_is_what_the_complete_evaluator_gives(
            value in prop_oneof!["[A-Z]{1,3}[0-9]{1,2}[A-Z]? [0-9][A-Z]{2}", "[a-z.]{0,6}@[a-z]{0,4}", "[a-zé0-9 ]{0,9}"],
            from in 1u32..5,
            letters in 0u32..6,
        ) {
            for sql in [
                "NULLIF(regexp_extract(x, '^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]', 0), '')".to_owned(),
                "regexp_extract(x, '^[^@]+')".to_owned(),
                format!("substr(x, {from}, {letters})"),
                format!("NULLIF(SUBSTRING(x, {from}, {letters}), 'ab')"),
            ] {
                let expr = Expr::of_one_record(&sql).unwrap();
                let answer = Evaluator::new(Unit::Characters).eval(&expr, &One(&value)).unwrap();
                let Some(cut) = Part::of(&expr).expect("a part").cut(&value) else {
                    prop_assert!(!value.is_ascii(), "only letters beyond ASCII are left to the evaluator");
                    continue;
                };
                prop_assert_eq!(cut.map(str::to_owned), text(&answer), "{}", sql);
            }
        }
    }
}
