//! Telling a collector (OpenTelemetry) what is logged, over OTLP/HTTP with JSON.
//!
//! Every line of the log becomes a log record. A line that says how long something took becomes a span as well, in
//! the trace that has the request's id: the same id that is in the answer's headers and in the audit log. A collector
//! that is slow or away never slows the service: what does not fit into the queue is counted and dropped.
//!
//! No client library: the official one brings some forty crates for what is one request a second to a neighbour.

use crate::say;
use bluelamp_model::Time;
use serde_json::{Map, Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

/// Lines that may wait to be sent.
const QUEUE: usize = 4096;
/// Lines in one request.
const BATCH: usize = 512;
const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3);

/// One line of the log.
struct Line {
    micros: i64,
    level: tracing::Level,
    target: &'static str,
    message: String,
    fields: Map<String, Value>,
}

/// Takes what is logged and hands it to the thread that sends it.
pub(crate) struct Exporter {
    queue: Arc<Mutex<Option<SyncSender<Line>>>>,
    lost: Arc<AtomicU64>,
}

/// Ends the sending: what was logged until then is sent first.
pub(crate) struct Flush {
    queue: Arc<Mutex<Option<SyncSender<Line>>>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Flush {
    fn drop(&mut self) {
        // Without a sender the thread sends the rest and ends.
        drop(self.queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it has nothing more to say
        }
    }
}

/// Starts sending to a collector such as `http://127.0.0.1:4318`.
///
/// # Errors
/// When the system gives no thread.
pub(crate) fn start(endpoint: &str, organisation: &str) -> std::io::Result<(Exporter, Flush)> {
    let (queue, lines) = sync_channel(QUEUE);
    let queue = Arc::new(Mutex::new(Some(queue)));
    let lost = Arc::new(AtomicU64::new(0));
    let collector = Collector::new(endpoint, organisation);
    let dropped = Arc::clone(&lost);
    let thread =
        std::thread::Builder::new().name("otlp".into()).spawn(move || collector.run(&lines, &dropped))?;
    Ok((Exporter { queue: Arc::clone(&queue), lost }, Flush { queue, thread: Some(thread) }))
}

impl<S: Subscriber> Layer<S> for Exporter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line {
            micros: Time::now().micros(),
            level: *event.metadata().level(),
            target: event.metadata().target(),
            message: String::new(),
            fields: Map::new(),
        };
        event.record(&mut line);
        let queue = self.queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if queue.as_ref().is_none_or(|queue| queue.try_send(line).is_err()) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Line {
    fn put(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => {
                self.fields.insert(name.to_owned(), value);
            }
        }
    }

    /// The trace that it belongs to: that of its request.
    fn trace(&self) -> Option<&str> {
        let id = self.fields.get("request.id")?.as_str()?;
        (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(id)
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }
}

/// The neighbour that is told.
struct Collector {
    /// Host and port.
    host: String,
    /// What stands before `/v1/logs`.
    base: String,
    resource: Value,
}

impl Collector {
    fn new(endpoint: &str, organisation: &str) -> Self {
        let rest = endpoint.strip_prefix("http://").unwrap_or(endpoint);
        let (host, base) = rest.split_once('/').map_or((rest, String::new()), |(h, b)| (h, format!("/{b}")));
        let host = if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            host.to_owned()
        } else {
            format!("{host}:4318")
        };
        let attributes = [
            ("service.name", "bluelamp"),
            ("service.namespace", organisation),
            ("service.version", env!("CARGO_PKG_VERSION")),
        ];
        let attributes: Vec<_> = attributes.iter().map(|(k, v)| attribute(k, &Value::from(*v))).collect();
        Self { host, base, resource: json!({ "attributes": attributes }) }
    }

    fn run(&self, lines: &Receiver<Line>, lost: &AtomicU64) {
        let mut told = None::<Instant>;
        let mut open = true;
        while open {
            let mut batch = Vec::new();
            let until = Instant::now() + EVERY;
            while batch.len() < BATCH {
                match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                    Ok(line) => batch.push(line),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => {
                        open = false;
                        break;
                    }
                }
            }
            if batch.is_empty() {
                continue;
            }
            let spans: Vec<_> = batch.iter().filter_map(span).collect();
            let mut outcome = self.post("/v1/logs", &self.logs(&batch));
            if outcome.is_ok() && !spans.is_empty() {
                outcome = self.post("/v1/traces", &self.traces(&spans));
            }
            // Not through the log, which would send it round again; and not every second.
            if let Err(why) = outcome
                && told.is_none_or(|at| at.elapsed() > Duration::from_secs(60))
            {
                let more = lost.swap(0, Ordering::Relaxed);
                say::err(format!(
                    "the collector {} was not told {} lines: {why} ({more} more did not fit)",
                    self.host,
                    batch.len()
                ));
                told = Some(Instant::now());
            }
        }
    }

    fn logs(&self, batch: &[Line]) -> Value {
        let records: Vec<_> = batch.iter().map(record).collect();
        json!({ "resourceLogs": [{
            "resource": self.resource,
            "scopeLogs": [{ "scope": { "name": "bluelamp" }, "logRecords": records }],
        }] })
    }

    fn traces(&self, spans: &[Value]) -> Value {
        json!({ "resourceSpans": [{
            "resource": self.resource,
            "scopeSpans": [{ "scope": { "name": "bluelamp" }, "spans": spans }],
        }] })
    }

    fn post(&self, path: &str, body: &Value) -> Result<(), String> {
        let plain = |e: std::io::Error| e.to_string();
        let address = self.host.to_socket_addrs().map_err(plain)?.next().ok_or("its name is not known")?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(plain)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(plain)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(plain)?;
        let body = body.to_string();
        let head = format!(
            "POST {}{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.base,
            self.host,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).map_err(plain)?;
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status).map_err(plain)?;
        match status.split(' ').nth(1) {
            Some(code) if code.starts_with('2') => Ok(()),
            _ => Err(format!("it answered '{}'", status.trim())),
        }
    }
}

