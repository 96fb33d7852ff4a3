//! Surveys taken up, on both engines: the registers hold them, what people set stays, and the measure can be followed.

use super::world::{SURVEY, columns, find, options, survey};
use crate::entries::office;
use bluelamp_model::{Error, authority::Actor};
use bluelamp_steward::{
    entry,
    landscape::{
        Disposing, Disposition, Hosting, Inspection, Landscape, Options, Share, Taken, archimate,
        direct_links, inspect, landscape, measure, model_text, models, plan, set_disposition, take,
    },
    registers::{
        landscape::{APPLICATION, INTEGRATION, MATURITY},
        organisations::ORGANISATION,
    },
};
use bluelamp_testkit::{TestDb, on_both};

fn looked(file: &str, text: &str) -> Inspection {
    inspect(&columns(), &options(file), text.as_bytes()).unwrap()
}

fn taken(test: &TestDb, who: &Actor, looked: &Inspection) -> Taken {
    test.pass_seconds(60);
    let looked = looked.clone();
    test.db.write(who, move |cx| take(cx, &looked)).unwrap()
}

fn now(test: &TestDb, who: &Actor) -> Landscape {
    test.db.read(who, landscape).unwrap()
}

fn of_all(share: &Share) -> i64 {
    share.cloud + share.elsewhere + share.unknown
}

fn disposing(version: i64) -> Disposing {
    Disposing { version, what: "eliminate".into(), by: "2027-06-30".into(), reason: "Nobody uses it.".into() }
}

#[test]
fn a_survey_fills_the_registers_and_comes_back_whole() {
    on_both(|test| {
        let who = office(test);
        let first = taken(test, &who, &looked("one.csv", SURVEY));
        assert_eq!((first.plan.organisations.len(), first.plan.new.len(), first.ties), (4, 10, 1));
        let held = now(test, &who);
        let mut wanted = survey().applications;
        wanted.sort_by(|a, b| (&a.force, &a.name).cmp(&(&b.force, &b.name)));
        wanted.iter_mut().for_each(|a| a.capabilities.sort());
        let mut came = held.applications;
        came.iter_mut().for_each(|a| a.capabilities.sort());
        assert_eq!(came, wanted, "nothing of the survey is lost on its way through the registers");
        assert_eq!((held.surveys.len(), held.surveys[0].by.as_deref()), (1, Some("Alex Office")));
        let again = test.db.write(&who, |cx| take(cx, &looked("copy.csv", SURVEY))).unwrap_err();
        assert!(matches!(&again, Error::Conflict(said) if said.contains("taken on")), "{again}");
    });
}

#[test]
fn a_later_survey_changes_what_it_says_and_leaves_what_people_set() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", SURVEY));
        let code = "borset--figures-desk";
        test.db.write(&who, move |cx| set_disposition(cx, code, &disposing(1))).unwrap();
        let later = "Force,Application,Hosting,Users,Disposition\n\
                     Borset,Figures Desk,SaaS,20,invest\nBorset,CaseWorks v6.2,IaaS,1200,\nBorset,New One,PaaS,,\n";
        let looked = looked("two.csv", later);
        let survey = looked.survey.clone();
        let planned = test.db.read(&who, move |cx| plan(cx, &survey)).unwrap();
        assert_eq!(planned.new, ["New One (Borset)"]);
        assert_eq!(planned.changed.len(), 2);
        assert_eq!(planned.disposition_kept, ["Figures Desk (Borset)"]);
        assert_eq!(
            planned.unnamed.len(),
            2,
            "Old Custody and Insight Board were not named: {:?}",
            planned.unnamed
        );
        let second = taken(test, &who, &looked);
        assert_eq!(second.plan, planned, "what was announced is what was done");
        let held = now(test, &who);
        let desk = find(&held.applications, code);
        assert_eq!((desk.hosting, desk.users), (Hosting::Saas, Some(20)));
        assert_eq!(
            desk.disposition.as_ref().map(|d| d.what),
            Some(Disposition::Eliminate),
            "a person set it"
        );
        assert_eq!(desk.run_cost, Some(900_000), "what the later survey does not say stays");
        assert_eq!(held.applications.len(), 11, "what it does not name stays too");
        let shares: Vec<_> = held.surveys.iter().map(|s| s.measure.number.cloud).collect();
        assert_eq!(
            shares,
            [5, 8],
            "two of Borset moved to public cloud and one is new there; all others stand as they were told"
        );
        let numbers: Vec<_> =
            held.surveys.iter().map(|s| (s.applications, of_all(&s.measure.number))).collect();
        assert_eq!(
            numbers,
            [(10, 10), (3, 11)],
            "each row is of the whole landscape, whatever the survey told of"
        );
        let versions = test
            .db
            .read(&who, move |cx| {
                let e = entry::entry(cx, &APPLICATION, code)?;
                entry::history(cx, &APPLICATION, &e)
            })
            .unwrap();
        assert_eq!(versions.len(), 3);
        assert_eq!(
            test.db.read(&who, |cx| entry::entries(cx, &ORGANISATION)).unwrap().len(),
            4,
            "no force came twice"
        );
    });
}

