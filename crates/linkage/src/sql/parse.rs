//! From `sqlparser`'s tree to ours.

use super::{Arithmetic, CastType, Expr, Function, Op, Side, SqlError};
use sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, CeilFloorKind, DataType, Expr as Sql, FunctionArg, FunctionArgExpr,
    FunctionArguments, Subscript, UnaryOperator, Value as Literal,
};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

/// How columns are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// `"x_l"`, `"x_r"`
    Suffixed,
    /// `l.x`, `r.x`
    Prefixed,
    /// `x`
    Plain,
}

/// No condition that people write is longer.
const LONGEST: usize = 100_000;

/// How many tokens a condition may have. `1+1+1…` and `x::int::int…` make a tree as deep as they are long without
/// any recursion of the parser, and such a tree takes the stack to read and even to drop.
const TOKENS: usize = 10_000;

/// How deep one thing may stand inside another. Chains of AND, OR and `||` are one level, however long.
const DEEPEST: usize = 100;

/// How many expressions may be written out twice: `BETWEEN`, `IN` and `||` say what they are about once and mean it
/// several times, so that nested they would double at every level.
const COPIES: usize = 20_000;

pub(super) fn parse(text: &str, columns: Columns) -> Result<Expr, SqlError> {
    let fault = |what: String| SqlError {
        text: text.trim().chars().take(300).collect(),
        what: what.chars().take(2000).collect(),
    };
    if text.len() > LONGEST {
        return Err(fault(format!("is longer than {LONGEST} bytes")));
    }
    let tokens = Tokenizer::new(&DuckDbDialect {}, text)
        .tokenize_with_location()
        .map_err(|e| fault(format!("is no SQL: {e}")))?;
    let (words, types) = sizes(&tokens);
    if words > TOKENS {
        return Err(fault(format!("has more than {TOKENS} words and signs")));
    }
    if types > DEEPEST {
        return Err(fault(format!("has more than {DEEPEST} lists of lists")));
    }
    let mut parser =
        Parser::new(&DuckDbDialect {}).with_recursion_limit(120).with_tokens_with_locations(tokens);
    let tree = parser.parse_expr().map_err(|e| fault(format!("is no SQL condition: {e}")))?;
    let rest = parser.peek_token();
    if rest.token != Token::EOF {
        return Err(fault(format!(
            "is no SQL condition: nothing is expected at '{}' {}",
            rest.token, rest.span.start
        )));
    }
    Reader { columns, parameters: Vec::new(), depth: 0, copies: 0 }.read(tree).map_err(fault)
}

/// How many tokens there are, and how many of them may open a type inside a type (`int[][3]`, `array<array<int>>`):
/// the parser follows those without counting how deep it is.
fn sizes(tokens: &[TokenWithSpan]) -> (usize, usize) {
    let mut tokens =
        tokens.iter().map(|t| &t.token).filter(|t| !matches!(t, Token::Whitespace(_))).peekable();
    let (mut words, mut types) = (0, 0);
    while let Some(token) = tokens.next() {
        words += 1;
        types += usize::from(match (token, tokens.peek()) {
            (Token::LBracket, Some(Token::RBracket)) | (Token::RBracket, Some(Token::LBracket)) => true,
            (Token::Word(word), Some(Token::Lt)) => {
                ["array", "struct", "map"].iter().any(|name| word.value.eq_ignore_ascii_case(name))
            }
            _ => false,
        });
    }
    (words, types)
}

struct Reader {
    columns: Columns,
    /// Names that lambdas around have bound.
    parameters: Vec<String>,
    /// How many things stand around the one that is read.
    depth: usize,
    /// How many expressions were written out again.
    copies: usize,
}

impl Reader {
    fn all(&mut self, parts: Vec<Sql>) -> Result<Vec<Expr>, String> {
        parts.into_iter().map(|p| self.read(p)).collect()
    }

    fn boxed(&mut self, part: Sql) -> Result<Box<Expr>, String> {
        self.read(part).map(Box::new)
    }

