//! Meetings with their minutes and actions.

use super::{
    agenda::{self, Item},
    bodies::{Body, body},
    fit, long, required, short,
};
use bluelamp_model::{
    Day, Decider, Error, FieldError, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, btree_map::Entry as MapEntry};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// From its code, as it is stored.
            pub(super) fn of(code: &str) -> Result<Self> {
                let found = Self::ALL.iter().copied().find(|one| one.code() == code);
                found.ok_or_else(|| Error::Bug(format!("'{code}' is stored and no {}", stringify!($name))))
            }
        }
    };
}
pub(super) use codes;

codes! {
    /// How a meeting stands.
    MeetingState {
        /// It is in the calendar.
        Planned = "planned", "Planned";
        /// It took place.
        Held = "held", "Held";
        /// It does not take place.
        Cancelled = "cancelled", "Cancelled";
    }
}

codes! {
    /// How the minutes stand.
    MinutesState {
        /// There are none.
        None = "none", "No minutes";
        /// They are written.
        Draft = "draft", "Draft";
        /// The body has confirmed them.
        Confirmed = "confirmed", "Confirmed";
    }
}

/// A meeting as it is put into the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// The day.
    pub on: Day,
    /// When it begins, such as `10:00`.
    pub at: String,
    /// Where.
    #[serde(default)]
    pub place: String,
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Meeting {
    /// Its row.
    pub id: Id,
    /// Whose, by code.
    pub body: String,
    /// The day.
    pub on: Day,
    /// When it begins.
    pub at: String,
    /// Where.
    pub place: String,
    /// How it stands.
    pub state: MeetingState,
    /// What a change has to name.
    pub version: i64,
    /// How its minutes stand.
    pub minutes_state: MinutesState,
    /// When they were confirmed.
    pub confirmed_on: Option<Day>,
}

/// A meeting with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MeetingView {
    /// The meeting.
    pub meeting: Meeting,
    /// The body.
    pub body: Body,
    /// The agenda.
    pub items: Vec<Item>,
    /// The minutes.
    pub minutes: String,
    /// What was agreed that somebody does.
    pub actions: Vec<Action>,
    /// Whether minutes and actions are withheld: a paper of this meeting is OFFICIAL-SENSITIVE, and the person who asks has
    /// no part in decisions.
    pub withheld: bool,
}

/// An action that came of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Action {
    /// Its row.
    pub id: Id,
    /// The meeting.
    pub meeting: Id,
    /// The body, by code.
    pub body: String,
    /// What is to be done.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Day,
    /// When it was done.
    pub done_on: Option<Day>,
    /// What came of it.
    pub result: String,
    /// Whether it is late on the day of the question.
    pub late: bool,
}

/// An action as it is put down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    /// What is to be done.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Day,
}

const COLUMNS: &str =
    "select id, body_code, on_day, at_time, place, state, version, minutes_state, confirmed_on
  from board_meeting";

fn read(row: &Row) -> Result<Meeting> {
    let confirmed: Option<String> = row.get(8)?;
    Ok(Meeting {
        id: row.get(0)?,
        body: row.get(1)?,
        on: row.get::<String>(2)?.parse().map_err(Error::Bug)?,
        at: row.get(3)?,
        place: row.get(4)?,
        state: MeetingState::of(&row.get::<String>(5)?)?,
        version: row.get(6)?,
        minutes_state: MinutesState::of(&row.get::<String>(7)?)?,
        confirmed_on: confirmed.map(|d| d.parse()).transpose().map_err(Error::Bug)?,
    })
}

/// A meeting by its row. Whoever calls has asked the policy.
pub(super) fn meeting(cx: &mut Cx<'_>, id: Id) -> Result<Meeting> {
    let row = cx.row(&format!("{COLUMNS} where id = $1"), &[id.into()])?;
    read(&row.ok_or_else(|| Error::NotFound("that meeting".into()))?)
}

/// Refuses a change to what somebody else has changed since.
pub(super) fn touch(cx: &mut Cx<'_>, id: Id, seen: i64) -> Result<()> {
    let done = cx.exec(
        "update board_meeting set version = version + 1 where id = $1 and version = $2",
        &[id.into(), seen.into()],
    )?;
    if done == 0 { Err(Error::Stale("the meeting".into())) } else { Ok(()) }
}

