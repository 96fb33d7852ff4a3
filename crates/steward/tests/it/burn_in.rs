//! The burn-in check: every place where people have left what they thought was gone.

use crate::people::{People, REFERENCE, WAY, content, go, redacted, seen, step, write};
use bluelamp_model::{Error, Gsc, Result, authority::Actor};
use bluelamp_steward::{
    decision::{
        Content, NewFile, Passage, Place, PublicView, Publication, Redaction, State, add_file,
        burn_in::{Candidate, check, holds},
        create, open_published, publication, published, redact_file,
    },
    pdf::{Block, Document as Paper, write as accessible},
};
use bluelamp_testkit::on_both;
use lopdf::{
    Dictionary, Document, Object, Stream,
    content::{Content as Drawn, Operation},
    dictionary,
};
use proptest::prelude::*;
use std::io::{Cursor, Read};

const PASSAGE: &str = "price of forty thousand pounds";

/// A PDF of one page with these operations; `more` may add to it.
fn pdf(operations: Vec<Operation>, more: impl Fn(&mut Document, (u32, u16), (u32, u16))) -> Vec<u8> {
    let mut doc = Document::with_version("1.5");
    let pages = doc.new_object_id();
    let font = doc.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding" });
    let content = doc.add_object(Stream::new(Dictionary::new(), Drawn { operations }.encode().unwrap()));
    let page = doc.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
    });
    doc.objects.insert(
        pages,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
    );
    let catalog = doc.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    doc.trailer.set("Root", catalog);
    more(&mut doc, page, catalog);
    let mut bytes = Vec::new();
    doc.save_to(&mut bytes).unwrap();
    bytes
}

fn text(words: &[&str]) -> Vec<Operation> {
    let pieces = words.iter().flat_map(|w| [Object::string_literal(*w), (-20).into()]).collect();
    vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 12.into()]),
        Operation::new("Td", vec![50.into(), 700.into()]),
        Operation::new("TJ", vec![Object::Array(pieces)]),
        Operation::new("ET", vec![]),
    ]
}

pub(crate) fn plain(words: &[&str]) -> Vec<u8> {
    pdf(text(words), |_, _, _| {})
}

#[test]
fn what_can_be_read_is_found_and_what_is_not_there_is_not() {
    assert!(holds(&plain(&["The price of forty thousand pounds."]), PASSAGE).unwrap());
    assert!(holds(&plain(&["The pri", "ce of for", "ty thousand", "pounds."]), PASSAGE).unwrap(), "kerned");
    assert!(!holds(&plain(&["The price is not told."]), PASSAGE).unwrap());
    // A black box over the words takes nothing away.
    let mut covered = text(&["The price of forty thousand pounds."]);
    covered.push(Operation::new("re", vec![40.into(), 690.into(), 400.into(), 30.into()]));
    covered.push(Operation::new("f", vec![]));
    assert!(holds(&pdf(covered, |_, _, _| {}), PASSAGE).unwrap());
}

#[test]
fn what_is_not_on_the_page_is_found_as_well() {
    type More = fn(&mut Document, (u32, u16), (u32, u16));
    let places: [(&str, More); 6] = [
        ("the title in the metadata", |doc, _, _| {
            let info = doc.add_object(dictionary! { "Title" => Object::string_literal(PASSAGE) });
            doc.trailer.set("Info", info);
        }),
        ("the metadata stream", |doc, _, catalog| {
            let xml = format!("<x:xmpmeta><dc:description>{PASSAGE}</dc:description></x:xmpmeta>");
            let metadata = doc.add_object(Stream::new(
                dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
                xml.into_bytes(),
            ));
            doc.get_dictionary_mut(catalog).unwrap().set("Metadata", metadata);
        }),
        ("a note in sixteen-bit letters", |doc, page, _| {
            let mut bytes = vec![0xfe, 0xff];
            bytes.extend(PASSAGE.encode_utf16().flat_map(u16::to_be_bytes));
            let note = doc.add_object(dictionary! {
                "Type" => "Annot", "Subtype" => "Text", "Contents" => Object::string_literal(bytes),
                "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
            });
            doc.get_dictionary_mut(page).unwrap().set("Annots", vec![note.into()]);
        }),
        ("a form that is drawn on the page", |doc, _, _| {
            let drawn =
                Drawn { operations: text(&["the price of", "forty thousand pounds"]) }.encode().unwrap();
            doc.add_object(Stream::new(dictionary! { "Type" => "XObject", "Subtype" => "Form" }, drawn));
        }),
        ("a part that nothing refers to", |doc, _, _| {
            let mut left = Stream::new(Dictionary::new(), format!("left behind: {PASSAGE}").into_bytes());
            left.compress().unwrap();
            doc.add_object(left);
        }),
        ("the words that stand for a picture", |doc, _, _| {
            doc.add_object(dictionary! { "Type" => "StructElem", "S" => "Figure", "Alt" => Object::string_literal(PASSAGE) });
        }),
    ];
    for (place, more) in places {
        let file = pdf(text(&["Nothing here."]), more);
        assert!(holds(&file, PASSAGE).unwrap(), "{place}");
        assert!(!holds(&file, "another passage altogether").unwrap(), "{place}");
    }
}

