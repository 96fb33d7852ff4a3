//! What is taken, what is refused, and what each is told.

use super::world::{SURVEY, columns, find, options, survey};
use bluelamp_steward::landscape::{Application, Hosting, Options, Pattern, read, to_csv};
use proptest::prelude::*;

#[test]
fn a_survey_with_a_title_and_its_own_spellings_is_taken() {
    let s = survey();
    assert_eq!((s.applications.len(), s.rows), (10, 10));
    let a = find(&s.applications, "borset--caseworks-v6-2");
    assert_eq!(
        (a.name.as_str(), a.supplier.as_deref(), a.users),
        ("CaseWorks v6.2", Some("Larkfield Ltd"), Some(1200))
    );
    assert_eq!((a.hosting, a.run_cost), (Hosting::OnPremise, Some(35_000_000)));
    assert_eq!(a.contract_end, Some("2027-03-31".parse().unwrap()));
    assert_eq!(
        (a.integrations[0].to.as_str(), a.integrations[0].pattern),
        ("Old Custody", Some(Pattern::Direct))
    );
    assert_eq!(a.capabilities, ["C03", "C02"]);
    let unknown = find(&s.applications, "dunford--custody-plus-live");
    assert_eq!(
        (unknown.hosting, unknown.legacy),
        (Hosting::Unknown, None),
        "what was left empty is not known, not no"
    );
    assert!(s.notes.is_empty(), "{:?}", s.notes);
}

/// Each fault with its place and what to do. Nothing of a file with a fault is taken.
#[test]
fn every_fault_says_where_it_is_and_what_to_do() {
    let head = "Force,Application,Users,Hosting,Annual cost,Contract end,Legacy,Sourcing,Disposition\n";
    let row = |cells: &str| format!("{head}{cells}\n");
    let table = [
        (
            row("A,X,many,,,,,,"),
            "f.csv:2: Users (column C): 'many' is not a number of people: write digits only, such as 1200",
        ),
        (
            row("A,X,,the moon,,,,,"),
            "f.csv:2: Hosting (column D): 'the moon' is not a way of hosting: write on-premise, private cloud, hybrid, public cloud, IaaS, PaaS or SaaS",
        ),
        (
            row("A,X,,,$5,,,,"),
            "f.csv:2: Annual cost (column E): '$5' is in another currency: write the amount in pounds",
        ),
        (
            row("A,X,,,,03/31/2027,,,"),
            "f.csv:2: Contract end (column F): '03/31/2027' is not a day: days come before months here; write it such as 31/03/2027 or 2027-03-31",
        ),
        (
            row("A,X,,,,,perhaps,,"),
            "f.csv:2: Legacy (column G): 'perhaps' is neither yes nor no: write yes, no, or leave it empty",
        ),
        (
            row("A,X,,,,,,found,"),
            "f.csv:2: Sourcing (column H): 'found' is not a way of sourcing: write COTS, open source or bespoke",
        ),
        (
            row("A,X,,,,,,,ponder"),
            "f.csv:2: Disposition (column I): 'ponder' is not a disposition: write tolerate, invest, migrate or eliminate",
        ),
        (
            row("A,,5,,,,,,"),
            "f.csv:2: Application (column B): names no application: write its name, or remove the row",
        ),
        (
            row(",X,,,,,,,"),
            "f.csv:2: Force (column A): names no force: write it, or name the force of the file when it is imported",
        ),
        (
            row("A,X,5,,,,,,\nA,x,6,,,,,,"),
            "f.csv:3: Application (column B): 'x' of A is in f.csv row 2 already, with other values: keep one row, or give the two different names",
        ),
        (
            "Application,Users\nX,5\n".into(),
            "f.csv:1: there is no column 'Force': add one, or name the force of the file when it is imported",
        ),
        (
            "Force,App,System\nA,X,Y\n".into(),
            "f.csv:1: System (column C): means the same as 'App' in column B: remove one of them",
        ),
        (
            "Force,Shoe size\nA,5\n".into(),
            "f.csv:1: no row names the columns: write a row of headings with 'Application' and 'Force' among them",
        ),
        (head.to_owned(), "f.csv: has headings and no application below them: was the right file chosen?"),
        (
            "Force,Capability,Maturity now\nA,C01,six\n".into(),
            "f.csv:2: Maturity now (column C): 'six' is not a level of maturity: write a whole number from 0 to 5",
        ),
        (
            "Force,Capability,Maturity now\nA,C01,1\nA,c1,2\n".into(),
            "f.csv:3: the maturity of C01 in A is in the file twice: keep one row",
        ),
    ];
    for (text, wanted) in &table {
        let faults = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap_err();
        assert_eq!(faults.to_string(), *wanted);
    }
    let all = format!("{head}A,X,many,the moon,$5,soon,perhaps,found,ponder\nB,Y,,,,,,,\n");
    assert_eq!(read(&columns(), &options("f.csv"), all.as_bytes()).unwrap_err().0.len(), 7, "all in one go");
}