/// A survey of a part, and one that leaves cells empty, change what they say and nothing of the rest.
#[test]
fn the_measure_after_a_survey_is_of_the_whole_landscape_as_it_stood_then() {
    on_both(|test| {
        let who = office(test);
        let head = "Force,Application,Hosting,Annual cost,Users";
        let first =
            format!("{head}\nAvon,A,SaaS,100,10\nAvon,B,on-premise,100,10\nDorsett,C,on-premise,100,10\n");
        taken(test, &who, &looked("one.csv", &first));
        taken(test, &who, &looked("part.csv", "Force,Application,Hosting\nAvon,B,SaaS\n"));
        taken(test, &who, &looked("silent.csv", "Force,Application,Supplier\nAvon,A,Larkfield\n"));
        test.pass_seconds(60);
        test.db
            .write(&who, |cx| entry::withdraw(cx, &APPLICATION, "dorsett--c", 1, "Switched off.").map(drop))
            .unwrap();
        taken(test, &who, &looked("later.csv", "Force,Application,Hosting\nHumber,D,IaaS\n"));
        let held = now(test, &who);
        let said: Vec<_> = held
            .surveys
            .iter()
            .map(|s| {
                (s.applications, s.measure.number.cloud, of_all(&s.measure.number), s.measure.users.cloud)
            })
            .collect();
        assert_eq!(said, [(3, 1, 3, 10), (1, 2, 3, 20), (1, 2, 3, 20), (1, 3, 3, 20)]);
        let measured = measure(&held.applications);
        assert_eq!(held.surveys[3].measure, measured, "the last row is the landscape as it stands");
    });
}

/// The register takes a level without a target; what it cannot take is told with its line.
#[test]
fn maturities_that_the_register_does_not_take_are_told() {
    on_both(|test| {
        let who = office(test);
        let text = "Force,Capability,Current maturity,Target maturity\nAvon,C02 Reporting,2,4\nAvon,C07,1,\n\
                    Avon,Investigation,2,4\nAvon,C05,,3\n";
        let looked = looked("mat.csv", text);
        let notes: Vec<_> = looked.survey.notes.iter().map(ToString::to_string).collect();
        let kept = "the maturity is kept with the survey, and the register does not take it";
        assert_eq!(
            notes,
            [
                "mat.csv: 4 maturities, 2 taken into the register".to_owned(),
                format!(
                    "mat.csv:4: Capability (column B): 'Investigation' is none of the ten capabilities: {kept}"
                ),
                format!(
                    "mat.csv:5: Capability (column B): of 'C05' it is not said how mature it is now: {kept}"
                ),
            ]
        );
        assert_eq!(taken(test, &who, &looked).maturities, 2);
        let all = test.db.read(&who, |cx| entry::entries(cx, &MATURITY)).unwrap();
        let said: Vec<_> = all.iter().map(|e| (e.title.as_str(), e.body.text("target"))).collect();
        assert_eq!(said, [("C02 in Avon", "4"), ("C07 in Avon", "")]);
        let held = now(test, &who).maturities;
        assert_eq!(held.len(), 4, "the landscape shows all of them");
        assert_eq!(
            held.iter().find(|m| m.capability == "C07").map(|m| (m.now, m.target)),
            Some((Some(1), None))
        );
    });
}

