//! One cell: parsed by the standard's grammar, then taken over as far as it is understood, every refusal with its
//! reason.

use super::{Bound, Endpoint, Literal, Test, UnaryTests, nothing_between};
use crate::FactType;
use dsntk_feel::{FeelScope, IntervalType};
use dsntk_feel_parser::AstNode;
use serde_json::Value;
use std::collections::BTreeMap;

/// A parsed cell: `None` for `-`, and the parameters it used.
pub(crate) struct Parsed {
    pub(crate) tests: Option<UnaryTests>,
    pub(crate) parameters: Vec<String>,
}

const SUBSET: &str = "a cell is -, true, false, a number, a \"text\", < n, <= n, > n, >= n, [a..b], (a..b), \
                      several of these with commas, or not(…) around them";

/// The longest cell: far more than a person can read, and few enough for a parser that calls itself.
const LONGEST: usize = 500;

/// Reads one cell for a fact of the given type. Where the parameters are not known, because the header could
/// not be read, any name passes for one; such a definition has a fault already and is never evaluated.
///
/// # Errors
/// A sentence that says what is wrong and what would be right.
pub(crate) fn parse(
    cell: &str,
    kind: &FactType,
    parameters: Option<&BTreeMap<String, Value>>,
) -> Result<Parsed, String> {
    if cell == "-" {
        return Ok(Parsed { tests: None, parameters: Vec::new() });
    }
    if cell.is_empty() {
        return Err(format!("the cell is empty; {SUBSET}"));
    }
    if cell.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} letters: make several rules of it"));
    }
    // The grammar allows nearly anything in a name; what stands in the scope is read as it stands.
    let scope = FeelScope::default();
    for name in parameters.iter().flat_map(|p| p.keys()) {
        scope.set_value(&name.as_str().into(), dsntk_feel::values::Value::Null(None));
    }
    let read = dsntk_feel_parser::parse_unary_tests(&scope, cell, false);
    let mut reader = Reader { parameters, used: Vec::new() };
    let tests = match read {
        Err(_) => Err(format!("is not understood; {SUBSET}")),
        Ok(AstNode::ExpressionList(tests)) => reader.list(false, &tests),
        Ok(AstNode::NegatedList(tests)) => reader.list(true, &tests),
        Ok(_) => Err(format!("is not understood; {SUBSET}")),
    };
    let tests = tests.map_err(|e| format!("'{cell}': {e}"))?;
    for test in &tests.any_of {
        test.fits(kind).map_err(|e| format!("'{cell}': {e}"))?;
    }
    Ok(Parsed { tests: Some(tests), parameters: reader.used })
}

struct Reader<'a> {
    parameters: Option<&'a BTreeMap<String, Value>>,
    used: Vec<String>,
}

impl Reader<'_> {
    fn list(&mut self, negated: bool, tests: &[AstNode]) -> Result<UnaryTests, String> {
        let any_of = tests.iter().map(|t| self.test(t)).collect::<Result<Vec<_>, _>>()?;
        if any_of.is_empty() {
            return Err(format!("nothing stands in it; {SUBSET}"));
        }
        Ok(UnaryTests { negated, any_of })
    }

    fn test(&mut self, node: &AstNode) -> Result<Test, String> {
        let within = |low, high| Ok(Test::Within { low, high });
        match node {
            AstNode::Boolean(b) => Ok(Test::Is(Literal::YesNo(*b))),
            AstNode::String(text) => Ok(Test::Is(Literal::Text(text.clone()))),
            AstNode::Numeric(..) | AstNode::Neg(_) | AstNode::Name(_) => {
                self.number(node).map(|n| Test::Is(Literal::Number(n)))
            }
            AstNode::UnaryLt(n) => within(None, Some(self.endpoint(n, Bound::Open)?)),
            AstNode::UnaryLe(n) => within(None, Some(self.endpoint(n, Bound::Closed)?)),
            AstNode::UnaryGt(n) => within(Some(self.endpoint(n, Bound::Open)?), None),
            AstNode::UnaryGe(n) => within(Some(self.endpoint(n, Bound::Closed)?), None),
            AstNode::Range(start, end) => match (start.as_ref(), end.as_ref()) {
                (AstNode::IntervalStart(low, from), AstNode::IntervalEnd(high, to)) => {
                    let low = self.endpoint(low, bound(from))?;
                    let high = self.endpoint(high, bound(to))?;
                    if nothing_between(low, high) {
                        return Err("no number lies in this interval".into());
                    }
                    within(Some(low), Some(high))
                }
                _ => Err(format!("this interval is not understood; {SUBSET}")),
            },
            AstNode::Null => Err("null is no value: what is not known is a state of the fact".into()),
            _ => Err(format!("more than is understood here; {SUBSET}")),
        }
    }

    fn endpoint(&mut self, node: &AstNode, bound: Bound) -> Result<Endpoint, String> {
        Ok(Endpoint { at: self.number(node)?, bound })
    }

    /// A number as it is written, or a parameter's.
    fn number(&mut self, node: &AstNode) -> Result<f64, String> {
        match node {
            AstNode::Neg(inner) if matches!(inner.as_ref(), AstNode::Numeric(..)) => {
                self.number(inner).map(|n| -n)
            }
            AstNode::Numeric(whole, part, _, exponent) => {
                if !exponent.is_empty() {
                    return Err("a number is written with digits and at most one decimal point".into());
                }
                if whole.len() + part.len() > 15 {
                    return Err("a number has at most fifteen digits".into());
                }
                let written = format!(
                    "{}.{}",
                    if whole.is_empty() { "0" } else { whole },
                    if part.is_empty() { "0" } else { part }
                );
                written.parse().map_err(|_| format!("'{written}' is not a number"))
            }
            AstNode::Name(name) => self.parameter(&name.to_string()),
            _ => Err("a number, or the name of a parameter, must stand here".into()),
        }
    }

    fn parameter(&mut self, name: &str) -> Result<f64, String> {
        // Not a number, so that no comparison of an interval's ends finds fault with it.
        let Some(parameters) = self.parameters else { return Ok(f64::NAN) };
        let Some(value) = parameters.get(name) else {
            return Err(format!("'{name}' is neither true, false nor a parameter of the header; {SUBSET}"));
        };
        let number = value.as_f64().ok_or_else(|| format!("the parameter '{name}' is not a number"))?;
        if !self.used.iter().any(|u| u == name) {
            self.used.push(name.to_owned());
        }
        Ok(number)
    }
}

