//! Specifications: small graphs with known answers, and properties over generated ones.

use super::household::Effort;
use super::*;
use proptest::prelude::*;

fn level(gamma: i32, m: f64, u: f64) -> Level {
    Level { gamma, m, u, weight: (m / u).log2(), is_null: false }
}

fn comparison(name: &str, m: f64, u: f64) -> Comparison {
    let levels = vec![level(1, m, u), level(0, 1.0 - m, 1.0 - u)];
    Comparison { name: name.to_owned(), columns: vec![name.to_owned()], levels, role: Role::of(name) }
}

fn people() -> Vec<Comparison> {
    vec![
        comparison("first_name", 0.9, 0.01),
        comparison("surname", 0.9, 0.005),
        comparison("dob", 0.9, 0.0005),
        comparison("postcode", 0.7, 0.0005),
        comparison("phone", 0.5, 0.0001),
    ]
}

fn nobody() -> Scorer<'static> {
    Box::new(|_| Vec::new())
}

/// Answers pair by pair.
fn by_pair<'a>(score: impl Fn(u32, u32) -> Option<Scored> + Copy + 'a) -> Scorer<'a> {
    Box::new(move |pairs| pairs.iter().map(|(left, right)| score(*left, *right)).collect())
}

/// Clusters plain weighted pairs without correction.
fn cluster(
    records: u32,
    edges: &[(u32, u32, f64)],
    evidence: &[Evidence<'_>],
    judgements: &[Judgement],
) -> Clustering {
    let left: Vec<u32> = edges.iter().map(|e| e.0).collect();
    let right: Vec<u32> = edges.iter().map(|e| e.1).collect();
    let weight: Vec<f64> = edges.iter().map(|e| e.2).collect();
    let pattern = vec![0; edges.len()];
    let pairs = Pairs { left: &left, right: &right, weight: &weight, pattern: &pattern };
    let layout = Layout::new(&[]).unwrap();
    let input =
        Input { pairs, comparisons: &[], layout: &layout, lambda: 1e-4, selected: &[], evidence, judgements };
    let options = Options { correct: false, ..Options::default() };
    contradiction_aware(records, &input, &options, &nobody)
}

#[test]
fn one_weak_bridge_does_not_join_two_groups() {
    let edges =
        [(0, 1, 12.0), (0, 2, 12.0), (1, 2, 12.0), (3, 4, 12.0), (3, 5, 12.0), (4, 5, 12.0), (2, 3, 5.0)];
    let found = cluster(6, &edges, &[], &[]);
    assert_eq!(found.labels, [0, 0, 0, 3, 3, 3]);
    assert_eq!(found.cuts, [Edge { left: 2, right: 3, weight: 5.0 }]);
    assert_eq!(found.kept.len(), 4, "two spanning trees");
    assert_eq!(found.weakest.iter().map(|w| w.0).collect::<Vec<_>>(), [0, 3]);
    let all = components(6, &Pairs { left: &[2], right: &[3], weight: &[5.0], pattern: &[0] }, 5.0);
    assert_eq!(all, [0, 1, 2, 2, 4, 5], "components would have joined them");
}

#[test]
fn a_record_that_lacks_fields_attaches_by_its_one_strong_link() {
    let found = cluster(
        4,
        &[(0, 1, 14.0), (0, 2, 14.0), (1, 2, 14.0), (2, 3, 14.0), (0, 3, 1.0), (1, 3, 0.5)],
        &[],
        &[],
    );
    assert_eq!(found.labels, [0, 0, 0, 0]);
}

#[test]
fn two_trusted_identifiers_are_two_people_through_the_whole_cluster() {
    let ids = [1, 0, 2];
    let evidence = [Evidence { name: "pnc_id", role: Role::of("pnc_id"), ids: &ids }];
    let found = cluster(3, &[(0, 1, 14.0), (1, 2, 13.0), (0, 2, 14.0)], &evidence, &[]);
    assert_eq!(found.labels, [0, 0, 2], "1 goes where it fits better, never to both");
}

#[test]
fn judgements_override_scores() {
    let edges = [(0, 1, 14.0), (1, 2, 14.0), (0, 2, 14.0)];
    let not = |left, right| Judgement { left, right, verdict: Verdict::NotSame };
    let same = |left, right| Judgement { left, right, verdict: Verdict::Same };
    let found = cluster(4, &edges, &[], &[not(2, 0), same(3, 1)]);
    assert_ne!(found.labels[0], found.labels[2]);
    assert_eq!(found.labels[1], found.labels[3]);
    let undone = cluster(4, &edges, &[], &[not(2, 0), same(0, 2)]);
    assert_eq!(undone.labels, [0, 0, 0, 3], "the last judgement on a pair counts");
    let torn = cluster(4, &edges, &[], &[not(0, 2), same(0, 1), same(1, 2)]);
    assert_eq!(torn.labels, [0, 0, 0, 3]);
    assert_eq!(torn.alarms, [Alarm::Conflict { left: 0, right: 2 }]);
}

#[test]
fn an_outsize_component_is_cut_at_its_weakest_bridges_with_an_alarm() {
    let chain: Vec<(u32, u32, f64)> =
        (0..999).map(|i| (i, i + 1, if i % 10 == 9 { 1.0 } else { 20.0 })).collect();
    let found = cluster(1000, &chain, &[], &[]);
    assert_eq!(found.alarms.first(), Some(&Alarm::ComponentCut { component: 0, records: 1000 }));
    assert!(
        found.labels.iter().enumerate().all(|(i, &label)| i / 10 == label as usize / 10),
        "no link over a weak bridge"
    );
}

#[test]
fn bad_pairs_are_ignored() {
    let found = cluster(3, &[(0, 9, 20.0), (1, 1, 20.0), (0, 1, f64::NAN), (1, 2, f64::INFINITY)], &[], &[]);
    assert_eq!(found.labels, [0, 1, 1]);
    assert_eq!(cluster(0, &[], &[], &[]), Clustering::default());
}

#[test]
fn pairs_that_blocking_missed_are_asked_for() {
    let pairs = Pairs { left: &[0, 1], right: &[1, 2], weight: &[8.0, 8.0], pattern: &[0, 0] };
    let layout = Layout::new(&[]).unwrap();
    let input = Input {
        pairs,
        comparisons: &[],
        layout: &layout,
        lambda: 1e-4,
        selected: &[],
        evidence: &[],
        judgements: &[],
    };
    let options = Options { correct: false, ..Options::default() };
    let against = || by_pair(|_, _| Some(Scored { weight: -20.0, pattern: 0 }));
    assert_eq!(contradiction_aware(3, &input, &options, &against).labels, [0, 0, 2]);
    let for_it = || by_pair(|_, _| Some(Scored { weight: 3.0, pattern: 0 }));
    assert_eq!(contradiction_aware(3, &input, &options, &for_it).labels, [0, 0, 0]);
}

/// 600 homes of two namesakes-free people each; each person has two records.
struct Homes {
    left: Vec<u32>,
    right: Vec<u32>,
    weight: Vec<f64>,
    pattern: Vec<u64>,
    layout: Layout,
}

fn homes() -> Homes {
    let layout = Layout::new(&[2; 5]).unwrap();
    let mut it = Homes { left: vec![], right: vec![], weight: vec![], pattern: vec![], layout };
    let prior = (1e-5_f64 / (1.0 - 1e-5)).log2();
    let model = people();
    let mut add = |left, right, gammas: [i32; 5]| {
        let bits = |(gamma, c): (&i32, &Comparison)| {
            c.levels.iter().find(|l| l.gamma == *gamma).map_or(0.0, |l| l.weight)
        };
        it.left.push(left);
        it.right.push(right);
        it.weight.push(prior + gammas.iter().zip(&model).map(bits).sum::<f64>());
        it.pattern.push(it.layout.pack(&gammas));
    };
    for home in 0..600 {
        let at = home * 4; // records at, at+1 are one person; at+2, at+3 the other
        let phone = if home % 3 == 0 { -1 } else { 1 };
        add(at, at + 1, [1, 1, 1, 1, phone]);
        add(at + 2, at + 3, [1, 1, if home % 5 == 0 { 0 } else { 1 }, 1, phone]);
        for (a, b) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
            add(at + a, at + b, [0, 1, 0, 1, 1]);
        }
        let next = (at + 4) % 2400; // blocking by name also finds namesakes elsewhere
        add(at.min(next), at.max(next), [1, 1, 0, 0, 0]);
    }
    it
}

