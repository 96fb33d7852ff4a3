//! Boards: calendar, agenda, the route of papers, decisions, minutes, actions, delegations.

use crate::people::{People, content, day, draft, go, redacted, write};
use bluelamp_model::{
    Error, Gsc, Id, Result,
    authority::{Actor, Ask, Verdict, action},
};
use bluelamp_steward::boards::{
    Body, BodyChange, BodyKind, Cover, MeetingState, MeetingView, MinutesState, NewAction, NewDelegation,
    NewItem, NewMeeting, Outcome, Wanted, actions, add_action, add_body, add_delegation, add_item,
    add_meeting, bodies, change_body, comment, confirm_minutes, decide_item, delegations, finish_action,
    icalendar, meetings, set_meeting, view_meeting, view_paper, waive_paper, write_minutes,
};
use bluelamp_store::Policy;
use bluelamp_testkit::{TestDb, on_both, on_both_with};
use std::sync::Arc;

fn body(code: &str, kind: BodyKind, name: &str) -> Body {
    Body {
        code: code.into(),
        name: name.into(),
        kind,
        role: "Looks at papers.".into(),
        source: "S001 s5".into(),
        valid_from: None,
        valid_to: None,
    }
}

fn two_boards(test: &TestDb, people: &People) {
    let all = vec![
        body("B01", BodyKind::ChiefOfficerGroup, "Chief Officer Group"),
        body("B03", BodyKind::Board, "PFCC Strategic Board"),
    ];
    for body in all {
        write(test, &people.author, move |cx| add_body(cx, &body)).unwrap();
    }
}

fn meets(test: &TestDb, people: &People, code: &'static str, on: &'static str) -> Id {
    let new = NewMeeting { on: day(on), at: "10:00".into(), place: "Room 1".into() };
    write(test, &people.author, move |cx| add_meeting(cx, code, &new)).unwrap()
}

fn looks(test: &TestDb, people: &People, id: Id) -> MeetingView {
    test.db.read(&people.author, move |cx| view_meeting(cx, id)).unwrap()
}

fn cover() -> Cover {
    Cover {
        classification: Gsc::Official,
        report_to: "Strategic Board".into(),
        title: "Digital strategy".into(),
        chief_officer: "Deputy Chief Constable".into(),
        author: "Head of Digital Change".into(),
        date_written: day("2021-03-03"),
        version: "1.0".into(),
        finance_approved_on: Some(day("2021-03-02")),
        finance_approvers: "Force finance approver".into(),
        financial_implications: "None".into(),
        decision_reference: None,
    }
}

fn puts(
    test: &TestDb,
    people: &People,
    of: Id,
    number: u32,
    wanted: Wanted,
    paper: Option<Id>,
) -> Result<Id> {
    let seen = looks(test, people, of).meeting.version;
    let new = NewItem { number, title: String::new(), wanted, paper, cover: paper.is_none().then(cover) };
    write(test, &people.author, move |cx| add_item(cx, of, seen, &new))
}

fn held(test: &TestDb, people: &People, id: Id) {
    let seen = looks(test, people, id).meeting.version;
    write(test, &people.author, move |cx| set_meeting(cx, id, seen, MeetingState::Held)).unwrap();
}

fn decides(test: &TestDb, people: &People, of: Id, item: Id, outcome: Outcome) -> Result<()> {
    let seen = looks(test, people, of).meeting.version;
    write(test, &people.author, move |cx| decide_item(cx, of, item, seen, outcome, "As the paper says."))
}

fn code_of<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Invalid(fields)) => fields[0].code.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn every_paper_goes_to_the_chief_officers_first() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let (cog, board) =
            (meets(test, &people, "B01", "2021-03-10"), meets(test, &people, "B03", "2021-06-10"));
        assert_eq!(code_of(puts(test, &people, board, 1, Wanted::Decide, None)), "not-before-chief-officers");
        let item = puts(test, &people, cog, 1, Wanted::Endorse, None).unwrap();
        let paper = looks(test, &people, cog).items[0].paper.unwrap();
        // Being on the agenda is not enough.
        let to_board = || puts(test, &people, board, 1, Wanted::Decide, Some(paper));
        assert_eq!(code_of(to_board()), "not-before-chief-officers");
        held(test, &people, cog);
        decides(test, &people, cog, item, Outcome::Endorsed).unwrap();
        to_board().unwrap();
        let seen = test.db.read(&people.author, move |cx| view_paper(cx, paper)).unwrap();
        let route: Vec<_> =
            seen.route.iter().map(|r| (r.body.as_str(), r.on.to_string(), r.item.outcome)).collect();
        assert_eq!(route[0], ("Chief Officer Group", "2021-03-10".into(), Some(Outcome::Endorsed)));
        assert_eq!(route[1], ("PFCC Strategic Board", "2021-06-10".into(), None));
    });
}

