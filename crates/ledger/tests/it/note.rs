//! Signed notes. The keys and notes of `PeterNeumann` and `EnochRoot` are the known answers of the Go
//! implementation (golang.org/x/mod/sumdb/note); the note of sum.golang.org is a real checkpoint.

use bluelamp_ledger::{LedgerError, PublicKey, SignedNote, SigningKey, VerifierKey};

const PETER_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
/// The type byte 0x01 and the seed, in base64: a secret key that everybody knows.
const PETER_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ENOCH_KEY: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn peter() -> SigningKey {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let secret = STANDARD.decode(PETER_SECRET).unwrap();
    SigningKey::from_seed("PeterNeumann", secret[1..].try_into().unwrap()).unwrap()
}

fn open(note: &str, keys: &[VerifierKey]) -> Result<SignedNote, LedgerError> {
    let note = SignedNote::parse(note.as_bytes())?;
    note.verify(keys).map(|_| note.clone())
}

#[test]
fn our_signature_is_the_published_one() {
    assert_eq!(peter().verifier().to_string(), PETER_KEY);
    assert_eq!(peter().verifier().id(), 0xc74f_20a3);
    let note = SignedNote::sign(TEXT, &[&peter()]).unwrap();
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}"));
}

#[test]
fn published_notes_verify() {
    let (peter, enoch) = (key(PETER_KEY), key(ENOCH_KEY));
    let note = SignedNote::parse(format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}").as_bytes()).unwrap();
    assert_eq!(note.text, TEXT);
    assert_eq!(note.verify(std::slice::from_ref(&peter)).unwrap(), [&peter]);
    assert_eq!(note.verify(&[enoch.clone(), peter.clone(), enoch.clone()]).unwrap(), [&enoch, &peter]);
    assert!(note.verify(&[]).is_err());
}

#[test]
fn a_checkpoint_of_the_go_checksum_database_verifies() {
    let note = "go.sum database tree\n65209736\n5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n\n\
        — sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n";
    let go = key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
    let note = open(note, std::slice::from_ref(&go)).unwrap();
    let checkpoint = bluelamp_ledger::Checkpoint::parse(&note.text).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("go.sum database tree", 65_209_736));
    assert!(open(&note.to_string().replace("65209736", "65209737"), &[go]).is_err());
}

#[test]
fn lines_of_unknown_keys_are_kept_and_not_looked_at() {
    let enoch_forged = ENOCH_LINE.replace("5n2t", "5n2u");
    // An ML-DSA-44 cosignature is 4 + 8 + 2420 bytes.
    let long = format!("— witness.example/w1 {}\n", "AAAA".repeat(2432 / 4 * 4 / 3));
    let note = format!("{TEXT}\n{enoch_forged}{PETER_LINE}{long}");
    let opened = open(&note, &[key(PETER_KEY)]).unwrap();
    assert_eq!(opened.signatures.len(), 3);
    assert_eq!(opened.to_string(), note);
}

