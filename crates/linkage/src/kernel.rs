//! Conditions over a pair of records, compiled to typed kernels over small numbers.
//!
//! Equality is one comparison of two numbers; a likeness is worked out once for all its thresholds, and not at all where
//! a bound already decides; what has no kernel goes to the complete evaluator. Truth has three values: 0 false, 1 true,
//! 2 unknown.

use crate::dictionary::NULL;
use crate::metric;
use crate::slot::Slots;
use crate::sql::{Arithmetic, Expr, Function, Op, Side};
use crate::value::{Evaluator, Row, Value};

/// The likenesses that have kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    JaroWinkler,
    Jaro,
    Levenshtein,
    Damerau,
    Jaccard,
}

/// One likeness of a pair, worked out at most once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Likeness {
    measure: Measure,
    left: Place,
    right: Place,
    /// Below it (above it, for distances) no threshold is passed: there the value may be given as 0 (or as one more).
    limit: f64,
    /// Whether `limit` may be used: every threshold asks for "at least" (or "at most", for distances).
    limited: bool,
}

/// Where a slot's number stands in a record's row, and where its values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: usize,
    pub(crate) dictionary: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Known(u8),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// A condition on one record alone.
    OfOne(Side, Place),
    IsNull(Side, Place),
    EitherNull(Place, Place),
    Same(Place, Place),
    Like(usize, Op, f64),
    /// |left - right| against a limit.
    Apart(Place, Place, Op, f64),
    /// At least so many elements are shared.
    Share(Place, Place, Op, f64),
    General(Box<General>),
}

#[derive(Clone, Debug)]
pub(crate) struct General {
    expr: Expr,
    columns: Vec<(Side, String, usize, Place)>,
}

/// Which slots a row holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowPlan {
    pub(crate) slots: Vec<usize>,
}

impl RowPlan {
    pub(crate) fn place(&mut self, slots: &Slots, slot: usize) -> Place {
        let at = self.slots.iter().position(|s| *s == slot).unwrap_or_else(|| {
            self.slots.push(slot);
            self.slots.len() - 1
        });
        Place { at, dictionary: slots.dictionary(slot) }
    }
}

/// Compiles conditions; gathers the slots and likenesses that they need.
pub(crate) struct Compiler<'a> {
    pub(crate) slots: &'a mut Slots,
    pub(crate) rows: &'a mut RowPlan,
    pub(crate) likenesses: Vec<Likeness>,
}

