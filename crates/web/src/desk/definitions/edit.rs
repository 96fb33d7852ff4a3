//! Writing a definition: a text, checked as often as one likes, and kept as a draft.

use super::{HERE, href};
use crate::{
    App,
    desk::{facts::sentence, frame, may},
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
    reading::{CaseView, case_views},
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::InUse;
use bluelamp_model::{Error, Fault, authority::action};
use bluelamp_triage::{Definition, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// The longest text of a definition, in bytes.
pub(crate) const TEXT: usize = 256 * 1024;
/// So many faults are shown; who has more will mend these first.
const SHOWN: usize = 100;
/// Names that stand for pages below `/desk/definitions`.
const RESERVED: [&str; 2] = ["new", "check"];
/// A definition that is whole and says next to nothing, to begin with.
const SKELETON: &str = include_str!("skeleton.md");

/// The page `staff/edit.njk`.
#[derive(Serialize)]
struct EditPage {
    title: String,
    caption: Option<String>,
    back_href: String,
    back_text: String,
    /// What became of the version when it was opened to be changed.
    about: String,
    text: String,
    /// The version that was opened; empty for a new definition.
    subject_id: String,
    subject_version: String,
    /// The digest of the draft that is changed; empty for a new version.
    base: String,
    checked: Option<Checked>,
    csrf: String,
    error_summary: Vec<Problem>,
    errors: BTreeMap<String, String>,
}

/// What came of a check: also sent alone, to a script that shows it in the page.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    /// All of it in a sentence or two.
    summary: String,
    sound: bool,
    faults: Vec<FaultView>,
    /// How many more there are than shown.
    further: usize,
    notices: Vec<FaultView>,
    cases: Vec<CaseView>,
    red: usize,
}

/// A fault or a notice, with the line that it is in.
#[derive(Clone, Debug, Serialize)]
struct FaultView {
    line: Option<u64>,
    /// "Decision: …".
    text: String,
    /// The line itself, for those whose editor does not go there.
    excerpt: Option<String>,
}

/// What the fragment `staff/_checked.njk` is given when it is sent alone.
#[derive(Serialize)]
struct Part {
    checked: Checked,
}

/// What the editor is about.
#[derive(Clone, Debug, Default)]
struct Subject {
    /// The version that was opened, as `id` and `version`; both empty for a new definition.
    of: (String, String),
    base: String,
}

/// `GET /desk/definitions/new`
pub(crate) async fn new(State(app): State<App>, staff: Staff) -> Answer {
    in_use(&app, &staff).await?;
    show(&app, &staff, &Subject::default(), SKELETON.to_owned(), None)
}

/// `GET /desk/definitions/{id}/{version}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    staff: Staff,
    Path((id, version)): Path<(String, String)>,
) -> Answer {
    let (which, number, shelf) = (id.clone(), version.clone(), app.shelf());
    let (found, all) = app
        .read(&staff.actor(), move |cx| {
            cx.allow(action::DEFINITION_WRITE, None)?;
            let found = bluelamp_casework::view_version(cx, &shelf, &which, &number)?;
            Ok((found, bluelamp_casework::versions(cx)?))
        })
        .await?;
    let of = (id.clone(), version.clone());
    if found.version.status == Status::Draft {
        let subject = Subject { of, base: found.version.digest };
        return show(&app, &staff, &subject, found.text, None);
    }
    let taken = |wanted: &str| all.iter().any(|v| v.definition == id && v.version == wanted);
    let text = with_version(&found.text, &next_patch(&version, taken));
    show(&app, &staff, &Subject { of, base: String::new() }, text, None)
}

/// The version after this one in which only wording is another, and that nobody has taken yet.
fn next_patch(version: &str, taken: impl Fn(&str) -> bool) -> String {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = core.splitn(3, '.').map(|n| n.parse::<u64>().unwrap_or(0));
    let (major, minor, patch) =
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let mut patches = (patch.saturating_add(1)..=u64::MAX).map(|patch| format!("{major}.{minor}.{patch}"));
    patches.find(|v| !taken(v)).unwrap_or_else(|| version.to_owned())
}

