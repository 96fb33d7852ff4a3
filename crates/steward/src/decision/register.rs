//! The register of decision reports: writing, reading, and what has happened to each.

use super::{
    files::{self, FileView},
    hands::Hands,
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
use std::collections::{BTreeMap, BTreeSet};

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

/// A change of what is published of a report: no step, and part of what happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Settled {
    /// What it is since then, in words.
    pub what: String,
    /// Where the report stood.
    pub state: State,
    /// When.
    pub at: Time,
    /// Who, by account.
    pub by: Id,
    /// Who, by name.
    pub name: String,
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
    /// Who kept it, by account.
    pub by_id: Id,
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
    /// Every change of what is published of it, in order.
    pub settled: Vec<Settled>,
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
    /// What the items of the portfolio that it names are called, by their reference.
    pub items: BTreeMap<String, String>,
    /// Who had which hand in it. Everything of it is told above.
    #[serde(skip)]
    pub(crate) hands: Hands,
}

impl View {
    /// The steps that come next and that are not shut to this person by what they did with the report before. What the
    /// policy says of them is asked beside it.
    #[must_use]
    pub fn open_to(&self, person: Id) -> Vec<What> {
        self.next.iter().copied().filter(|what| self.hands.shut(*what, person).is_none()).collect()
    }

    /// Whether what is published can be settled now.
    #[must_use]
    pub fn can_settle(&self) -> bool {
        may_settle(self.state, &self.events).is_ok()
    }

    /// Whether a file can be taken out of what is published now.
    #[must_use]
    pub fn can_take_out(&self) -> bool {
        self.can_settle() || (State::RedactionSignedOff..=State::NotAgreed).contains(&self.state)
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
    pub hands: Hands,
    /// What the items of the portfolio that it names are called, by their reference.
    pub items: BTreeMap<String, String>,
}

/// Whether what is published can be settled where a report stands. A signature stands for what was signed: from the first
/// one on nothing of it is changed, but that more is redacted while it is being redacted.
pub(crate) fn may_settle(state: State, events: &[Event]) -> Result<()> {
    let fixed = match state {
        State::RedactionRequired => return Ok(()),
        state if state > State::RedactionRequired => {
            format!("this was settled before the report was {}", state.label().to_lowercase())
        }
        _ if signed(events).is_empty() => return Ok(()),
        _ => "an officer has signed what is published".into(),
    };
    let way = match state <= State::PfccDecisionPending {
        true => ": take it back from the officers first, who then sign again",
        false => "",
    };
    Err(Error::Conflict(format!("{fixed}{way}")))
}

/// The events since a report was last taken back from the officers: what was signed before does not count.
fn counting(events: &[Event]) -> &[Event] {
    let from = events.iter().rposition(|e| e.what == What::Reopen).map_or(0, |at| at + 1);
    &events[from..]
}

/// The offices whose signature counts.
fn signed(events: &[Event]) -> Vec<Post> {
    let signs = |e: &&Event| matches!(e.what, What::SignExecutive | What::SignTreasurer);
    counting(events).iter().filter(signs).map(|e| e.what.post()).collect()
}

impl Row {
    /// The last step into a state, if there was one.
    pub(crate) fn reached(&self, state: State) -> Option<&Event> {
        self.events.iter().rev().find(|e| e.to == state)
    }

    /// The report where it stands, for the machine.
    pub(crate) fn standing(&self) -> Standing {
        // An officer who signs late does not make the other's signature early: the latest day counts from then on.
        let latest = self.events.iter().map(|e| e.on).max();
        let opened = |e: &&Event| matches!(e.what, What::Approve | What::Waive | What::Reopen);
        let facts = Facts {
            report: self.id,
            hands: self.hands.clone(),
            content: self.content.clone(),
            publication: self.publication.clone(),
            since: latest.or(self.content.date_of_report),
            signed: signed(&self.events),
            redaction_signed: counting(&self.events).iter().any(|e| e.to == State::RedactionSignedOff),
            approved: self.events.iter().rev().find(opened).map(|e| e.on),
        };
        Standing::of(self.state, facts)
    }

