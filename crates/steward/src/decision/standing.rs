//! Where a report stands, and the steps that there are from there: a step that the order does not have cannot be written.
//!
//! ```compile_fail
//! # use bluelamp_steward::decision::{office::{By, Commissioner}, standing::{At, CogApproved}};
//! // The Commissioner cannot decide what the two officers have not signed.
//! fn early(at: At<CogApproved>, by: By<Commissioner>) { at.agree(by); }
//! ```
//! ```compile_fail
//! # use bluelamp_steward::decision::{office::{By, Author}, standing::{At, RedactionRequired}, burn_in::Clean};
//! // Nothing is published while its redaction is not signed.
//! fn early(at: At<RedactionRequired>, by: By<Author>, clean: Clean) { at.publish(by, &clean); }
//! ```

use super::{
    burn_in::Clean,
    hands::Hands,
    office::{
        Author, By, ChiefOfficers, Commissioner, DeputyChief, Executive, Finance, Office, Post, Treasurer,
    },
    report::{Content, Publication},
};
use bluelamp_model::{Day, Error, Id, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

macro_rules! states {
    ($($name:ident = $code:literal, $label:literal;)+) => {
        /// Where a report can stand.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum State {
            $(#[doc = $label] $name,)+
        }

        impl State {
            /// All of them, in the order in which they come.
            pub const ALL: [Self; 14] = [$(Self::$name),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }

        $(#[doc = $label] #[derive(Debug)] pub enum $name {}
        impl Place for $name { const STATE: State = State::$name; })+

        /// A stored report, where it stands.
        #[derive(Debug)]
        pub enum Standing {
            $(#[doc = $label] $name(At<$name>),)+
        }

        impl Standing {
            /// Puts facts where the record says that they stand.
            pub(crate) fn of(state: State, facts: Facts) -> Self {
                match state { $(State::$name => Self::$name(At { facts, place: PhantomData })),+ }
            }

            /// Where that is.
            #[must_use]
            pub fn state(&self) -> State {
                match self { $(Self::$name(_) => State::$name),+ }
            }
        }
    };
}

/// A state as a type. There is one for each [`State`], and nobody else makes any.
pub trait Place {
    /// Which.
    const STATE: State;
}

states! {
    Draft = "draft", "Draft";
    FinanceChecked = "finance_checked", "Figures checked";
    CogSubmitted = "cog_submitted", "Before the Chief Officer Group";
    CogApproved = "cog_approved", "Approved by the Chief Officer Group";
    StatutoryOfficerSignOff = "statutory_officer_sign_off", "Signed by both statutory officers";
    RedactionRequired = "redaction_required", "To be redacted";
    RedactionSignedOff = "redaction_signed_off", "Redaction signed off";
    PfccDecisionPending = "pfcc_decision_pending", "Before the Commissioner";
    Agreed = "agreed", "Agreed";
    NotAgreed = "not_agreed", "Not agreed";
    Published = "published", "Published";
    NotPublished = "not_published", "Not published";
    Withdrawn = "withdrawn", "Withdrawn";
    Superseded = "superseded", "Superseded";
}

/// A place where the report may still be withdrawn: nothing has been decided.
pub trait Open: Place {}
impl Open for Draft {}
impl Open for FinanceChecked {}
impl Open for CogSubmitted {}
impl Open for CogApproved {}
impl Open for StatutoryOfficerSignOff {}
impl Open for RedactionRequired {}
impl Open for RedactionSignedOff {}
impl Open for PfccDecisionPending {}

/// A place where the Commissioner has decided.
pub trait Decided: Place {}
impl Decided for Agreed {}
impl Decided for NotAgreed {}

/// A place where an officer may have signed and nothing has been decided.
pub trait Signed: Place {}
impl Signed for CogApproved {}
impl Signed for StatutoryOfficerSignOff {}
impl Signed for RedactionRequired {}
impl Signed for RedactionSignedOff {}
impl Signed for PfccDecisionPending {}

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The finance approver has checked the figures.
    CheckFinance,
    /// The author puts it before the Chief Officer Group.
    Submit,
    /// The Chief Officer Group approves.
    Approve,
    /// The Deputy Chief Constable waives its turn at the Chief Officer Group.
    Waive,
    /// The Chief Executive and Monitoring Officer signs.
    SignExecutive,
    /// The Treasurer and Chief Finance Officer signs.
    SignTreasurer,
    /// It is taken back from the officers, so that what is published can be settled anew: they sign again.
    Reopen,
    /// It has to be redacted.
    RequireRedaction,
    /// The Chief Executive signs that the redaction was carried out.
    SignRedactionExecutive,
    /// The Treasurer signs that the redaction was carried out.
    SignRedactionTreasurer,
    /// It is put before the Commissioner.
    PutForward,
    /// The Commissioner agrees.
    Agree,
    /// The Commissioner does not agree.
    NotAgree,
    /// It is published.
    Publish,
    /// It is not published.
    NotPublish,
    /// Another report takes its place.
    Supersede,
    /// It is withdrawn.
    Withdraw,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::CheckFinance,
        Self::Submit,
        Self::Approve,
        Self::Waive,
        Self::SignExecutive,
        Self::SignTreasurer,
        Self::Reopen,
        Self::RequireRedaction,
        Self::SignRedactionExecutive,
        Self::SignRedactionTreasurer,
        Self::PutForward,
        Self::Agree,
        Self::NotAgree,
        Self::Publish,
        Self::NotPublish,
        Self::Supersede,
        Self::Withdraw,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CheckFinance => "check-finance",
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Waive => "waive",
            Self::SignExecutive => "sign-executive",
            Self::SignTreasurer => "sign-treasurer",
            Self::Reopen => "reopen",
            Self::RequireRedaction => "require-redaction",
            Self::SignRedactionExecutive => "sign-redaction-executive",
            Self::SignRedactionTreasurer => "sign-redaction-treasurer",
            Self::PutForward => "put-forward",
            Self::Agree => "agree",
            Self::NotAgree => "not-agree",
            Self::Publish => "publish",
            Self::NotPublish => "not-publish",
            Self::Supersede => "supersede",
            Self::Withdraw => "withdraw",
        }
    }

    /// What a person does who takes it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::CheckFinance => "Check the figures",
            Self::Submit => "Put before the Chief Officer Group",
            Self::Approve => "Approve for the Chief Officer Group",
            Self::Waive => "Waive the turn at the Chief Officer Group",
            Self::SignExecutive => "Sign as Chief Executive and Monitoring Officer",
            Self::SignTreasurer => "Sign as Treasurer and Chief Finance Officer",
            Self::Reopen => "Take back from the officers, who sign again",
            Self::RequireRedaction => "Send to be redacted",
            Self::SignRedactionExecutive => "Sign the redaction as Chief Executive",
            Self::SignRedactionTreasurer => "Sign the redaction as Treasurer",
            Self::PutForward => "Put before the Commissioner",
            Self::Agree => "Agree",
            Self::NotAgree => "Do not agree",
            Self::Publish => "Publish",
            Self::NotPublish => "Close without publishing",
            Self::Supersede => "Replace by another report",
            Self::Withdraw => "Withdraw",
        }
    }

    /// The office that takes it.
    #[must_use]
    pub fn post(self) -> Post {
        match self {
            Self::CheckFinance => Post::Finance,
            Self::Approve => Post::ChiefOfficers,
            Self::Waive => Post::DeputyChief,
            Self::SignExecutive | Self::SignRedactionExecutive => Post::Executive,
            Self::SignTreasurer | Self::SignRedactionTreasurer => Post::Treasurer,
            Self::Agree | Self::NotAgree => Post::Commissioner,
            Self::Submit
            | Self::Reopen
            | Self::RequireRedaction
            | Self::PutForward
            | Self::Publish
            | Self::NotPublish
            | Self::Supersede
            | Self::Withdraw => Post::Author,
        }
    }

    /// Whether it needs reasons.
    #[must_use]
    pub fn reasons(self) -> bool {
        matches!(self, Self::Waive | Self::NotAgree | Self::Reopen | Self::Withdraw)
    }
}