impl Compiler<'_> {
    pub(crate) fn node(&mut self, expr: &Expr) -> Result<Node, String> {
        if let Expr::And(parts) = expr {
            return Ok(Node::And(parts.iter().map(|p| self.node(p)).collect::<Result<_, _>>()?));
        }
        if let Expr::Or(parts) = expr {
            if let [Expr::IsNull(a), Expr::IsNull(b)] = parts.as_slice()
                && a.sides() == (true, false)
                && b.sides() == (false, true)
            {
                return Ok(Node::EitherNull(self.place(a)?, self.place(b)?));
            }
            return Ok(Node::Or(parts.iter().map(|p| self.node(p)).collect::<Result<_, _>>()?));
        }
        match expr {
            Expr::Boolean(truth) => return Ok(Node::Known(u8::from(*truth))),
            Expr::Null => return Ok(Node::Known(2)),
            Expr::Not(inner) => return Ok(Node::Not(Box::new(self.node(inner)?))),
            _ => {}
        }
        match expr.sides() {
            (true, true) => {}
            (left, _) => {
                let side = if left { Side::Left } else { Side::Right };
                if let Expr::IsNull(inner) = expr {
                    return Ok(Node::IsNull(side, self.place(inner)?));
                }
                let slot = self.slots.slot(expr, None)?;
                self.slots.want(slot, |w| w.truths = true);
                return Ok(Node::OfOne(side, self.rows.place(self.slots, slot)));
            }
        }
        if let Expr::Compare(op, left, right) = expr
            && let Some(node) = self.comparison(*op, left, right)?
        {
            return Ok(node);
        }
        self.general(expr)
    }

    fn comparison(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<Option<Node>, String> {
        let opposite = |op| match op {
            Op::Lt => Op::Gt,
            Op::Le => Op::Ge,
            Op::Gt => Op::Lt,
            Op::Ge => Op::Le,
            other => other,
        };
        // 0.9 <= likeness reads as likeness >= 0.9.
        if let Expr::Number(_) = left {
            return self.comparison(opposite(op), right, left);
        }
        if matches!(op, Op::Eq | Op::Ne) {
            let across = match (left.sides(), right.sides()) {
                ((true, false), (false, true)) => Some((left, right)),
                ((false, true), (true, false)) => Some((right, left)),
                _ => None,
            };
            if let Some((left, right)) = across
                && let Some(same) = self.same(left, right)?
            {
                return Ok(Some(if op == Op::Eq { same } else { Node::Not(Box::new(same)) }));
            }
        }
        let Expr::Number(limit) = right else { return Ok(None) };
        let Expr::Call(function, arguments) = left else { return Ok(None) };
        let measure = match function {
            Function::JaroWinkler => Measure::JaroWinkler,
            Function::Jaro => Measure::Jaro,
            Function::Levenshtein => Measure::Levenshtein,
            Function::DamerauLevenshtein => Measure::Damerau,
            Function::Jaccard => Measure::Jaccard,
            Function::Abs => return self.apart(op, &arguments[0], *limit),
            Function::ArrayLength | Function::Length => return self.share(op, &arguments[0], *limit),
            _ => return Ok(None),
        };
        let [a, b] = arguments.as_slice() else { return Ok(None) };
        let (a, b) = match (a.sides(), b.sides()) {
            ((true, false), (false, true)) => (a, b),
            // Likeness is the same from both ends but for Jaro's in rare cases: those keep their order.
            ((false, true), (true, false)) if !matches!(measure, Measure::Jaro | Measure::JaroWinkler) => {
                (b, a)
            }
            _ => return Ok(None),
        };
        let (left, right) = (self.place(a)?, self.place(b)?);
        Ok(Some(self.like(measure, left, right, op, *limit)))
    }

    fn like(&mut self, measure: Measure, left: Place, right: Place, op: Op, limit: f64) -> Node {
        let distance = matches!(measure, Measure::Levenshtein | Measure::Damerau);
        let plain = if distance { matches!(op, Op::Le | Op::Lt) } else { matches!(op, Op::Ge | Op::Gt) };
        let known =
            self.likenesses.iter().position(|l| l.measure == measure && l.left == left && l.right == right);
        let at = match known {
            Some(at) => {
                let likeness = &mut self.likenesses[at];
                likeness.limit = if distance { likeness.limit.max(limit) } else { likeness.limit.min(limit) };
                likeness.limited &= plain;
                at
            }
            None => {
                self.likenesses.push(Likeness { measure, left, right, limit, limited: plain });
                self.likenesses.len() - 1
            }
        };
        if matches!(measure, Measure::JaroWinkler | Measure::Levenshtein | Measure::Damerau) {
            for place in [left, right] {
                let slot = self.rows.slots[place.at];
                self.slots.want(slot, |w| w.bags = true);
            }
        }
        Node::Like(at, op, limit)
    }

    fn apart(&mut self, op: Op, difference: &Expr, limit: f64) -> Result<Option<Node>, String> {
        let Expr::Arithmetic(Arithmetic::Minus, a, b) = difference else { return Ok(None) };
        let (a, b) = match (a.sides(), b.sides()) {
            ((true, false), (false, true)) => (a, b),
            ((false, true), (true, false)) => (b, a),
            _ => return Ok(None),
        };
        // A date is a number of seconds only through epoch(); a bare difference of dates stays with the evaluator.
        for side in [a, b] {
            let kind = self.slots.plain_kind(side);
            if kind.is_some_and(|k| !matches!(k, crate::columns::Kind::Integer | crate::columns::Kind::Real))
            {
                return Ok(None);
            }
        }
        let places = [self.place(a)?, self.place(b)?];
        for place in places {
            let slot = self.rows.slots[place.at];
            self.slots.want(slot, |w| w.numbers = true);
        }
        Ok(Some(Node::Apart(places[0], places[1], op, limit)))
    }

    fn share(&mut self, op: Op, shared: &Expr, limit: f64) -> Result<Option<Node>, String> {
        let Expr::Call(Function::ListIntersect, lists) = shared else { return Ok(None) };
        let [a, b] = lists.as_slice() else { return Ok(None) };
        let (a, b) = match (a.sides(), b.sides()) {
            ((true, false), (false, true)) => (a, b),
            ((false, true), (true, false)) => (b, a),
            _ => return Ok(None),
        };
        let places = [self.place(a)?, self.place(b)?];
        for place in places {
            let slot = self.rows.slots[place.at];
            self.slots.want(slot, |w| w.lists = true);
        }
        Ok(Some(Node::Share(places[0], places[1], op, limit)))
    }

    fn place(&mut self, expr: &Expr) -> Result<Place, String> {
        let slot = self.slots.slot(expr, None)?;
        Ok(self.rows.place(self.slots, slot))
    }

    fn same(&mut self, left: &Expr, right: &Expr) -> Result<Option<Node>, String> {
        if left.without_side() == right.without_side() {
            let place = self.place(left)?;
            return Ok(Some(Node::Same(place, place)));
        }
        // Across columns: one dictionary for both, where both are of one kind.
        let (a, b) = (self.slots.plain_kind(left), self.slots.plain_kind(right));
        if a.is_some() && b.is_some() && a != b {
            return Ok(None);
        }
        let dictionary = self.slots.shared_dictionary();
        let (a, b) = (self.slots.slot(left, Some(dictionary))?, self.slots.slot(right, Some(dictionary))?);
        Ok(Some(Node::Same(self.rows.place(self.slots, a), self.rows.place(self.slots, b))))
    }

    fn general(&mut self, expr: &Expr) -> Result<Node, String> {
        let mut columns = Vec::new();
        for (side, name) in expr.columns() {
            let Some(side) = side else { continue };
            let Some(source) = self.slots.source(&name) else {
                return Err(format!(
                    "the column {name} is not in the input, which has {}",
                    self.slots.names()
                ));
            };
            let place =
                self.place(&Expr::Column { side: None, name: self.slots.sources[source].name.clone() })?;
            columns.push((side, name, source, place));
        }
        Ok(Node::General(Box::new(General { expr: expr.clone(), columns })))
    }
}