    fn column(&self, name: &str) -> Result<Expr, String> {
        if self.parameters.iter().any(|p| p == name) {
            return Ok(Expr::Column { side: None, name: name.to_owned() });
        }
        match self.columns {
            Columns::Plain => Ok(Expr::Column { side: None, name: name.to_owned() }),
            Columns::Prefixed => Err(format!("the column {name} has no side: write l.{name} or r.{name}")),
            Columns::Suffixed => {
                let stem = name.len().checked_sub(2).filter(|n| *n > 0 && name.is_char_boundary(*n));
                let side = stem.and_then(|n| match &name[n..] {
                    "_l" | "_L" => Some(Side::Left),
                    "_r" | "_R" => Some(Side::Right),
                    _ => None,
                });
                match (side, stem) {
                    (Some(side), Some(n)) => {
                        Ok(Expr::Column { side: Some(side), name: name[..n].to_owned() })
                    }
                    _ => Err(format!("the column {name} has no side: write \"{name}_l\" or \"{name}_r\"")),
                }
            }
        }
    }

    fn read(&mut self, sql: Sql) -> Result<Expr, String> {
        self.deeper(1, |reader| reader.read_one(sql))
    }

    fn deeper<T>(
        &mut self,
        levels: usize,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        self.depth += levels;
        let result = if self.depth > DEEPEST {
            Err(format!("is nested more than {DEEPEST} levels deep"))
        } else {
            read(self)
        };
        self.depth -= levels;
        result
    }

    /// The same expression once more.
    fn copy(&mut self, expr: &Expr) -> Result<Expr, String> {
        expr.walk(&mut |_| self.copies += 1);
        if self.copies > COPIES {
            return Err("is too large once its BETWEEN, IN and || are written out".to_owned());
        }
        Ok(expr.clone())
    }

    /// The operands of a chain of one operator, in order; brackets inside the chain mean nothing.
    fn chain(&mut self, left: Sql, op: &BinaryOperator, right: Sql) -> Result<Vec<Expr>, String> {
        let (mut rest, mut parts) = (vec![right, left], Vec::new());
        while let Some(sql) = rest.pop() {
            match sql {
                Sql::Nested(inner) => rest.push(*inner),
                Sql::BinaryOp { left, op: same, right } if same == *op => rest.extend([*right, *left]),
                other => parts.push(self.read(other)?),
            }
        }
        Ok(parts)
    }

