//! The conditions of a Splink model as data: a small tree of our own, parsed from SQL with `sqlparser`.
//!
//! What the tree cannot say is refused with the name of the function or the construct: a condition that is half
//! understood would fall through to ELSE in silence and grade people wrongly.

mod function;
mod parse;

pub use function::Function;

/// Which record of a pair a column is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// `"name_l"` in a condition, `l.name` in a blocking rule.
    Left,
    /// `"name_r"`, `r.name`.
    Right,
}

/// A comparison of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// A sum on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// What a value is turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CastType {
    /// `varchar`, `text`, `string`
    Text,
    /// `int`, `bigint` …
    Integer {
        /// How many bits it has: beyond them there is no number.
        bits: u8,
    },
    /// `double`, `float8` …
    Double,
    /// `float`, `real`: rounded to 32 bits.
    Float,
    /// `boolean`
    Boolean,
    /// `date`
    Date,
    /// `timestamp`
    Timestamp,
}

/// An expression over the two records of a pair, or over one record where no column has a side.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A column, or a lambda's parameter.
    Column {
        /// Of which record.
        side: Option<Side>,
        /// Its name without `_l` or `_r`.
        name: String,
    },
    /// `'text'`
    Text(String),
    /// `1.5`
    Number(f64),
    /// `TRUE`
    Boolean(bool),
    /// `NULL`
    Null,
    /// All of these.
    And(Vec<Expr>),
    /// Any of these.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// Two values compared.
    Compare(Op, Box<Expr>, Box<Expr>),
    /// `x IS NULL`
    IsNull(Box<Expr>),
    /// `x IS NOT NULL`
    IsNotNull(Box<Expr>),
    /// Two numbers.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// `CASE …`
    Case {
        /// `CASE x WHEN …`
        operand: Option<Box<Expr>>,
        /// Condition and result.
        whens: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(x AS type)`, `x::type`, `TRY_CAST(x AS type)`
    Cast {
        /// What is turned.
        expr: Box<Expr>,
        /// Into what.
        to: CastType,
        /// NULL where it cannot be done, as `TRY_CAST` says.
        lenient: bool,
    },
    /// `list[1]`
    Index(Box<Expr>, Box<Expr>),
    /// `x -> f(x)`
    Lambda {
        /// Its parameters.
        parameters: Vec<String>,
        /// What it gives.
        body: Box<Expr>,
    },
    /// A function called.
    Call(Function, Vec<Expr>),
}

/// Why a condition is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} (in: {text})")]
pub struct SqlError {
    /// The condition.
    pub text: String,
    /// What is not understood, by name.
    pub what: String,
}

impl Expr {
    /// Parses a level's condition: columns are `"x_l"` and `"x_r"`, quoted or not.
    ///
    /// # Errors
    /// Names the function or the construct that is not supported, or says where it is no SQL.
    pub fn condition(text: &str) -> Result<Expr, SqlError> {
        parse::parse(text, parse::Columns::Suffixed)
    }

    /// Parses a blocking rule: columns are `l.x` and `r.x`.
    ///
    /// # Errors
    /// As [`Expr::condition`].
    pub fn rule(text: &str) -> Result<Expr, SqlError> {
        parse::parse(text, parse::Columns::Prefixed)
    }

    /// Parses an expression over one record.
    ///
    /// # Errors
    /// As [`Expr::condition`].
    pub fn of_one_record(text: &str) -> Result<Expr, SqlError> {
        parse::parse(text, parse::Columns::Plain)
    }

    /// The parts of a conjunction; the expression itself where it is none.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        match self {
            Expr::And(parts) => parts.iter().flat_map(Expr::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// Calls `f` for every expression inside, this one included.
    pub fn walk<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        f(self);
        match self {
            Expr::Column { .. } | Expr::Text(_) | Expr::Number(_) | Expr::Boolean(_) | Expr::Null => {}
            Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => parts.iter().for_each(|p| p.walk(f)),
            Expr::Not(e)
            | Expr::IsNull(e)
            | Expr::IsNotNull(e)
            | Expr::Negate(e)
            | Expr::Cast { expr: e, .. } => {
                e.walk(f);
            }
            Expr::Compare(_, a, b) | Expr::Arithmetic(_, a, b) | Expr::Index(a, b) => {
                a.walk(f);
                b.walk(f);
            }
            Expr::Case { operand, whens, otherwise } => {
                operand.iter().for_each(|e| e.walk(f));
                for (when, then) in whens {
                    when.walk(f);
                    then.walk(f);
                }
                otherwise.iter().for_each(|e| e.walk(f));
            }
            Expr::Lambda { body, .. } => body.walk(f),
        }
    }

    /// The columns that are used, with their sides, each once. A lambda's parameters are none.
    pub fn columns(&self) -> Vec<(Option<Side>, String)> {
        let mut parameters: Vec<&String> = Vec::new();
        self.walk(&mut |e| {
            if let Expr::Lambda { parameters: names, .. } = e {
                parameters.extend(names);
            }
        });
        let mut all: Vec<(Option<Side>, String)> = Vec::new();
        self.walk(&mut |e| {
            if let Expr::Column { side, name } = e {
                let known = all.iter().any(|(s, n)| s == side && n == name);
                let bound = side.is_none() && parameters.contains(&name);
                if !known && !bound {
                    all.push((*side, name.clone()));
                }
            }
        });
        all
    }

    /// Which sides occur.
    pub fn sides(&self) -> (bool, bool) {
        let (mut left, mut right) = (false, false);
        self.walk(&mut |e| {
            if let Expr::Column { side, .. } = e {
                left |= *side == Some(Side::Left);
                right |= *side == Some(Side::Right);
            }
        });
        (left, right)
    }

    /// The same expression over one record: columns lose their side.
    pub fn without_side(&self) -> Expr {
        let boxed = |e: &Expr| Box::new(e.without_side());
        let all = |parts: &[Expr]| parts.iter().map(Expr::without_side).collect();
        match self {
            Expr::Column { name, .. } => Expr::Column { side: None, name: name.clone() },
            Expr::Text(_) | Expr::Number(_) | Expr::Boolean(_) | Expr::Null => self.clone(),
            Expr::And(parts) => Expr::And(all(parts)),
            Expr::Or(parts) => Expr::Or(all(parts)),
            Expr::Call(function, parts) => Expr::Call(*function, all(parts)),
            Expr::Not(e) => Expr::Not(boxed(e)),
            Expr::IsNull(e) => Expr::IsNull(boxed(e)),
            Expr::IsNotNull(e) => Expr::IsNotNull(boxed(e)),
            Expr::Negate(e) => Expr::Negate(boxed(e)),
            Expr::Cast { expr, to, lenient } => Expr::Cast { expr: boxed(expr), to: *to, lenient: *lenient },
            Expr::Compare(op, a, b) => Expr::Compare(*op, boxed(a), boxed(b)),
            Expr::Arithmetic(how, a, b) => Expr::Arithmetic(*how, boxed(a), boxed(b)),
            Expr::Index(a, b) => Expr::Index(boxed(a), boxed(b)),
            Expr::Case { operand, whens, otherwise } => Expr::Case {
                operand: operand.as_deref().map(boxed),
                whens: whens.iter().map(|(w, t)| (w.without_side(), t.without_side())).collect(),
                otherwise: otherwise.as_deref().map(boxed),
            },
            Expr::Lambda { parameters, body } => {
                Expr::Lambda { parameters: parameters.clone(), body: boxed(body) }
            }
        }
    }
}
