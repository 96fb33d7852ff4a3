//! Which pairs are looked at at all: blocking rules, each pair once.
//!
//! A rule is a conjunction; its equalities give every record a key, and records that share a key are paired. A pair that
//! an earlier rule gives is left to that rule. NULL joins nothing. A rule without an equality would compare everything
//! with everything and is refused by name.

mod hot;

use crate::columns::{Column, Kind, Table};
use crate::comparisons::Rows;
use crate::dictionary::NULL;
use crate::group::{self, Groups};
use crate::kernel::{Compiler, Likeness, Node, Scratch};
use crate::metric::Unit;
use crate::settings::{LinkType, Rule};
use crate::slot::Slots;
use crate::sql::{Expr, Op};
use hot::Keys;
use std::ops::Range;

/// Pairs handled in one piece of work, about.
const TASK_PAIRS: u64 = 65_536;

/// A rule applied to records.
#[derive(Debug)]
pub struct Blocked {
    /// The rule as it is written.
    pub sql: String,
    groups: Groups,
    /// Columns of `Blocks::keys`: a record's key as the left one and as the right one of a pair.
    left: usize,
    right: usize,
    filter: Option<Node>,
    exploded: Option<Exploded>,
}

/// A record's keys where lists were taken apart: it has several.
#[derive(Debug)]
struct Exploded {
    starts: Vec<u32>,
    keys: Vec<u32>,
}

impl Exploded {
    fn of(&self, record: u32) -> &[u32] {
        &self.keys[self.starts[record as usize] as usize..self.starts[record as usize + 1] as usize]
    }

    fn least_shared(&self, left: u32, right: u32) -> Option<u32> {
        let (a, b) = (self.of(left), self.of(right));
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            match a[i].cmp(&b[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => return Some(a[i]),
            }
        }
        None
    }
}

/// A block that is larger than allowed, and what was done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotBlock {
    /// The rule, counted from 0.
    pub rule: usize,
    /// How many records share the key.
    pub records: usize,
    /// A record of it, to look at.
    pub example: u32,
    /// The columns that it was divided by; none where it was set aside whole.
    pub divided_by: Vec<String>,
    /// Pairs within its parts: those that are compared all the same.
    pub pairs: u64,
}

/// What a linker leaves out for the sake of speed or safety.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Blocks of more records than this are divided or set aside, and told.
    pub block: usize,
    /// Whether they are divided. What learns from a rule's pairs must not: its pairs would agree in more than the rule
    /// says.
    pub divide: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { block: 20_000, divide: false }
    }
}

/// All rules applied to records.
#[derive(Debug, Default)]
pub struct Blocks {
    /// In the order of the model.
    pub rules: Vec<Blocked>,
    /// Blocks that were too large, and are divided or set aside.
    pub hot: Vec<HotBlock>,
    keys: Vec<u32>,
    stride: usize,
    /// Every rule is nothing but equalities of the same expression on both sides.
    plain: bool,
}

/// A piece of work: some groups of one rule, or part of one large group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The rule, counted from 0.
    pub rule: usize,
    groups: Range<usize>,
    /// For a large group: which of its records are the left ones.
    lefts: Option<Range<usize>>,
    /// How many pairs there are before earlier rules and filters are looked at.
    pub pairs: u64,
}

/// What a pair's filter is judged by.
pub struct Filters<'a> {
    /// The slots of the records.
    pub(crate) slots: &'a Slots,
    pub(crate) likenesses: &'a [Likeness],
    pub(crate) rows: Rows<'a>,
}

/// The equalities of a rule, left and right, and what is left of it.
type Parts<'a> = (Vec<(&'a Expr, &'a Expr)>, Vec<&'a Expr>);

pub(crate) fn parts(expr: &Expr) -> Parts<'_> {
    let (mut keys, mut rest) = (Vec::new(), Vec::new());
    for part in expr.conjuncts() {
        match part {
            Expr::Compare(Op::Eq, a, b) if a.sides() == (true, false) && b.sides() == (false, true) => {
                keys.push((&**a, &**b));
            }
            Expr::Compare(Op::Eq, a, b) if a.sides() == (false, true) && b.sides() == (true, false) => {
                keys.push((&**b, &**a));
            }
            other => rest.push(other),
        }
    }
    (keys, rest)
}

