//! What is found in the synthetic survey: the duplicates, gaps and links that were put into it, and nothing else.

use super::world::{FORCES, columns, options, survey};
use bluelamp_model::Day;
use bluelamp_steward::landscape::{
    Disposition, Maturity, Timing, buying_together, capability_map, contract_ends, costs, direct_links, gaps,
    measure, overlaps, read, same_applications, suggest,
};

fn today() -> Day {
    "2026-11-29".parse().unwrap()
}

#[test]
fn the_known_duplicates_are_found_and_no_others() {
    let groups = same_applications(&survey().applications);
    let found: Vec<Vec<&str>> =
        groups.iter().map(|g| g.applications.iter().map(String::as_str).collect()).collect();
    assert_eq!(found.len(), 2, "{groups:#?}");
    assert!(found.contains(&vec![
        "borset--caseworks-v6-2",
        "dunford--caseworks-live",
        "mereshire--case-works",
        "pellshire--caseworx"
    ]));
    assert!(found.contains(&vec!["dunford--custody-plus-live", "mereshire--custody-plus"]));
    assert!(groups.iter().all(|g| g.pairs.iter().all(|p| !p.reasons.is_empty())));
}

#[test]
fn the_known_gaps_and_overlaps_are_found() {
    let apps = survey().applications;
    let all = gaps(&apps);
    let gap =
        |force: &str, capability: &str| all.iter().find(|g| g.force == force && g.capability == capability);
    assert_eq!(gap("Borset", "C09").map(|g| g.elsewhere), Some(1), "Pellshire has one");
    assert!(gap("Pellshire", "C09").is_none() && gap("Borset", "C07").is_none());
    assert_eq!(gap("Dunford", "C01").map(|g| (g.elsewhere, g.without_capability)), Some((0, 0)));
    let doubled = overlaps(&apps);
    assert_eq!(doubled.len(), 1);
    assert_eq!(
        (doubled[0].force.as_str(), doubled[0].capability.as_str(), doubled[0].known_cost),
        ("Borset", "C07", 3_400_000)
    );
}

#[test]
fn hosting_costs_and_contracts_are_counted() {
    let apps = survey().applications;
    let m = measure(&apps);
    assert_eq!((m.number.cloud, m.number.elsewhere, m.number.unknown), (5, 4, 1));
    assert_eq!(m.number.share, Some(5.0 / 9.0));
    assert_eq!(m.number.reached, Some(false));
    assert_eq!((m.cost.cloud, m.cost.unweighed), (31_000_000 + 2_500_000 + 7_500_000 + 500_000, 1));
    let by_force = costs(&apps);
    assert_eq!(
        by_force.iter().map(|c| c.force.as_str()).collect::<Vec<_>>(),
        ["Borset", "Dunford", "Mereshire", "Pellshire"]
    );
    assert_eq!(
        (by_force[0].applications, by_force[0].run, by_force[0].legacy_run),
        (4, 46_400_000, 8_000_000)
    );
    let ends = contract_ends(&apps, today());
    assert_eq!(
        (ends.len(), ends[0].application.as_str(), ends[0].timing),
        (9, "borset--old-custody", Timing::Soon)
    );
    assert!(ends.is_sorted_by_key(|e| e.end));
}

#[test]
fn contracts_that_end_close_together_can_be_bought_together() {
    let apps = survey().applications;
    let together = buying_together(&apps, &same_applications(&apps), today());
    let larkfield = together.iter().find(|b| b.what.starts_with("Larkfield")).unwrap();
    assert_eq!(
        (larkfield.forces.clone(), larkfield.known_cost),
        (vec!["Borset".to_owned(), "Mereshire".into()], 66_000_000)
    );
    let case = together.iter().find(|b| b.basis == "application").unwrap();
    assert_eq!(
        (case.forces.len(), case.cost_unknown),
        (3, 1),
        "Dunford named no supplier; Pellshire's ends two years later"
    );
    assert!(together.iter().all(|b| b.forces.len() > 1 && b.first >= today()));
}

#[test]
fn direct_links_and_dispositions_follow_from_what_is_known() {
    let apps = survey().applications;
    let links = direct_links(&apps);
    assert_eq!(links.len(), 1);
    assert!(links[0].certain() && links[0].from == "borset--caseworks-v6-2");
    let all = suggest(&apps, &same_applications(&apps), &links, today());
    let of = |code: &str| all.iter().find(|s| s.application == code).unwrap();
    assert_eq!(
        of("borset--figures-desk").what,
        Some(Disposition::Eliminate),
        "Insight Board has more users, and the contract ends"
    );
    assert_eq!(of("borset--caseworks-v6-2").what, Some(Disposition::Migrate));
    assert_eq!(of("mereshire--case-works").what, Some(Disposition::Invest));
    assert_eq!(of("borset--insight-board").what, Some(Disposition::Tolerate));
    let open = of("dunford--custody-plus-live");
    assert_eq!(
        (open.what, open.unknown.clone()),
        (None, vec!["where it runs", "whether it is a legacy system"])
    );
    assert!(all.iter().all(|s| s.what.is_none() == s.reasons.is_empty()));
}

#[test]
fn no_suggestion_is_for_a_day_that_is_past() {
    let text = "Force,Application,Capability,Users,Hosting,Contract end,Legacy\n\
                Avon,Old Books,C07,5,SaaS,1/1/2019,no\nAvon,New Books,C07,50,SaaS,,no\n\
                Avon,Cells,C03,5,on-premise,1/1/2019,no\nAvon,Tapes,C04,5,SaaS,1/1/2019,yes\n\
                Avon,Disks,C05,5,SaaS,29/11/2026,yes\n";
    let apps = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap().applications;
    let all = suggest(&apps, &[], &[], today());
    let of: Vec<_> = all.iter().map(|s| (s.what, s.by)).collect();
    assert_eq!(
        of,
        [
            (Some(Disposition::Eliminate), None),
            (Some(Disposition::Tolerate), None),
            (Some(Disposition::Migrate), None),
            (Some(Disposition::Migrate), None),
            (Some(Disposition::Migrate), Some(today())),
        ]
    );
    for n in [0, 2, 3] {
        assert!(
            all[n].reasons[0].to_lowercase().contains("the contract ended on 2019-01-01"),
            "{:?}",
            all[n]
        );
    }
}

#[test]
fn the_map_has_a_cell_for_every_force_and_capability() {
    let s = survey();
    let levels =
        [Maturity { force: "Borset".into(), capability: "C07".into(), now: Some(2), target: Some(4) }];
    let map = capability_map(&s.applications, &levels);
    assert_eq!(map.len(), 18);
    assert!(map.iter().all(|r| r.cells.len() == FORCES.len()));
    let analytics = map.iter().find(|r| r.capability == "C07").unwrap();
    let borset = analytics.cells.iter().find(|c| c.force == "Borset").unwrap();
    assert_eq!((borset.now, borset.target, borset.applications.len()), (Some(2), Some(4), 2));
    assert_eq!(analytics.cells[1].now, None, "nobody has said");
}