/// What can be taken with good reason is taken and told.
#[test]
fn what_is_in_doubt_is_taken_and_noted() {
    let head = "Force,Application,Users,Hosting,Annual cost,Contract end,Capability,Shoe size\n";
    let table = [
        ("A,X,c. 500,,,,,", "f.csv:2: Users (column C): 'c. 500' was taken as 500: it is an estimate"),
        ("A,X,,AWS,,,,", "f.csv:2: Hosting (column D): 'AWS' was taken as public cloud"),
        (
            "A,X,,cloud,,,,",
            "f.csv:2: Hosting (column D): 'cloud' does not say whether it is public or private; counted as not known",
        ),
        (
            "A,X,,,approx £5k,,,",
            "f.csv:2: Annual cost (column E): 'approx £5k' was taken as £5000: it is an estimate",
        ),
        (
            "A,X,,,,Mar 2027,,",
            "f.csv:2: Contract end (column F): 'Mar 2027' was taken as the end of that month, 2027-03-31",
        ),
        (
            "A,X,,,,46477,,",
            "f.csv:2: Contract end (column F): the number 46477 was taken as a spreadsheet's date, 2027-03-31",
        ),
        (
            "A,X,,,,,Horse care,",
            "f.csv:2: Capability (column G): 'Horse care' is not a capability of the strategy; kept as it is written",
        ),
        ("A,X,,,,,,\nA,X,,,,,,", "f.csv:3: says the same as f.csv row 2 and was taken once"),
        ("A,X,,,,,,\nTotal,Total,5,,,,,", "f.csv:3: looks like a row of totals and was left out"),
    ];
    let column = "f.csv:1: Shoe size (column H): is not a column that is known: what stands in it is kept beside the application as it came";
    for (row, wanted) in table {
        let s = read(&columns(), &options("f.csv"), format!("{head}{row}\n").as_bytes()).unwrap();
        let notes: Vec<_> = s.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes, [column, wanted]);
        assert_eq!(s.applications.len(), 1);
    }
    let s = read(&columns(), &options("f.csv"), format!("{head}A,X,,,,,,43\n").as_bytes()).unwrap();
    assert_eq!(s.applications[0].other["Shoe size"], "43", "nothing is lost");
}

/// Force after force writes its figures in its own unit; each is taken as what it means, and that is said once.
#[test]
fn the_unit_in_a_heading_scales_its_figures() {
    let text = "Force,Application,Annual cost (£k),Change cost (£000s),Users (000s)\n\
                A,X,2400,300,6.1\nA,Y,650,20.5,0.4\n";
    let s = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap();
    let said: Vec<_> = s.applications.iter().map(|a| (a.run_cost, a.change_cost, a.users)).collect();
    let wanted =
        [(Some(240_000_000), Some(30_000_000), Some(6_100)), (Some(65_000_000), Some(2_050_000), Some(400))];
    assert_eq!(said, wanted);
    let notes: Vec<_> = s.notes.iter().map(ToString::to_string).collect();
    let note =
        |heading: &str| format!("f.csv:1: {heading}: its figures are in thousands and were taken times 1000");
    let headings =
        ["Users (000s) (column E)", "Annual cost (£k) (column C)", "Change cost (£000s) (column D)"];
    assert_eq!(notes, headings.map(note));
    let monthly = "Force,Application,Cost (per month)\nA,X,2400\nA,Y,£10 per month\n";
    let s = read(&columns(), &options("f.csv"), monthly.as_bytes()).unwrap();
    let costs: Vec<_> = s.applications.iter().map(|a| a.run_cost).collect();
    assert_eq!(costs, [Some(2_880_000), Some(12_000)], "what it costs in a year");
    assert!(s.notes[0].to_string().contains("its figures are for a month and were taken times 12"));
}

