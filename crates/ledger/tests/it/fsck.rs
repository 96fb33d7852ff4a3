//! What a nightly check finds.

use crate::log::{Tiles, entry, leaves};
use bluelamp_ledger::{Edge, Entry, Finding, Hash, LedgerError, fsck};

const SIZE: u64 = 66_000;

fn entries(size: u64) -> impl Iterator<Item = Result<Entry, LedgerError>> {
    (0..size).map(|n| Ok(entry(n)))
}

fn healthy() -> (Tiles, Hash) {
    let (tiles, edge) = Tiles::sealed(&leaves(SIZE), &[5000]);
    (tiles, edge.root())
}

fn findings(
    size: u64,
    root: &Hash,
    entries: impl Iterator<Item = Result<Entry, LedgerError>>,
    tiles: &Tiles,
) -> Vec<String> {
    fsck(size, root, entries, &mut tiles.reader()).unwrap().iter().map(Finding::to_string).collect()
}

#[test]
fn a_healthy_log_has_no_findings() {
    let (tiles, root) = healthy();
    assert_eq!(findings(SIZE, &root, entries(SIZE), &tiles), [""; 0]);
    assert_eq!(findings(0, &Edge::new().root(), entries(0), &tiles), [""; 0]);
}

#[test]
fn every_tile_that_is_wrong_absent_or_short_is_named() {
    let (mut tiles, root) = healthy();
    tiles.0.get_mut(&(0, 3)).unwrap()[32 * 17] ^= 1;
    tiles.0.get_mut(&(2, 0)).unwrap()[0] ^= 1;
    tiles.0.remove(&(0, 100));
    tiles.0.get_mut(&(0, 257)).unwrap().truncate(64);
    let found = findings(SIZE, &root, entries(SIZE), &tiles);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[0].starts_with("tile/0/003: hash 17 is "));
    assert_eq!(found[1], "cannot read tile/0/100: no such tile");
    assert!(found[2].starts_with("tile/0/257.p/208 does not belong to this tree: 64 bytes"));
    assert!(found[3].starts_with("tile/2/000.p/1: hash 0 is "));
}

#[test]
fn an_entry_that_was_changed_shows_in_its_tile_all_above_and_the_root() {
    let (tiles, root) = healthy();
    let changed = (0..SIZE).map(|n| Ok(if n == 777 { entry(1_000_000) } else { entry(n) }));
    let found = fsck(SIZE, &root, changed, &mut tiles.reader()).unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|finding| match finding {
            Finding::Hash { tile, position, .. } => (tile.as_str(), *position),
            Finding::Root { expected, .. } if *expected == root => ("root", 0),
            other => panic!("{other}"),
        })
        .collect();
    // 777 = 3 * 256 + 9
    assert_eq!(places, [("tile/0/003", 9), ("tile/1/000", 3), ("tile/2/000.p/1", 0), ("root", 0)]);
}

#[test]
fn missing_and_surplus_entries_are_counted() {
    let (tiles, edge) = Tiles::sealed(&leaves(1000), &[300]);
    let found = findings(1000, &edge.root(), entries(999), &tiles);
    assert_eq!(found[0], "999 entries, expected 1000");
    assert!(found[1].starts_with("the entries give the root "));
    assert_eq!(found.len(), 2);
    assert_eq!(findings(1000, &edge.root(), entries(1005), &tiles), ["1001 entries, expected 1000"]);
    let found = findings(1000, &edge.root(), entries(0), &tiles);
    assert_eq!(found[0], "0 entries, expected 1000");
}

#[test]
fn entries_that_cannot_be_read_end_the_check() {
    let (tiles, edge) = Tiles::sealed(&leaves(1000), &[300]);
    let broken = entries(10).chain([Entry::parse(&[0; 33])]).chain(entries(1000));
    assert!(fsck(1000, &edge.root(), broken, &mut tiles.reader()).is_err());
}
