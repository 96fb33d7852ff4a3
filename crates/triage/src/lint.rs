//! What the tables of a definition do as a whole: rules that can never matter, answers that no rule speaks to, and
//! worse answers that would lower the grade.
//!
//! The values of a fact fall into as many ranges as its cells tell apart; a condition is the set of ranges on which
//! it holds. Within these sets a search finds answers that break a promise, and shows them as an example.

use crate::{Definition, FactEntry, FactType, Literal, Rule, Test, Worse};
use bluelamp_model::Fault;
use serde_json::{Value, json};

/// The most ranges of one fact: a set of them is the bits of a word.
const MOST_RANGES: usize = 64;
/// How many steps one search may take. Shipped definitions need some hundreds.
const STEPS: u32 = 20_000;

/// What should be put right in the tables.
pub(crate) fn notices(file: &str, d: &Definition) -> Vec<Fault> {
    let Some(tables) = Tables::of(d) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |rule: &Rule, reason: String| {
        found.push(Fault::new(file, reason).at_line(rule.line).in_field(rule.id.clone()));
    };
    for (at, rule) in d.rules.iter().enumerate() {
        if let Some(cell) = tables.impossible(at) {
            add(rule, format!("can never hold: no value of '{cell}' meets its conditions"));
        } else if let Some(other) = tables.swallowed(at) {
            let (other, grade) = (&d.rules[other], d.grade(d.rules[other].grade));
            add(
                rule,
                format!(
                    "never changes the grade: whenever it holds, '{}' holds too and gives {grade}",
                    other.id
                ),
            );
        }
        for (fact, example) in tables.lowered_by_worse(at) {
            add(rule, format!("a worse answer to '{fact}' can lower the grade, as with {example}"));
        }
    }
    if let (Some(example), Some(rule)) = (tables.silent(), d.rules.first()) {
        let reason = format!("no rule speaks to some answers, so there is no grade for them: {example}");
        found.push(Fault::new(file, reason).at_line(rule.line).in_field("Decision"));
    }
    found
}

struct Tables<'d> {
    d: &'d Definition,
    /// For each fact a value from each of its ranges; of a number in ascending order.
    ranges: Vec<Vec<Value>>,
    /// For each rule its conditions: a fact, and the ranges on which they hold, one entry a fact.
    rules: Vec<Vec<(usize, u64)>>,
}

/// For each fact the ranges that are still possible.
type Allowed = Vec<u64>;

impl<'d> Tables<'d> {
    /// Nothing where a fact has more ranges than can be told apart here.
    fn of(d: &'d Definition) -> Option<Self> {
        let tests = |fact: usize| {
            let cells = d.rules.iter().flat_map(|r| &r.cells).filter(move |c| c.fact == fact);
            cells.flat_map(|c| &c.test.any_of)
        };
        let ranges: Vec<Vec<Value>> = d
            .facts
            .iter()
            .enumerate()
            .map(|(at, entry)| values(entry, &tests(at).collect::<Vec<_>>()))
            .collect();
        if ranges.iter().any(|r| r.len() > MOST_RANGES) {
            return None;
        }
        let all = |fact: usize| full(ranges[fact].len());
        let rules = d.rules.iter().map(|rule| {
            let mut sets: Vec<(usize, u64)> = Vec::new();
            for cell in &rule.cells {
                let holds = ranges[cell.fact].iter().enumerate().filter(|(_, v)| cell.test.holds(v));
                let set = holds.fold(0_u64, |set, (n, _)| set | 1 << n);
                match sets.iter_mut().find(|(fact, _)| *fact == cell.fact) {
                    Some((_, known)) => *known &= set,
                    None => sets.push((cell.fact, set & all(cell.fact))),
                }
            }
            sets
        });
        let rules = rules.collect();
        Some(Self { d, ranges, rules })
    }

    /// The fact whose conditions no value meets.
    fn impossible(&self, rule: usize) -> Option<&str> {
        let (fact, _) = self.rules[rule].iter().find(|(_, set)| *set == 0)?;
        self.d.facts.get(*fact).map(|e| e.name.as_str())
    }

    /// Another rule of at least the same grade that holds whenever this one does; of two that are alike, the first.
    fn swallowed(&self, rule: usize) -> Option<usize> {
        let within = |a: usize, b: usize| {
            self.rules[b]
                .iter()
                .all(|(fact, wide)| self.rules[a].iter().any(|(f, narrow)| f == fact && narrow & !wide == 0))
        };
        (0..self.rules.len()).find(|other| {
            *other != rule
                && self.d.rules[*other].grade >= self.d.rules[rule].grade
                && within(rule, *other)
                && (*other < rule
                    || self.d.rules[*other].grade > self.d.rules[rule].grade
                    || !within(*other, rule))
        })
    }

