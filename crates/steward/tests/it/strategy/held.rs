//! What a service keeps: every version as it was taken up, for those who may read it.

use super::{ESSEX, NATIONAL, OWN, both, strategy, text};
use bluelamp_model::{Error, Id, authority::Actor};
use bluelamp_steward::strategy::{Relation, Strategy, published, strategies, take_up, view, view_published};
use bluelamp_testkit::{TestDb, on_both};

fn office() -> Actor {
    Actor::staff(Id::from_bytes([7; 16]), vec!["programme-office".into()], "strategy")
}

fn take(t: &TestDb, all: Vec<(Strategy, String)>) -> bluelamp_model::Result<u64> {
    t.db.write(&Actor::system(), move |cx| take_up(cx, &all))
}

fn own(text: &str) -> (Strategy, String) {
    (Strategy::parse("own.yaml", text).unwrap_or_else(|e| panic!("{e}")), text.to_owned())
}

#[test]
fn strategies_are_taken_up_once_and_read_by_version() {
    on_both(|t| {
        assert_eq!(take(t, both()).unwrap(), 2);
        assert_eq!(take(t, both()).unwrap(), 0, "at each start, and nothing is new");
        let all = t.db.read(&office(), strategies).unwrap();
        let ids: Vec<_> = all.iter().map(|h| (h.id.as_str(), h.version.as_str(), h.elements)).collect();
        assert_eq!(ids, [(ESSEX, "1.0.0", 40), (NATIONAL, "1.0.0", 237)]);
        assert_eq!(all[0].digest, strategy(ESSEX).digest);

        let seen = t.db.read(&office(), |cx| view(cx, ESSEX, None)).unwrap();
        assert_eq!(*seen.strategy, strategy(ESSEX));
        assert_eq!(seen.versions, ["1.0.0"]);
        // A tie is found from either of its ends.
        let there = t.db.read(&office(), |cx| view(cx, NATIONAL, Some("1.0.0"))).unwrap();
        let ties = there.ties_of("E6");
        assert_eq!(ties.len(), 1);
        assert_eq!(
            (ties[0].relation, ties[0].from.clone().unwrap().to_string()),
            (Relation::Serves, "essex-2021:P01".into())
        );
        assert_eq!(
            there.find(ties[0].from.as_ref().unwrap()).unwrap().name,
            "Digitally skilled, equipped and enabled"
        );
        assert_eq!(
            seen.ties_of("P01"),
            there.ties().into_iter().filter(|x| x.from == ties[0].from).collect::<Vec<_>>()
        );
        assert_eq!((seen.coverages().len(), there.coverages().len()), (1, 1));
    });
}

#[test]
fn a_version_is_never_changed_and_an_id_never_means_something_else() {
    on_both(|t| {
        take(t, both()).unwrap();
        take(t, vec![own(OWN)]).unwrap();
        let digest = own(OWN).0.digest;

        let changed = OWN.replace("Films can be sent in.", "Nothing can be sent in.");
        let Err(Error::Invalid(wrong)) = take(t, vec![own(&changed)]) else { panic!("it was taken") };
        assert_eq!(
            wrong[0].message,
            "the strategy borsetshire-2027 1.0.0 is held with another text: give the changed text a new version"
        );

        let reused =
            OWN.replace("version: 1.0.0", "version: 1.1.0").replace("Films from the public", "Drones");
        let Err(Error::Invalid(wrong)) = take(t, vec![own(&reused)]) else { panic!("it was taken") };
        assert!(wrong[0].message.contains("was 'Films from the public' in version 1.0.0"), "{wrong:?}");
        // Nor may a version that comes late contradict the one after it.
        let before = reused.replace("version: 1.1.0", "version: 0.9.0");
        assert!(matches!(take(t, vec![own(&before)]), Err(Error::Invalid(_))));

        let next =
            OWN.replace("version: 1.0.0", "version: 1.10.0").replace("Films can", "Films and sound can");
        let nearer = OWN.replace("version: 1.0.0", "version: 1.9.0");
        assert_eq!(take(t, vec![own(&next), own(&nearer)]).unwrap(), 2);
        let seen = t.db.read(&office(), |cx| view(cx, "borsetshire-2027", None)).unwrap();
        assert_eq!(seen.strategy.version, "1.10.0", "ten comes after nine");
        assert_eq!(seen.versions, ["1.10.0", "1.9.0", "1.0.0"]);
        let first = t.db.read(&office(), |cx| view(cx, "borsetshire-2027", Some("1.0.0"))).unwrap();
        assert_eq!(first.strategy.digest, digest, "the first version can be read as it was");
    });
}