#[test]
fn a_chain_of_households_is_not_merged() {
    let homes = homes();
    let pairs =
        Pairs { left: &homes.left, right: &homes.right, weight: &homes.weight, pattern: &homes.pattern };
    let model = people();
    let input = Input {
        pairs,
        comparisons: &model,
        layout: &homes.layout,
        lambda: 1e-5,
        selected: &[],
        evidence: &[],
        judgements: &[],
    };
    let plain = components(2400, &pairs, 19_f64.log2());
    assert_eq!(plain[3], 0, "surname, postcode and phone alone pass p = 0.95");
    let found = contradiction_aware(2400, &input, &Options::default(), &nobody);
    for person in found.labels.chunks(2) {
        assert_eq!(person[0], person[1]);
    }
    assert!(found.labels.chunks(4).all(|home| home[0] != home[2]));
    let correction = Correction::estimate(2400, &input);
    assert!((correction.share_of_same() - 2.0 / 7.0).abs() < 0.02, "{}", correction.share_of_same());
}

/// Of so many records: pairs of one person, and five times as many of namesakes whom a rule selected by names and date of
/// birth.
fn namesakes() -> Homes {
    let layout = Layout::new(&[2; 5]).unwrap();
    let mut it = Homes { left: vec![], right: vec![], weight: vec![], pattern: vec![], layout };
    for at in 0..6000 {
        // One person has one postcode in 7 of 10 pairs, and one phone in 5.
        let gammas = match (at % 6, at / 6 % 20) {
            (0, 0..7) => [1, 1, 1, 1, 1],
            (0, 7..14) => [1, 1, 1, 1, 0],
            (0, 14..17) => [1, 1, 1, 0, 1],
            _ => [1, 1, 1, 0, 0],
        };
        it.left.push(2 * at);
        it.right.push(2 * at + 1);
        it.weight.push(0.0);
        it.pattern.push(it.layout.pack(&gammas));
    }
    it
}