/// What a step has to know of its report.
#[derive(Clone, Debug)]
pub struct Facts {
    pub(crate) report: Id,
    pub(crate) hands: Hands,
    pub(crate) content: Content,
    pub(crate) publication: Publication,
    /// The day of the step before, or of the report itself.
    pub(crate) since: Option<Day>,
    /// The offices whose signature counts: those since it was last taken back from them.
    pub(crate) signed: Vec<Post>,
    /// Whether the redaction was signed off since then.
    pub(crate) redaction_signed: bool,
    /// The day from which an officer may sign: that of the approval or of taking it back, whoever signs first.
    pub(crate) approved: Option<Day>,
}

/// A report that stands at a place.
#[derive(Debug)]
pub struct At<S> {
    pub(crate) facts: Facts,
    place: PhantomData<S>,
}

/// A step that was taken: the only thing from which a new state is stored.
#[derive(Debug)]
pub struct Moved<S> {
    pub(crate) taken: Taken,
    place: PhantomData<S>,
}

/// What is kept of a step.
#[derive(Debug)]
pub(crate) struct Taken {
    pub report: Id,
    pub what: What,
    pub from: State,
    pub to: State,
    pub person: Id,
    pub printed: String,
    pub capacity: String,
    pub on: Day,
    pub reasons: String,
}