#[test]
fn what_cannot_be_searched_is_refused_with_what_to_do() {
    let why = |file: &[u8]| holds(file, PASSAGE).unwrap_err();
    let good = plain(&["Nothing here."]);
    assert!(why(b"%PDF-1.7 nonsense").contains("damaged"));
    assert!(why(b"PK\x03\x04").contains("not a PDF"));
    assert!(why(&pdf(vec![], |_, _, _| {})).contains("no text layer"));
    let mut behind = good.clone();
    behind.extend_from_slice(b"\nprice of forty thousand pounds");
    assert!(why(&behind).contains("behind its end"));
    let carries = pdf(text(&["Nothing."]), |doc, _, _| {
        doc.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, b"a file".to_vec()));
    });
    assert!(why(&carries).contains("carries other files"));
    // Saved again over an earlier version: the earlier one is still in the file.
    let before = plain(&["The price of forty thousand pounds."]);
    let doc = Document::load_mem(&before).unwrap();
    let mut later = lopdf::IncrementalDocument::create_from(before.clone(), doc);
    let page = later.get_prev_documents().get_pages()[&1];
    let content = later.get_prev_documents().get_page_contents(page)[0];
    let clean = Drawn { operations: text(&["Nothing here."]) }.encode().unwrap();
    later.new_document.objects.insert(content, Object::Stream(Stream::new(Dictionary::new(), clean)));
    let mut bytes = Vec::new();
    later.save_to(&mut bytes).unwrap();
    assert!(why(&bytes).contains("earlier versions"));
}

#[test]
fn a_short_passage_is_not_found_by_chance() {
    let paper = Paper {
        title: "Words".into(),
        running: "OFFICIAL".into(),
        blocks: vec![
            Block::Heading { level: 1, text: "Words".into() },
            Block::Paragraph("The quick brown fox jumps over the lazy dog. ".repeat(80)),
        ],
    };
    let file = accessible(&paper).unwrap();
    for short in ["zz", "q7", "wx", "£42"] {
        assert!(!holds(&file, short).unwrap(), "{short}");
    }
    assert!(holds(&file, "fox").unwrap());
}

#[test]
fn the_check_names_the_passage_by_its_number_and_never_by_its_words() {
    let passage = |quote: &str| Passage { place: Place::Sheet, quote: quote.into() };
    let passages = [passage("something else"), passage(PASSAGE)];
    let file = plain(&["The price of forty thousand pounds."]);
    let files = [Candidate { name: "Appendix A", bytes: &file }];
    let Err(Error::Invalid(wrong)) = check(&passages, "a page", &files) else { panic!() };
    assert_eq!(wrong.len(), 1);
    assert!(wrong[0].message.contains("passage 2") && wrong[0].message.contains("Appendix A"));
    assert!(!wrong[0].message.contains("forty"), "{}", wrong[0].message);
    assert!(check(&passages, "the price of forty thousand pounds", &[]).is_err());
    assert!(check(&passages, "a page", &[Candidate { name: "B", bytes: &plain(&["Nothing."]) }]).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn damaged_files_are_answered_and_never_break_anything(cut in any::<proptest::sample::Index>(), hits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..24)) {
        let mut file = plain(&["The price of forty thousand pounds."]);
        for (at, byte) in hits {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(cut.index(file.len()) + 1);
        let _ = holds(&file, PASSAGE); // any answer will do
    }
}

fn code_of<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Invalid(fields)) => fields.iter().map(|f| f.code.as_str()).collect::<Vec<_>>().join(" "),
        other => format!("{other:?}"),
    }
}

