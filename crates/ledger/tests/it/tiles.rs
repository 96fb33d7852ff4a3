//! Tiles, their paths and bytes, and the edge that makes them. The examples are those of C2SP tlog-tiles.

use crate::log::{Tiles, leaves, slow_root};
use bluelamp_ledger::{BundleId, Edge, HASHES_PER_TILE, Hash, LedgerError, LogPath, Tile, TileId};
use proptest::prelude::*;

fn tile(level: u8, index: u64, width: u16) -> LogPath {
    LogPath::Tile(TileId { level, index, width })
}

#[test]
fn paths_are_those_of_the_standard() {
    let largest = "tile/63/x018/x446/x744/x073/x709/x551/615.p/255";
    for (path, expected) in [
        ("checkpoint", LogPath::Checkpoint),
        ("tile/0/000", tile(0, 0, 256)),
        ("tile/0/x001/067", tile(0, 1067, 256)),
        ("tile/1/x001/x234/067", tile(1, 1_234_067, 256)),
        ("tile/0/x001/x000/000.p/1", tile(0, 1_000_000, 1)),
        ("tile/entries/x001/x234/067.p/112", LogPath::Entries(BundleId { index: 1_234_067, width: 112 })),
        (largest, tile(63, u64::MAX, 255)),
    ] {
        assert_eq!(LogPath::parse(path).unwrap(), expected);
        assert_eq!(expected.path(), path);
    }
}

#[test]
fn every_other_spelling_is_refused() {
    for path in [
        "",
        "/checkpoint",
        "checkpoint/",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/067",
        "tile/0/x001",
        "tile/0/x001/x067",
        "tile/0/+01",
        "tile/+0/000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000/",
        "tile/0/../000",
        "tile/entries/0",
        "tile/Entries/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(LogPath::parse(path).is_err(), "{path}");
    }
}

