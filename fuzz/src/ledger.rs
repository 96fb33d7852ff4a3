//! What is read of a log by somebody who does not trust it. Everything is accepted in one spelling only, and
//! nothing is accepted that the log did not sign.

use crate::{accept, named_twice, text};
use bluelamp_ledger::{
    Checkpoint, Consistency, Edge, Entry, EntryProof, Hash, LedgerError, LogPath, ProofFile, Shown,
    SignedNote, SigningKey, Tile, TileId, Tree, VerifierKey, commitment, decode_bundle, encode_bundle,
    verify_consistency, verify_inclusion,
};
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) const ORIGIN: &str = "police.example/borsetshire/log";

/// The sizes at which the made-up log signed a checkpoint.
const SIGNED: [u64; 4] = [0, 1, 300, 600];

/// A made-up log of 600 entries, and what it signed.
pub(crate) struct Log {
    pub(crate) key: SigningKey,
    pub(crate) tiles: BTreeMap<(u8, u64), Vec<u8>>,
    /// The signed heads, by size.
    pub(crate) heads: BTreeMap<u64, (Checkpoint, SignedNote)>,
}

pub(crate) static LOG: LazyLock<Log> = LazyLock::new(|| {
    let key = SigningKey::from_seed(ORIGIN, &[42; 32]).expect("the origin is a name");
    let mut log = Log { key, tiles: BTreeMap::new(), heads: BTreeMap::new() };
    let mut edge = Edge::new();
    for size in SIGNED {
        let leaves: Vec<_> = (edge.size()..size).map(|n| entry(n).leaf_hash()).collect();
        for tile in edge.append(&leaves).expect("600 entries fit into a log") {
            log.tiles.insert((tile.id.level, tile.id.index), tile.to_bytes());
        }
        let head = Checkpoint { origin: ORIGIN.into(), size, root: edge.root(), extensions: Vec::new() };
        let note = head.sign(&[&log.key]).expect("the key has the log's name");
        log.heads.insert(size, (head, note));
    }
    log
});

pub(crate) fn event(n: u64) -> Vec<u8> {
    format!("{{\"op\":\"consult\",\"n\":{n}}}").into_bytes()
}