/// What comes of an officer's signature.
#[derive(Debug)]
pub enum Signature {
    /// The other office has not signed.
    First(Moved<CogApproved>),
    /// Both have.
    Both(Moved<StatutoryOfficerSignOff>),
}

/// The words of a reason that has to be given.
fn reason(given: &str, message: &str) -> Result<String> {
    match given.trim() {
        "" => Err(Error::field("reasons", "required", message)),
        given => match super::report::unfit("reasons", given, super::report::LONG) {
            Some(wrong) => Err(Error::Invalid(vec![wrong])),
            None => Ok(given.to_owned()),
        },
    }
}

impl<S: Place> At<S> {
    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        S::STATE
    }

    fn moved<T: Place, O: Office>(self, what: What, by: By<O>, reasons: String) -> Moved<T> {
        Moved {
            taken: Taken {
                report: self.facts.report,
                what,
                from: S::STATE,
                to: T::STATE,
                person: by.person,
                printed: by.printed,
                capacity: by.capacity,
                on: by.on,
                reasons,
            },
            place: PhantomData,
        }
    }

    fn in_order<O>(&self, by: &By<O>) -> Result<()> {
        match self.facts.since {
            Some(since) if by.on < since => Err(too_early(since)),
            _ => Ok(()),
        }
    }

    /// Whether what this person did with the report before leaves them the step.
    fn open_to<O>(&self, by: &By<O>, what: What) -> Result<()> {
        match self.facts.hands.shut(what, by.person) {
            Some(reason) => Err(Error::Forbidden { reason }),
            None => Ok(()),
        }
    }

    /// What is published is settled, and its redaction is signed where there is one.
    fn publishable(&self) -> Result<()> {
        self.facts.publication.complete(self.facts.content.classification)?;
        if self.facts.publication.redacts() && !self.facts.redaction_signed {
            return Err(Error::Conflict("its redaction is not signed".into()));
        }
        Ok(())
    }
}

fn too_early(since: Day) -> Error {
    let message = format!("Enter a day that is not before {since}, the day of the step before");
    Error::field("on", "before-its-predecessor", message)
}

impl At<Draft> {
    /// The figures are checked; the report is complete.
    ///
    /// # Errors
    /// By the author; incomplete; dated before the report.
    pub fn check_finance(self, by: By<Finance>) -> Result<Moved<FinanceChecked>> {
        self.open_to(&by, What::CheckFinance)?;
        self.facts.content.complete()?;
        self.in_order(&by)?;
        Ok(self.moved(What::CheckFinance, by, String::new()))
    }
}

impl At<FinanceChecked> {
    /// The author puts it before the Chief Officer Group.
    ///
    /// # Errors
    /// By anybody but the author; out of order.
    pub fn submit(self, by: By<Author>) -> Result<Moved<CogSubmitted>> {
        self.open_to(&by, What::Submit)?;
        self.in_order(&by)?;
        Ok(self.moved(What::Submit, by, String::new()))
    }
}

