//! The register of decision reports: writing, reading, and what has happened to each.

use super::{
    files::{self, FileView},
    office::Post,
    public::{Approval, Notice, PublicReport, spoken},
    report::{Content, Publication, is_reference},
    standing::{Facts, Standing, State, What, next},
};
use bluelamp_model::{
    Day, Decider, Error, Gsc, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Db};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// A report in the register.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Entry {
    /// Its reference.
    pub reference: String,
    /// Its title; nothing where it is OFFICIAL-SENSITIVE, which is told to those who may open it.
    pub title: Option<String>,
    /// How it is marked.
    pub classification: Gsc,
    /// Where it stands.
    pub state: State,
    /// The day of the latest step, or of the report.
    pub since: Option<Day>,
}

/// Something that happened to a report.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// The step.
    pub what: What,
    /// Where the report stood.
    pub from: State,
    /// Where it stood then.
    pub to: State,
    /// The day that the paper states.
    pub on: Day,
    /// When it was entered.
    pub entered_at: Time,
    /// Who, by account.
    pub by: Id,
    /// The printed name.
    pub name: String,
    /// In which capacity.
    pub capacity: String,
    /// Why, where reasons were given.
    pub reasons: String,
}

/// A version of a report's content.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// When it was kept.
    pub at: Time,
    /// Who kept it.
    pub by: String,
}

/// One report with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct View {
    /// Its row.
    pub id: Id,
    /// Its reference.
    pub reference: String,
    /// Where it stands.
    pub state: State,
    /// What a change has to name, so that nobody overwrites what they have not seen.
    pub version: i64,
    /// Who wrote it, by account.
    pub author_id: Id,
    /// Who wrote it, by name.
    pub author: String,
    /// What it says.
    pub content: Content,
    /// Whether and how it is published.
    pub publication: Publication,
    /// What happened to it, in order.
    pub events: Vec<Event>,
    /// The versions of its content, the latest first.
    pub versions: Vec<Version>,
    /// Its background papers and attachments.
    pub files: Vec<FileView>,
    /// Which steps come next.
    pub next: Vec<What>,
    /// What the public is told of a decision that is not published.
    pub notice: Option<Notice>,
    /// When it was published.
    pub published_at: Option<Time>,
    /// Reports that say that they replace this one.
    pub replaced_by: Vec<String>,
    /// The meetings where it was a paper: body, day, what came of it.
    pub route: Vec<[String; 3]>,
}

impl View {
    /// The steps that come next and that are not shut to this person by what they did with the report before. What the
    /// policy says of them is asked beside it.
    #[must_use]
    pub fn open_to(&self, person: Id) -> Vec<What> {
        let signed =
            |e: &&Event| matches!(e.what, What::SignExecutive | What::SignTreasurer) && e.by == person;
        let officer = self.events.iter().any(|e| signed(&e));
        let open = |what: &What| match (what.post(), what) {
            (_, What::Submit) => person == self.author_id,
            (Post::Author, _) => true,
            (Post::Commissioner, _) | (_, What::SignExecutive | What::SignTreasurer) => {
                person != self.author_id && !officer
            }
            _ => person != self.author_id,
        };
        self.next.iter().copied().filter(open).collect()
    }

    /// The approvals as they are printed.
    #[must_use]
    pub fn approvals(&self) -> Vec<Approval> {
        approvals(&self.events)
    }
}

/// A stored report.
pub(crate) struct Row {
    pub id: Id,
    pub reference: String,
    pub state: State,
    pub version: i64,
    pub author_id: Id,
    pub author: String,
    pub content: Content,
    pub publication: Publication,
    pub notice: Option<Notice>,
    pub published_at: Option<Time>,
    pub events: Vec<Event>,
}

impl Row {
    /// The last step into a state, if there was one.
    pub(crate) fn reached(&self, state: State) -> Option<&Event> {
        self.events.iter().rev().find(|e| e.to == state)
    }

    /// The officers' signatures.
    pub(crate) fn signed(&self) -> Vec<(Post, Id)> {
        let signs = |e: &&Event| matches!(e.what, What::SignExecutive | What::SignTreasurer);
        self.events.iter().filter(signs).map(|e| (e.what.post(), e.by)).collect()
    }

