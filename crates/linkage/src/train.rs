//! A model's parameters, learnt from records without labels: the prior from rules that hardly err, u from chance, m by
//! expectation and maximisation (Fellegi and Sunter 1969; Winkler 1988; Dempster, Laird and Rubin 1977).
//!
//! Everything is counted in whole numbers and summed in a fixed order, so that the same seed gives the same model for any
//! number of threads.

use crate::dictionary::NULL;
use crate::group;
use crate::linker::{Limits, Linker, Pattern};
use crate::parallel;
use crate::settings::{LinkType, Rule, Settings, exact_columns};
use crate::sql::Expr;
use std::collections::{BTreeMap, HashMap};

/// Where a parameter is from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Counted over all pairs of records.
    Exact,
    /// From a sample, with so many pairs of this level.
    Sampled(u64),
    /// Never seen in the sample: half a pair is assumed.
    Smoothed,
    /// The file said to leave it.
    Fixed,
    /// Learnt in so many sessions.
    Sessions(usize),
    /// Counted from labels.
    Labels(u64),
}

/// One round of a session: the share of matches, and m for each level of each comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The share of true pairs among those that the rule gives.
    pub share: f64,
    /// By comparison and level; empty for a comparison that the session leaves out.
    pub m: Vec<Vec<f64>>,
}

/// One session of expectation and maximisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The rule that gave the pairs.
    pub rule: String,
    /// How many pairs it gave.
    pub pairs: u64,
    /// How many outcomes those pairs have.
    pub patterns: usize,
    /// Comparisons that it says nothing of, since the rule decides them.
    pub left_out: Vec<String>,
    /// Round after round, the start first.
    pub rounds: Vec<Round>,
    /// Whether it came to rest before the rounds ran out.
    pub settled: bool,
}

/// What training did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trained {
    /// Pairs that the deterministic rules gave.
    pub deterministic_pairs: u64,
    /// All pairs that there are.
    pub possible_pairs: u64,
    /// Sessions in order.
    pub sessions: Vec<Session>,
    /// By comparison and level: where u is from.
    pub u: Vec<Vec<Option<Origin>>>,
    /// By comparison and level: where m is from.
    pub m: Vec<Vec<Option<Origin>>>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// How many pairs of records there are that may be compared.
pub fn possible_pairs(linker: &Linker) -> u64 {
    let all = linker.records() as u64;
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    if linker.link_type != LinkType::Link {
        return pairs(all);
    }
    let mut files: BTreeMap<u16, u64> = BTreeMap::new();
    linker.source.iter().for_each(|s| *files.entry(*s).or_default() += 1);
    pairs(all) - files.values().map(|n| pairs(*n)).sum::<u64>()
}

fn rules(texts: &[String]) -> Vec<Rule> {
    texts.iter().map(|sql| Rule { sql: sql.clone(), explode: Vec::new() }).collect()
}

/// The prior: pairs that the rules give, divided by the share of true pairs that they find and by all pairs.
///
/// # Errors
/// A rule that is none, a recall out of range, more pairs than the recall allows.
pub fn prior(
    linker: &mut Linker,
    settings: &mut Settings,
    texts: &[String],
    recall: f64,
    threads: usize,
    trained: &mut Trained,
) -> Result<(), String> {
    if !(recall > 0.0 && recall <= 1.0) {
        return Err(format!(
            "the recall {recall} is the share of true pairs that the rules find: above 0, up to 1"
        ));
    }
    linker.block(&rules(texts), Limits::default())?;
    let mut found = 0u64;
    let tasks = linker.tasks();
    let of: &Linker = linker;
    parallel::ordered(
        threads,
        tasks.len(),
        || of.worker(),
        |worker, at| {
            let mut count = 0u64;
            of.each_pair(&tasks[at], worker, &mut |_, _| count += 1);
            worker.fault().map_or(Ok(count), Err)
        },
        |_, count| {
            found += count;
            Ok(())
        },
    )?;
    let possible = possible_pairs(linker);
    (trained.deterministic_pairs, trained.possible_pairs) = (found, possible);
    if found == 0 {
        return Err(
            "the deterministic rules find no pair at all, so that nothing can be learnt from them; are the \
                    columns filled in?"
                .to_owned(),
        );
    }
    let share = found as f64 / recall / possible as f64;
    if share > 1.0 {
        return Err(format!(
            "the deterministic rules find {found} pairs of {possible}, more than a recall of {recall} allows"
        ));
    }
    settings.set_prior(share);
    Ok(())
}