#[test]
fn what_the_group_put_off_or_refused_goes_nowhere_else() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let (cog, board) =
            (meets(test, &people, "B01", "2021-03-10"), meets(test, &people, "B03", "2021-06-10"));
        let items: Vec<_> = [1, 2].map(|n| puts(test, &people, cog, n, Wanted::Decide, None).unwrap()).into();
        held(test, &people, cog);
        for (item, outcome) in items.into_iter().zip([Outcome::Deferred, Outcome::NotAgreed]) {
            decides(test, &people, cog, item, outcome).unwrap();
        }
        for item in looks(test, &people, cog).items {
            assert_eq!(
                code_of(puts(test, &people, board, 1, Wanted::Note, item.paper)),
                "not-before-chief-officers"
            );
        }
    });
}

#[test]
fn a_waiver_has_a_reason_and_opens_the_way_once() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let (cog, board) =
            (meets(test, &people, "B01", "2021-03-10"), meets(test, &people, "B03", "2021-03-09"));
        puts(test, &people, cog, 1, Wanted::Note, None).unwrap();
        let paper = looks(test, &people, cog).items[0].paper.unwrap();
        let waive =
            |reason: &'static str| write(test, &people.deputy, move |cx| waive_paper(cx, paper, reason));
        assert_eq!(code_of(waive(" ")), "required");
        waive("The group met by letter.").unwrap();
        assert!(matches!(waive("Again."), Err(Error::Conflict(_))));
        puts(test, &people, board, 1, Wanted::Note, Some(paper)).unwrap();
        let seen = test.db.read(&people.author, move |cx| view_paper(cx, paper)).unwrap();
        assert_eq!(seen.waiver, "The group met by letter.");
    });
}

#[test]
fn the_approval_of_a_decision_report_counts_for_the_paper_that_carries_it() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        draft(test, &people, &redacted());
        let board = meets(test, &people, "B03", "2021-06-10");
        let carries = || {
            let seen = looks(test, &people, board).meeting.version;
            let cover = Cover {
                decision_reference: Some("097-21".into()),
                title: content().title,
                classification: Gsc::OfficialSensitive,
                ..cover()
            };
            let new = NewItem {
                number: 4,
                title: String::new(),
                wanted: Wanted::Endorse,
                paper: None,
                cover: Some(cover),
            };
            write(test, &people.author, move |cx| add_item(cx, board, seen, &new))
        };
        assert_eq!(code_of(carries()), "not-before-chief-officers");
        go(test, &people, 3);
        let item = carries().unwrap();
        held(test, &people, board);
        decides(test, &people, board, item, Outcome::Endorsed).unwrap();
        let view = crate::people::seen(&test.db, &people, "097-21");
        assert_eq!(view.route, [["PFCC Strategic Board", "2021-06-10", "endorsed"].map(str::to_owned)]);
    });
}

#[test]
fn an_outcome_answers_what_was_asked_and_members_are_heard() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let cog = meets(test, &people, "B01", "2021-03-10");
        let item = puts(test, &people, cog, 1, Wanted::Note, None).unwrap();
        assert!(
            matches!(decides(test, &people, cog, item, Outcome::Noted), Err(Error::Conflict(_))),
            "not held yet"
        );
        held(test, &people, cog);
        assert_eq!(code_of(decides(test, &people, cog, item, Outcome::Agreed)), "no-answer");
        decides(test, &people, cog, item, Outcome::Noted).unwrap();
        assert!(matches!(decides(test, &people, cog, item, Outcome::Deferred), Err(Error::Conflict(_))));
        write(test, &people.author, move |cx| {
            comment(cx, cog, item, "Chief Finance Officer", "Costs come with each case.")
        })
        .unwrap();
        let seen = looks(test, &people, cog);
        assert_eq!(seen.items[0].comments[0].member, "Chief Finance Officer");
        assert_eq!(seen.items[0].title.as_deref(), Some("Digital strategy"));
    });
}

