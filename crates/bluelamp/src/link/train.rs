//! `bluelamp link train`: a model's weights, learnt from records.

use super::args::Train;
use super::files::{self, wrong};
use super::predict::{completeness, needed, ordered};
use super::stage::Stages;
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::linker::{Limits, Linker};
use bluelamp_linkage::read::Columns;
use bluelamp_linkage::report;
use bluelamp_linkage::sql::Expr;
use bluelamp_linkage::train::{self, Trained};

pub(super) fn run(what: &Train) -> Result<(), Fail> {
    let mut stages = Stages::begin();
    let threads = threads(what.threads);
    let mut settings = files::model(&what.settings)?;
    let mut columns = needed(&settings);
    for text in what.deterministic.iter().chain(&what.em) {
        let rule = Expr::rule(text).map_err(|e| wrong(format!("the rule {text}: {e}")))?;
        columns.extend(rule.columns().into_iter().map(|(_, name)| name));
    }
    columns.extend(what.labels.clone());
    if what.em.is_empty() && what.labels.is_none() {
        return Err(wrong(
            "there is nothing to learn m from: give --em 'RULE' (best two or more) or --labels COLUMN",
        ));
    }
    let mut table = files::records(&what.input.inputs, Columns::Needed(&columns), threads)?;
    ordered(&mut table, &settings)?;
    let filled = completeness(&table);
    let mut linker = Linker::reusable(&settings, &[], table, Limits::default()).map_err(wrong)?;
    stages.end("read");
    let mut trained = Trained::default();
    if what.deterministic.is_empty() {
        trained.possible_pairs = train::possible_pairs(&linker);
        trained.notes.push(format!(
            "no --deterministic rule was given: the prior stays at {:.3e}, as the settings have it",
            settings.prior
        ));
    } else {
        train::prior(&mut linker, &mut settings, &what.deterministic, what.recall, threads, &mut trained)
            .map_err(wrong)?;
    }
    stages.end("prior");
    train::u(&linker, &mut settings, what.seed, what.sample, threads, &mut trained).map_err(wrong)?;
    stages.end("u");
    match &what.labels {
        Some(column) => train::m_from_labels(&mut linker, &mut settings, column, threads, &mut trained),
        None => train::m(&mut linker, &mut settings, &what.em, threads, &mut trained),
    }
    .map_err(wrong)?;
    stages.end("em");
    files::whole_text(&what.out, &settings.to_json())?;
    if let Some(path) = &what.report {
        files::whole_text(path, &report::training(&settings, &trained, linker.records(), &filled))?;
    }
    for note in &trained.notes {
        say::err(note);
    }
    say::out(format!(
        "{} records; the prior is {:.3e}, one pair in {:.0}; the model is in {}\n{}",
        linker.records(),
        settings.prior,
        1.0 / settings.prior,
        what.out.display(),
        files::table(&stages)
    ))
}
