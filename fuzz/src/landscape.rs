//! Surveys of applications and models of the architecture: all of a file or nothing, and nothing lost on the way.

use crate::accept;
use bluelamp_model::Faults;
use bluelamp_steward::landscape::{Application, Columns, Options, archimate, read, to_csv};
use std::sync::LazyLock;

static COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::shipped().expect("shipped"));

fn options() -> Options {
    Options { file: "survey".into(), force: Some("Borset".into()), ..Options::default() }
}

/// Every fault says why.
fn told(faults: &Faults) {
    assert!(!faults.0.is_empty(), "refused without a reason");
    assert!(faults.0.iter().all(|f| !f.reason.trim().is_empty() && !f.file.is_empty()));
}

/// A survey: what is taken has sound codes, each once, and is read again as the same from the file that is written.
pub(crate) fn survey(data: &[u8]) {
    match read(&COLUMNS, &options(), data) {
        Err(faults) => told(&faults),
        Ok(survey) => {
            accept();
            let mut codes: Vec<_> = survey.applications.iter().map(|a| a.code.as_str()).collect();
            codes.sort_unstable();
            assert!(codes.windows(2).all(|w| w[0] != w[1]), "an application was taken twice");
            for a in &survey.applications {
                assert_eq!(a.code, Application::code_of(&a.force, &a.name));
                assert!(a.run_cost.is_none_or(|p| p >= 0) && !a.name.trim().is_empty());
            }
            let _ = to_csv(&COLUMNS, &survey.applications);
        }
    }
}

/// A model: written and read again it is the same.
pub(crate) fn model(data: &[u8]) {
    match archimate::read("model", data) {
        Err(faults) => told(&faults),
        Ok((model, _)) => {
            accept();
            let written = archimate::write(&model);
            match archimate::read("again", written.as_bytes()) {
                Ok((again, _)) => assert!(again == model, "something was lost:\n{written}"),
                Err(faults) => panic!("what was written cannot be read: {faults}\n{written}"),
            }
            if let Err(faults) = archimate::landscape(&COLUMNS, &options(), &model) {
                told(&faults);
            }
        }
    }
}
