//! Who acts, for which purpose, and what was asked of the policy.
//!
//! The words are those of the Data Protection Act 2018, Part 3: section 62 names the operations that a
//! competent authority logs. These are plain data; the decision itself is made by `access`.

use crate::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who is acting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Which sort of actor this is.
    pub kind: ActorKind,
    /// The staff account or token behind it; none for the public and for the system itself.
    pub id: Option<Id>,
    /// Roles by code, as `data/policies` names them.
    pub roles: Vec<String>,
    /// The purpose that the actor chose, by code.
    pub purpose: String,
    /// The request this belongs to, so that log lines and audit entries can be joined.
    pub request: Option<String>,
}

/// The sorts of actor there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A member of the public, known only by what they hold.
    Public,
    /// A named member of staff.
    Staff,
    /// The system at work on its own: jobs, the sealer, migrations.
    System,
}

impl ActorKind {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
            Self::System => "system",
        }
    }
}

impl Actor {
    /// A member of the public, reporting or following a report.
    #[must_use]
    pub fn public() -> Self {
        Self {
            kind: ActorKind::Public,
            id: None,
            roles: vec!["public".into()],
            purpose: "reporting".into(),
            request: None,
        }
    }

    /// The system at work on its own.
    #[must_use]
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            roles: vec!["system".into()],
            purpose: "operation".into(),
            request: None,
        }
    }

    /// A named member of staff acting for a purpose.
    #[must_use]
    pub fn staff(id: Id, roles: Vec<String>, purpose: impl Into<String>) -> Self {
        Self { kind: ActorKind::Staff, id: Some(id), roles, purpose: purpose.into(), request: None }
    }
}

/// The operations that the log tells apart: the six of section 62 DPA 2018, and five of the system's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Personal data came in.
    Collect,
    /// Personal data was changed.
    Alter,
    /// Personal data was looked at.
    Consult,
    /// Personal data was given to somebody else.
    Disclose,
    /// Records were set side by side or tied together.
    Combine,
    /// Personal data was removed.
    Erase,
    /// A named person decided.
    Decide,
    /// An algorithm proposed something.
    Propose,
    /// Somebody signed in or out, or failed to.
    Authenticate,
    /// Accounts, policy or settings were changed.
    Administer,
    /// Something was asked for and the policy said no.
    Refuse,
}

impl Verb {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Alter => "alter",
            Self::Consult => "consult",
            Self::Disclose => "disclose",
            Self::Combine => "combine",
            Self::Erase => "erase",
            Self::Decide => "decide",
            Self::Propose => "propose",
            Self::Authenticate => "authenticate",
            Self::Administer => "administer",
            Self::Refuse => "refuse",
        }
    }
}

/// A question to the policy: may this be done to that kind of thing?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The action's code, such as `report.decide`. The actions are listed in `data/policies`.
    pub action: &'static str,
    /// The thing it concerns, when there is one.
    pub object: Option<Id>,
}

/// The policy's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may be done.
    pub allowed: bool,
    /// The rule that decided, by id; `default-deny` where none spoke.
    pub rule: String,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "{} {id} for {}", self.kind.code(), self.purpose),
            None => write!(f, "{} for {}", self.kind.code(), self.purpose),
        }
    }
}

