//! What the public sees of a report: a copy without what was redacted, kept as it was published.

use super::{
    burn_in::{self, Candidate, Clean, Searched},
    files::{self, Stored},
    office::Post,
    redact::{find, redact},
    register::{self, Row},
    report::{Content, Place, Publication, Said, Section},
    standing::State,
};
use crate::pdf;
use bluelamp_model::{
    Day, Decider, Error, FieldError, Gsc, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Db};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{fs::File, io::Read};

/// A report as it is published. All of it is text that can be redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicReport {
    /// The reference.
    pub reference: String,
    /// How it is marked, as published.
    pub classification: String,
    /// The title.
    pub title: String,
    /// The header's other lines: label and value.
    pub header: Vec<(String, String)>,
    /// The shorter version, where there is one.
    pub summary: String,
    /// The sections, in order.
    pub sections: Vec<PublicSection>,
    /// What goes with it: label and lines.
    pub links: Vec<(String, Vec<String>)>,
    /// Who was consulted: day, who, what.
    pub consulted: Vec<[String; 3]>,
    /// The approvals, in order.
    pub approvals: Vec<Approval>,
    /// The outcome: "Agreed" or "Not agreed"; empty before the decision.
    pub outcome: String,
    /// Why it was not agreed.
    pub outcome_reasons: String,
    /// What was redacted, in words; empty where nothing was.
    pub redaction: String,
    /// The files, in order.
    pub files: Vec<PublicFile>,
}

/// A section as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicSection {
    /// Its number.
    pub number: u8,
    /// Its heading.
    pub title: String,
    /// What it says; that there is none is said in words.
    pub said: String,
}

/// An approval as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// What was done.
    pub what: String,
    /// In which capacity.
    pub capacity: String,
    /// The printed name.
    pub name: String,
    /// The day.
    pub on: String,
}

/// A file that is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicFile {
    /// Its title.
    pub title: String,
    /// Whether it is the redacted version.
    pub redacted: bool,
    /// Its digest.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What the Chief Executive lets the public know of a decision that is not published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Notice {
    /// Whether the public is informed.
    pub informed: bool,
    /// The heading of the notice.
    pub heading: String,
    /// What it says.
    pub text: String,
    /// Why so.
    pub reasons: String,
}

/// A line of the public register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PublicEntry {
    /// The reference.
    pub reference: String,
    /// The title, or the heading of the notice.
    pub title: String,
    /// "Agreed" or "Not agreed"; empty for a notice.
    pub outcome: String,
    /// The day of the decision.
    pub decided_on: String,
    /// Whether it is only a notice of a decision that is not published.
    pub notice: bool,
    /// Whether another report took its place.
    pub superseded: bool,
}

/// One decision as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicView {
    /// It is published.
    Report {
        /// The report.
        report: Box<PublicReport>,
        /// When it was published.
        published_at: Time,
        /// The report that took its place, if one did.
        superseded_by: Option<String>,
        /// Whether another took its place, also where that one is not published.
        superseded: bool,
    },
    /// It is not, and the public is told so.
    Notice {
        /// The reference.
        reference: String,
        /// The heading.
        heading: String,
        /// What it says.
        text: String,
    },
}

/// What is about to be published, checked.
pub(crate) struct Prepared {
    pub report: PublicReport,
    pub pdf: Vec<u8>,
    pub clean: Clean,
}

/// A day as people write it.
pub(crate) fn spoken(day: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = day.split('-');
    let (year, month, of_month) = (parts.next(), parts.next(), parts.next());
    let month = month.and_then(|m| m.parse::<usize>().ok()).and_then(|m| MONTHS.get(m.wrapping_sub(1)));
    match (day.parse::<Day>(), year, month, of_month) {
        (Ok(_), Some(year), Some(month), Some(d)) => format!("{} {month} {year}", d.trim_start_matches('0')),
        _ => day.to_owned(),
    }
}