fn bound(end: &IntervalType) -> Bound {
    if *end == IntervalType::Closed { Bound::Closed } else { Bound::Open }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(cell: &str, kind: &FactType) -> Result<Option<UnaryTests>, String> {
        let parameters = BTreeMap::from([("limit".to_owned(), json!(3)), ("word".to_owned(), json!("x"))]);
        parse(cell, kind, Some(&parameters)).map(|p| p.tests)
    }

    /// The values among `of` for which a number cell holds.
    fn among(cell: &str, of: &[f64]) -> Vec<f64> {
        let tests = read(cell, &FactType::Number).unwrap().unwrap();
        of.iter().copied().filter(|n| tests.holds(&json!(n))).collect()
    }

    #[test]
    fn a_dash_sets_no_condition() {
        assert_eq!(read("-", &FactType::Text).unwrap(), None);
    }

    #[test]
    fn comparisons_and_intervals_mind_their_ends() {
        let n = [9.0, 10.0, 10.5, 13.0, 14.0];
        assert_eq!(among("[10..13]", &n), [10.0, 10.5, 13.0]);
        assert_eq!(among("(10..13)", &n), [10.5]);
        assert_eq!(among("[10..13)", &n), [10.0, 10.5]);
        assert_eq!(among("(10 .. 13]", &n), [10.5, 13.0]);
        assert_eq!(among(">= 13", &n), [13.0, 14.0]);
        assert_eq!(among("> 13", &n), [14.0]);
        assert_eq!(among("<10", &n), [9.0]);
        assert_eq!(among("<= 10", &n), [9.0, 10.0]);
        assert_eq!(among("9, > 13", &n), [9.0, 14.0]);
        assert_eq!(among("not(9, > 13)", &n), [10.0, 10.5, 13.0]);
        assert_eq!(among("[-1..0.5]", &[-2.0, -1.0, 0.5, 0.6]), [-1.0, 0.5]);
        assert_eq!(among("[limit..limit]", &[2.0, 3.0, 4.0]), [3.0]);
    }

    #[test]
    fn texts_and_truths() {
        let choice = FactType::Choice(vec!["none".into(), "some".into(), "serious".into()]);
        let cell = read(r#""some", "serious""#, &choice).unwrap().unwrap();
        assert!(cell.holds(&json!("serious")) && !cell.holds(&json!("none")));
        let cell = read(r#"not("a, \"b\"")"#, &FactType::Text).unwrap().unwrap();
        assert!(cell.holds(&json!("a")) && !cell.holds(&json!("a, \"b\"")));
        let cell = read("true, false", &FactType::YesNo).unwrap().unwrap();
        assert!(cell.holds(&json!(true)) && cell.holds(&json!(false)));
    }

    #[test]
    fn a_value_of_another_type_never_holds() {
        let cell = read("not(true)", &FactType::YesNo).unwrap().unwrap();
        assert!(!cell.holds(&json!(null)) && !cell.holds(&json!([true])));
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        for (cell, kind, part) in [
            ("", FactType::Number, "the cell is empty"),
            ("3,", FactType::Number, "is not understood"),
            ("3 4", FactType::Number, "is not understood"),
            ("3 + 4", FactType::Number, "more than is understood here"),
            ("= 3", FactType::Number, "more than is understood here"),
            ("null", FactType::Number, "null is no value"),
            ("date(\"2026-01-01\")", FactType::Text, "more than is understood here"),
            ("1e3", FactType::Number, "at most one decimal point"),
            ("1234567890123456", FactType::Number, "at most fifteen digits"),
            ("[3..1]", FactType::Number, "no number lies"),
            ("(3..3)", FactType::Number, "no number lies"),
            ("[3..", FactType::Number, "is not understood"),
            ("[1,3]", FactType::Number, "more than is understood here"),
            ("[1..3", FactType::Number, "is not understood"),
            (">= many", FactType::Number, "neither true, false nor a parameter"),
            (">= word", FactType::Number, "is not a number"),
            ("not 3", FactType::Number, "is not understood"),
            ("not(3", FactType::Number, "is not understood"),
            ("not(not(3))", FactType::Number, "more than is understood here"),
            ("-, 3", FactType::Number, "is not understood"),
            ("\"3\"", FactType::Number, "does not fit a fact of the type number"),
            ("3", FactType::YesNo, "does not fit a fact of the type yes/no"),
            ("yes", FactType::YesNo, "neither true, false"),
            ("\"open", FactType::Text, "is not understood"),
            ("\"z\"", FactType::Choice(vec!["a".into()]), "not one of its choices (a)"),
        ] {
            let error = read(cell, &kind).unwrap_err();
            assert!(error.contains(part), "{cell}: {error}");
        }
    }
}