    /// The approvals as they are printed.
    pub(crate) fn approvals(&self) -> Vec<Approval> {
        approvals(&self.events)
    }
}

/// How a step is printed among the approvals, where it is.
fn printed(what: What) -> Option<&'static str> {
    Some(match what {
        What::CheckFinance => "Figures checked",
        What::Submit => "Put before the Chief Officer Group",
        What::Approve => "Approved",
        What::Waive => "Turn at the Chief Officer Group waived",
        What::SignExecutive | What::SignTreasurer => "Signed",
        What::SignRedactionExecutive | What::SignRedactionTreasurer => "Redaction carried out",
        What::Agree => "Agreed",
        What::NotAgree => "Not agreed",
        What::Withdraw => "Withdrawn",
        What::Reopen
        | What::RequireRedaction
        | What::PutForward
        | What::Publish
        | What::NotPublish
        | What::Supersede => return None,
    })
}

fn approvals(events: &[Event]) -> Vec<Approval> {
    let since = events.len() - counting(events).len();
    let counts = |n: usize, what: What| {
        let officer = matches!(
            what,
            What::SignExecutive
                | What::SignTreasurer
                | What::SignRedactionExecutive
                | What::SignRedactionTreasurer
        );
        n >= since || !officer
    };
    let shown = events.iter().enumerate().filter(|(n, e)| counts(*n, e.what));
    shown
        .filter_map(|(_, e)| {
            Some(Approval {
                what: printed(e.what)?.into(),
                capacity: e.capacity.clone(),
                name: e.name.clone(),
                on: spoken(&e.on.to_string()),
            })
        })
        .collect()
}

