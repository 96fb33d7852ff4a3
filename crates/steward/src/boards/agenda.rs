//! The agenda: items with their papers, what was decided, endorsed or noted, and what members said.

use super::{
    bodies::{BodyKind, body},
    fit, long,
    meetings::{Meeting, MeetingState, MinutesState, codes, meeting, not_cancelled, touch},
    required, short,
};
use bluelamp_model::{
    Day, Decider, Error, FieldError, Gsc, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

codes! {
    /// What a body is asked to do with an item.
    Wanted {
        /// To decide.
        Decide = "decide", "To decide";
        /// To endorse.
        Endorse = "endorse", "To endorse";
        /// To note.
        Note = "note", "To note and comment";
    }
}

codes! {
    /// What came of an item.
    Outcome {
        /// It was decided as proposed.
        Agreed = "agreed", "Agreed";
        /// It was not.
        NotAgreed = "not-agreed", "Not agreed";
        /// It was endorsed.
        Endorsed = "endorsed", "Endorsed";
        /// It was noted.
        Noted = "noted", "Noted";
        /// It comes again.
        Deferred = "deferred", "Deferred";
    }
}

impl Outcome {
    /// Whether it answers what was asked.
    fn answers(self, wanted: Wanted) -> bool {
        match self {
            Self::Deferred => true,
            Self::Agreed | Self::NotAgreed => wanted == Wanted::Decide,
            Self::Endorsed => wanted == Wanted::Endorse,
            Self::Noted => wanted == Wanted::Note,
        }
    }
}

/// The cover of a board paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// How it is marked.
    pub classification: Gsc,
    /// To whom it reports.
    pub report_to: String,
    /// Its title.
    pub title: String,
    /// The chief officer whose paper it is.
    pub chief_officer: String,
    /// Who wrote it on behalf of the chief officer.
    pub author: String,
    /// The day on which it was written.
    pub date_written: Day,
    /// Its version.
    pub version: String,
    /// The day on which finance approved it.
    #[serde(default)]
    pub finance_approved_on: Option<Day>,
    /// Who approved it for finance.
    #[serde(default)]
    pub finance_approvers: String,
    /// The financial implications, or that there are none.
    #[serde(default)]
    pub financial_implications: String,
    /// The decision report that it carries, by reference.
    #[serde(default)]
    pub decision_reference: Option<String>,
}

impl Cover {
    fn check(&self) -> Result<()> {
        let fault = |field: &str, message: &str| FieldError {
            field: field.into(),
            code: "required".into(),
            message: message.into(),
        };
        let half = self.finance_approved_on.is_some() == self.finance_approvers.trim().is_empty();
        let reference = self.decision_reference.as_deref().is_some_and(|r| !crate::decision::is_reference(r));
        fit([
            required("title", &self.title, "Enter the title of the paper"),
            required("report_to", &self.report_to, "Enter to whom it reports"),
            required("chief_officer", &self.chief_officer, "Enter the chief officer"),
            required("author", &self.author, "Enter the author"),
            required("version", &self.version, "Enter the version"),
            short("finance_approvers", &self.finance_approvers),
            long("financial_implications", &self.financial_implications),
            half.then(|| {
                fault("finance_approvers", "Enter who approved it for finance together with the day")
            }),
            reference.then(|| fault("decision_reference", "Write the reference of a report, such as 097-21")),
        ])
    }
}

/// An item as it is put on the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Its number on the agenda.
    pub number: u32,
    /// What it is about; the paper's title where it is empty.
    #[serde(default)]
    pub title: String,
    /// What the body is asked to do.
    pub wanted: Wanted,
    /// A paper that was at another meeting.
    #[serde(default)]
    pub paper: Option<Id>,
    /// A new paper.
    #[serde(default)]
    pub cover: Option<Cover>,
}

/// An item of an agenda.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Item {
    /// Its row.
    pub id: Id,
    /// Its number.
    pub number: u32,
    /// What it is about; nothing where its paper is OFFICIAL-SENSITIVE and was not opened.
    pub title: Option<String>,
    /// What the body is asked to do.
    pub wanted: Wanted,
    /// Its paper.
    pub paper: Option<Id>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// In words; nothing as with the title.
    pub outcome_text: String,
    /// What members said; nothing as with the title.
    pub comments: Vec<Comment>,
}

