//! Reading one cell: characters to tokens, tokens to tests, every refusal with its reason.

use super::{Bound, Endpoint, Literal, Test, UnaryTests};
use crate::FactType;
use serde_json::Value;
use std::collections::BTreeMap;

/// A parsed cell: `None` for `-`, and the parameters it used.
pub(crate) struct Parsed {
    pub(crate) tests: Option<UnaryTests>,
    pub(crate) parameters: Vec<String>,
}

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
    let mut reader = Reader { tokens: tokens(cell)?, at: 0, parameters, used: Vec::new() };
    let tests = reader.cell().map_err(|e| format!("'{cell}': {e}"))?;
    for test in &tests.any_of {
        fits(test, kind).map_err(|e| format!("'{cell}': {e}"))?;
    }
    Ok(Parsed { tests: Some(tests), parameters: reader.used })
}

/// Whether a literal fits a fact's type, with the sentence for when it does not.
fn fits(test: &Test, kind: &FactType) -> Result<(), String> {
    match (test, kind) {
        (Test::Is(Literal::YesNo(_)), FactType::YesNo)
        | (Test::Is(Literal::Number(_)) | Test::Within { .. }, FactType::Number)
        | (Test::Is(Literal::Text(_)), FactType::Text) => Ok(()),
        (Test::Is(Literal::Text(text)), FactType::Choice(options)) => {
            if options.contains(text) {
                Ok(())
            } else {
                Err(format!("\"{text}\" is not one of its choices ({})", options.join(", ")))
            }
        }
        (_, kind) => Err(format!("does not fit a fact of the type {}", kind.spoken())),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Name(String),
    Sign(&'static str),
}

/// The signs, longest first.
const SIGNS: [&str; 10] = ["<=", ">=", "..", "<", ">", "[", "]", "(", ")", ","];

fn tokens(cell: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = cell.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if first == '"' {
            text(rest)?
        } else if let Some(sign) = SIGNS.into_iter().find(|s| rest.starts_with(s)) {
            (Token::Sign(sign), &rest[sign.len()..])
        } else if first.is_ascii_digit() || first == '-' {
            number(rest)?
        } else if first.is_ascii_alphabetic() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Token::Name(rest[..end].to_owned()), &rest[end..])
        } else {
            return Err(format!("'{cell}': '{first}' is not understood here; {SUBSET}"));
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

const SUBSET: &str = "a cell is -, true, false, a number, a \"text\", < n, <= n, > n, >= n, [a..b], (a..b), \
                      several of these with commas, or not(…) around them";

/// A text in double quotes at the start of `rest`.
fn text(rest: &str) -> Result<(Token, &str), String> {
    let mut out = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Text(out), &rest[at + 1..])),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => out.push(c),
                _ => return Err(format!("{rest}: after \\ only \" or \\ may stand")),
            },
            c => out.push(c),
        }
    }
    Err(format!("{rest}: the closing double quote is missing"))
}