fn attribute(key: &str, value: &Value) -> Value {
    let value = match value {
        Value::Bool(b) => json!({ "boolValue": b }),
        // Whole numbers of 64 bits are texts in the JSON of protocol buffers.
        Value::Number(n) => json!({ "intValue": n.to_string() }),
        Value::String(s) => json!({ "stringValue": s }),
        other => json!({ "stringValue": other.to_string() }),
    };
    json!({ "key": key, "value": value })
}

fn record(line: &Line) -> Value {
    // The numbers of the data model of OpenTelemetry's logs.
    let (number, text) = match line.level {
        tracing::Level::TRACE => (1, "TRACE"),
        tracing::Level::DEBUG => (5, "DEBUG"),
        tracing::Level::INFO => (9, "INFO"),
        tracing::Level::WARN => (13, "WARN"),
        tracing::Level::ERROR => (17, "ERROR"),
    };
    let mut attributes: Vec<_> = line.fields.iter().map(|(k, v)| attribute(k, v)).collect();
    attributes.push(attribute("target", &line.target.into()));
    let mut record = json!({
        "timeUnixNano": nanos(line.micros),
        "severityNumber": number,
        "severityText": text,
        "body": { "stringValue": line.message },
        "attributes": attributes,
    });
    if let Some(trace) = line.trace() {
        record["traceId"] = trace.into();
    }
    record
}

fn nanos(micros: i64) -> String {
    micros.saturating_mul(1000).to_string()
}

/// What took `duration_ms` until now.
fn span(line: &Line) -> Option<Value> {
    let took = line.fields.get("duration_ms")?.as_i64()?;
    let (mut trace, mut id) = ([0_u8; 16], [0_u8; 8]);
    getrandom::fill(&mut trace).ok()?;
    getrandom::fill(&mut id).ok()?;
    let trace = line.trace().map_or_else(|| hex(&trace), str::to_owned);
    let said = |key: &str| line.fields.get(key).and_then(Value::as_str);
    let request = line.trace().is_some();
    let name = match (said("method"), said("route"), said("job.kind")) {
        (Some(method), Some(route), _) => format!("{method} {route}"),
        (_, _, Some(kind)) => format!("job {kind}"),
        _ => line.message.clone(),
    };
    let failed = line.fields.get("status").and_then(Value::as_u64).is_some_and(|status| status >= 500);
    let attributes: Vec<_> = line.fields.iter().map(|(k, v)| attribute(k, v)).collect();
    Some(json!({
        "traceId": trace,
        "spanId": hex(&id),
        "name": name,
        // 2: a server's answer to a request. 1: its own work.
        "kind": if request { 2 } else { 1 },
        "startTimeUnixNano": nanos(line.micros.saturating_sub(took.saturating_mul(1000))),
        "endTimeUnixNano": nanos(line.micros),
        "attributes": attributes,
        "status": { "code": if failed { 2 } else { 0 } },
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        let mut fields = Map::new();
        fields.insert("request.id".into(), "0123456789abcdef0123456789abcdef".into());
        fields.insert("method".into(), "GET".into());
        fields.insert("route".into(), "/desk/reports/{id}".into());
        fields.insert("status".into(), 200.into());
        fields.insert("duration_ms".into(), 3.into());
        Line {
            micros: 10_000,
            level: tracing::Level::INFO,
            target: "bluelamp_web",
            message: "answered".into(),
            fields,
        }
    }

    #[test]
    fn an_answer_is_a_span_in_the_trace_of_its_request() {
        let span = span(&line()).unwrap();
        assert_eq!(span["traceId"], "0123456789abcdef0123456789abcdef");
        assert_eq!(span["name"], "GET /desk/reports/{id}");
        assert_eq!(
            (&span["startTimeUnixNano"], &span["endTimeUnixNano"]),
            (&json!("7000000"), &json!("10000000"))
        );
        assert_eq!(span["spanId"].as_str().unwrap().len(), 16);
    }

    #[test]
    fn a_line_is_a_log_record() {
        let record = record(&line());
        assert_eq!(record["severityNumber"], 9);
        assert_eq!(record["body"]["stringValue"], "answered");
        let status = json!({ "key": "status", "value": { "intValue": "200" } });
        assert!(record["attributes"].as_array().unwrap().contains(&status), "{record}");
    }

    #[test]
    fn the_address_of_a_collector_may_leave_the_port_out_and_have_a_path() {
        let at = |endpoint: &str| {
            let c = Collector::new(endpoint, "x");
            (c.host, c.base)
        };
        assert_eq!(at("http://localhost:9"), ("localhost:9".into(), String::new()));
        assert_eq!(at("http://collector"), ("collector:4318".into(), String::new()));
        assert_eq!(at("http://[::1]:4318/otlp"), ("[::1]:4318".into(), "/otlp".into()));
    }
}