    /// The report where it stands, for the machine.
    pub(crate) fn standing(&self) -> Standing {
        // An officer who signs late does not make the other's signature early: the latest day counts from then on.
        let latest = self.events.iter().map(|e| e.on).max();
        let facts = Facts {
            report: self.id,
            author: self.author_id,
            content: self.content.clone(),
            publication: self.publication.clone(),
            since: latest.or(self.content.date_of_report),
            signed: self.signed(),
            approved: self.events.iter().find(|e| e.to == State::CogApproved).map(|e| e.on),
        };
        Standing::of(self.state, facts)
    }

    /// The approvals as they are printed.
    pub(crate) fn approvals(&self) -> Vec<Approval> {
        approvals(&self.events)
    }
}

fn approvals(events: &[Event]) -> Vec<Approval> {
    let printed = |e: &&Event| {
        !matches!(
            e.what,
            What::RequireRedaction | What::PutForward | What::Publish | What::NotPublish | What::Supersede
        )
    };
    events
        .iter()
        .filter(printed)
        .map(|e| Approval {
            what: match e.what {
                What::CheckFinance => "Figures checked",
                What::Submit => "Put before the Chief Officer Group",
                What::Approve => "Approved",
                What::Waive => "Turn at the Chief Officer Group waived",
                What::SignExecutive | What::SignTreasurer => "Signed",
                What::SignRedactionExecutive | What::SignRedactionTreasurer => "Redaction carried out",
                What::Agree => "Agreed",
                What::NotAgree => "Not agreed",
                _ => "Withdrawn",
            }
            .into(),
            capacity: e.capacity.clone(),
            name: e.name.clone(),
            on: spoken(&e.on.to_string()),
        })
        .collect()
}

fn absent(reference: &str) -> Error {
    let shown: String = reference.chars().filter(|c| !c.is_control()).take(20).collect();
    Error::NotFound(format!("the decision report {shown}"))
}

fn bug(what: &str) -> impl Fn(serde_json::Error) -> Error {
    move |e| Error::Bug(format!("{what} of a decision report cannot be read: {e}"))
}

/// A state by its stored code.
pub(crate) fn state_of(code: &str) -> Result<State> {
    let found = State::ALL.into_iter().find(|s| s.code() == code);
    found.ok_or_else(|| Error::Bug(format!("a stored decision report stands at '{code}'")))
}

/// Reads one report with its events. Whoever calls has asked the policy.
pub(crate) fn row(cx: &mut Cx<'_>, reference: &str) -> Result<Row> {
    if !is_reference(reference) {
        return Err(absent(reference));
    }
    let row = cx.row(
        "select r.id, r.state, r.version, r.author_id, a.name, r.body, r.publication, r.notice, r.published_at
         from decision_paper r join account a on a.id = r.author_id where r.reference = $1",
        &[reference.into()],
    )?;
    let row = row.ok_or_else(|| absent(reference))?;
    let id: Id = row.get(0)?;
    let (state, body, publication): (String, String, String) = (row.get(1)?, row.get(5)?, row.get(6)?);
    let notice: Option<String> = row.get(7)?;
    let events = events(cx, id)?;
    Ok(Row {
        id,
        reference: reference.into(),
        state: state_of(&state)?,
        version: row.get(2)?,
        author_id: row.get(3)?,
        author: row.get(4)?,
        content: serde_json::from_str(&body).map_err(bug("the content"))?,
        publication: serde_json::from_str(&publication).map_err(bug("the publication"))?,
        notice: notice.map(|n| serde_json::from_str(&n)).transpose().map_err(bug("the notice"))?,
        published_at: row.get(8)?,
        events,
    })
}