#[test]
fn a_unit_in_a_heading_that_is_not_understood_is_refused() {
    let table = [
        ("Annual cost (€)", "'(€)'", "pounds in a year"),
        ("Cost (per quarter)", "'(per quarter)'", "pounds in a year"),
        ("Change cost (per user)", "'(per user)'", "pounds in a year"),
        ("Users (%)", "'(%)'", "write people"),
    ];
    for (heading, unit, what) in table {
        let text = format!("Survey 2026,,\nForce,Application,{heading}\nA,X,5\n");
        let said = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap_err().to_string();
        let wanted = format!("f.csv:2: {heading} (column C): the unit {unit} is not understood");
        assert!(said.starts_with(&wanted) && said.contains(what), "{said}");
    }
}

#[test]
fn a_force_named_at_import_stands_for_the_rows_that_name_none() {
    let with = Options { file: "f.csv".into(), force: Some("Borset".into()), ..Options::default() };
    let s = read(&columns(), &with, b"Application\nX\nY\n").unwrap();
    assert!(s.applications.iter().all(|a| a.force == "Borset"));
    let s = read(&columns(), &with, b"Force,Application\n,X\nDunford,Y\n").unwrap();
    assert_eq!(s.applications.iter().map(|a| a.force.as_str()).collect::<Vec<_>>(), ["Borset", "Dunford"]);
}

#[test]
fn a_survey_without_a_column_for_the_force_is_of_the_force_whose_service_it_is() {
    let own = Options { file: "f.csv".into(), own: Some("Borset".into()), ..Options::default() };
    let s = read(&columns(), &own, b"Application\nX\n").unwrap();
    assert_eq!(s.applications[0].force, "Borset");
    assert!(
        s.notes[0].to_string().contains("there is no column 'Force': everything was taken as of 'Borset'")
    );
    let said = read(&columns(), &own, b"Force,Application\n,X\n").unwrap_err().to_string();
    assert!(said.contains("names no force"), "one that forgot to say it is asked: {said}");
}

#[test]
fn a_row_of_totals_is_left_out_wherever_it_says_so() {
    let s = read(&columns(), &options("f.csv"), b"Force,Application,Annual cost\nA,X,5\nTotal,,5\n").unwrap();
    assert_eq!(s.applications.len(), 1);
    assert!(s.notes[0].to_string().contains("looks like a row of totals"));
}

#[test]
fn the_same_survey_is_taken_in_every_encoding_and_separator() {
    let wanted = survey().applications;
    let semicolons = SURVEY
        .replace(';', " |")
        .replace(',', ";")
        .replace("\"1;200\"", "1200")
        .replace("\"£350;000\"", "350000")
        .replace(" |", " | ");
    let latin: Vec<u8> = SURVEY.chars().map(|c| if c == '£' { 0xa3 } else { c as u8 }).collect();
    let files = [
        format!("\u{feff}{SURVEY}").into_bytes(),
        latin,
        semicolons.into_bytes(),
        SURVEY.replace("\r\n", "\n").into_bytes(),
    ];
    for (n, bytes) in files.iter().enumerate() {
        let s = read(&columns(), &options("survey.csv"), bytes).unwrap_or_else(|e| panic!("{n}: {e}"));
        assert_eq!(s.applications, wanted, "{n}");
    }
}

/// Words of the first application can spell a column: it is an application all the same.
#[test]
fn the_first_application_is_no_second_row_of_headings() {
    let files = [
        "Force,Application,Location,Supplier,\nAvon,Ledger,Cloud,Larkfield,\nAvon,Rota,On-premise,Otherwise,\n",
        "Force,,Application,Location\nAvon,,Ledger,Cloud\nAvon,,Rota,On-premise\n",
        "Force,Application,,Location\nAvon,Ledger,v2,Cloud\nAvon,Rota,,On-premise\n",
        "Application,,Location,Force\nLedger,main,Cloud,Avon\nRota,,On-premise,Avon\n",
    ];
    for text in files {
        let s = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap();
        let names: Vec<_> = s.applications.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["Ledger", "Rota"], "{text}");
        assert_eq!(s.applications[0].other["Location"], "Cloud", "{text}");
    }
    let two = "Force,Application,Cost,,Hosting\n,,Run,Change,\nAvon,Ledger,100,20,SaaS\n";
    let s = read(&columns(), &options("f.csv"), two.as_bytes()).unwrap();
    let of: Vec<_> = s.applications.iter().map(|a| (a.run_cost, a.change_cost)).collect();
    assert_eq!(of, [(Some(10_000), Some(2_000))], "what was merged before it became CSV is parted below");
}