fn salt(n: u64) -> [u8; 16] {
    u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

pub(crate) fn entry(n: u64) -> Entry {
    commitment(&salt(n), &event(n)).into()
}

impl Log {
    fn tile(&self, id: TileId) -> Result<Vec<u8>, LedgerError> {
        let absent = || LedgerError::Unreadable { id, why: "no such tile".into() };
        self.tiles.get(&(id.level, id.index)).cloned().ok_or_else(absent)
    }

    /// A file of proofs about these entries: every other one with its event.
    pub(crate) fn proofs(&self, size: u64, indexes: &[u64], earlier: Option<u64>) -> ProofFile {
        let (head, note) = &self.heads[&size];
        let read = &mut |id| self.tile(id);
        let mut tree = Tree::open(size, head.root, read).expect("the log's own tiles");
        let mut proof = |index: u64| EntryProof {
            index,
            shown: if index.is_multiple_of(2) {
                Shown::Event { event: event(index), salt: salt(index) }
            } else {
                Shown::Commitment(entry(index).commitment)
            },
            proof: tree.inclusion_proof(index, size, read).expect("the log's own entry"),
        };
        let entries = indexes.iter().map(|index| proof(*index)).collect();
        let consistency = earlier.map(|old| Consistency {
            checkpoint: self.heads[&old].1.to_string(),
            proof: tree.consistency_proof(old, size, read).expect("the log's own history"),
        });
        ProofFile {
            vkeys: vec![self.key.verifier().to_string()],
            checkpoint: note.to_string(),
            entries,
            consistency,
        }
    }
}

/// A signed note: written again, it is the same bytes.
pub(crate) fn note(data: &[u8]) {
    if let Ok(note) = SignedNote::parse(data) {
        accept();
        assert_eq!(note.to_string().as_bytes(), data);
        let verified = note.verify(std::slice::from_ref(LOG.key.verifier())).is_ok();
        assert!(
            !verified || LOG.heads.values().any(|(_, signed)| signed.text == note.text),
            "nobody signed this text"
        );
        assert!(note.verify(&[]).is_err(), "a note proves nothing without a trusted key");
    }
}

/// A checkpoint, as text and signed: one spelling, and opened only where the log signed just that.
pub(crate) fn checkpoint(data: &[u8]) {
    if let Some(Ok(checkpoint)) = text(data).map(Checkpoint::parse) {
        assert_eq!(checkpoint.to_text().as_bytes(), data);
    }
    if let Ok((opened, _)) = Checkpoint::open(data, std::slice::from_ref(LOG.key.verifier())) {
        accept();
        assert_eq!(
            LOG.heads.get(&opened.size).map(|(head, _)| head),
            Some(&opened),
            "the log never signed this"
        );
    }
    let other = SigningKey::from_seed(ORIGIN, &[43; 32]).expect("the origin is a name");
    assert!(Checkpoint::open(data, &[other.verifier().clone()]).is_err());
    assert!(Checkpoint::open(data, &[LOG.key.verifier().clone(), other.verifier().clone()]).is_err());
}

/// A path below a log's prefix: one spelling each.
pub(crate) fn path(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(path) = LogPath::parse(text) {
        accept();
        assert_eq!(path.path(), text);
        assert!(!text.contains("..") && !text.starts_with('/'), "a path leads out of the log");
    }
}

/// The text form of a key: one spelling, and its id is that of its name and bytes.
pub(crate) fn verifier_key(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(key) = text.parse::<VerifierKey>() {
        accept();
        assert_eq!(key.to_string(), text);
        assert_eq!(VerifierKey::new(key.name(), key.public_key()).as_ref(), Ok(&key));
        let note = SignedNote::sign("text\n", &[&LOG.key]).expect("the text ends in a newline");
        assert_eq!(note.verify(std::slice::from_ref(&key)).is_ok(), key == *LOG.key.verifier());
    }
    if let Ok(hash) = Hash::from_base64(text) {
        assert_eq!(hash.to_base64(), text);
    }
}

/// One entry, and a bundle of them: written again, they are the same bytes.
pub(crate) fn bundle(data: &[u8]) {
    if let Ok(entry) = Entry::parse(data) {
        assert_eq!(entry.to_bytes(), data);
    }
    if let Ok(entries) = decode_bundle(data) {
        accept();
        assert_eq!(encode_bundle(&entries).expect("what was read is no more than a bundle"), data);
    }
}

/// Tiles that the storage gives, right or wrong: a tree opens only where they are those of the signed root.
pub(crate) fn tile(data: &[u8]) {
    for width in [0, 1, 2, 255, 256, u16::MAX] {
        let id = TileId { level: 63, index: u64::MAX, width };
        if let Ok(tile) = Tile::parse(id, data) {
            assert!(data.starts_with(&tile.to_bytes()) && tile.hashes.len() == usize::from(width));
        }
    }
    for (size, (head, _)) in &LOG.heads {
        // Each tile in turn is the one from outside.
        for place in LOG.tiles.keys() {
            let read = &mut |id: TileId| {
                if (id.level, id.index) == *place { Ok(data.to_vec()) } else { LOG.tile(id) }
            };
            if let Ok(edge) = Edge::from_tiles(*size, Some(&head.root), read) {
                assert_eq!(edge.root(), head.root);
            }
            let Ok(mut tree) = Tree::open(*size, head.root, read) else { continue };
            accept();
            for index in [0, 255, 256, 299, 599] {
                match tree.leaf(index, read) {
                    Ok(leaf) => assert_eq!(leaf, entry(index).leaf_hash(), "a leaf that is not in the log"),
                    Err(_) => continue,
                }
                if let Ok(proof) = tree.inclusion_proof(index, *size, read) {
                    let leaf = entry(index).leaf_hash();
                    assert_eq!(verify_inclusion(&leaf, index, *size, &proof, &head.root), Ok(()));
                }
            }
        }
        let _ = Edge::from_tiles(*size, None, &mut |_| Ok(data.to_vec()));
    }
    for size in [65_536, 65_537, u64::MAX] {
        assert!(Tree::open(size, Hash([0; 32]), &mut |_| Ok(data.to_vec())).is_err());
    }
}

/// Hashes as a proof: the first is the leaf or the old root, and sixteen bytes before them say where and how many.
/// Nothing is proven but what is in the log.
pub(crate) fn proof(data: &[u8]) {
    let Some((numbers, rest)) = data.split_first_chunk::<16>() else { return };
    let number = |at: usize| numbers[at..at + 8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    let (a, b) = (number(0), number(8));
    let hashes: Vec<Hash> = rest.as_chunks::<32>().0.iter().map(|chunk| Hash(*chunk)).collect();
    let Some((first, proof)) = hashes.split_first() else { return };
    let _ = verify_inclusion(first, a, b, proof, &Hash([1; 32]));
    let _ = verify_consistency(a, first, b, &Hash([1; 32]), proof);
    let Some((head, _)) = LOG.heads.get(&b) else { return };
    if verify_inclusion(first, a, b, proof, &head.root).is_ok() {
        accept();
        assert!(a < b && *first == entry(a).leaf_hash(), "the log has no such entry");
    }
    if verify_consistency(a, first, b, &head.root, proof).is_ok() {
        accept();
        let mut tree = Tree::open(b, head.root, &mut |id| LOG.tile(id)).expect("the log's own tiles");
        let root = tree.root_at(a, &mut |id| LOG.tile(id)).expect("a size that the log had");
        assert_eq!(root, *first, "the log never had this root");
    }
}

/// A file of proofs as JSON: read and written it is the same, and what it proves the log really holds.
pub(crate) fn proof_file(data: &[u8]) {
    let Ok(file) = serde_json::from_slice::<ProofFile>(data) else { return };
    assert!(text(data).is_some_and(|text| !named_twice(text)), "a member given twice went unnoticed");
    let written = serde_json::to_vec(&file).expect("a file of proofs is JSON");
    assert_eq!(serde_json::from_slice::<ProofFile>(&written).expect("what was written can be read"), file);
    assert!(file.verify(&[]).is_err(), "a file proves nothing without a trusted key");
    if let Ok(found) = file.verify(std::slice::from_ref(LOG.key.verifier())) {
        accept();
        assert_eq!(LOG.heads.get(&found.checkpoint.size).map(|(head, _)| head), Some(&found.checkpoint));
        assert_eq!(found.opened + found.withheld, file.entries.len());
        for proven in &file.entries {
            assert_eq!(proven.shown.commitment(), entry(proven.index).commitment, "entry {}", proven.index);
            if let Shown::Event { event: shown, .. } = &proven.shown {
                assert_eq!(*shown, event(proven.index));
            }
        }
        assert!(
            found.earlier.is_none_or(|old| LOG.heads.get(&old.size).is_some_and(|(head, _)| *head == old))
        );
    }
}
