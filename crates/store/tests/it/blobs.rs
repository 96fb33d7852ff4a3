//! Files by digest.

use bluelamp_model::Error;
use bluelamp_testkit::on_both;
use std::io::{Read, Write};

#[test]
fn a_file_is_kept_under_its_sha_256() {
    on_both(|t| {
        let blob = t.db.put_blob(&b"abc"[..], 10).unwrap();
        // FIPS 180-4, the one-block example.
        assert_eq!(blob.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(blob.size, 3);
        let mut text = String::new();
        t.db.open_blob(&blob.sha256).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        assert_eq!(t.db.put_blob(&b"abc"[..], 10).unwrap(), blob, "the same bytes are kept once");
        assert_eq!(t.db.blob_digests().unwrap(), [blob.sha256]);
    });
}

#[test]
fn too_large_leaves_nothing_behind() {
    on_both(|t| {
        assert!(matches!(t.db.put_blob(&b"abcd"[..], 3), Err(Error::TooLarge(_))));
        assert_eq!(t.db.blob_digests().unwrap(), [""; 0]);
        let left = std::fs::read_dir(t.folder().join("blobs/incoming")).unwrap().count();
        assert_eq!(left, 0);
    });
}

#[test]
fn a_changed_file_is_noticed_and_a_wrong_name_is_not_a_path() {
    on_both(|t| {
        let blob = t.db.put_blob(&b"abc"[..], 10).unwrap();
        assert!(t.db.check_blob(&blob.sha256).unwrap());
        let path = t.folder().join("blobs").join(&blob.sha256[..2]).join(&blob.sha256);
        std::fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"!").unwrap();
        assert!(!t.db.check_blob(&blob.sha256).unwrap());
        for name in ["", "..", "../../etc/passwd", &"z".repeat(64)] {
            assert!(matches!(t.db.open_blob(name), Err(Error::NotFound(_))), "{name}");
        }
    });
}
