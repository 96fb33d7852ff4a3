//! Models of other tools, read and written again without loss, and our landscape as a model.

use super::world::{columns, options, survey};
use bluelamp_steward::landscape::{Hosting, Maturity, Options, Pattern, archimate, inspect};
use proptest::prelude::*;

/// A model in the shape in which a modelling tool writes it, with everything that others tend to lose.
const MODEL: &str = include_str!("model.xml");
const NS: &str = "http://www.opengroup.org/xsd/archimate/3.0/";

fn again(model: &archimate::Model) -> archimate::Model {
    let text = archimate::write(model);
    archimate::read("again.xml", text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}")).0
}

#[test]
fn a_model_is_read_whole_and_written_without_loss() {
    let (model, notes) = archimate::read("model.xml", MODEL.as_bytes()).unwrap();
    assert_eq!((model.elements.len(), model.relationships.len(), model.definitions.len()), (8, 8, 5));
    assert_eq!(model.canvas(), (1, 4, 2));
    assert_eq!(model.names.len(), 2, "in two languages");
    let access = model.relationships.iter().find(|r| r.kind == "Access").unwrap();
    assert_eq!(access.access.as_deref(), Some("ReadWrite"));
    let influence = model.relationships.iter().find(|r| r.kind == "Influence").unwrap();
    assert_eq!(influence.modifier.as_deref(), Some("++"));
    assert_eq!(again(&model), model);
    let written = archimate::write(&model);
    for kept in [
        "bendpoint",
        "lineColor",
        "viewpointRef",
        "dc:creator",
        "Grüße",
        "vendor",
        "line one\n      line two",
    ] {
        assert!(written.contains(kept), "{kept} is lost:\n{written}");
    }
    assert_eq!(archimate::write(&again(&model)), written, "written twice, it is the same to the byte");
    let said: Vec<_> = notes.iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(|n| n.contains("not of the exchange format and was kept as it is: vendor")),
        "{said:?}"
    );
}

#[test]
fn a_model_becomes_a_landscape() {
    let (model, _) = archimate::read("model.xml", MODEL.as_bytes()).unwrap();
    let mapped = archimate::landscape(&columns(), &options("model.xml"), &model).unwrap();
    let apps = &mapped.survey.applications;
    assert_eq!(apps.len(), 3);
    let portal = apps.iter().find(|a| a.name == "Public portal").unwrap();
    assert_eq!((portal.force.as_str(), portal.hosting), ("Borset", Hosting::Saas));
    assert_eq!(portal.capabilities, ["C02"], "over the service that realises it");
    assert_eq!(portal.integrations.len(), 1);
    assert_eq!(
        (portal.integrations[0].to.as_str(), portal.integrations[0].pattern),
        ("Old Custody", Some(Pattern::Direct))
    );
    assert_eq!(portal.function.as_deref(), Some("Where the public reports"));
    let custody = apps.iter().find(|a| a.name == "Old Custody").unwrap();
    assert_eq!((custody.legacy, custody.run_cost), (Some(true), Some(8_000_000)));
    assert_eq!(mapped.mapped["ApplicationComponent"], 3);
    assert_eq!(
        (mapped.mapped["ApplicationService"], mapped.kept["DataObject"], mapped.kept["Influence"]),
        (1, 1, 1)
    );
    let notes: Vec<_> = mapped.survey.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes
            .iter()
            .any(|n| n.contains("'under the desk' is not a way of hosting")
                && n.contains("kept with the model")),
        "{notes:?}"
    );
}