fn is_time(text: &str) -> bool {
    text.len() == 5
        && text.split_once(':').is_some_and(|(h, m)| {
            let number = |t: &str, most: u8| t.len() == 2 && t.parse::<u8>().is_ok_and(|n| n <= most);
            number(h, 23) && number(m, 59)
        })
}

/// Puts a meeting into the calendar of a body that exists on that day.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] for a body that there is not; [`Error::Invalid`].
pub fn add_meeting(cx: &mut Cx<'_>, code: &str, new: &NewMeeting) -> Result<Id> {
    cx.allow(action::REGISTER_WRITE, None)?;
    let by = Decider::of(cx.actor())?;
    let body = body(cx, code)?;
    let fault = |field: &str, code: &str, message: String| FieldError {
        field: field.into(),
        code: code.into(),
        message,
    };
    let outside =
        body.valid_from.is_some_and(|from| new.on < from) || body.valid_to.is_some_and(|to| to < new.on);
    fit([
        (!is_time(&new.at)).then(|| fault("at", "format", "Enter the time as 10:00".into())),
        short("place", &new.place),
        outside.then(|| fault("on", "outside", format!("{} does not exist on that day", body.name))),
    ])?;
    let (id, now) = (cx.new_id()?, cx.now());
    let done = cx.exec(
        "insert into board_meeting
           (id, body_code, on_day, at_time, place, state, version, minutes, minutes_state, made_at, made_by)
         values ($1, $2, $3, $4, $5, 'planned', 1, '', 'none', $6, $7)
         on conflict (body_code, on_day, at_time) do nothing",
        &[
            id.into(),
            code.into(),
            new.on.to_string().into(),
            new.at.as_str().into(),
            new.place.trim().into(),
            now.into(),
            by.id().into(),
        ],
    )?;
    if done == 0 {
        return Err(Error::field("on", "taken", "There is a meeting at that day and time already"));
    }
    cx.record(Verb::Alter, "board-meeting", Some(id), json!({ "body": code }))?;
    Ok(id)
}

/// Says that a meeting was held or is cancelled.
///
/// # Errors
/// Not allowed; [`Error::Stale`]; [`Error::Conflict`] for one that was held or cancelled before, or is held before its day.
pub fn set_meeting(cx: &mut Cx<'_>, id: Id, seen: i64, state: MeetingState) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, Some(id))?;
    Decider::of(cx.actor())?;
    let before = meeting(cx, id)?;
    if before.state != MeetingState::Planned || state == MeetingState::Planned {
        return Err(Error::Conflict(format!(
            "the meeting is {} already",
            before.state.label().to_lowercase()
        )));
    }
    let today: Day = cx.now().day().parse().map_err(Error::Bug)?;
    if state == MeetingState::Held && before.on > today {
        return Err(Error::Conflict("a meeting is not held before its day".into()));
    }
    touch(cx, id, seen)?;
    cx.exec("update board_meeting set state = $1 where id = $2", &[state.code().into(), id.into()])?;
    cx.record(Verb::Alter, "board-meeting", Some(id), json!({ "state": state }))
}

/// Who may not read the minutes and actions of a meeting changes nothing in them and confirms nothing.
fn readable(cx: &mut Cx<'_>, id: Id) -> Result<()> {
    if agenda::is_sensitive(cx, id)? {
        cx.allow(action::DECISION_VIEW_SENSITIVE, Some(id))?;
    }
    Ok(())
}

/// Writes the minutes of a meeting that was held.
///
/// # Errors
/// Not allowed; [`Error::Stale`]; [`Error::Conflict`] where they are confirmed or it was not held; [`Error::Invalid`].
pub fn write_minutes(cx: &mut Cx<'_>, id: Id, seen: i64, text: &str) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, Some(id))?;
    Decider::of(cx.actor())?;
    let before = meeting(cx, id)?;
    if before.state != MeetingState::Held {
        return Err(Error::Conflict("there are minutes only of a meeting that was held".into()));
    }
    if before.minutes_state == MinutesState::Confirmed {
        return Err(Error::Conflict("the minutes are confirmed and stay as they are".into()));
    }
    readable(cx, id)?;
    let empty = text.trim().is_empty().then(|| FieldError {
        field: "minutes".into(),
        code: "required".into(),
        message: "Write the minutes".into(),
    });
    fit([empty, long("minutes", text)])?;
    touch(cx, id, seen)?;
    cx.exec(
        "update board_meeting set minutes = $1, minutes_state = 'draft' where id = $2",
        &[text.into(), id.into()],
    )?;
    cx.record(Verb::Alter, "board-meeting", Some(id), json!({ "minutes": "draft" }))
}

