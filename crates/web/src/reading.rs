//! A definition in the words in which people read it: alike for the public and for those who answer for it.

use crate::{
    desk::proposal::colour,
    govuk::{Html, page::Answer, prose::prose},
};
use bluelamp_casework::spoken_minutes;
use bluelamp_model::Day;
use bluelamp_triage::{
    Bound, Case, Cell, Definition, Fact, FactEntry, FactType, Literal, ResultShown, Rule, Test, Trigger,
    UnaryTests, Worse,
};
use serde::Serialize;
use serde_json::Value;

/// A definition, ready for the templates.
#[derive(Debug, Serialize)]
pub(crate) struct Reading {
    /// Who answers for it, and what else its header says.
    pub header: Vec<Answer>,
    /// What is asked.
    pub facts: Vec<FactView>,
    /// Each decision table with its rules.
    pub tables: Vec<TableView>,
    /// What is proposed.
    pub actions: Vec<ActionView>,
    /// Which devices, accounts and platforms to think of.
    pub digital: Html,
    /// What it must get right, and whether it does.
    pub cases: Vec<CaseView>,
    /// How many of the cases it gets wrong.
    pub red: usize,
}

/// A fact of the dictionary.
#[derive(Debug, Serialize)]
pub(crate) struct FactView {
    pub name: String,
    pub ask: String,
    /// What can be answered.
    pub answers: String,
    /// Where the answer can come from, how long it holds, which answer is the worse, and anything else.
    pub more: Vec<String>,
}

/// A decision table.
#[derive(Debug, Serialize)]
pub(crate) struct TableView {
    pub name: String,
    pub rules: Vec<RuleView>,
}

/// A row of a decision table.
#[derive(Debug, Serialize)]
pub(crate) struct RuleView {
    pub number: usize,
    pub id: String,
    pub grade: String,
    pub colour: &'static str,
    /// "suspect on scene: yes"; all of them have to hold.
    pub conditions: Vec<String>,
    pub reason: String,
}

/// What is proposed from a grade upwards.
#[derive(Debug, Serialize)]
pub(crate) struct ActionView {
    pub grade: String,
    pub colour: &'static str,
    pub action: String,
    pub deadline: String,
    pub role: String,
    pub must: bool,
    pub safeguarding: Option<String>,
    /// The rules of which one must hold; empty where the grade is enough.
    pub rules: Vec<String>,
}

/// A case that the definition must get right.
#[derive(Debug, Serialize)]
pub(crate) struct CaseView {
    pub name: String,
    pub line: u64,
    /// "suspect on scene: yes".
    pub facts: Vec<String>,
    /// What must come out.
    pub expects: Vec<String>,
    /// What is otherwise; empty when it is right.
    pub differences: Vec<String>,
}

/// Everything that a definition says.
pub(crate) fn reading(d: &Definition) -> Reading {
    let cases = case_views(d);
    Reading {
        header: header(d),
        facts: d.facts.iter().map(fact_view).collect(),
        tables: d
            .tables
            .iter()
            .enumerate()
            .map(|(at, name)| TableView {
                name: name.clone(),
                rules: d.rules.iter().filter(|r| r.table == at).map(|r| rule_view(d, r)).collect(),
            })
            .collect(),
        actions: d
            .actions
            .iter()
            .map(|a| ActionView {
                grade: d.grade(a.grade).to_owned(),
                colour: colour(d.grade(a.grade)),
                action: a.action.clone(),
                deadline: a.deadline.clone(),
                role: a.role.clone(),
                must: a.must,
                safeguarding: a.safeguarding.clone(),
                rules: a.rules.iter().filter_map(|r| d.rules.get(*r)).map(|r| r.id.clone()).collect(),
            })
            .collect(),
        digital: prose(&d.digital_exposure),
        red: cases.iter().filter(|c| !c.differences.is_empty()).count(),
        cases,
    }
}

/// A role as people name it; the file writes "role: …".
pub(crate) fn role(text: &str) -> &str {
    text.strip_prefix("role:").unwrap_or(text).trim()
}

/// A day as people read it, where it is one.
pub(crate) fn day(text: &str) -> String {
    text.parse::<Day>().map_or_else(|_| text.to_owned(), |_| crate::desk::facts::date(text))
}

