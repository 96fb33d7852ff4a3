//! The same application in several forces, under the names that each gives it. What is found is a proposal with its
//! reasons and a score; a person confirms it.

use super::{Application, nicknames};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Two applications that are probably one.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Pair {
    /// The one, by code.
    pub a: String,
    /// The other.
    pub b: String,
    /// From 0 to 1, to put the likeliest first; it decides nothing.
    pub score: f64,
    /// Why, as sentences.
    pub reasons: Vec<String>,
}

/// Applications that are probably one.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Group {
    /// The applications, by code.
    pub applications: Vec<String>,
    /// In how many forces.
    pub forces: usize,
    /// The score of the weakest pair that holds the group together.
    pub score: f64,
    /// The pairs that made it, the likeliest first.
    pub pairs: Vec<Pair>,
}

/// From this score on, two applications are shown as one.
const SHOWN: f64 = 0.6;
/// So many characters of a name, a product or a supplier are compared: the time that it takes grows with their square.
const COMPARED: usize = 200;
/// A word that stands in more names than these tells nothing about any of them.
const COMMON: usize = 200;
/// Words that say what sort of thing it is, not which.
const GENERIC: [&str; 19] = [
    "system",
    "systems",
    "application",
    "app",
    "software",
    "platform",
    "solution",
    "suite",
    "the",
    "for",
    "and",
    "of",
    "police",
    "force",
    "module",
    "live",
    "production",
    "prod",
    "service",
];
/// Words that say which part of policing it is for: two names that share only these may be of two things.
pub(super) const FIELDS: [&str; 36] = [
    "analytics",
    "anpr",
    "call",
    "case",
    "command",
    "control",
    "court",
    "crime",
    "custody",
    "data",
    "digital",
    "duty",
    "email",
    "evidence",
    "file",
    "finance",
    "fleet",
    "forensics",
    "hr",
    "incident",
    "intelligence",
    "management",
    "mobile",
    "payroll",
    "planner",
    "portal",
    "property",
    "records",
    "reporting",
    "resource",
    "rota",
    "rostering",
    "search",
    "training",
    "vetting",
    "web",
];
/// What stands behind a company's name.
const COMPANY: [&str; 22] = [
    "ltd",
    "limited",
    "plc",
    "inc",
    "llp",
    "llc",
    "corp",
    "corporation",
    "uk",
    "group",
    "international",
    "company",
    "holdings",
    "gmbh",
    "the",
    "public",
    "solutions",
    "systems",
    "software",
    "technology",
    "technologies",
    "services",
];

/// Words of a text in lower case: parted at what is no letter or digit, and where a capital follows a small letter;
/// single letters with dots between are one word.
pub(super) fn words(text: &str) -> Vec<String> {
    let (mut all, mut word, mut last) = (Vec::<String>::new(), String::new(), ' ');
    for c in text.chars().chain([' ']) {
        let parts = !c.is_alphanumeric() || (c.is_uppercase() && last.is_lowercase());
        if parts && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        last = c;
    }
    let mut joined: Vec<String> = Vec::new();
    let mut letters = String::new();
    for word in all {
        if word.chars().count() == 1 && word.chars().all(char::is_alphabetic) {
            letters.push_str(&word);
            continue;
        }
        joined.extend((!letters.is_empty()).then(|| std::mem::take(&mut letters)));
        joined.push(word);
    }
    joined.extend((!letters.is_empty()).then_some(letters));
    joined
}

fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix('v').or_else(|| word.strip_prefix('r')).unwrap_or(word);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What is left of a name without version and words that any system has.
fn name_words(text: &str) -> Vec<String> {
    telling(&words(text))
}

pub(super) fn telling(all: &[String]) -> Vec<String> {
    let kept: Vec<_> =
        all.iter().filter(|w| !is_version(w) && !GENERIC.contains(&w.as_str())).cloned().collect();
    if kept.is_empty() { all.to_vec() } else { kept }
}

/// The words of a company's name without what any company has.
fn company_words(text: &str) -> Vec<String> {
    let all = words(text);
    let kept: Vec<_> = all.iter().filter(|w| !COMPANY.contains(&w.as_str())).cloned().collect();
    if kept.is_empty() { all } else { kept }
}

/// A company's name without what any company has.
pub(super) fn company(text: &str) -> String {
    company_words(text).concat()
}

