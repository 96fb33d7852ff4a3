//! What an independent reviewer finds, and what is done about it.

use super::{
    complaint::{State, coded, event},
    desk::{had_part, handlers, id_of, keep_parts, step, words},
    notices::{Recipient, make},
    rules::Rules,
};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde_json::json;

coded! {
    /// What was found.
    Finding {
        /// The complaint is right.
        Upheld = "upheld", "Upheld";
        /// It is right in part.
        Partly = "partly", "Partly upheld";
        /// It is not right.
        NotUpheld = "not-upheld", "Not upheld";
    }
}

coded! {
    /// What is done about it.
    Outcome {
        /// What is held is corrected, and whoever received it is told.
        Correct = "correct", "Correct what is held";
        /// What is held is erased, and whoever received it is told.
        Erase = "erase", "Erase what is held";
        /// It is decided anew, by somebody else.
        Redecide = "re-decide", "Decide anew, by somebody else";
        /// We apologise.
        Apologise = "apologise", "Apologise";
        /// We compensate.
        Compensate = "compensate", "Compensate";
        /// It goes to the Independent Office for Police Conduct.
        ReferIopc = "refer-iopc", "Refer to the Independent Office for Police Conduct";
        /// It goes to the Information Commissioner.
        ReferIco = "refer-ico", "Refer to the Information Commissioner";
    }
}

impl Outcome {
    /// What the complainant reads.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Correct => "What we hold is corrected, and whoever received it from us is told",
            Self::Erase => "What we hold is erased, and whoever received it from us is told",
            Self::Redecide => "The decision is made anew, by somebody else",
            Self::Apologise => "We apologise",
            Self::Compensate => "We will speak with you about compensation",
            Self::ReferIopc => "We have passed it to the Independent Office for Police Conduct",
            Self::ReferIco => "We have passed it to the Information Commissioner",
        }
    }

    /// Whether it puts right what was done: it goes with a complaint that was right, in part at least.
    #[must_use]
    pub fn puts_right(self) -> bool {
        matches!(self, Self::Correct | Self::Erase | Self::Redecide | Self::Compensate)
    }

    /// Whether recipients have to follow.
    #[must_use]
    pub fn follows_recipients(self) -> bool {
        matches!(self, Self::Correct | Self::Erase)
    }
}

/// What a reviewer found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// A code of [`Finding`].
    pub finding: String,
    /// Why.
    pub reasons: String,
    /// Codes of [`Outcome`].
    pub outcomes: Vec<String>,
    /// Who received what has to be corrected or erased.
    pub recipients: Vec<Recipient>,
    /// Whether the reviewer says that nobody received it.
    pub no_recipients: bool,
}

