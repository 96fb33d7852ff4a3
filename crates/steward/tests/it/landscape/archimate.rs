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
    let with = Options { file: "m.xml".into(), force: Some("Borset".into()), ..Options::default() };
    assert_eq!(
        archimate::landscape(&columns(), &with, &model).unwrap().survey.applications[0].code,
        "borset--caseworks"
    );
}

/// A model of elements, each with its type, id and name, and relationships, each with its type and both ends.
fn small(elements: &[(&str, &str, &str)], relationships: &[(&str, &str, &str)]) -> archimate::Model {
    let mut text = format!(
        "<model xmlns='{NS}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' identifier='m'><name>n</name>\n<elements>\n"
    );
    for (kind, id, name) in elements {
        text.push_str(&format!(
            "<element identifier='{id}' xsi:type='{kind}'><name>{name}</name></element>\n"
        ));
    }
    text.push_str("</elements>\n<relationships>\n");
    for (n, (kind, from, to)) in relationships.iter().enumerate() {
        text.push_str(&format!(
            "<relationship identifier='r{n}' source='{from}' target='{to}' xsi:type='{kind}'/>\n"
        ));
    }
    text.push_str("</relationships></model>");
    archimate::read("m.xml", text.replace("<relationships>\n</relationships>", "").as_bytes()).unwrap().0
}

const APP: &str = "ApplicationComponent";

fn mapped(model: &archimate::Model) -> (archimate::Mapped, Vec<String>) {
    let own = Options { file: "m.xml".into(), own: Some("Borset".into()), ..Options::default() };
    let mapped = archimate::landscape(&columns(), &own, model).unwrap();
    let notes = mapped.survey.notes.iter().map(ToString::to_string).collect();
    (mapped, notes)
}

fn forces(mapped: &archimate::Mapped) -> Vec<(&str, &str)> {
    mapped.survey.applications.iter().map(|a| (a.name.as_str(), a.force.as_str())).collect()
}

#[test]
fn the_only_force_of_a_model_is_that_of_all_that_name_none() {
    let elements = [
        (APP, "a", "CaseWorks"),
        (APP, "b", "Cell Watch"),
        ("BusinessActor", "k", "Wyvern Police"),
        ("BusinessActor", "c", "Citizen"),
    ];
    let model = small(&elements, &[("Assignment", "k", "b"), ("Serving", "a", "c")]);
    let (of, notes) = mapped(&model);
    assert_eq!(forces(&of), [("CaseWorks", "Wyvern Police"), ("Cell Watch", "Wyvern Police")]);
    assert_eq!((of.mapped["BusinessActor"], of.kept["BusinessActor"]), (1, 1), "a citizen is no force");
    assert_eq!(
        notes,
        [
            "m.xml:3: 1 element names no force and was taken as of 'Wyvern Police', the only force of the model; if that \
             is wrong, name the force when it is imported: 'CaseWorks'"
        ]
    );
    let named = Options { file: "m.xml".into(), force: Some("Dunford".into()), ..Options::default() };
    let of = archimate::landscape(&columns(), &named, &model).unwrap();
    assert_eq!(
        forces(&of),
        [("CaseWorks", "Dunford"), ("Cell Watch", "Wyvern Police")],
        "whoever names the force at import has the last word for what names none"
    );
}

#[test]
fn of_a_model_with_several_forces_or_none_it_is_told_what_was_taken_as_of_whose_service_it_is() {
    let two = [
        (APP, "a", "CaseWorks"),
        (APP, "b", "Cell Watch"),
        ("BusinessActor", "k", "Wyvern Police"),
        ("BusinessActor", "l", "Kennet Constabulary"),
    ];
    let (of, notes) = mapped(&small(&two, &[("Serving", "b", "k")]));
    assert_eq!(forces(&of), [("CaseWorks", "Borset"), ("Cell Watch", "Wyvern Police")]);
    let said = "1 element names no force and was taken as of 'Borset', whose service this is; if that is wrong, name the \
                force when it is imported: 'CaseWorks'";
    assert_eq!(notes, [format!("m.xml:3: {said}")]);
    let many: Vec<(String, String)> = (1..=7).map(|n| (format!("a{n}"), format!("App {n}"))).collect();
    let none: Vec<_> = many.iter().map(|(id, name)| (APP, id.as_str(), name.as_str())).collect();
    let (of, notes) = mapped(&small(&none, &[]));
    assert!(forces(&of).iter().all(|(_, force)| *force == "Borset"));
    assert!(
        notes[0].contains("7 elements name no force") && notes[0].ends_with("'App 5' and 2 more"),
        "{notes:?}"
    );
}

