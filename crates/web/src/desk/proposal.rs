//! What was proposed about a report, as people read it: the assessment with its reasons, the suggested matches.

use super::facts::{Fact, facts, sentence, words};
use super::page::{
    ActionView, AssessmentView, CompareRow, FactOption, KnownView, MatchView, OptionView, QuestionView,
    RuleView, Step,
};
use crate::govuk::{Html, prose::prose};
use bluelamp_casework::{ActionAnswer, FactLine, ReportView, SENDER, action_field};
use bluelamp_model::{Id, Time};
use bluelamp_triage::{Assessment, Fact as TriageFact, FactType, Observation, Said};
use std::collections::BTreeMap;

/// The colour of a grade's tag. Definitions name their grades as they like; these three are the usual ones.
pub(crate) fn colour(grade: &str) -> &'static str {
    match grade {
        "HIGH" => "red",
        "MEDIUM" => "orange",
        _ => "blue",
    }
}

fn headline(floor: Option<&str>, ceiling: Option<&str>) -> String {
    match (floor, ceiling) {
        (Some(f), Some(c)) if f != c => format!("At least {f}, could be {c}"),
        (Some(f), _) => f.to_owned(),
        (None, Some(c)) => format!("No grade yet, could be {c}"),
        (None, None) => "No grade proposed".to_owned(),
    }
}

/// The grades from the lowest, and what a proposal from `floor` to `ceiling` (places in the list) says of each.
fn scale(grades: &[String], floor: Option<usize>, ceiling: Option<usize>) -> Vec<Step> {
    let settled = floor == ceiling;
    let place = |rank: usize| match (floor, ceiling) {
        (Some(floor), _) if rank < floor => "below",
        (Some(floor), _) if rank == floor && settled => "proposed",
        (Some(floor), _) if rank == floor => "floor",
        (_, Some(ceiling)) if rank <= ceiling => "possible",
        _ => "out",
    };
    let step = |(rank, name): (usize, &String)| Step {
        name: name.clone(),
        colour: colour(name),
        place: place(rank),
    };
    grades.iter().enumerate().map(step).collect()
}

/// Everything that the definitions say that concern a report. `answers` is what was posted to the proposed actions.
pub(crate) fn assessment_views(
    report: &ReportView,
    answers: Option<&[ActionAnswer]>,
    errors: &BTreeMap<String, String>,
) -> Vec<AssessmentView> {
    if let Some(earlier) = &report.earlier {
        let title = earlier.definition.clone();
        return vec![assessment_view(earlier, title, true, None, answers, errors)];
    }
    let Some(look) = &report.look else { return Vec::new() };
    let shown = look.shown.iter().enumerate();
    shown
        .map(|(n, s)| {
            let mut view =
                assessment_view(&s.assessment, s.definition.title.clone(), n == 0, None, answers, errors);
            view.differs = s.differs;
            view.digital = prose(&s.definition.digital_exposure);
            view.made = look.run.made_at.short();
            view
        })
        .collect()
}