fn header(d: &Definition) -> Vec<Answer> {
    let h = &d.header;
    let mut rows = Vec::new();
    let mut row = |question: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            rows.push(Answer { question: question.into(), lines, change_href: None });
        }
    };
    row("Owner", vec![role(&h.owner).to_owned()]);
    row("Accountable officer", vec![role(&h.accountable).to_owned()]);
    row("To be reviewed by", vec![day(&h.review_by)]);
    row(
        "Grades, lowest first",
        vec![h.grades.iter().map(|g| g.name.as_str()).collect::<Vec<_>>().join(", ")],
    );
    let clocks = h.grades.iter().zip(&h.review_minutes);
    let clock = clocks.filter_map(|(g, m)| Some(format!("{}: after {}", g.name, spoken_minutes((*m)?))));
    row("A decision is looked at again", clock.collect());
    row("And before that, when", h.triggers.iter().map(|t| trigger(*t).to_owned()).collect());
    let within = h.supervisor_within_minutes.map(|m| format!("within {}", spoken_minutes(m)));
    row("A supervisor looks at a grade below the proposal", within.into_iter().collect());
    let shown = match h.result {
        ResultShown::AtOnce => "at once",
        ResultShown::AfterOwnGrade => "only after putting down the grade that they would give themselves",
    };
    row("An officer sees the proposal", vec![shown.into()]);
    row("Values that the force sets", h.parameters.iter().map(|(n, v)| format!("{n}: {v}")).collect());
    row("It rests on", h.basis.clone());
    let index = h.harm_index.as_ref().map(|i| format!("{}, edition {}", i.name, i.edition));
    row("Harm index", index.into_iter().collect());
    row("Ethics assessment", h.ethics_assessment.clone().into_iter().collect());
    row("Equality impact review", h.equality_review.clone().into_iter().collect());
    row("Note", h.note.clone().into_iter().collect());
    row("Fingerprint of its text (SHA-256)", vec![d.digest.clone()]);
    rows
}

fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::NewFact => "something more is known",
        Trigger::LinkedIncident => "another incident is said to belong to it",
        Trigger::RepeatCall => "the same people report again",
        Trigger::Breach => "an order, a bail condition or an agreement is broken",
    }
}

fn fact_view(f: &FactEntry) -> FactView {
    let mut more = Vec::new();
    if !f.sources.is_empty() {
        more.push(format!("From: {}", f.sources.join(", ")));
    }
    if let Some(minutes) = f.stale_after_minutes {
        more.push(format!("Out of date after {}", spoken_minutes(minutes)));
    }
    if let Some(elsewhere) = &f.when_unknown {
        more.push(format!("Where nobody knows: {elsewhere}"));
    }
    let choice = matches!(f.kind, FactType::Choice(_));
    more.extend(f.worse.map(|worse| {
        let worse = match worse {
            Worse::True => "“yes” is the more serious answer",
            Worse::False => "“no” is the more serious answer",
            Worse::Higher if choice => "the later in the list, the more serious",
            Worse::Higher => "the more, the more serious",
            Worse::Lower if choice => "the earlier in the list, the more serious",
            Worse::Lower => "the less, the more serious",
        };
        format!("Harm: {worse}")
    }));
    more.extend(f.note.clone());
    FactView {
        name: f.name.clone(),
        ask: f.ask.clone(),
        answers: match &f.kind {
            FactType::YesNo => "yes or no".into(),
            FactType::Number => "a number".into(),
            FactType::Text => "words".into(),
            FactType::Choice(options) => format!("one of: {}", options.join(", ")),
        },
        more,
    }
}

fn rule_view(d: &Definition, rule: &Rule) -> RuleView {
    RuleView {
        number: rule.number,
        id: rule.id.clone(),
        grade: d.grade(rule.grade).to_owned(),
        colour: colour(d.grade(rule.grade)),
        conditions: rule.cells.iter().map(|c| condition(d, c)).collect(),
        reason: rule.reason.clone(),
    }
}

fn condition(d: &Definition, cell: &Cell) -> String {
    let fact = d.facts.get(cell.fact).map_or("", |f| f.name.as_str());
    let mut words = format!("{fact}: {}", condition_words(&cell.test));
    // A force that changes a value has to see where it is used.
    for (name, value) in &d.header.parameters {
        if cell.text.contains(&format!(" ({name} is {value})")) {
            words.push_str(&format!(" ({name})"));
        }
    }
    words
}