/// Whether two names are of one company: spelled alike, or one begins as the whole of the other, as a company does that
/// was bought by another.
pub(super) fn same_company(x: &[String], y: &[String]) -> bool {
    x.starts_with(y)
        || y.starts_with(x)
        || strsim::normalized_damerau_levenshtein(&x.concat(), &y.concat()) >= 0.85
}

/// The words of a name with those run together whose first letters stand as one word in the other: "records management
/// system" beside "RMS".
fn abbreviated(long: &[String], short: &[String]) -> Vec<String> {
    let mut all = long.to_vec();
    for word in short.iter().filter(|w| (2..=6).contains(&w.chars().count()) && !long.contains(w)) {
        let run = word.chars().count();
        let at = all.windows(run).position(|part| {
            part.iter().zip(word.chars()).all(|(w, c)| w.chars().count() > 1 && w.starts_with(c))
        });
        if let Some(at) = at {
            all.splice(at..at + run, [word.clone()]);
        }
    }
    all
}

/// An application, prepared for comparing.
struct Subject<'a> {
    app: &'a Application,
    /// What it is called, word for word: its name, its product, and its name without its supplier's.
    names: Vec<Vec<String>>,
    supplier: Option<Vec<String>>,
    /// Weights of words by their number, of length 1 together.
    text: Vec<(usize, f64)>,
}

/// Finds what is probably the same application, the likeliest first. The same applications give the same groups,
/// whatever their order.
#[must_use]
pub fn same_applications(applications: &[Application]) -> Vec<Group> {
    let mut sorted: Vec<&Application> = applications.iter().collect();
    sorted.sort_by(|a, b| a.code.cmp(&b.code));
    let subjects = prepare(&sorted);
    let mut pairs: Vec<(usize, usize, Pair)> = candidates(&subjects)
        .into_iter()
        .filter_map(|(a, b)| {
            let (x, y) = (subjects.get(a)?, subjects.get(b)?);
            let suppliers = (x.supplier.as_ref(), y.supplier.as_ref());
            Some((a, b, compare(x, y).or_else(|| nicknames::pair(x.app, y.app, suppliers))?))
        })
        .collect();
    pairs.sort_by(|x, y| y.2.score.total_cmp(&x.2.score).then_with(|| (x.0, x.1).cmp(&(y.0, y.1))));
    let mut group_of: Vec<usize> = (0..subjects.len()).collect();
    let root = |of: &[usize], mut n: usize| {
        while let Some(up) = of.get(n).filter(|up| **up != n) {
            n = *up;
        }
        n
    };
    let mut weakest = BTreeMap::<usize, f64>::new();
    for (a, b, pair) in &pairs {
        let (a, b) = (root(&group_of, *a), root(&group_of, *b));
        if a == b {
            continue;
        }
        if let Some(place) = group_of.get_mut(b) {
            *place = a;
        }
        weakest.insert(a, pair.score); // pairs come the likeliest first, so the last is the weakest
        weakest.remove(&b);
    }
    let mut members = BTreeMap::<usize, Vec<usize>>::new();
    for n in 0..subjects.len() {
        members.entry(root(&group_of, n)).or_default().push(n);
    }
    let mut groups: Vec<Group> = members
        .into_iter()
        .filter(|(_, all)| all.len() > 1)
        .map(|(head, all)| {
            let apps: Vec<_> = all.iter().filter_map(|n| subjects.get(*n)).map(|s| s.app).collect();
            let forces: BTreeSet<&str> = apps.iter().map(|a| a.force.as_str()).collect();
            let inside: BTreeSet<usize> = all.iter().copied().collect();
            Group {
                forces: forces.len(),
                applications: apps.iter().map(|a| a.code.clone()).collect(),
                score: weakest.get(&head).copied().unwrap_or_default(),
                pairs: pairs.iter().filter(|(a, _, _)| inside.contains(a)).map(|(.., p)| p.clone()).collect(),
            }
        })
        .collect();
    groups.sort_by(|x, y| {
        let size = y.applications.len().cmp(&x.applications.len());
        y.score.total_cmp(&x.score).then(size).then_with(|| x.applications.cmp(&y.applications))
    });
    groups
}