/// A later survey brings a level up to date and leaves what people wrote beside it.
#[test]
fn a_later_survey_leaves_the_target_and_the_day_that_people_set() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", "Force,Capability,Maturity now\nAvon,C02,2\n"));
        test.db
            .write(&who, |cx| {
                let e = entry::entries(cx, &MATURITY)?.remove(0);
                let body = MATURITY.read_json(&serde_json::json!({
                    "title": e.title, "capability": e.body.all("capability"), "organisation": e.organisation,
                    "now": "2", "target": "4", "due": "2028-03-31", "judged": e.body.text("judged"),
                    "evidence": "Seen on site.",
                }));
                entry::change(cx, &MATURITY, &e.code, 1, &body.unwrap(), "").map(drop)
            })
            .unwrap();
        taken(test, &who, &looked("two.csv", "Force,Capability,Maturity now\nAvon,C02,3\n"));
        let e = test.db.read(&who, |cx| entry::entries(cx, &MATURITY)).unwrap().remove(0);
        let field = |name: &str| e.body.text(name).to_owned();
        assert_eq!((field("now"), field("target")), ("3".into(), "4".into()));
        assert_eq!(e.body.day("due").map(|d| d.to_string()).as_deref(), Some("2028-03-31"));
    });
}

#[test]
fn a_maturity_that_was_withdrawn_stays_withdrawn() {
    on_both(|test| {
        let who = office(test);
        let text = "Force,Capability,Maturity now,Maturity target\nAvon,C02,2,4\nAvon,C03,1,3\nAvon,Horse care,1,2\n";
        taken(test, &who, &looked("levels.csv", text));
        let levels = || {
            let held = now(test, &who).maturities;
            held.into_iter().map(|m| (m.capability, m.now)).collect::<Vec<_>>()
        };
        let named = |c: &str, now| (c.to_owned(), Some(now));
        assert_eq!(levels(), [named("C02", 2), named("C03", 1), named("Horse care", 1)]);
        test.db
            .write(&who, |cx| {
                let all = entry::entries(cx, &MATURITY)?;
                let e = all.iter().find(|e| e.title.starts_with("C02")).unwrap();
                entry::withdraw(cx, &MATURITY, &e.code, 1, "It was judged wrongly.").map(drop)
            })
            .unwrap();
        assert_eq!(levels(), [named("C03", 1), named("Horse care", 1)], "the survey does not bring it back");
    });
}