#[test]
fn two_new_versions_in_one_go_are_held_against_one_another() {
    on_both(|t| {
        let reused =
            OWN.replace("version: 1.0.0", "version: 2.0.0").replace("Films from the public", "Drones");
        assert!(matches!(take(t, vec![own(OWN), own(&reused)]), Err(Error::Invalid(_))));
        let twin = OWN.replace("Films can be sent in.", "Nothing can be sent in.");
        assert!(matches!(take(t, vec![own(OWN), own(&twin)]), Err(Error::Invalid(_))));
        assert!(t.db.read(&office(), strategies).unwrap().is_empty(), "nothing of it was kept");
    });
}

#[test]
fn the_public_reads_what_was_published_and_nothing_else() {
    on_both(|t| {
        take(t, both()).unwrap();
        take(t, vec![own(OWN)]).unwrap();
        let ids =
            |held: Vec<bluelamp_steward::strategy::Held>| held.into_iter().map(|h| h.id).collect::<Vec<_>>();
        assert_eq!(ids(t.db.read(&Actor::public(), published).unwrap()), [ESSEX, NATIONAL]);
        assert_eq!(ids(t.db.read(&office(), strategies).unwrap()), ["borsetshire-2027", ESSEX, NATIONAL]);
        let hidden = t.db.read(&Actor::public(), |cx| view_published(cx, "borsetshire-2027", None));
        assert!(matches!(hidden, Err(Error::NotFound(_))));
        let open = t.db.read(&Actor::public(), |cx| view_published(cx, NATIONAL, None)).unwrap();
        let others: Vec<_> = open.others.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(others, [ESSEX], "nor does it shine through the crosswalk");
        assert!(open.below("A1.1").is_empty() && open.ties_of("A1").iter().all(|tie| tie.strategy == ESSEX));
        let inside = t.db.read(&office(), |cx| view(cx, NATIONAL, None)).unwrap();
        let below: Vec<_> =
            inside.below("A1.1").iter().map(|b| format!("{} {}", b.key, b.reference)).collect();
        assert_eq!(below, ["serves borsetshire-2027:B1.2"]);

        // Opened later: only from that version on.
        let opened = OWN.replace("version: 1.0.0", "version: 1.1.0\npublic: true");
        take(t, vec![own(&opened)]).unwrap();
        let read =
            |version| t.db.read(&Actor::public(), |cx| view_published(cx, "borsetshire-2027", version));
        assert!(read(None).is_ok() && matches!(read(Some("1.0.0")), Err(Error::NotFound(_))));
    });
}

#[test]
fn what_is_not_held_is_not_found() {
    on_both(|t| {
        take(t, both()).unwrap();
        for (id, version) in [("none", None), (ESSEX, Some("9.0.0")), ("a\0b", None), (ESSEX, Some("1\0"))] {
            assert!(
                matches!(t.db.read(&office(), |cx| view(cx, id, version)), Err(Error::NotFound(_))),
                "{id}"
            );
        }
        let seen = t.db.read(&office(), |cx| view(cx, ESSEX, None)).unwrap();
        assert!(matches!(seen.element("A1"), Err(Error::NotFound(_))));
    });
}

#[test]
fn who_may_not_is_refused() {
    bluelamp_testkit::on_both_with(
        &(std::sync::Arc::new(|_: &Actor, ask: &bluelamp_model::authority::Ask| {
            bluelamp_model::authority::Verdict {
                allowed: ask.action == "strategy.import",
                rule: "test".into(),
            }
        }) as std::sync::Arc<bluelamp_store::Policy>),
        |t| {
            take(t, vec![(strategy(NATIONAL), text(NATIONAL))]).unwrap();
            assert!(matches!(t.db.read(&office(), strategies), Err(Error::Forbidden { .. })));
            assert!(matches!(
                t.db.read(&office(), |cx| view(cx, NATIONAL, None)),
                Err(Error::Forbidden { .. })
            ));
            assert!(matches!(t.db.read(&Actor::public(), published), Err(Error::Forbidden { .. })));
        },
    );
}
