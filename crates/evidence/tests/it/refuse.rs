//! What a check refuses outright: things that are in no package, and lies that a recomputed manifest covers up.

use crate::build::{Built, case, json_at};
use bluelamp_evidence::{Exported, Verification, verify};
use bluelamp_store::Engine;
use bluelamp_testkit::{TestDb, allow_all};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// A package that can be spoiled, with a copy to begin anew from.
pub(crate) struct Spoiled {
    pub(crate) t: TestDb,
    pub(crate) built: Built,
    pub(crate) done: Exported,
    /// The copy that is spoiled.
    pub(crate) at: PathBuf,
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).map(drop).unwrap();
        }
    }
}

pub(crate) fn sha256(path: &Path) -> String {
    hex::encode(Sha256::digest(fs::read(path).unwrap()))
}

impl Spoiled {
    pub(crate) fn new() -> Self {
        let t = TestDb::new(Engine::Sqlite, allow_all());
        let built = case(&t);
        let done = built.export(&t);
        let at = built.out.path().join("spoiled");
        let spoiled = Self { t, built, done, at };
        spoiled.anew();
        spoiled
    }

    /// The package as it was written.
    pub(crate) fn anew(&self) {
        let _ = fs::remove_dir_all(&self.at); // not there the first time
        copy(&self.done.path, &self.at);
    }

    pub(crate) fn check(&self) -> Verification {
        verify(&self.at, &self.built.trusted())
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.at.join(file)
    }

    /// Writes the manifest of the payload anew, as somebody would who covers up a change.
    pub(crate) fn remanifest(&self) {
        let files = crate::build::files(&self.at);
        let payload = files.iter().filter(|f| f.starts_with("data/"));
        let text: String = payload.map(|f| format!("{}  {f}\n", sha256(&self.path(f)))).collect();
        fs::write(self.path("manifest-sha256.txt"), text).unwrap();
    }

    /// Writes the tag manifest anew.
    pub(crate) fn retag(&self) {
        let files = crate::build::files(&self.at);
        let tags = files.iter().filter(|f| !f.starts_with("data/") && *f != "tagmanifest-sha256.txt");
        let text: String = tags.map(|f| format!("{}  {f}\n", sha256(&self.path(f)))).collect();
        fs::write(self.path("tagmanifest-sha256.txt"), text).unwrap();
    }

    /// The check must refuse, name the file, and prove nothing. Everything is put back.
    #[track_caller]
    pub(crate) fn refused(&self, file: &str, reason: &str) {
        let found = self.check();
        assert!(!found.ok && found.proves.is_empty(), "{found}");
        let named = found.problems.iter().any(|p| p.file == file && p.reason.contains(reason));
        assert!(named, "{file}: {reason}, in:\n{found}");
        self.anew();
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{from} in {file}");
        fs::write(self.path(file), text.replace(from, to)).unwrap();
    }
}

#[test]
fn what_is_in_no_package_is_refused_by_name() {
    let s = Spoiled::new();
    assert!(s.check().ok);
    for (file, reason) in [
        ("data/extra.txt", "is not listed in manifest-sha256.txt"),
        ("data/originals/CE-1/another.jpg", "is not listed in manifest-sha256.txt"),
        ("extra.txt", "it is no part of the package"),
        ("proofs/more.json", "is not listed in tagmanifest-sha256.txt"),
        ("manifest-md5.txt", "it is no part of the package"),
        ("fetch.txt", "fetched from elsewhere"),
        (".DS_Store", "a computer that opened the folder put it there"),
        ("data/originals/CE-1/._x", "a computer that opened the folder put it there"),
        ("data/Thumbs.db", "a computer that opened the folder put it there"),
        ("data/a b.txt", "it is no part of the package"),
        ("data/..%2f..%2fx", "it is no part of the package"),
        ("data/con.txt", "it is no part of the package"),
    ] {
        fs::write(s.path(file), b"x").unwrap();
        s.refused(file, reason);
        // Listing it everywhere does not help.
        fs::write(s.path(file), b"x").unwrap();
        s.remanifest();
        s.retag();
        assert!(!s.check().ok, "{file}");
        s.anew();
    }
    fs::create_dir(s.path("data/empty")).unwrap();
    s.refused("data/empty", "is a folder without a file of the package");
    fs::create_dir_all(s.path("proofs/a/b/c/d/e/f/g/h/i/j")).unwrap();
    s.refused("proofs/a/b/c/d/e/f/g/h", "lies deeper than anything in a package");
    let socket = std::os::unix::net::UnixListener::bind(s.path("data/socket")).unwrap();
    s.refused("data/socket", "is neither a file nor a folder");
    drop(socket);
}