#[test]
fn minutes_are_written_confirmed_and_then_stay() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let cog = meets(test, &people, "B01", "2021-03-10");
        let minutes = |text: &'static str| {
            let seen = looks(test, &people, cog).meeting.version;
            write(test, &people.author, move |cx| write_minutes(cx, cog, seen, text))
        };
        let confirm = |on: &'static str| {
            let seen = looks(test, &people, cog).meeting.version;
            write(test, &people.author, move |cx| confirm_minutes(cx, cog, seen, day(on)))
        };
        assert!(matches!(minutes("Early."), Err(Error::Conflict(_))));
        held(test, &people, cog);
        assert!(matches!(confirm("2021-04-10"), Err(Error::Conflict(_))), "nothing is written yet");
        minutes("All agreed.").unwrap();
        minutes("All agreed, with one comment.").unwrap();
        assert_eq!(code_of(confirm("2021-03-10")), "out-of-order", "not on the day of the meeting itself");
        assert_eq!(code_of(confirm("2021-03-09")), "out-of-order");
        confirm("2021-04-10").unwrap();
        assert!(matches!(minutes("Otherwise."), Err(Error::Conflict(_))));
        let seen = looks(test, &people, cog);
        assert_eq!(
            (seen.minutes.as_str(), seen.meeting.minutes_state),
            ("All agreed, with one comment.", MinutesState::Confirmed)
        );
        // Whoever looked earlier does not overwrite.
        assert!(matches!(
            write(test, &people.author, move |cx| set_meeting(cx, cog, 1, MeetingState::Cancelled)),
            Err(Error::Conflict(_))
        ));
        let other = meets(test, &people, "B01", "2021-05-10");
        assert!(matches!(
            write(test, &people.author, move |cx| set_meeting(cx, other, 7, MeetingState::Cancelled)),
            Err(Error::Stale(_))
        ));
    });
}

#[test]
fn actions_have_an_owner_and_a_day_and_are_late_after_it() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let cog = meets(test, &people, "B01", "2021-03-10");
        let add = |owner: &'static str, due: &'static str| {
            let new = NewAction { what: "Write the case".into(), owner: owner.into(), due: day(due) };
            write(test, &people.author, move |cx| add_action(cx, cog, &new))
        };
        assert_eq!(code_of(add("", "2021-04-01")), "required");
        assert_eq!(code_of(add("Head of Digital Change", "2021-03-01")), "before-the-meeting");
        let late = add("Head of Digital Change", "2021-04-01").unwrap();
        add("Head of Digital Change", "2027-04-01").unwrap();
        let open = test.db.read(&people.author, actions).unwrap();
        assert_eq!(open.iter().map(|a| a.late).collect::<Vec<_>>(), [true, false]);
        write(test, &people.author, move |cx| finish_action(cx, cog, late, "Sent.")).unwrap();
        assert!(matches!(
            write(test, &people.author, move |cx| finish_action(cx, cog, late, "Again.")),
            Err(Error::Conflict(_))
        ));
        assert_eq!(test.db.read(&people.author, actions).unwrap().len(), 1);
    });
}

#[test]
fn bodies_last_by_code_and_meet_only_while_they_exist() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let old = Body { valid_to: Some(day("2020-12-31")), ..body("B99", BodyKind::Board, "Old board") };
        write(test, &people.author, move |cx| add_body(cx, &old)).unwrap();
        let new = NewMeeting { on: day("2021-01-01"), at: "10:00".into(), place: String::new() };
        assert_eq!(code_of(write(test, &people.author, move |cx| add_meeting(cx, "B99", &new))), "outside");
        let bad = Body { code: "../etc".into(), ..body("x", BodyKind::Board, "X") };
        assert_eq!(code_of(write(test, &people.author, move |cx| add_body(cx, &bad))), "format");
        let bad = NewMeeting { on: day("2021-01-01"), at: "25:00".into(), place: String::new() };
        assert_eq!(code_of(write(test, &people.author, move |cx| add_meeting(cx, "B01", &bad))), "format");
        let all = test.db.read(&people.author, bodies).unwrap();
        assert_eq!(all[0].kind, BodyKind::ChiefOfficerGroup);
        assert!(matches!(
            test.db.read(&people.author, |cx| meetings(cx, Some("B\0"))),
            Err(Error::NotFound(_))
        ));
    });
}

