//! Exhibit references, names that are safe everywhere, and what first bytes claim.

use bluelamp_evidence::{detect, exhibit, safe_file_name};
use proptest::prelude::*;

#[test]
fn exhibit_references_are_initials_and_a_number() {
    for (typed, read) in [("AB/1", "AB/1"), (" abc/99999 ", "ABC/99999"), ("QUILL/12", "QUILL/12")] {
        assert_eq!(exhibit(typed).unwrap(), read);
    }
    for typed in [
        "",
        "AB",
        "AB/",
        "/1",
        "A/1",
        "ABCDEF/1",
        "AB/0",
        "AB/01",
        "AB/100000",
        "AB/1/2",
        "AB-1",
        "ÄB/1",
        "A1/1",
    ] {
        assert!(exhibit(typed).is_err(), "{typed}");
    }
}

#[test]
fn names_lose_what_could_do_harm_and_keep_the_rest() {
    for (given, safe) in [
        ("holiday.jpg", "holiday.jpg"),
        ("Zebedee's unicycle (2).JPG", "Zebedee_s_unicycle_2_.JPG"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\CCTV.avi", "CCTV.avi"),
        ("/", "file"),
        ("", "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("-rf", "rf"),
        ("a\0b\nc.txt", "a_b_c.txt"),
        ("gpj.\u{202e}exe", "gpj._exe"),
        ("con", "xcon"),
        ("COM1.txt", "xCOM1.txt"),
        ("com10.txt", "com10.txt"),
        ("caf\u{e9}.pdf", "caf_.pdf"),
        ("a%2e%2e%2fb", "a_2e_2e_2fb"),
        ("trailing. ", "trailing"),
    ] {
        assert_eq!(safe_file_name(given), safe, "{given:?}");
    }
    let long = safe_file_name(&format!("{}.jpeg", "a".repeat(500)));
    assert_eq!((long.len(), long.ends_with("a.jpeg")), (100, true));
}

#[test]
fn the_first_bytes_claim_a_type() {
    for (bytes, media) in [
        (b"\xff\xd8\xff\xdb".as_slice(), Some("image/jpeg")),
        (b"\x89PNG\r\n\x1a\n\0\0", Some("image/png")),
        (b"GIF89a", Some("image/gif")),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Some("image/webp")),
        (b"RIFF\x24\0\0\0WAVEfmt ", None),
        (b"%PDF-1.7\n", Some("application/pdf")),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", Some("video/mp4")),
        (b"\0\0\0\x18ftypheic\0\0\0\0", None),
        (b"\0\0\0\x18ftyp", None),
        (b"PK\x03\x04\x14\0", Some("application/zip")),
        (b"plain words, caf\xc3\xa9\r\n", Some("text/plain")),
        (b"caf\xe9", None),
        (b"a\0b", None),
        (b"", None),
    ] {
        assert_eq!(detect(bytes), media, "{bytes:?}");
    }
    // A character that the end of the head cuts in two is still text; a short file that ends in one is not.
    let mut cut = vec![b'a'; 4095];
    cut.push(0xc3);
    assert_eq!(detect(&cut), Some("text/plain"));
    assert_eq!(detect(b"a\xc3"), None);
}

proptest! {
    #[test]
    fn whatever_is_given_a_safe_name_is_safe(given in ".{0,300}") {
        let name = safe_file_name(&given);
        prop_assert!((1..=100).contains(&name.len()));
        prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{}", name);
        prop_assert!(!name.starts_with(['.', '-']) && !name.ends_with('.'), "{}", name);
        // What is safe already stays as it is.
        prop_assert_eq!(safe_file_name(&name), name.clone());
    }
}