/// Of a pair that the register holds as one, a survey that tells one half leaves the other.
#[test]
fn a_survey_of_one_cost_or_of_a_version_leaves_the_other_half() {
    on_both(|test| {
        let who = office(test);
        let first = "Force,Application,Run cost,Change cost,Product,Version\n\
                     Avon,Ledger,900000,100000,Oracle EBS,12.1\nAvon,Rota,,50000,Dutyplan,3\n";
        taken(test, &who, &looked("one.csv", first));
        taken(
            test,
            &who,
            &looked("two.csv", "Force,Application,Change cost,Version\nAvon,Ledger,50000,12.2\n"),
        );
        taken(
            test,
            &who,
            &looked("three.csv", "Force,Application,Run cost,Product\nAvon,Rota,150000,Shiftly\n"),
        );
        let entry = |code: &'static str| {
            test.db.read(&who, move |cx| entry::entry(cx, &APPLICATION, code)).unwrap().body
        };
        let ledger = entry("avon--ledger");
        assert_eq!((ledger.money("cost_yearly"), ledger.number("change_share")), (Some(950_000), Some(5.26)));
        assert_eq!(ledger.text("product"), "Oracle EBS 12.2");
        let rota = entry("avon--rota");
        assert_eq!((rota.money("cost_yearly"), rota.number("change_share")), (Some(200_000), Some(25.0)));
        assert_eq!(rota.text("product"), "Shiftly", "the version was that of another product");
        let held = now(test, &who);
        let a = find(&held.applications, "avon--ledger");
        assert_eq!((a.run_cost, a.change_cost), (Some(90_000_000), Some(5_000_000)));
        assert_eq!((a.product.as_deref(), a.version.as_deref()), (Some("Oracle EBS"), Some("12.2")));
        let a = find(&held.applications, "avon--rota");
        assert_eq!((a.run_cost, a.change_cost), (Some(15_000_000), Some(5_000_000)));
        assert_eq!((a.product.as_deref(), a.version.as_deref()), (Some("Shiftly"), None));
    });
}

const TIED: &str = "Force,Application,Integrations,Front end,Legacy\n\
                    Avon,Portal,\"Cells (direct); Rota (file); Mail\",yes,no\nAvon,Cells,,no,yes\nAvon,Rota,,,no\nAvon,Mail,,,no\n";

fn tie(test: &TestDb, who: &Actor, to: &str) -> entry::Entry {
    let all = test.db.read(who, |cx| entry::entries(cx, &INTEGRATION)).unwrap();
    let title = format!("Portal to {to}");
    all.into_iter().find(|e| e.body.text("to").ends_with(to) || e.title == title).unwrap()
}

#[test]
fn a_later_survey_leaves_what_people_wrote_of_a_tie_and_what_they_withdrew() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", TIED));
        let wrong = tie(test, &who, "cells");
        let file = tie(test, &who, "rota");
        test.db
            .write(&who, move |cx| {
                entry::withdraw(cx, &INTEGRATION, &wrong.code, 1, "There is no such link.")?;
                let mut said = serde_json::json!(file.body);
                said["title"] = "Duties of the day".into();
                said["pattern"] = "manual".into();
                said["standard"] = "PDX 2".into();
                let body = INTEGRATION.read_json(&said).unwrap();
                entry::change(cx, &INTEGRATION, &file.code, 1, &body, "").map(drop)
            })
            .unwrap();
        assert!(direct_links(&now(test, &who).applications).is_empty(), "also not as the survey told it");
        let again = taken(test, &who, &looked("two.csv", &format!("{TIED}Avon,Books,,,\n")));
        assert_eq!(again.ties, 2);
        let (wrong, file) = (tie(test, &who, "cells"), tie(test, &who, "rota"));
        assert!(wrong.withdrawn);
        assert_eq!(
            (file.title.as_str(), file.body.text("pattern"), file.body.text("standard"), file.version),
            ("Duties of the day", "manual", "PDX 2", 2)
        );
        let held = now(test, &who);
        let tied: Vec<_> =
            find(&held.applications, "avon--portal").integrations.iter().map(|i| i.to.as_str()).collect();
        assert_eq!(tied, ["Rota", "Mail"]);
        assert!(direct_links(&held.applications).is_empty());
    });
}

