//! A model's comparisons, ready for records: a pair goes in, the pattern of its levels comes out.
//!
//! Pairs are compared many at a time. The equalities with which nearly every comparison begins are asked of all of them
//! without a branch, since half of all pairs would be guessed wrongly; only pairs that are still open after that are
//! looked at one by one.

use crate::dictionary::NULL;
use crate::kernel::{Compiler, Likeness, Node, Place, Scratch, is_true};
use crate::metric::Unit;
use crate::settings::Settings;
use crate::slot::Slots;
use crate::sql::Expr;

/// The outcome of all comparisons of a pair, packed: for each comparison its level plus one, 0 for NULL.
pub type Pattern = u64;

/// Where a comparison's level is in a [`Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// How far to shift.
    pub shift: u32,
    /// Which bits, after shifting.
    pub mask: u64,
}

impl Field {
    /// The level in a pattern: -1 for NULL.
    #[inline]
    pub fn gamma(self, pattern: Pattern) -> i32 {
        ((pattern >> self.shift) & self.mask) as i32 - 1
    }
}

/// Pairs compared together: their rows stay in the processor's first caches.
const TOGETHER: usize = 256;

/// No level has been found yet.
const OPEN: u8 = u8::MAX;

/// An equality, or "either is NULL", of values at two of the places that are looked at.
#[derive(Clone, Copy, Debug)]
struct Plain {
    left: usize,
    right: usize,
    is_null: bool,
    level: u8,
}

/// A likeness by its number, and its two values among the places that are looked at.
#[derive(Clone, Copy)]
struct Asked {
    likeness: usize,
    left: usize,
    right: usize,
}

struct Comparison {
    /// Conditions with the level that holds, plus one.
    levels: Vec<(Node, u8)>,
    /// Those of them that come first and are plain.
    plain: Vec<Plain>,
    otherwise: u8,
    /// From here on levels are dear, and an answer is remembered.
    dear: usize,
    /// The likenesses that its levels ask for.
    likenesses: Vec<Asked>,
    /// The value that decides it alone: where it is in a row, and among the places that are looked at.
    memo: Option<(Place, usize)>,
}

/// All comparisons of a model.
pub(crate) struct Comparisons {
    all: Vec<Comparison>,
    /// The places of a row that are looked at in all pairs.
    places: Vec<usize>,
    /// Where each comparison's level is in a pattern.
    pub(crate) fields: Vec<Field>,
    pub(crate) likenesses: Vec<Likeness>,
}

/// The place that decides on NULL, then levels with the place of the value that must be equal.
pub(crate) type Equalities = (Option<usize>, Vec<(u8, usize)>);

/// Rows of numbered values, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) values: &'a [u32],
    /// How long a row is.
    pub(crate) stride: usize,
}

impl<'a> Rows<'a> {
    #[inline]
    pub(crate) fn row(self, record: u32) -> &'a [u32] {
        let from = record as usize * self.stride;
        &self.values[from..from + self.stride]
    }
}

/// Remembers levels of pairs of values: a table without chains, where a newer pair displaces an older one.
#[derive(Default)]
struct Memo {
    /// What a pair of values is turned into, but for the bits that are its place, and its level in their stead.
    table: Vec<u64>,
    asked: u32,
    found: u32,
    off: bool,
}

const MEMO_BITS: u32 = 15;

impl Memo {
    /// The place of a pair of values, and what stands there with a level of nothing. Multiplying by an odd number loses
    /// nothing: two pairs never have both in common.
    #[inline]
    fn place(left: u32, right: u32) -> (usize, u64) {
        let turned = (u64::from(left) << 32 | u64::from(right)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((turned >> (64 - MEMO_BITS)) as usize, turned << MEMO_BITS)
    }

    /// The level of a pair of values, or [`OPEN`].
    #[inline]
    fn get(&self, left: u32, right: u32) -> u8 {
        let (place, held) = Memo::place(left, right);
        let differs = self.table[place] ^ held;
        differs.min(u64::from(OPEN)) as u8
    }

    fn put(&mut self, left: u32, right: u32, level: u8) {
        let (place, held) = Memo::place(left, right);
        self.table[place] = held | u64::from(level);
        // Values that hardly ever meet again are not worth remembering.
        if self.asked >= 20_000 {
            self.off = self.found < 6_000;
            (self.asked, self.found) = (0, 0);
        }
    }
}

/// What one thread needs while it compares.
#[derive(Default)]
pub struct Worker {
    scratch: Scratch,
    /// For the filters of blocking rules.
    pub(crate) filters: Scratch,
    memos: Vec<Memo>,
    /// For each place of a row that is looked at, its values in all pairs.
    left: Vec<u32>,
    right: Vec<u32>,
    levels: Vec<u32>,
    open: Vec<u32>,
}

impl Worker {
    /// What went wrong while pairs were compared, if anything did.
    pub fn fault(&mut self) -> Option<String> {
        self.scratch.fault.take().or_else(|| self.filters.fault.take())
    }
}

/// Pairs gathered until there are enough to compare together.
#[derive(Default)]
pub(crate) struct Batch {
    lefts: Vec<u32>,
    rights: Vec<u32>,
    patterns: Vec<Pattern>,
}

impl Batch {
    #[inline]
    pub(crate) fn push(&mut self, left: u32, right: u32) {
        self.lefts.push(left);
        self.rights.push(right);
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.lefts.len() >= TOGETHER
    }

