//! Words that ask a question: the shipped sets, the language of phrases, and what must hold for any text.

use crate::{SHIPPED, root, shipped};
use bluelamp_triage::{
    Definition, Fact, FactState, Facts, Found, IndicatorSet, MOST_PLACES, Phrase, Words, prompts,
};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::LazyLock};

/// The definitions that have a set.
const ASKED: [&str; 9] = [
    "antisocial-behaviour",
    "burglary",
    "child-sexual-exploitation",
    "cyber-harassment",
    "domestic-abuse",
    "fraud-vulnerable-victim",
    "hate-crime",
    "missing-person",
    "stalking",
];

static SETS: LazyLock<Vec<IndicatorSet>> = LazyLock::new(|| ASKED.map(set).into());
static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| SHIPPED.map(shipped).into());

fn set_text(of: &str) -> (String, String) {
    let file = format!("data/indicators/{of}-words.toml");
    let text = std::fs::read_to_string(root().join(&file)).unwrap();
    (file, text)
}

fn set(of: &str) -> IndicatorSet {
    let (file, text) = set_text(of);
    IndicatorSet::load(&file, &text).unwrap_or_else(|f| panic!("{f}"))
}

/// A set with one indicator and these phrases.
fn small(phrases: &[&str]) -> IndicatorSet {
    IndicatorSet::parse("small.toml", &small_text(&format!("{phrases:?}"))).unwrap_or_else(|f| panic!("{f}"))
}

fn small_text(phrases: &str) -> String {
    format!(
        r#"id = "small-words"
version = "1.0.0"
title = "Small"
owner = "role: nobody"
accountable = "role: nobody"
review_by = "2027-05-31"
definition = "burglary"
purpose = "Tries the language."
limits = ["everything"]
basis = ["nothing"]

[[indicator]]
id = "one"
asks = "occupant hurt"
raises_priority = true
phrases = {phrases}

[[indicator.case]]
text = "A knife."
found = ["knife"]

[[indicator.case]]
text = "A knight."
found = []
"#
    )
}

fn words(set: &IndicatorSet, text: &str) -> Vec<String> {
    set.find(text).into_iter().map(|f| f.words).collect()
}

#[test]
fn each_shipped_set_loads_and_asks_about_facts_that_are_there() {
    for (id, set) in ASKED.into_iter().zip(&*SETS) {
        assert_eq!((set.id.as_str(), set.definition.as_str()), (format!("{id}-words").as_str(), id));
        let definition = DEFINITIONS.iter().find(|d| d.header.id == id).unwrap();
        assert_eq!(set.misfits(&set.id, definition), []);
        assert!((4..=16).contains(&set.indicators.len()), "{id} has {}", set.indicators.len());
        assert!(
            set.limits.iter().any(|l| l.contains("'no knife'")),
            "{id} says that negation is not guessed"
        );
        let cases = set.run_cases();
        assert!(cases.iter().all(|c| c.differences.is_empty()));
        let urgent = set.indicators.iter().filter(|i| i.raises_priority).count();
        assert!(urgent < set.indicators.len(), "{id}: where everything is urgent nothing is");
    }
    let folder = std::fs::read_dir(root().join("data/indicators")).unwrap();
    let files =
        folder.map(|f| f.unwrap().file_name().into_string().unwrap()).filter(|f| f.ends_with(".toml"));
    assert_eq!(files.collect::<BTreeSet<_>>(), ASKED.map(|id| format!("{id}-words.toml")).into());
}

#[test]
fn the_example_in_the_guide_is_a_set() {
    let guide = std::fs::read_to_string(root().join("data/indicators/README.md")).unwrap();
    let example = guide.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let set = IndicatorSet::load("README.md", example).unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(set.misfits("README.md", &shipped("burglary")), []);
}

/// A phrase that no case tries could be wrong without anybody noticing.
#[test]
fn each_phrase_is_tried_by_a_case() {
    let mut untried = Vec::new();
    for set in &*SETS {
        for indicator in &set.indicators {
            for phrase in &indicator.phrases {
                let mut alone = serde_json::to_value(set).unwrap();
                let mut only = serde_json::to_value(indicator).unwrap();
                only["phrases"] = serde_json::json!([phrase]);
                alone["indicators"] = serde_json::json!([only]);
                let alone: IndicatorSet = serde_json::from_value(alone).unwrap();
                if !indicator.cases.iter().any(|c| !alone.find(&c.text).is_empty()) {
                    untried.push(format!("{} {}: {}", set.id, indicator.id, phrase.text()));
                }
            }
        }
    }
    assert!(untried.is_empty(), "\n{}", untried.join("\n"));
}