/// As much of a text as is compared.
fn compared(text: &str) -> &str {
    text.char_indices().nth(COMPARED).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn prepare<'a>(applications: &[&'a Application]) -> Vec<Subject<'a>> {
    let texts: Vec<Vec<String>> = applications
        .iter()
        .map(|a| {
            let more = [a.function.as_deref(), a.product.as_deref()].into_iter().flatten();
            let all =
                std::iter::once(a.name.as_str()).chain(more).chain(a.capabilities.iter().map(String::as_str));
            all.flat_map(name_words).collect()
        })
        .collect();
    let mut numbers = BTreeMap::<&str, (usize, usize)>::new();
    for text in &texts {
        for word in text.iter().collect::<BTreeSet<_>>() {
            let next = numbers.len();
            numbers.entry(word).or_insert((next, 0)).1 += 1;
        }
    }
    let all = applications.len() as f64;
    applications
        .iter()
        .zip(&texts)
        .map(|(app, text)| {
            let mut weights = BTreeMap::<usize, f64>::new();
            for word in text {
                if let Some((n, texts)) = numbers.get(word.as_str()) {
                    *weights.entry(*n).or_default() += 1.0 + (all / *texts as f64).ln();
                }
            }
            let length = weights.values().map(|w| w * w).sum::<f64>().sqrt();
            let supplier = app.supplier.as_deref().map(compared).map(company_words);
            let mut names = vec![words(compared(&app.name))];
            names.extend(app.product.as_deref().map(compared).map(words).filter(|n| !names.contains(n)));
            if let Some(supplier) = &supplier {
                let own = words(compared(&app.name))
                    .into_iter()
                    .filter(|w| !supplier.contains(w))
                    .collect::<Vec<_>>();
                if !own.iter().all(|w| is_version(w) || GENERIC.contains(&w.as_str()))
                    && !names.contains(&own)
                {
                    names.push(own);
                }
            }
            Subject {
                app,
                names,
                supplier,
                text: weights.into_iter().map(|(n, w)| (n, w / length)).collect(),
            }
        })
        .collect()
}

