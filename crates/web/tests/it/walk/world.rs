//! Reports in every place where one can stand, and whole decisions on them.

use super::watch::{Digest, Mark, digest};
use crate::{desk::report, quality::work, site::Site};
use bluelamp_casework::{ActionAnswer, Choice, ReportView};
use bluelamp_model::{Id, authority::Actor};
use bluelamp_store::Cx;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A report in one of the places where a report can stand.
pub(super) struct Built {
    pub(super) standing: &'static str,
    pub(super) id: Id,
    pub(super) mark: Mark,
    pub(super) version: i64,
    pub(super) view: ReportView,
}

/// Reports in every place where one can stand. What a request has used up is made anew.
pub(super) struct World<'a> {
    pub(super) site: &'a Site,
    /// Decides what the world begins with; walks nowhere himself.
    pub(super) otto: Actor,
    pub(super) reports: BTreeMap<&'static str, Built>,
    pub(super) made: usize,
}

/// The last one is made last: making another does the jobs that wait.
pub(super) const STANDINGS: [&str; 6] =
    ["new", "more-needed", "hidden", "case", "under-review", "unassessed"];

impl<'a> World<'a> {
    /// Makes what is missing or was used up. Says whether anything was made. A report stays unassessed until the next
    /// one is made; whether it has to be so still is said by who calls.
    pub(super) async fn refresh(&mut self, digest: &Digest, unassessed: bool) -> bool {
        let mut made = false;
        for standing in STANDINGS {
            let seen = self.reports.get(standing).map(|b| (b.id, b.version));
            if let Some((id, version)) = seen
                && let Some((_, now)) = digest.get(&id).filter(|(_, now)| *now != version)
            {
                let view = self.view(id);
                let built = self.reports.get_mut(standing).unwrap();
                (built.version, built.view) = (*now, view);
            }
            let fits = self.reports.get(standing).is_some_and(|b| {
                let stands = digest.get(&b.id).is_some_and(|(mark, _)| *mark == b.mark);
                stands
                    && match standing {
                        "unassessed" => !unassessed || b.view.waiting && !made,
                        "under-review" => b.view.reviews.iter().filter(|r| r.done_at.is_none()).count() >= 4,
                        _ => true,
                    }
            });
            if !fits {
                let built = self.build(standing).await;
                self.reports.insert(standing, built);
                made = true;
            }
        }
        made
    }

    fn view(&self, id: Id) -> ReportView {
        let shelf = &self.site.shelf;
        self.site
            .outside(|db| db.read(&self.otto, |cx| bluelamp_casework::view_report(cx, shelf, id)))
            .unwrap()
    }

