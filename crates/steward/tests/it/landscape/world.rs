//! A synthetic survey of forces that do not exist, with duplicates and gaps that are known.

use bluelamp_steward::landscape::{Application, Columns, Options, Survey, read};

pub(super) const FORCES: [&str; 4] = ["Borset", "Mereshire", "Dunford", "Pellshire"];

/// A survey as CSV. Known: CaseWorks is in all four forces under four spellings; Custody Plus is in two; Borset has two
/// applications for C07 and nothing for C09; Pellshire serves C09 alone.
pub(super) const SURVEY: &str = "\
Landscape review 2026,,,,,,,,,,,\r
,,,,,,,,,,,\r
Police force,System name,Vendor,Description,Capability,No. of users,Hosting,Annual cost (£),Contract end date,Integrations,Front end,Legacy\r
Borset,CaseWorks v6.2,Larkfield Ltd,Crime and case records,C03;C02,\"1,200\",on-premise,\"£350,000\",31/03/2027,Old Custody (direct),yes,no\r
Mereshire,Case Works,Larkfield Limited,Records of crimes and cases,C03; C02,900,SaaS,£310k,30/06/2027,,yes,no\r
Dunford,CASEWORKS Live,,Case records,C03,,IaaS,,2027-05-31,,yes,no\r
Pellshire,Caseworx,Larkfield (UK) plc,Crime and case records,C03,450,Hybrid,120000,31 May 2029,,yes,no\r
Borset,Old Custody,Stonegate Systems,Custody records,Investigation,300,on-premise,80000,31/12/2026,,no,yes\r
Borset,Insight Board,Viewpoint plc,Charts and figures,C07,60,SaaS,25000,31/12/2028,,no,no\r
Borset,Figures Desk,Otherwise,Charts for chief officers,C07,15,on-premise,9000,28/02/2027,,no,no\r
Mereshire,Custody Plus,Stonegate Systems,Custody records,Investigation,280,Public cloud,75000,30/09/2027,,no,no\r
Dunford,Custody-Plus (Live),Stonegate,Custody records,Investigation,150,,70000,15/11/2027,,no,\r
Pellshire,Idea Box,Otherwise,Ideas of staff,C09,800,PaaS,5000,,,yes,no\r
";

pub(super) fn options(file: &str) -> Options {
    Options { file: file.into(), ..Options::default() }
}

pub(super) fn columns() -> Columns {
    Columns::shipped().unwrap()
}

pub(super) fn survey() -> Survey {
    read(&columns(), &options("survey.csv"), SURVEY.as_bytes()).unwrap()
}

pub(super) fn find<'a>(all: &'a [Application], code: &str) -> &'a Application {
    all.iter().find(|a| a.code == code).unwrap_or_else(|| panic!("no {code}"))
}