    /// Compares what there is, calls `f` with each pair in order, and begins anew.
    pub(crate) fn compare(
        &mut self,
        comparisons: &Comparisons,
        slots: &Slots,
        rows: Rows<'_>,
        worker: &mut Worker,
        f: &mut impl FnMut(u32, u32, Pattern),
    ) {
        comparisons.patterns(slots, rows, (&self.lefts, &self.rights), worker, &mut self.patterns);
        for ((left, right), pattern) in self.lefts.iter().zip(&self.rights).zip(&self.patterns) {
            f(*left, *right, *pattern);
        }
        self.lefts.clear();
        self.rights.clear();
    }
}

impl Comparisons {
    /// Compiles the comparisons of a model.
    ///
    /// # Errors
    /// Names the comparison that reads a column which is missing, has no ELSE, or does not fit any more.
    pub(crate) fn new(settings: &Settings, compiler: &mut Compiler<'_>) -> Result<Comparisons, String> {
        let (mut all, mut fields, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = |place: usize| {
            places.iter().position(|p| *p == place).unwrap_or_else(|| {
                places.push(place);
                places.len() - 1
            })
        };
        let mut shift = 0;
        for comparison in &settings.comparisons {
            let at = |what: String| format!("comparison {}: {what}", comparison.name);
            let most = comparison.levels.iter().map(|l| l.gamma + 1).max().unwrap_or(0) as u64;
            let bits = 64 - most.leading_zeros();
            if shift + bits > 64 || most > 200 {
                return Err(at(
                    "there are more comparisons and levels than fit into 64 bits; leave some out".to_owned(),
                ));
            }
            fields.push(Field { shift, mask: (1 << bits) - 1 });
            shift += bits;
            let mut levels = Vec::new();
            let mut otherwise = None;
            for level in &comparison.levels {
                let number = (level.gamma + 1) as u8;
                match &level.condition {
                    Some(condition) => levels.push((compiler.node(condition).map_err(at)?, number)),
                    None => otherwise = Some(number),
                }
            }
            let Some(otherwise) = otherwise else {
                return Err(at(
                    "has no ELSE level, so that some pairs would have no outcome; add one".to_owned()
                ));
            };
            let dear = levels.iter().position(|(node, _)| node.is_dear()).unwrap_or(levels.len());
            let plain = levels
                .iter()
                .map_while(|(node, level)| {
                    let (Node::Same(a, b) | Node::EitherNull(a, b)) = node else { return None };
                    let is_null = matches!(node, Node::EitherNull(..));
                    Some(Plain { left: seen(a.at), right: seen(b.at), is_null, level: *level })
                })
                .collect();
            let mut asked = Vec::new();
            levels.iter().for_each(|(node, _)| node.likenesses(&mut asked));
            let likenesses = asked
                .into_iter()
                .map(|likeness| {
                    let (left, right) = compiler.likenesses[likeness].places();
                    Asked { likeness, left: seen(left), right: seen(right) }
                })
                .collect();
            let memo = memo_of(&levels, compiler)?.map(|place| (place, seen(place.at)));
            all.push(Comparison { levels, plain, otherwise, dear, likenesses, memo });
        }
        Ok(Comparisons { all, places, fields, likenesses: Vec::new() })
    }

    /// The plain equalities of a comparison that come first, before anything else but NULL: for each the level and the
    /// place of its value in a row; and the place that decides on NULL.
    pub(crate) fn equalities(&self, comparison: usize) -> Option<Equalities> {
        let mut null = None;
        let mut all = Vec::new();
        for (node, level) in &self.all[comparison].levels {
            match node {
                Node::EitherNull(a, b) if *level == 0 && a == b && all.is_empty() && null.is_none() => {
                    null = Some(a.at);
                }
                Node::Same(a, b) if a == b && *level > 0 => all.push((*level, a.at)),
                _ if *level == 0 => return None,
                _ => break,
            }
        }
        Some((null, all))
    }

    /// A worker for one thread.
    pub(crate) fn worker(&self, unit: Unit) -> Worker {
        let memo = || Memo { table: vec![u64::from(OPEN); 1 << MEMO_BITS], ..Memo::default() };
        let memos =
            self.all.iter().map(|c| if c.memo.is_some() { memo() } else { Memo::default() }).collect();
        Worker { scratch: Scratch::new(unit), filters: Scratch::new(unit), memos, ..Worker::default() }
    }

    /// A worker that remembers nothing of values from one pair to the next.
    pub(crate) fn worker_without_memory(&self, unit: Unit) -> Worker {
        let memos = self.all.iter().map(|_| Memo { off: true, ..Memo::default() }).collect();
        Worker { scratch: Scratch::new(unit), filters: Scratch::new(unit), memos, ..Worker::default() }
    }

    /// Compares two records by their rows.
    pub(crate) fn pattern(&self, slots: &Slots, left: &[u32], right: &[u32], worker: &mut Worker) -> Pattern {
        worker.scratch.likenesses.resize(self.likenesses.len(), f64::NAN);
        let mut pattern = 0;
        for ((comparison, field), memo) in self.all.iter().zip(&self.fields).zip(&mut worker.memos) {
            let level = self.level(comparison, 0, slots, left, right, &mut worker.scratch, memo);
            pattern |= u64::from(level) << field.shift;
        }
        pattern
    }

    /// Compares pairs of records, whose patterns take the place of what was in `patterns`.
    pub(crate) fn patterns(
        &self,
        slots: &Slots,
        rows: Rows<'_>,
        (lefts, rights): (&[u32], &[u32]),
        worker: &mut Worker,
        patterns: &mut Vec<Pattern>,
    ) {
        patterns.clear();
        patterns.resize(lefts.len(), 0);
        let Worker { scratch, memos, left, right, levels, open, .. } = worker;
        scratch.likenesses.resize(self.likenesses.len(), f64::NAN);
        let pairs = lefts.len();
        self.gather(rows, lefts, left);
        self.gather(rows, rights, right);
        for ((comparison, field), memo) in self.all.iter().zip(&self.fields).zip(memos) {
            levels.clear();
            levels.resize(pairs, u32::from(OPEN));
            // The last first, so that the first to hold has the last word.
            for plain in comparison.plain.iter().rev() {
                decide(plain, of_place(left, plain.left, pairs), of_place(right, plain.right, pairs), levels);
            }
            open.clear();
            open.resize(pairs, 0);
            let mut left_open = 0;
            for (at, level) in (0..).zip(levels.iter()) {
                open[left_open] = at;
                left_open += usize::from(*level == u32::from(OPEN));
            }
            if comparison.plain.len() == comparison.dear {
                if let Some((_, at)) = comparison.memo.filter(|_| !memo.off) {
                    let values = (of_place(left, at, pairs), of_place(right, at, pairs));
                    left_open = remembered(memo, values, levels, open, left_open);
                }
                if self.is_screened(comparison) {
                    left_open = self.screen(comparison, slots, (left, right), levels, open, left_open);
                }
            }
            for &at in &open[..left_open] {
                let at = at as usize;
                let (left, right) = (rows.row(lefts[at]), rows.row(rights[at]));
                let level = self.level(comparison, comparison.plain.len(), slots, left, right, scratch, memo);
                levels[at] = u32::from(level);
            }
            for (pattern, level) in patterns.iter_mut().zip(levels.iter()) {
                *pattern |= u64::from(*level) << field.shift;
            }
        }
    }

    /// Whether all that is dear in a comparison can be ruled out by bounds.
    fn is_screened(&self, comparison: &Comparison) -> bool {
        comparison.levels[comparison.dear..].iter().all(|(node, _)| node.is_of_limited(&self.likenesses))
    }

    /// Closes the pairs whose likenesses are all out of reach; which are open after that stand first in `open`, as many
    /// as it says.
    fn screen(
        &self,
        comparison: &Comparison,
        slots: &Slots,
        (left, right): (&[u32], &[u32]),
        levels: &mut [u32],
        open: &mut [u32],
        how_many: usize,
    ) -> usize {
        let pairs = levels.len();
        let sides = |asked: &Asked| (of_place(left, asked.left, pairs), of_place(right, asked.right, pairs));
        // All are asked for from memory before the first is waited for.
        let mut near = false;
        for asked in &comparison.likenesses {
            let (left, right) = sides(asked);
            for at in &open[..how_many] {
                near ^= self.likenesses[asked.likeness].touch(slots, left[*at as usize], right[*at as usize]);
            }
        }
        std::hint::black_box(near);
        let mut left_open = 0;
        for next in 0..how_many {
            let at = open[next];
            let out = comparison.likenesses.iter().all(|asked| {
                let (left, right) = sides(asked);
                self.likenesses[asked.likeness].is_out_of_reach(slots, left[at as usize], right[at as usize])
            });
            levels[at as usize] = u32::from(if out { comparison.otherwise } else { OPEN });
            open[left_open] = at;
            left_open += usize::from(!out);
        }
        left_open
    }

    /// The values of records at the places that are looked at, place by place.
    fn gather(&self, rows: Rows<'_>, records: &[u32], into: &mut Vec<u32>) {
        into.clear();
        for place in &self.places {
            into.extend(records.iter().map(|record| rows.values[*record as usize * rows.stride + place]));
        }
    }

    /// The level of a pair for which no condition before `from` holds.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "what a kernel reads, and where it keeps what it found")]
    fn level(
        &self,
        comparison: &Comparison,
        from: usize,
        slots: &Slots,
        left: &[u32],
        right: &[u32],
        scratch: &mut Scratch,
        memo: &mut Memo,
    ) -> u8 {
        for (node, level) in &comparison.levels[from..comparison.dear] {
            if is_true(node, &self.likenesses, slots, left, right, scratch) {
                return *level;
            }
        }
        if comparison.dear == comparison.levels.len() {
            return comparison.otherwise;
        }
        let key = comparison.memo.filter(|_| !memo.off).map(|(place, _)| (left[place.at], right[place.at]));
        if let Some((x, y)) = key {
            let level = memo.get(x, y);
            memo.asked += 1;
            if level != OPEN {
                memo.found += 1;
                return level;
            }
        }
        for asked in &comparison.likenesses {
            scratch.likenesses[asked.likeness] = f64::NAN;
        }
        let mut found = comparison.otherwise;
        for (node, level) in &comparison.levels[comparison.dear..] {
            if is_true(node, &self.likenesses, slots, left, right, scratch) {
                found = *level;
                break;
            }
        }
        if let Some((x, y)) = key {
            memo.put(x, y, found);
        }
        found
    }
}

/// The values of all pairs at a place.
fn of_place(values: &[u32], at: usize, pairs: usize) -> &[u32] {
    &values[at * pairs..(at + 1) * pairs]
}

/// Gives every pair for which an equality holds the equality's level.
fn decide(plain: &Plain, left: &[u32], right: &[u32], levels: &mut [u32]) {
    let of = u32::from(plain.level);
    let pairs = levels.iter_mut().zip(left).zip(right);
    if plain.is_null {
        pairs.for_each(|((level, x), y)| *level = if (*x == NULL) | (*y == NULL) { of } else { *level });
    } else {
        pairs.for_each(|((level, x), y)| *level = if (*x == *y) & (*x != NULL) { of } else { *level });
    }
}

/// Gives open pairs the levels that are remembered; which are open after that stand first in `open`, as many as it says.
fn remembered(
    memo: &mut Memo,
    (left, right): (&[u32], &[u32]),
    levels: &mut [u32],
    open: &mut [u32],
    how_many: usize,
) -> usize {
    let mut left_open = 0;
    for next in 0..how_many {
        let at = open[next];
        let level = memo.get(left[at as usize], right[at as usize]);
        levels[at as usize] = u32::from(level);
        open[left_open] = at;
        left_open += usize::from(level == OPEN);
    }
    // The others are asked for once more: a pair of the same values may have come before them.
    memo.asked += (how_many - left_open) as u32;
    memo.found += (how_many - left_open) as u32;
    left_open
}

/// The column whose two values decide a comparison, if it is one.
fn memo_of(levels: &[(Node, u8)], compiler: &mut Compiler<'_>) -> Result<Option<Place>, String> {
    let mut slots = Vec::new();
    for (node, _) in levels {
        node.places(&compiler.likenesses, &mut |place| slots.push(compiler.rows.slots[place.at]));
    }
    let mut source = None;
    for slot in slots {
        let Some(one) = compiler.slots.one_source(slot) else { return Ok(None) };
        if *source.get_or_insert(one) != one {
            return Ok(None);
        }
    }
    let Some(source) = source else { return Ok(None) };
    let name = compiler.slots.sources[source].name.clone();
    let slot = compiler.slots.slot(&Expr::Column { side: None, name }, None)?;
    Ok(Some(compiler.rows.place(compiler.slots, slot)))
}