fn assessment_view(
    a: &Assessment,
    title: String,
    leads: bool,
    made: Option<Time>,
    answers: Option<&[ActionAnswer]>,
    errors: &BTreeMap<String, String>,
) -> AssessmentView {
    use bluelamp_triage::Outcome as Came;
    let rules = |wanted: fn(&Came) -> bool| {
        a.rules
            .iter()
            .filter(|t| wanted(&t.outcome))
            .map(|t| RuleView {
                rule: t.rule.clone(),
                colour: colour(&t.grade),
                sentence: t.sentence.clone(),
            })
            .collect::<Vec<_>>()
    };
    // What cannot wait stands first.
    let mut actions: Vec<_> = a.actions.iter().enumerate().collect();
    actions.sort_by_key(|(_, action)| action.deadline_minutes.unwrap_or(1));
    let actions = actions
        .into_iter()
        .map(|(place, action)| {
            let field = action_field(&a.definition, place);
            let posted =
                answers.and_then(|all| all.iter().find(|p| p.definition == a.definition && p.place == place));
            // Nothing is chosen beforehand, as with the grade.
            let said = posted.map_or("", |p| p.answer.as_str());
            let option = |value: &str, text: &str| OptionView {
                value: value.into(),
                text: text.into(),
                hint: None,
                checked: said == value,
            };
            let or_empty = |part: fn(&ActionAnswer) -> &String| posted.map(part).cloned().unwrap_or_default();
            ActionView {
                action: action.action.clone(),
                deadline: sentence(&action.deadline),
                at_once: action.deadline_minutes == Some(0),
                role: action.role.clone(),
                must: action.must,
                safeguarding: action.safeguarding.clone(),
                // Said only where it is not for everything that fired: the reasons stand just above.
                reason: if action.because.len() < a.fired.len() {
                    action.reason.clone()
                } else {
                    String::new()
                },
                answers: vec![
                    option("accept", "Accept"),
                    option("change", "Change"),
                    option("refuse", "Refuse"),
                ],
                title: or_empty(|p| &p.title),
                due: or_empty(|p| &p.due),
                why: or_empty(|p| &p.reason),
                error: errors.get(&field).cloned(),
                field,
            }
        })
        .collect();
    AssessmentView {
        title,
        leads,
        differs: false,
        digital: Html(String::new()),
        definition: a.definition.clone(),
        version: a.version.clone(),
        digest: a.definition_digest.chars().take(12).collect(),
        made: made.map(Time::short).unwrap_or_default(),
        headline: headline(a.floor.as_deref(), a.ceiling.as_deref()),
        summary: a.summary.clone(),
        scale: scale(&a.grades, a.floor_rank(), a.ceiling_rank()),
        fired: rules(|o| matches!(o, Came::Fired { .. })),
        undetermined: rules(|o| matches!(o, Came::Undetermined { .. })),
        not_fired: rules(|o| matches!(o, Came::NotFired { .. })),
        questions: a
            .questions
            .iter()
            .map(|q| QuestionView {
                fact: q.fact.clone(),
                ask: q.ask.clone(),
                sentence: format!("Could raise it to {}; so far {}.", q.up_to, q.state.spoken()),
                elsewhere: q.elsewhere.clone().filter(|e| e != "treat-as-open"),
            })
            .collect(),
        actions,
    }
}