#[test]
fn of_a_sensitive_paper_the_agenda_tells_only_that_it_is_there() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let cog = meets(test, &people, "B01", "2021-03-10");
        let cover = Cover { classification: Gsc::OfficialSensitive, title: "Secret title".into(), ..cover() };
        let new = NewItem {
            number: 1,
            title: String::new(),
            wanted: Wanted::Decide,
            paper: None,
            cover: Some(cover),
        };
        let item = write(test, &people.author, move |cx| add_item(cx, cog, 1, &new)).unwrap();
        write(test, &people.author, move |cx| comment(cx, cog, item, "A member", "Said in private."))
            .unwrap();
        let seen = looks(test, &people, cog);
        assert!(!serde_json::to_string(&seen).unwrap().contains("Secret title"));
        assert!(!serde_json::to_string(&seen).unwrap().contains("in private"));
        let paper = seen.items[0].paper.unwrap();
        let opened = test.db.read(&people.author, move |cx| view_paper(cx, paper)).unwrap();
        assert_eq!((opened.cover.title.as_str(), opened.route[0].item.comments.len()), ("Secret title", 1));
    });
}

#[test]
fn minutes_and_actions_of_a_meeting_with_a_sensitive_paper_are_for_who_may_read_it() {
    let policy: Arc<Policy> = Arc::new(|actor: &Actor, ask: &Ask| {
        let sensitive = ask.action == action::DECISION_VIEW_SENSITIVE;
        Verdict { allowed: !sensitive || actor.purpose != "contact", rule: "test".into() }
    });
    on_both_with(&policy, |test| {
        let people = People::of(test);
        two_boards(test, &people);
        let cog = meets(test, &people, "B01", "2021-03-10");
        let cover = Cover { classification: Gsc::OfficialSensitive, title: "Covert van".into(), ..cover() };
        let new = NewItem {
            number: 1,
            title: String::new(),
            wanted: Wanted::Decide,
            paper: None,
            cover: Some(cover),
        };
        write(test, &people.author, move |cx| add_item(cx, cog, 1, &new)).unwrap();
        held(test, &people, cog);
        let seen = looks(test, &people, cog).meeting.version;
        write(test, &people.author, move |cx| write_minutes(cx, cog, seen, "The van was agreed.")).unwrap();
        let new = NewAction { what: "Buy the van".into(), owner: "Head".into(), due: day("2027-01-01") };
        write(test, &people.author, move |cx| add_action(cx, cog, &new)).unwrap();

        let told = |who: &Actor| {
            let view = test.db.read(who, move |cx| view_meeting(cx, cog)).unwrap();
            (
                view.withheld,
                view.minutes.contains("van"),
                view.actions.len(),
                test.db.read(who, actions).unwrap().len(),
            )
        };
        assert_eq!(told(&people.author), (false, true, 1, 1));
        let other = Actor { purpose: "contact".into(), ..people.author.clone() };
        assert_eq!(told(&other), (true, false, 0, 0));
        // Nor do they write over what they cannot read.
        let seen = looks(test, &people, cog).meeting.version;
        let over = test.db.write(&other, move |cx| write_minutes(cx, cog, seen, "Nothing was agreed."));
        assert!(matches!(over, Err(Error::Forbidden { .. })));
        let confirmed = test.db.write(&other, move |cx| confirm_minutes(cx, cog, seen, day("2021-04-10")));
        assert!(matches!(confirmed, Err(Error::Forbidden { .. })), "nor confirm what they cannot read");
        let new = NewAction { what: "Sell the van".into(), owner: "Head".into(), due: day("2027-01-01") };
        let added = test.db.write(&other, move |cx| add_action(cx, cog, &new));
        assert!(matches!(added, Err(Error::Forbidden { .. })));
        let action = test.db.read(&people.author, actions).unwrap()[0].id;
        let done = test.db.write(&other, move |cx| finish_action(cx, cog, action, "Done."));
        assert!(matches!(done, Err(Error::Forbidden { .. })));
    });
}

