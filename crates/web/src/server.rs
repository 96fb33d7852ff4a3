//! All routes in one place, and the server that answers them.

use crate::{App, api, assets, desk, ethics_api, guard, openapi, operations, public};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path},
    http::HeaderMap,
    middleware::from_fn_with_state,
    routing::{get, post, put},
};
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpListener;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// The largest body of anything but a file and a decision report.
const BODY: usize = 256 * 1024;
/// The largest decision report, and what is settled of it: fifteen texts of 20,000 characters and six lists of 200 lines of
/// 300, in which a form can send a character as twelve. Nothing is lost that the fields allow.
const REPORT: usize = 12 * (15 * 20_000 + 6 * 200 * 300);
/// No answer takes longer than this.
const PATIENCE: Duration = Duration::from_secs(30);
/// Requests under way are given so long to finish when the server is told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// The text of a definition, in which each character may be sent as three, with what stands beside it in its form.
fn texts() -> DefaultBodyLimit {
    DefaultBodyLimit::max(4 * desk::definitions::edit::TEXT)
}

/// A decision report with all its text, and what is settled of it.
fn reports() -> DefaultBodyLimit {
    DefaultBodyLimit::max(REPORT + BODY)
}

/// A survey or a model, with what stands beside it in its form.
fn surveys() -> DefaultBodyLimit {
    DefaultBodyLimit::max(desk::landscape::LARGEST + BODY)
}

/// A scored file, with what stands beside it in its form.
fn scores() -> DefaultBodyLimit {
    DefaultBodyLimit::max(desk::fairness::FILE + BODY)
}