/// A value as people say it.
pub(crate) fn spoken(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Bool(true) => "Yes".into(),
        serde_json::Value::Bool(false) => "No".into(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is known of a fact, in words.
pub(crate) fn known(state: &TriageFact) -> String {
    match state {
        TriageFact::Known(value) => spoken(value),
        TriageFact::Open { state, values } if values.is_empty() => sentence(state.spoken()),
        TriageFact::Open { state, values } => {
            let values: Vec<_> = values.iter().map(spoken).collect();
            format!("{}: {}", sentence(state.spoken()), values.join(", "))
        }
    }
}

/// What was said of a fact, and by which sort of source. What says the same as is known has its source alone.
fn said(observation: &Observation, known: &str) -> String {
    let what = match &observation.said {
        Said::Value(value) => spoken(value),
        Said::State(state, _) => sentence(state.spoken()),
    };
    let source = match observation.source.as_str() {
        SENDER => "in the report",
        "" => "source not said",
        source => source,
    };
    let what = if what == known { String::new() } else { format!("{what}: ") };
    match observation.at {
        Some(at) => sentence(&format!("{what}{source}, {}", at.short())),
        None => sentence(&format!("{what}{source}")),
    }
}

/// What has been said about a report, each fact once.
pub(crate) fn known_views(lines: &[FactLine]) -> Vec<KnownView> {
    let said_at_all = lines.iter().filter(|l| !l.said.is_empty());
    said_at_all
        .map(|l| KnownView {
            ask: l.ask.clone(),
            state: known(&l.state),
            known: matches!(l.state, TriageFact::Known(_)),
            said: l.said.iter().map(|o| said(o, &known(&l.state))).collect(),
        })
        .collect()
}

/// Every question with the answers that it takes.
pub(crate) fn fact_options(
    report: &ReportView,
    tried: &dyn Fn(&str) -> Option<TriedFact>,
) -> Vec<FactOption> {
    let ready = |name: &str| report.assessment().is_some_and(|a| a.questions.iter().any(|q| q.fact == name));
    let lines = &report.facts;
    lines
        .iter()
        .enumerate()
        .map(|(n, l)| {
            let tried = tried(&l.name).unwrap_or_default();
            let option = |value: &str, text: String| OptionView {
                value: value.into(),
                text,
                hint: None,
                checked: tried.answer == value,
            };
            let mut answers = match &l.kind {
                FactType::YesNo => vec![option("yes", "Yes".into()), option("no", "No".into())],
                FactType::Choice(options) => options.iter().map(|o| option(o, sentence(o))).collect(),
                FactType::Number | FactType::Text => Vec::new(),
            };
            answers.push(option("unknown", "Not known".into()));
            answers.push(option("refused", "Would not say".into()));
            FactOption {
                name: l.name.clone(),
                ready: ready(&l.name),
                ask: l.ask.clone(),
                kind: match l.kind {
                    FactType::YesNo => "yes/no",
                    FactType::Number => "number",
                    FactType::Text => "text",
                    FactType::Choice(_) => "choice",
                },
                answers,
                typed: tried.answer.clone(),
                sources: l.sources.clone(),
                id: format!("fact-{n}"),
                state: known(&l.state),
                errors: tried.errors,
                source: tried.source,
            }
        })
        .collect()
}

/// What was posted as an answer to a question, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TriedFact {
    pub answer: String,
    pub source: String,
    pub errors: BTreeMap<String, String>,
}

/// What a value means however it was written: "01632 960176" and "+441632960176" are one number.
fn meant(property: &str, written: &str) -> String {
    use bluelamp_linkage::normalise;
    let read = match property {
        "phone" | "number" => normalise::phone(written),
        "email" => normalise::email(written),
        "postcode" => normalise::postcode(written),
        "registration" => normalise::vehicle_registration(written),
        "line1" => normalise::address_line(written),
        _ => None,
    };
    read.unwrap_or_else(|| written.to_lowercase())
}

/// Both sides of a comparison, what differs first.
fn compared(reported: &[Fact<'_>], held: &[Fact<'_>]) -> Vec<CompareRow> {
    let mut names: Vec<(usize, &str)> = reported.iter().chain(held).map(|f| (f.place, f.name)).collect();
    names.sort_unstable();
    names.dedup();
    let said = |side: &[Fact<'_>], name| {
        side.iter().find(|f| f.name == name).map_or_else(Vec::new, |f| f.values.clone())
    };
    let mut rows: Vec<_> = names
        .into_iter()
        .map(|(_, name)| {
            let (ours, theirs) = (said(reported, name), said(held, name));
            let has = |side: &[String], value: &String| {
                side.iter().any(|other| meant(name, other) == meant(name, value))
            };
            let (shared, all) = (
                ours.iter().any(|v| has(&theirs, v)),
                ours.iter().all(|v| has(&theirs, v)) && theirs.iter().all(|v| has(&ours, v)),
            );
            let told = reported.iter().chain(held).any(|f| f.name == name && f.told);
            let mark = match (ours.is_empty() || theirs.is_empty(), shared, all) {
                // Two tellings in free words nearly always differ, which says nothing.
                (false, false, false) if told => "",
                (true, ..) => "",
                (false, _, true) => "same",
                (false, true, false) => "partly",
                (false, false, false) => "differs",
            };
            CompareRow { what: words(name), reported: ours.join(", "), held: theirs.join(", "), mark }
        })
        .collect();
    rows.sort_by_key(|row| match row.mark {
        "differs" => 0,
        "partly" => 1,
        "same" => 2,
        _ => 3,
    });
    rows
}

pub(crate) fn match_view(
    report: Id,
    s: &bluelamp_fusion::Suggestion,
    can_answer: bool,
    tried: Option<&[String; 3]>,
    errors: &BTreeMap<String, String>,
) -> MatchView {
    use bluelamp_linkage::Band;
    let rows = compared(&facts(&s.record), &facts(&s.candidate));
    let (band, colour) = match s.comparison.band {
        Band::Strong => ("Strong", "green"),
        Band::Possible => ("Possible", "yellow"),
        Band::Weak => ("Weak", "grey"),
    };
    let side = |against: bool| {
        s.comparison
            .parts
            .iter()
            .skip(1)
            .filter(|p| if against { p.weight < 0.0 } else { p.weight > 0.0 })
            .map(|p| p.sentence.clone())
            .collect()
    };
    let answered = s.answered.as_ref().map(|a| {
        let said = match a.answer {
            bluelamp_fusion::Answer::Same => "The same",
            bluelamp_fusion::Answer::NotSame => "Not the same",
            bluelamp_fusion::Answer::Unsure => "Not sure",
        };
        let reason = if a.reason.is_empty() { String::new() } else { format!(": {}", a.reason) };
        format!("{said} (said on {}){reason}", a.at.short())
    });
    let id = s.id.to_string();
    let [said, reason] = match tried {
        Some([tried, said, reason]) if *tried == id => [said.clone(), reason.clone()],
        _ => Default::default(),
    };
    let answers = [("same", "The same"), ("not-same", "Not the same"), ("unsure", "Not sure")];
    MatchView {
        action: format!("/desk/reports/{report}/matches/{}", s.id),
        kind: words(s.candidate.kind.code()),
        rows,
        source: s.source.clone().unwrap_or_else(|| "an earlier report".into()),
        band,
        colour,
        // A real minus sign, as in the sentences.
        weight: format!("{:+.1}", s.comparison.weight).replace('-', "−"),
        start: s.comparison.parts.first().map(|prior| prior.sentence.clone()),
        speaks_for: side(false),
        speaks_against: side(true),
        answered,
        can_answer,
        answers: answers
            .map(|(value, text)| OptionView {
                value: value.into(),
                text: text.into(),
                hint: None,
                checked: value == said,
            })
            .into(),
        reason,
        answer_error: errors.get(&format!("answer-{id}")).cloned(),
        reason_error: errors.get(&format!("reason-{id}")).cloned(),
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grades() -> Vec<String> {
        ["STANDARD", "MEDIUM", "HIGH"].map(str::to_owned).into()
    }

    #[test]
    fn the_headline_says_floor_and_ceiling() {
        assert_eq!(headline(Some("MEDIUM"), Some("HIGH")), "At least MEDIUM, could be HIGH");
        assert_eq!(headline(Some("HIGH"), Some("HIGH")), "HIGH");
        assert_eq!(headline(None, Some("HIGH")), "No grade yet, could be HIGH");
        assert_eq!(headline(None, None), "No grade proposed");
    }

    #[test]
    fn the_scale_marks_every_grade() {
        let places = |floor, ceiling| {
            scale(&grades(), floor, ceiling).into_iter().map(|s| s.place).collect::<Vec<_>>()
        };
        assert_eq!(places(Some(1), Some(2)), ["below", "floor", "possible"]);
        assert_eq!(places(Some(1), Some(1)), ["below", "proposed", "out"]);
        assert_eq!(places(None, Some(1)), ["possible", "possible", "out"]);
        assert_eq!(places(None, None), ["out", "out", "out"]);
    }

    #[test]
    fn what_differs_stands_first_and_letters_may_be_large_or_small() {
        let fact = |place, name, values: &[&str]| Fact {
            name,
            place,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            told: false,
        };
        let reported = [
            fact(0, "name", &["Joanna Smith"]),
            fact(1, "town", &["Felpersham"]),
            fact(2, "phone", &["1", "2"]),
            fact(3, "email", &["joanna@example.com"]),
        ];
        let held =
            [fact(0, "name", &["Jo Smith"]), fact(1, "town", &["FELPERSHAM"]), fact(2, "phone", &["2"])];
        let rows = compared(&reported, &held);
        let marks: Vec<_> = rows.iter().map(|r| (r.what.as_str(), r.mark)).collect();
        assert_eq!(marks, [("Name", "differs"), ("Phone", "partly"), ("Town", "same"), ("Email", "")]);
        assert_eq!((rows[1].reported.as_str(), rows[3].held.as_str()), ("1, 2", ""));
    }
}
