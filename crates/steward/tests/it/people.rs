//! Synthetic people with an account each, and the report 097-21 of the sources: its facts, in sentences of our own.

use bluelamp_model::{Day, Gsc, Id, Result, authority::Actor};
use bluelamp_steward::decision::{
    Asked, Consulted, Content, Passage, Place, Publication, Said, Section, Signing, State, View, What,
    create, publication, take, view,
};
use bluelamp_store::{Cx, Db};
use bluelamp_testkit::TestDb;

/// The reference of the fixture.
pub(crate) const REFERENCE: &str = "097-21";

/// Everybody who has a hand in it, by what they do.
#[derive(Clone, Debug)]
pub(crate) struct People {
    pub author: Actor,
    pub finance: Actor,
    pub chief: Actor,
    pub deputy: Actor,
    pub executive: Actor,
    pub treasurer: Actor,
    pub commissioner: Actor,
    pub officer: Actor,
}

impl People {
    /// Makes their accounts.
    pub(crate) fn of(test: &TestDb) -> Self {
        let person = |n: u8, role: &str, name: &str| {
            let id = Id::from_bytes([n; 16]);
            let (role, name) = (role.to_owned(), name.to_owned());
            let username = format!("{role}-{n}");
            let (account, named) = (username.clone(), name.clone());
            test.db
                .write(&Actor::system(), move |cx| {
                    cx.allow("account.bootstrap", None)?;
                    let now = cx.now();
                    cx.exec(
                        "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, '', $4)",
                        &[id.into(), account.as_str().into(), named.as_str().into(), now.into()],
                    )?;
                    cx.record(bluelamp_model::authority::Verb::Administer, "account", Some(id), serde_json::json!({}))
                })
                .unwrap();
            Actor::staff(id, vec![role], "strategy")
        };
        Self {
            author: person(0xa1, "programme-office", "Ada Sample"),
            finance: person(0xa2, "finance-approver", "Finn Sample"),
            chief: person(0xa3, "accountable-officer", "Cora Sample"),
            deputy: person(0xa8, "deputy-chief", "Dora Sample"),
            executive: person(0xa4, "chief-executive", "Elin Sample"),
            treasurer: person(0xa5, "treasurer", "Tom Sample"),
            commissioner: person(0xa6, "commissioner", "Pia Sample"),
            officer: person(0xa7, "contact-officer", "Otto Sample"),
        }
    }

    /// Everybody with a part in decisions.
    pub(crate) fn deciding(&self) -> [&Actor; 7] {
        [
            &self.author,
            &self.finance,
            &self.chief,
            &self.deputy,
            &self.executive,
            &self.treasurer,
            &self.commissioner,
        ]
    }