#[test]
fn words_are_shown_as_written_with_where_they_stand_and_what_is_around() {
    let set = set("domestic-abuse");
    let text = "Call at 3.10.\nHe put his HANDS – both –  round my “Neck” and I couldn’t breathe, she says.";
    let found = set.find(text);
    let neck = &found[0];
    assert_eq!(neck.words, "HANDS – both –  round my “Neck");
    assert_eq!(&text[neck.start..neck.end], neck.words);
    assert_eq!(
        (neck.before.as_str(), neck.after.as_str()),
        ("at 3.10.\nHe put his ", "” and I couldn’t breathe, she says")
    );
    assert_eq!(neck.phrase, set.indicators[0].phrases[1].text());
    assert_eq!((neck.asks.as_str(), neck.indicator.as_str()), ("strangulation", "neck"));
    assert_eq!(
        (neck.set.as_str(), neck.version.as_str(), &neck.digest),
        ("domestic-abuse-words", "1.0.0", &set.digest)
    );
    assert_eq!(found[1].words, "couldn’t breathe");
    assert!(neck.raises_priority);
    // What is said not to be so is found all the same, and the word before it is shown.
    let no = set.find("There was no weapon.");
    assert_eq!((no[0].words.as_str(), no[0].before.as_str()), ("weapon", "There was no "));
    let kept: Found = serde_json::from_value(serde_json::to_value(neck).unwrap()).unwrap();
    assert_eq!(&kept, neck);
}

#[test]
fn the_language_of_phrases() {
    let finds = |phrase: &str, text: &str| words(&small(&[phrase]), text);
    assert_eq!(finds("knife", "Knife, knifes; penknife KNIFE"), ["Knife", "KNIFE"]);
    assert_eq!(finds("thre*", "threat three the"), ["threat", "three"]);
    assert_eq!(finds("(my|her) ex", "my  ex, her-ex, his ex"), ["my  ex", "her-ex"]);
    assert_eq!(finds("hands ... neck", "hands neck"), ["hands neck"]);
    assert_eq!(finds("hands ... neck", "hands a b c neck"), ["hands a b c neck"]);
    assert_eq!(finds("hands … neck", "hands a b c d neck"), Vec::<String>::new());
    assert_eq!(finds("a [1] b [2] c", "a b x y c"), ["a b x y c"]);
    // The nearest end is taken, also where a gap could go on.
    assert_eq!(finds("hands ... neck", "hands neck neck"), ["hands neck"]);
    assert_eq!(finds("a [4] b c", "a b x b c"), ["a b x b c"]);
    // Overlapping words of one indicator are told as one, touching ones are not.
    assert_eq!(words(&small(&["a b", "b c d", "c", "e"]), "a b c d e"), ["a b c d", "e"]);
    assert_eq!(finds("don't", "Don’t dont DO N'T don't"), ["Don’t", "dont", "don't"]);
    assert_eq!(finds("fiance", "fiancé FIANCE\u{301}"), ["fiancé", "FIANCE\u{301}"]);
    assert_eq!(Phrase::parse("  a   ...  b ").unwrap().text(), "a ... b");
}

#[test]
fn what_is_no_phrase_is_refused_with_its_line() {
    for (phrase, why) in [
        ("", "is empty"),
        ("... knife", "a phrase begins with a word"),
        ("knife ...", "a phrase ends with a word"),
        ("a ... [2] b", "follows another gap"),
        ("a [0] b", "'[0]' is not a number of words from [1] to [8]"),
        ("a [9] b", "from [1] to [8]"),
        ("th*", "write 3 letters before the *"),
        ("*", "'' is not a word"),
        ("kni*fe", "'kni*fe' is not a word"),
        ("ex-partner", "'ex-partner' is not a word of letters, digits and apostrophes"),
        ("(a | b)", "no spaces inside the brackets"),
        ("(a|)", "'' is not a word"),
        ("(a|b|a)", "'a' says nothing new"),
        ("(thr*|three|thre*)", "'three' says nothing new"),
        ("a.*b", "'a.*b' is not a word"),
        ("a b c d e f g h i j k l m", "is too long"),
        ("a [8] b [8] c [8] d [8] e [8] f [8] g [8] h [8] i", "64 with what its gaps may skip"),
    ] {
        let faults =
            IndicatorSet::parse("x.toml", &small_text(&format!("[\n \"knife\",\n {phrase:?}]"))).unwrap_err();
        let told = faults.to_string();
        let end = if phrase == "*" { "is not a word" } else { why };
        assert!(told.starts_with("x.toml:18: one.phrases: ") && told.contains(end), "{phrase:?}: {told}");
        assert_eq!(faults.0.len(), 1, "{told}");
    }
}