impl At<CogSubmitted> {
    /// The Chief Officer Group approves.
    ///
    /// # Errors
    /// By the author; out of order.
    pub fn approve(self, by: By<ChiefOfficers>) -> Result<Moved<CogApproved>> {
        self.open_to(&by, What::Approve)?;
        self.in_order(&by)?;
        Ok(self.moved(What::Approve, by, String::new()))
    }

    /// The Deputy Chief Constable waives its turn there.
    ///
    /// # Errors
    /// By the author; without reasons; out of order.
    pub fn waive(self, by: By<DeputyChief>, reasons: &str) -> Result<Moved<CogApproved>> {
        self.open_to(&by, What::Waive)?;
        self.in_order(&by)?;
        let reasons = reason(reasons, "Say why the report need not go to the Chief Officer Group")?;
        Ok(self.moved(What::Waive, by, reasons))
    }
}

impl At<CogApproved> {
    fn sign<O: Office>(self, what: What, by: By<O>) -> Result<Signature> {
        self.open_to(&by, what)?;
        // What is signed is the whole, also what of it is for the public.
        self.facts.publication.complete(self.facts.content.classification)?;
        if self.facts.signed.contains(&O::POST) {
            return Err(Error::Conflict(format!("the {} has signed already", O::POST.label())));
        }
        // In any order: only the approval comes before both.
        if let Some(approved) = self.facts.approved
            && by.on < approved
        {
            return Err(too_early(approved));
        }
        Ok(if self.facts.signed.is_empty() {
            Signature::First(self.moved(what, by, String::new()))
        } else {
            Signature::Both(self.moved(what, by, String::new()))
        })
    }

    /// The Chief Executive and Monitoring Officer signs, or the deputy.
    ///
    /// # Errors
    /// By the author or by who signed for the other office; signed already; before the approval.
    pub fn sign_executive(self, by: By<Executive>) -> Result<Signature> {
        self.sign(What::SignExecutive, by)
    }

    /// The Treasurer and Chief Finance Officer signs.
    ///
    /// # Errors
    /// As [`At::sign_executive`].
    pub fn sign_treasurer(self, by: By<Treasurer>) -> Result<Signature> {
        self.sign(What::SignTreasurer, by)
    }
}

impl At<StatutoryOfficerSignOff> {
    /// It is for publication and something in it is not for the public.
    ///
    /// # Errors
    /// Where the publication is not settled or redacts nothing; out of order.
    pub fn require_redaction(self, by: By<Author>) -> Result<Moved<RedactionRequired>> {
        self.facts.publication.complete(self.facts.content.classification)?;
        if !self.facts.publication.redacts() {
            return Err(Error::Conflict("nothing of it is redacted: put it before the Commissioner".into()));
        }
        self.in_order(&by)?;
        Ok(self.moved(What::RequireRedaction, by, String::new()))
    }

    /// It goes to the Commissioner.
    ///
    /// # Errors
    /// Where the publication is not settled or needs a redaction first; out of order.
    pub fn put_forward(self, by: By<Author>) -> Result<Moved<PfccDecisionPending>> {
        self.facts.publication.complete(self.facts.content.classification)?;
        if self.facts.publication.redacts() {
            return Err(Error::Conflict("it has to be redacted first".into()));
        }
        self.in_order(&by)?;
        Ok(self.moved(What::PutForward, by, String::new()))
    }
}

impl At<RedactionRequired> {
    fn sign_redaction<O: Office>(self, what: What, by: By<O>) -> Result<Moved<RedactionSignedOff>> {
        self.open_to(&by, what)?;
        self.facts.publication.complete(self.facts.content.classification)?;
        self.in_order(&by)?;
        Ok(self.moved(what, by, String::new()))
    }