#[test]
fn a_later_survey_leaves_the_judgement_of_a_level_that_stays_and_one_that_was_withdrawn() {
    on_both(|test| {
        let who = office(test);
        let text = "Force,Capability,Maturity now\nAvon,C02,2\nAvon,C03,1\n";
        taken(test, &who, &looked("one.csv", text));
        let level = |c: &str| {
            let all = test.db.read(&who, |cx| entry::entries(cx, &MATURITY)).unwrap();
            all.into_iter().find(|e| e.title.starts_with(c)).unwrap()
        };
        let (second, third) = (level("C02"), level("C03"));
        test.db
            .write(&who, move |cx| {
                let mut said = serde_json::json!(second.body);
                said["evidence"] = "Seen on site.".into();
                said["judged"] = "2026-01-31".into();
                let body = MATURITY.read_json(&said).unwrap();
                entry::change(cx, &MATURITY, &second.code, 1, &body, "")?;
                entry::withdraw(cx, &MATURITY, &third.code, 1, "Judged wrongly.").map(drop)
            })
            .unwrap();
        taken(test, &who, &looked("two.csv", &format!("{text}Avon,C04,1\n")));
        let said = |e: entry::Entry| {
            (
                e.body.text("now").to_owned(),
                e.body.text("evidence").to_owned(),
                e.body.text("judged").to_owned(),
            )
        };
        assert_eq!(said(level("C02")), ("2".into(), "Seen on site.".into(), "2026-01-31".into()));
        assert!(level("C03").withdrawn, "the survey does not bring it back");
        taken(test, &who, &looked("three.csv", "Force,Capability,Maturity now\nAvon,C02,3\n"));
        let (now, evidence, judged) = said(level("C02"));
        assert_eq!((now.as_str(), evidence.as_str()), ("3", "Told by the force in the survey three.csv"));
        assert_ne!(judged, "2026-01-31", "another level is another judgement");
    });
}

#[test]
fn nothing_becomes_of_an_application_that_was_withdrawn() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", SURVEY));
        let code = "borset--old-custody";
        test.db
            .write(&who, move |cx| entry::withdraw(cx, &APPLICATION, code, 1, "Switched off.").map(drop))
            .unwrap();
        let set = test.db.write(&who, move |cx| set_disposition(cx, code, &disposing(2)));
        assert!(matches!(&set, Err(Error::Conflict(said)) if said.contains("was withdrawn")), "{set:?}");
        assert!(test.db.read(&who, move |cx| entry::entry(cx, &APPLICATION, code)).unwrap().withdrawn);
    });
}

/// What a survey writes, the register's own form and API take back as it is.
#[test]
fn the_register_takes_back_what_a_survey_wrote() {
    on_both(|test| {
        let who = office(test);
        let text = "Force,Application,Hosting,Users,Capability,Run cost,Change cost,Integrations,Function\n\
                    Avon,Ledger,public cloud,12,C02; Horse care,100,20,Rota,Books\nAvon,Rota,hybrid,,,,,,\n";
        taken(test, &who, &looked("one.csv", text));
        taken(test, &who, &looked("two.csv", "Force,Capability,Maturity now\nAvon,C02,2\n"));
        for register in [&APPLICATION, &INTEGRATION, &MATURITY, &ORGANISATION] {
            let all = test.db.read(&who, move |cx| entry::entries(cx, register)).unwrap();
            assert!(!all.is_empty(), "{}", register.code);
            for e in all {
                let back = register.read_json(&serde_json::json!(e.body)).unwrap_or_else(|e| panic!("{e:?}"));
                assert_eq!(back, e.body, "{}", e.code);
            }
        }
        let held = now(test, &who);
        let a = find(&held.applications, "avon--ledger");
        assert_eq!((a.hosting, a.integrations[0].pattern), (Hosting::PublicCloud, None));
    });
}