#[test]
fn a_tie_between_two_forces_is_only_kept_and_told() {
    let elements = [
        (APP, "a", "CaseWorks"),
        (APP, "b", "Cell Watch"),
        (APP, "c", "Rota"),
        ("BusinessActor", "k", "Wyvern Police"),
        ("BusinessActor", "l", "Kennet Constabulary"),
    ];
    let ties = [
        ("Serving", "a", "k"),
        ("Serving", "b", "l"),
        ("Serving", "c", "k"),
        ("Flow", "a", "b"),
        ("Flow", "a", "c"),
    ];
    let (of, notes) = mapped(&small(&elements, &ties));
    assert_eq!((of.mapped["Flow"], of.kept["Flow"]), (1, 1));
    let tied: Vec<_> = of.survey.applications[0].integrations.iter().map(|i| i.to.as_str()).collect();
    assert_eq!(tied, ["Rota"]);
    assert_eq!(
        notes,
        [
            "m.xml:13: ties between applications of different forces are no part of the landscape and were only kept with \
             the model: 'CaseWorks' of Wyvern Police to 'Cell Watch' of Kennet Constabulary (line 13)"
        ]
    );
}

#[test]
fn a_capability_is_reached_over_services_and_processes_without_running_in_circles() {
    let elements = [
        (APP, "a", "CaseWorks"),
        (APP, "b", "Rota"),
        ("ApplicationService", "s", "Record crime"),
        ("BusinessProcess", "p", "Take report"),
        ("BusinessProcess", "q", "Chase report"),
        ("BusinessFunction", "f", "Crime recording"),
        ("Capability", "c", "Investigation"),
        ("Capability", "d", "Response"),
        ("BusinessProcess", "z", "Plan shifts"),
        ("BusinessActor", "k", "Wyvern Police"),
    ];
    let ties = [
        ("Realization", "a", "s"),
        ("Serving", "s", "p"),
        ("Assignment", "p", "f"),
        ("Serving", "f", "p"),
        ("Realization", "f", "c"),
        // Two processes that are associated are not for the same.
        ("Association", "p", "q"),
        ("Realization", "q", "d"),
        ("Serving", "b", "z"),
    ];
    let (of, _) = mapped(&small(&elements, &ties));
    let served: Vec<_> = of.survey.applications.iter().map(|a| a.capabilities.clone()).collect();
    assert_eq!(served, [vec!["Investigation".to_owned()], vec![]]);
    assert_eq!((of.mapped["BusinessProcess"], of.kept["BusinessProcess"]), (1, 2));
    assert_eq!((of.mapped["Realization"], of.kept["Realization"]), (2, 1));
    assert_eq!(of, mapped(&small(&elements, &ties)).0);
}

#[test]
fn a_component_that_is_a_part_of_another_is_no_application_of_its_own() {
    let elements = [
        (APP, "a", "Command and Control"),
        (APP, "b", "Map window"),
        (APP, "c", "Map layer"),
        (APP, "d", "CaseWorks"),
        ("Capability", "e", "Response"),
        ("BusinessActor", "k", "Wyvern Police"),
    ];
    let ties = [
        ("Composition", "a", "b"),
        ("Aggregation", "b", "c"),
        ("Flow", "c", "d"),
        ("Flow", "b", "c"),
        ("Realization", "b", "e"),
    ];
    let model = small(&elements, &ties);
    let (of, notes) = mapped(&model);
    let apps = &of.survey.applications;
    assert_eq!(forces(&of), [("Command and Control", "Wyvern Police"), ("CaseWorks", "Wyvern Police")]);
    assert_eq!(apps[0].capabilities, ["Response"], "what a part serves, the whole serves");
    assert_eq!(apps[0].integrations.iter().map(|i| i.to.as_str()).collect::<Vec<_>>(), ["CaseWorks"]);
    let told = |part: &str| format!("'{part}' was taken as a part of 'Command and Control'");
    assert!(notes[0].starts_with(&format!("m.xml:4: {}", told("Map window"))), "{notes:?}");
    assert!(notes[1].starts_with(&format!("m.xml:5: {}", told("Map layer"))), "{notes:?}");
    assert_eq!((of.mapped[APP], of.kept[APP]), (2, 2));
    assert_eq!(again(&model), model, "and the model keeps it");
    // In a circle nothing is a part.
    let circle = small(&elements, &[("Composition", "a", "b"), ("Composition", "b", "a")]);
    assert_eq!(mapped(&circle).0.survey.applications.len(), 4);
}