impl PublicReport {
    /// The report as it stands, with nothing taken out.
    pub(crate) fn whole(
        row: &Row,
        content: &Content,
        approvals: Vec<Approval>,
        files: Vec<PublicFile>,
    ) -> Self {
        let mut header = vec![
            ("Area or stakeholders affected".to_owned(), content.area.clone()),
            ("Report by".to_owned(), content.report_by.clone()),
            (
                "Date of report".to_owned(),
                content.date_of_report.map_or_else(String::new, |d| spoken(&d.to_string())),
            ),
            ("Enquiries to".to_owned(), content.enquiries_to.clone()),
        ];
        if let Some(old) = &content.supersedes {
            header.push(("Replaces".to_owned(), old.clone()));
        }
        header.retain(|(_, value)| !value.trim().is_empty());
        let said = |section: Section| match content.sections.get(&section) {
            Some(Said::None) => "None.".to_owned(),
            Some(Said::Text(text)) => text.clone(),
            None => "Not filled in".to_owned(),
        };
        let mut links = vec![
            ("Priorities of the Police and Crime Plan".to_owned(), content.priorities.clone()),
            ("Risk register".to_owned(), content.risks.clone()),
            (
                "Portfolio".to_owned(),
                content.items.iter().map(|i| row.items.get(i).unwrap_or(i).clone()).collect(),
            ),
            ("Equality impact assessment".to_owned(), vec![content.equality_assessment.clone()]),
            ("Carried over".to_owned(), content.carry_over.clone()),
        ];
        links.retain(|(_, lines)| lines.iter().any(|l| !l.trim().is_empty()));
        let reasons = |state: State| row.reached(state).map(|e| e.reasons.clone());
        let (outcome, outcome_reasons) = match (reasons(State::Agreed), reasons(State::NotAgreed)) {
            (Some(_), _) => ("Agreed", String::new()),
            (None, Some(why)) => ("Not agreed", why),
            (None, None) => ("", String::new()),
        };
        Self {
            reference: row.reference.clone(),
            classification: content.classification.to_string(),
            title: content.title.clone(),
            header,
            summary: content.summary.clone(),
            sections: Section::ALL
                .into_iter()
                .map(|s| PublicSection { number: s.number(), title: s.title().into(), said: said(s) })
                .collect(),
            links,
            consulted: content
                .consulted
                .iter()
                .map(|c| [spoken(&c.on), c.who.clone(), c.said.clone()])
                .collect(),
            approvals,
            outcome: outcome.into(),
            outcome_reasons,
            redaction: String::new(),
            files,
        }
    }

    /// The copy for the public: what was marked is taken out of every text, and the copy is OFFICIAL.
    pub(crate) fn redacted(mut self, publication: &Publication) -> Self {
        let passages: Vec<&str> = publication.passages.iter().map(|p| p.quote.as_str()).collect();
        self.classification = Gsc::Official.to_string();
        if publication.redacts() {
            self.redaction = publication.details.clone();
        }
        // Who holds an office that signs is public; who else of the staff had a hand in it is not.
        for approval in &mut self.approvals {
            if !Post::ALL.iter().any(|p| p.signs() && p.is(&approval.capacity)) {
                approval.name.clear();
            }
        }
        for text in self.texts_mut() {
            *text = redact(text, &passages);
        }
        self
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        let mut all =
            vec![&mut self.title, &mut self.summary, &mut self.outcome_reasons, &mut self.redaction];
        all.extend(self.header.iter_mut().map(|(_, value)| value));
        all.extend(self.sections.iter_mut().map(|s| &mut s.said));
        all.extend(self.links.iter_mut().flat_map(|(_, lines)| lines));
        all.extend(self.consulted.iter_mut().flatten());
        all.extend(self.approvals.iter_mut().flat_map(|a| [&mut a.name, &mut a.on]));
        all.extend(self.files.iter_mut().map(|f| &mut f.title));
        all
    }

    /// All its words, as the page shows them.
    #[must_use]
    pub fn words(&self) -> String {
        let mut copy = self.clone();
        let reference = copy.reference.clone();
        let texts = copy.texts_mut();
        let mut all: Vec<&str> = vec![&reference];
        all.extend(texts.iter().map(|t| t.as_str()));
        all.join("\n")
    }

    /// As an accessible PDF.
    ///
    /// # Errors
    /// [`Error::Bug`] where the file cannot be made.
    pub fn pdf(&self) -> Result<Vec<u8>> {
        pdf::write(&super::paper(self)).map_err(|e| Error::Bug(format!("the PDF of {}: {e}", self.reference)))
    }
}

