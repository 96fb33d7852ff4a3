//! The signed head of the log.

use crate::log::{ORIGIN, log_key};
use bluelamp_ledger::{Checkpoint, EMPTY_ROOT, Hash, LedgerError, SignedNote, SigningKey, leaf_hash};

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size, root: leaf_hash(b"anything"), extensions: Vec::new() }
}

#[test]
fn three_lines_and_the_extensions() {
    let mut checkpoint = checkpoint(20_852_163);
    checkpoint.root = Hash::from_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=").unwrap();
    checkpoint.origin = "example.com/behind-the-sofa".to_owned();
    // The example of C2SP tlog-checkpoint.
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(checkpoint.to_text(), text);
    assert_eq!(Checkpoint::parse(text), Ok(checkpoint.clone()));
    checkpoint.extensions = vec!["anything at all".to_owned(), "and more".to_owned()];
    assert_eq!(Checkpoint::parse(&format!("{text}anything at all\nand more\n")), Ok(checkpoint));
}

#[test]
fn the_empty_log_has_a_checkpoint_too() {
    let empty = Checkpoint { size: 0, root: EMPTY_ROOT, ..checkpoint(0) };
    assert_eq!(Checkpoint::parse(&empty.to_text()), Ok(empty));
    assert!(Checkpoint::parse(&checkpoint(0).to_text()).is_err());
}

#[test]
fn everything_else_is_refused() {
    let good = checkpoint(12).to_text();
    let root = checkpoint(12).root.to_base64();
    assert!(Checkpoint::parse(&good).is_ok());
    for bad in [
        String::new(),
        "\n".to_owned(),
        format!("{ORIGIN}\n12\n"),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        format!("\n{good}"),
        format!("{good}extension\n\nafter an empty line\n"),
        good.replace("\n12\n", "\n012\n"),
        good.replace("\n12\n", "\n+12\n"),
        good.replace("\n12\n", "\n-12\n"),
        good.replace("\n12\n", "\n 12\n"),
        good.replace("\n12\n", "\n12 \n"),
        good.replace("\n12\n", "\n1e1\n"),
        good.replace("\n12\n", "\n\u{661}\u{662}\n"),
        good.replace("\n12\n", "\n18446744073709551616\n"),
        good.replace(&root, &root[..40]),
        good.replace(&root, &format!("{root} ")),
        good.replace(&root, root.trim_end_matches('=')),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_signed_checkpoint_opens_with_the_key_of_the_log() {
    let note = checkpoint(12).sign(&[&log_key()]).unwrap();
    let (opened, kept) =
        Checkpoint::open(note.to_string().as_bytes(), &[log_key().verifier().clone()]).unwrap();
    assert_eq!(opened, checkpoint(12));
    assert_eq!(kept, note);
}

#[test]
fn every_key_that_is_asked_for_must_have_signed() {
    let (first, second) = (log_key(), SigningKey::from_seed(ORIGIN, &[43; 32]).unwrap());
    let both = [first.verifier().clone(), second.verifier().clone()];
    let by_both = checkpoint(12).sign(&[&first, &second]).unwrap().to_string();
    let by_one = checkpoint(12).sign(&[&first]).unwrap().to_string();
    assert!(Checkpoint::open(by_both.as_bytes(), &both).is_ok());
    assert!(Checkpoint::open(by_both.as_bytes(), &both[..1]).is_ok());
    assert!(Checkpoint::open(by_one.as_bytes(), &both[..1]).is_ok());
    let error = Checkpoint::open(by_one.as_bytes(), &both).unwrap_err();
    assert!(matches!(error, LedgerError::BadSignature { .. }), "{error}");
    assert!(Checkpoint::open(by_one.as_bytes(), &[]).is_err());
}

#[test]
fn a_checkpoint_that_speaks_for_another_log_is_refused() {
    let mut other = checkpoint(12);
    other.origin = "police.example/elsewhere/log".to_owned();
    assert!(other.sign(&[&log_key()]).is_err());
    let note = SignedNote::sign(&other.to_text(), &[&log_key()]).unwrap().to_string();
    let error = Checkpoint::open(note.as_bytes(), &[log_key().verifier().clone()]).unwrap_err();
    assert!(error.to_string().contains("speaks for 'police.example/elsewhere/log'"), "{error}");
}

#[test]
fn nothing_is_signed_that_would_read_differently() {
    let with = |extension: &str| Checkpoint { extensions: vec![extension.to_owned()], ..checkpoint(12) };
    for extension in ["", "two\nlines", "a\ttab", "\n"] {
        assert!(with(extension).sign(&[&log_key()]).is_err(), "{extension:?}");
    }
    assert!(with("one line").sign(&[&log_key()]).is_ok());
    assert!(Checkpoint { origin: "a\n1".to_owned(), ..checkpoint(12) }.sign(&[&log_key()]).is_err());
    assert!(checkpoint(12).sign(&[]).is_err());
}

#[test]
fn every_flipped_bit_is_noticed() {
    let note = checkpoint(12).sign(&[&log_key()]).unwrap().to_string().into_bytes();
    let keys = [log_key().verifier().clone()];
    assert!(Checkpoint::open(&note, &keys).is_ok());
    for bit in 0..note.len() * 8 {
        let mut flipped = note.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(Checkpoint::open(&flipped, &keys).is_err(), "bit {bit}");
    }
}