#[test]
fn a_row_with_more_cells_than_headings_is_a_fault() {
    let text =
        "Force,Application,Function,Owner\nAvon,Ledger,Books, and stock,Ms Hart\nAvon,Rota,Duties,,,\n";
    let said = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        said,
        "f.csv:2: has 5 cells, and there are 4 headings: put a cell that holds the separator between quotation marks, or \
         give each column a heading",
        "empty cells at the end of a row are none"
    );
    let quoted = text.replace("Books, and stock", "\"Books, and stock\"");
    let s = read(&columns(), &options("f.csv"), quoted.as_bytes()).unwrap();
    assert_eq!(s.applications[0].owner.as_deref(), Some("Ms Hart"));
}

#[test]
fn what_stands_under_no_heading_is_kept_and_told() {
    let text = "Force,Application,,Users,Note,Note\nAvon,Ledger,since 2011,5,one,two\nAvon,Rota,,6,,\n";
    let s = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap();
    let notes: Vec<_> = s.notes.iter().map(ToString::to_string).collect();
    let wanted =
        "f.csv:1: column C has no heading: what stands in it is kept beside the application under that name";
    assert_eq!(notes.iter().filter(|n| *n == wanted).count(), 1, "{notes:?}");
    let other = &s.applications[0].other;
    assert_eq!(other["column C"], "since 2011");
    assert_eq!((other["Note"].as_str(), other["Note (column F)"].as_str()), ("one", "two"));
    assert!(s.applications[1].other.is_empty());
}

#[test]
fn a_quotation_mark_that_swallows_rows_is_a_fault() {
    let text =
        "Force,Application,Function\nAvon,Ledger,\"books\nAvon,Rota,duties\nAvon,Screens,24\" monitors\n";
    let said = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap_err().to_string();
    assert!(said.starts_with("f.csv:2: a quotation mark opens a cell here"), "{said}");
    let one = "Force,Application,Function\nAvon,Screens,24\" monitors\nAvon,Rota,duties\n";
    let s = read(&columns(), &options("f.csv"), one.as_bytes()).unwrap();
    assert_eq!(s.applications[0].function.as_deref(), Some("24\" monitors"), "it opens nothing there");
    // Two marks that pair by chance are CSV: it is told that a cell holds what looks like a row.
    let paired = "Force,Application,Function\nAvon,Ledger,\"books\nAvon,Rota,duties\nAvon,Screens,24\"\n";
    let s = read(&columns(), &options("f.csv"), paired.as_bytes()).unwrap();
    let told = s.notes.iter().map(ToString::to_string).find(|n| n.contains("looks like a row")).unwrap();
    assert!(told.starts_with("f.csv:2: a quoted cell goes on over the end of its line"), "{told}");
    let lines = "Force,Application,Function\nAvon,Ledger,\"books\nand duties, both\"\n";
    let s = read(&columns(), &options("f.csv"), lines.as_bytes()).unwrap();
    assert!(!s.notes.iter().any(|n| n.to_string().contains("looks like a row")), "a text of two lines");
}

/// What the register's own form would refuse cannot be written past it.
#[test]
fn what_the_register_does_not_take_is_a_fault_with_its_place() {
    let long = |n: usize| "x".repeat(n);
    let table = [
        (format!("A,X,{},5", long(8001)), "f.csv:2: Function (column C): What it does: write at most 8000"),
        (format!("A,{},,", long(201)), "f.csv:2: Application (column B): the name has 201 characters"),
        (format!("{},X,,", long(201)), "f.csv:2: Force (column A): the name has 201 characters"),
    ];
    for (row, wanted) in table {
        let text = format!("Force,Application,Function,Users\n{row}\n");
        let faults = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap_err();
        let said = faults.to_string();
        assert!(faults.0.len() == 1 && said.starts_with(wanted), "{said}");
    }
    let fits = format!("Force,Application,Function,Users\nA,{},{},10000000\n", long(200), long(8000));
    assert_eq!(read(&columns(), &options("f.csv"), fits.as_bytes()).unwrap().applications.len(), 1);
}