impl Blocks {
    /// Applies rules to records. Blocks of more records than the limit are divided or set aside, and told.
    ///
    /// `compiler` gathers what the rules' filters need.
    ///
    /// # Errors
    /// Names the rule and what is wrong with it: no equality, a column that is missing.
    pub(crate) fn new(
        rules: &[Rule],
        table: &Table,
        compiler: &mut Compiler<'_>,
        limits: Limits,
    ) -> Result<Blocks, String> {
        let most = (limits.block, limits.divide);
        let mut blocks = Blocks { plain: true, ..Blocks::default() };
        let mut columns: Vec<Vec<u32>> = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let at = |what: String| format!("blocking rule {} ({}): {what}", number + 1, rule.sql);
            let expr = Expr::rule(&rule.sql).map_err(|e| at(e.to_string()))?;
            let (keys, rest) = parts(&expr);
            if keys.is_empty() {
                return Err(at(
                    "has no equality such as l.surname = r.surname, so that it would pair every record \
                               with every other; add one"
                        .to_owned(),
                ));
            }
            let filter = match rest.as_slice() {
                [] => None,
                rest => Some(Node::And(
                    rest.iter().map(|e| compiler.node(e)).collect::<Result<_, _>>().map_err(at)?,
                )),
            };
            let mut exploded = None;
            let (left, right, groups);
            if rule.explode.is_empty() {
                let symmetric = keys.iter().all(|(a, b)| a.without_side() == b.without_side());
                let found = if symmetric {
                    key_groups(compiler.slots, &keys, table).map_err(at)?
                } else {
                    across(compiler.slots, &keys, table).map_err(at)?
                };
                left = columns.len();
                let (mut dense, of) = found;
                if symmetric {
                    groups = hot::cap(of, Keys::Own(&mut dense), number, most, table, &mut blocks.hot);
                    columns.push(dense);
                    right = left;
                } else {
                    let keys = Keys::LeftAndRight(&mut dense);
                    groups = hot::cap(of, keys, number, most, table, &mut blocks.hot);
                    let second = dense.split_off(table.rows);
                    columns.push(dense);
                    columns.push(second);
                    right = left + 1;
                    blocks.plain = false;
                }
            } else {
                let (mut several, of) = explode(rule, &keys, table, compiler.slots.unit).map_err(at)?;
                groups = hot::cap(of, Keys::Several(&mut several), number, most, table, &mut blocks.hot);
                exploded = Some(several);
                (left, right) = (0, 0);
                blocks.plain = false;
            }
            blocks.plain &= filter.is_none();
            blocks.rules.push(Blocked { sql: rule.sql.clone(), groups, left, right, filter, exploded });
        }
        blocks.stride = columns.len();
        blocks.keys = vec![NULL; blocks.stride * table.rows];
        for (at, column) in columns.into_iter().enumerate() {
            for (record, key) in column.into_iter().enumerate() {
                blocks.keys[record * blocks.stride + at] = key;
            }
        }
        Ok(blocks)
    }

    /// The work of one rule in pieces of about equal size.
    pub fn tasks(&self, rule: usize, records: usize) -> Vec<Task> {
        let blocked = &self.rules[rule];
        let mut tasks = Vec::new();
        let (mut from, mut pairs) = (0, 0u64);
        for g in 0..blocked.groups.len() {
            let of_group = self.pairs_of(blocked, g, records);
            if of_group > 2 * TASK_PAIRS {
                if g > from {
                    tasks.push(Task { rule, groups: from..g, lefts: None, pairs });
                }
                let members = blocked.groups.get(g).len();
                let lefts = if blocked.left == blocked.right || blocked.exploded.is_some() {
                    members
                } else {
                    blocked.groups.get(g).partition_point(|m| (*m as usize) < records)
                };
                let pieces = of_group.div_ceil(TASK_PAIRS) as usize;
                let mut start = 0;
                for piece in 1..=pieces {
                    // Early records of a triangle have more partners than late ones.
                    let share = piece as f64 / pieces as f64;
                    let end = if blocked.left == blocked.right {
                        (lefts as f64 * (1.0 - (1.0 - share).sqrt())).round() as usize
                    } else {
                        (lefts as f64 * share).round() as usize
                    };
                    let end = if piece == pieces { lefts } else { end.clamp(start, lefts) };
                    if end > start {
                        tasks.push(Task {
                            rule,
                            groups: g..g + 1,
                            lefts: Some(start..end),
                            pairs: of_group / pieces as u64,
                        });
                    }
                    start = end;
                }
                (from, pairs) = (g + 1, 0);
                continue;
            }
            pairs += of_group;
            if pairs >= TASK_PAIRS {
                tasks.push(Task { rule, groups: from..g + 1, lefts: None, pairs });
                (from, pairs) = (g + 1, 0);
            }
        }
        if from < blocked.groups.len() {
            tasks.push(Task { rule, groups: from..blocked.groups.len(), lefts: None, pairs });
        }
        tasks
    }

    fn pairs_of(&self, blocked: &Blocked, group: usize, records: usize) -> u64 {
        let members = blocked.groups.get(group);
        if blocked.left == blocked.right || blocked.exploded.is_some() {
            let n = members.len() as u64;
            n * n.saturating_sub(1) / 2
        } else {
            let lefts = members.partition_point(|m| (*m as usize) < records);
            lefts as u64 * (members.len() - lefts) as u64
        }
    }

    /// How many pairs a rule gives by itself, before filters and earlier rules.
    pub fn raw_pairs(&self, rule: usize, records: usize) -> u64 {
        let blocked = &self.rules[rule];
        (0..blocked.groups.len()).map(|g| self.pairs_of(blocked, g, records)).sum()
    }

    /// The largest blocks of a rule: how many records, and one of them.
    pub fn largest(&self, rule: usize, most: usize) -> Vec<(usize, u32)> {
        let groups = &self.rules[rule].groups;
        let mut all: Vec<(usize, u32)> =
            (0..groups.len()).filter_map(|g| Some((groups.get(g).len(), *groups.get(g).first()?))).collect();
        all.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        all.truncate(most);
        all
    }

    /// Calls `f` with every pair of a piece of work, left before right in the order of the records. A pair that an
    /// earlier rule gives is left out.
    pub fn each(
        &self,
        task: &Task,
        link_type: LinkType,
        source: &[u16],
        filters: &Filters<'_>,
        scratch: &mut Scratch,
        f: &mut impl FnMut(u32, u32, &mut Scratch),
    ) {
        let blocked = &self.rules[task.rule];
        let records = source.len();
        let across = link_type == LinkType::Link;
        let mut local: Vec<u32> = Vec::new();
        for group in task.groups.clone() {
            let members = blocked.groups.get(group);
            let lefts = task.lefts.clone();
            if self.plain {
                // The keys of earlier rules, side by side for the whole group.
                let k = task.rule;
                local.clear();
                for &m in members {
                    let row = m as usize * self.stride;
                    local.extend_from_slice(&self.keys[row..row + k]);
                }
                for i in lefts.unwrap_or(0..members.len()) {
                    let mine = &local[i * k..(i + 1) * k];
                    for j in i + 1..members.len() {
                        let other = &local[j * k..(j + 1) * k];
                        let earlier =
                            mine.iter().zip(other).fold(false, |any, (a, b)| any | ((a == b) & (*a != NULL)));
                        if earlier || (across && source[members[i] as usize] == source[members[j] as usize]) {
                            continue;
                        }
                        f(members[i], members[j], scratch);
                    }
                }
                continue;
            }
            let symmetric = blocked.left == blocked.right || blocked.exploded.is_some();
            let first =
                if symmetric { members.len() } else { members.partition_point(|m| (*m as usize) < records) };
            for i in lefts.unwrap_or(0..first) {
                let rights = if symmetric { i + 1..members.len() } else { first..members.len() };
                for j in rights {
                    let (left, right) = if symmetric {
                        (members[i], members[j])
                    } else {
                        (members[i], members[j] - records as u32)
                    };
                    if left >= right || (across && source[left as usize] == source[right as usize]) {
                        continue;
                    }
                    if let Some(exploded) = &blocked.exploded
                        && exploded.least_shared(left, right) != Some(group as u32)
                    {
                        continue; // the pair belongs to the first group that both are in
                    }
                    if !self.filtered(task.rule, left, right, filters, scratch)
                        || (0..task.rule).any(|k| self.gives(k, left, right, filters, scratch))
                    {
                        continue;
                    }
                    f(left, right, scratch);
                }
            }
        }
    }

    fn filtered(
        &self,
        rule: usize,
        left: u32,
        right: u32,
        filters: &Filters<'_>,
        scratch: &mut Scratch,
    ) -> bool {
        let Some(node) = &self.rules[rule].filter else { return true };
        let (left, right) = (filters.rows.row(left), filters.rows.row(right));
        scratch.holds(node, filters.likenesses, filters.slots, left, right)
    }

    /// Whether a rule gives a pair.
    pub(crate) fn gives(
        &self,
        rule: usize,
        left: u32,
        right: u32,
        filters: &Filters<'_>,
        scratch: &mut Scratch,
    ) -> bool {
        let blocked = &self.rules[rule];
        let equal = match &blocked.exploded {
            Some(exploded) => exploded.least_shared(left, right).is_some(),
            None => {
                let key = |record: u32, at: usize| self.keys[record as usize * self.stride + at];
                let mine = key(left, blocked.left);
                mine != NULL && mine == key(right, blocked.right)
            }
        };
        equal && self.filtered(rule, left, right, filters, scratch)
    }
}

