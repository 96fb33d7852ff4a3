//! The life of a definition: nothing goes live without two people, and nothing is regraded in silence.

use super::{burglary, choice, data, decided, look, officer, send, state, work};
use bluelamp_access::algorithm::State;
use bluelamp_casework::{
    Deed, Shelf, ask_live, go_live, in_force, refuse_live, retire, reviews, take_up, to_shadow, view_version,
    write, writers,
};
use bluelamp_model::{Error, Id, authority::Actor};
use bluelamp_testkit::{TestDb, on_both, put_live};
use bluelamp_triage::{Definition, Status};
use serde_json::json;
use std::sync::Arc;

/// The two people whom `put_live` makes.
fn two() -> (Actor, Actor) {
    let person = |n, role: &str| Actor::staff(Id::from_bytes([n; 16]), vec![role.into()], "governance");
    (person(0xf1, "risk-lead"), person(0xf2, "accountable-officer"))
}

/// The shipped text with another version and, for an injury, another grade; the cases that say so otherwise with it.
fn second() -> String {
    let mut text = data("definitions/burglary/1.0.0.md");
    for (from, to) in [
        ("version: 1.0.0", "version: 2.0.0"),
        ("| \"HIGH\" | \"burglary-injury\"", "| \"MEDIUM\" | \"burglary-injury\""),
        ("occupant hurt: true | HIGH | none | HIGH |", "occupant hurt: true | MEDIUM | 1, 3, 4, 5 | HIGH |"),
        (
            "firearm keys taken: false | MEDIUM | 2 | HIGH |",
            "firearm keys taken: false | MEDIUM | none | MEDIUM |",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn of<T: Send + 'static>(
    t: &TestDb,
    who: &Actor,
    run: impl FnMut(&mut bluelamp_store::Cx<'_>) -> bluelamp_model::Result<T> + Send + 'static,
) -> bluelamp_model::Result<T> {
    t.db.write(who, run)
}

#[test]
fn going_live_takes_two_people_and_regrades_nothing_in_silence() {
    on_both(|t| {
        let shelf: Arc<Shelf> = burglary(t);
        let olive = officer(t);
        let (lead, chief) = two();
        let graded = send(t, &json!({ "occupant hurt": true, "dwelling": false }));
        let waits = send(t, &json!({ "occupant hurt": true, "dwelling": false }));
        let unchanged = send(t, &json!({ "suspect on scene": true }));
        work(t, &shelf);
        for id in [graded, unchanged] {
            decided(t, &shelf, &olive, id, &choice(state(t, id).1, "open-case", "HIGH")).unwrap();
        }
        let (text, asked) = (second(), Arc::clone(&shelf));
        let version = of(t, &lead, move |cx| write(cx, &asked, &text)).unwrap();
        assert_eq!(version.status, Status::Draft);
        let act = |who: &Actor, deed: Deed| {
            let shelf = Arc::clone(&shelf);
            of(t, who, move |cx| match deed {
                Deed::Shadow => to_shadow(cx, &shelf, "burglary", "2.0.0", "To see what it says."),
                Deed::Ask => {
                    ask_live(cx, &shelf, "burglary", "2.0.0", "Injuries were graded too high.").map(drop)
                }
                Deed::Live => go_live(cx, &shelf, "burglary", "2.0.0", "Agreed."),
                Deed::Refuse => refuse_live(cx, &shelf, "burglary", "2.0.0", "Not yet."),
                Deed::Retire => retire(cx, "burglary", "2.0.0", "Enough."),
                Deed::Write => Ok(()),
            })
        };
        assert!(matches!(act(&lead, Deed::Ask), Err(Error::Conflict(_))), "a draft cannot go live");
        act(&lead, Deed::Shadow).unwrap();
        let entry = bluelamp_testkit::ethics::entry(&t.db, "definition/burglary", "2.0.0");
        bluelamp_testkit::ethics::approve(&t.db, &[entry], State::Operational, 300);
        assert!(matches!(act(&chief, Deed::Live), Err(Error::Conflict(_))), "nobody has asked");
        act(&lead, Deed::Ask).unwrap();
        assert!(matches!(act(&lead, Deed::Live), Err(Error::Forbidden { .. })), "the same person");
        assert!(matches!(act(&Actor::system(), Deed::Live), Err(Error::Forbidden { .. })), "nobody");
        act(&chief, Deed::Refuse).unwrap();
        assert!(matches!(act(&chief, Deed::Live), Err(Error::Conflict(_))), "it was refused");
        act(&lead, Deed::Ask).unwrap();

        // What they had before them.
        let view = t.db.read(&chief, |cx| view_version(cx, &shelf, "burglary", "2.0.0")).unwrap();
        let figures = view.events[0].figures.as_ref().unwrap();
        assert_eq!((figures.regrade.given, figures.regrade.floors.lowered), (3, 2));
        assert_eq!(figures.regrade.old.as_ref().unwrap().version, "1.0.0");
        let a = figures.agreement;
        assert_eq!((a.decided, a.agreed, a.raised, a.missed), (2, 1, 1, 0));
        assert!(
            figures.groups.iter().all(|g| g.reports.is_none()),
            "three reports are too few to be counted out"
        );

        let before = (state(t, graded), state(t, waits), state(t, unchanged));
        act(&chief, Deed::Live).unwrap();
        assert_eq!(
            before,
            (state(t, graded), state(t, waits), state(t, unchanged)),
            "nothing has happened yet"
        );
        work(t, &shelf);
        let old = t.db.read(&chief, |cx| view_version(cx, &shelf, "burglary", "1.0.0")).unwrap();
        assert_eq!(old.version.status, Status::Retired);
        // Who waits for a decision is assessed anew; who was graded keeps the grade and is on the list.
        assert_eq!(look(t, &shelf, &olive, waits).item.floor.as_deref(), Some("MEDIUM"));
        let view = look(t, &shelf, &olive, graded);
        assert_eq!((view.item.grade.as_deref(), view.item.state.as_str()), (Some("HIGH"), "decided"));
        let again: Vec<_> =
            t.db.read(&olive, reviews).unwrap().into_iter().filter(|r| r.cause != "clock").collect();
        assert_eq!(
            again.iter().map(|r| (r.report, r.cause.as_str())).collect::<Vec<_>>(),
            [(graded, "new-version")]
        );
        assert!(
            again[0].detail.contains("proposes at least MEDIUM, up to HIGH; before, it was HIGH."),
            "{}",
            again[0].detail
        );
        let rows =
            t.db.credential_rows("select count(*) from decision where decided_by is null", &[]).unwrap();
        assert_eq!(rows[0].get::<i64>(0).unwrap(), 0);
        let live = t.db.read(&Actor::public(), |cx| in_force(cx, &shelf)).unwrap();
        assert_eq!(live.iter().map(|d| d.header.version.as_str()).collect::<Vec<_>>(), ["2.0.0"]);
        act(&chief, Deed::Retire).unwrap();
        assert!(t.db.read(&Actor::public(), |cx| in_force(cx, &shelf)).unwrap().is_empty());
    });
}

#[test]
fn whoever_wrote_the_text_does_not_let_it_go_live() {
    on_both(|t| {
        let shelf: Arc<Shelf> = burglary(t);
        let (lead, chief) = two();
        // The chief officer changes the text while it is a draft, as somebody with both roles can; the lead does the rest.
        let both = Actor::staff(chief.id.unwrap(), vec!["risk-lead".into()], "governance");
        for who in [&lead, &both, &lead] {
            let (known, text) = (Arc::clone(&shelf), second());
            of(t, who, move |cx| write(cx, &known, &text)).unwrap();
        }
        let known = Arc::clone(&shelf);
        of(t, &lead, move |cx| to_shadow(cx, &known, "burglary", "2.0.0", "To see.")).unwrap();
        let entry = bluelamp_testkit::ethics::entry(&t.db, "definition/burglary", "2.0.0");
        bluelamp_testkit::ethics::approve(&t.db, &[entry], State::Operational, 300);
        let known = Arc::clone(&shelf);
        of(t, &lead, move |cx| ask_live(cx, &known, "burglary", "2.0.0", "Too high.")).unwrap();
        let known = Arc::clone(&shelf);
        let own = of(t, &chief, move |cx| go_live(cx, &known, "burglary", "2.0.0", "Agreed."));
        let Err(Error::Forbidden { reason }) = own else { panic!("{own:?}") };
        assert!(reason.contains("you have written the text of this version"), "{reason}");
        let mut known =
            t.db.read(&chief, |cx| {
                let digest = view_version(cx, &shelf, "burglary", "2.0.0")?.version.digest;
                writers(cx, "burglary", &digest)
            })
            .unwrap();
        known.sort();
        assert_eq!(known, [lead.id.unwrap(), chief.id.unwrap()]);
    });
}

#[test]
fn a_text_is_taken_up_once_at_most_as_far_as_shadow_and_never_changed_behind_its_version() {
    on_both(|t| {
        let text = data("definitions/burglary/1.0.0.md");
        let take = |text: &str| {
            let all = [(Definition::load("file", text).unwrap(), text.to_owned())];
            of(t, &Actor::system(), move |cx| take_up(cx, &all))
        };
        assert_eq!(take(&text).unwrap(), 1);
        assert_eq!(take(&text).unwrap(), 0, "the second start finds it held");
        let held = t.db.credential_rows("select status from definition_version", &[]).unwrap();
        assert_eq!(
            held[0].get::<String>(0).unwrap(),
            "shadow",
            "its file says live, and no file puts it there"
        );
        let Err(Error::Invalid(wrong)) = take(&text.replace("The suspect may still be there", "Still there"))
        else {
            panic!("another text under the same version")
        };
        assert!(wrong[0].message.contains("give the changed text a new version"), "{}", wrong[0].message);
        let draft =
            text.replacen("version: 1.0.0", "version: 1.1.0", 1).replacen("status: live", "status: draft", 1);
        assert_eq!(take(&draft).unwrap(), 1);
        assert_eq!(take(&draft.replace("The suspect may still be there", "Still there")).unwrap(), 1);
        // What somebody has written into a draft here is not overwritten by a file.
        let shelf = Arc::default();
        put_live(&t.db, &shelf, &[]);
        let ours = draft.replace("The suspect may still be there", "Somebody may still be there");
        of(t, &two().0, move |cx| write(cx, &shelf, &ours)).unwrap();
        assert!(matches!(take(&draft), Err(Error::Invalid(_))));
    });
}

#[test]
fn a_draft_names_every_fault_and_one_name_means_one_thing() {
    on_both(|t| {
        let shelf = burglary(t);
        let (lead, _) = two();
        let write_it = |text: String| {
            let shelf = Arc::clone(&shelf);
            of(t, &lead, move |cx| write(cx, &shelf, &text))
        };
        let Err(Error::Invalid(wrong)) =
            write_it(second().replace("| dwelling | yes/no |", "| dwelling | perhaps |"))
        else {
            panic!("a type that is none")
        };
        assert!(wrong.iter().any(|e| e.message.starts_with("text:")), "{wrong:?}");
        let other = second()
            .replace("id: burglary", "id: other")
            .replace("| distraction | yes/no |", "| distraction | text |")
            .replace(" | true | ", " | - | ");
        let refused = write_it(other);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let Err(Error::Invalid(wrong)) = write_it(data("definitions/burglary/1.0.0.md")) else {
            panic!("live")
        };
        assert_eq!(wrong[0].code, "not-a-draft");
    });
}