#[test]
fn our_landscape_goes_out_and_comes_back() {
    let s = survey();
    let levels =
        [Maturity { force: "Borset".into(), capability: "C07".into(), now: Some(2), target: Some(4) }];
    let model = archimate::export(&columns(), "Landscape", &s.applications, &levels);
    let text = archimate::write(&model);
    assert_eq!(text, archimate::write(&archimate::export(&columns(), "Landscape", &s.applications, &levels)));
    let (read, notes) = archimate::read("out.xml", text.as_bytes()).unwrap();
    assert_eq!(read, model);
    assert!(notes.is_empty(), "{notes:?}");
    let back = archimate::landscape(&columns(), &options("out.xml"), &read).unwrap();
    assert!(back.survey.notes.is_empty(), "{:?}", back.survey.notes);
    assert_eq!(back.survey.maturities, levels);
    let (mut came, mut went) = (back.survey.applications, s.applications);
    for all in [&mut came, &mut went] {
        all.iter_mut().for_each(|a| a.capabilities.sort());
        all.sort_by(|a, b| a.code.cmp(&b.code));
    }
    assert_eq!(came, went);
}

#[test]
fn what_is_not_a_sound_model_is_refused_with_its_line() {
    let model = |inside: &str| {
        format!(
            "<model xmlns='{NS}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' identifier='m'>\n<name>n</name>\n{inside}</model>"
        )
    };
    let element = "<elements><element identifier='a' xsi:type='Node'><name>a</name></element></elements>";
    let table = [
        (model("<elements><element xsi:type='Node'/></elements>"), "m.xml:3: 'element' has no identifier"),
        (model("<elements><element identifier='a'/></elements>"), "m.xml:3: 'element' has no xsi:type"),
        (
            model(&format!(
                "{element}<relationships><relationship identifier='a' xsi:type='Flow' source='a' target='a'/></relationships>"
            )),
            "m.xml:3: the identifier 'a' is there twice",
        ),
        (
            model(&format!(
                "{element}<relationships>\n<relationship identifier='r' xsi:type='Flow' source='a' target='z'/></relationships>"
            )),
            "m.xml:4: the target of 'r' is 'z', which is not in the model",
        ),
        (
            model(
                "<elements><element identifier='a' xsi:type='Node'><properties><property propertyDefinitionRef='p'><value>1</value></property></properties></element></elements>",
            ),
            "the property 'p' is defined nowhere",
        ),
        (model("<elements><view/></elements>"), "'view' cannot stand where 'element' does"),
        (format!("<!DOCTYPE x SYSTEM 'http://example.invalid/x'>{}", model("")), "declares a document type"),
        (
            "<a:model xmlns:a='http://www.archimatetool.com/archimate'/>".into(),
            "Export, Model to Open Exchange File",
        ),
        ("<model xmlns='http://www.opengroup.org/xsd/archimate'/>".into(), "export it again as version 3"),
        ("<svg/>".into(), "begins with 'svg'"),
    ];
    for (text, words) in table {
        let said = archimate::read("m.xml", text.as_bytes()).unwrap_err().to_string();
        assert!(said.contains(words), "{said} <> {words}");
    }
    let (_, notes) = archimate::read(
        "m.xml",
        model("<elements><element identifier='a' xsi:type='Teapot'/></elements>").as_bytes(),
    )
    .unwrap();
    assert!(notes[0].to_string().contains("'Teapot' is not a type of ArchiMate 3.2; kept as it is"));
}

#[test]
fn a_component_without_a_force_needs_one_at_import() {
    let text = format!(
        "<model xmlns='{NS}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' identifier='m'><name>n</name><elements><element identifier='a' xsi:type='ApplicationComponent'><name>CaseWorks</name></element></elements></model>"
    );
    let (model, _) = archimate::read("m.xml", text.as_bytes()).unwrap();
    assert!(
        archimate::landscape(&columns(), &options("m.xml"), &model)
            .unwrap_err()
            .to_string()
            .contains("name the force")
    );
    let with = Options { file: "m.xml".into(), force: Some("Borset".into()), own: None };
    assert_eq!(
        archimate::landscape(&columns(), &with, &model).unwrap().survey.applications[0].code,
        "borset--caseworks"
    );
}