#[test]
fn namesakes_whom_a_rule_selected_are_not_taken_for_one_person() {
    let records = 20_000_000;
    let (data, model) = (namesakes(), people());
    let input = Input {
        pairs: Pairs { left: &data.left, right: &data.right, weight: &data.weight, pattern: &data.pattern },
        comparisons: &model,
        layout: &data.layout,
        lambda: 1e-7,
        selected: &[vec![0, 1, 2]],
        evidence: &[],
        judgements: &[],
    };
    let (correction, index) = Correction::with_index(records, &input, None, Effort::whole(1));
    let share = correction.share_of_same();
    assert!((share - 1.0 / 6.0).abs() < 0.03, "{share}");
    let share = Correction::estimate(records, &Input { selected: &[], ..input }).share_of_same();
    assert!(share > 0.5, "without the rule the namesakes are the same people: {share}");
    // Two of one name born on different days: no rule gives them, and so none is among the pairs.
    let apart = data.layout.pack(&[1, 1, 0, -1, -1]);
    let bits = correction.weigh_with(&index, 0, 3, apart, 0.0);
    assert!(bits < -5.0 && correction.weigh(0, 3, apart, 0.0) > bits, "{bits}");
}

#[test]
fn correction_and_labels_do_not_depend_on_the_order_of_the_pairs() {
    let homes = homes();
    let order: Vec<usize> = (0..homes.left.len()).map(|i| i * 1009 % homes.left.len()).collect();
    let pick = |all: &[u32]| order.iter().map(|&i| all[i]).collect::<Vec<_>>();
    let (left, right) = (pick(&homes.right), pick(&homes.left)); // sides swapped too
    let weight: Vec<f64> = order.iter().map(|&i| homes.weight[i]).collect();
    let pattern: Vec<u64> = order.iter().map(|&i| homes.pattern[i]).collect();
    let model = people();
    let input = |pairs| Input {
        pairs,
        comparisons: &model,
        layout: &homes.layout,
        lambda: 1e-5,
        selected: &[],
        evidence: &[],
        judgements: &[],
    };
    let straight =
        Pairs { left: &homes.left, right: &homes.right, weight: &homes.weight, pattern: &homes.pattern };
    let shuffled = Pairs { left: &left, right: &right, weight: &weight, pattern: &pattern };
    let run = |pairs| contradiction_aware(2400, &input(pairs), &Options::default(), &nobody);
    assert_eq!(run(straight), run(shuffled));
}