/// What a member said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comment {
    /// Who.
    pub member: String,
    /// What.
    pub said: String,
    /// When it was put down.
    pub at: Time,
}

/// Where a paper was.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Route {
    /// The body.
    pub body: String,
    /// The meeting.
    pub meeting: Id,
    /// Its day.
    pub on: Day,
    /// The item, whole.
    pub item: Item,
}

/// A paper with its cover and where it was.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PaperView {
    /// Its row.
    pub id: Id,
    /// Its cover.
    pub cover: Cover,
    /// Why it need not go to the Chief Officer Group, where that was waived.
    pub waiver: String,
    /// When that was.
    pub waived_at: Option<Time>,
    /// The meetings, by day.
    pub route: Vec<Route>,
}

fn gsc(code: &str) -> Gsc {
    if code == Gsc::Official.code() { Gsc::Official } else { Gsc::OfficialSensitive }
}

/// Whether a meeting has a paper that is marked above OFFICIAL.
pub(super) fn is_sensitive(cx: &mut Cx<'_>, of: Id) -> Result<bool> {
    let rows = cx.rows(&format!("{ITEMS} where i.meeting_id = $1"), &[of.into()])?;
    for row in rows {
        let marked: Option<String> = row.get(7)?;
        if marked.is_some_and(|m| gsc(&m) > Gsc::Official) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The agenda of a meeting. Of a paper that is OFFICIAL-SENSITIVE it tells nothing but that it is there.
pub(super) fn items(cx: &mut Cx<'_>, of: Id) -> Result<Vec<Item>> {
    let rows = cx.rows(&format!("{ITEMS} where i.meeting_id = $1 order by i.number"), &[of.into()])?;
    let mut all = Vec::new();
    for row in rows {
        let marked: Option<String> = row.get(7)?;
        let mut item = whole(cx, &row)?;
        if marked.is_some_and(|m| gsc(&m) > Gsc::Official) {
            item = Item { title: None, outcome_text: String::new(), comments: Vec::new(), ..item };
        }
        all.push(item);
    }
    Ok(all)
}

const ITEMS: &str = "select i.id, i.number, i.title, i.wanted, i.paper_id, i.outcome, i.outcome_text, p.gsc
  from board_item i left join board_paper p on p.id = i.paper_id";

fn whole(cx: &mut Cx<'_>, row: &bluelamp_store::Row) -> Result<Item> {
    let id: Id = row.get(0)?;
    let outcome: Option<String> = row.get(5)?;
    let comments = cx
        .rows("select member, said, at from board_comment where item_id = $1 order by at, id", &[id.into()])?
        .iter()
        .map(|r| Ok(Comment { member: r.get(0)?, said: r.get(1)?, at: r.get(2)? }))
        .collect::<Result<_>>()?;
    Ok(Item {
        id,
        number: u32::try_from(row.get::<i64>(1)?).unwrap_or(0),
        title: Some(row.get(2)?),
        wanted: Wanted::of(&row.get::<String>(3)?)?,
        paper: row.get(4)?,
        outcome: outcome.map(|o| Outcome::of(&o)).transpose()?,
        outcome_text: row.get(6)?,
        comments,
    })
}

struct Paper {
    cover: Cover,
    waiver: String,
    waived_at: Option<Time>,
}

fn paper(cx: &mut Cx<'_>, id: Id) -> Result<Paper> {
    let row = cx.row("select body, waiver, waived_at from board_paper where id = $1", &[id.into()])?;
    let row = row.ok_or_else(|| Error::NotFound("that paper".into()))?;
    let body: String = row.get(0)?;
    let cover =
        serde_json::from_str(&body).map_err(|e| Error::Bug(format!("a paper cannot be read: {e}")))?;
    let paper = Paper { cover, waiver: row.get(1)?, waived_at: row.get(2)? };
    if paper.cover.classification > Gsc::Official {
        cx.allow(action::DECISION_VIEW_SENSITIVE, Some(id))?;
    }
    Ok(paper)
}

/// Puts an item on the agenda of a meeting that is planned, with a new paper, with one that was elsewhere, or without.
///
/// # Errors
/// Not allowed; [`Error::Stale`]; [`Error::Conflict`] for a meeting that was held; [`Error::Invalid`], also for a paper
/// that was not before the Chief Officer Group and need not be.
pub fn add_item(cx: &mut Cx<'_>, of: Id, seen: i64, new: &NewItem) -> Result<Id> {
    cx.allow(action::REGISTER_WRITE, Some(of))?;
    let by = Decider::of(cx.actor())?;
    let meeting = meeting(cx, of)?;
    let board = body(cx, &meeting.body)?;
    if meeting.state != MeetingState::Planned {
        return Err(Error::Conflict(format!("the meeting is {}", meeting.state.label().to_lowercase())));
    }
    let fault = |field: &str, code: &str, message: &str| FieldError {
        field: field.into(),
        code: code.into(),
        message: message.into(),
    };
    let both = new.paper.is_some() && new.cover.is_some();
    let none = new.paper.is_none() && new.cover.is_none() && new.title.trim().is_empty();
    fit([
        short("title", &new.title),
        none.then(|| fault("title", "required", "Enter what the item is about, or give a paper")),
        both.then(|| fault("paper", "both", "Give a new paper or one that is there, not both")),
        (!(1..=999).contains(&new.number)).then(|| fault("number", "range", "Give a number from 1 to 999")),
    ])?;
    if let Some(reference) = new.cover.as_ref().and_then(|c| c.decision_reference.as_deref())
        && cx.row("select 1 from decision_paper where reference = $1", &[reference.into()])?.is_none()
    {
        let message = format!("There is no decision report {reference}");
        return Err(Error::field("decision_reference", "unknown", message));
    }
    let now = cx.now();
    let known = match (new.paper, &new.cover) {
        (Some(id), _) => Some((id, paper(cx, id)?)),
        (None, Some(cover)) => {
            cover.check()?;
            let id = cx.new_id()?;
            let text = serde_json::to_string(cover).map_err(|e| Error::Bug(e.to_string()))?;
            cx.exec(
                "insert into board_paper (id, body, gsc, title, decision_reference, waiver, made_at, made_by)
                 values ($1, $2, $3, $4, $5, '', $6, $7)",
                &[
                    id.into(),
                    text.into(),
                    cover.classification.code().into(),
                    cover.title.trim().into(),
                    cover.decision_reference.clone().into(),
                    now.into(),
                    by.id().into(),
                ],
            )?;
            Some((id, Paper { cover: cover.clone(), waiver: String::new(), waived_at: None }))
        }
        (None, None) => None,
    };
    if let Some((id, paper)) = &known
        && board.kind != BodyKind::ChiefOfficerGroup
    {
        was_before_chief_officers(cx, *id, paper, meeting.on)?;
    }
    touch(cx, of, seen)?;
    let id = cx.new_id()?;
    let title = match (new.title.trim(), &known) {
        ("", Some((_, paper))) => paper.cover.title.trim().to_owned(),
        (title, _) => title.to_owned(),
    };
    let done = cx.exec(
        "insert into board_item (id, meeting_id, number, title, wanted, paper_id, outcome_text)
         values ($1, $2, $3, $4, $5, $6, '') on conflict (meeting_id, number) do nothing",
        &[
            id.into(),
            of.into(),
            i64::from(new.number).into(),
            title.into(),
            new.wanted.code().into(),
            known.as_ref().map(|(id, _)| *id).into(),
        ],
    )?;
    if done == 0 {
        return Err(Error::field("number", "taken", "There is an item with that number already"));
    }
    cx.record(
        Verb::Alter,
        "board-meeting",
        Some(of),
        json!({ "item": id, "paper": known.map(|(id, _)| id) }),
    )?;
    Ok(id)
}

/// Whether a paper may go to another board: it was before the Chief Officer Group, or that was waived, or it is itself the
/// decision report that was.
fn was_before_chief_officers(cx: &mut Cx<'_>, id: Id, paper: &Paper, on: Day) -> Result<()> {
    if paper.waived_at.is_some() {
        return Ok(());
    }
    let sql = "select 1 from board_item i join board_meeting m on m.id = i.meeting_id join body b on b.code = m.body_code
               where i.paper_id = $1 and b.kind = 'chief-officer-group' and m.on_day <= $2
                 and i.outcome is not null and i.outcome not in ('deferred', 'not-agreed')";
    if cx.row(sql, &[id.into(), on.to_string().into()])?.is_some() {
        return Ok(());
    }
    if let Some(reference) = &paper.cover.decision_reference {
        let sql = "select r.title, r.gsc from decision_step s join decision_paper r on r.id = s.report_id
                   where r.reference = $1 and r.state <> 'withdrawn' and s.what in ('approve', 'waive')
                     and s.on_day <= $2";
        let approved = cx.row(sql, &[reference.as_str().into(), on.to_string().into()])?;
        let approved =
            approved.map(|r| Ok::<_, Error>((r.get::<String>(0)?, r.get::<String>(1)?))).transpose()?;
        if let Some((title, marked)) = approved {
            return is_the_report(cx, id, &paper.cover, reference, (&title, gsc(&marked)));
        }
    }
    let message = "This paper was not before the Chief Officer Group: take it there first, or have the Deputy Chief \
                   Constable waive that with a reason";
    Err(Error::field("paper", "not-before-chief-officers", message))
}

/// Whether a paper is itself the report that it names, and the only one that is. To name a report that was approved is no
/// approval of another paper.
fn is_the_report(
    cx: &mut Cx<'_>,
    id: Id,
    cover: &Cover,
    reference: &str,
    (title, marked): (&str, Gsc),
) -> Result<()> {
    let fault = |code: &str, why: &str| {
        let message = format!(
            "The Chief Officer Group has approved the decision report {reference}, and {why}: take this paper to the \
             group first, or have the Deputy Chief Constable waive that with a reason"
        );
        Err(Error::field("paper", code, message))
    };
    // The marking first: whoever may not read the report is not told whether its title was guessed.
    if cover.classification < marked {
        return fault("not-before-chief-officers", "this paper is marked lower than the report");
    }
    if cover.title.trim() != title.trim() {
        return fault("not-before-chief-officers", "this paper is another, by its title");
    }
    let sql = "select 1 from board_paper where decision_reference = $1 and title = $2 and id <> $3";
    if cx.row(sql, &[reference.into(), title.trim().into(), id.into()])?.is_some() {
        return fault("another-paper", "its paper is another one, that was put on an agenda before");
    }
    Ok(())
}

/// Waives that a paper goes to the Chief Officer Group, as the Deputy Chief Constable.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Conflict`] where it was waived before; [`Error::Invalid`] without a reason.
pub fn waive_paper(cx: &mut Cx<'_>, id: Id, reason: &str) -> Result<()> {
    cx.allow(action::DECISION_WAIVE, Some(id))?;
    let by = Decider::of(cx.actor())?;
    if paper(cx, id)?.waived_at.is_some() {
        return Err(Error::Conflict("that was waived already".into()));
    }
    let missing = reason.trim().is_empty().then(|| FieldError {
        field: "reason".into(),
        code: "required".into(),
        message: "Say why the paper need not go to the Chief Officer Group".into(),
    });
    fit([missing, long("reason", reason)])?;
    let now = cx.now();
    cx.exec(
        "update board_paper set waiver = $1, waived_at = $2, waived_by = $3 where id = $4 and waived_at is null",
        &[reason.trim().into(), now.into(), by.id().into(), id.into()],
    )?;
    cx.record(Verb::Decide, "board-paper", Some(id), json!({ "waived": true }))
}

/// A paper with its cover and where it was.
///
/// # Errors
/// Not allowed, also where it is OFFICIAL-SENSITIVE and the person has no part in decisions; [`Error::NotFound`].
pub fn view_paper(cx: &mut Cx<'_>, id: Id) -> Result<PaperView> {
    cx.allow(action::STRATEGY_VIEW, Some(id))?;
    let Paper { cover, waiver, waived_at } = paper(cx, id)?;
    let rows = cx.rows(
        "select i.id, i.number, i.title, i.wanted, i.paper_id, i.outcome, i.outcome_text, b.name, m.id, m.on_day
         from board_item i join board_meeting m on m.id = i.meeting_id join body b on b.code = m.body_code
         where i.paper_id = $1 order by m.on_day, m.id",
        &[id.into()],
    )?;
    let mut route = Vec::new();
    for row in rows {
        let item = whole(cx, &row)?;
        let on: String = row.get(9)?;
        route.push(Route {
            body: row.get(7)?,
            meeting: row.get(8)?,
            on: on.parse().map_err(Error::Bug)?,
            item,
        });
    }
    cx.record(Verb::Consult, "board-paper", Some(id), json!({}))?;
    Ok(PaperView { id, cover, waiver, waived_at, route })
}

/// An item of the agenda of this meeting, and of no other.
fn item(cx: &mut Cx<'_>, of: Id, id: Id) -> Result<Item> {
    let row = cx.row(&format!("{ITEMS} where i.id = $1 and i.meeting_id = $2"), &[id.into(), of.into()])?;
    let row = row.ok_or_else(|| Error::NotFound("that item of this meeting".into()))?;
    let marked: Option<String> = row.get(7)?;
    let found = whole(cx, &row)?;
    if marked.is_some_and(|m| gsc(&m) > Gsc::Official) {
        cx.allow(action::DECISION_VIEW_SENSITIVE, Some(id))?;
    }
    Ok(found)
}

/// What stands in minutes that the body has confirmed is not told otherwise beside them.
fn not_confirmed(meeting: &Meeting) -> Result<()> {
    if meeting.minutes_state == MinutesState::Confirmed {
        return Err(Error::Conflict(
            "the minutes of that meeting are confirmed, and its items stay as they are".into(),
        ));
    }
    Ok(())
}

/// Puts down what a body made of an item of the meeting `of`, which was held.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Stale`]; [`Error::Conflict`] where it was put down before, the meeting was
/// not held or its minutes are confirmed; [`Error::Invalid`] for an outcome that does not answer what was asked.
pub fn decide_item(cx: &mut Cx<'_>, of: Id, id: Id, seen: i64, outcome: Outcome, words: &str) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, Some(id))?;
    let by = Decider::of(cx.actor())?;
    let item = item(cx, of, id)?;
    let meeting = meeting(cx, of)?;
    if meeting.state != MeetingState::Held {
        return Err(Error::Conflict("say first that the meeting was held".into()));
    }
    not_confirmed(&meeting)?;
    if item.outcome.is_some() {
        return Err(Error::Conflict("what came of this item is put down already".into()));
    }
    let other = (!outcome.answers(item.wanted)).then(|| FieldError {
        field: "outcome".into(),
        code: "no-answer".into(),
        message: format!(
            "'{}' does not answer an item that was put '{}'",
            outcome.label(),
            item.wanted.label()
        ),
    });
    fit([other, long("words", words)])?;
    touch(cx, of, seen)?;
    let now = cx.now();
    cx.exec(
        "update board_item set outcome = $1, outcome_text = $2, decided_at = $3, decided_by = $4
         where id = $5 and outcome is null",
        &[outcome.code().into(), words.trim().into(), now.into(), by.id().into(), id.into()],
    )?;
    cx.record(Verb::Decide, "board-meeting", Some(of), json!({ "item": id, "outcome": outcome }))
}

/// Puts down what a member said on an item of the meeting `of`.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Conflict`] for a meeting that is cancelled or whose minutes are confirmed;
/// [`Error::Invalid`].
pub fn comment(cx: &mut Cx<'_>, of: Id, id: Id, member: &str, said: &str) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, Some(id))?;
    let by = Decider::of(cx.actor())?;
    item(cx, of, id)?;
    let meeting = meeting(cx, of)?;
    not_cancelled(&meeting)?;
    not_confirmed(&meeting)?;
    let missing = said.trim().is_empty().then(|| FieldError {
        field: "said".into(),
        code: "required".into(),
        message: "Enter what the member said".into(),
    });
    fit([required("member", member, "Enter the member"), missing, long("said", said)])?;
    let (comment, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into board_comment (id, item_id, member, said, at, by_id) values ($1, $2, $3, $4, $5, $6)",
        &[comment.into(), id.into(), member.trim().into(), said.trim().into(), now.into(), by.id().into()],
    )?;
    cx.record(Verb::Alter, "board-meeting", Some(of), json!({ "item": id, "comment": comment }))
}