#[test]
fn a_model_that_names_no_force_is_taken_as_of_the_force_whose_service_it_is() {
    let own = Options { file: "m.xml".into(), force: None, own: Some("Borset".into()) };
    let component = |id: &str, name: &str| {
        format!("<element identifier='{id}' xsi:type='ApplicationComponent'><name>{name}</name></element>")
    };
    let actor = |id: &str, name: &str| {
        format!("<element identifier='{id}' xsi:type='BusinessActor'><name>{name}</name></element>")
    };
    let tie = |id: &str, from: &str, to: &str| {
        format!("<relationship identifier='{id}' source='{from}' target='{to}' xsi:type='Serving'/>")
    };
    let text = format!(
        "<model xmlns='{NS}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' identifier='m'><name>n</name><elements>{}{}{}{}</elements><relationships>{}{}</relationships></model>",
        component("a", "CaseWorks"),
        component("b", "Cell Watch"),
        actor("k", "Kent Police"),
        actor("c", "Citizen"),
        tie("r", "b", "k"),
        tie("s", "a", "c"),
    );
    let (model, _) = archimate::read("m.xml", text.as_bytes()).unwrap();
    let mapped = archimate::landscape(&columns(), &own, &model).unwrap();
    let of: Vec<_> = mapped.survey.applications.iter().map(|a| (a.name.as_str(), a.force.as_str())).collect();
    assert_eq!(of, [("CaseWorks", "Borset"), ("Cell Watch", "Kent Police")], "a citizen is no force");
    assert_eq!((mapped.mapped["BusinessActor"], mapped.kept["BusinessActor"]), (1, 1));
    let none = text.replace("Kent Police", "Officer");
    let (model, _) = archimate::read("m.xml", none.as_bytes()).unwrap();
    let notes = archimate::landscape(&columns(), &own, &model).unwrap().survey.notes;
    assert!(
        notes[0].to_string().contains("everything was taken as of 'Borset', whose service this is"),
        "{notes:?}"
    );
}

#[test]
fn a_model_is_read_in_the_encoding_that_it_says() {
    let text = format!(
        "<?xml version='1.0' encoding='ENC'?><model xmlns='{NS}' identifier='m'><name>Château</name></model>"
    );
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.replace("ENC", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let latin: Vec<u8> = text.replace("ENC", "ISO-8859-1").chars().map(|c| c as u8).collect();
    let marked = format!("\u{feff}{}", text.replace("ENC", "utf-8")).into_bytes();
    for bytes in [utf16, latin.clone(), marked] {
        let looked = inspect(&columns(), &options("m.xml"), &bytes).unwrap();
        assert_eq!(looked.model.unwrap().0.names[0].text, "Château");
    }
    let lied = String::from_utf8_lossy(&latin).replace("ISO-8859-1", "x-made-up");
    let said = inspect(&columns(), &options("m.xml"), lied.as_bytes()).unwrap_err().to_string();
    assert!(said.contains("says that it is written in x-made-up"), "{said}");
    let broken: Vec<u8> = text.replace("ENC", "UTF-8").chars().map(|c| c as u8).collect();
    let said = inspect(&columns(), &options("m.xml"), &broken).unwrap_err().to_string();
    assert!(said.contains("is not the UTF-8 text that it says it is"), "{said}");
}

proptest! {
    /// Any words in any place come back.
    #[test]
    fn words_survive(name in "[ -~£é\n\t]{0,40}", value in "[ -~é]{0,20}", lang in proptest::option::of("[a-z]{2}")) {
        let (mut model, _) = archimate::read("model.xml", MODEL.as_bytes()).unwrap();
        model.elements[0].names = vec![archimate::Text { lang, text: name }];
        model.identifier = if value.trim().is_empty() { "m".into() } else { value.clone() };
        model.elements[0].properties[0].values[0].text = value;
        prop_assert_eq!(again(&model), model);
    }
}