#[test]
fn links_to_elsewhere_are_refused_even_where_they_lead_to_the_same_bytes() {
    let s = Spoiled::new();
    for file in ["data/case.json", "data/originals/CE-2/passwd", "proofs/proof.json", "bagit.txt"] {
        fs::remove_file(s.path(file)).unwrap();
        symlink(s.done.path.join(file), s.path(file)).unwrap();
        s.refused(file, "is a symbolic link");
    }
    fs::remove_dir_all(s.path("data/originals")).unwrap();
    symlink(s.done.path.join("data/originals"), s.path("data/originals")).unwrap();
    s.refused("data/originals", "is a symbolic link");
    symlink("nowhere", s.path("data/dangling")).unwrap();
    s.refused("data/dangling", "is a symbolic link");
}

#[test]
fn a_manifest_has_one_spelling() {
    let s = Spoiled::new();
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        let text = fs::read_to_string(s.path(manifest)).unwrap();
        let first = text.lines().next().unwrap().to_owned();
        let (digest, path) = first.split_once("  ").unwrap();
        let zeros = "0".repeat(64);
        for (spoiled, reason) in [
            (text.to_ascii_uppercase(), "does not begin with a SHA-256 digest"),
            (text.replace("  ", " "), "is not a digest, two spaces and a path"),
            (text.replace("  ", " *"), "is not a digest, two spaces and a path"),
            (text.replace('\n', "\r\n"), "which no package has"),
            (text.trim_end().to_owned(), "is not a digest, two spaces and a path"),
            (format!("\u{feff}{text}"), "does not begin with a SHA-256 digest"),
            (format!("{first}\n{text}"), "a second time"),
            (format!("{text}{digest}  {}\n", path.to_ascii_uppercase()), "do not tell case apart"),
            (text.lines().rev().map(|l| format!("{l}\n")).collect(), "not in the order of their paths"),
            (format!("{text}{zeros}  ../outside\n"), "which no package has"),
            (format!("{text}{zeros}  /etc/passwd\n"), "which no package has"),
            (format!("{text}{zeros}  data/../../x\n"), "which no package has"),
            (format!("{text}{zeros}  data//x\n"), "which no package has"),
            (format!("{text}{zeros}  data\\x\n"), "which no package has"),
            (format!("{text}{zeros}  ~/x\n"), "which no package has"),
            (format!("{text}{zeros}  C:/x\n"), "which no package has"),
            (format!("{text}{zeros}  data/%2e%2e/x\n"), "which no package has"),
            (format!("{text}{zeros}  data/x%0D\n"), "which no package has"),
            (format!("{text}\n"), "is not a digest, two spaces and a path"),
        ] {
            fs::write(s.path(manifest), spoiled).unwrap();
            s.refused(manifest, reason);
        }
        fs::write(s.path(manifest), [0xff, 0xfe, b'\n']).unwrap();
        s.refused(manifest, "is not UTF-8 text");
        fs::write(s.path(manifest), "").unwrap();
        assert!(!s.check().ok);
        s.anew();
        let outside = format!("{text}{zeros}  zzz\n");
        fs::write(s.path(manifest), outside).unwrap();
        s.refused("zzz", "is listed in");
    }
}