    fn does<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut Cx<'_>) -> bluelamp_model::Result<T> + Send + 'static,
    ) -> T {
        self.site.outside(|db| db.write(&self.otto, run)).unwrap()
    }

    fn decide(&self, id: Id, choice: Choice) {
        let shelf = Arc::clone(&self.site.shelf);
        self.does(move |cx| bluelamp_casework::decide(cx, &shelf, id, &choice));
    }

    async fn build(&mut self, standing: &'static str) -> Built {
        self.made += 1;
        // The first person and every new report are the same, so that there is a match to answer; others are not.
        let n = if standing == "new" { 0 } else { self.made };
        let somebody = json!({
            "reporter_name": format!("{} Example", ["Joanna", "Wilma", "Amir", "Olu", "Bea"][n % 5]),
            "reporter_phone": format!("07700 900{:03}", n % 1000),
            "reporter_email": format!("somebody{n}@example.com"),
            "reporter_born": format!("19{:02}-03-14", 40 + n % 60),
            "vehicle_registration": format!("AB{:02} C{}{}", n % 100, ["DA", "KX", "PL"][n % 3], ["E", "Z"][n % 2]),
        });
        let id: Id = report(self.site, "burglary", somebody).await.parse().unwrap();
        if standing != "unassessed" {
            work(self.site);
        }
        let shelf = Arc::clone(&self.site.shelf);
        match standing {
            "new" | "unassessed" => {}
            "hidden" => {
                self.does(move |cx| bluelamp_casework::consider(cx, &shelf, id, "domestic-abuse"));
                let sql = "select count(*) from report where id = $1 and hidden = 1";
                let hidden = self
                    .site
                    .outside(|db| db.credential_rows(sql, &[id.into()]).unwrap()[0].get::<i64>(0).unwrap());
                assert_eq!(hidden, 1);
                // Otto has put down his own, so that he sees what the others do not.
                let shelf = Arc::clone(&self.site.shelf);
                self.does(move |cx| bluelamp_casework::own_grade(cx, &shelf, id, "MEDIUM"));
            }
            "more-needed" | "case" => {
                let outcome = if standing == "case" { "open-case" } else { "ask-more" };
                self.decide(id, choice(&self.view(id), outcome, "MEDIUM", "accept"));
            }
            "under-review" => {
                self.decide(id, choice(&self.view(id), "refer", "STANDARD", "refuse"));
                self.does(move |cx| {
                    bluelamp_casework::happened(cx, &shelf, id, "repeat-call", "R-0000-0000")
                });
                let causes: BTreeSet<_> = self.view(id).reviews.into_iter().map(|r| r.cause).collect();
                let expected = ["below-floor", "clock", "refused-duty", "repeat-call"].map(str::to_owned);
                assert_eq!(causes, expected.into());
            }
            other => panic!("{other}"),
        }
        let (mark, version) = self.site.outside(digest)[&id].clone();
        Built { standing, id, mark, version, view: self.view(id) }
    }

    /// A complaint that the walk has made; one that there is not before it has.
    pub(super) fn complaint(&self) -> String {
        let sql = "select reference from complaint order by received_at desc, id desc limit 1";
        let rows = self.site.outside(|db| db.credential_rows(sql, &[])).unwrap();
        rows.first().map_or_else(|| "K-0000-0000".into(), |r| r.get(0).unwrap())
    }

    /// What is open for review, of the report for which something is.
    pub(super) fn reviews(&self) -> Vec<Id> {
        let open = self.reports["under-review"].view.reviews.iter().filter(|r| r.done_at.is_none());
        open.map(|r| r.id).collect()
    }
}

/// Every action that law or policy demands gets the same answer.
pub(super) fn must(view: &ReportView, answer: &str) -> Vec<ActionAnswer> {
    let shown = view.look.iter().flat_map(|l| &l.shown);
    shown
        .flat_map(|s| {
            let of_it = s.assessment.actions.iter().enumerate().filter(|(_, a)| a.must);
            of_it.map(|(place, _)| ActionAnswer {
                definition: s.assessment.definition.clone(),
                place,
                answer: answer.into(),
                reason: "Done already.".into(),
                ..ActionAnswer::default()
            })
        })
        .collect()
}

pub(super) fn choice(view: &ReportView, outcome: &str, grade: &str, answer: &str) -> Choice {
    let below = grade == "STANDARD";
    Choice {
        version: view.item.version,
        outcome: outcome.into(),
        grade: grade.into(),
        reasons: "Read and weighed.".into(),
        lower_code: if below { "managed".into() } else { String::new() },
        lower_reason: if below { "The locks were changed.".into() } else { String::new() },
        actions: must(view, answer),
        ..Choice::default()
    }
}

/// Whole decisions on a report as it stands: every outcome, and a grade below the floor.
pub(super) fn choices(standing: &str, view: &ReportView) -> Vec<Choice> {
    let mut all =
        vec![choice(view, "open-case", "HIGH", "accept"), choice(view, "close", "STANDARD", "refuse")];
    if standing == "new" {
        all.extend(["ask-more", "refer"].map(|o| choice(view, o, "HIGH", "accept")));
    }
    // On another version than the one that is there, and without anything.
    all.push(Choice { version: view.item.version - 1, ..choice(view, "close", "HIGH", "accept") });
    all.push(Choice { version: view.item.version, ..Choice::default() });
    all
}