impl Likeness {
    /// Where its two values stand in a row.
    pub(crate) fn places(&self) -> (usize, usize) {
        (self.left.at, self.right.at)
    }

    /// Reads what its bound is made of, so that it is at hand a little later. The answer says nothing.
    #[inline]
    pub(crate) fn touch(&self, slots: &Slots, left: u32, right: u32) -> bool {
        let bag = |place: Place, id: u32| {
            slots.facts[place.dictionary].bags.get(id as usize).is_some_and(metric::Bag::is_known)
        };
        bag(self.left, left) ^ bag(self.right, right)
    }

    /// Whether a bound shows that no condition on this likeness holds: without a look at the texts.
    #[inline]
    pub(crate) fn is_out_of_reach(&self, slots: &Slots, left: u32, right: u32) -> bool {
        if left == NULL || right == NULL {
            return true;
        }
        self.bound(slots, left, right).is_some_and(|bound| match self.measure {
            Measure::JaroWinkler => bound < self.limit,
            _ => bound > self.limit,
        })
    }

    /// The most that the likeness can be, or for distances the least; nothing where that is not known or not asked for.
    #[inline]
    fn bound(&self, slots: &Slots, x: u32, y: u32) -> Option<f64> {
        if !self.limited {
            return None;
        }
        let bags = (&slots.facts[self.left.dictionary].bags, &slots.facts[self.right.dictionary].bags);
        let (p, q) = (bags.0.get(x as usize)?, bags.1.get(y as usize)?);
        if !p.is_known() || !q.is_known() {
            return None;
        }
        let (a, b, shared) = (p.length(), q.length(), p.shared(q));
        Some(match self.measure {
            // The longest prefix of four is assumed: the texts need not be fetched.
            Measure::JaroWinkler => metric::jaro_winkler_bound(a, b, shared, 4),
            Measure::Levenshtein | Measure::Damerau => f64::from(metric::edits_bound(a, b, shared)),
            Measure::Jaro | Measure::Jaccard => return None,
        })
    }
}

impl Node {
    /// Whether working it out costs more than looking an answer up.
    pub(crate) fn is_dear(&self) -> bool {
        match self {
            Node::Like(..) | Node::General(_) => true,
            Node::And(parts) | Node::Or(parts) => parts.iter().any(Node::is_dear),
            Node::Not(inner) => inner.is_dear(),
            _ => false,
        }
    }

    /// Whether it holds for a likeness within its limit alone, so that the limit's bound may rule it out.
    pub(crate) fn is_of_limited(&self, likenesses: &[Likeness]) -> bool {
        matches!(self, Node::Like(at, ..) if likenesses[*at].limited)
    }