/// The outcomes of a complaint.
pub(super) fn outcomes(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Outcome>> {
    let rows = cx.rows(
        "select outcome from complaint_outcome where complaint_id = $1 order by outcome",
        &[id.into()],
    )?;
    let mut found = Vec::new();
    for row in rows {
        let code: String = row.get(0)?;
        found.push(Outcome::of_code(&code).ok_or_else(|| Error::Bug(format!("'{code}' is no outcome")))?);
    }
    Ok(found)
}

/// Puts down what the reviewer found. A correction or an erasure makes a notice for each recipient at once. `known` are
/// those of whom other rooms know now that they decided about what is complained about.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but the reviewer to whom it was given, and where that is somebody of the chain;
/// [`Error::Invalid`] with every field that is wrong; [`Error::Conflict`] where it stands elsewhere.
pub fn find(cx: &mut Cx<'_>, rules: &Rules, reference: &str, found: &Found, known: &[Id]) -> Result<()> {
    cx.allow(action::COMPLAINT_REVIEW, None)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    independent(cx, id, by.id(), known)?;
    keep_parts(cx, id, known)?;
    let mut wrong = Vec::new();
    let mut say = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    let finding = Finding::of_code(&found.finding);
    if finding.is_none() {
        say("finding", "required", "Select what you found");
    }
    if found.reasons.trim().is_empty() {
        say("reasons", "required", "Give your reasons");
    }
    let mut outcomes = Vec::new();
    for code in &found.outcomes {
        match Outcome::of_code(code) {
            Some(outcome) if !outcomes.contains(&outcome) => outcomes.push(outcome),
            Some(_) => {}
            None => say("outcomes", "unknown", "Select outcomes from the list"),
        }
    }
    if matches!(finding, Some(Finding::Upheld | Finding::Partly)) && outcomes.is_empty() {
        say("outcomes", "required", "Select what is done about it");
    }
    if finding == Some(Finding::NotUpheld) && outcomes.iter().any(|o| o.puts_right()) {
        say(
            "outcomes",
            "not-upheld",
            "What is not upheld is not put right: select another finding, or leave out correct, erase, decide anew and compensate",
        );
    }
    if outcomes.contains(&Outcome::Correct) && outcomes.contains(&Outcome::Erase) {
        say("outcomes", "both", "Select correct or erase: what is erased cannot be corrected");
    }
    let follows = outcomes.iter().copied().find(|o| o.follows_recipients());
    let named = !found.recipients.is_empty();
    match (follows, named, found.no_recipients) {
        (Some(_), false, false) => {
            say("recipients", "required", "Name everybody who received it, or say that nobody did");
        }
        (Some(_), true, true) => say("recipients", "both", "Name recipients, or say that there are none"),
        (None, true, _) => {
            say("recipients", "without", "Recipients are told only of a correction or an erasure");
        }
        _ => {}
    }
    let today = cx.now().day();
    for (n, recipient) in found.recipients.iter().enumerate() {
        for problem in recipient.problems(&today) {
            say("recipients", "incomplete", &format!("Recipient {}: {problem}", n + 1));
        }
    }
    let Some(finding) = finding.filter(|_| wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let reasons = words("reasons", &found.reasons, "Give your reasons")?;
    step(cx, id, &[State::UnderReview], State::Found)?;
    let now = cx.now();
    cx.exec(
        "update complaint set finding = $1, reasons = $2, found_at = $3 where id = $4",
        &[finding.code().into(), reasons.into(), now.into(), id.into()],
    )?;
    for outcome in &outcomes {
        cx.exec(
            "insert into complaint_outcome (complaint_id, outcome) values ($1, $2)",
            &[id.into(), outcome.code().into()],
        )?;
    }
    if let Some(outcome) = follows {
        for recipient in &found.recipients {
            make(cx, rules, id, outcome, recipient)?;
        }
    }
    event(cx, id, Some(by.id()), "found", "", reasons)?;
    let codes: Vec<_> = outcomes.iter().map(|o| o.code()).collect();
    cx.record(
        Verb::Decide,
        "complaint",
        Some(id),
        json!({ "what": "find", "finding": finding.code(), "outcomes": codes, "recipients": found.recipients.len() }),
    )
}

/// The reviewer is the one to whom it was given, and had no part in it. Asked again here, whatever was true when it was
/// given: the chain can have grown since.
fn independent(cx: &mut Cx<'_>, id: Id, who: Id, known: &[Id]) -> Result<()> {
    let refuse = |reason: &str| Err(Error::Forbidden { reason: reason.into() });
    let row = cx
        .row("select reviewer_id from complaint where id = $1", &[id.into()])?
        .ok_or_else(|| Error::NotFound("the complaint".into()))?;
    if row.get::<Option<Id>>(0)? != Some(who) {
        return refuse("only the reviewer to whom the complaint was given can say what came of it");
    }
    if handlers(cx, id)?.contains(&who) {
        return refuse("whoever handles a complaint does not review it");
    }
    if had_part(cx, id, who, known)? {
        return refuse(
            "whoever had a part in what is complained about does not review it: it has to be given to somebody else",
        );
    }
    Ok(())
}