#[test]
fn what_the_bag_says_of_itself_must_be_so() {
    let s = Spoiled::new();
    for (file, from, to, reason) in [
        ("bagit.txt", "1.0", "0.97", "does not declare BagIt 1.0"),
        ("bagit.txt", "1.0", "2.0", "does not declare BagIt 1.0"),
        ("bagit.txt", "UTF-8", "UTF-16", "does not declare BagIt 1.0"),
        ("bag-info.txt", "Package-Version: 1", "Package-Version: 2", "Bluelamp-Package-Version is not 1"),
        ("bag-info.txt", "Oxum: ", "Oxum: 1", "Payload-Oxum is not"),
        ("bag-info.txt", "External-Identifier: C", "External-Identifier: D", "names another case or package"),
        ("bag-info.txt", "Bagging-Date: 2026", "Bagging-Date: 2025", "is not the one that the log says"),
        (
            "bag-info.txt",
            "Source-Organization: ",
            "Source-Organization: un",
            "is not the one that the log says",
        ),
        ("bag-info.txt", "Bagging-Date: ", "Payload-Oxum: 1.1\nBagging-Date: ", "a second time"),
        (
            "bag-info.txt",
            "Bagging-Date: ",
            "\u{1b}[2J: x\nBagging-Date: ",
            "not a label, a colon and a value",
        ),
    ] {
        s.replace(file, from, to);
        s.retag();
        s.refused(file, reason);
    }
}

/// The gap that BagIt leaves open: whoever changes a file can write the manifests anew.
#[test]
fn manifests_that_were_written_anew_do_not_cover_up_a_change() {
    let s = Spoiled::new();
    for file in crate::build::files(&s.at).iter().filter(|f| f.starts_with("data/")) {
        let mut bytes = fs::read(s.path(file)).unwrap();
        // A word of what was told, where there is one: what is not JSON any more is refused before.
        let word = bytes.windows(8).position(|w| w == b"unicycle");
        let at = word.unwrap_or(bytes.len() / 2);
        bytes[at] ^= 1;
        fs::write(s.path(file), bytes).unwrap();
        s.remanifest();
        s.retag();
        s.refused("manifest-sha256.txt", "is not the one that the log says left with this package");
    }
    // Even where the case document is made to agree, the log still has the digest from when it was taken in.
    let original = "data/originals/CE-2/passwd";
    let was = sha256(&s.path(original));
    fs::write(s.path(original), b"a statement in other words\n").unwrap();
    let is = sha256(&s.path(original));
    s.replace("data/case.json", &was, &is);
    s.remanifest();
    s.retag();
    s.refused(original, "is not the file that the log says was taken in");
}

#[test]
fn the_proofs_must_be_those_of_this_package_all_of_them_and_no_others() {
    let s = Spoiled::new();
    let other = s.built.export(&s.t);
    for file in ["proofs/proof.json", "proofs/checkpoint", "proofs/vkey.txt"] {
        fs::copy(other.path.join(file), s.path(file)).unwrap();
    }
    s.retag();
    s.refused("proofs/proof.json", "some were left out, added or exchanged");

    fs::copy(other.path.join("proofs/checkpoint"), s.path("proofs/checkpoint")).unwrap();
    s.retag();
    s.refused("proofs/checkpoint", "is not the checkpoint in proofs/proof.json");

    let proof = json_at(&s.path("proofs/proof.json"));
    let entries = proof["entries"].as_array().unwrap().len();
    let write = |proof: &serde_json::Value| {
        fs::write(s.path("proofs/proof.json"), proof.to_string()).unwrap();
        s.retag();
    };
    for n in 0..entries {
        let mut less = proof.clone();
        less["entries"].as_array_mut().unwrap().remove(n);
        write(&less);
        s.refused("proofs/proof.json", "");
    }
    let mut twice = proof.clone();
    let again = twice["entries"][0].clone();
    twice["entries"].as_array_mut().unwrap().insert(0, again);
    write(&twice);
    s.refused("proofs/proof.json", "twice or out of order");

    // An entry about another case, proven just as well.
    let mine = json_at(&other.path.join("proofs/proof.json"));
    let mut more = proof.clone();
    let foreign = mine["entries"].as_array().unwrap().last().unwrap().clone();
    more["entries"].as_array_mut().unwrap().push(foreign);
    more["checkpoint"] = mine["checkpoint"].clone();
    write(&more);
    assert!(!s.check().ok);
    s.anew();

    let mut keys = proof.clone();
    keys["vkeys"] = json!([]);
    write(&keys);
    s.refused("proofs/proof.json", "does not name the key");
    for (spoiled, reason) in
        [("", "is not a file of proofs"), ("[]", "is not a file of proofs"), ("{}", "is not a file")]
    {
        fs::write(s.path("proofs/proof.json"), spoiled).unwrap();
        s.retag();
        s.refused("proofs/proof.json", reason);
    }
    // Unusual depth is an error and no crash.
    fs::write(s.path("proofs/proof.json"), format!("{{\"entries\":{}", "[".repeat(1_000_000))).unwrap();
    s.retag();
    s.refused("proofs/proof.json", "is not a file of proofs");
    fs::write(s.path("proofs/vkey.txt"), "\n").unwrap();
    s.retag();
    s.refused("proofs/vkey.txt", "is not a line with a key");
}