/// Confirms the minutes, as the body did on a later day: at its next meeting, or by letter.
///
/// # Errors
/// Not allowed; [`Error::Stale`]; [`Error::Conflict`] where there is no draft; [`Error::Invalid`] for a day that has not
/// come, or is before the meeting.
pub fn confirm_minutes(cx: &mut Cx<'_>, id: Id, seen: i64, on: Day) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, Some(id))?;
    let by = Decider::of(cx.actor())?;
    let before = meeting(cx, id)?;
    readable(cx, id)?;
    if before.minutes_state != MinutesState::Draft {
        return Err(Error::Conflict("there are no draft minutes to confirm".into()));
    }
    let today: Day = cx.now().day().parse().map_err(Error::Bug)?;
    if on <= before.on || on > today {
        return Err(Error::field(
            "on",
            "out-of-order",
            "Enter a day after the meeting that is not in the future",
        ));
    }
    touch(cx, id, seen)?;
    cx.exec(
        "update board_meeting set minutes_state = 'confirmed', confirmed_on = $1, confirmed_by = $2 where id = $3",
        &[on.to_string().into(), by.id().into(), id.into()],
    )?;
    cx.record(Verb::Decide, "board-meeting", Some(id), json!({ "minutes": "confirmed", "on": on }))
}

/// The calendar of a body, or of all, by day.
///
/// # Errors
/// Not allowed; database errors.
pub fn meetings(cx: &mut Cx<'_>, code: Option<&str>) -> Result<Vec<Meeting>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = match code {
        Some(code) => {
            body(cx, code)?;
            cx.rows(
                &format!("{COLUMNS} where body_code = $1 order by on_day desc, at_time desc"),
                &[code.into()],
            )?
        }
        None => cx.rows(&format!("{COLUMNS} order by on_day desc, at_time desc, body_code"), &[])?,
    };
    cx.record(Verb::Consult, "board-meeting", None, json!({ "meetings": rows.len() }))?;
    rows.iter().map(read).collect()
}

/// One meeting with everything that belongs to it. Of a paper that is OFFICIAL-SENSITIVE it tells only that there is one.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_meeting(cx: &mut Cx<'_>, id: Id) -> Result<MeetingView> {
    cx.allow(action::STRATEGY_VIEW, Some(id))?;
    let meeting = meeting(cx, id)?;
    let body = body(cx, &meeting.body)?;
    let items = agenda::items(cx, id)?;
    let row = cx.row("select minutes from board_meeting where id = $1", &[id.into()])?;
    let minutes: String = row.map(|r| r.get(0)).transpose()?.unwrap_or_default();
    let mut actions = of(cx, Some(id))?;
    // Nobody has marked them: they may tell what a paper says that not everybody may read.
    let withheld =
        agenda::is_sensitive(cx, id)? && !cx.would_allow(action::DECISION_VIEW_SENSITIVE, Some(id));
    let minutes = if withheld { String::new() } else { minutes };
    if withheld {
        actions.clear();
    }
    cx.record(Verb::Consult, "board-meeting", Some(id), json!({}))?;
    Ok(MeetingView { meeting, body, items, minutes, actions, withheld })
}

fn of(cx: &mut Cx<'_>, of_meeting: Option<Id>) -> Result<Vec<Action>> {
    let today: Day = cx.now().day().parse().map_err(Error::Bug)?;
    let select = "select a.id, a.meeting_id, m.body_code, a.what, a.owner, a.due_on, a.done_on, a.result
                  from board_action a join board_meeting m on m.id = a.meeting_id";
    let rows = match of_meeting {
        Some(id) => {
            cx.rows(&format!("{select} where a.meeting_id = $1 order by a.due_on, a.id"), &[id.into()])?
        }
        None => cx.rows(&format!("{select} where a.done_on is null order by a.due_on, a.id"), &[])?,
    };
    rows.iter()
        .map(|r| {
            let due: Day = r.get::<String>(5)?.parse().map_err(Error::Bug)?;
            let done: Option<String> = r.get(6)?;
            let done_on = done.map(|d| d.parse()).transpose().map_err(Error::Bug)?;
            Ok(Action {
                id: r.get(0)?,
                meeting: r.get(1)?,
                body: r.get(2)?,
                what: r.get(3)?,
                owner: r.get(4)?,
                due,
                done_on,
                result: r.get(7)?,
                late: done_on.is_none() && due < today,
            })
        })
        .collect()
}