/// u: counted over all pairs for the equalities that come first, sampled for what follows.
///
/// # Errors
/// What a condition could not be worked out for.
pub fn u(
    linker: &Linker,
    settings: &mut Settings,
    seed: u64,
    sample: u64,
    threads: usize,
    trained: &mut Trained,
) -> Result<(), String> {
    let counts = sampled(linker, seed, sample, threads)?;
    trained.u = settings.comparisons.iter().map(|c| vec![None; c.levels.len()]).collect();
    for at in 0..settings.comparisons.len() {
        let comparison = &settings.comparisons[at];
        let exact = exact(linker, at);
        let most = comparison.levels.iter().map(|l| l.gamma + 1).max().unwrap_or(0) as usize;
        let mut of: Vec<u64> = vec![0; most + 1];
        let field = linker.fields[at];
        for (pattern, n) in &counts {
            of[(field.gamma(*pattern) + 1) as usize] += n;
        }
        let counted: f64 = exact.iter().map(|(_, share)| share).sum();
        let rest: u64 =
            (1..=most).filter(|l| !exact.iter().any(|(e, _)| usize::from(*e) == *l)).map(|l| of[l]).sum();
        let mut values = Vec::new();
        for (level, what) in comparison.levels.iter().enumerate() {
            if what.is_null {
                continue;
            }
            let number = (what.gamma + 1) as usize;
            let (value, origin) = match exact.iter().find(|(e, _)| usize::from(*e) == number) {
                _ if what.fix_u => (what.u.unwrap_or(0.0), Origin::Fixed),
                Some((_, share)) if *share > 0.0 => (*share, Origin::Exact),
                _ if of[number] > 0 => {
                    ((1.0 - counted) * of[number] as f64 / rest as f64, Origin::Sampled(of[number]))
                }
                _ => ((1.0 - counted).max(0.5) * 0.5 / (rest as f64 + 1.0), Origin::Smoothed),
            };
            if origin == Origin::Smoothed {
                trained.notes.push(format!(
                    "{}, level '{}': not seen in {rest} sampled pairs; u is set to {value:.3e}, as if half a pair had been",
                    comparison.name, what.label
                ));
            }
            values.push((level, value, origin));
        }
        for (level, value, origin) in values {
            trained.u[at][level] = Some(origin);
            settings.set_u(at, level, value.clamp(1e-12, 1.0));
        }
    }
    Ok(())
}

/// The shares of the equalities that come first, by level plus one: pairs equal there and nowhere before.
fn exact(linker: &Linker, comparison: usize) -> Vec<(u8, f64)> {
    let Some((null, levels)) = linker.comparisons.equalities(comparison) else { return Vec::new() };
    // Each further equality doubles the work.
    let levels = &levels[..levels.len().min(5)];
    let records = linker.records();
    let ids = |place: usize| -> Vec<u32> {
        (0..records)
            .map(|r| {
                let row = linker.row(r as u32);
                if null.is_some_and(|n| row[n] == NULL) { NULL } else { row[place] }
            })
            .collect()
    };
    let valid: Vec<u32> = match null {
        Some(null) => (0..records).map(|r| u32::from(linker.row(r as u32)[null] != NULL)).collect(),
        None => vec![1; records],
    };
    let all = if linker.link_type == LinkType::Link {
        equal_pairs(linker, &group::by_number(&valid).1)
    } else {
        u64::try_from(counted_pairs(&valid)).unwrap_or(0)
    };
    if all == 0 || levels.is_empty() {
        return Vec::new();
    }
    let columns: Vec<Vec<u32>> = levels.iter().map(|(_, place)| ids(*place)).collect();
    let mut shares = Vec::new();
    for (at, (level, _)) in levels.iter().enumerate() {
        let own = linker.link_type != LinkType::Link;
        let nested = || (0..at).all(|i| (i + 1..=at).all(|j| decides(&columns[i], &columns[j])));
        let pairs = if at == 0 && own {
            counted_pairs(&columns[0])
        } else if own && nested() {
            // A postcode decides its sector, and that its district: who is equal in any of them is equal in the widest
            // that both have.
            counted_pairs(&columns[at]) - counted_pairs(&widest(&columns[..at], &columns[at]))
        } else {
            by_inclusion(linker, &columns[..=at])
        };
        shares.push((*level, pairs.max(0) as f64 / all as f64));
    }
    shares
}