/// One key for each record out of the parts of a rule.
fn key_groups(
    slots: &mut Slots,
    keys: &[(&Expr, &Expr)],
    table: &Table,
) -> Result<(Vec<u32>, Groups), String> {
    let mut all: Option<Vec<u32>> = None;
    let last = keys.len() - 1;
    let mut groups = Groups::default();
    for (at, (expr, _)) in keys.iter().enumerate() {
        let slot = slots.slot(expr, None)?;
        let ids = slots.fill(slot, table)?;
        let (dense, of) = match &all {
            None if last == 0 => group::by_number(&ids),
            None => (ids, Groups::default()),
            Some(so_far) => group::by_two(so_far, &ids),
        };
        all = Some(dense);
        if at == last {
            groups = of;
        }
    }
    Ok((all.unwrap_or_default(), groups))
}

/// A key as the left record and one as the right, where a rule compares different columns: left keys, then right keys.
fn across(slots: &mut Slots, keys: &[(&Expr, &Expr)], table: &Table) -> Result<(Vec<u32>, Groups), String> {
    let mut all: Option<Vec<u32>> = None;
    let mut groups = Groups::default();
    let last = keys.len() - 1;
    for (at, (left, right)) in keys.iter().enumerate() {
        let shared = slots.shared_dictionary();
        let (a, b) = (slots.slot(left, Some(shared))?, slots.slot(right, Some(shared))?);
        let mut ids = slots.fill(a, table)?;
        ids.extend(slots.fill(b, table)?);
        let (dense, of) = match &all {
            None if last == 0 => group::by_number(&ids),
            None => (ids, Groups::default()),
            Some(so_far) => group::by_two(so_far, &ids),
        };
        all = Some(dense);
        if at == last {
            groups = of;
        }
    }
    Ok((all.unwrap_or_default(), groups))
}

