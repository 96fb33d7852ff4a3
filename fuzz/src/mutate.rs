//! Damage with a purpose: from sound examples to bytes that nearly are. The same seed gives the same bytes.

use serde_json::{Value, json};

/// Longer than this no input grows: what matters to a parser shows in less.
const LONGEST: usize = 1 << 16;

/// Words that mean something to one parser or another, or that have broken parsers before.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ":",
    ",",
    "|",
    "-",
    "—",
    "— ",
    "#",
    "## ",
    "---\n",
    "```",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "٣",
    "🙂",
    "null",
    "true",
    "false",
    "none",
    "0",
    "-0",
    "1",
    "-1",
    "255",
    "256",
    "1e400",
    "0.1",
    "NaN",
    "9007199254740993",
    "18446744073709551616",
    "-9223372036854775808",
    "%00",
    "%ff",
    "%",
    "&",
    "=",
    "+",
    "../",
    "/",
    "\\u0000",
    "\\ud800",
    "2026-11-22",
    "2024-02-29",
    "0000-00-00",
    "-009999-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2026-11-22T04:15:00Z",
    "24:00",
    "ZZ99 1AA",
    "07700 900123",
    "+44",
    "a@example.com",
    "&a",
    "*a",
    "!!",
    "<<",
    "? ",
    "not(",
    "..",
    "<=",
    "{\"state\":\"unknown\"}",
    "=cmd|' /C calc'!A0",
    "AAAA",
    "tile/",
    "x001/",
    ".p/",
];

/// A source of numbers that look random and are the same every time (xorshift64*, Marsaglia 2003 and Vigna 2016).
pub struct Dice(u64);

impl Dice {
    /// Another seed gives another row of numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // The generator stands still at nought, and its first numbers after a small seed are alike.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from nought up to, and without, `n`; nought where `n` is nought.
    pub fn below(&mut self, n: usize) -> usize {
        let (roll, n) = (self.roll() >> 32, n.max(1) as u64);
        usize::try_from((roll * n) >> 32).unwrap_or(0)
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> Option<&'a T> {
        all.get(self.below(all.len())).copied()
    }

    fn byte(&mut self) -> u8 {
        self.roll().to_be_bytes()[0]
    }
}

/// One of the examples, damaged in one to eight places.
#[must_use]
pub fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = any(seeds, dice);
    // Damage inside the syntax of JSON reaches what stands behind the syntax.
    if dice.below(2) == 0
        && let Ok(mut value) = serde_json::from_slice::<Value>(&bytes)
    {
        let donor = serde_json::from_slice(&any(seeds, dice)).unwrap_or(Value::Null);
        for _ in 0..=dice.below(3) {
            damage_json(&mut value, &donor, dice);
        }
        return value.to_string().replace("\\u0001", "").into_bytes();
    }
    let most = [1, 2, 8][dice.below(3)];
    for _ in 0..=dice.below(most) {
        if dice.below(3) == 0 {
            damage_lines(&mut bytes, dice);
        } else {
            damage(&mut bytes, seeds, dice);
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn any(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    seeds.get(dice.below(seeds.len())).cloned().unwrap_or_default()
}

/// Changes, takes away, puts in or moves some bytes.
fn damage(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let short = dice.below(9).min(bytes.len() - at);
    let long = dice.below(bytes.len() - at + 1);
    match dice.below(11) {
        0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        1 if at < bytes.len() => bytes[at] = dice.byte(),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..at + short)),
        4 => drop(bytes.drain(at..at + long)),
        5 => {
            let copy = bytes[at..at + short].repeat(1 + dice.below(3));
            insert(bytes, at, &copy);
        }
        6 => {
            let copy = bytes[at..at + long].to_vec();
            let to = dice.below(bytes.len() + 1);
            insert(bytes, to, &copy);
        }
        7 => {
            let other = any(seeds, dice);
            let from = dice.below(other.len() + 1);
            let length = dice.below((other.len() - from).min(200) + 1);
            let end = if dice.below(2) == 0 { at } else { at + short };
            bytes.splice(at..end, other[from..from + length].iter().copied());
        }
        8 => {
            let other = any(seeds, dice);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[dice.below(other.len() + 1)..]);
        }
        9 => {
            let times = if dice.below(20) == 0 { 300 } else { 1 };
            let word = dice.pick(WORDS).unwrap_or_default().repeat(times);
            insert(bytes, at, word.as_bytes());
        }
        _ => {
            let word = dice.pick(WORDS).unwrap_or_default();
            bytes.splice(at..at + short, word.bytes());
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    bytes.splice(at..at, new.iter().copied());
}

/// Takes away, doubles or exchanges whole lines, or the words and cells of one: text in rows survives that.
fn damage_lines(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let (part, sign) = [(b'\n', "\n"), (b'|', "|"), (b',', ","), (b' ', " ")][dice.below(4)];
    let mut lines: Vec<&[u8]> = bytes.split(|b| *b == part).collect();
    let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(4) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a]),
        2 => lines.swap(a, b),
        _ => lines[a] = dice.pick(WORDS).unwrap_or_default().as_bytes(),
    }
    *bytes = lines.join(sign.as_bytes());
}