/// Those worth comparing: they share a word of a name, stand side by side when names are sorted, or come from one
/// supplier to one force.
fn candidates(subjects: &[Subject<'_>]) -> BTreeSet<(usize, usize)> {
    let mut by_word = BTreeMap::<String, Vec<usize>>::new();
    let mut by_supplier = BTreeMap::<(String, &str), Vec<usize>>::new();
    let mut sorted = Vec::new();
    for (n, subject) in subjects.iter().enumerate() {
        if let Some(first) = subject.supplier.as_ref().and_then(|s| s.first()) {
            by_supplier.entry((subject.app.force.to_lowercase(), first)).or_default().push(n);
        }
        for name in &subject.names {
            let kept = telling(name);
            sorted.push((kept.concat(), n));
            // The first letters of its words stand for them too.
            let initials = (2..=6)
                .flat_map(|run| name.windows(run))
                .map(|part| part.iter().filter_map(|w| w.chars().next()).collect::<String>());
            for word in kept.iter().cloned().chain(initials) {
                let all = by_word.entry(word).or_default();
                if all.last() != Some(&n) {
                    all.push(n);
                }
            }
        }
    }
    sorted.sort();
    let mut pairs = BTreeSet::new();
    let mut put = |a: usize, b: usize| {
        if a != b {
            pairs.insert((a.min(b), a.max(b)));
        }
    };
    for all in by_word.values().chain(by_supplier.values()).filter(|all| all.len() <= COMMON) {
        for (at, a) in all.iter().enumerate() {
            all.iter().skip(at + 1).for_each(|b| put(*a, *b));
        }
    }
    // Names that differ in a few letters stand close together in order.
    for (at, (_, a)) in sorted.iter().enumerate() {
        sorted.iter().skip(at + 1).take(5).for_each(|(_, b)| put(*a, *b));
    }
    pairs
}

fn compare(a: &Subject<'_>, b: &Subject<'_>) -> Option<Pair> {
    let (name, how) = a
        .names
        .iter()
        .flat_map(|x| b.names.iter().map(move |y| names_alike(x, y)))
        .max_by(|x, y| x.0.total_cmp(&y.0))?;
    let mut reasons = Vec::new();
    if name >= 0.5 {
        reasons.push(match how {
            Alike::Same => "The names are the same without version and spelling.".to_owned(),
            Alike::Words => format!("The names share {:.0}% of their words.", name * 100.0),
            Alike::Part => "One name is a part of the other.".to_owned(),
            Alike::Letters => format!("The names differ in a few letters ({:.0}% alike).", name * 100.0),
        });
    }
    let supplier = match (&a.supplier, &b.supplier) {
        (Some(x), Some(y)) if same_company(x, y) => {
            reasons.push("The supplier is the same.".into());
            Some(1.0)
        }
        (Some(_), Some(_)) => {
            reasons.push("The suppliers differ.".into());
            Some(0.0)
        }
        _ => {
            reasons.push("Of one or both, the supplier is not known.".into());
            None
        }
    };
    let text = cosine(&a.text, &b.text);
    if text >= 0.3 {
        reasons.push(format!("What they do and serve is described {:.0}% alike.", text * 100.0));
    }
    let score = match supplier {
        Some(same) => 0.55 * name + 0.25 * same + 0.2 * text,
        None => 0.73 * name + 0.27 * text,
    };
    // Two makers can both call a thing "Custody"; a longer name is rarely given twice.
    let short = a.names.iter().chain(&b.names).any(|n| telling(n).len() == 1);
    let score = if supplier == Some(0.0) { score * if short { 0.7 } else { 0.85 } } else { score };
    let score = if how == Alike::Same && supplier != Some(0.0) { score.max(0.9) } else { score };
    let score = (score * 1000.0).round() / 1000.0;
    (score >= SHOWN && name >= 0.5).then(|| Pair {
        a: a.app.code.clone(),
        b: b.app.code.clone(),
        score,
        reasons,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Alike {
    Same,
    Words,
    Part,
    Letters,
}

fn names_alike(a: &[String], b: &[String]) -> (f64, Alike) {
    let (a, b) = (telling(&abbreviated(a, b)), telling(&abbreviated(b, a)));
    let (x, y) = (a.concat(), b.concat());
    if x == y {
        return (1.0, Alike::Same);
    }
    let (left, right): (BTreeSet<_>, BTreeSet<_>) = (a.iter().collect(), b.iter().collect());
    let shared = left.intersection(&right).count() as f64;
    let jaccard = shared / left.union(&right).count().max(1) as f64;
    // Short names are alike by chance: "PND" and "PNC" are two.
    let long = x.chars().count().min(y.chars().count()) >= 5;
    let letters = if long { strsim::normalized_damerau_levenshtein(&x, &y) } else { 0.0 };
    // "Storm" in "Storm CAD" is the same thing; "custody" in "custody images" need not be.
    let whole = left.is_subset(&right) || right.is_subset(&left);
    let part = match left.intersection(&right).any(|w| !FIELDS.contains(&w.as_str())) {
        _ if !whole => 0.0,
        true => 0.8,
        false => 0.6,
    };
    if letters >= 0.75 && letters > jaccard.max(part) {
        (letters, Alike::Letters)
    } else if part > jaccard {
        (part, Alike::Part)
    } else {
        (jaccard, Alike::Words)
    }
}

/// How much of what applications do is said in the same words.
#[derive(Debug)]
pub struct Descriptions<'a>(BTreeMap<&'a str, BTreeSet<String>>);

/// Two descriptions that share so much of their words are alike.
const DESCRIBED_ALIKE: f64 = 0.3;
/// A description of fewer words says too little to be held against another.
const DESCRIBED: usize = 2;
/// So many applications for one thing are shown where they are not described.
const FEW: usize = 3;

impl<'a> Descriptions<'a> {
    /// The words of each application's function, by its code.
    #[must_use]
    pub fn of(applications: &'a [Application]) -> Self {
        let words = |a: &Application| name_words(a.function.as_deref().unwrap_or_default());
        Self(applications.iter().map(|a| (a.code.as_str(), words(a).into_iter().collect())).collect())
    }

    /// The two of these applications that are described most alike: how much of all their words both have, from 0 to
    /// 1, and those words. None where no two are alike; no share and no words where a few are not described, and nothing
    /// can be said.
    #[must_use]
    pub fn nearest(&self, codes: &[&str]) -> Option<(Option<f64>, Vec<String>)> {
        let all: Vec<&BTreeSet<String>> = codes.iter().filter_map(|c| self.0.get(c)).collect();
        let mut best: Option<(f64, Vec<String>)> = None;
        for (n, x) in all.iter().enumerate() {
            for y in all.iter().skip(n + 1).filter(|y| x.len().min(y.len()) >= DESCRIBED) {
                let both: Vec<String> = x.intersection(y).cloned().collect();
                let share = both.len() as f64 / x.union(y).count() as f64;
                if share >= DESCRIBED_ALIKE && best.as_ref().is_none_or(|(held, _)| share > *held) {
                    best = Some((share, both));
                }
            }
        }
        let undescribed = all.iter().filter(|words| words.len() < DESCRIBED).count();
        let few = undescribed > 0 && all.len() <= FEW;
        best.map(|(share, both)| (Some(share), both)).or_else(|| few.then(|| (None, Vec::new())))
    }
}

fn cosine(a: &[(usize, f64)], b: &[(usize, f64)]) -> f64 {
    let (mut x, mut y, mut sum) = (a.iter().peekable(), b.iter().peekable(), 0.0);
    while let (Some((m, v)), Some((n, w))) = (x.peek(), y.peek()) {
        match m.cmp(n) {
            std::cmp::Ordering::Equal => {
                sum += v * w;
                x.next();
                y.next();
            }
            std::cmp::Ordering::Less => drop(x.next()),
            std::cmp::Ordering::Greater => drop(y.next()),
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(force: &str, name: &str, supplier: &str) -> Application {
        Application {
            code: Application::code_of(force, name),
            force: force.into(),
            name: name.into(),
            supplier: (!supplier.is_empty()).then(|| supplier.into()),
            ..Application::default()
        }
    }

    fn found(apps: &[Application]) -> Vec<Vec<String>> {
        same_applications(apps).into_iter().map(|g| g.applications).collect()
    }

    #[test]
    fn one_application_is_found_under_its_spellings() {
        let spelled = [
            app("Borset", "CaseWorks", "Larkfield Ltd"),
            app("Mereshire", "Case Works v6.2", "Larkfield Limited"),
            app("Dunford", "CASEWORKS Live", ""),
            app("Pellshire", "Caseworx", "Larkfield (UK) plc"),
            app("Dunford", "Rota Planner", "Otherwise"),
        ];
        let groups = same_applications(&spelled);
        assert_eq!(groups.len(), 1, "{groups:#?}");
        assert_eq!((groups[0].applications.len(), groups[0].forces), (4, 4));
        assert!(groups[0].pairs.iter().all(|p| !p.reasons.is_empty() && (SHOWN..=1.0).contains(&p.score)));
    }

    #[test]
    fn what_only_sounds_alike_stays_apart() {
        assert!(found(&[app("A", "PND", "Home Office"), app("B", "PNC", "Home Office")]).is_empty());
        assert!(
            found(&[app("A", "Custody", "Larkfield"), app("B", "Custody", "Otherwise")]).is_empty(),
            "two makers"
        );
        assert!(
            found(&[app("A", "Property System", "X"), app("B", "Custody System", "X")]).is_empty(),
            "a generic word"
        );
    }

    #[test]
    fn abbreviations_parts_and_companies_that_were_bought_are_seen_through() {
        let same = [
            ("Niche RMS", "NicheRMS", "Niche Records Management System", "Niche Technology"),
            ("Storm CAD", "Sopra", "STORM", "Sopra Steria"),
            ("CAD", "", "Computer Aided Dispatch", ""),
            ("Larkfield Pronto", "Larkfield", "Pronto", "Larkfield Solutions"),
            ("Dial R.M.S.", "", "Dial Records Management System v3", ""),
        ];
        for (x, maker, y, other) in same {
            let groups = found(&[app("A", x, maker), app("B", y, other)]);
            assert_eq!(groups.len(), 1, "{x} and {y}");
        }
        let apart = [
            ("Custody", "", "Custody images", ""),
            ("Athena RMS", "Athena", "Niche RMS", "Niche"),
            ("Property store", "X", "Property auction", "X"),
            ("Storm", "Sopra", "Storm Watch", "Met Office"),
        ];
        for (x, maker, y, other) in apart {
            let groups = found(&[app("A", x, maker), app("B", y, other)]);
            assert!(groups.is_empty(), "{x} and {y}: {groups:?}");
        }
    }

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(name_words("NicheRMS v6.2"), ["niche", "rms"]);
        assert_eq!(name_words("R.M.S. Live"), ["rms"]);
        assert_eq!(name_words("The System 2019"), ["the", "system", "2019"], "something is always left");
        assert_eq!(company("Larkfield Solutions (UK) Ltd"), company("LARKFIELD Limited"));
    }

    #[test]
    fn the_order_of_the_applications_does_not_matter() {
        let mut apps = vec![
            app("A", "CaseWorks", "L"),
            app("B", "Case works", "L"),
            app("C", "Caseworks 2", ""),
            app("D", "Ledger", ""),
        ];
        let first = same_applications(&apps);
        apps.reverse();
        assert_eq!(same_applications(&apps), first);
    }
}