/// Pairs of equal numbers.
fn counted_pairs(ids: &[u32]) -> i64 {
    let most = ids.iter().copied().max().unwrap_or(0) as usize;
    let mut counts = vec![0u32; most + 1];
    ids.iter().for_each(|id| counts[*id as usize] += 1);
    counts[1..].iter().map(|n| i64::from(*n) * (i64::from(*n) - 1) / 2).sum()
}

/// Whether equal values of one column always go with equal values of another, or with none.
fn decides(first: &[u32], second: &[u32]) -> bool {
    let most = first.iter().copied().max().unwrap_or(0) as usize;
    let mut goes_with = vec![u32::MAX; most + 1];
    first.iter().zip(second).all(|(a, b)| {
        if *a == NULL {
            return true;
        }
        let known = &mut goes_with[*a as usize];
        if *known == u32::MAX {
            *known = *b;
        }
        *known == *b
    })
}

/// For each record its value in the last column that has one, numbered apart by column; none where `where_there` has none.
fn widest(columns: &[Vec<u32>], where_there: &[u32]) -> Vec<u32> {
    let mut offset = 0;
    let mut merged = vec![NULL; where_there.len()];
    for column in columns {
        for (value, of) in merged.iter_mut().zip(column) {
            if *of != NULL {
                *value = offset + of;
            }
        }
        offset += column.iter().copied().max().unwrap_or(0);
    }
    merged
        .iter_mut()
        .zip(where_there)
        .filter(|(_, there)| **there == NULL)
        .for_each(|(value, _)| *value = NULL);
    merged
}

/// Pairs equal in the last column and in none before, by inclusion and exclusion.
fn by_inclusion(linker: &Linker, columns: &[Vec<u32>]) -> i64 {
    let at = columns.len() - 1;
    let mut pairs = 0i64;
    for subset in 0u32..1 << at {
        let mut keys = columns[at].clone();
        let mut groups = group::by_number(&keys).1;
        for (before, column) in columns[..at].iter().enumerate() {
            if subset >> before & 1 == 1 {
                (keys, groups) = group::by_two(&keys, column);
            }
        }
        let equal = equal_pairs(linker, &groups) as i64;
        pairs += if subset.count_ones() % 2 == 0 { equal } else { -equal };
    }
    pairs
}

/// Pairs within groups that may be compared.
fn equal_pairs(linker: &Linker, groups: &group::Groups) -> u64 {
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    let mut sum = 0;
    let mut files: HashMap<u16, u64> = HashMap::new();
    for g in 0..groups.len() {
        let members = groups.get(g);
        sum += pairs(members.len() as u64);
        if linker.link_type == LinkType::Link {
            files.clear();
            members.iter().for_each(|m| *files.entry(linker.source[*m as usize]).or_default() += 1);
            sum -= files.values().map(|n| pairs(*n)).sum::<u64>();
        }
    }
    sum
}