    fn read_one(&mut self, sql: Sql) -> Result<Expr, String> {
        Ok(match sql {
            Sql::Nested(inner) => self.read(*inner)?,
            Sql::Identifier(ident) => self.column(&ident.value)?,
            Sql::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] if self.columns == Columns::Prefixed => {
                    let side = match table.value.to_ascii_lowercase().as_str() {
                        "l" => Side::Left,
                        "r" => Side::Right,
                        other => return Err(format!("there is no table {other}: the records are l and r")),
                    };
                    Expr::Column { side: Some(side), name: name.value.clone() }
                }
                [name] => self.column(&name.value)?,
                _ => {
                    let name = parts.iter().map(|p| p.value.as_str()).collect::<Vec<_>>().join(".");
                    return Err(format!(
                        "the column {name} is not supported here; fields of structures are none either"
                    ));
                }
            },
            Sql::Value(value) => match value.value {
                Literal::Number(n, _) => Expr::Number(n.parse().map_err(|_| format!("'{n}' is no number"))?),
                Literal::SingleQuotedString(text) => Expr::Text(text),
                Literal::Boolean(truth) => Expr::Boolean(truth),
                Literal::Null => Expr::Null,
                other => return Err(format!("the literal {other} is not supported")),
            },
            Sql::IsNull(inner) => Expr::IsNull(self.boxed(*inner)?),
            Sql::IsNotNull(inner) => Expr::IsNotNull(self.boxed(*inner)?),
            Sql::IsTrue(inner) => {
                Expr::Call(Function::Coalesce, vec![self.read(*inner)?, Expr::Boolean(false)])
            }
            Sql::IsFalse(inner) => Expr::Not(Box::new(Expr::Call(
                Function::Coalesce,
                vec![self.read(*inner)?, Expr::Boolean(true)],
            ))),
            Sql::UnaryOp { op, expr } => match op {
                UnaryOperator::Not => Expr::Not(self.boxed(*expr)?),
                UnaryOperator::Minus => match self.read(*expr)? {
                    Expr::Number(n) => Expr::Number(-n),
                    other => Expr::Negate(Box::new(other)),
                },
                UnaryOperator::Plus => self.read(*expr)?,
                other => return Err(format!("the operator {other} is not supported")),
            },
            Sql::BinaryOp { left, op, right } => self.binary(*left, &op, *right)?,
            Sql::Between { expr, negated, low, high } => {
                let (expr, low, high) = (self.read(*expr)?, self.boxed(*low)?, self.boxed(*high)?);
                let both = Expr::And(vec![
                    Expr::Compare(Op::Ge, Box::new(self.copy(&expr)?), low),
                    Expr::Compare(Op::Le, Box::new(expr), high),
                ]);
                if negated { Expr::Not(Box::new(both)) } else { both }
            }
            Sql::InList { expr, list, negated } => {
                let expr = self.read(*expr)?;
                let any = self
                    .all(list)?
                    .into_iter()
                    .map(|item| Ok(Expr::Compare(Op::Eq, Box::new(self.copy(&expr)?), Box::new(item))))
                    .collect::<Result<_, String>>()?;
                if negated { Expr::Not(Box::new(Expr::Or(any))) } else { Expr::Or(any) }
            }
            Sql::Cast { kind, expr, data_type, .. } => {
                let to = cast_type(&data_type)?;
                Expr::Cast {
                    expr: self.boxed(*expr)?,
                    to,
                    lenient: kind == CastKind::TryCast || kind == CastKind::SafeCast,
                }
            }
            Sql::Case { operand, conditions, else_result, .. } => Expr::Case {
                operand: operand.map(|o| self.boxed(*o)).transpose()?,
                whens: conditions
                    .into_iter()
                    .map(|when| Ok((self.read(when.condition)?, self.read(when.result)?)))
                    .collect::<Result<_, String>>()?,
                otherwise: else_result.map(|e| self.boxed(*e)).transpose()?,
            },
            Sql::Substring { expr, substring_from, substring_for, .. } => {
                let mut parts = vec![self.read(*expr)?];
                parts.push(match substring_from {
                    Some(from) => self.read(*from)?,
                    None => Expr::Number(1.0),
                });
                if let Some(length) = substring_for {
                    parts.push(self.read(*length)?);
                }
                Expr::Call(Function::Substr, parts)
            }
            Sql::Trim { expr, trim_where: None, trim_what: None, trim_characters: None } => {
                Expr::Call(Function::Trim, vec![self.read(*expr)?])
            }
            Sql::Floor {
                expr,
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
            } => Expr::Call(Function::Floor, vec![self.read(*expr)?]),
            Sql::Ceil {
                expr,
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
            } => Expr::Call(Function::Ceil, vec![self.read(*expr)?]),
            Sql::Array(array) => Expr::Call(Function::ListValue, self.all(array.elem)?),
            Sql::CompoundFieldAccess { root, access_chain } => {
                // `l.x[1]` may come as the root `l` with the field `x` in the chain.
                let mut chain = access_chain.into_iter().peekable();
                let levels = chain.len();
                let mut whole = self.deeper(levels, |reader| match (*root, chain.peek()) {
                    (Sql::Identifier(table), Some(AccessExpr::Dot(Sql::Identifier(name)))) => {
                        let both = Sql::CompoundIdentifier(vec![table, name.clone()]);
                        chain.next();
                        reader.read(both)
                    }
                    (root, _) => reader.read(root),
                })?;
                for access in chain {
                    match access {
                        AccessExpr::Subscript(Subscript::Index { index }) => {
                            let index = self.read(index)?;
                            if matches!(index, Expr::Text(_)) {
                                return Err(
                                    "a field of a structure is not supported: make it a column of its own"
                                        .into(),
                                );
                            }
                            if index == Expr::Number(0.0) {
                                return Err("a list is counted from 1, so that [0] is always NULL".to_owned());
                            }
                            whole = Expr::Index(Box::new(whole), Box::new(index));
                        }
                        other => return Err(format!("the access {other} is not supported")),
                    }
                }
                whole
            }
            Sql::Lambda(lambda) => {
                let parameters: Vec<String> = lambda.params.iter().map(|p| p.name.value.clone()).collect();
                let before = self.parameters.len();
                self.parameters.extend(parameters.iter().cloned());
                let body = self.boxed(*lambda.body);
                self.parameters.truncate(before);
                Expr::Lambda { parameters, body: body? }
            }
            Sql::Function(call) => self.call(call)?,
            other => return Err(format!("'{other}' is not supported in a condition")),
        })
    }

    fn binary(&mut self, left: Sql, op: &BinaryOperator, right: Sql) -> Result<Expr, String> {
        use BinaryOperator as B;
        let comparison = match op {
            B::Eq => Some(Op::Eq),
            B::NotEq => Some(Op::Ne),
            B::Lt => Some(Op::Lt),
            B::LtEq => Some(Op::Le),
            B::Gt => Some(Op::Gt),
            B::GtEq => Some(Op::Ge),
            _ => None,
        };
        if let Some(op) = comparison {
            return Ok(Expr::Compare(op, self.boxed(left)?, self.boxed(right)?));
        }
        let arithmetic = match op {
            B::Plus => Arithmetic::Plus,
            B::Minus => Arithmetic::Minus,
            B::Multiply => Arithmetic::Times,
            B::Divide => Arithmetic::Divide,
            B::Modulo => Arithmetic::Modulo,
            B::And => return self.chain(left, op, right).map(Expr::And),
            B::Or => return self.chain(left, op, right).map(Expr::Or),
            // NULL with anything is NULL here, other than in concat().
            B::StringConcat => {
                let parts = self.chain(left, op, right)?;
                let unknown = parts
                    .iter()
                    .filter(|part| !matches!(part, Expr::Text(_)))
                    .map(|part| Ok(Expr::IsNull(Box::new(self.copy(part)?))))
                    .collect::<Result<Vec<_>, String>>()?;
                let joined = Expr::Call(Function::Concat, parts);
                if unknown.is_empty() {
                    return Ok(joined);
                }
                let whens = vec![(Expr::Or(unknown), Expr::Null)];
                return Ok(Expr::Case { operand: None, whens, otherwise: Some(Box::new(joined)) });
            }
            other => return Err(format!("the operator {other} is not supported")),
        };
        Ok(Expr::Arithmetic(arithmetic, self.boxed(left)?, self.boxed(right)?))
    }

    fn call(&mut self, call: sqlparser::ast::Function) -> Result<Expr, String> {
        let name = call.name.to_string();
        let Some(function) = Function::named(&name) else {
            return Err(format!(
                "the function {name}() is not supported in linkage conditions; those that are: {}",
                Function::NAMES.join(", ")
            ));
        };
        if call.over.is_some() || call.filter.is_some() || !call.within_group.is_empty() {
            return Err(format!("{name}() over a window is not supported"));
        }
        let FunctionArguments::List(list) = call.args else {
            return Err(format!("{name}() needs its arguments in brackets"));
        };
        if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return Err(format!("{name}() with DISTINCT or ORDER BY is not supported"));
        }
        let mut arguments = Vec::with_capacity(list.args.len());
        for argument in list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => arguments.push(self.read(expr)?),
                other => return Err(format!("the argument {other} of {name}() is not supported")),
            }
        }
        let (least, most) = function.arity();
        if arguments.len() < least || arguments.len() > most {
            let takes = if least == most { least.to_string() } else { format!("{least} to {most}") };
            return Err(format!("{name}() takes {takes} arguments, not {}", arguments.len()));
        }
        if let (
            Function::RegexpExtract | Function::RegexpMatches | Function::RegexpReplace,
            Some(Expr::Text(pattern)),
        ) = (function, arguments.get(1))
        {
            crate::value::pattern::compile(pattern)
                .map_err(|e| format!("'{pattern}' is no pattern for {name}(): {e}"))?;
        }
        if let (Function::TryStrptime | Function::Strptime, Some(Expr::Text(format))) =
            (function, arguments.get(1))
        {
            if !format.contains('%') {
                return Err(format!(
                    "'{format}' is no form of a time: {name}() takes one such as '%Y-%m-%d'"
                ));
            }
            crate::time::parse("", format)?;
        }
        Ok(Expr::Call(function, arguments))
    }
}

fn cast_type(data_type: &DataType) -> Result<CastType, String> {
    let name = data_type.to_string().to_ascii_uppercase();
    let stem = name.split(['(', ' ']).next().unwrap_or_default();
    Ok(match stem {
        "VARCHAR" | "TEXT" | "STRING" | "CHAR" | "BPCHAR" | "CHARACTER" => CastType::Text,
        "TINYINT" => CastType::Integer { bits: 8 },
        "SMALLINT" | "INT2" => CastType::Integer { bits: 16 },
        "INT" | "INTEGER" | "INT4" | "INT32" => CastType::Integer { bits: 32 },
        "BIGINT" | "INT8" | "INT64" => CastType::Integer { bits: 64 },
        "HUGEINT" => CastType::Integer { bits: 128 },
        "DOUBLE" | "FLOAT8" | "FLOAT64" => CastType::Double,
        "FLOAT" | "FLOAT4" | "REAL" => CastType::Float,
        "BOOLEAN" | "BOOL" => CastType::Boolean,
        "DATE" => CastType::Date,
        "TIMESTAMP" | "DATETIME" => CastType::Timestamp,
        _ => return Err(format!("a cast to {data_type} is not supported")),
    })
}