fn events(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Event>> {
    cx.rows(
        "select what, from_state, to_state, on_day, at, by_id, printed, capacity, reasons from decision_step
         where report_id = $1 order by at, id",
        &[report.into()],
    )?
    .iter()
    .map(|r| {
        let (what, from, to, on): (String, String, String, String) =
            (r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?);
        let what = What::ALL.into_iter().find(|w| w.code() == what);
        Ok(Event {
            what: what.ok_or_else(|| Error::Bug("a stored step is none".into()))?,
            from: state_of(&from)?,
            to: state_of(&to)?,
            on: on.parse().map_err(Error::Bug)?,
            entered_at: r.get(4)?,
            by: r.get(5)?,
            name: r.get(6)?,
            capacity: r.get(7)?,
            reasons: r.get(8)?,
        })
    })
    .collect()
}

/// What is OFFICIAL-SENSITIVE is read by those with a part in decisions.
pub(crate) fn readable(cx: &mut Cx<'_>, row: &Row) -> Result<()> {
    match row.content.classification {
        Gsc::Official => Ok(()),
        Gsc::OfficialSensitive => cx.allow(action::DECISION_VIEW_SENSITIVE, Some(row.id)),
    }
}

/// Refuses a change to what somebody else has changed since.
pub(crate) fn once(done: u64, reference: &str) -> Result<()> {
    if done == 0 {
        return Err(Error::Stale(format!("the decision report {reference}")));
    }
    Ok(())
}

/// Keeps a new draft. Without a reference it is given the next one of the year. Gives the reference.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] for content that is not
/// sound and a reference that is none; [`Error::Conflict`] for one that is taken.
pub fn create(cx: &mut Cx<'_>, reference: &str, content: &Content) -> Result<String> {
    cx.allow(action::DECISION_WRITE, None)?;
    let author = Decider::of(cx.actor())?;
    content.sound()?;
    cx.take_turn("decision references")?;
    let reference = match reference.trim() {
        "" => next_reference(cx)?,
        given if is_reference(given) => given.to_owned(),
        _ => {
            let message =
                "Write a reference as number and year, such as 097-21, or leave it empty for the next one";
            return Err(Error::field("reference", "format", message));
        }
    };
    if cx.row("select 1 from decision_paper where reference = $1", &[reference.as_str().into()])?.is_some() {
        return Err(Error::field("reference", "taken", format!("There is a report {reference} already")));
    }
    if let Some(old) = &content.supersedes {
        replaces(cx, &reference, old)?;
    }
    let (id, now) = (cx.new_id()?, cx.now());
    let publication =
        serde_json::to_string(&Publication::default()).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into decision_paper (id, reference, state, version, author_id, created_at, title, gsc, body, publication)
         values ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            reference.as_str().into(),
            State::Draft.code().into(),
            author.id().into(),
            now.into(),
            content.title.trim().into(),
            content.classification.code().into(),
            body(content)?.into(),
            publication.into(),
        ],
    )?;
    keep_version(cx, id, content)?;
    cx.record(Verb::Alter, "decision-report", Some(id), json!({ "reference": reference, "deed": "create" }))?;
    Ok(reference)
}

fn replaces(cx: &mut Cx<'_>, reference: &str, old: &str) -> Result<()> {
    if reference == old {
        return Err(Error::field("supersedes", "itself", "A report cannot replace itself"));
    }
    if cx.row("select 1 from decision_paper where reference = $1", &[old.into()])?.is_none() {
        let message = format!("There is no report {old} here: name it in the background instead");
        return Err(Error::field("supersedes", "unknown", message));
    }
    Ok(())
}