    /// The Chief Executive signs that the redaction was carried out; `clean` proves it.
    ///
    /// # Errors
    /// By the author; out of order.
    pub fn sign_redaction_executive(self, by: By<Executive>, _: &Clean) -> Result<Moved<RedactionSignedOff>> {
        self.sign_redaction(What::SignRedactionExecutive, by)
    }

    /// The Treasurer signs that the redaction was carried out; `clean` proves it.
    ///
    /// # Errors
    /// By the author; out of order.
    pub fn sign_redaction_treasurer(self, by: By<Treasurer>, _: &Clean) -> Result<Moved<RedactionSignedOff>> {
        self.sign_redaction(What::SignRedactionTreasurer, by)
    }
}

impl At<RedactionSignedOff> {
    /// It goes to the Commissioner.
    ///
    /// # Errors
    /// Where the publication is not settled; out of order.
    pub fn put_forward(self, by: By<Author>) -> Result<Moved<PfccDecisionPending>> {
        self.publishable()?;
        self.in_order(&by)?;
        Ok(self.moved(What::PutForward, by, String::new()))
    }
}

impl At<PfccDecisionPending> {
    fn decide<T: Place>(self, what: What, by: By<Commissioner>, reasons: String) -> Result<Moved<T>> {
        self.open_to(&by, what)?;
        self.publishable()?;
        self.in_order(&by)?;
        Ok(self.moved(what, by, reasons))
    }

    /// The Commissioner agrees, or the deputy.
    ///
    /// # Errors
    /// By the author or a signing officer; where a redaction is not signed; out of order.
    pub fn agree(self, by: By<Commissioner>) -> Result<Moved<Agreed>> {
        self.decide(What::Agree, by, String::new())
    }

    /// The Commissioner does not agree, or the deputy.
    ///
    /// # Errors
    /// Without reasons; as [`At::agree`].
    pub fn not_agree(self, by: By<Commissioner>, reasons: &str) -> Result<Moved<NotAgreed>> {
        let reasons = reason(reasons, "Say why you do not agree")?;
        self.decide(What::NotAgree, by, reasons)
    }
}

impl<S: Decided> At<S> {
    /// It is published; `clean` proves that nothing redacted is in it.
    ///
    /// # Errors
    /// Where it is not for publication; where a redaction is not signed; out of order.
    pub fn publish(self, by: By<Author>, _: &Clean) -> Result<Moved<Published>> {
        if self.facts.publication.for_publication != Some(true) {
            return Err(Error::Conflict("it is not for publication".into()));
        }
        self.publishable()?;
        self.in_order(&by)?;
        Ok(self.moved(What::Publish, by, String::new()))
    }

    /// It is not published, for the reasons that were given when that was settled, or for those that are given now: less
    /// may be published than the officers signed, with reasons, and never more.
    ///
    /// # Errors
    /// Without reasons that cite the classification; out of order.
    pub fn not_publish(self, by: By<Author>, reasons: &str) -> Result<Moved<NotPublished>> {
        let settled = self.facts.publication.for_publication == Some(false);
        let reasons = match settled {
            true => self.facts.publication.reasons.clone(),
            false => reason(reasons, "Say why it is not published, though it was for publication")?,
        };
        super::report::cites(&reasons, self.facts.content.classification)?;
        self.in_order(&by)?;
        Ok(self.moved(What::NotPublish, by, reasons))
    }
}

impl At<Published> {
    /// Another report has taken its place: `by_reference` names it, and says so itself.
    ///
    /// # Errors
    /// Out of order.
    pub fn supersede(self, by: By<Author>, by_reference: &str) -> Result<Moved<Superseded>> {
        self.in_order(&by)?;
        Ok(self.moved(What::Supersede, by, by_reference.to_owned()))
    }
}

impl<S: Signed> At<S> {
    /// It is taken back from the officers: what is published can be settled anew, and both sign again.
    ///
    /// # Errors
    /// Where nobody has signed; without reasons; out of order.
    pub fn reopen(self, by: By<Author>, reasons: &str) -> Result<Moved<CogApproved>> {
        if self.facts.signed.is_empty() {
            return Err(Error::Conflict("no officer has signed it: it can be changed as it is".into()));
        }
        let reasons = reason(reasons, "Say why it is taken back from the officers")?;
        self.in_order(&by)?;
        Ok(self.moved(What::Reopen, by, reasons))
    }
}