/// Changes one place of a JSON value: another value, a value from elsewhere, one less, one more, another name.
fn damage_json(value: &mut Value, donor: &Value, dice: &mut Dice) {
    let at = place(value, dice);
    let new = match dice.below(4) {
        0 => donor.pointer(&place(donor, dice)).cloned().unwrap_or_default(),
        1 => value.pointer(&place(value, dice)).cloned().unwrap_or_default(),
        2 => dice.pick(WORDS).map_or(Value::Null, Value::from),
        _ => scalar(dice),
    };
    let Some(here) = value.pointer_mut(&at) else { return };
    match (dice.below(5), here) {
        (0, Value::Array(items)) if !items.is_empty() => drop(items.remove(dice.below(items.len()))),
        (1, Value::Array(items)) => items.insert(dice.below(items.len() + 1), new),
        (0, Value::Object(members)) => {
            if let Some(key) = members.keys().nth(dice.below(members.len())).cloned() {
                members.remove(&key);
            }
        }
        (1, Value::Object(members)) => {
            if let Some(key) = members.keys().nth(dice.below(members.len())).cloned() {
                let moved = members.remove(&key).unwrap_or_default();
                members.insert(dice.pick(WORDS).unwrap_or_default().to_owned(), moved);
            }
        }
        // A member of the same name as another: the mark before the name goes when the value is written.
        (2, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(dice.below(members.len())).cloned().unwrap_or_default();
            members.insert(format!("\u{1}{name}"), new);
        }
        (3, Value::Object(members)) => {
            members.insert(dice.pick(WORDS).unwrap_or_default().to_owned(), new);
        }
        (2, Value::String(text)) => {
            let mut bytes = std::mem::take(text).into_bytes();
            damage(&mut bytes, &[], dice);
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
        (_, here) => *here = new,
    }
}

fn scalar(dice: &mut Dice) -> Value {
    let all = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(0.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!(" "),
        json!([]),
        json!({}),
        json!("x".repeat(5001)),
    ];
    all[dice.below(all.len())].clone()
}

/// A pointer (RFC 6901) to any place in a value.
fn place(value: &Value, dice: &mut Dice) -> String {
    let mut all = Vec::new();
    places(value, &mut String::new(), &mut all);
    all.swap_remove(dice.below(all.len()))
}

fn places(value: &Value, here: &mut String, all: &mut Vec<String>) {
    all.push(here.clone());
    let mut below = |step: &str, value: &Value| {
        let length = here.len();
        here.push('/');
        here.push_str(&step.replace('~', "~0").replace('/', "~1"));
        places(value, here, all);
        here.truncate(length);
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| below(&n.to_string(), item)),
        Value::Object(members) => members.iter().for_each(|(key, member)| below(key, member)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_damage_and_another_seed_another() {
        let seeds = [b"{\"a\": [1, 2]}".to_vec(), b"| a | b |\n| c | d |".to_vec()];
        let row = |seed| {
            let mut dice = Dice::new(seed);
            (0..200).map(|_| mutated(&seeds, &mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
        let damaged = row(7).iter().filter(|bytes| !seeds.contains(bytes)).count();
        assert!(damaged > 180, "{damaged} of 200 differ from their seed");
        let json = row(7).iter().filter(|b| serde_json::from_slice::<Value>(b).is_ok()).count();
        assert!((20..150).contains(&json), "{json} of 200 are JSON still");
    }

    #[test]
    fn no_seeds_at_all_are_no_trouble() {
        let mut dice = Dice::new(1);
        for _ in 0..1000 {
            assert!(mutated(&[], &mut dice).len() <= LONGEST);
        }
    }
}