/// The name of an organisation is no part of what it has: under another name, everything is what it was.
#[test]
fn an_organisation_that_is_renamed_keeps_its_applications_and_their_ties() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", TIED));
        taken(
            test,
            &who,
            &looked("levels.csv", "Force,Capability,Maturity now\nAvon,C02,2\nAvon,Horse care,1\n"),
        );
        let links =
            |held: &Landscape| direct_links(&held.applications).iter().filter(|l| l.certain()).count();
        let before = now(test, &who);
        assert_eq!(links(&before), 1);
        let rename = |to: &'static str, version: i64| {
            test.db
                .write(&who, move |cx| {
                    let mut said = serde_json::json!(entry::entry(cx, &ORGANISATION, "avon")?.body);
                    said["title"] = to.into();
                    let body = ORGANISATION.read_json(&said).unwrap();
                    entry::change(cx, &ORGANISATION, "avon", version, &body, "").map(drop)
                })
                .unwrap();
        };
        rename("Avon Police", 1);
        let held = now(test, &who);
        assert_eq!(links(&held), 1);
        let flows = |held: &Landscape| {
            let model = archimate::export(&columns(), "L", &held.applications, &held.maturities);
            model.relationships.iter().filter(|r| r.kind == "Flow").count()
        };
        assert_eq!((flows(&before), flows(&held)), (3, 3));
        assert!(held.maturities.iter().all(|m| m.force == "Avon Police"), "{:?}", held.maturities);
        // The next surveys come under the new name and under the one that people remember.
        for (file, name) in [("two.csv", "AVON POLICE"), ("three.csv", "Avon")] {
            let text = TIED.replace("Avon,", &format!("{name},"));
            let done = taken(test, &who, &looked(file, &format!("{text}{name},{file},,,\n")));
            assert_eq!(
                (done.plan.new.len(), done.plan.same, done.plan.organisations.len()),
                (1, 4, 0),
                "{file}"
            );
            assert!(done.plan.unnamed.len() < 2, "{:?}", done.plan.unnamed);
            let level = format!("Force,Capability,Maturity now\n{name},C02,3\n{name},Horse care,2\n");
            taken(test, &who, &looked(&format!("levels-{file}"), &level));
        }
        let held = now(test, &who);
        assert_eq!((held.applications.len(), links(&held), held.maturities.len()), (6, 1, 2));
        assert!(held.applications.iter().all(|a| a.force == "Avon Police"));
        let levels = test.db.read(&who, |cx| entry::entries(cx, &MATURITY)).unwrap();
        assert_eq!((levels.len(), levels[0].body.text("now")), (1, "3"));
    });
}

#[test]
fn an_application_that_is_renamed_keeps_its_ties() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", TIED));
        test.db
            .write(&who, |cx| {
                let mut said = serde_json::json!(entry::entry(cx, &APPLICATION, "avon--cells")?.body);
                said["title"] = "Custody".into();
                let body = APPLICATION.read_json(&said).unwrap();
                entry::change(cx, &APPLICATION, "avon--cells", 1, &body, "").map(drop)
            })
            .unwrap();
        let held = now(test, &who);
        let links = direct_links(&held.applications);
        assert!(links[0].certain() && links[0].to.as_deref() == Some("Custody"), "{links:?}");
        let text = "Force,Application,Users\nAvon,Custody,5\nAvon,Cell Watch,6\n";
        let done = taken(test, &who, &looked("two.csv", text));
        assert_eq!(done.plan.new, ["Cell Watch (Avon)"]);
        let held = now(test, &who);
        assert_eq!(find(&held.applications, "avon--cells").users, Some(5));
    });
}

/// A code is never another's: the name that it was made of can belong to another organisation since.
#[test]
fn a_code_that_another_organisation_has_is_not_taken_over() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", "Force,Application,Users\nAvon,Ledger,5\n"));
        let named = |title: &str| {
            ORGANISATION.read_json(&serde_json::json!({ "title": title, "kind": "force" })).unwrap()
        };
        let (other, own) = (named("Severn"), named("Avon"));
        test.db
            .write(&who, move |cx| {
                entry::change(cx, &ORGANISATION, "avon", 1, &other, "")?;
                entry::create(cx, &ORGANISATION, "avon-new", &own, "").map(drop)
            })
            .unwrap();
        let done = taken(test, &who, &looked("two.csv", "Force,Application,Users\nAvon,Ledger,9\n"));
        assert_eq!(done.plan.new, ["Ledger (Avon)"]);
        let held = now(test, &who).applications;
        let of: Vec<_> = held.iter().map(|a| (a.code.as_str(), a.force.as_str(), a.users)).collect();
        assert_eq!(of, [("avon--ledger-2", "Avon", Some(9)), ("avon--ledger", "Severn", Some(5))]);
    });
}