#[test]
fn a_bad_line_of_a_trusted_key_spoils_the_note() {
    let keys = [key(PETER_KEY), key(ENOCH_KEY)];
    let forged = ENOCH_LINE.replace("5n2t", "5n2u");
    let message = |note: String| open(&note, &keys).unwrap_err().to_string();
    assert_eq!(
        message(format!("{TEXT}\n{PETER_LINE}{forged}")),
        "signature of EnochRoot+af0cfe78 rejected: does not verify"
    );
    // Twice by the same key, once right and once wrong.
    assert!(open(&format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}{forged}"), &keys).is_err());
    assert!(open(&format!("{TEXT}\n{ENOCH_LINE}{ENOCH_LINE}"), &keys).is_ok());
}

#[test]
fn a_key_of_the_same_name_or_the_same_id_alone_is_another_key() {
    let peter = [key(PETER_KEY)];
    let same_name = PETER_LINE.replace("x08go", "x08gp");
    let same_id = PETER_LINE.replace("PeterNeumann", "PaulNeumann");
    for line in [same_name, same_id] {
        let error = open(&format!("{TEXT}\n{line}"), &peter).unwrap_err();
        assert!(error.to_string().ends_with("the note does not carry it"), "{error}");
    }
}

#[test]
fn every_flipped_bit_of_a_note_is_noticed() {
    let note = format!("{TEXT}\n{PETER_LINE}").into_bytes();
    let peter = [key(PETER_KEY)];
    for bit in 0..note.len() * 8 {
        let mut flipped = note.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let accepted = SignedNote::parse(&flipped).is_ok_and(|note| note.verify(&peter).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn malformed_notes_are_refused() {
    for (note, why) in [
        (TEXT.to_owned(), "no empty line"),
        (format!("{TEXT}\n"), "no newline at its end"),
        (format!("{TEXT}{PETER_LINE}"), "no empty line"),
        (format!("{TEXT}\n{}", PETER_LINE.trim_end()), "no newline at its end"),
        (format!("{TEXT}\n{PETER_LINE}\n"), "no newline at its end"),
        (format!("{TEXT}\n{PETER_LINE}more\n"), "not a signature line"),
        (format!("{TEXT}\n\n"), "no newline at its end"),
        (format!("\u{1}{TEXT}\n{PETER_LINE}"), "control character at byte 0"),
        (format!("{TEXT}\r\n\n{PETER_LINE}"), "control character"),
        (format!("{TEXT}\n{}", PETER_LINE.replace('—', "-")), "not a signature line"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("— ", "—  ")), "must be non-empty"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("PeterN", "Peter N")), "not standard base64"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("PeterN", "Peter+N")), "plus"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("PeterN", "Peter\u{a0}N")), "spaces"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("AM=", "AM")), "not standard base64"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("AM=", "AN=")), "not standard base64"),
        (format!("{TEXT}\n{}", PETER_LINE.replace("=\n", "= \n")), "not standard base64"),
        (format!("{TEXT}\n— PeterNeumann x08gow==\n"), "not a signature line"),
        (format!("{TEXT}\n— PeterNeumann \n"), "not a signature line"),
        (format!("{TEXT}\n{}", PETER_LINE.repeat(101)), "more than 100 signatures"),
        (format!("{}\n{PETER_LINE}", "long\n".repeat(200_000)), "longer than 1000000 bytes"),
    ] {
        let error = SignedNote::parse(note.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(why), "{error} / {why}");
    }
    assert!(SignedNote::parse(b"\xff\n\n").is_err());
}

#[test]
fn what_cannot_be_read_is_not_signed() {
    assert!(SignedNote::sign("no newline", &[&peter()]).is_err());
    assert!(SignedNote::sign("tab\tinside\n", &[&peter()]).is_err());
    assert!(SignedNote::sign(TEXT, &[]).is_err());
    assert!(SignedNote::sign("empty lines\n\nare allowed\n\n", &[&peter()]).is_ok());
}

#[test]
fn a_verifier_key_reads_back_and_bears_no_change() {
    for text in [PETER_KEY, ENOCH_KEY] {
        assert_eq!(key(text).to_string(), text);
    }
    let bytes = PETER_KEY.as_bytes();
    for start in 0..bytes.len() {
        for end in start..=bytes.len() {
            let whole = start == 0 && end == bytes.len();
            assert_eq!(PETER_KEY[start..end].parse::<VerifierKey>().is_ok(), whole, "{start}..{end}");
        }
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(text) = str::from_utf8(&flipped) {
            assert!(text.parse::<VerifierKey>().is_err(), "{text}");
        }
    }
}

#[test]
fn keys_that_prove_nothing_are_refused() {
    // The neutral element: with it, one signature fits every text.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(VerifierKey::new("name", &PublicKey::Ed25519(neutral)).is_err());
    // Not a point of the curve at all.
    assert!(VerifierKey::new("name", &PublicKey::Ed25519([2; 32])).is_err());
    // From the Go tests: a key of the wrong length and one of an unknown type, each with its right id.
    for text in [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert!(text.parse::<VerifierKey>().is_err());
    }
    for name in ["", "two words", "a+b", "line\nbreak", "a\u{2003}b", "bell\u{7}"] {
        assert!(SigningKey::from_seed(name, &[1; 32]).is_err(), "{name:?}");
    }
}

#[test]
fn a_secret_does_not_show_itself() {
    let shown = format!("{:?}", SigningKey::from_seed("name", &[0xab; 32]).unwrap());
    assert!(!shown.contains("171, 171") && !shown.to_lowercase().contains("abab"), "{shown}");
}