fn next_reference(cx: &mut Cx<'_>) -> Result<String> {
    let day = cx.now().day();
    let year = day.get(2..4).unwrap_or("00");
    let rows = cx.rows(
        "select reference from decision_paper where reference like $1",
        &[format!("%-{year}").into()],
    )?;
    let mut last = 0_u32;
    for row in rows {
        let reference: String = row.get(0)?;
        let number = reference.split_once('-').and_then(|(n, _)| n.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(format!("{:03}-{year}", last + 1))
}

fn body(content: &Content) -> Result<String> {
    serde_json::to_string(content).map_err(|e| Error::Bug(e.to_string()))
}

fn keep_version(cx: &mut Cx<'_>, report: Id, content: &Content) -> Result<()> {
    let by = Decider::of(cx.actor())?;
    let now = cx.now();
    cx.exec(
        "insert into decision_version (report_id, number, at, by_id, body)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4 from decision_version where report_id = $1",
        &[report.into(), now.into(), by.id().into(), body(content)?.into()],
    )?;
    Ok(())
}

/// Keeps another version of a draft. `seen` is the version of the report that the person had before them.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] for what is no draft any more; [`Error::Stale`]; [`Error::Invalid`].
pub fn edit(cx: &mut Cx<'_>, reference: &str, seen: i64, content: &Content) -> Result<()> {
    cx.allow(action::DECISION_WRITE, None)?;
    Decider::of(cx.actor())?;
    let row = row(cx, reference)?;
    readable(cx, &row)?;
    if row.state != State::Draft {
        let message = format!("only a draft is edited; {reference} is further: {}", row.state.label());
        return Err(Error::Conflict(message));
    }
    content.sound()?;
    if let Some(old) = &content.supersedes {
        replaces(cx, reference, old)?;
    }
    let done = cx.exec(
        "update decision_paper set body = $1, title = $2, gsc = $3, version = version + 1
         where id = $4 and version = $5 and state = 'draft'",
        &[
            body(content)?.into(),
            content.title.trim().into(),
            content.classification.code().into(),
            row.id.into(),
            seen.into(),
        ],
    )?;
    once(done, reference)?;
    keep_version(cx, row.id, content)?;
    cx.record(Verb::Alter, "decision-report", Some(row.id), json!({ "reference": reference, "deed": "edit" }))
}

/// Settles whether and how a report is published. Until both officers have signed everything can be changed; while it is
/// being redacted, passages can be added and none taken back.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] past those points; [`Error::Stale`]; [`Error::Invalid`] also for a passage of the
/// decision sheet that does not stand there.
pub fn publication(cx: &mut Cx<'_>, reference: &str, seen: i64, given: &Publication) -> Result<()> {
    cx.allow(action::DECISION_WRITE, None)?;
    Decider::of(cx.actor())?;
    let row = row(cx, reference)?;
    readable(cx, &row)?;
    if row.state > State::RedactionRequired {
        return Err(Error::Conflict(format!(
            "this was settled before the report was {}",
            row.state.label().to_lowercase()
        )));
    }
    given.sound()?;
    if row.state == State::RedactionRequired {
        let before = &row.publication;
        let kept = before.passages.iter().all(|p| given.passages.contains(p));
        let same = (given.for_publication, given.redact_sheet, given.redact_appendix)
            == (before.for_publication, before.redact_sheet, before.redact_appendix);
        if !kept || !same {
            let message = "while it is being redacted, passages can be added, and nothing else is changed";
            return Err(Error::Conflict(message.into()));
        }
    }
    let whole = PublicReport::whole(&row, &row.content, row.approvals(), Vec::new()).words();
    let strange = |p: &&super::Passage| p.place == super::Place::Sheet && !super::find(&whole, &p.quote);
    let wrong: Vec<_> = given
        .passages
        .iter()
        .enumerate()
        .filter(|(_, p)| strange(p))
        .map(|(n, _)| bluelamp_model::FieldError {
            field: "passages".into(),
            code: "not-there".into(),
            message: format!("Passage {} does not stand in the report: copy it as it is there", n + 1),
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let text = serde_json::to_string(given).map_err(|e| Error::Bug(e.to_string()))?;
    let done = cx.exec(
        "update decision_paper set publication = $1, version = version + 1 where id = $2 and version = $3",
        &[text.into(), row.id.into(), seen.into()],
    )?;
    once(done, reference)?;
    let detail = json!({ "reference": reference, "deed": "publication", "for_publication": given.for_publication,
                         "passages": given.passages.len() });
    cx.record(Verb::Alter, "decision-report", Some(row.id), detail)
}

/// The register, the latest report first; those in one state where it is given.
///
/// # Errors
/// Not allowed; database errors.
pub fn list(cx: &mut Cx<'_>, state: Option<State>) -> Result<Vec<Entry>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(
        "select reference, title, gsc, state, (select max(s.on_day) from decision_step s where s.report_id = r.id)
         from decision_paper r order by created_at desc, reference desc",
        &[],
    )?;
    let mut all = Vec::new();
    for r in rows {
        let (title, gsc, code): (String, String, String) = (r.get(1)?, r.get(2)?, r.get(3)?);
        let classification = if gsc == Gsc::Official.code() { Gsc::Official } else { Gsc::OfficialSensitive };
        let since: Option<String> = r.get(4)?;
        let entry = Entry {
            reference: r.get(0)?,
            title: (classification == Gsc::Official).then_some(title),
            classification,
            state: state_of(&code)?,
            since: since.map(|d| d.parse()).transpose().map_err(Error::Bug)?,
        };
        if state.is_none_or(|s| s == entry.state) {
            all.push(entry);
        }
    }
    cx.record(Verb::Consult, "decision-report", None, json!({ "reports": all.len() }))?;
    Ok(all)
}

/// One report with everything that belongs to it.
///
/// # Errors
/// Not allowed, also where it is OFFICIAL-SENSITIVE and the person has no part in decisions; [`Error::NotFound`].
pub fn view(cx: &mut Cx<'_>, reference: &str) -> Result<View> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let row = row(cx, reference)?;
    readable(cx, &row)?;
    let versions = cx
        .rows(
            "select v.number, v.at, a.name from decision_version v join account a on a.id = v.by_id
             where v.report_id = $1 order by v.number desc",
            &[row.id.into()],
        )?
        .iter()
        .map(|r| Ok(Version { number: r.get(0)?, at: r.get(1)?, by: r.get(2)? }))
        .collect::<Result<_>>()?;
    let files = files::of(cx, row.id)?.into_iter().map(files::Stored::view).collect();
    let replaced_by = replaced_by(cx, reference)?;
    let route = cx
        .rows(
            "select b.name, m.on_day, coalesce(i.outcome, '') from board_paper p
             join board_item i on i.paper_id = p.id join board_meeting m on m.id = i.meeting_id
             join body b on b.code = m.body_code where p.decision_reference = $1 order by m.on_day, m.id",
            &[reference.into()],
        )?
        .iter()
        .map(|r| Ok([r.get(0)?, r.get(1)?, r.get(2)?]))
        .collect::<Result<_>>()?;
    let signed: Vec<Post> = row.signed().into_iter().map(|(post, _)| post).collect();
    cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "reference": reference }))?;
    Ok(View {
        next: next(row.state, &row.publication, &signed),
        id: row.id,
        reference: row.reference,
        state: row.state,
        version: row.version,
        author_id: row.author_id,
        author: row.author,
        content: row.content,
        publication: row.publication,
        events: row.events,
        versions,
        files,
        notice: row.notice,
        published_at: row.published_at,
        replaced_by,
        route,
    })
}