#[test]
fn one_force_in_two_spellings_is_one_organisation() {
    on_both(|test| {
        let who = office(test);
        let text = "Force,Application\nAvon Police,Ledger\nAVON POLICE,Rota\n";
        let done = taken(test, &who, &looked("one.csv", text));
        assert_eq!(done.plan.organisations, ["Avon Police"]);
        let all = test.db.read(&who, |cx| entry::entries(cx, &ORGANISATION)).unwrap();
        assert_eq!(all.iter().map(|e| e.code.as_str()).collect::<Vec<_>>(), ["avon-police"]);
        assert!(now(test, &who).applications.iter().all(|a| a.force == "Avon Police"));
    });
}

#[test]
fn a_disposition_needs_a_reason_a_day_and_what_was_seen() {
    on_both(|test| {
        let who = office(test);
        taken(test, &who, &looked("one.csv", SURVEY));
        let code = "borset--old-custody";
        let set = |d: Disposing| test.db.write(&who, move |cx| set_disposition(cx, code, &d));
        let fields = |e: Error| match e {
            Error::Invalid(all) => all.into_iter().map(|f| f.field).collect::<Vec<_>>(),
            other => panic!("{other}"),
        };
        assert_eq!(fields(set(Disposing::default()).unwrap_err()), ["what", "reason"]);
        assert_eq!(fields(set(Disposing { by: String::new(), ..disposing(1) }).unwrap_err()), ["by"]);
        assert_eq!(fields(set(Disposing { by: "soon".into(), ..disposing(1) }).unwrap_err()), ["by"]);
        assert!(matches!(set(disposing(7)).unwrap_err(), Error::Stale(_)));
        let tolerate = Disposing { what: "tolerate".into(), by: String::new(), ..disposing(1) };
        set(tolerate).unwrap();
        set(disposing(2)).unwrap();
        let held = now(test, &who);
        let d = find(&held.applications, code).disposition.clone().unwrap();
        assert_eq!(
            (d.what, d.by, d.reason.as_str()),
            (Disposition::Eliminate, Some("2027-06-30".parse().unwrap()), "Nobody uses it.")
        );
        let system = test.db.write(&Actor::system(), move |cx| set_disposition(cx, code, &disposing(3)));
        assert!(matches!(system, Err(Error::Forbidden { .. })), "a machine sets nothing");
    });
}

#[test]
fn a_model_is_kept_whole_and_its_applications_are_taken_up() {
    on_both(|test| {
        let who = office(test);
        let text = include_str!("model.xml");
        let looked =
            inspect(&columns(), &Options { file: "m.xml".into(), ..Options::default() }, text.as_bytes())
                .unwrap();
        assert_eq!(looked.kind(), "archimate");
        let done = taken(test, &who, &looked);
        assert_eq!(done.plan.new.len(), 3);
        let kept = test.db.read(&who, models).unwrap();
        assert_eq!((kept.len(), kept[0].elements, kept[0].views), (1, 8, 1));
        let id = kept[0].id;
        let back = test.db.read(&who, move |cx| model_text(cx, id)).unwrap();
        let (again, _) = archimate::read("back.xml", back.as_bytes()).unwrap();
        assert_eq!(again, looked.model.unwrap().0);
        assert!(matches!(
            test.db.read(&who, move |cx| model_text(cx, bluelamp_model::Id::from_bytes([9; 16]))),
            Err(Error::NotFound(_))
        ));
    });
}