/// The text with another version in its header; a comment behind it stays.
fn with_version(text: &str, version: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut marks = 0;
    for line in text.split_inclusive('\n') {
        marks += usize::from(line.trim_end() == "---");
        match line.strip_prefix("version:").filter(|_| marks == 1) {
            Some(rest) => {
                let value = rest.trim_start();
                let after = value.find(char::is_whitespace).map_or("", |end| &value[end..]);
                out.push_str(&format!("version: {version}{after}"));
            }
            None => out.push_str(line),
        }
    }
    out
}

fn show(app: &App, staff: &Staff, subject: &Subject, text: String, checked: Option<Checked>) -> Answer {
    let (id, version) = (&subject.of.0, &subject.of.1);
    let place = format!("{HERE}/{id}/{version}");
    let mut errors = BTreeMap::new();
    let mut error_summary = Vec::new();
    if let Some(c) = checked.as_ref().filter(|c| !c.sound) {
        let said = |f: &FaultView| match f.line {
            Some(line) => format!("Line {line}: {}", f.text),
            None => f.text.clone(),
        };
        let wrong = c.cases.iter().filter(|c| !c.differences.is_empty());
        let cases = wrong.map(|c| format!("Line {}: the case “{}” comes out wrong", c.line, c.name));
        let all = c.faults.iter().map(said).chain(cases);
        error_summary = all.map(|text| Problem { text, href: "#text".into() }).collect();
        errors.insert("text".to_owned(), c.summary.clone());
    }
    let page = EditPage {
        title: match (id.is_empty(), subject.base.is_empty()) {
            (true, _) => "New definition".into(),
            (_, false) => format!("Change the draft {version}"),
            (_, true) => format!("New version after {version}"),
        },
        caption: (!id.is_empty()).then(|| format!("Definition {id}")),
        back_href: if id.is_empty() { HERE.into() } else { place },
        back_text: if id.is_empty() { "Definitions".into() } else { format!("{id} {version}") },
        about: match (id.is_empty(), subject.base.is_empty()) {
            (true, _) => {
                "Begin with a text that is whole and says next to nothing, and make it yours.".into()
            }
            (_, false) => "It is a draft: saving it replaces its text.".into(),
            (_, true) => format!(
                "Version {version} stays as it is. What you save here is a draft with the version that stands in its \
                 head: raise the first number when an unchanged incident could get another grade, the second \
                 when facts, actions or cases are added, the third for wording."
            ),
        },
        text,
        subject_id: id.clone(),
        subject_version: version.clone(),
        base: subject.base.clone(),
        csrf: csrf(app, &staff.cookie),
        error_summary,
        errors,
        checked,
    };
    let wrong = !page.errors.is_empty();
    let mut response = app.page("staff/edit.njk", &frame(app, staff, HERE), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// What was sent from the editor: what it is about, and the text with the line ends that its author had.
fn sent(raw: &crate::public::fields::Raw) -> (Subject, String) {
    let field = |name: &str| first(raw, name).to_owned();
    let subject = Subject { of: (field("id"), field("version")), base: field("base") };
    // Browsers send a line's end as two characters; the digest is to be that of the text as it was written.
    (subject, first(raw, "text").replace("\r\n", "\n"))
}

/// The definitions in use, for somebody who may write one: looked at, and so recorded.
async fn in_use(app: &App, staff: &Staff) -> Result<Vec<InUse>, Error> {
    let shelf = app.shelf();
    app.read(&staff.actor(), move |cx| {
        cx.allow(action::DEFINITION_WRITE, None)?;
        bluelamp_casework::versions(cx)?;
        shelf.in_use(cx)
    })
    .await
}

/// Reads the text and runs its cases, and holds its facts against those of the other definitions in use. Nothing is
/// kept.
async fn checked(app: &App, staff: &Staff, text: String) -> Result<Checked, Error> {
    let in_use = in_use(app, staff).await?;
    app.blocking(move |_| Ok(check_text(&text, &in_use))).await
}

fn check_text(text: &str, in_use: &[InUse]) -> Checked {
    let bare = |line, reason: String| FaultView { line, text: sentence(&reason), excerpt: None };
    if text.len() > TEXT {
        let fault = bare(None, format!("the text is longer than {} kB", TEXT / 1024));
        return Checked::of(vec![fault], Vec::new(), Vec::new());
    }
    let lines: Vec<&str> = text.lines().collect();
    // A line of a table can be very long; its beginning shows which one it is.
    let excerpt = |line: Option<u64>| {
        let line = lines.get(usize::try_from(line?).ok()?.checked_sub(1)?)?.trim();
        let short: String = line.chars().take(160).collect();
        let more = if short.len() < line.len() { " …" } else { "" };
        (!short.is_empty()).then(|| short + more)
    };
    let control = |line: &str| line.chars().any(|c| c.is_control() && c != '\t');
    if let Some(at) = lines.iter().position(|line| control(line)) {
        let reason = "holds a character that cannot be seen; type the line anew".to_owned();
        return Checked::of(vec![bare(Some(at as u64 + 1), reason)], Vec::new(), Vec::new());
    }
    let view = |f: &Fault| FaultView {
        line: f.line,
        text: match f.field.as_deref().filter(|field| !field.is_empty()) {
            Some(field) => format!("{field}: {}", f.reason),
            None => sentence(&f.reason),
        },
        excerpt: excerpt(f.line),
    };
    match Definition::parse("text", text) {
        Err(faults) => Checked::of(faults.0.iter().map(view).collect(), Vec::new(), Vec::new()),
        Ok(d) => {
            let others = in_use.iter().filter(|u| u.definition.header.id != d.header.id);
            let clashes = others.flat_map(|u| bluelamp_casework::disagreements(&d, &u.definition));
            let mut faults: Vec<FaultView> = clashes.map(|reason| bare(None, reason)).collect();
            if RESERVED.contains(&d.header.id.as_str()) {
                let reason = format!("id: '{}' is the name of a page here; choose another", d.header.id);
                faults.push(bare(None, reason));
            }
            Checked::of(faults, d.notices.iter().map(view).collect(), case_views(&d))
        }
    }
}

impl Checked {
    fn of(mut faults: Vec<FaultView>, notices: Vec<FaultView>, cases: Vec<CaseView>) -> Self {
        let red = cases.iter().filter(|c| !c.differences.is_empty()).count();
        let many = |n: usize, one: &str, more: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {more}"),
        };
        let summary = match (faults.first(), red) {
            (Some(first), _) => {
                let at = first.line.map_or(String::new(), |line| format!(" in line {line}"));
                let count = many(faults.len(), "fault", "faults");
                format!("{count}. The first{at}: {}", first.text)
            }
            (None, 0) => {
                format!("No fault; {} right.", many(cases.len(), "case comes out", "cases come out"))
            }
            (None, red) => {
                format!("No fault in the text, but {} wrong.", many(red, "case comes out", "cases come out"))
            }
        };
        let summary = match notices.len() {
            0 => summary,
            n => format!("{summary} {} to think about.", many(n, "notice", "notices")),
        };
        let further = faults.len().saturating_sub(SHOWN);
        faults.truncate(SHOWN);
        Self { summary, sound: faults.is_empty() && red == 0, faults, further, notices, cases, red }
    }
}

/// `POST /desk/definitions/check`: the page again with what came of the check, or that alone for a script.
pub(crate) async fn check(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (subject, text) = sent(&raw);
    // While somebody types, only their own text is looked at: an entry in the log for every pause would bury the rest.
    if first(&raw, "part") == "result" && may(&app, &staff, action::DEFINITION_WRITE) {
        let checked = app.blocking(move |_| Ok(check_text(&text, &[]))).await?;
        return app.page("staff/_checked.njk", &staff.ask.frame(), &Part { checked });
    }
    let checked = checked(&app, &staff, text.clone()).await?;
    show(&app, &staff, &subject, text, Some(checked))
}

/// `POST /desk/definitions`: keeps the text as a draft.
pub(crate) async fn save(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (subject, text) = sent(&raw);
    let found = checked(&app, &staff, text.clone()).await?;
    if !found.sound {
        return show(&app, &staff, &subject, text, Some(found));
    }
    let (shelf, base, wanted) = (app.shelf(), subject.base.clone(), text.clone());
    let written = app
        .write(&staff.actor(), move |cx| {
            cx.allow(action::DEFINITION_WRITE, None)?;
            let before = bluelamp_casework::versions(cx)?;
            let kept = bluelamp_casework::write(cx, &shelf, &wanted)?;
            // Somebody else's draft is not replaced by one who has not seen it.
            let other = before.iter().find(|v| v.id == kept.id && v.digest != base && v.digest != kept.digest);
            match other {
                Some(v) => Err(Error::field(
                    "text",
                    "another-draft",
                    format!(
                        "{} {} is a draft already, and not the one that you began with: give yours another version, \
                         or open that draft and look at it",
                        v.definition, v.version
                    ),
                )),
                None => Ok(kept),
            }
        })
        .await;
    match written {
        Ok(kept) => Ok(Redirect::to(&href(&kept)).into_response()),
        Err(Error::Invalid(wrong)) => {
            let faults = wrong.into_iter().map(|e| FaultView {
                line: None,
                text: sentence(&e.message),
                excerpt: None,
            });
            let found = Checked::of(faults.collect(), Vec::new(), Vec::new());
            show(&app, &staff, &subject, text, Some(found))
        }
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_patch_is_one_that_nobody_has_taken() {
        assert_eq!(next_patch("1.0.0", |_| false), "1.0.1");
        assert_eq!(next_patch("1.0.0", |v| v == "1.0.1"), "1.0.2");
        assert_eq!(next_patch("2.3.4-alpha.1+x", |_| false), "2.3.5");
        assert_eq!(
            next_patch(&format!("1.0.{}", u64::MAX), |v| v.ends_with(&u64::MAX.to_string())),
            format!("1.0.{}", u64::MAX)
        );
        assert_eq!(next_patch("nonsense", |_| false), "0.0.1");
    }

    #[test]
    fn only_the_version_of_the_header_is_another() {
        let text = "---\nid: x\nversion: 1.0.0   # the first\n---\n\nversion: 1.0.0\n";
        assert_eq!(
            with_version(text, "1.0.1"),
            "---\nid: x\nversion: 1.0.1   # the first\n---\n\nversion: 1.0.0\n"
        );
        assert_eq!(with_version("---\nversion: \"1.0.0\"\n---\n", "2.0.0"), "---\nversion: 2.0.0\n---\n");
        assert_eq!(with_version("no header", "2.0.0"), "no header");
    }

    #[test]
    fn the_text_to_begin_with_is_whole() {
        let c = check_text(SKELETON, &[]);
        assert!(c.sound && c.notices.is_empty(), "{c:?}");
    }

    #[test]
    fn a_check_says_first_what_is_first() {
        let c = check_text(&SKELETON.replace("grades: [", "grade: ["), &[]);
        assert!(!c.sound && c.summary.contains("in line "), "{c:?}");
        assert!(c.faults.iter().any(|f| f.excerpt.as_deref().is_some_and(|e| e.starts_with("grade: ["))));
        let c = check_text(&SKELETON.replace("| HIGH | none |", "| STANDARD | none |"), &[]);
        assert!(
            !c.sound && c.red == 1 && c.summary == "No fault in the text, but 1 case comes out wrong.",
            "{c:?}"
        );
        assert!(!check_text(&"x".repeat(TEXT + 1), &[]).sound);
        assert!(check_text("a\u{0}b", &[]).summary.contains("in line 1"));
        assert!(!check_text("", &[]).sound);
        let c = check_text(&SKELETON.replace("id: my-definition", "id: check"), &[]);
        assert!(c.summary.contains("name of a page"), "{c:?}");
    }
}