    /// Whoever takes a step by the form.
    pub(crate) fn who(&self, step: What) -> &Actor {
        use bluelamp_steward::decision::Post;
        match step.post() {
            Post::Author => &self.author,
            Post::Finance => &self.finance,
            Post::ChiefOfficers => &self.chief,
            Post::DeputyChief => &self.deputy,
            Post::Executive => &self.executive,
            Post::Treasurer => &self.treasurer,
            Post::Commissioner => &self.commissioner,
        }
    }
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The content of 097-21 in our own words.
pub(crate) fn content() -> Content {
    let said = |section: Section| {
        if section.none_allowed() && section != Section::Financial && section != Section::Risks {
            return Said::None;
        }
        let text = match section {
            Section::Purpose => "This report asks for agreement to a digital strategy for the force.",
            Section::Recommendations => {
                "That the strategy is agreed:\n\n- as the guide for digital work\n- as the measure of new proposals"
            }
            Section::Benefits => "One set of principles for every proposal.",
            Section::Background => {
                "The strategy of 2015 has run out.\n\nThe pilot supplier Alpha Borealis asked for forty thousand pounds."
            }
            Section::PoliceAndCrimePlan => "It serves every priority of the plan.",
            Section::Operational => "Officers get tools that work together.",
            Section::Financial => "Each project brings its own business case.",
            Section::Risks => "Projects may begin without a case; the board looks at each.",
            Section::Boards => "Chief Officer Group and Strategic Board.",
            _ => "Words.",
        };
        Said::Text(text.into())
    };
    Content {
        title: "Essex Police Digital Strategy".into(),
        area: "Whole force".into(),
        report_by: "Head of Digital Change".into(),
        date_of_report: Some(day("2021-03-03")),
        enquiries_to: "Digital Change team".into(),
        sections: Section::ALL.into_iter().map(|s| (s, said(s))).collect(),
        priorities: vec!["Crime prevention".into()],
        risks: vec!["R-12".into()],
        items: vec!["item:digital-strategy".into()],
        equality_assessment: "Due with each project".into(),
        consulted: vec![Consulted {
            on: "2021-02-15".into(),
            who: "Information Management".into(),
            said: "Version 3 agreed".into(),
        }],
        summary: "A shorter version for everybody.".into(),
        ..Content::new(Gsc::OfficialSensitive)
    }
}

/// What is to be published of it: one passage is not for the public.
pub(crate) fn redacted() -> Publication {
    Publication {
        for_publication: Some(true),
        redact_sheet: Some(true),
        redact_appendix: Some(false),
        details: "The name and the price of a supplier.".into(),
        passages: vec![Passage {
            place: Place::Sheet,
            quote: "supplier Alpha Borealis asked for forty thousand pounds".into(),
        }],
        ..Publication::default()
    }
}

pub(crate) fn signing(on: &str) -> Signing {
    Signing { on: Some(day(on)), name: "P. Sample".into(), signed: true, deputy: false }
}

pub(crate) fn seen(db: &Db, people: &People, reference: &str) -> View {
    let reference = reference.to_owned();
    db.read(&people.author, move |cx| view(cx, &reference)).unwrap()
}

pub(crate) fn write<T: Send + 'static>(
    test: &TestDb,
    who: &Actor,
    run: impl FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    test.db.write(who, run)
}

/// Takes a step on a day, with the version that is there.
pub(crate) fn step(test: &TestDb, who: &Actor, people: &People, what: What, on: &str) -> Result<State> {
    step_with(test, who, people, |asked| {
        asked.step = what;
        asked.signing = signing(on);
    })
}

/// As [`step`], with more said.
pub(crate) fn step_with(
    test: &TestDb,
    who: &Actor,
    people: &People,
    say: impl Fn(&mut Asked),
) -> Result<State> {
    let mut asked = Asked {
        step: What::Submit,
        version: seen(&test.db, people, REFERENCE).version,
        signing: Signing::default(),
        reasons: String::new(),
        by_reference: String::new(),
    };
    say(&mut asked);
    take(&test.db, who, REFERENCE, &asked)
}

/// A draft of the fixture.
pub(crate) fn draft(test: &TestDb, people: &People, what: &Publication) {
    let made = write(test, &people.author, |cx| create(cx, REFERENCE, &content())).unwrap();
    assert_eq!(made, REFERENCE);
    publication(&test.db, &people.author, REFERENCE, 1, what).unwrap();
}

/// The way of 097-21 by its dates, with redaction.
pub(crate) const WAY: [(What, &str, State); 10] = {
    use {State as S, What as W};
    [
        (W::CheckFinance, "2021-03-04", S::FinanceChecked),
        (W::Submit, "2021-03-05", S::CogSubmitted),
        (W::Approve, "2021-03-10", S::CogApproved),
        (W::SignExecutive, "2021-06-25", S::CogApproved),
        (W::SignTreasurer, "2021-06-28", S::StatutoryOfficerSignOff),
        (W::RequireRedaction, "2021-06-28", S::RedactionRequired),
        (W::SignRedactionTreasurer, "2021-06-29", S::RedactionSignedOff),
        (W::PutForward, "2021-06-29", S::PfccDecisionPending),
        (W::Agree, "2021-07-02", S::Agreed),
        (W::Publish, "2021-07-05", S::Published),
    ]
};

/// Goes the first `steps` of the way.
pub(crate) fn go(test: &TestDb, people: &People, steps: usize) {
    for (what, on, expected) in &WAY[..steps] {
        let state = step(test, people.who(*what), people, *what, on).unwrap();
        assert_eq!(state, *expected, "{what:?}");
    }
}