#[test]
fn a_part_that_is_bought_by_itself_is_an_application_and_a_figure_has_the_unit_of_its_property() {
    let mut model = small(&[(APP, "a", "Suite"), (APP, "b", "Module")], &[("Aggregation", "a", "b")]);
    let definition = |id: &str, name: &str| {
        let text = MODEL.replace("propid-4", id).replace("Annual run cost", name);
        let (read, _) = archimate::read("d.xml", text.as_bytes()).unwrap();
        read.definitions.into_iter().find(|d| d.identifier == id).unwrap()
    };
    let property = |id: &str, text: &str| archimate::Property {
        definition: id.into(),
        values: vec![archimate::Text { lang: None, text: text.into() }],
    };
    model.definitions = vec![definition("k", "Annual cost (£k)"), definition("m", "Annual cost")];
    model.elements[0].properties.push(property("m", "£1,000"));
    model.elements[1].properties.push(property("k", "24"));
    let (of, notes) = mapped(&model);
    let costs: Vec<_> = of.survey.applications.iter().map(|a| (a.name.as_str(), a.run_cost)).collect();
    assert_eq!(costs, [("Suite", Some(100_000)), ("Module", Some(2_400_000))]);
    assert!(notes.iter().any(|n| n.contains("'24 (£k)' was taken as £24000")), "{notes:?}");
}

/// A model with properties: each with the element's place, its title and what it says.
fn with_properties(elements: &[(&str, &str, &str)], said: &[(usize, &str, &str)]) -> archimate::Model {
    let mut model = small(elements, &[]);
    for (n, (element, title, text)) in said.iter().enumerate() {
        let id = format!("p{n}");
        model.definitions.push(archimate::PropertyDefinition {
            identifier: id.clone(),
            kind: "string".into(),
            names: vec![archimate::Text { lang: None, text: (*title).into() }],
            more: archimate::More::default(),
        });
        let values = vec![archimate::Text { lang: None, text: (*text).into() }];
        model.elements[*element].properties.push(archimate::Property { definition: id, values });
    }
    model
}

/// Two figures run together are a third one, so the first stands and the other is told; lists have what both say.
#[test]
fn of_two_properties_of_one_meaning_the_first_stands_and_the_other_is_told() {
    let said = [
        (0, "Annual licence cost", "250"),
        (0, "Annual support cost", "300"),
        (0, "Users", "1250"),
        (0, "Number of users", "250"),
        (0, "Integrates with", "Rota; Mail"),
        (0, "Interfaces", "Mail"),
        (0, "Linked systems", "Ledger"),
        (0, "Supplier", "Larkfield"),
        (0, "Vendor", "Larkfield"),
    ];
    let (of, notes) = mapped(&with_properties(&[(APP, "a", "CaseWorks")], &said));
    let a = &of.survey.applications[0];
    assert_eq!((a.run_cost, a.users, a.supplier.as_deref()), (Some(25_000), Some(1250), Some("Larkfield")));
    let tied: Vec<_> = a.integrations.iter().map(|i| i.to.as_str()).collect();
    assert_eq!(tied, ["Rota", "Mail", "Ledger"]);
    let clashes: Vec<_> = notes.iter().filter(|n| n.contains("the first was taken")).collect();
    let kept = "the first was taken, and the other is only kept with the model";
    assert_eq!(
        clashes,
        [
            &format!("m.xml:3: 'CaseWorks' says Annual cost as '250' and as '300': {kept}"),
            &format!("m.xml:3: 'CaseWorks' says Users as '1250' and as '250': {kept}"),
        ]
    );
}

/// One service between many applications and many capabilities ties each of them to all: that is followed only so far.
#[test]
fn an_element_that_reaches_too_many_capabilities_is_refused() {
    let ids: Vec<_> = (0..=300).map(|n| (format!("c{n}"), format!("Capability {n}"))).collect();
    let mut elements = vec![(APP, "a", "CaseWorks"), ("ApplicationService", "s", "Everything")];
    elements.extend(ids.iter().map(|(id, name)| ("Capability", id.as_str(), name.as_str())));
    let mut ties = vec![("Realization", "a", "s")];
    ties.extend(ids.iter().skip(1).map(|(id, _)| ("Realization", "s", id.as_str())));
    let (of, _) = mapped(&small(&elements, &ties));
    assert_eq!(of.survey.applications[0].capabilities.len(), 300);
    ties.push(("Realization", "s", "c0"));
    let own = Options { file: "m.xml".into(), own: Some("Borset".into()), ..Options::default() };
    let said = archimate::landscape(&columns(), &own, &small(&elements, &ties)).unwrap_err().to_string();
    assert!(said.starts_with("m.xml:4: 'Everything' reaches more than 300 capabilities"), "{said}");
}

/// One character that XML does not allow, and other tools refuse the whole file.
#[test]
fn what_is_written_is_xml_whatever_the_landscape_holds() {
    let mut apps = survey().applications;
    apps[0].name = "Case\u{1f}Works\u{fffe}".into();
    apps[0].other.insert("Shoe\u{2}size".into(), "4\u{1}3".into());
    let text = archimate::write(&archimate::export(&columns(), "Landscape", &apps, &[]));
    let (model, _) = archimate::read("out.xml", text.as_bytes()).unwrap();
    assert!(model.elements.iter().any(|e| e.names[0].text == "CaseWorks"));
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