    /// Gathers the likenesses that are asked for, each once.
    pub(crate) fn likenesses(&self, into: &mut Vec<usize>) {
        match self {
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|p| p.likenesses(into)),
            Node::Not(inner) => inner.likenesses(into),
            Node::Like(at, ..) if !into.contains(at) => into.push(*at),
            _ => {}
        }
    }

    /// Calls `f` with the place of each slot that is read.
    pub(crate) fn places(&self, likenesses: &[Likeness], f: &mut dyn FnMut(Place)) {
        match self {
            Node::Known(_) => {}
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|p| p.places(likenesses, f)),
            Node::Not(inner) => inner.places(likenesses, f),
            Node::OfOne(_, place) | Node::IsNull(_, place) => f(*place),
            Node::EitherNull(a, b) | Node::Same(a, b) | Node::Apart(a, b, ..) | Node::Share(a, b, ..) => {
                f(*a);
                f(*b);
            }
            Node::Like(at, ..) => {
                f(likenesses[*at].left);
                f(likenesses[*at].right);
            }
            Node::General(general) => general.columns.iter().for_each(|(.., place)| f(*place)),
        }
    }
}

/// What one thread needs while it works.
#[derive(Default)]
pub struct Scratch {
    /// Likenesses of the pair at hand; not a number (NaN) where not yet worked out, -1 where unknown.
    pub(crate) likenesses: Vec<f64>,
    evaluator: Evaluator,
    /// The first fault that the complete evaluator met.
    pub(crate) fault: Option<String>,
}

impl Scratch {
    pub(crate) fn new(unit: metric::Unit) -> Scratch {
        Scratch { evaluator: Evaluator::new(unit), ..Scratch::default() }
    }

    /// Whether a condition holds for two rows of which nothing is known yet.
    pub(crate) fn holds(
        &mut self,
        condition: &Node,
        likenesses: &[Likeness],
        slots: &Slots,
        left: &[u32],
        right: &[u32],
    ) -> bool {
        self.likenesses.clear();
        self.likenesses.resize(likenesses.len(), f64::NAN);
        truth(condition, likenesses, slots, left, right, self) == 1
    }
}

struct OfPair<'a> {
    general: &'a General,
    slots: &'a Slots,
    left: &'a [u32],
    right: &'a [u32],
}

impl Row for OfPair<'_> {
    fn value(&self, side: Option<Side>, name: &str) -> Result<Value, String> {
        let found = self.general.columns.iter().find(|(s, n, ..)| Some(*s) == side && n == name);
        let Some((side, _, source, place)) = found else { return Err(format!("there is no column {name}")) };
        let row = if *side == Side::Left { self.left } else { self.right };
        self.slots.value(*source, row[place.at])
    }
}

#[inline]
pub(crate) fn holds(op: Op, value: f64, limit: f64) -> bool {
    match op {
        Op::Eq => value == limit,
        Op::Ne => value != limit,
        Op::Lt => value < limit,
        Op::Le => value <= limit,
        Op::Gt => value > limit,
        Op::Ge => value >= limit,
    }
}

/// Whether a condition holds: the common kinds here, where the caller is, everything else by [`truth`].
#[inline]
pub(crate) fn is_true(
    node: &Node,
    likenesses: &[Likeness],
    slots: &Slots,
    left: &[u32],
    right: &[u32],
    scratch: &mut Scratch,
) -> bool {
    match node {
        Node::Same(a, b) => {
            let x = left[a.at];
            x == right[b.at] && x != NULL
        }
        Node::EitherNull(a, b) => left[a.at] == NULL || right[b.at] == NULL,
        Node::Apart(a, b, op, limit) => {
            let x = slots.facts[a.dictionary].number(left[a.at]);
            let y = slots.facts[b.dictionary].number(right[b.at]);
            // Not a number passes no limit but "unequal", which is unknown here.
            let apart = (x - y).abs();
            !apart.is_nan() && holds(*op, apart, *limit)
        }
        Node::Like(at, op, limit) => {
            let mut value = scratch.likenesses[*at];
            if value.is_nan() {
                value = like(&likenesses[*at], slots, left, right, scratch);
                scratch.likenesses[*at] = value;
            }
            value >= 0.0 && holds(*op, value, *limit)
        }
        other => truth(other, likenesses, slots, left, right, scratch) == 1,
    }
}