/// A number that depends on nothing but the seed and its place (Steele, Lea and Flood 2014).
fn split_mix(seed: u64, at: u64) -> u64 {
    let mut z = seed.wrapping_add(at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Outcomes of pairs taken by chance; all pairs where there are few.
fn sampled(
    linker: &Linker,
    seed: u64,
    sample: u64,
    threads: usize,
) -> Result<BTreeMap<Pattern, u64>, String> {
    const PIECE: u64 = 50_000;
    let records = linker.records() as u64;
    let all = records * records.saturating_sub(1) / 2;
    let every = all <= sample;
    let wanted = if every { all } else { sample };
    let across = linker.link_type == LinkType::Link;
    let mut counts: BTreeMap<Pattern, u64> = BTreeMap::new();
    parallel::ordered(
        threads,
        wanted.div_ceil(PIECE) as usize,
        || linker.worker(),
        |worker, piece| {
            let mut of: hashbrown::HashMap<Pattern, u64> = hashbrown::HashMap::new();
            let from = piece as u64 * PIECE;
            let pairs = (from..(from + PIECE).min(wanted)).filter_map(|at| {
                let (a, b) = if every {
                    // The at-th pair of a triangle.
                    let row = ((((8 * at + 1) as f64).sqrt() + 1.0) / 2.0) as u64;
                    let row = if row * (row - 1) / 2 > at {
                        row - 1
                    } else if (row + 1) * row / 2 <= at {
                        row + 1
                    } else {
                        row
                    };
                    (at - row * (row - 1) / 2, row)
                } else {
                    let pick = |n: u64| ((u128::from(split_mix(seed, n)) * u128::from(records)) >> 64) as u64;
                    (pick(2 * at), pick(2 * at + 1))
                };
                let (left, right) = (a.min(b) as u32, a.max(b) as u32);
                let same_file = across && linker.source[left as usize] == linker.source[right as usize];
                (left != right && !same_file).then_some((left, right))
            });
            linker.compare(pairs, worker, &mut |_, _, pattern| *of.entry(pattern).or_default() += 1);
            worker.fault().map_or(Ok(of), Err)
        },
        |_, of| {
            of.into_iter().for_each(|(pattern, n)| *counts.entry(pattern).or_default() += n);
            Ok(())
        },
    )?;
    Ok(counts)
}

/// How often each outcome occurs among the pairs that the linker's rules give.
///
/// # Errors
/// What a condition could not be worked out for.
pub fn patterns(linker: &Linker, threads: usize) -> Result<BTreeMap<Pattern, u64>, String> {
    let tasks = linker.tasks();
    let mut counts: BTreeMap<Pattern, u64> = BTreeMap::new();
    parallel::ordered(
        threads,
        tasks.len(),
        || linker.worker(),
        |worker, at| {
            let mut of: hashbrown::HashMap<Pattern, u64> = hashbrown::HashMap::new();
            linker.each(&tasks[at], worker, &mut |_, _, pattern| *of.entry(pattern).or_default() += 1);
            worker.fault().map_or(Ok(of), Err)
        },
        |_, of| {
            of.into_iter().for_each(|(pattern, n)| *counts.entry(pattern).or_default() += n);
            Ok(())
        },
    )?;
    Ok(counts)
}

/// m, by one session for each rule, and the median over sessions.
///
/// # Errors
/// A rule that is none or gives no pair; a comparison that every session leaves out is noted, not refused.
pub fn m(
    linker: &mut Linker,
    settings: &mut Settings,
    texts: &[String],
    threads: usize,
    trained: &mut Trained,
) -> Result<(), String> {
    let mut found: Vec<Vec<Vec<f64>>> =
        settings.comparisons.iter().map(|c| vec![Vec::new(); c.levels.len()]).collect();
    let mut unseen: Vec<Vec<bool>> =
        settings.comparisons.iter().map(|c| vec![true; c.levels.len()]).collect();
    for text in texts {
        linker.block(&rules(std::slice::from_ref(text)), Limits { block: 100_000, divide: false })?;
        for hot in &linker.blocks.hot {
            trained.notes.push(format!("{text}: {} records share one key and are set aside", hot.records));
        }
        let counts = patterns(linker, threads)?;
        let (session, seen) = session(linker, settings, text, &counts)?;
        if let Some(last) = session.rounds.last() {
            for (at, levels) in last.m.iter().enumerate() {
                for (level, value) in levels.iter().enumerate() {
                    if !settings.comparisons[at].levels[level].is_null {
                        found[at][level].push(*value);
                        unseen[at][level] &= !seen[at][level];
                    }
                }
            }
        }
        trained.sessions.push(session);
    }
    trained.m = settings.comparisons.iter().map(|c| vec![None; c.levels.len()]).collect();
    for at in 0..settings.comparisons.len() {
        let name = settings.comparisons[at].name.clone();
        if found[at].iter().all(Vec::is_empty) {
            trained.notes.push(format!(
                "{name}: every session leaves it out, since its rule decides it; m stays as it was. Add an --em rule \
                 without its columns"
            ));
            continue;
        }
        for level in 0..settings.comparisons[at].levels.len() {
            let of = &settings.comparisons[at].levels[level];
            let (label, fixed, null) = (of.label.clone(), of.fix_m, of.is_null);
            if null {
                continue;
            }
            let values = &mut found[at][level];
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            let median = if values.len() % 2 == 1 {
                values[middle]
            } else {
                f64::midpoint(values[middle - 1], values[middle])
            };
            trained.m[at][level] = Some(if fixed {
                Origin::Fixed
            } else if unseen[at][level] {
                trained.notes.push(format!("{name}, level '{label}': never seen; m is set to {median:.3e}, as if half a pair had been"));
                Origin::Smoothed
            } else {
                Origin::Sessions(values.len())
            });
            settings.set_m(at, level, median.clamp(1e-12, 1.0));
        }
    }
    Ok(())
}

/// The comparisons that a rule decides, wholly or in part.
fn decided(settings: &Settings, rule: &Expr) -> Vec<bool> {
    let used: Vec<String> = rule.columns().into_iter().map(|(_, name)| name.to_ascii_lowercase()).collect();
    settings
        .comparisons
        .iter()
        .map(|c| {
            let columns = c.levels.iter().filter_map(|l| l.condition.as_ref()).flat_map(Expr::columns);
            columns.into_iter().any(|(_, name)| used.contains(&name.to_ascii_lowercase()))
        })
        .collect()
}

/// The share of matches to begin with: the prior, raised by what agreement on the rule's columns says.
fn start(settings: &Settings, rule: &Expr) -> f64 {
    let mut open: Vec<String> =
        rule.columns().into_iter().map(|(_, name)| name.to_ascii_lowercase()).collect();
    open.sort();
    open.dedup();
    let mut levels: Vec<(Vec<String>, f64)> = Vec::new();
    for comparison in &settings.comparisons {
        for (at, level) in comparison.levels.iter().enumerate() {
            if let Some(columns) = level.condition.as_ref().and_then(exact_columns)
                && !columns.is_empty()
            {
                levels.push((columns, comparison.weight(at)));
            }
        }
    }
    // An agreement on several columns at once says more than its parts.
    levels.sort_by_key(|(columns, _)| std::cmp::Reverse(columns.len()));
    let mut weight = crate::linker::weight_of(settings.prior);
    for (columns, adds) in levels {
        if columns.iter().all(|c| open.contains(c)) {
            open.retain(|c| !columns.contains(c));
            weight += adds;
        }
    }
    crate::linker::probability(weight).clamp(1e-9, 1.0 - 1e-9)
}

type Seen = Vec<Vec<bool>>;

fn session(
    linker: &Linker,
    settings: &Settings,
    text: &str,
    counts: &BTreeMap<Pattern, u64>,
) -> Result<(Session, Seen), String> {
    let rule = Expr::rule(text).map_err(|e| e.to_string())?;
    let pairs: u64 = counts.values().sum();
    if pairs == 0 {
        return Err(format!("the rule {text} gives no pair, so that nothing can be learnt from it"));
    }
    let left_out = decided(settings, &rule);
    // Outcomes that differ only in comparisons that are left out count as one.
    let mask = linker
        .fields
        .iter()
        .zip(&left_out)
        .fold(0, |mask, (f, out)| if *out { mask } else { mask | f.mask << f.shift });
    let mut merged: BTreeMap<Pattern, u64> = BTreeMap::new();
    counts.iter().for_each(|(pattern, n)| *merged.entry(pattern & mask).or_default() += n);
    let comparisons = &settings.comparisons;
    let kept: Vec<usize> = (0..comparisons.len()).filter(|at| !left_out[*at]).collect();
    let level_of: Vec<Vec<usize>> = comparisons
        .iter()
        .map(|c| {
            let most = c.levels.iter().map(|l| l.gamma + 1).max().unwrap_or(0);
            (0..=most).map(|n| c.level(n - 1).unwrap_or(0)).collect()
        })
        .collect();
    let mut share = start(settings, &rule);
    let mut m: Vec<Vec<f64>> = comparisons
        .iter()
        .enumerate()
        .map(|(at, c)| {
            if left_out[at] {
                Vec::new()
            } else {
                (0..c.levels.len()).map(|l| if c.levels[l].is_null { 1.0 } else { c.m(l) }).collect()
            }
        })
        .collect();
    let u: Vec<Vec<f64>> = comparisons
        .iter()
        .map(|c| {
            (0..c.levels.len()).map(|l| if c.levels[l].is_null { 1.0 } else { c.u(l).max(1e-300) }).collect()
        })
        .collect();
    let outcomes: Vec<(Vec<usize>, f64)> = merged
        .iter()
        .map(|(pattern, n)| {
            let levels = kept
                .iter()
                .map(|&at| level_of[at][(linker.fields[at].gamma(*pattern) + 1) as usize])
                .collect();
            (levels, *n as f64)
        })
        .collect();
    let mut rounds = vec![Round { share, m: m.clone() }];
    let mut seen: Seen = comparisons.iter().map(|c| vec![false; c.levels.len()]).collect();
    let mut settled = false;
    for _ in 0..settings.iterations {
        let mut sums: Vec<Vec<f64>> = m.iter().map(|levels| vec![0.0; levels.len()]).collect();
        let mut matches = 0.0;
        let prior = (share / (1.0 - share)).log2();
        let weights: Vec<Vec<f64>> = m
            .iter()
            .zip(&u)
            .map(|(m, u)| m.iter().zip(u).map(|(m, u)| (m.max(1e-300) / u).log2()).collect())
            .collect();
        for (levels, n) in &outcomes {
            let weight = kept.iter().zip(levels).fold(prior, |w, (&at, &level)| w + weights[at][level]);
            let p = crate::linker::probability(weight) * n;
            matches += p;
            for (&at, &level) in kept.iter().zip(levels) {
                sums[at][level] += p;
                seen[at][level] = true;
            }
        }
        let mut change = (matches / pairs as f64 - share).abs();
        share = (matches / pairs as f64).clamp(1e-12, 1.0 - 1e-12);
        for &at in &kept {
            let levels = &comparisons[at].levels;
            let all: f64 = (0..levels.len()).filter(|l| !levels[*l].is_null).map(|l| sums[at][l]).sum();
            for (level, of) in levels.iter().enumerate() {
                if of.is_null || of.fix_m || all <= 0.0 {
                    continue;
                }
                // A level that no pair has stays possible, by half a pair.
                let value = if seen[at][level] { sums[at][level] / all } else { 0.5 / (all + 1.0) };
                change = change.max((value - m[at][level]).abs());
                m[at][level] = value.max(1e-12);
            }
        }
        rounds.push(Round { share, m: m.clone() });
        if change < settings.convergence {
            settled = true;
            break;
        }
    }
    let names =
        comparisons.iter().zip(&left_out).filter(|(_, out)| **out).map(|(c, _)| c.name.clone()).collect();
    let session =
        Session { rule: text.to_owned(), pairs, patterns: merged.len(), left_out: names, rounds, settled };
    Ok((session, seen))
}

/// m counted from labels: records with one value of a column are one person.
///
/// # Errors
/// Where the column is missing, or no two records share a value.
pub fn m_from_labels(
    linker: &mut Linker,
    settings: &mut Settings,
    column: &str,
    threads: usize,
    trained: &mut Trained,
) -> Result<(), String> {
    let quoted = column.replace('"', "");
    linker.block(
        &rules(&[format!("l.\"{quoted}\" = r.\"{quoted}\"")]),
        Limits { block: 100_000, divide: false },
    )?;
    let counts = patterns(linker, threads)?;
    let pairs: u64 = counts.values().sum();
    if pairs == 0 {
        return Err(format!(
            "no two records share a value of {column}, so that nothing can be learnt from it"
        ));
    }
    trained.m = settings.comparisons.iter().map(|c| vec![None; c.levels.len()]).collect();
    for at in 0..settings.comparisons.len() {
        let field = linker.fields[at];
        let levels = settings.comparisons[at].levels.clone();
        let count = |gamma: i32| -> u64 {
            counts.iter().filter(|(p, _)| field.gamma(**p) == gamma).map(|(_, n)| n).sum()
        };
        let all: u64 = levels.iter().filter(|l| !l.is_null).map(|l| count(l.gamma)).sum();
        for (level, of) in levels.iter().enumerate().filter(|(_, l)| !l.is_null) {
            let n = count(of.gamma);
            let value = if n > 0 { n as f64 / all as f64 } else { 0.5 / (all as f64 + 1.0) };
            trained.m[at][level] = Some(if of.fix_m {
                Origin::Fixed
            } else if n > 0 {
                Origin::Labels(n)
            } else {
                trained.notes.push(format!(
                    "{}, level '{}': never seen among {all} labelled pairs; m is set to {value:.3e}",
                    settings.comparisons[at].name, of.label
                ));
                Origin::Smoothed
            });
            settings.set_m(at, level, value);
        }
    }
    Ok(())
}

/// What each rule adds, and how many rules give a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// Pairs of each rule that none before it gives.
    pub marginal: Vec<u64>,
    /// Likely pairs (of at least even odds) that exactly one rule gives, and exactly two: what an estimate of those that
    /// no rule gives is made from.
    pub likely_by_one: u64,
    /// See `likely_by_one`.
    pub likely_by_two: u64,
    /// Likely pairs in all.
    pub likely: u64,
}

impl RuleCounts {
    /// The share of true pairs that the rules find, estimated from those that only one rule finds and those that two do
    /// (capture and recapture; Chao 1987, "Estimating the population size for capture-recapture data with unequal
    /// catchability"): a lower bound on what is missed.
    pub fn recall_estimate(&self) -> Option<f64> {
        if self.likely == 0 || self.likely_by_two == 0 || self.marginal.len() < 2 {
            return None;
        }
        let missed = (self.likely_by_one as f64).powi(2) / (2.0 * self.likely_by_two as f64);
        Some(self.likely as f64 / (self.likely as f64 + missed))
    }
}

/// Counts what each rule gives, and by how many rules likely pairs are given.
///
/// # Errors
/// What a condition could not be worked out for.
pub fn rule_counts(linker: &Linker, threads: usize) -> Result<RuleCounts, String> {
    let tasks = linker.tasks();
    let mut all = RuleCounts { marginal: vec![0; linker.blocks.rules.len()], ..RuleCounts::default() };
    parallel::ordered(
        threads,
        tasks.len(),
        || linker.worker(),
        |worker, at| {
            let (mut pairs, mut likely, mut one, mut two) = (0u64, 0u64, 0u64, 0u64);
            let mut found = Vec::new();
            linker.each(&tasks[at], worker, &mut |left, right, pattern| {
                pairs += 1;
                if linker.weight(pattern, left, right) >= 0.0 {
                    found.push((left, right));
                }
            });
            for (left, right) in found {
                likely += 1;
                match linker.rules_of(left, right, worker) {
                    1 => one += 1,
                    2 => two += 1,
                    _ => {}
                }
            }
            worker.fault().map_or(Ok((tasks[at].rule, pairs, likely, one, two)), Err)
        },
        |_, (rule, pairs, likely, one, two)| {
            all.marginal[rule] += pairs;
            all.likely += likely;
            all.likely_by_one += one;
            all.likely_by_two += two;
            Ok(())
        },
    )?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A code of up to three letters, its first two, its first: each decides the next, and any may be missing.
        #[test]
        fn nested_equalities_are_counted_as_pair_by_pair(codes in prop::collection::vec((0u32..4, 0u32..3, 0u32..3, 0u8..8), 2..40)) {
            let whole: Vec<u32> = codes.iter().map(|(a, b, c, _)| 1 + a * 9 + b * 3 + c).collect();
            // What is missing depends on the code alone, as a pattern that does not fit does.
            let drop = |code: u32, bit: u32| code.wrapping_mul(2_654_435_761) >> (28 + bit) & 1 == 1;
            let part: Vec<u32> = whole.iter().map(|w| if drop(*w, 0) { 0 } else { 1 + (w - 1) / 3 }).collect();
            let first: Vec<u32> = codes.iter().map(|(a, ..)| if *a == 3 { 0 } else { 1 + a }).collect();
            let columns = [whole, part, first];
            prop_assume!((0..2).all(|i| (i + 1..3).all(|j| decides(&columns[i], &columns[j]))));
            for at in 1..3 {
                let fast = counted_pairs(&columns[at]) - counted_pairs(&widest(&columns[..at], &columns[at]));
                let mut slow = 0;
                for i in 0..codes.len() {
                    for j in i + 1..codes.len() {
                        let same = |c: &Vec<u32>| c[i] != NULL && c[i] == c[j];
                        slow += i64::from(same(&columns[at]) && !columns[..at].iter().any(same));
                    }
                }
                prop_assert_eq!(fast, slow);
            }
        }
    }
}