#[test]
fn clusters_are_the_same_where_weak_pairs_are_only_counted() {
    let homes = homes();
    let model = people();
    let sex: Vec<u32> = (0..2400).map(|record| 1 + record / 2 % 2).collect();
    let evidence = [Evidence { name: "sex", role: Role::Sex, ids: &sex }];
    let all =
        Pairs { left: &homes.left, right: &homes.right, weight: &homes.weight, pattern: &homes.pattern };
    let input = Input {
        pairs: all,
        comparisons: &model,
        layout: &homes.layout,
        lambda: 1e-5,
        selected: &[],
        evidence: &evidence,
        judgements: &[],
    };
    let by_records: std::collections::BTreeMap<(u32, u32), usize> =
        (0..all.len()).map(|i| ((homes.left[i], homes.right[i]), i)).collect();
    let score = |left: u32, right: u32| {
        let i = *by_records.get(&(left, right)).or_else(|| by_records.get(&(right, left)))?;
        Some(Scored { weight: homes.weight[i], pattern: homes.pattern[i] })
    };
    let score = || by_pair(score);
    let options = Options { threads: 3, ..Options::default() };
    let extras = Extras::new(2400, &model, &evidence);
    let run = |floor: &Floor| {
        let mut weaker = Weaker::default();
        let kept: Vec<usize> = (0..all.len())
            .filter(|&i| {
                let pair = (homes.left[i], homes.right[i]);
                floor.keeps(&extras, pair, homes.pattern[i], homes.weight[i], &mut weaker)
            })
            .collect();
        let weaker = floor.counts(&weaker);
        let pick = |of: &[u32]| kept.iter().map(|&i| of[i]).collect::<Vec<_>>();
        let (left, right) = (pick(&homes.left), pick(&homes.right));
        let weight: Vec<f64> = kept.iter().map(|&i| homes.weight[i]).collect();
        let pattern: Vec<u64> = kept.iter().map(|&i| homes.pattern[i]).collect();
        let pairs = Pairs { left: &left, right: &right, weight: &weight, pattern: &pattern };
        let gathered = gather_above(&weaker, 2400, &Input { pairs, ..input }, &options);
        (gathered.map(|gathered| cluster_gathered(gathered, &input, &options, &score)), kept.len())
    };
    let whole = contradiction_aware(2400, &input, &options, &score);
    let (found, kept) = run(&likely_floor(2400, &input, &options));
    assert!(kept < all.len(), "something is left out, {kept} of {}", all.len());
    assert_eq!(found.ok(), Some(whole.clone()));
    let mut high = Floor::nowhere(&extras);
    for (i, &pattern) in homes.pattern.iter().enumerate() {
        high.set(pattern, extras.outcome(homes.left[i], homes.right[i]), 1e9);
    }
    let lower = run(&high).0.expect_err("a floor above all pairs is too high");
    assert_eq!(run(&lower).0.ok(), Some(whole), "and the floor that it asks for is not");
}

#[test]
fn different_sex_with_a_different_forename_outweighs_a_shared_home() {
    let model = people();
    let layout = Layout::new(&[2; 5]).unwrap();
    let pattern = [layout.pack(&[0, 1, 1, 1, 1])];
    let pairs = Pairs { left: &[0], right: &[1], weight: &[18.0], pattern: &pattern };
    let ids = [1, 2];
    let evidence = [Evidence { name: "sex", role: Role::Sex, ids: &ids }];
    let input = Input {
        pairs,
        comparisons: &model,
        layout: &layout,
        lambda: 1e-4,
        selected: &[],
        evidence: &evidence,
        judgements: &[],
    };
    let options = Options { correct: false, ..Options::default() };
    assert_eq!(contradiction_aware(2, &input, &options, &nobody).labels, [0, 1], "twins");
    let input = Input { evidence: &[], ..input };
    assert_eq!(contradiction_aware(2, &input, &options, &nobody).labels, [0, 0]);
}