/// The truth of a condition over a pair.
fn truth(
    node: &Node,
    likenesses: &[Likeness],
    slots: &Slots,
    left: &[u32],
    right: &[u32],
    scratch: &mut Scratch,
) -> u8 {
    match node {
        Node::Known(truth) => *truth,
        Node::Same(a, b) => {
            let (x, y) = (left[a.at], right[b.at]);
            if x == NULL || y == NULL { 2 } else { u8::from(x == y) }
        }
        Node::EitherNull(a, b) => u8::from(left[a.at] == NULL || right[b.at] == NULL),
        Node::Like(at, op, limit) => {
            let mut value = scratch.likenesses[*at];
            if value.is_nan() {
                value = like(&likenesses[*at], slots, left, right, scratch);
                scratch.likenesses[*at] = value;
            }
            if value < 0.0 { 2 } else { u8::from(holds(*op, value, *limit)) }
        }
        Node::Apart(a, b, op, limit) => {
            let x = slots.facts[a.dictionary].number(left[a.at]);
            let y = slots.facts[b.dictionary].number(right[b.at]);
            let apart = (x - y).abs();
            if apart.is_nan() { 2 } else { u8::from(holds(*op, apart, *limit)) }
        }
        Node::And(parts) => {
            let mut all = 1;
            for part in parts {
                match truth(part, likenesses, slots, left, right, scratch) {
                    0 => return 0,
                    2 => all = 2,
                    _ => {}
                }
            }
            all
        }
        Node::Or(parts) => {
            let mut any = 0;
            for part in parts {
                match truth(part, likenesses, slots, left, right, scratch) {
                    1 => return 1,
                    2 => any = 2,
                    _ => {}
                }
            }
            any
        }
        Node::Not(inner) => match truth(inner, likenesses, slots, left, right, scratch) {
            0 => 1,
            1 => 0,
            unknown => unknown,
        },
        Node::OfOne(side, place) => {
            let row = if *side == Side::Left { left } else { right };
            slots.facts[place.dictionary].truth(row[place.at])
        }
        Node::IsNull(side, place) => {
            let row = if *side == Side::Left { left } else { right };
            u8::from(row[place.at] == NULL)
        }
        Node::Share(a, b, op, limit) => {
            let lists = (&slots.facts[a.dictionary].lists, &slots.facts[b.dictionary].lists);
            match (lists.0.get(left[a.at]), lists.1.get(right[b.at])) {
                (Some(x), Some(y)) => u8::from(holds(*op, f64::from(shared(x, y)), *limit)),
                _ => 2,
            }
        }
        Node::General(general) => {
            let row = OfPair { general, slots, left, right };
            match scratch.evaluator.eval(&general.expr, &row) {
                Ok(value) => value.truth().map_or(2, u8::from),
                Err(why) => {
                    scratch.fault.get_or_insert(why);
                    2
                }
            }
        }
    }
}

fn shared(a: &[u32], b: &[u32]) -> u32 {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                count += 1;
                i += 1;
                j += 1;
            }
        }
    }
    count
}

fn like(likeness: &Likeness, slots: &Slots, left: &[u32], right: &[u32], scratch: &mut Scratch) -> f64 {
    let (x, y) = (left[likeness.left.at], right[likeness.right.at]);
    if x == NULL || y == NULL {
        return -1.0;
    }
    let dictionaries =
        (&slots.dictionaries[likeness.left.dictionary], &slots.dictionaries[likeness.right.dictionary]);
    match likeness.measure {
        Measure::JaroWinkler => {
            if likeness.bound(slots, x, y).is_some_and(|bound| bound < likeness.limit) {
                return 0.0;
            }
            metric::jaro_winkler_similarity(dictionaries.0.get(x), dictionaries.1.get(y), slots.unit)
        }
        Measure::Jaro => metric::jaro_similarity(dictionaries.0.get(x), dictionaries.1.get(y), slots.unit),
        Measure::Levenshtein | Measure::Damerau => {
            if let Some(bound) = likeness.bound(slots, x, y)
                && bound > likeness.limit
            {
                return bound;
            }
            let (a, b) = (dictionaries.0.get(x), dictionaries.1.get(y));
            let levenshtein = likeness.measure == Measure::Levenshtein;
            if likeness.limited && likeness.limit < 4.0 {
                // Small limits are tried from the widest down: most pairs fail it.
                let most = likeness.limit.max(0.0) as u32;
                let within = if levenshtein { metric::levenshtein_within } else { metric::damerau_within };
                if !within(a, b, most, slots.unit) {
                    return f64::from(most + 1);
                }
                return f64::from((0..most).find(|&k| within(a, b, k, slots.unit)).unwrap_or(most));
            }
            f64::from(if levenshtein {
                metric::levenshtein(a, b, slots.unit)
            } else {
                metric::damerau_levenshtein(a, b, slots.unit)
            })
        }
        Measure::Jaccard => match metric::jaccard(dictionaries.0.get(x), dictionaries.1.get(y), slots.unit) {
            Some(share) => share,
            None => {
                scratch.fault.get_or_insert_with(|| "jaccard of an empty text is not defined".to_owned());
                -1.0
            }
        },
    }
}