/// Every action that is not done, by its day; of a meeting with a paper that is OFFICIAL-SENSITIVE only for who may read it.
///
/// # Errors
/// Not allowed; database errors.
pub fn actions(cx: &mut Cx<'_>) -> Result<Vec<Action>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let mut all = of(cx, None)?;
    let mut sensitive = BTreeMap::new();
    for a in &all {
        if let MapEntry::Vacant(unknown) = sensitive.entry(a.meeting) {
            unknown.insert(agenda::is_sensitive(cx, a.meeting)?);
        }
    }
    let marked = |a: &Action| sensitive.get(&a.meeting) == Some(&true);
    if all.iter().any(marked) && !cx.would_allow(action::DECISION_VIEW_SENSITIVE, None) {
        all.retain(|a| !marked(a));
    }
    cx.record(Verb::Consult, "board-action", None, json!({ "open": all.len() }))?;
    Ok(all)
}

/// Refuses what can only come of a meeting that takes place.
pub(super) fn not_cancelled(meeting: &Meeting) -> Result<()> {
    if meeting.state == MeetingState::Cancelled {
        return Err(Error::Conflict("the meeting is cancelled: nothing comes of it".into()));
    }
    Ok(())
}

/// Puts an action down.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Conflict`] for a meeting that is cancelled; [`Error::Invalid`], also for a
/// day before the meeting.
pub fn add_action(cx: &mut Cx<'_>, id: Id, new: &NewAction) -> Result<Id> {
    cx.allow(action::REGISTER_WRITE, Some(id))?;
    let by = Decider::of(cx.actor())?;
    let meeting = meeting(cx, id)?;
    readable(cx, id)?;
    not_cancelled(&meeting)?;
    let early = (new.due < meeting.on).then(|| FieldError {
        field: "due".into(),
        code: "before-the-meeting".into(),
        message: "Enter a day that is not before the meeting".into(),
    });
    fit([
        required("what", &new.what, "Enter what is to be done"),
        required("owner", &new.owner, "Enter who does it"),
        early,
    ])?;
    let (action, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into board_action (id, meeting_id, what, owner, due_on, made_at, made_by, result)
         values ($1, $2, $3, $4, $5, $6, $7, '')",
        &[
            action.into(),
            id.into(),
            new.what.trim().into(),
            new.owner.trim().into(),
            new.due.to_string().into(),
            now.into(),
            by.id().into(),
        ],
    )?;
    cx.record(Verb::Alter, "board-action", Some(action), json!({ "meeting": id }))?;
    Ok(action)
}

/// Says that an action of the meeting `of` is done, and what came of it.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Conflict`] where it is done already; [`Error::Invalid`] without a result.
pub fn finish_action(cx: &mut Cx<'_>, of: Id, action: Id, result: &str) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, Some(action))?;
    let by = Decider::of(cx.actor())?;
    fit([required("result", result, "Enter what came of it")])?;
    let row = cx.row(
        "select done_on from board_action where id = $1 and meeting_id = $2",
        &[action.into(), of.into()],
    )?;
    let row = row.ok_or_else(|| Error::NotFound("that action of this meeting".into()))?;
    readable(cx, of)?;
    if row.get::<Option<String>>(0)?.is_some() {
        return Err(Error::Conflict("the action is done already".into()));
    }
    let today = cx.now().day();
    cx.exec(
        "update board_action set done_on = $1, done_by = $2, result = $3 where id = $4 and done_on is null",
        &[today.into(), by.id().into(), result.trim().into(), action.into()],
    )?;
    cx.record(Verb::Alter, "board-action", Some(action), json!({ "done": true }))
}
