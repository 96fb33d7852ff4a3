//! `bluelamp strategy import-landscape`, `import-archimate`, `export-archimate`.

use crate::{Place, on_both};
use std::fs;

const SURVEY: &str = "Police force,System name,Hosting,Contract expiry,No. of users\n\
    Borset,CaseWorks,SaaS,31/03/2027,1200\nMereshire,Case Works v6,on-premise,30/06/2027,c. 900\n";

#[test]
fn a_survey_is_checked_taken_and_written_as_a_model_that_comes_back() {
    on_both(|place| {
        place.write("survey.csv", SURVEY);
        let looked = place.run(&["strategy", "import-landscape", "survey.csv", "--check"]).ok().out;
        assert!(
            looked.contains("note: survey.csv:3: No. of users (column E): 'c. 900' was taken as 900"),
            "{looked}"
        );
        assert!(
            looked.contains("survey.csv: 2 applications") && looked.contains("nothing was stored"),
            "{looked}"
        );
        let done = place.run(&["strategy", "import-landscape", "survey.csv", "--json"]).ok().json();
        assert_eq!(
            (&done["taken"], &done["applications"], &done["rows"]),
            (&true.into(), &2.into(), &2.into())
        );
        assert_eq!(done["plan"]["new"].as_array().unwrap().len(), 2);
        place
            .run(&["strategy", "import-landscape", "survey.csv"])
            .refused(1, &["survey.csv: the same file was taken on "]);

        let said = place.run(&["strategy", "export-archimate", "--to", "out.xml"]).ok().out;
        assert_eq!(said, "out.xml written.\n");
        let model = fs::read_to_string(place.path("out.xml")).unwrap();
        assert!(model.contains("<element identifier=\"app-") && model.contains("CaseWorks"), "{model}");
        assert_eq!(place.run(&["strategy", "export-archimate"]).ok().out, model);
        let back = place.run(&["strategy", "import-archimate", "out.xml", "--json"]).ok().json();
        assert_eq!(
            (&back["plan"]["same"], &back["kind"], &back["canvas"][0]),
            (&2.into(), &"archimate".into(), &2.into()),
            "{back}"
        );
        let id = back["survey"].as_str().unwrap();
        assert_eq!(
            place.run(&["strategy", "export-archimate", "--model", id]).ok().out,
            model,
            "a model goes out as it came"
        );
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_stored() {
    let place = Place::new();
    place
        .write("wrong.csv", "Force,Application,Hosting,Annual cost\nBorset,A,the moon,5\nBorset,B,SaaS,$5\n");
    place.run(&["strategy", "import-landscape", "wrong.csv"]).refused(
        2,
        &[
            "wrong.csv:2: Hosting (column C): 'the moon' is not a way of hosting: write on-premise",
            "wrong.csv:3: Annual cost (column D): '$5' is in another currency",
        ],
    );
    let said = place.run(&["strategy", "import-landscape", "wrong.csv", "--json"]);
    assert_eq!((said.code, said.json()["faults"].as_array().unwrap().len()), (Some(2), 2));
    assert!(!place.path("data-dir/bluelamp.sqlite").exists(), "no data folder is made for a wrong file");
    place.write("dtd.xml", "<!DOCTYPE model SYSTEM 'x'><model/>");
    place
        .run(&["strategy", "import-archimate", "dtd.xml"])
        .refused(2, &["dtd.xml:1: declares a document type, which is refused"]);
    place.write("survey.csv", SURVEY);
    place
        .run(&["strategy", "import-archimate", "survey.csv"])
        .refused(2, &["survey.csv: is a survey: use `bluelamp strategy import-landscape`"]);
    place.run(&["strategy", "import-landscape", "nowhere.csv"]).refused(2, &["nowhere.csv: cannot be read"]);
    place.run(&["strategy", "export-archimate"]).refused(2, &["is not a data folder"]);
    place.write("names-none.csv", "Application\nCaseWorks\n");
    let own = place.run(&["strategy", "import-landscape", "names-none.csv", "--check"]).ok();
    assert!(
        own.out.contains("everything was taken as of 'unnamed-force', whose service this is"),
        "{}",
        own.out
    );
    place.run(&["strategy", "import-landscape", "names-none.csv", "--force", "Borset", "--check"]).ok();
}