/// Takes lists apart: a record with three postcodes stands in three blocks.
fn explode(
    rule: &Rule,
    keys: &[(&Expr, &Expr)],
    table: &Table,
    unit: Unit,
) -> Result<(Exploded, Groups), String> {
    let mut lists: Vec<(usize, Vec<Vec<String>>)> = Vec::new();
    for name in &rule.explode {
        let at = table
            .columns
            .iter()
            .position(|c| c.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| format!("the column {name} is not in the input"))?;
        let column = &table.columns[at];
        if column.kind != Kind::List {
            return Err(format!("the column {name} is to be taken apart and holds no lists"));
        }
        let mut elements = vec![Vec::new()];
        for (_, json) in column.values.iter() {
            let items: Vec<Option<String>> = serde_json::from_slice(json)
                .map_err(|_| format!("the column {name} holds lists of lists"))?;
            elements.push(items.into_iter().flatten().collect());
        }
        lists.push((at, elements));
    }
    let mut origin: Vec<u32> = Vec::new();
    let mut apart = Table { rows: 0, sources: table.sources.clone(), ..Table::default() };
    apart.columns = table
        .columns
        .iter()
        .map(|c| {
            if lists.iter().any(|(at, _)| table.columns[*at].name == c.name) {
                Column::new(&c.name, Kind::Text)
            } else {
                Column { ids: Vec::new(), ..c.clone() }
            }
        })
        .collect();
    for row in 0..table.rows {
        let choices: Vec<&[String]> = lists
            .iter()
            .map(|(at, elements)| elements[table.columns[*at].ids[row] as usize].as_slice())
            .collect();
        let combinations: usize = choices.iter().map(|c| c.len()).product();
        if combinations > 10_000 {
            return Err(format!("record {} would be taken apart into {combinations} rows", row + 1));
        }
        for mut number in 0..combinations {
            for (at, column) in apart.columns.iter_mut().enumerate() {
                match lists.iter().position(|(list, _)| *list == at) {
                    Some(which) => {
                        let choice = choices[which];
                        column.push(Some(choice[number % choice.len()].as_bytes()));
                        number /= choice.len();
                    }
                    None => column.ids.push(table.columns[at].ids[row]),
                }
            }
            origin.push(row as u32);
            apart.rows += 1;
        }
    }
    let mut slots = Slots::new(&apart, unit);
    slots.take_values(&mut apart);
    let (dense, groups) = key_groups(&mut slots, keys, &apart)?;
    // Back to records, each once in a group; groups keep their numbers.
    let mut of: Vec<Vec<u32>> = vec![Vec::new(); table.rows];
    for (row, key) in dense.iter().enumerate() {
        if *key != NULL {
            of[origin[row] as usize].push(*key - 1);
        }
    }
    let mut exploded = Exploded { starts: vec![0], keys: Vec::new() };
    for mut keys in of {
        keys.sort_unstable();
        keys.dedup();
        exploded.keys.extend(keys);
        exploded.starts.push(exploded.keys.len() as u32);
    }
    let mut records = Groups { members: Vec::new(), starts: vec![0] };
    for g in 0..groups.len() {
        let mut members: Vec<u32> = groups.get(g).iter().map(|row| origin[*row as usize]).collect();
        members.dedup();
        records.members.extend(members);
        records.starts.push(records.members.len() as u32);
    }
    Ok((exploded, records))
}