#[test]
fn a_report_that_was_withdrawn_goes_to_no_board_by_its_old_approval() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        draft(test, &people, &redacted());
        go(test, &people, 3);
        crate::people::step_with(test, &people.author, &people, |asked| {
            asked.step = bluelamp_steward::decision::What::Withdraw;
            asked.signing = crate::people::signing("2021-03-11");
            asked.reasons = "Overtaken.".into();
        })
        .unwrap();
        let board = meets(test, &people, "B03", "2021-06-10");
        let seen = looks(test, &people, board).meeting.version;
        let cover = Cover {
            decision_reference: Some("097-21".into()),
            title: content().title,
            classification: Gsc::OfficialSensitive,
            ..cover()
        };
        let new = NewItem {
            number: 1,
            title: String::new(),
            wanted: Wanted::Decide,
            paper: None,
            cover: Some(cover),
        };
        let put = write(test, &people.author, move |cx| add_item(cx, board, seen, &new));
        assert_eq!(code_of(put), "not-before-chief-officers");
    });
}

#[test]
fn delegations_say_who_may_decide_for_whom_and_since_when() {
    on_both(|test| {
        let people = People::of(test);
        let add = |from: &'static str, to: Option<&'static str>| {
            let new = NewDelegation {
                from_office: "PFCC".into(),
                to_office: "Chief Constable".into(),
                scope: "Spending up to £50,000".into(),
                source: "Scheme of consent 4.2".into(),
                valid_from: day(from),
                valid_to: to.map(day),
            };
            write(test, &people.author, move |cx| add_delegation(cx, &new))
        };
        add("2020-01-01", Some("2020-12-31")).unwrap();
        add("2021-01-01", None).unwrap();
        assert_eq!(code_of(add("2021-01-01", Some("2020-01-01"))), "backwards");
        let all = test.db.read(&people.author, delegations).unwrap();
        assert_eq!(all.iter().map(|d| d.in_force).collect::<Vec<_>>(), [true, false]);
    });
}

#[test]
fn the_calendar_is_icalendar_with_short_lines() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let long = "Chamber, ".repeat(20);
        let new = NewMeeting { on: day("2021-03-10"), at: "10:00".into(), place: long };
        write(test, &people.author, move |cx| add_meeting(cx, "B01", &new)).unwrap();
        let (all, when) = test.db.read(&people.author, |cx| Ok((bodies(cx)?, meetings(cx, None)?))).unwrap();
        let text = icalendar(&all, &when, test.db.now(), "boards.example");
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        let whole = text.replace("\r\n ", "");
        assert!(
            whole.contains("DTSTART:20210310T100000\r\n")
                && whole.contains("SUMMARY:Chief Officer Group\r\n"),
            "{whole}"
        );
        assert!(whole.contains("Chamber\\, Chamber") && whole.contains("DTSTAMP:20261122T03"), "{whole}");
    });
}

#[test]
fn a_paper_that_names_an_approved_report_is_not_that_report() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        draft(test, &people, &redacted());
        go(test, &people, 3);
        let board = meets(test, &people, "B03", "2021-06-10");
        let names = |number: u32, reference: &str, title: &str, classification: Gsc| {
            let seen = looks(test, &people, board).meeting.version;
            let cover = Cover {
                decision_reference: Some(reference.into()),
                title: title.into(),
                classification,
                ..cover()
            };
            let new = NewItem {
                number,
                title: String::new(),
                wanted: Wanted::Decide,
                paper: None,
                cover: Some(cover),
            };
            code_of(write(test, &people.author, move |cx| add_item(cx, board, seen, &new).map(drop)))
        };
        let own = content().title;
        let sensitive = Gsc::OfficialSensitive;
        assert_eq!(names(1, "099-21", &own, sensitive), "unknown");
        assert_eq!(names(1, "097-21", "Unrelated paper", sensitive), "not-before-chief-officers");
        assert_eq!(names(1, "097-21", &own, Gsc::Official), "not-before-chief-officers");
        assert_eq!(names(1, "097-21", &own, sensitive), "Ok(())");
        assert_eq!(names(2, "097-21", &own, sensitive), "another-paper");
    });
}