    /// Answers to which no rule speaks.
    fn silent(&self) -> Option<String> {
        let rules: Vec<usize> = (0..self.rules.len()).collect();
        let allowed = self.ranges.iter().map(|r| full(r.len())).collect();
        let found = self.none_holds(allowed, rules)?;
        Some(self.example(&found, None))
    }

    /// The facts of a rule of which a worse answer can leave the incident with a lower grade, with an example each.
    fn lowered_by_worse(&self, rule: usize) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let grade = self.d.rules[rule].grade;
        let at_least: Vec<usize> =
            (0..self.rules.len()).filter(|r| self.d.rules[*r].grade >= grade).collect();
        for (fact, set) in &self.rules[rule] {
            let entry = &self.d.facts[*fact];
            let Some(worse) = entry.worse else { continue };
            let upwards = matches!(worse, Worse::True | Worse::Higher);
            // The ranges outside the condition that are worse than one inside.
            let outside = (0..self.ranges[*fact].len()).filter(|n| {
                let inside = if upwards { set & ((1_u64 << n) - 1) } else { set >> n >> 1 };
                set & (1 << n) == 0 && inside != 0
            });
            let mut allowed: Allowed = self.ranges.iter().map(|r| full(r.len())).collect();
            for (other, set) in &self.rules[rule] {
                allowed[*other] = *set;
            }
            for n in outside {
                allowed[*fact] = 1 << n;
                if let Some(example) = self.none_holds(allowed.clone(), at_least.clone()) {
                    found.push((entry.name.clone(), self.example(&example, Some(*fact))));
                    break;
                }
            }
        }
        found
    }

    /// Answers within what is allowed for which none of these rules holds. Gives up after many steps: what was not
    /// found is not claimed.
    fn none_holds(&self, mut allowed: Allowed, mut rules: Vec<usize>) -> Option<Allowed> {
        // Few conditions leave few ways to fail.
        rules.sort_by_key(|r| self.rules[*r].len());
        let mut steps = STEPS;
        self.search(&mut allowed, &rules, &mut steps).then_some(allowed)
    }

    fn search(&self, allowed: &mut Allowed, rules: &[usize], steps: &mut u32) -> bool {
        let open =
            rules.iter().position(|r| self.rules[*r].iter().all(|(fact, set)| allowed[*fact] & set != 0));
        let Some(at) = open else { return true };
        for (fact, set) in &self.rules[rules[at]] {
            let (before, left) = (allowed[*fact], allowed[*fact] & !set);
            if left == 0 || *steps == 0 {
                continue;
            }
            *steps -= 1;
            allowed[*fact] = left;
            if self.search(allowed, &rules[at + 1..], steps) {
                return true;
            }
            allowed[*fact] = before;
        }
        false
    }

    /// Some of the answers, those first that the search had to choose.
    fn example(&self, allowed: &Allowed, first: Option<usize>) -> String {
        let chosen = (0..allowed.len()).filter(|f| allowed[*f] != full(self.ranges[*f].len()));
        let order = first.into_iter().chain(chosen.filter(|f| Some(*f) != first));
        let said = order.map(|fact| {
            let value = &self.ranges[fact][allowed[fact].trailing_zeros() as usize % MOST_RANGES];
            format!("{}: {value}", self.d.facts[fact].name)
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

fn full(ranges: usize) -> u64 {
    if ranges >= MOST_RANGES { u64::MAX } else { (1 << ranges) - 1 }
}

/// A value from each range that the tests tell apart; from the least to the most of a number, in the order of the
/// file of a choice.
fn values(entry: &FactEntry, tests: &[&Test]) -> Vec<Value> {
    match &entry.kind {
        FactType::YesNo => vec![json!(false), json!(true)],
        FactType::Choice(options) => options.iter().map(|o| json!(o)).collect(),
        FactType::Text => {
            let mut texts: Vec<&str> = tests
                .iter()
                .filter_map(|t| match t {
                    Test::Is(Literal::Text(text)) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            texts.sort_unstable();
            texts.dedup();
            // A text that is none of them: longer than each.
            let other = texts.concat() + "…";
            texts.iter().map(|t| json!(t)).chain([json!(other)]).collect()
        }
        FactType::Number => {
            let mut ends: Vec<f64> = Vec::new();
            for test in tests {
                match test {
                    Test::Is(Literal::Number(n)) => ends.push(*n),
                    Test::Within { low, high } => ends.extend(low.iter().chain(high).map(|e| e.at)),
                    Test::Is(_) => {}
                }
            }
            ends.sort_by(f64::total_cmp);
            ends.dedup();
            let (Some(least), Some(most)) = (ends.first().copied(), ends.last().copied()) else {
                return vec![json!(0)];
            };
            let mut values = vec![least - 1.0];
            for pair in ends.windows(2) {
                values.extend([pair[0], f64::midpoint(pair[0], pair[1])]);
            }
            values.extend([most, most + 1.0]);
            values.into_iter().map(|v| json!(v)).collect()
        }
    }
}
