//! What was proposed about a report, as people read it: the assessment with its reasons, the suggested matches.

use super::facts::{Fact, facts, sentence, words};
use super::page::{
    ActionView, AssessmentView, CompareRow, MatchView, OptionView, QuestionView, RuleView, Step,
};
use bluelamp_casework::ReportView;
use bluelamp_model::Id;
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

pub(crate) fn assessment_view(report: &ReportView, chosen: Option<&[usize]>) -> Option<AssessmentView> {
    use bluelamp_triage::Outcome as Came;
    let (_, proposal) = report.assessment.as_ref()?;
    let a = &proposal.content;
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
    // What cannot wait stands first; the number is the place in the assessment, by which a task is chosen.
    let mut actions: Vec<_> = a.actions.iter().enumerate().collect();
    actions.sort_by_key(|(_, action)| action.deadline_minutes.unwrap_or(1));
    let actions = actions
        .into_iter()
        .map(|(number, action)| ActionView {
            number,
            action: action.action.clone(),
            deadline: sentence(&action.deadline),
            at_once: action.deadline_minutes == Some(0),
            role: action.role.clone(),
            checked: chosen.is_none_or(|c| c.contains(&number)),
        })
        .collect();
    Some(AssessmentView {
        definition: a.definition.clone(),
        version: a.version.clone(),
        digest: a.definition_digest.chars().take(12).collect(),
        made: proposal.made_at.short(),
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
                ask: q.ask.clone(),
                sentence: format!("Could raise it to {}; so far {}.", q.up_to, q.state.spoken()),
            })
            .collect(),
        actions,
    })
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