proptest! {
    #[test]
    fn every_path_reads_back(level in 0..=63_u8, index: u64, shift in 0..64_u32, width in 1..=HASHES_PER_TILE) {
        let index = index >> shift;
        for path in [tile(level, index, width), LogPath::Entries(BundleId { index, width })] {
            prop_assert_eq!(LogPath::parse(&path.path()), Ok(path));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However a log is cut into batches, the tiles and the root are the same.
    #[test]
    fn batches_leave_no_trace(size in 0..1500_u64, batches in prop::collection::vec(1..400_usize, 1..6)) {
        let leaves = leaves(size);
        let (one_by_one, edge) = Tiles::sealed(&leaves, &[1]);
        let (in_batches, other) = Tiles::sealed(&leaves, &batches);
        prop_assert_eq!(&edge, &other);
        prop_assert!(one_by_one.0 == in_batches.0);
    }
}

#[test]
fn a_log_of_70_000_entries_has_the_tiles_of_the_standard() {
    let (tiles, edge) = Tiles::sealed(&leaves(70_000), &[997]);
    let widths = |level: u8| {
        let mut of_level: Vec<_> = tiles.0.iter().filter(|((l, _), _)| *l == level).collect();
        of_level.sort();
        of_level.iter().map(|(_, bytes)| bytes.len() / 32).collect::<Vec<_>>()
    };
    let mut bottom = vec![256; 273];
    bottom.push(112);
    assert_eq!(widths(0), bottom);
    assert_eq!(widths(1), [256, 17]);
    assert_eq!(widths(2), [1]);
    assert_eq!(tiles.0.len(), 274 + 2 + 1);
    let partial: Vec<String> = edge.tiles().iter().map(|tile| tile.id.path()).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
}

#[test]
fn a_full_tile_has_a_parent_of_width_one() {
    let mut edge = Edge::new();
    let changed = edge.append(&leaves(256)).unwrap();
    let paths: Vec<String> = changed.iter().map(|tile| tile.id.path()).collect();
    assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(changed[1].hashes, [slow_root(&leaves(256))]);
}

#[test]
fn only_tiles_that_changed_are_given() {
    let leaves = leaves(600);
    let mut edge = Edge::new();
    assert_eq!(edge.append(&[]).unwrap(), []);
    edge.append(&leaves[..300]).unwrap();
    let paths = |tiles: Vec<Tile>| tiles.iter().map(|tile| tile.id.path()).collect::<Vec<_>>();
    assert_eq!(paths(edge.append(&leaves[300..310]).unwrap()), ["tile/0/001.p/54"]);
    assert_eq!(
        paths(edge.append(&leaves[310..520]).unwrap()),
        ["tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2"]
    );
    assert_eq!(paths(edge.append(&[]).unwrap()), [""; 0]);
}

#[test]
fn hashes_of_higher_tiles_are_the_roots_of_full_tiles_below() {
    let leaves = leaves(65_537);
    let (tiles, _) = Tiles::sealed(&leaves, &[1000]);
    let stored = |level, index| {
        let bytes: &Vec<u8> = &tiles.0[&(level, index)];
        bytes.chunks(32).map(|hash| Hash::from_slice(hash).unwrap()).collect::<Vec<_>>()
    };
    for (n, hash) in stored(1, 0).iter().enumerate() {
        assert_eq!(*hash, slow_root(&leaves[n * 256..(n + 1) * 256]), "hash {n} of level 1");
    }
    assert_eq!(stored(2, 0), [slow_root(&leaves[..65_536])]);
    assert_eq!(stored(0, 256), [leaves[65_536]]);
}

#[test]
fn an_edge_is_rebuilt_from_its_partial_tiles_alone() {
    let leaves = leaves(70_000);
    let mut edge = Edge::new();
    let mut tiles = Tiles::default();
    let mut before = 0;
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 600, 65_535, 65_536, 65_537, 70_000] {
        tiles.store(&mut edge, &leaves[before..size]);
        before = size;
        let mut reads = 0;
        let mut read = |id: TileId| {
            reads += 1;
            assert!(id.width < HASHES_PER_TILE, "{} is not at the edge", id.path());
            tiles.reader()(id)
        };
        let rebuilt = Edge::from_tiles(edge.size(), Some(&edge.root()), &mut read).unwrap();
        assert_eq!(rebuilt, edge, "{size} entries");
        assert!(reads <= 3);
    }
}

#[test]
fn an_edge_is_refused_where_its_tiles_do_not_give_the_root() {
    let (mut tiles, edge) = Tiles::sealed(&leaves(300), &[300]);
    tiles.0.get_mut(&(0, 1)).unwrap()[5] ^= 1;
    let refused = Edge::from_tiles(300, Some(&edge.root()), &mut tiles.reader());
    assert!(matches!(refused, Err(LedgerError::RootDiffers { size: 300, .. })));
    assert_ne!(Edge::from_tiles(300, None, &mut tiles.reader()).unwrap().root(), edge.root());
}

#[test]
fn an_edge_of_the_largest_size_takes_no_more() {
    // Nobody can append so much; tiles of any content make an edge of that size.
    let mut anything = |id: TileId| Ok(vec![7; usize::from(id.width) * 32]);
    let mut edge = Edge::from_tiles(u64::MAX, None, &mut anything).unwrap();
    let before = edge.clone();
    assert!(matches!(edge.append(&leaves(1)), Err(LedgerError::OutOfRange(_))));
    assert_eq!(edge, before);
    let mut nearly = Edge::from_tiles(u64::MAX - 1, None, &mut anything).unwrap();
    assert_eq!(nearly.append(&leaves(1)).unwrap().len(), 1);
    assert_eq!(nearly.size(), u64::MAX);
}

#[test]
fn a_tile_takes_the_front_of_a_wider_state_and_nothing_else() {
    let id = TileId { level: 0, index: 9, width: 3 };
    let bytes: Vec<u8> = (0..=255).flat_map(|n| [n; 32]).collect();
    for stored in [3, 4, 200, 256] {
        let tile = Tile::parse(id, &bytes[..stored * 32]).unwrap();
        assert_eq!(tile.hashes, [Hash([0; 32]), Hash([1; 32]), Hash([2; 32])]);
        assert_eq!(tile.to_bytes(), bytes[..96]);
    }
    let too_long = [bytes.as_slice(), &[0; 32]].concat();
    for stored in [&bytes[..0], &bytes[..64], &bytes[..95], &bytes[..97], &too_long] {
        assert!(
            matches!(Tile::parse(id, stored), Err(LedgerError::BadTile { .. })),
            "{} bytes",
            stored.len()
        );
    }
}
