//! Every byte counts: whatever is changed anywhere, in whichever way, the check refuses and names the file.

use crate::{build::files, refuse::Spoiled};
use std::fs;

/// Files up to this length are tried at every byte; of longer ones the ends and a sample.
const SHORT: usize = 700;
const SAMPLE: usize = 50;

fn places(length: usize) -> Vec<usize> {
    if length <= SHORT {
        return (0..length).collect();
    }
    let step = length / SAMPLE;
    (0..8).chain((8..length - 8).step_by(step)).chain(length - 8..length).collect()
}

#[test]
fn a_changed_byte_is_found_wherever_it_is() {
    let s = Spoiled::new();
    for file in files(&s.at) {
        let whole = fs::read(s.path(&file)).unwrap();
        for place in places(whole.len()) {
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << (place % 8);
            fs::write(s.path(&file), bytes).unwrap();
            let found = s.check();
            assert!(!found.ok && found.proves.is_empty(), "{file} at {place}");
            // A changed line of a manifest makes the file that it lists the suspect.
            let named = found.problems.iter().any(|p| p.file == file) || file.contains("manifest-");
            assert!(named, "{file} at {place}: {found}");
        }
        fs::write(s.path(&file), whole).unwrap();
    }
    assert!(s.check().ok);
}

/// The same for those who know how to write a manifest.
#[test]
fn a_changed_byte_is_found_though_the_manifests_were_written_anew() {
    let s = Spoiled::new();
    for file in files(&s.at).iter().filter(|f| *f != "tagmanifest-sha256.txt") {
        let whole = fs::read(s.path(file)).unwrap();
        for place in places(whole.len()).into_iter().step_by(3) {
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << ((place / 3) % 8);
            fs::write(s.path(file), bytes).unwrap();
            if file.starts_with("data/") {
                s.remanifest();
            }
            s.retag();
            let found = s.check();
            assert!(!found.ok && found.proves.is_empty(), "{file} at {place}");
        }
        s.anew();
    }
    assert!(s.check().ok);
}

#[test]
fn a_file_that_is_cut_off_made_longer_emptied_or_taken_away_is_found() {
    let s = Spoiled::new();
    for file in files(&s.at) {
        let whole = fs::read(s.path(&file)).unwrap();
        let shorter = whole[..whole.len() - 1].to_vec();
        let longer = [whole.as_slice(), b"\n"].concat();
        let (half, longest) = (whole[..whole.len() / 2].to_vec(), [whole.as_slice(), &[0; 100]].concat());
        for bytes in [shorter, longer, half, longest, Vec::new()] {
            fs::write(s.path(&file), &bytes).unwrap();
            let found = s.check();
            assert!(!found.ok, "{file} with {} bytes", bytes.len());
            assert!(
                found.problems.iter().any(|p| p.file == file) || file.contains("manifest-"),
                "{file}: {found}"
            );
        }
        fs::remove_file(s.path(&file)).unwrap();
        s.refused(&file, "missing");
    }
}

#[test]
fn a_file_that_is_renamed_or_changes_its_place_with_another_is_found() {
    let s = Spoiled::new();
    let all = files(&s.at);
    for file in &all {
        for other in
            [format!("{file}.bak"), file.to_ascii_uppercase(), format!("data/{}", file.replace('/', "-"))]
        {
            if let Some(folder) = s.path(&other).parent() {
                fs::create_dir_all(folder).unwrap();
            }
            fs::rename(s.path(file), s.path(&other)).unwrap();
            s.refused(file, "missing");
        }
    }
    for (n, one) in all.iter().enumerate() {
        for two in &all[n + 1..] {
            let (a, b) = (fs::read(s.path(one)).unwrap(), fs::read(s.path(two)).unwrap());
            fs::write(s.path(one), &b).unwrap();
            fs::write(s.path(two), &a).unwrap();
            let found = s.check();
            for file in [one, two].into_iter().filter(|f| !f.contains("manifest-")) {
                assert!(found.problems.iter().any(|p| p.file == *file), "{one} and {two}: {found}");
            }
            assert!(!found.ok);
            fs::write(s.path(one), &a).unwrap();
            fs::write(s.path(two), &b).unwrap();
        }
    }
    assert!(s.check().ok);
}