#[test]
fn every_mistake_in_a_set_is_named_with_its_line() {
    let text = small_text("[\"knife\", \"knife\", \"-\"]");
    let faulty = text
        .replace("version = \"1.0.0\"", "version = \"one\"")
        .replace("2027-05-31", "soon")
        .replace("limits = [\"everything\"]", "limits = []")
        .replace("purpose = \"Tries the language.\"", "purpose = \" \"")
        .replace("found = [\"knife\"]", "found = []");
    assert_eq!(
        IndicatorSet::parse("x.toml", &faulty).unwrap_err().to_string(),
        "x.toml:2: version: 'one' is not a version like 1.3.0\n\
         x.toml:6: review_by: 'soon' is not a day like 2027-05-31\n\
         x.toml:8: purpose: ' ' is not a text: it is empty\n\
         x.toml:9: limits: must say what the words miss and what they find wrongly, and no text may be empty\n\
         x.toml:12: one.case: needs a [[indicator.case]] in which words are found, and one near miss with found = []\n\
         x.toml:16: one.phrases: 'knife' comes twice\n\
         x.toml:16: one.phrases: '-': '-' is not a word of letters, digits and apostrophes"
    );
    let told = |text: &str| IndicatorSet::parse("x.toml", text).unwrap_err().to_string();
    assert_eq!(told("id = 1"), "x.toml:1: invalid type: integer `1`, expected a string");
    assert!(
        told(&text.replace("raises_priority", "raises_prority"))
            .starts_with("x.toml:15: unknown field `raises_prority`")
    );
    assert!(
        told(&text.replace("asks = ", "score = 5\nasks = ")).starts_with("x.toml:14: unknown field `score`"),
        "no score can be written"
    );
    assert!(told(text.split("[[indicator]]").next().unwrap()).contains("indicator: is missing"));
}

#[test]
fn a_set_that_fails_its_case_or_asks_about_no_fact_is_told() {
    let text = small_text("[\"knives\"]");
    assert_eq!(
        IndicatorSet::load("x.toml", &text).unwrap_err().to_string(),
        "x.toml:18: case 'A knife.': fails: one found nothing, not 'knife'"
    );
    let text = small_text("[\"knife\"]").replace("occupant hurt", "occupant hrut");
    let set = IndicatorSet::load("x.toml", &text).unwrap();
    assert_eq!(
        set.misfits("x.toml", &shipped("burglary"))[0].to_string(),
        "x.toml:12: one.asks: 'occupant hrut' is not a fact of the definition 'burglary'; did you mean 'occupant hurt'?"
    );
}

#[test]
fn a_word_without_end_and_a_word_that_never_ends_coming() {
    let set = small(&["gun", "a [8] b"]);
    assert_eq!(set.find(&"gun ".repeat(10_000)).len(), MOST_PLACES);
    // Words that overlap are still put together when no new place is told.
    let many = "gun, ".repeat(MOST_PLACES - 1) + "a b b";
    assert_eq!(words(&small(&["gun", "a b", "b b"]), &many).last().unwrap(), "a b b");
    let around = format!("{} gun {}", "x".repeat(50_000), "é".repeat(50_000));
    let found = &set.find(&around)[0];
    assert_eq!((found.before.chars().count(), found.after.chars().count()), (80, 80));
}

#[test]
fn words_ask_only_what_is_not_known() {
    let definition = shipped("burglary");
    let set = set("burglary");
    let found = set
        .find("He pushed my mum over and took the car keys. We heard voices. He is still inside the house.");
    let facts: Facts = serde_json::from_str(
        r#"{"occupant hurt": true, "firearm keys taken": {"state": "refused"}, "dwelling": {"state": "stale", "values": [true]}}"#,
    )
    .unwrap();
    let asked = prompts(&definition, &facts, &found);
    let told: Vec<_> = asked.iter().map(|p| (p.fact, p.state, p.raises_priority)).collect();
    assert_eq!(
        told,
        [
            ("suspect on scene", FactState::NotAsked, true),
            ("dwelling", FactState::Stale, false),
            ("firearm keys taken", FactState::Refused, false),
        ]
    );
    assert_eq!(asked[0].ask, "Could the person who did this still be there, or close by?");
    let words: Vec<_> = asked[0].found.iter().map(|f| f.words.as_str()).collect();
    assert_eq!(words, ["heard voices", "still inside"]);
    // Another definition's words ask nothing here.
    assert_eq!(prompts(&shipped("stalking"), &Facts::default(), &found), []);
}