fn condition_words(tests: &UnaryTests) -> String {
    let any = tests.any_of.iter().map(test_words).collect::<Vec<_>>();
    match (tests.negated, any.len()) {
        (false, _) => any.join(" or "),
        (true, 1) => format!("not {}", any.concat()),
        (true, _) => format!("none of {}", any.join(", ")),
    }
}

fn test_words(test: &Test) -> String {
    let from = |bound| if bound == Bound::Closed { "at least" } else { "more than" };
    let to = |bound| if bound == Bound::Closed { "at most" } else { "less than" };
    match test {
        Test::Is(Literal::YesNo(true)) => "yes".into(),
        Test::Is(Literal::YesNo(false)) => "no".into(),
        Test::Is(Literal::Number(n)) => n.to_string(),
        Test::Is(Literal::Text(text)) => format!("“{text}”"),
        Test::Within { low, high } => {
            let low = low.map(|e| format!("{} {}", from(e.bound), e.at));
            let high = high.map(|e| format!("{} {}", to(e.bound), e.at));
            low.into_iter().chain(high).collect::<Vec<_>>().join(" and ")
        }
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    }
}

/// The cases with what came of each.
pub(crate) fn case_views(d: &Definition) -> Vec<CaseView> {
    let rules = |what: &str, places: &[usize]| {
        let ids: Vec<&str> = places.iter().filter_map(|p| d.rules.get(*p)).map(|r| r.id.as_str()).collect();
        format!("{what}: {}", if ids.is_empty() { "none".into() } else { ids.join(", ") })
    };
    let expects = |case: &Case| {
        let mut all = vec![match case.floor {
            Some(floor) => format!("at least {}", d.grade(floor)),
            None => "no grade yet".into(),
        }];
        all.extend(case.ceiling.map(|c| match c {
            Some(ceiling) => format!("at most {}", d.grade(ceiling)),
            None => "no grade in reach".into(),
        }));
        all.extend(case.open.as_ref().map(|open| rules("could still raise it", open)));
        all.extend(case.fired.as_ref().map(|fired| rules("hold", fired)));
        all
    };
    let facts = |case: &Case| {
        let said = case.facts.0.iter().map(|(name, fact)| match fact {
            Fact::Known(known) => format!("{name}: {}", value(known)),
            Fact::Open { state, .. } => format!("{name}: {}", state.spoken()),
        });
        said.collect()
    };
    d.cases
        .iter()
        .zip(d.run_cases())
        .map(|(case, result)| CaseView {
            name: case.name.clone(),
            line: case.line,
            facts: facts(case),
            expects: expects(case),
            differences: result.differences,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bluelamp_triage::Endpoint;

    #[test]
    fn conditions_are_said_as_people_say_them() {
        let end = |at, bound| Some(Endpoint { at, bound });
        let said = |negated, any_of: Vec<Test>| condition_words(&UnaryTests { negated, any_of });
        let text = |t: &str| Test::Is(Literal::Text(t.into()));
        assert_eq!(said(false, vec![Test::Is(Literal::YesNo(true))]), "yes");
        assert_eq!(said(true, vec![text("a")]), "not “a”");
        assert_eq!(said(true, vec![text("a"), text("b")]), "none of “a”, “b”");
        assert_eq!(said(false, vec![text("a"), text("b")]), "“a” or “b”");
        let from = Test::Within { low: end(3.0, Bound::Closed), high: None };
        assert_eq!(said(false, vec![from]), "at least 3");
        let between = Test::Within { low: end(1.0, Bound::Open), high: end(2.5, Bound::Closed) };
        assert_eq!(said(false, vec![between]), "more than 1 and at most 2.5");
    }

    #[test]
    fn every_shipped_definition_can_be_read() {
        let text = include_str!("../../../data/definitions/domestic-abuse/1.0.0.md");
        let read = reading(&Definition::parse("x", text).unwrap());
        assert!(!read.facts.is_empty() && !read.tables.is_empty() && !read.actions.is_empty());
        assert_eq!(read.red, 0);
        assert!(read.tables.iter().flat_map(|t| &t.rules).all(|r| !r.conditions.is_empty()));
    }

    #[test]
    fn days_and_roles_are_said_without_their_marks() {
        assert_eq!(day("2027-05-31"), "31 May 2027");
        assert_eq!(day("soon"), "soon");
        assert_eq!(role("role: Crime lead"), "Crime lead");
        assert_eq!(role("Crime lead"), "Crime lead");
    }
}