#[test]
fn characters_that_nobody_can_see_are_blanks() {
    let text = "Force,Application,Function,Integrations,Shoe\u{1f}size\nA,Case\u{2}Works,a\u{1f}b,Rota\u{b}(api),4\u{1}3\n";
    let s = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap();
    let a = &s.applications[0];
    assert_eq!((a.name.as_str(), a.function.as_deref()), ("Case Works", Some("a b")));
    assert_eq!((a.integrations[0].to.as_str(), a.other["Shoe size"].as_str()), ("Rota", "4 3"));
}

/// Partly on public cloud and partly not is hybrid, however it is written; hybrid does not count as public cloud.
#[test]
fn two_places_of_which_one_is_public_cloud_are_hybrid() {
    let table = [
        ("Azure / on-premise", Hosting::Hybrid),
        ("On-prem / SaaS", Hosting::Hybrid),
        ("SaaS (private cloud)", Hosting::Hybrid),
        ("On-premise, hybrid", Hosting::Hybrid),
        ("SaaS (Azure)", Hosting::Saas),
        ("IaaS / SaaS", Hosting::Iaas),
        ("SaaS (UK South)", Hosting::Saas),
        ("On-prem - private cloud", Hosting::OnPremise),
    ];
    for (said, wanted) in table {
        let text = format!("Force,Application,Hosting\nA,X,\"{said}\"\n");
        let s = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap();
        assert_eq!(s.applications[0].hosting, wanted, "{said}");
        let note = format!("'{said}' was taken as {}", wanted.label());
        assert!(s.notes.iter().any(|n| n.to_string().contains(&note)), "{:?}", s.notes);
    }
}

#[test]
fn what_is_spent_to_change_can_stand_in_the_brackets() {
    for word in ["capex", "change", "project"] {
        let text =
            format!("Force,Application,\"Annual cost (£k, run)\",\"Annual cost (£k, {word})\"\nA,X,5,2\n");
        let s = read(&columns(), &options("f.csv"), text.as_bytes()).unwrap();
        let a = &s.applications[0];
        assert_eq!((a.run_cost, a.change_cost), (Some(500_000), Some(200_000)), "{word}");
    }
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9 ,;'\"&+£é()-]{0,18}[A-Za-z0-9]"
}

fn application() -> impl Strategy<Value = Application> {
    let first = (words(), words(), proptest::option::of(words()), proptest::option::of(0_u64..10_000_000));
    let second = (
        0_usize..8,
        proptest::option::of(0_i64..1_000_000_000_000),
        proptest::option::of((1990_i16..2100, 1_i8..13, 1_i8..29)),
        proptest::option::of(any::<bool>()),
    );
    (first, second).prop_map(|((force, name, supplier, users), (hosting, cost, end, legacy))| {
        let known = |t: &String| {
            !matches!(
                t.trim().to_lowercase().as_str(),
                "na" | "nk" | "none" | "tbc" | "tbd" | "tba" | "unknown" | "null" | "dont know"
            )
        };
        Application {
            code: Application::code_of(&one(&force), &one(&name)),
            force: one(&force),
            name: one(&name),
            supplier: supplier.filter(known).map(|s| one(&s)),
            users,
            hosting: Hosting::ALL[hosting],
            run_cost: cost,
            contract_end: end.map(|(y, m, d)| bluelamp_model::Day::new(y, m, d).unwrap()),
            legacy,
            ..Application::default()
        }
    })
}

fn one(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(app in application()) {
        let usable = |t: &str| !matches!(t.to_lowercase().as_str(), "na" | "nk" | "none" | "tbc" | "tbd" | "tba" | "unknown" | "null" | "total" | "totals" | "sum" | "name");
        prop_assume!(usable(&app.name) && usable(&app.force) && columns().find(&app.name).is_none());
        let text = to_csv(&columns(), std::slice::from_ref(&app));
        let s = read(&columns(), &options("f.csv"), text.as_bytes()).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(&s.applications, &vec![app], "{}", text);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&columns(), &options("f"), &bytes);
        let mut csv = b"Force,Application,Contract end,Annual cost\n".to_vec();
        csv.extend(&bytes);
        let _ = read(&columns(), &options("f"), &csv);
    }
}