#[test]
fn an_appendix_with_a_black_box_is_refused_until_its_words_are_gone() {
    on_both(|test| {
        let people = People::of(test);
        write(test, &people.author, |cx| create(cx, REFERENCE, &content())).unwrap();
        let now = || seen(&test.db, &people, REFERENCE);
        let add = |title: &str, bytes: Vec<u8>, version: i64| {
            let new = NewFile { seen: version, title: title.into(), name: "a.pdf".into(), publish: true };
            add_file(&test.db, &people.author, REFERENCE, &new, Cursor::new(bytes), 1 << 20)
        };
        assert_eq!(code_of(add("", b"x".to_vec(), 1)), "required");
        assert_eq!(code_of(add("Empty", Vec::new(), 1)), "empty");
        add("Price list", plain(&["The price of forty thousand pounds."]), now().version).unwrap();
        assert!(matches!(add("Late", b"x".to_vec(), 1), Err(Error::Stale(_))));
        let both = Publication {
            redact_appendix: Some(true),
            passages: vec![
                redacted().passages[0].clone(),
                Passage { place: Place::Appendix, quote: PASSAGE.into() },
            ],
            ..redacted()
        };
        let version = now().version;
        publication(&test.db, &people.author, REFERENCE, version, &both).unwrap();
        go(test, &people, 6);
        let sign = || step(test, people.who(WAY[6].0), &people, WAY[6].0, WAY[6].1);
        assert_eq!(code_of(sign()), "not-burned-in");
        assert_eq!(now().state, State::RedactionRequired);

        let file = now().files[0].id;
        let put = |bytes: Vec<u8>| {
            let said = Redaction { seen: now().version, publish: true, ..Redaction::default() };
            redact_file(&test.db, &people.author, REFERENCE, file, &said, Some((Cursor::new(bytes), 1 << 20)))
        };
        put(pdf(vec![], |_, _, _| {})).unwrap();
        assert_eq!(code_of(sign()), "unsearchable");
        put(plain(&["The price is not told."])).unwrap();
        sign().unwrap();
        assert!(matches!(put(plain(&["Other."])), Err(Error::Conflict(_))), "signed is signed");
        for (what, on, _) in &WAY[7..] {
            step(test, people.who(*what), &people, *what, on).unwrap();
        }
        let PublicView::Report { report, .. } =
            test.db.read(&Actor::public(), |cx| published(cx, REFERENCE)).unwrap()
        else {
            panic!()
        };
        assert!(report.files[0].redacted);
        let (_, mut open) = open_published(&test.db, &Actor::public(), REFERENCE, 0).unwrap();
        let mut bytes = Vec::new();
        open.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, plain(&["The price is not told."]));
        assert!(open_published(&test.db, &Actor::public(), REFERENCE, 1).is_err());
    });
}

#[test]
fn a_file_that_is_not_chosen_is_not_published() {
    on_both(|test| {
        let people = People::of(test);
        let open = Content { classification: Gsc::Official, ..content() };
        write(test, &people.author, move |cx| create(cx, REFERENCE, &open)).unwrap();
        let new = NewFile { seen: 1, title: "For the file".into(), name: "a.bin".into(), publish: false };
        add_file(&test.db, &people.author, REFERENCE, &new, Cursor::new(vec![1, 2, 3]), 1 << 20).unwrap();
        let whole = Publication {
            for_publication: Some(true),
            redact_sheet: Some(false),
            redact_appendix: Some(false),
            ..Publication::default()
        };
        publication(&test.db, &people.author, REFERENCE, 2, &whole).unwrap();
        go(test, &people, 5);
        for (what, on) in [WAY[7], WAY[8], WAY[9]].map(|(what, on, _)| (what, on)) {
            step(test, people.who(what), &people, what, on).unwrap();
        }
        assert!(open_published(&test.db, &Actor::public(), REFERENCE, 0).is_err());
    });
}