/// Reads a stored file as far as it can be searched, or only so many bytes of it.
fn read(db: &Db, file: PublicFile, most: usize) -> Result<(PublicFile, Vec<u8>)> {
    let mut bytes = Vec::new();
    db.open_blob(&file.sha256)?
        .take(most as u64)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::Unavailable(format!("a stored file cannot be read: {e}")))?;
    Ok((file, bytes))
}

/// Makes what would be published now and takes it apart again.
pub(crate) fn prepare(db: &Db, row: &Row, files: &[Stored]) -> Result<Prepared> {
    let chosen = files.iter().filter(|f| f.publish);
    // Where nothing is marked there is nothing to search for, and its beginning says what a file is.
    let most = if row.publication.passages.is_empty() { files::PDF.len() } else { burn_in::LARGEST + 1 };
    let chosen: Vec<_> =
        chosen.map(|f| read(db, f.published(row.publication.redacts()), most)).collect::<Result<_>>()?;
    let strange: Vec<_> = chosen
        .iter()
        .filter(|(_, bytes)| !bytes.starts_with(files::PDF))
        .map(|(file, _)| FieldError {
            field: "publication".into(),
            code: "not-a-pdf".into(),
            message: format!("'{}' is not a PDF, and what is published is one: take it out", file.title),
        })
        .collect();
    if !strange.is_empty() {
        return Err(Error::Invalid(strange));
    }
    let public = chosen.iter().map(|(f, _)| f.clone()).collect();
    let whole = PublicReport::whole(row, &row.content, row.approvals(), public);
    let report = whole.redacted(&row.publication);
    let pdf = report.pdf()?;
    let mut candidates = vec![Candidate { name: "The PDF of the report", bytes: &pdf }];
    // Where nothing is marked there is nothing to search for: a scan or a signed file is published as it is.
    if !row.publication.passages.is_empty() {
        candidates.extend(chosen.iter().map(|(f, bytes)| Candidate { name: &f.title, bytes }));
    }
    let clean = burn_in::check(&row.publication.passages, &report.words(), &candidates)?;
    Ok(Prepared { report, pdf, clean })
}