/// The actions that the policy knows, by code. A policy file that names another one is refused.
pub mod action {
    macro_rules! actions {
        ($($(#[$doc:meta])* $name:ident = $code:literal;)+) => {
            $($(#[$doc])* pub const $name: &str = $code;)+
            /// Every action there is.
            pub const ALL: &[&str] = &[$($code),+];
        };
    }

    actions! {
        /// Send in a report.
        REPORT_SUBMIT = "report.submit";
        /// Follow a report with its reference and code.
        REPORT_TRACK = "report.track";
        /// See the queue of reports.
        REPORT_LIST = "report.list";
        /// See one report with its assessment and matches.
        REPORT_VIEW = "report.view";
        /// Assess and match a report: proposals only.
        REPORT_ASSESS = "report.assess";
        /// Say whether a suggested match is the same.
        MATCH_ANSWER = "match.answer";
        /// Decide about a report.
        REPORT_DECIDE = "report.decide";
        /// Note what more is known of a report, ask another definition, put down an own grade.
        REPORT_UPDATE = "report.update";
        /// See what has to be looked at again.
        REVIEW_LIST = "review.list";
        /// Answer for a grade below the floor, or for a required action that was refused.
        GRADE_SUPERVISE = "grade.supervise";
        /// Read the definitions that are in force.
        DEFINITION_READ = "definition.read";
        /// Read every version of the definitions, with what people did with them.
        DEFINITION_VIEW = "definition.view";
        /// Take up the definitions that came with the product.
        DEFINITION_TAKE_UP = "definition.take-up";
        /// Write a definition, put it into shadow, ask that it go live.
        DEFINITION_WRITE = "definition.write";
        /// Let a definition go live or not, retire it.
        DEFINITION_APPROVE = "definition.approve";
        /// See how people decide beside what is proposed.
        QUALITY_VIEW = "quality.view";
        /// Switch an algorithm off or on.
        ALGORITHM_SWITCH = "algorithm.switch";
        /// See the strategies, the portfolio and every register of the programme office.
        STRATEGY_VIEW = "strategy.view";
        /// Read the strategies that were published.
        STRATEGY_READ = "strategy.read";
        /// Take up a strategy, a survey of applications or a model of the architecture.
        STRATEGY_IMPORT = "strategy.import";
        /// Put down an idea, and see what became of it.
        IDEA_SUBMIT = "idea.submit";
        /// Keep the registers: portfolio, risks, benefits, applications, suppliers, skills.
        REGISTER_WRITE = "register.write";
        /// Score an item against a strategy.
        ITEM_ASSESS = "item.assess";
        /// Say whether a finding, such as a duplicate, is one.
        FINDING_CONFIRM = "finding.confirm";
        /// Let an item through a stage gate or not, and lift a block with reasons.
        GATE_DECIDE = "gate.decide";
        /// Write a decision report and take it to the next board.
        DECISION_WRITE = "decision.write";
        /// Check a decision report's figures.
        DECISION_FINANCE = "decision.finance";
        /// Approve a decision report for the Chief Officer Group.
        DECISION_APPROVE = "decision.approve";
        /// Waive, as Deputy Chief Constable, that a decision report or a board paper goes to the Chief Officer Group.
        DECISION_WAIVE = "decision.waive";
        /// Sign a decision report as Chief Executive and Monitoring Officer, and its redaction.
        DECISION_SIGN_EXECUTIVE = "decision.sign-executive";
        /// Sign a decision report as Treasurer and Chief Finance Officer, and its redaction.
        DECISION_SIGN_TREASURER = "decision.sign-treasurer";
        /// Agree or not agree to a decision report.
        DECISION_TAKE = "decision.take";
        /// Read decision reports and board papers that are marked OFFICIAL-SENSITIVE.
        DECISION_VIEW_SENSITIVE = "decision.view-sensitive";
        /// Read the decisions that were published.
        DECISION_READ = "decision.read";
        /// See the ethics assessments and the register of algorithms with what only staff may see.
        ETHICS_VIEW = "ethics.view";
        /// Write an ethics assessment, and put an algorithm before the committee.
        ETHICS_WRITE = "ethics.write";
        /// Give the committee's advice, with its minutes.
        ETHICS_ADVISE = "ethics.advise";
        /// Let an algorithm into the lab, a pilot or operation; suspend or retire it.
        ETHICS_APPROVE = "ethics.approve";
        /// Fill the register of algorithms with what runs.
        ALGORITHM_REGISTER = "algorithm.register";
        /// Read the public register of algorithms.
        ALGORITHM_READ = "algorithm.read";
        /// Complain.
        COMPLAINT_SUBMIT = "complaint.submit";
        /// Follow a complaint with its reference and code.
        COMPLAINT_TRACK = "complaint.track";
        /// Receive, acknowledge and answer complaints.
        COMPLAINT_HANDLE = "complaint.handle";
        /// Look into a complaint independently, and say what came of it.
        COMPLAINT_REVIEW = "complaint.review";
        /// See the decision that a complaint given to oneself is about, beside what was proposed.
        COMPLAINT_SEE_DECISION = "complaint.see-decision";
        /// Score an entry to an innovation challenge without knowing whose it is.
        CHALLENGE_SCORE = "challenge.score";
        /// Read what the programme publishes: challenges, and how its services stand to the Service Standard.
        PROGRAMME_READ = "programme.read";
        /// See the list of cases.
        CASE_LIST = "case.list";
        /// See one case.
        CASE_VIEW = "case.view";
        /// Add or finish tasks, add notes.
        CASE_UPDATE = "case.update";
        /// Add evidence to a case.
        EVIDENCE_ADD = "evidence.add";
        /// Open a file of evidence.
        EVIDENCE_OPEN = "evidence.open";
        /// Hand a case over as a package.
        CASE_EXPORT = "case.export";
        /// Load records from a source.
        SOURCE_IMPORT = "source.import";
        /// See a record that is held.
        RECORD_VIEW = "record.view";
        /// Sign in, sign out, take up an invitation.
        SESSION_OPEN = "session.open";
        /// Invite, change and disable accounts and tokens.
        ACCOUNT_MANAGE = "account.manage";
        /// Make the first administrator, while nobody can sign in.
        ACCOUNT_BOOTSTRAP = "account.bootstrap";
        /// Read the audit log.
        LOG_VIEW = "log.view";
        /// Send what is in the outbox.
        MESSAGE_SEND = "message.send";
    }
}