/// Letters, signs and the words of the phrases themselves, in any mixture.
fn report() -> impl Strategy<Value = String> {
    let phrases: Vec<String> = SETS
        .iter()
        .flat_map(|s| &s.indicators)
        .flat_map(|i| {
            i.cases
                .iter()
                .map(|c| c.text.clone())
                .chain(i.phrases.iter().map(|p| p.text().replace(['(', '*'], "")))
        })
        .collect();
    let piece = prop_oneof![
        3 => proptest::sample::select(phrases),
        1 => any::<String>(),
        1 => "[a-z’'\u{301}\u{200d}\u{ad}İßﬁ½ ]{0,12}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_stands_there_in_order_and_once(text in report()) {
        let read = Words::of(&text);
        for set in &*SETS {
            let found = set.find_in(&read);
            prop_assert_eq!(&found, &set.find(&text));
            prop_assert!(found.is_sorted_by_key(|f| f.start));
            for f in &found {
                prop_assert_eq!(text.get(f.start..f.end), Some(f.words.as_str()));
                prop_assert!(text[..f.start].ends_with(&f.before) && text[f.end..].starts_with(&f.after));
                prop_assert!(!f.words.is_empty());
            }
            for i in &set.indicators {
                let own: Vec<_> = found.iter().filter(|f| f.indicator == i.id).collect();
                prop_assert!(own.windows(2).all(|w| w[0].end <= w[1].start));
            }
        }
    }

    #[test]
    fn any_text_is_searched_without_a_panic(text in any::<String>(), phrase in "[a-z0-9 .()|*\\[\\]é’-]{0,24}") {
        drop(SETS.iter().map(|s| s.find(&text)).collect::<Vec<_>>());
        if let Ok(phrase) = Phrase::parse(&phrase) {
            prop_assert_eq!(&Phrase::parse(phrase.text()).unwrap(), &phrase);
        }
        let _ = IndicatorSet::load("any.toml", &text);
    }

    #[test]
    fn case_spaces_and_punctuation_change_nothing(text in report()) {
        let text: String = text.chars().filter(char::is_ascii).collect();
        let loud = text.to_ascii_uppercase().replace(' ', " –  ");
        let plain = |found: Vec<Found>| found.into_iter().map(|f| (f.indicator, f.phrase)).collect::<Vec<_>>();
        for set in &*SETS {
            prop_assert_eq!(plain(set.find(&text)), plain(set.find(&loud)));
        }
    }

    /// What was found is no fact: floor and ceiling are those of the facts alone, each question is one that the facts
    /// leave open, and none of the rules' own questions is lost.
    #[test]
    fn indicators_never_change_a_grade(text in report(), at in 0..ASKED.len(), answers in proptest::collection::vec(0_u8..4, 24)) {
        let set = &SETS[at];
        let definition = DEFINITIONS.iter().find(|d| d.header.id == set.definition).unwrap();
        let facts: Facts = definition.facts.iter().zip(answers).filter_map(|(entry, answer)| {
            let known = matches!(entry.kind, bluelamp_triage::FactType::YesNo);
            let fact = match answer {
                0 if known => Fact::from(true),
                1 if known => Fact::from(false),
                2 => Fact::open(FactState::Refused),
                _ => return None,
            };
            Some((entry.name.clone(), fact))
        }).collect();
        let (alone, kept) = (definition.assess(&facts).unwrap(), facts.clone());
        let found = set.find(&text);
        let asked = prompts(definition, &facts, &found);
        let with = definition.assess(&facts).unwrap();
        prop_assert_eq!((&with.floor, &with.ceiling), (&alone.floor, &alone.ceiling));
        prop_assert_eq!(serde_json::to_vec(&with).unwrap(), serde_json::to_vec(&alone).unwrap());
        prop_assert_eq!(&facts, &kept);
        for prompt in &asked {
            prop_assert!(!matches!(facts.0.get(prompt.fact), Some(Fact::Known(_))));
            prop_assert!(!prompt.found.is_empty());
        }
        for f in &found {
            let known = matches!(facts.0.get(&f.asks), Some(Fact::Known(_)));
            prop_assert_eq!(known, !asked.iter().any(|p| p.fact == f.asks && p.found.contains(&f)));
        }
    }
}