/// Every approval that a report can come to have, without names and days: the fixed words of the form.
pub(crate) fn every_approval() -> Vec<Approval> {
    let one = |what: &str, capacity: &str| Approval {
        what: what.into(),
        capacity: capacity.into(),
        name: String::new(),
        on: String::new(),
    };
    let all = What::ALL.into_iter().filter(|w| *w != What::Withdraw);
    all.filter_map(|w| Some((w.post(), printed(w)?)))
        .flat_map(|(post, what)| {
            [Some(post.label()), post.deputy()].into_iter().flatten().map(move |c| one(what, c))
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
    let author_id = row.get(3)?;
    let content: Content = serde_json::from_str(&body).map_err(bug("the content"))?;
    let mut people = |sql: &str| -> Result<Vec<Id>> {
        cx.rows(sql, &[id.into()])?.iter().map(|r| Ok(r.get(0)?)).collect()
    };
    let hands = Hands {
        author: author_id,
        writers: people("select distinct by_id from decision_version where report_id = $1")?,
        redactors: people("select distinct by_id from decision_step where report_id = $1 and to_state = ''")?,
        steps: events.iter().map(|e| (e.what, e.by)).collect(),
    };
    Ok(Row {
        hands,
        id,
        reference: reference.into(),
        state: state_of(&state)?,
        version: row.get(2)?,
        author_id,
        author: row.get(4)?,
        items: called(cx, &content)?,
        content,
        publication: serde_json::from_str(&publication).map_err(bug("the publication"))?,
        notice: notice.map(|n| serde_json::from_str(&n)).transpose().map_err(bug("the notice"))?,
        published_at: row.get(8)?,
        events,
    })
}

/// What the items that a report names are called. One that is not in the portfolio stands there as it was written.
fn called(cx: &mut Cx<'_>, content: &Content) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for item in &content.items {
        let code = item.strip_prefix("item:").unwrap_or(item);
        let row = cx.row("select title from entry where register = 'item' and code = $1", &[code.into()])?;
        if let Some(row) = row {
            all.insert(item.clone(), row.get(0)?);
        }
    }
    Ok(all)
}

fn events(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Event>> {
    cx.rows(
        "select what, from_state, to_state, on_day, at, by_id, printed, capacity, reasons from decision_step
         where report_id = $1 and to_state <> '' order by at, id",
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

/// What a change of what is published is called where steps are stored. It leads nowhere: its `to_state` is empty.
const SETTLED: &str = "settle-publication";

/// Keeps in the history that what is published was changed.
pub(crate) fn keep_settled(cx: &mut Cx<'_>, row: &Row, what: &str) -> Result<()> {
    let by = Decider::of(cx.actor())?.id();
    let (id, now, today) = (cx.new_id()?, cx.now(), cx.now().day());
    cx.exec(
        "insert into decision_step
           (id, report_id, what, from_state, to_state, on_day, at, by_id, printed, capacity, reasons)
         select $1, $2, $3, $4, '', $5, $6, a.id, a.name, $7, $8 from account a where a.id = $9",
        &[
            id.into(),
            row.id.into(),
            SETTLED.into(),
            row.state.code().into(),
            today.into(),
            now.into(),
            Post::Author.label().into(),
            what.into(),
            by.into(),
        ],
    )?;
    Ok(())
}

fn settled(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Settled>> {
    cx.rows(
        "select reasons, from_state, at, by_id, printed from decision_step
         where report_id = $1 and to_state = '' order by at, id",
        &[report.into()],
    )?
    .iter()
    .map(|r| {
        let state: String = r.get(1)?;
        Ok(Settled {
            what: r.get(0)?,
            state: state_of(&state)?,
            at: r.get(2)?,
            by: r.get(3)?,
            name: r.get(4)?,
        })
    })
    .collect()
}

/// The most letters of a passage in the history: it is there to be recognised.
const SHOWN: usize = 80;

/// What is published since a change, in words, with the passages that are marked or no longer marked.
fn told(before: &Publication, now: &Publication) -> String {
    let yes = |said: Option<bool>| match said {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not said",
    };
    let mut all = vec![
        format!("For publication: {}.", yes(now.for_publication)),
        format!(
            "Redaction of the sheet: {}; of an appendix: {}.",
            yes(now.redact_sheet),
            yes(now.redact_appendix)
        ),
    ];
    let texts = [("Reasons", &before.reasons, &now.reasons), ("Details", &before.details, &now.details)];
    for (label, before, now) in texts {
        if before != now {
            all.push(format!("{label}: {}", if now.trim().is_empty() { "none." } else { now.trim() }));
        }
    }
    let lists =
        [("Marked", &now.passages, &before.passages), ("No longer marked", &before.passages, &now.passages)];
    for (label, of, not_in) in lists {
        for passage in of.iter().filter(|p| !not_in.contains(p)) {
            let short: String = passage.quote.chars().take(SHOWN).collect();
            let more = if short.len() < passage.quote.len() { "…" } else { "" };
            all.push(format!("{label}: “{short}{more}”"));
        }
    }
    all.join("\n")
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
    dated(cx, content)?;
    cx.take_turn("decision references")?;
    let reference = match reference.trim() {
        "" => next_reference(cx)?,
        given if is_reference(given) => one_way(given)?,
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

/// A report whose day has not come could not be checked by anybody.
fn dated(cx: &mut Cx<'_>, content: &Content) -> Result<()> {
    let today: Day = cx.now().day().parse().map_err(Error::Bug)?;
    if content.date_of_report.is_some_and(|day| day > today) {
        let message = "Enter the day on which the report was written: it is not in the future";
        return Err(Error::field("date_of_report", "future", message));
    }
    Ok(())
}

/// A reference as it is written: with three digits at least, and no zeros before more. Else 0097-26 were another report
/// than 097-26.
fn one_way(reference: &str) -> Result<String> {
    let (number, year) = reference.split_once('-').unwrap_or((reference, ""));
    let plain = format!("{:0>3}-{year}", number.trim_start_matches('0'));
    if plain == reference {
        return Ok(plain);
    }
    Err(Error::field("reference", "format", format!("Write this reference as {plain}")))
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
    let mut taken = BTreeSet::new();
    for row in rows {
        let reference: String = row.get(0)?;
        taken.extend(reference.split_once('-').and_then(|(n, _)| n.parse::<u32>().ok()));
    }
    // One after the last; where that has no number that a reference can have, the first that nobody took.
    let next = taken.last().map_or(1, |last| last.saturating_add(1));
    let next = if next <= LAST { Some(next) } else { (1..=LAST).find(|n| !taken.contains(n)) };
    let full =
        || Error::Conflict(format!("every reference of the year {year} is taken: give one of another year"));
    Ok(format!("{:03}-{year}", next.ok_or_else(full)?))
}

/// The highest number of a report in its year: a reference has five digits at most.
const LAST: u32 = 99_999;

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
    dated(cx, content)?;
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

/// Settles whether and how a report is published, after a trial of what would come out. Until an officer has signed
/// everything can be changed; while it is being redacted, passages can be added and none taken back.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] past those points; [`Error::Stale`]; [`Error::Invalid`] also for a passage that does
/// not stand where it is marked, or cannot be taken out as it is marked.
pub fn publication(db: &Db, actor: &Actor, reference: &str, seen: i64, given: &Publication) -> Result<()> {
    let (row, files) = db.read(actor, |cx| {
        let row = settles(cx, reference, given)?;
        let files = files::of(cx, row.id)?;
        cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "for": "publication" }))?;
        Ok((row, files))
    })?;
    if row.version != seen {
        return Err(Error::Stale(format!("the decision report {reference}")));
    }
    // Before the transaction: the trial reads files and writes a PDF, and others do not wait for that.
    super::public::try_out(db, &row, given, &files)?;
    let (reference, given) = (reference.to_owned(), given.clone());
    db.write(actor, move |cx| {
        let row = settles(cx, &reference, &given)?;
        let text = serde_json::to_string(&given).map_err(|e| Error::Bug(e.to_string()))?;
        let done = cx.exec(
            "update decision_paper set publication = $1, version = version + 1 where id = $2 and version = $3",
            &[text.into(), row.id.into(), seen.into()],
        )?;
        once(done, &reference)?;
        keep_settled(cx, &row, &told(&row.publication, &given))?;
        let detail = json!({ "reference": reference, "deed": "publication", "for_publication": given.for_publication,
                             "passages": given.passages.len() });
        cx.record(Verb::Alter, "decision-report", Some(row.id), detail)
    })
}

/// Whether this person may settle this now.
fn settles(cx: &mut Cx<'_>, reference: &str, given: &Publication) -> Result<Row> {
    cx.allow(action::DECISION_WRITE, None)?;
    Decider::of(cx.actor())?;
    let row = row(cx, reference)?;
    readable(cx, &row)?;
    may_settle(row.state, &row.events)?;
    given.sound()?;
    if row.state == State::RedactionRequired {
        let before = &row.publication;
        let kept = before.passages.iter().all(|p| given.passages.contains(p));
        let same = (given.for_publication, given.redact_sheet, given.redact_appendix)
            == (before.for_publication, before.redact_sheet, before.redact_appendix);
        if !kept || !same {
            let message = "while it is being redacted, passages can be added, and nothing else is changed: \
                           take it back from the officers for that, who then sign again";
            return Err(Error::Conflict(message.into()));
        }
    }
    Ok(row)
}

/// The register, the latest report first; those in one state where it is given.
///
/// # Errors
/// Not allowed; database errors.
pub fn list(cx: &mut Cx<'_>, state: Option<State>) -> Result<Vec<Entry>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(
        "select reference, title, gsc, state, 
           (select max(s.on_day) from decision_step s where s.report_id = r.id and s.to_state <> '')
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
            "select v.number, v.at, a.name, v.by_id from decision_version v join account a on a.id = v.by_id
             where v.report_id = $1 order by v.number desc",
            &[row.id.into()],
        )?
        .iter()
        .map(|r| Ok(Version { number: r.get(0)?, at: r.get(1)?, by: r.get(2)?, by_id: r.get(3)? }))
        .collect::<Result<_>>()?;
    let files = files::of(cx, row.id)?.into_iter().map(files::Stored::view).collect();
    let replaced_by = replaced_by(cx, reference)?;
    let settled = settled(cx, row.id)?;
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
    cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "reference": reference }))?;
    Ok(View {
        next: next(row.state, &row.publication, &signed(&row.events)),
        hands: row.hands,
        items: row.items,
        id: row.id,
        reference: row.reference,
        state: row.state,
        version: row.version,
        author_id: row.author_id,
        author: row.author,
        content: row.content,
        publication: row.publication,
        events: row.events,
        settled,
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
