//! Who acts: a named person in an office, or a deputy where the office has one.

use bluelamp_model::{Day, Decider, Error, Id, Result, authority::action};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// The offices that move a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Post {
    /// The author, on behalf of a chief officer.
    Author,
    /// The force's finance approver.
    Finance,
    /// The Chief Officer Group.
    ChiefOfficers,
    /// The Deputy Chief Constable, who may waive the turn at the Chief Officer Group.
    DeputyChief,
    /// The Chief Executive and Monitoring Officer.
    Executive,
    /// The Treasurer and Chief Finance Officer.
    Treasurer,
    /// The Police, Fire and Crime Commissioner.
    Commissioner,
}

impl Post {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Author,
        Self::Finance,
        Self::ChiefOfficers,
        Self::DeputyChief,
        Self::Executive,
        Self::Treasurer,
        Self::Commissioner,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Finance => "finance",
            Self::ChiefOfficers => "chief-officers",
            Self::DeputyChief => "deputy-chief",
            Self::Executive => "executive",
            Self::Treasurer => "treasurer",
            Self::Commissioner => "commissioner",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Author => "Author",
            Self::Finance => "Finance approver",
            Self::ChiefOfficers => "Chief Officer Group",
            Self::DeputyChief => "Deputy Chief Constable",
            Self::Executive => "Chief Executive and Monitoring Officer",
            Self::Treasurer => "Treasurer and Chief Finance Officer",
            Self::Commissioner => "Police, Fire and Crime Commissioner",
        }
    }

    /// The deputy's title, where a deputy may sign.
    #[must_use]
    pub fn deputy(self) -> Option<&'static str> {
        match self {
            Self::Executive => Some("Deputy Monitoring Officer"),
            Self::Commissioner => Some("Deputy Police, Fire and Crime Commissioner"),
            _ => None,
        }
    }

    /// Whether the office signs: the name is printed, and the person says that it is their signature.
    #[must_use]
    pub fn signs(self) -> bool {
        matches!(self, Self::Executive | Self::Treasurer | Self::Commissioner)
    }

    /// Whether a recorded capacity is this office's, or its deputy's.
    #[must_use]
    pub fn is(self, capacity: &str) -> bool {
        capacity == self.label() || self.deputy() == Some(capacity)
    }

    /// What the policy is asked.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::Author => action::DECISION_WRITE,
            Self::Finance => action::DECISION_FINANCE,
            Self::ChiefOfficers => action::DECISION_APPROVE,
            Self::DeputyChief => action::DECISION_WAIVE,
            Self::Executive => action::DECISION_SIGN_EXECUTIVE,
            Self::Treasurer => action::DECISION_SIGN_TREASURER,
            Self::Commissioner => action::DECISION_TAKE,
        }
    }
}

/// What a person says who acts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Signing {
    /// The day that the paper states; today where it is absent. The time of entry is kept beside it.
    pub on: Option<Day>,
    /// The printed name, where the office signs; else the account's name.
    pub name: String,
    /// Whether the person acts as the office's deputy.
    pub deputy: bool,
    /// Whether the person says that this is their signature.
    pub signed: bool,
}

/// An office as a type. There is one for each [`Post`], and nobody else makes any.
pub trait Office {
    /// Which.
    const POST: Post;
}

macro_rules! offices {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $($(#[$doc])* #[derive(Debug)] pub enum $name {}
        impl Office for $name { const POST: Post = Post::$name; })+
    };
}

offices! {
    /// See [`Post::Author`].
    Author;
    /// See [`Post::Finance`].
    Finance;
    /// See [`Post::ChiefOfficers`].
    ChiefOfficers;
    /// See [`Post::DeputyChief`].
    DeputyChief;
    /// See [`Post::Executive`].
    Executive;
    /// See [`Post::Treasurer`].
    Treasurer;
    /// See [`Post::Commissioner`].
    Commissioner;
}

/// A named person who acts in an office. It is made only where the policy was asked, so a step that wants the Treasurer
/// cannot be given the Chief Executive; this does not compile:
/// ```compile_fail
/// # use bluelamp_steward::decision::office::{By, Treasurer, Executive};
/// fn wants(_: By<Treasurer>) {}
/// fn gives(by: By<Executive>) { wants(by) }
/// ```
#[derive(Debug)]
pub struct By<O> {
    pub(crate) person: Id,
    pub(crate) printed: String,
    pub(crate) capacity: String,
    pub(crate) on: Day,
    office: PhantomData<O>,
}

impl<O: Office> By<O> {
    /// The person behind the actor, in this office, for the report `about`.
    ///
    /// # Errors
    /// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] for a signature
    /// without a name or in a capacity that the office does not have, and for a day that has not come yet.
    pub fn of(cx: &mut Cx<'_>, about: Id, signing: &Signing) -> Result<Self> {
        cx.allow(O::POST.action(), Some(about))?;
        let person = Decider::of(cx.actor())?.id();
        let today: Day = cx.now().day().parse().map_err(Error::Bug)?;
        let on = signing.on.unwrap_or(today);
        if on > today {
            return Err(Error::field("on", "future", "Enter a day that is not in the future"));
        }
        let capacity = match (signing.deputy, O::POST.deputy()) {
            (false, _) => O::POST.label(),
            (true, Some(deputy)) => deputy,
            (true, None) => {
                let message = format!("There is no deputy who may sign for the {}", O::POST.label());
                return Err(Error::field("deputy", "no-deputy", message));
            }
        };
        let printed = signing.name.trim();
        let printed = if O::POST.signs() {
            let mut wrong = Vec::new();
            let fault = |field: &str, message: &str| bluelamp_model::FieldError {
                field: field.into(),
                code: "required".into(),
                message: message.into(),
            };
            if printed.is_empty() {
                wrong.push(fault("name", "Enter the printed name"));
            }
            wrong.extend(super::report::unfit("name", printed, super::report::SHORT));
            if !signing.signed {
                wrong.push(fault("signed", "Say that this is your signature"));
            }
            if !wrong.is_empty() {
                return Err(Error::Invalid(wrong));
            }
            printed.to_owned()
        } else {
            let row = cx.row("select name from account where id = $1", &[person.into()])?;
            row.map(|r| r.get(0)).transpose()?.unwrap_or_default()
        };
        Ok(Self { person, printed, capacity: capacity.into(), on, office: PhantomData })
    }
}
