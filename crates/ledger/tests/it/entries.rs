//! An event enters the log as a salted digest and as nothing else.

use crate::log::{entry, event, salt};
use bluelamp_ledger::{
    BUNDLE_MAX, BundleId, ENTRY_BYTES, Entry, Hash, LedgerError, commitment, decode_bundle, encode_bundle,
    leaf_hash,
};

/// Computed with coreutils: `printf 'bluelamp-event-1\n0123456789abcdefhello' | sha256sum`.
#[test]
fn a_commitment_is_the_digest_of_domain_salt_and_event() {
    let got = commitment(b"0123456789abcdef", b"hello");
    assert_eq!(got.0.to_string(), "d45984be555d2809c5546e980cb067809bf397d65eb21ad30c596dd62c7a3fe8");
}

#[test]
fn an_entry_is_a_version_byte_and_the_commitment() {
    let entry = entry(3);
    let bytes = entry.to_bytes();
    assert_eq!((bytes.len(), bytes[0]), (ENTRY_BYTES, 1));
    assert_eq!(bytes[1..], commitment(&salt(3), &event(3)).0.0);
    assert_eq!(Entry::parse(&bytes), Ok(entry));
    assert_eq!(entry.leaf_hash(), leaf_hash(&bytes));
}

#[test]
fn another_salt_or_another_event_gives_another_entry() {
    assert_ne!(commitment(&salt(1), &event(1)), commitment(&salt(2), &event(1)));
    assert_ne!(commitment(&salt(1), &event(1)), commitment(&salt(1), &event(2)));
    // Moving a byte from salt to event is not possible: the salt has a fixed length.
    assert_ne!(commitment(b"0123456789abcdef", b"x"), commitment(b"123456789abcdefx", b""));
}

#[test]
fn entries_of_other_lengths_or_versions_are_refused() {
    let bytes = entry(0).to_bytes();
    assert!(Entry::parse(&bytes[..32]).is_err());
    assert!(Entry::parse(&[bytes.as_slice(), &[0]].concat()).is_err());
    for version in (0..=255).filter(|version| *version != 1) {
        let mut other = bytes;
        other[0] = version;
        assert!(Entry::parse(&other).is_err(), "version {version}");
    }
}

#[test]
fn bundles_come_back_as_they_went_in() {
    for count in [1, 2, 255, 256] {
        let entries: Vec<Entry> = (0..count).map(entry).collect();
        let bytes = encode_bundle(&entries).unwrap();
        assert_eq!(bytes[..3], [0, 33, 1]);
        assert_eq!(bytes.len(), entries.len() * 35);
        assert_eq!(decode_bundle(&bytes).unwrap(), entries);
    }
}

#[test]
fn bundles_that_are_empty_cut_off_or_too_long_are_refused() {
    let full: Vec<Entry> = (0..256).map(entry).collect();
    let bytes = encode_bundle(&full).unwrap();
    let refused = |bytes: &[u8]| decode_bundle(bytes).unwrap_err();
    assert!(matches!(refused(&[]), LedgerError::OutOfRange(_)));
    assert!(matches!(refused(&bytes[..bytes.len() - 1]), LedgerError::Malformed { .. }));
    assert!(matches!(refused(&[bytes.as_slice(), &bytes[..35]].concat()), LedgerError::OutOfRange(_)));
    assert!(matches!(encode_bundle(&[]), Err(LedgerError::OutOfRange(_))));
    assert!(encode_bundle(&[full, vec![entry(0)]].concat()).is_err());
    assert_eq!(BUNDLE_MAX, 256);
    let mut wrong_length = bytes[..70].to_vec();
    wrong_length[36] = 32;
    let message = refused(&wrong_length).to_string();
    assert_eq!(message, "malformed entry bundle: entry 1 says it is 32 bytes long, not 33");
}

#[test]
fn a_bundle_lies_beside_its_tile() {
    assert_eq!(BundleId { index: 1_234_067, width: 256 }.path(), "tile/entries/x001/x234/067");
    assert_eq!(BundleId { index: 0, width: 7 }.path(), "tile/entries/000.p/7");
}

#[test]
fn a_hash_speaks_hexadecimal_to_people_and_base64_to_machines() {
    let hash = leaf_hash(b"");
    assert_eq!(hash.to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
    assert_eq!(serde_json::to_string(&hash).unwrap(), format!("\"{}\"", hash.to_base64()));
    assert_eq!(serde_json::from_str::<Hash>(&format!("\"{}\"", hash.to_base64())).unwrap(), hash);
    // The last digit of 32 bytes in base64 carries two bits that must be zero.
    let sloppy = hash.to_base64().replace("B0=", "B1=");
    assert_ne!(sloppy, hash.to_base64());
    assert!(Hash::from_base64(&sloppy).is_err());
}
