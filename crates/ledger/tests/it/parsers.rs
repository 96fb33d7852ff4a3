//! No bytes from outside make a parser panic, and what a parser accepts it writes back the same.

use bluelamp_ledger::{
    Checkpoint, Edge, Entry, Hash, LogPath, ProofFile, SignedNote, Tile, TileId, Tree, VerifierKey,
    decode_bundle, encode_bundle,
};
use proptest::prelude::*;

/// Text in which the signs that matter to the parsers are frequent.
fn likely_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("— ".to_owned()),
        Just("+".to_owned()),
        Just("=".to_owned()),
        Just("/".to_owned()),
        Just("tile/".to_owned()),
        Just("x001".to_owned()),
        Just(".p/".to_owned()),
        Just("AAAAAAAAAAAA".to_owned()),
        Just(Hash([9; 32]).to_base64()),
        "[0-9]{1,20}",
        "[a-z]{1,4}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn all_parsers(bytes: &[u8]) {
    if let Ok(note) = SignedNote::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.to_bytes(), bytes);
    }
    if let Ok(entries) = decode_bundle(bytes) {
        assert_eq!(encode_bundle(&entries).unwrap(), bytes);
    }
    for width in [0, 1, 2, 256, u16::MAX] {
        let id = TileId { level: 63, index: u64::MAX, width };
        if let Ok(tile) = Tile::parse(id, bytes) {
            assert!(bytes.starts_with(&tile.to_bytes()));
        }
    }
    let _ = Checkpoint::open(bytes, &[]);
    let _ = serde_json::from_slice::<ProofFile>(bytes);
    for size in [0, 1, 256, 65_537, u64::MAX] {
        let _ = Edge::from_tiles(size, Some(&Hash([0; 32])), &mut |_| Ok(bytes.to_vec()));
        let _ = Tree::open(size, Hash([0; 32]), &mut |_| Ok(bytes.to_vec()));
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_text(), text);
    }
    if let Ok(path) = LogPath::parse(text) {
        assert_eq!(path.path(), text);
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(hash) = Hash::from_base64(text) {
        assert_eq!(hash.to_base64(), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        all_parsers(&bytes);
    }

    #[test]
    fn likely_looking_text(text in likely_text()) {
        all_parsers(text.as_bytes());
    }

    #[test]
    fn entry_shaped_bytes(mut bytes in prop::collection::vec(any::<[u8; 35]>(), 1..5)) {
        for record in &mut bytes {
            record[..3].copy_from_slice(&[0, 33, 1]);
        }
        let bytes = bytes.concat();
        prop_assert!(decode_bundle(&bytes).is_ok());
        all_parsers(&bytes);
    }
}