impl<S: Open> At<S> {
    /// It is withdrawn.
    ///
    /// # Errors
    /// Without reasons; out of order.
    pub fn withdraw(self, by: By<Author>, reasons: &str) -> Result<Moved<Withdrawn>> {
        let reasons = reason(reasons, "Say why the report is withdrawn")?;
        self.in_order(&by)?;
        Ok(self.moved(What::Withdraw, by, reasons))
    }
}

/// Every move that there is, as a table: pages say from it what is next, and a test holds the machine to it.
pub const TABLE: [(State, What, State); 33] = {
    use {State as S, What as W};
    [
        (S::Draft, W::CheckFinance, S::FinanceChecked),
        (S::FinanceChecked, W::Submit, S::CogSubmitted),
        (S::CogSubmitted, W::Approve, S::CogApproved),
        (S::CogSubmitted, W::Waive, S::CogApproved),
        (S::CogApproved, W::SignExecutive, S::CogApproved),
        (S::CogApproved, W::SignTreasurer, S::CogApproved),
        (S::CogApproved, W::SignExecutive, S::StatutoryOfficerSignOff),
        (S::CogApproved, W::SignTreasurer, S::StatutoryOfficerSignOff),
        (S::CogApproved, W::Reopen, S::CogApproved),
        (S::StatutoryOfficerSignOff, W::Reopen, S::CogApproved),
        (S::RedactionRequired, W::Reopen, S::CogApproved),
        (S::RedactionSignedOff, W::Reopen, S::CogApproved),
        (S::PfccDecisionPending, W::Reopen, S::CogApproved),
        (S::StatutoryOfficerSignOff, W::RequireRedaction, S::RedactionRequired),
        (S::StatutoryOfficerSignOff, W::PutForward, S::PfccDecisionPending),
        (S::RedactionRequired, W::SignRedactionExecutive, S::RedactionSignedOff),
        (S::RedactionRequired, W::SignRedactionTreasurer, S::RedactionSignedOff),
        (S::RedactionSignedOff, W::PutForward, S::PfccDecisionPending),
        (S::PfccDecisionPending, W::Agree, S::Agreed),
        (S::PfccDecisionPending, W::NotAgree, S::NotAgreed),
        (S::Agreed, W::Publish, S::Published),
        (S::Agreed, W::NotPublish, S::NotPublished),
        (S::NotAgreed, W::Publish, S::Published),
        (S::NotAgreed, W::NotPublish, S::NotPublished),
        (S::Published, W::Supersede, S::Superseded),
        (S::Draft, W::Withdraw, S::Withdrawn),
        (S::FinanceChecked, W::Withdraw, S::Withdrawn),
        (S::CogSubmitted, W::Withdraw, S::Withdrawn),
        (S::CogApproved, W::Withdraw, S::Withdrawn),
        (S::StatutoryOfficerSignOff, W::Withdraw, S::Withdrawn),
        (S::RedactionRequired, W::Withdraw, S::Withdrawn),
        (S::RedactionSignedOff, W::Withdraw, S::Withdrawn),
        (S::PfccDecisionPending, W::Withdraw, S::Withdrawn),
    ]
};

/// The steps that come next for a report, by the table and by what is settled.
#[must_use]
pub fn next(state: State, publication: &Publication, signed: &[Post]) -> Vec<What> {
    let fits = |what: &What| match what {
        What::SignExecutive => !signed.contains(&Post::Executive),
        What::SignTreasurer => !signed.contains(&Post::Treasurer),
        What::Reopen => !signed.is_empty(),
        What::RequireRedaction => publication.redacts(),
        What::PutForward => state == State::RedactionSignedOff || !publication.redacts(),
        What::Publish => publication.for_publication == Some(true),
        _ => true,
    };
    let mut found: Vec<What> = Vec::new();
    for (from, what, _) in TABLE {
        if from == state && fits(&what) && !found.contains(&what) {
            found.push(what);
        }
    }
    found
}
