//! Reports to send: the answers of the web crate's own tests, changed so that no two are alike.
//!
//! People are put together from lists, places are invented, numbers are from Ofcom's ranges for drama. Since those
//! ranges are small, one report in five gives a phone number and one in three a vehicle: some match, most do not.

use crate::http;
use bluelamp_model::Time;
use serde_json::{Value, json};

const ANSWERS: &str = include_str!("../../../crates/web/tests/it/answers.json");
const FIRST: [&str; 24] = [
    "Amara", "Bela", "Cormac", "Delyth", "Edith", "Femi", "Gwen", "Harun", "Iris", "Jomo", "Katya", "Lowri",
    "Malik", "Nerys", "Oskar", "Priya", "Quentin", "Rhona", "Soraya", "Tomos", "Una", "Vikram", "Wanda",
    "Yusuf",
];
const LAST: [&str; 24] = [
    "Ashdown",
    "Brockle",
    "Carrow",
    "Dunmere",
    "Ellory",
    "Fenwright",
    "Garside",
    "Holloway",
    "Inchmore",
    "Jessop",
    "Kettering",
    "Langmoor",
    "Marchbank",
    "Northolt",
    "Okafor",
    "Penhale",
    "Quill",
    "Ravenscar",
    "Sandhu",
    "Thorne",
    "Underhill",
    "Varley",
    "Wetherby",
    "Yarrow",
];
const STREETS: [&str; 12] = [
    "Lamp", "Mill", "Church", "Orchard", "Station", "Chapel", "Meadow", "Tanner", "Bridge", "Quarry",
    "Abbey", "Heron",
];
const ENDS: [&str; 4] = ["Street", "Road", "Lane", "Close"];
const TOWNS: [&str; 4] = ["Felpersham", "Borchester", "Ambridge", "Penny Hassett"];
const TAKEN: [&str; 6] =
    ["a laptop", "two bicycles", "some jewellery", "a drill", "a handbag", "a games console"];

/// A stream of reports, the same for the same name.
pub(crate) struct Reports {
    name: String,
    burglary: Value,
}

impl Reports {
    /// Reports whose keys begin with `name`, of 8 letters or digits.
    pub(crate) fn new(name: String) -> Self {
        let mut all: Value = serde_json::from_str(ANSWERS).unwrap_or_default();
        Self { name, burglary: all["burglary"].take() }
    }

    /// The key of the n-th report.
    pub(crate) fn key(&self, n: u64) -> String {
        format!("{}-{n:012}", self.name)
    }

    /// The n-th report as a request.
    pub(crate) fn request(&self, n: u64) -> Vec<u8> {
        let body = json!({ "form": "burglary", "answers": self.answers(n) }).to_string();
        let headers = [("Content-Type", "application/json".to_owned()), ("Idempotency-Key", self.key(n))];
        http::post("/api/v1/submissions", &headers, body.as_bytes())
    }

    fn answers(&self, n: u64) -> Value {
        let seed = self.name.bytes().fold(n, |s, b| mix(s ^ u64::from(b)));
        let mut draw = Draw(seed);
        let mut a = self.burglary.clone();
        let (first, last) = (draw.one(&FIRST), draw.one(&LAST));
        a["reporter_name"] = json!(format!("{first} {last}"));
        a["reporter_born"] =
            json!(format!("{}-{:02}-{:02}", 1940 + draw.below(65), 1 + draw.below(12), 1 + draw.below(28)));
        a["reporter_email"] = json!(format!(
            "{}.{}{}@example.com",
            first.to_lowercase(),
            last.to_lowercase(),
            draw.below(100_000)
        ));
        let line = format!("{} {} {}", 1 + draw.below(200), draw.one(&STREETS), draw.one(&ENDS));
        // ZZ99 is for no fixed place: nothing is delivered there.
        let postcode = format!("ZZ99 {}{}{}", draw.below(10), draw.letter(), draw.letter());
        let town = draw.one(&TOWNS);
        a["where_address"] = json!({ "line1": line, "town": town, "postcode": postcode });
        let taken = draw.one(&TAKEN);
        a["taken"] = json!(taken);
        a["what_happened"] = json!(format!(
            "I came back to {line} at about {} o'clock and the back door was open. The drawers were emptied on to the \
             floor and {taken} had gone. A neighbour at number {} heard a noise at lunchtime.",
            1 + draw.below(12),
            1 + draw.below(200)
        ));
        if draw.below(5) == 0 {
            let start = if draw.below(2) == 0 { "07700 900" } else { "01632 960" };
            a["reporter_phone"] = json!(format!("{start}{:03}", draw.below(1000)));
        } else {
            a["contact_by"] = json!(["email"]);
            remove(&mut a, "reporter_phone");
        }
        if draw.below(3) == 0 {
            let plate = format!(
                "{}{}{:02} {}{}{}",
                draw.letter(),
                draw.letter(),
                51 + draw.below(24),
                draw.letter(),
                draw.letter(),
                draw.letter()
            );
            a["vehicle_registration"] = json!(plate);
        } else {
            a["vehicle_involved"] = json!("no");
            remove(&mut a, "vehicle_registration");
            remove(&mut a, "vehicle_description");
        }
        a
    }
}

fn remove(answers: &mut Value, name: &str) {
    if let Some(map) = answers.as_object_mut() {
        map.remove(name);
    }
}

/// Numbers that look drawn by lot and are the same for the same start (SplitMix64, Steele and others, 2014).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number less than `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(of.len() as u64)).unwrap_or_default();
        of[place]
    }

    /// A letter that stands in British registrations and postcodes.
    fn letter(&mut self) -> char {
        const LETTERS: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";
        let place = usize::try_from(self.below(LETTERS.len() as u64)).unwrap_or_default();
        char::from(LETTERS[place])
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number that differs from run to run.
pub(crate) fn chance() -> u64 {
    mix(Time::now().micros().unsigned_abs() ^ (u64::from(std::process::id()) << 44))
}

/// A name for the keys of a run.
pub(crate) fn run_name() -> String {
    format!("{:08x}", chance() >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn reports_differ_from_one_another_and_repeat_for_the_same_name() {
        let reports = Reports::new("testtest".into());
        let all: BTreeSet<String> = (0..1000).map(|n| reports.answers(n).to_string()).collect();
        assert_eq!(all.len(), 1000);
        assert_eq!(Reports::new("testtest".into()).request(7), reports.request(7));
        assert_ne!(Reports::new("testtess".into()).answers(7), reports.answers(7));
        let text = String::from_utf8(reports.request(7)).unwrap();
        assert!(text.contains("Idempotency-Key: testtest-000000000007\r\n"), "{text}");
    }

    #[test]
    fn a_number_is_only_given_with_the_way_it_is_for() {
        let reports = Reports::new("testtest".into());
        for n in 0..200 {
            let a = reports.answers(n);
            let by_phone = a["contact_by"].as_array().unwrap().contains(&json!("phone"));
            assert_eq!(by_phone, a.get("reporter_phone").is_some());
            assert_eq!(a["vehicle_involved"] == "yes", a.get("vehicle_registration").is_some());
        }
    }
}