#[test]
fn a_body_is_changed_from_what_was_seen_and_what_met_keeps_its_name_and_kind() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let add = |new: Body| code_of(write(test, &people.author, move |cx| add_body(cx, &new)));
        assert_eq!(add(body("B03", BodyKind::ChiefOfficerGroup, "Another")), "taken");
        // A second group would be a way around the first; one that comes after it is not.
        assert_eq!(add(body("B09", BodyKind::ChiefOfficerGroup, "Own group")), "second-group");
        let change = |seen: Body, to: Body| {
            let change = BodyChange { seen, to };
            write(test, &people.author, move |cx| change_body(cx, "B03", &change))
        };
        let was = body("B03", BodyKind::Board, "PFCC Strategic Board");
        let named = Body { name: "Strategic Board".into(), ..was.clone() };
        change(was.clone(), named.clone()).unwrap();
        assert!(matches!(change(was.clone(), named.clone()), Err(Error::Stale(_))));
        let board = meets(test, &people, "B03", "2021-06-10");
        assert_eq!(code_of(change(named.clone(), was)), "has-met");
        let group = Body { kind: BodyKind::ChiefOfficerGroup, ..named.clone() };
        assert_eq!(code_of(change(named.clone(), group)), "has-met");
        let coded = Body { code: "B04".into(), ..named.clone() };
        assert_eq!(code_of(change(named.clone(), coded)), "lasts");
        // Nothing is before a body on a day on which there is none.
        let early = Body { valid_to: Some(day("2021-06-09")), ..named.clone() };
        assert_eq!(code_of(change(named.clone(), early)), "has-met");
        let late = Body { valid_from: Some(day("2021-06-11")), ..named.clone() };
        assert_eq!(code_of(change(named.clone(), late)), "has-met");
        let ended =
            Body { valid_to: Some(day("2025-12-31")), role: "Looked at papers.".into(), ..named.clone() };
        change(named, ended).unwrap();
        let seen = looks(test, &people, board);
        assert_eq!(
            (seen.body.name.as_str(), seen.body.valid_to),
            ("Strategic Board", Some(day("2025-12-31")))
        );
    });
}

#[test]
fn what_belongs_to_another_meeting_is_not_touched_through_this_one() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let (cog, other) =
            (meets(test, &people, "B01", "2021-03-10"), meets(test, &people, "B03", "2021-06-10"));
        let item = puts(test, &people, cog, 1, Wanted::Note, None).unwrap();
        let new = NewAction { what: "Write".into(), owner: "Head".into(), due: day("2021-04-01") };
        let action = write(test, &people.author, move |cx| add_action(cx, cog, &new)).unwrap();
        held(test, &people, cog);
        held(test, &people, other);
        let absent = |outcome: Result<()>| matches!(outcome, Err(Error::NotFound(_)));
        assert!(absent(decides(test, &people, other, item, Outcome::Noted)));
        assert!(absent(write(test, &people.author, move |cx| comment(cx, other, item, "A", "B"))));
        assert!(absent(write(test, &people.author, move |cx| finish_action(cx, other, action, "Done."))));
        write(test, &people.author, move |cx| finish_action(cx, cog, action, "Done.")).unwrap();
    });
}

#[test]
fn items_stay_as_they_are_once_the_minutes_are_confirmed_and_nothing_comes_of_a_cancelled_meeting() {
    on_both(|test| {
        let people = People::of(test);
        two_boards(test, &people);
        let cog = meets(test, &people, "B01", "2021-03-10");
        let item = puts(test, &people, cog, 1, Wanted::Note, None).unwrap();
        held(test, &people, cog);
        let seen = looks(test, &people, cog).meeting.version;
        write(test, &people.author, move |cx| write_minutes(cx, cog, seen, "All noted.")).unwrap();
        write(test, &people.author, move |cx| confirm_minutes(cx, cog, seen + 1, day("2021-04-10"))).unwrap();
        let conflict = |outcome: Result<()>| matches!(outcome, Err(Error::Conflict(_)));
        assert!(conflict(decides(test, &people, cog, item, Outcome::Noted)));
        assert!(conflict(write(test, &people.author, move |cx| comment(cx, cog, item, "A member", "Late."))));

        let off = meets(test, &people, "B01", "2021-05-10");
        let item = puts(test, &people, off, 1, Wanted::Note, None).unwrap();
        let seen = looks(test, &people, off).meeting.version;
        write(test, &people.author, move |cx| set_meeting(cx, off, seen, MeetingState::Cancelled)).unwrap();
        assert!(conflict(write(test, &people.author, move |cx| comment(cx, off, item, "A member", "Said."))));
        let new = NewAction { what: "Write".into(), owner: "Head".into(), due: day("2021-06-01") };
        assert!(conflict(write(test, &people.author, move |cx| add_action(cx, off, &new).map(drop))));
    });
}