/// Every route of the service.
pub fn router(app: App) -> Router {
    let files = usize::try_from(app.inner.settings.largest_file).unwrap_or(usize::MAX).saturating_add(BODY);
    let pages = Router::new()
        .route("/", get(public::start::home))
        .route("/report", get(public::start::choose))
        .route("/report/{form}", get(public::journey::start))
        .route("/report/{form}/check", get(public::journey::check))
        .route("/report/{form}/send", post(public::journey::send))
        .route("/report/{form}/sent", get(public::journey::sent))
        .route("/report/{form}/q/{*page}", get(public::journey::ask).post(public::journey::answer))
        .route("/track", get(public::track::ask).post(public::track::show))
        .route("/leave", get(public::start::leave))
        .route("/algorithms", get(public::algorithms::register))
        .route("/algorithms/{kind}/{name}", get(public::algorithms::record))
        .route("/ethics-committee", get(public::algorithms::minutes))
        .route("/definitions", get(public::definitions::list))
        .route("/definitions/{id}", get(public::definitions::view))
        .route("/challenges", get(public::programme::challenges))
        .route("/service-standard", get(public::programme::standard))
        .route("/strategy", get(public::strategies::list))
        .route("/strategy/{id}", get(public::strategies::view))
        .route("/decisions", get(public::decisions::list))
        .route("/decisions/{reference}", get(public::decisions::view))
        .route("/decisions/{reference}/files/{place}", get(public::decisions::file))
        .route("/fairness", get(public::fairness::list))
        .route("/fairness/{id}", get(public::fairness::summary))
        .route("/complain", get(public::complain::ask).post(public::complain::send))
        .route("/complain/sent", get(public::complain::sent))
        .route("/complain/track", get(public::complain::ask_code).post(public::complain::show))
        .route("/complaints", get(public::complain::figures))
        .route("/accessibility", get(public::start::accessibility))
        .route("/privacy", get(public::start::privacy))
        .route("/sign-in", get(desk::entry::ask).post(desk::entry::sign_in))
        .route("/sign-out", post(desk::entry::sign_out))
        .route("/invitation/{secret}", get(desk::entry::invited).post(desk::entry::accept))
        .route("/desk", get(desk::entry::arrive))
        .route("/desk/purpose", get(desk::entry::purpose).post(desk::entry::choose_purpose))
        .route("/desk/reports", get(desk::queue::list))
        .route("/desk/reports/{id}", get(desk::reports::view))
        .route("/desk/reports/{id}/decide", post(desk::reports::decide))
        .route("/desk/reports/{id}/own-grade", post(desk::reports::own_grade))
        .route("/desk/reports/{id}/facts", post(desk::reports::note_fact))
        .route("/desk/reports/{id}/definitions", post(desk::reports::consider))
        .route("/desk/reports/{id}/assess", post(desk::reports::assess))
        .route("/desk/reports/{id}/events", post(desk::reports::happened))
        .route("/desk/reports/{id}/tasks/{task}", post(desk::reports::finish_task))
        .route("/desk/reviews", get(desk::reviews::list))
        .route("/desk/reviews/{review}", post(desk::reports::answer_review))
        .route("/desk/reports/{id}/matches/{suggestion}", post(desk::reports::answer_match))
        .route("/desk/cases", get(desk::cases::list))
        .route("/desk/cases/{id}", get(desk::cases::view))
        .route("/desk/cases/{id}/tasks", post(desk::cases::add_task))
        .route("/desk/cases/{id}/tasks/{task}", post(desk::cases::finish_task))
        .route("/desk/cases/{id}/notes", post(desk::cases::add_note))
        .route(
            "/desk/cases/{id}/evidence",
            post(desk::evidence::add_evidence).layer(DefaultBodyLimit::max(files)),
        )
        .route("/desk/evidence/{item}", get(desk::evidence::open_evidence))
        .route("/desk/cases/{id}/package", post(desk::evidence::export))
        .route("/desk/quality", get(desk::quality::view))
        .route("/desk/quality.csv", get(desk::quality::download))
        .route(
            "/desk/definitions",
            get(desk::definitions::list).merge(post(desk::definitions::edit::save).layer(texts())),
        )
        .route("/desk/definitions/new", get(desk::definitions::edit::new))
        .route("/desk/definitions/check", post(desk::definitions::edit::check).layer(texts()))
        .route("/desk/definitions/{id}", get(desk::definitions::history))
        .route("/desk/definitions/{id}/{version}", get(desk::definitions::version::view))
        .route("/desk/definitions/{id}/{version}/edit", get(desk::definitions::edit::edit))
        .route("/desk/definitions/{id}/{version}/{deed}", post(desk::definitions::version::act))
        .route("/desk/algorithms", get(desk::algorithms::list).post(desk::algorithms::switch))
        .route("/desk/skills", get(desk::skills::view))
        .route("/desk/skills.csv", get(desk::skills::download))
        .route("/desk/market", get(desk::market::view))
        .route("/desk/market/{signal}", post(desk::market::propose))
        .route("/desk/challenges", get(desk::challenges::list))
        .route("/desk/challenges/{code}", get(desk::challenges::view))
        .route("/desk/challenges/{code}/{deed}", post(desk::challenges::act))
        .route("/desk/services", get(desk::services::list))
        .route("/desk/services/{item}", get(desk::services::view))
        .route("/desk/landscape", get(desk::landscape::view))
        .route("/desk/landscape.csv", get(desk::landscape::csv))
        .route("/desk/landscape.xml", get(desk::landscape::xml))
        .route("/desk/landscape/capabilities", get(desk::landscape::capabilities))
        .route("/desk/landscape/models/{id}", get(desk::landscape::model))
        .route(
            "/desk/landscape/applications/{code}",
            get(desk::landscape::application).post(desk::landscape::dispose),
        )
        .route(
            "/desk/landscape/import",
            get(desk::landscape::import).merge(post(desk::landscape::look).layer(surveys())),
        )
        .route("/desk/landscape/import/confirm", post(desk::landscape::confirm))
        .route("/desk/ethics", get(desk::ethics::list))
        .route("/desk/ethics/{kind}/{name}", get(desk::ethics::one::view))
        .route("/desk/ethics/{kind}/{name}/{deed}", post(desk::ethics::one::act).layer(texts()))
        .route("/desk/graded", get(desk::graded::list))
        .route("/desk/graded/{id}", get(desk::graded::view))
        .route("/desk/graded/complaints/{reference}", get(desk::graded::complaint))
        .route("/desk/portfolio", get(desk::portfolio::view))
        .route("/desk/portfolio.csv", get(desk::portfolio::download))
        .route("/desk/findings", get(desk::portfolio::findings::list).post(desk::portfolio::findings::answer))
        .route("/desk/findings.csv", get(desk::portfolio::findings::download))
        .route("/desk/benefits", get(desk::portfolio::benefits))
        .route("/desk/benefits.csv", get(desk::portfolio::benefits_download))
        .route("/desk/roadmap", get(desk::portfolio::roadmap))
        .route("/desk/roadmap.csv", get(desk::portfolio::roadmap_download))
        .route("/desk/ideas", get(desk::portfolio::ideas::list).post(desk::portfolio::ideas::submit))
        .route("/desk/gates/{item}", get(desk::portfolio::gates::view).post(desk::portfolio::gates::decide))
        .route("/desk/registers", get(desk::registers::chapters))
        .route("/desk/registers/{register}", get(desk::registers::list))
        .route("/desk/registers/{register}/new", get(desk::registers::new).post(desk::registers::create))
        .route("/desk/registers/{register}/download.csv", get(desk::registers::download))
        .route("/desk/registers/{register}/{code}", get(desk::registers::view))
        .route(
            "/desk/registers/{register}/{code}/edit",
            get(desk::registers::edit).post(desk::registers::change),
        )
        .route("/desk/registers/{register}/{code}/withdraw", post(desk::registers::withdraw))
        .route("/desk/matrix", get(desk::assessments::matrix::view))
        .route("/desk/matrix.csv", get(desk::assessments::matrix::download))
        .route(
            "/desk/matrix/{item}",
            get(desk::assessments::item::view).post(desk::assessments::item::assess),
        )
        .route("/desk/matrix/{item}/lift", post(desk::assessments::item::lift))
        .route("/desk/matrix/{item}/history", get(desk::assessments::history::view))
        .route("/desk/alignment", get(desk::assessments::alignment::view))
        .route("/desk/alignment.csv", get(desk::assessments::alignment::download))
        .route(
            "/desk/alignment/weights",
            get(desk::assessments::weights::view).post(desk::assessments::weights::enter),
        )
        .route("/desk/strategy", get(desk::strategy::list))
        .route("/desk/strategy/{strategy}", get(desk::strategy::view))
        .route("/desk/strategy/{strategy}/print", get(desk::strategy::print))
        .route("/desk/strategy/{strategy}/{element}", get(desk::strategy::element))
        .route(
            "/desk/decisions",
            get(desk::decisions::list).merge(post(desk::decisions::edit::create).layer(reports())),
        )
        .route("/desk/decisions/new", get(desk::decisions::edit::new))
        .route("/desk/decisions/{reference}", get(desk::decisions::view_or_pdf))
        .route(
            "/desk/decisions/{reference}/edit",
            get(desk::decisions::edit::edit).merge(post(desk::decisions::edit::save).layer(reports())),
        )
        .route("/desk/decisions/{reference}/publication", post(desk::decisions::settle).layer(reports()))
        .route("/desk/decisions/{reference}/notice", post(desk::decisions::tell).layer(reports()))
        .route(
            "/desk/decisions/{reference}/files",
            post(desk::decisions::add).layer(DefaultBodyLimit::max(files)),
        )
        .route(
            "/desk/decisions/{reference}/files/{file}",
            get(desk::decisions::open)
                .merge(post(desk::decisions::redact).layer(DefaultBodyLimit::max(files))),
        )
        .route("/desk/decisions/{reference}/step/{step}", post(desk::decisions::step).layer(reports()))
        .route("/desk/boards", get(desk::boards::list).post(desk::boards::add))
        .route("/desk/boards.ics", get(desk::boards::calendar))
        .route("/desk/boards/{body}", get(desk::boards::body).post(desk::boards::plan))
        .route("/desk/boards/{body}/{meeting}", get(desk::boards::meeting))
        .route("/desk/boards/{body}/{meeting}/{deed}", post(desk::boards::act))
        .route("/desk/complaints", get(desk::complaints::list))
        .route("/desk/complaints/new", get(desk::complaints::new).post(desk::complaints::enter))
        .route("/desk/complaints/{reference}", get(desk::complaints::view))
        .route("/desk/complaints/{reference}/decisions", get(desk::graded::reviewed))
        .route("/desk/complaints/{reference}/{deed}", post(desk::complaints::act))
        .route("/desk/fairness", get(desk::fairness::ask).merge(post(desk::fairness::make).layer(scores())))
        .route("/desk/fairness/bounds", get(desk::thresholds::list).post(desk::fairness::set_bounds))
        .route("/desk/fairness/bounds/confirm", post(desk::thresholds::confirm))
        .route("/desk/fairness/{id}", get(desk::fairness::kept))
        .route("/desk/fairness/{id}/{deed}", post(desk::fairness::act))
        .route("/desk/accounts", get(desk::accounts::list).post(desk::accounts::create))
        .route("/desk/log", get(desk::log::view));
    let machines = Router::new()
        .route("/api/v1/openapi.json", get(openapi::serve))
        .route("/api/v1/forms", get(api::forms))
        .route("/api/v1/forms/{id}", get(api::form))
        .route("/api/v1/definitions", get(api::definitions))
        .route("/api/v1/definitions/{id}", get(api::definition))
        .route("/api/v1/strategies", get(api::strategies::strategies))
        .route("/api/v1/strategies/{id}", get(api::strategies::strategy))
        .route("/api/v1/strategies/{id}/elements/{element}", get(api::strategies::element))
        .route("/api/v1/algorithms", get(ethics_api::register))
        .route("/api/v1/algorithms/{kind}/{name}", get(ethics_api::record))
        .route("/api/v1/ethics", get(ethics_api::list))
        .route("/api/v1/ethics/{id}", get(ethics_api::view))
        .route("/api/v1/ethics/{id}/{deed}", post(ethics_api::act).layer(texts()))
        .route("/api/v1/submissions", post(api::submit))
        .route("/api/v1/submissions/track", post(api::track))
        .route("/api/v1/reports", get(api::reports))
        .route("/api/v1/reports/{id}", get(api::report))
        .route("/api/v1/reports/{id}/decision", post(api::decide))
        .route("/api/v1/reports/{id}/facts", post(api::note_fact))
        .route("/api/v1/reports/{id}/own-grade", post(api::own_grade))
        .route("/api/v1/reviews", get(api::reviews))
        .route("/api/v1/reviews/{id}", post(api::answer_review))
        .route("/api/v1/cases", get(api::cases))
        .route("/api/v1/cases/{id}", get(api::case))
        .route("/api/v1/skills", get(api::market::skills))
        .route("/api/v1/market", get(api::market::market))
        .route("/api/v1/market/signals/{code}/proposal", post(api::market::propose))
        .route("/api/v1/challenges", get(api::market::challenges))
        .route("/api/v1/challenges/{code}", get(api::market::challenge))
        .route("/api/v1/challenges/{code}/open", post(api::market::open))
        .route("/api/v1/challenges/{code}/close", post(api::market::close))
        .route("/api/v1/challenges/{code}/entries", post(api::market::receive))
        .route("/api/v1/challenges/{code}/entries/{entry}/scores", post(api::market::score))
        .route("/api/v1/challenges/{code}/entries/{entry}/conflict", post(api::market::declare))
        .route("/api/v1/challenges/{code}/results", get(api::market::results))
        .route("/api/v1/challenges/{code}/award", post(api::market::award))
        .route("/api/v1/services", get(api::market::services))
        .route("/api/v1/services/{item}", get(api::market::service))
        .route("/api/v1/published/challenges", get(api::market::published_challenges))
        .route("/api/v1/published/service-standard", get(api::market::published_standard))
        .route("/api/v1/findings", get(api::portfolio::findings).post(api::portfolio::answer))
        .route("/api/v1/benefits", get(api::portfolio::benefits))
        .route("/api/v1/portfolio", get(api::portfolio::portfolio))
        .route("/api/v1/roadmap", get(api::portfolio::roadmap))
        .route("/api/v1/ideas", get(api::portfolio::ideas).post(api::portfolio::submit))
        .route("/api/v1/items/{code}/gate", get(api::portfolio::gate).post(api::portfolio::decide))
        .route("/api/v1/landscape", get(api::landscape::landscape))
        .route("/api/v1/landscape/findings", get(api::landscape::findings))
        .route("/api/v1/landscape/archimate", get(api::landscape::exchange))
        .route("/api/v1/landscape/models", get(api::landscape::models))
        .route("/api/v1/landscape/models/{id}", get(api::landscape::model))
        .route("/api/v1/landscape/surveys", post(api::landscape::take).layer(surveys()))
        .route("/api/v1/landscape/applications/{code}/disposition", post(api::landscape::dispose))
        .route("/api/v1/graded", get(api::graded::list))
        .route("/api/v1/graded/{id}", get(api::graded::view))
        .route("/api/v1/graded/complaints/{reference}", get(api::graded::complaint))
        .route("/api/v1/registers", get(api::registers::registers))
        .route("/api/v1/registers/{register}", get(api::registers::entries).post(api::registers::create))
        .route("/api/v1/registers/{register}/{code}", get(api::registers::entry).post(api::registers::change))
        .route("/api/v1/assessments", get(api::assessments::of_item).post(api::assessments::assess))
        .route("/api/v1/assessments/{id}", get(api::assessments::one))
        .route("/api/v1/assessments/{id}/compare/{other}", get(api::assessments::compare))
        .route("/api/v1/assessments/{id}/lift", post(api::assessments::lift))
        .route("/api/v1/alignment", get(api::assessments::alignment))
        .route(
            "/api/v1/alignment/weights",
            get(api::assessments::weights).post(api::assessments::enter_weights),
        )
        .route(
            "/api/v1/decisions",
            get(api::decisions::list).merge(post(api::decisions::create).layer(reports())),
        )
        .route("/api/v1/decisions/published", get(api::decisions::register))
        .route("/api/v1/decisions/published/{reference}", get(api::decisions::public))
        .route(
            "/api/v1/decisions/{reference}",
            get(api::decisions::view).merge(put(api::decisions::edit).layer(reports())),
        )
        .route("/api/v1/decisions/{reference}/publication", put(api::decisions::settle).layer(reports()))
        .route("/api/v1/decisions/{reference}/notice", put(api::decisions::tell).layer(reports()))
        .route("/api/v1/decisions/{reference}/steps", post(api::decisions::step).layer(reports()))
        .route("/api/v1/decisions/{reference}/pdf", get(api::decisions::as_pdf))
        .route(
            "/api/v1/decisions/{reference}/files",
            post(api::decisions::add_file).layer(DefaultBodyLimit::max(files)),
        )
        .route(
            "/api/v1/decisions/{reference}/files/{file}",
            get(api::decisions::file)
                .merge(post(api::decisions::redact_file).layer(DefaultBodyLimit::max(files))),
        )
        .route("/api/v1/boards", get(api::decisions::all).post(api::decisions::add_body))
        .route("/api/v1/boards/delegations", post(api::decisions::delegate))
        .route("/api/v1/boards/{body}", put(api::decisions::change_body))
        .route("/api/v1/boards/{body}/meetings", post(api::decisions::plan))
        .route("/api/v1/boards/meetings/{id}", get(api::decisions::meeting).post(api::decisions::act))
        .route("/api/v1/boards/papers/{id}", get(api::decisions::paper))
        .route("/api/v1/complaints", get(api::complaints::list).post(api::complaints::complain))
        .route("/api/v1/complaints/track", post(api::complaints::track))
        .route("/api/v1/complaints/figures", get(api::complaints::figures))
        .route("/api/v1/complaints/entered", post(api::complaints::enter))
        .route("/api/v1/complaints/reviewers", get(api::complaints::reviewers))
        .route("/api/v1/complaints/{reference}", get(api::complaints::view))
        .route("/api/v1/complaints/{reference}/decisions", get(api::complaints::decisions))
        .route("/api/v1/complaints/{reference}/{deed}", post(api::complaints::act))
        .route("/api/v1/fairness", get(api::fairness::list).merge(post(api::fairness::make).layer(scores())))
        .route("/api/v1/fairness/summaries", get(api::fairness::summaries))
        .route("/api/v1/fairness/bounds", get(api::fairness::all_bounds).post(api::fairness::propose_bounds))
        .route("/api/v1/fairness/bounds/{id}/confirm", post(api::fairness::confirm_bounds))
        .route("/api/v1/fairness/{id}", get(api::fairness::view))
        .route("/api/v1/fairness/{id}/{deed}", post(api::fairness::act))
        .route("/healthz", get(operations::health))
        .route("/metrics", get(operations::metrics))
        .route("/log/key", get(operations::log_key))
        .route("/log/{*path}", get(operations::log_file))
        .route(
            "/assets/{file}",
            get(async |Path(file): Path<String>, headers: HeaderMap| assets::respond(&file, &headers)),
        );
    pages
        .merge(machines)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// Serves until `stop` resolves, then lets what is under way finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let keeper = app.clone();
    let tidy = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(300)).await;
            for limiter in [&keeper.inner.reports, &keeper.inner.sign_ins, &keeper.inner.tracking] {
                limiter.tidy();
            }
            if let Err(e) = keeper.blocking(|app| app.inner.db.sweep_sessions()).await {
                tracing::warn!(error = %e, "expired sessions could not be removed");
            }
        }
    });
    let (told, mut waiting) = tokio::sync::watch::channel(false);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        let _ = told.send(true); // nobody waits any more: the server has ended by itself
    });
    let farewell = async {
        let _ = waiting.wait_for(|told| *told).await; // an error means the same: it has ended
        tokio::time::sleep(FAREWELL).await;
    };
    let outcome = tokio::select! {
        outcome = server => outcome,
        () = farewell => {
            tracing::warn!("requests were still under way when the server stopped");
            Ok(())
        }
    };
    tidy.abort();
    outcome
}