/// The references of reports that say that they replace this one.
fn replaced_by(cx: &mut Cx<'_>, reference: &str) -> Result<Vec<String>> {
    // Few reports replace another; their content says which, and no column repeats it.
    let rows = cx.rows(
        "select reference, body from decision_paper where body like $1 order by reference",
        &[format!("%\"supersedes\":\"{reference}\"%").into()],
    )?;
    let mut found = Vec::new();
    for r in rows {
        let content: Content = serde_json::from_str(&r.get::<String>(1)?).map_err(bug("the content"))?;
        if content.supersedes.as_deref() == Some(reference) {
            found.push(r.get(0)?);
        }
    }
    Ok(found)
}

/// An earlier version of a report's content.
///
/// # Errors
/// As [`view`].
pub fn view_version(cx: &mut Cx<'_>, reference: &str, number: i64) -> Result<Content> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let row = row(cx, reference)?;
    readable(cx, &row)?;
    let found = cx.row(
        "select body from decision_version where report_id = $1 and number = $2",
        &[row.id.into(), number.into()],
    )?;
    let found = found.ok_or_else(|| Error::NotFound(format!("version {number} of {reference}")))?;
    let content: Content = serde_json::from_str(&found.get::<String>(0)?).map_err(bug("a version"))?;
    // An earlier version may have been marked higher than the one that counts.
    if content.classification > row.content.classification {
        cx.allow(action::DECISION_VIEW_SENSITIVE, Some(row.id))?;
    }
    cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "version": number }))?;
    Ok(content)
}

/// The report as it stands, whole, as a PDF for staff.
///
/// # Errors
/// As [`view`].
pub fn pdf(db: &Db, actor: &Actor, reference: &str) -> Result<Vec<u8>> {
    let (row, files) = db.read(actor, |cx| {
        cx.allow(action::STRATEGY_VIEW, None)?;
        let row = row(cx, reference)?;
        readable(cx, &row)?;
        let files = files::of(cx, row.id)?;
        cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "as": "pdf" }))?;
        Ok((row, files))
    })?;
    let files = files.iter().map(files::Stored::original).collect();
    PublicReport::whole(&row, &row.content, row.approvals(), files).pdf()
}