#[test]
fn a_package_by_another_log_is_not_taken_for_ours_though_it_is_whole() {
    let s = Spoiled::new();
    let theirs = TestDb::new(Engine::Sqlite, allow_all());
    let mut forged = case(&theirs);
    let folder = tempfile::tempdir().unwrap();
    let mut entropy = bluelamp_store::Entropy::Seeded([66; 32], 0);
    forged.key =
        bluelamp_store::LogKey::open(folder.path(), "borsetshire.example/log", &mut entropy).unwrap();
    let path = forged.export(&theirs).path;
    let found = verify(&path, &s.built.trusted());
    assert!(!found.ok);
    assert!(found.problems.iter().any(|p| p.file == "proofs/checkpoint"), "{found}");
    // Its own key proves that it is whole, and the answer says that this is all.
    let found = verify(&path, &[]);
    assert!(found.ok && found.to_string().contains("NOT checked"), "{found}");
    // Our key put into it does not make it ours.
    fs::copy(s.done.path.join("proofs/vkey.txt"), path.join("proofs/vkey.txt")).unwrap();
    assert!(!verify(&path, &[]).ok);
}

#[test]
fn files_that_are_read_as_a_whole_have_a_most_they_may_hold() {
    let s = Spoiled::new();
    for file in
        ["bagit.txt", "bag-info.txt", "proofs/vkey.txt", "proofs/checkpoint", "tagmanifest-sha256.txt"]
    {
        let huge = fs::File::options().write(true).open(s.path(file)).unwrap();
        huge.set_len(40 << 30).unwrap(); // a hole: nothing on the disk
        s.refused(file, "longer than");
    }
}

#[test]
fn a_check_of_what_is_no_package_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let found = verify(&folder.path().join("nothing"), &[]);
    assert!(
        !found.ok && found.problems[0].file == "." && found.problems[0].reason.starts_with("cannot be read")
    );
    let found = verify(folder.path(), &[]);
    let named: Vec<_> = found.problems.iter().map(|p| p.file.as_str()).collect();
    for file in
        ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "data/case.json"]
    {
        assert!(named.contains(&file), "{file} in {named:?}");
    }
    fs::write(folder.path().join("file"), b"x").unwrap();
    let found = verify(&folder.path().join("file"), &[]);
    assert_eq!(found.problems[0].to_string(), ".: is not a folder: a package is a folder");
    // A thousand problems are not listed one by one, and none reaches a terminal as it is.
    for n in 0..1000 {
        fs::write(folder.path().join(format!("\u{1b}[31m{n}")), b"x").unwrap();
    }
    let found = verify(folder.path(), &[]);
    assert!(found.problems.len() <= 201, "{}", found.problems.len());
    assert!(!found.to_string().contains('\u{1b}'));
}