/// Whether a publication can be carried out as it is settled: every passage stands where it is marked, and what comes out
/// holds none of them, whichever way the report goes. Better to say so now than when everybody has signed.
///
/// # Errors
/// [`Error::Invalid`] with every passage that does not stand there, or the first that cannot be taken out.
pub(crate) fn try_out(db: &Db, row: &Row, given: &Publication, files: &[Stored]) -> Result<()> {
    let fault =
        |code: &str, message: String| FieldError { field: "passages".into(), code: code.into(), message };
    let whole = PublicReport::whole(row, &row.content, row.approvals(), Vec::new());
    let words = whole.words();
    let marked = |place: Place| given.passages.iter().enumerate().filter(move |(_, p)| p.place == place);
    let mut wrong: Vec<_> = marked(Place::Sheet)
        .filter(|(_, p)| !find(&words, &p.quote))
        .map(|(n, _)| {
            let message = format!("Passage {} does not stand in the report: copy it as it is there", n + 1);
            fault("not-there", message)
        })
        .collect();
    if given.for_publication == Some(true) {
        let chosen: Vec<_> = files.iter().filter(|f| f.publish).collect();
        // The files of a draft may be still to come.
        if row.state != State::Draft || !chosen.is_empty() {
            let passages: Vec<_> = marked(Place::Appendix).map(|(n, p)| (n, p.quote.as_str())).collect();
            wrong.extend(in_no_file(db, &chosen, passages)?.into_iter().map(|n| {
                let message = format!(
                    "Passage {} stands in no file that is published: copy it as it is there, or publish the file",
                    n + 1
                );
                fault("not-in-a-file", message)
            }));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if given.for_publication == Some(false) || given.passages.is_empty() {
        return Ok(());
    }
    // With every fixed word that the form can come to have.
    let mut form = whole;
    form.approvals.extend(register::every_approval());
    form.outcome = "Not agreed".into();
    let form = form.redacted(given);
    let (words, pdf) = (form.words(), form.pdf()?);
    let page = [Candidate { name: "The PDF of the report", bytes: &pdf }];
    if burn_in::check(&given.passages, &words, &page).is_ok() {
        return Ok(());
    }
    let stays = |p: &super::Passage| burn_in::check(std::slice::from_ref(p), &words, &page).is_err();
    let first = given.passages.iter().position(stays).unwrap_or_default();
    let message = format!(
        "Passage {} cannot be taken out as it is marked: it goes over the end of a section or a field, or its words are \
         words of the form itself. Mark each part by itself, with more of the words around it",
        first + 1
    );
    Err(Error::Invalid(vec![fault("cannot-be-redacted", message)]))
}

/// Those of the passages that stand in none of the files as they were before their redaction.
fn in_no_file(db: &Db, files: &[&Stored], passages: Vec<(usize, &str)>) -> Result<Vec<usize>> {
    let mut missing = passages;
    for file in files {
        if missing.is_empty() {
            break;
        }
        let (_, bytes) = read(db, file.original(), burn_in::LARGEST + 1)?;
        // Taken apart once. A scan cannot be searched, and a passage may well stand in it: a redacted copy takes its place,
        // which is searched before it is published, and the person who signs has compared them.
        let searched = Searched::of(&bytes);
        missing.retain(|(_, quote)| searched.as_ref().is_ok_and(|searched| !searched.holds(quote)));
    }
    Ok(missing.into_iter().map(|(n, _)| n).collect())
}

/// Decides whether and how the public is informed of a decision that is not published.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] where it is published or not closed yet; [`Error::Stale`]; [`Error::Invalid`] for a
/// notice without words or one that holds what is not to be published.
pub fn notice(cx: &mut Cx<'_>, reference: &str, seen: i64, given: &Notice) -> Result<()> {
    cx.allow(action::DECISION_SIGN_EXECUTIVE, None)?;
    Decider::of(cx.actor())?;
    let row = register::row(cx, reference)?;
    register::readable(cx, &row)?;
    if row.state != State::NotPublished {
        return Err(Error::Conflict("only of a decision that is not published is there a notice".into()));
    }
    let mut wrong = Vec::new();
    let fault = |field: &str, code: &str, message: &str| FieldError {
        field: field.into(),
        code: code.into(),
        message: message.into(),
    };
    if given.reasons.trim().is_empty() {
        wrong.push(fault("reasons", "required", "Say why the public is informed in this way"));
    }
    if given.informed && (given.heading.trim().is_empty() || given.text.trim().is_empty()) {
        wrong.push(fault("text", "required", "Write the heading and the text of the notice"));
    }
    let most = [
        (&given.heading, super::report::SHORT),
        (&given.text, super::report::LONG),
        (&given.reasons, super::report::LONG),
    ];
    wrong.extend(most.iter().find_map(|(text, most)| super::report::unfit("text", text, *most)));
    let passages = &row.publication.passages;
    if passages.iter().any(|p| find(&given.heading, &p.quote) || find(&given.text, &p.quote)) {
        wrong.push(fault(
            "text",
            "not-for-publication",
            "The notice holds a passage that is marked to be redacted",
        ));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let body = serde_json::to_string(given).map_err(|e| Error::Bug(e.to_string()))?;
    let done = cx.exec(
        "update decision_paper set notice = $1, version = version + 1 where id = $2 and version = $3",
        &[body.into(), row.id.into(), seen.into()],
    )?;
    register::once(done, reference)?;
    cx.record(
        Verb::Decide,
        "decision-report",
        Some(row.id),
        json!({ "notice": true, "informed": given.informed }),
    )
}

fn unreadable(e: &serde_json::Error) -> Error {
    Error::Bug(format!("a published report cannot be read: {e}"))
}

/// The public register, the latest decision first.
///
/// # Errors
/// Not allowed; database errors.
pub fn public_register(cx: &mut Cx<'_>) -> Result<Vec<PublicEntry>> {
    cx.allow(action::DECISION_READ, None)?;
    let rows = cx.rows(
        "select r.reference, r.published, r.notice,
           r.state,
           (select max(s.on_day) from decision_step s where s.report_id = r.id and s.to_state in ('agreed', 'not_agreed'))
         from decision_paper r where r.state in ('published', 'superseded', 'not_published') order by r.reference",
        &[],
    )?;
    let mut all = Vec::new();
    for row in rows {
        let reference: String = row.get(0)?;
        let (report, notice): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
        // That another took its place is told of, whether or not that one is published.
        let superseded = row.get::<String>(3)? == State::Superseded.code();
        let day: Option<String> = row.get(4)?;
        let decided_on = day.unwrap_or_default();
        if let Some(text) = report {
            let report: PublicReport = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
            all.push(PublicEntry {
                reference,
                title: report.title,
                outcome: report.outcome,
                decided_on,
                notice: false,
                superseded,
            });
        } else if let Some(text) = notice {
            let notice: Notice = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
            if notice.informed {
                all.push(PublicEntry {
                    reference,
                    title: notice.heading,
                    outcome: String::new(),
                    decided_on,
                    notice: true,
                    superseded: false,
                });
            }
        }
    }
    all.sort_by(|a, b| (&b.decided_on, &b.reference).cmp(&(&a.decided_on, &a.reference)));
    cx.record(Verb::Consult, "decision-report", None, json!({ "published": all.len() }))?;
    Ok(all)
}

fn absent() -> Error {
    Error::NotFound("a published decision with that reference".into())
}

/// One decision for the public.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] for what is not published and of which there is no notice.
pub fn published(cx: &mut Cx<'_>, reference: &str) -> Result<PublicView> {
    cx.allow(action::DECISION_READ, None)?;
    if !super::report::is_reference(reference) {
        return Err(absent());
    }
    let row = cx.row(
        "select r.id, r.state, r.published, r.published_at, r.notice,
           (select s.reasons from decision_step s join decision_paper n on n.reference = s.reasons
            where s.report_id = r.id and s.to_state = 'superseded' and n.state in ('published', 'superseded'))
         from decision_paper r where r.reference = $1 and r.state in ('published', 'superseded', 'not_published')",
        &[reference.into()],
    )?;
    let row = row.ok_or_else(absent)?;
    let id = row.get(0)?;
    let (report, at, told): (Option<String>, Option<Time>, Option<String>) =
        (row.get(2)?, row.get(3)?, row.get(4)?);
    let view = match (report, at, told) {
        (Some(text), Some(published_at), _) => PublicView::Report {
            report: Box::new(serde_json::from_str(&text).map_err(|e| unreadable(&e))?),
            published_at,
            superseded: row.get::<String>(1)? == State::Superseded.code(),
            superseded_by: row.get(5)?,
        },
        (_, _, Some(text)) => {
            let notice: Notice = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
            if !notice.informed {
                return Err(absent());
            }
            PublicView::Notice { reference: reference.into(), heading: notice.heading, text: notice.text }
        }
        _ => return Err(absent()),
    };
    cx.record(Verb::Disclose, "decision-report", Some(id), json!({ "reference": reference }))?;
    Ok(view)
}

/// The PDF that was published, to the byte that was checked.
///
/// # Errors
/// As [`published`].
pub fn published_pdf(db: &Db, actor: &Actor, reference: &str) -> Result<File> {
    let sha256 = db.read(actor, |cx| {
        published(cx, reference)?;
        let row =
            cx.row("select published_pdf from decision_paper where reference = $1", &[reference.into()])?;
        row.map(|r| r.get::<Option<String>>(0)).transpose()?.flatten().ok_or_else(absent)
    })?;
    db.open_blob(&sha256)
}

/// A published file by its place in the report, from 0.
///
/// # Errors
/// As [`published`]; [`Error::NotFound`] where there is no such file.
pub fn open_published(db: &Db, actor: &Actor, reference: &str, place: usize) -> Result<(PublicFile, File)> {
    let view = db.read(actor, |cx| published(cx, reference))?;
    let PublicView::Report { report, .. } = view else { return Err(absent()) };
    let file = report.files.get(place).cloned().ok_or_else(|| Error::NotFound("that file".into()))?;
    let open = db.open_blob(&file.sha256)?;
    Ok((file, open))
}