#[test]
fn layouts_pack_and_unpack() {
    let layout = Layout::new(&[5, 2, 6]).unwrap();
    let pattern = layout.pack(&[4, -1, 5]);
    assert_eq!((0..4).map(|i| layout.code(pattern, i)).collect::<Vec<_>>(), [5, 0, 6, 0]);
    assert_eq!(Layout::new(&[7; 30]), None, "90 bits");
    assert_eq!(Layout::from_fields(vec![(60, 8)]), None);
}

#[test]
fn bridges_and_weakest_links() {
    let edge = |left, right, weight| Edge { left, right, weight };
    let edges = [edge(7, 8, 9.0), edge(8, 9, 9.0), edge(7, 9, 9.0), edge(9, 11, 2.0), edge(11, 12, 5.0)];
    assert_eq!(bridges(&edges), [edge(9, 11, 2.0), edge(11, 12, 5.0)]);
    assert_eq!(weakest(&edges), Some(edge(9, 11, 2.0)));
    assert_eq!(path(&edges, 12, 9), [edge(11, 12, 5.0), edge(9, 11, 2.0)]);
    assert_eq!(path(&edges, 12, 99), []);
    assert_eq!(bridges(&[edge(0, 1, 1.0), edge(0, 1, 2.0)]), [], "parallel edges are no bridge");
}

#[test]
fn best_links_take_at_most_one_record_of_each_source() {
    let pairs = Pairs { left: &[0, 1, 0], right: &[2, 2, 3], weight: &[9.0, 9.0, 4.0], pattern: &[0; 3] };
    let found = single_best_link(4, &pairs, &[0, 0, 1, 2], 5.0);
    assert_eq!(found.labels, [0, 1, 0, 3], "ties go to the smaller record; 4.0 is below the threshold");
    assert_eq!(single_best_link(4, &pairs, &[0, 0], 5.0).links, [], "without a source nothing links");
}

proptest! {
    #[test]
    fn cannot_links_hold_must_links_hold_and_order_does_not_matter(
        edges in prop::collection::vec((0_u32..24, 0_u32..24, -8.0_f64..20.0), 0..80),
        ids in prop::collection::vec(0_u32..4, 24),
        verdicts in prop::collection::vec((0_u32..24, 0_u32..24, any::<bool>()), 0..6),
        turn in 0_usize..80,
    ) {
        let evidence = [Evidence { name: "nino", role: Role::TrustedId, ids: &ids }];
        let judgements: Vec<Judgement> = verdicts
            .iter()
            .map(|&(left, right, same)| Judgement { left, right, verdict: if same { Verdict::Same } else { Verdict::NotSame } })
            .collect();
        let found = cluster(24, &edges, &evidence, &judgements);
        let settled = contradiction::settle(&judgements, 24);
        for &(left, right, verdict) in &settled {
            let together = found.labels[left as usize] == found.labels[right as usize];
            let conflict = found.alarms.contains(&Alarm::Conflict { left, right });
            prop_assert_eq!(together, verdict == Verdict::Same || conflict);
        }
        for left in 0..24_u32 {
            let label = found.labels[left as usize];
            prop_assert!(label <= left && found.labels[label as usize] == label);
            for right in left + 1..24 {
                let (a, b) = (ids[left as usize], ids[right as usize]);
                let same = settled.contains(&(left, right, Verdict::Same));
                if a != 0 && b != 0 && a != b && label == found.labels[right as usize] && !same {
                    let conflict = found.alarms.contains(&Alarm::Conflict { left, right });
                    prop_assert!(conflict);
                }
            }
        }
        // What is kept spans each cluster: a tree has one edge less than records.
        let clusters = found.labels.iter().enumerate().filter(|&(i, &label)| i == label as usize).count();
        prop_assert!(found.kept.len() <= 24 - clusters);
        let mut turned = edges.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(found, cluster(24, &turned, &evidence, &judgements));
    }
}