/// A decimal number at the start of `rest`; `10..13` is 10, then `..`.
fn number(rest: &str) -> Result<(Token, &str), String> {
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let sign = usize::from(rest.starts_with('-'));
    let mut end = sign + digits(&rest[sign..]);
    if end == sign {
        return Err(format!("'{rest}': after - a number must stand; a lone - means any value"));
    }
    if rest[end..].starts_with('.') && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        end += 1 + digits(&rest[end + 1..]);
    }
    let written = &rest[..end];
    if rest[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("'{rest}': a number is written with digits and at most one decimal point"));
    }
    if written.bytes().filter(u8::is_ascii_digit).count() > 15 {
        return Err(format!("'{written}': a number has at most fifteen digits"));
    }
    let value = written.parse().map_err(|_| format!("'{written}' is not a number"))?;
    Ok((Token::Number(value), &rest[end..]))
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    parameters: Option<&'a BTreeMap<String, Value>>,
    used: Vec<String>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn cell(&mut self) -> Result<UnaryTests, String> {
        let negated = self.tokens.first() == Some(&Token::Name("not".into()));
        if negated {
            self.at += 1;
            if !self.takes("(") {
                return Err("after not an opening parenthesis must stand".into());
            }
        }
        let mut any_of = vec![self.test()?];
        while self.takes(",") {
            any_of.push(self.test()?);
        }
        if negated && !self.takes(")") {
            return Err("the closing parenthesis of not(…) is missing".into());
        }
        if self.at < self.tokens.len() {
            return Err(format!("more follows than is understood; {SUBSET}"));
        }
        Ok(UnaryTests { negated, any_of })
    }

    fn test(&mut self) -> Result<Test, String> {
        let within = |low, high| Ok(Test::Within { low, high });
        match self.next() {
            Some(Token::Number(n)) => Ok(Test::Is(Literal::Number(n))),
            Some(Token::Text(t)) => Ok(Test::Is(Literal::Text(t))),
            Some(Token::Name(n)) if n == "true" || n == "false" => Ok(Test::Is(Literal::YesNo(n == "true"))),
            Some(Token::Name(n)) => self.parameter(&n).map(|n| Test::Is(Literal::Number(n))),
            Some(Token::Sign("<")) => within(None, Some(self.endpoint(Bound::Open)?)),
            Some(Token::Sign("<=")) => within(None, Some(self.endpoint(Bound::Closed)?)),
            Some(Token::Sign(">")) => within(Some(self.endpoint(Bound::Open)?), None),
            Some(Token::Sign(">=")) => within(Some(self.endpoint(Bound::Closed)?), None),
            Some(Token::Sign(start @ ("[" | "("))) => self.interval(start),
            Some(Token::Sign(sign)) => Err(format!("'{sign}' is not understood here; {SUBSET}")),
            None => Err(format!("something is missing; {SUBSET}")),
        }
    }

    fn interval(&mut self, start: &str) -> Result<Test, String> {
        let low = self.endpoint(if start == "[" { Bound::Closed } else { Bound::Open })?;
        if !self.takes("..") {
            return Err("between the ends of an interval two dots must stand, as in [1..3]".into());
        }
        let mut high = self.endpoint(Bound::Closed)?;
        if self.takes(")") {
            high.bound = Bound::Open;
        } else if !self.takes("]") {
            return Err("an interval must end with ] or )".into());
        }
        let point = low.bound == Bound::Closed && high.bound == Bound::Closed;
        if low.at > high.at || (low.at >= high.at && !point) {
            return Err("no number lies in this interval".into());
        }
        Ok(Test::Within { low: Some(low), high: Some(high) })
    }

    fn endpoint(&mut self, bound: Bound) -> Result<Endpoint, String> {
        let at = match self.next() {
            Some(Token::Number(n)) => n,
            Some(Token::Name(n)) => self.parameter(&n)?,
            _ => return Err("a number, or the name of a parameter, must stand here".into()),
        };
        Ok(Endpoint { at, bound })
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
            ("", FactType::Number, "something is missing"),
            ("3,", FactType::Number, "something is missing"),
            ("- 3", FactType::Number, "after - a number must stand"),
            ("3 4", FactType::Number, "more follows"),
            ("3 + 4", FactType::Number, "'+' is not understood"),
            ("= 3", FactType::Number, "'=' is not understood"),
            ("1e3", FactType::Number, "at most one decimal point"),
            ("1234567890123456", FactType::Number, "at most fifteen digits"),
            ("[3..1]", FactType::Number, "no number lies"),
            ("(3..3)", FactType::Number, "no number lies"),
            ("[3..", FactType::Number, "a number, or the name of a parameter"),
            ("[1,3]", FactType::Number, "two dots"),
            ("[1..3", FactType::Number, "must end with ] or )"),
            (">= many", FactType::Number, "neither true, false nor a parameter"),
            (">= word", FactType::Number, "is not a number"),
            ("not 3", FactType::Number, "opening parenthesis"),
            ("not(3", FactType::Number, "closing parenthesis"),
            ("not(not(3))", FactType::Number, "neither true"),
            ("-, 3", FactType::Number, "a lone - means any value"),
            ("\"3\"", FactType::Number, "does not fit a fact of the type number"),
            ("3", FactType::YesNo, "does not fit a fact of the type yes/no"),
            ("yes", FactType::YesNo, "neither true, false"),
            ("\"open", FactType::Text, "closing double quote"),
            ("\"a\\n\"", FactType::Text, "only \" or \\ may stand"),
            ("\"z\"", FactType::Choice(vec!["a".into()]), "not one of its choices (a)"),
        ] {
            let error = read(cell, &kind).unwrap_err();
            assert!(error.contains(part), "{cell}: {error}");
        }
    }
}
