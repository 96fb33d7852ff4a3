//! What the program says of its own work: lines for people, lines for machines, and a collector that is told.

use crate::{Place, burglary};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc,
    time::Duration,
};

/// A collector that takes everything and passes it on: path and body.
fn collector() -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut path, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if path.is_empty() {
                    line.split(' ').nth(1).unwrap().clone_into(&mut path);
                }
                match line.trim().split_once(": ") {
                    Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                        length = value.parse().unwrap();
                    }
                    None if line.trim().is_empty() => break,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap();
            if told.send((path, serde_json::from_slice(&body).unwrap())).is_err() {
                break;
            }
        }
    });
    (address, heard)
}

#[test]
fn a_collector_hears_every_answer_under_the_id_of_its_request_and_nothing_personal() {
    let place = Place::new();
    let (endpoint, heard) = collector();
    let service = place.serve(
        &["serve", "--port", "0"],
        &[("BLUELAMP_OTLP__ENDPOINT", &endpoint), ("BLUELAMP_LOG__LEVEL", "debug")],
    );
    let sent = service.post("/api/v1/submissions", &[], &burglary("The canary sang in the garden.")).unwrap();
    assert_eq!(sent.status, 201, "{}", sent.body);
    let id = sent.header("x-request-id").unwrap().to_owned();
    service.stop();
    let (mut spans, mut records, mut all) = (Vec::new(), Vec::new(), String::new());
    while let Ok((path, body)) = heard.recv_timeout(Duration::from_millis(500)) {
        all.push_str(&body.to_string());
        match path.as_str() {
            "/v1/traces" => {
                spans.extend(body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone());
            }
            "/v1/logs" => records
                .extend(body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap().clone()),
            other => panic!("{other}"),
        }
    }
    let span = spans.iter().find(|s| s["traceId"] == id.as_str()).expect("a span for the request");
    assert_eq!(span["name"], "POST /api/v1/submissions");
    assert!(records.iter().any(|r| r["traceId"] == id.as_str()), "a log record for the request");
    assert!(records.iter().any(|r| r["body"]["stringValue"] == "stopped"), "the last line is told too");
    all.push_str(&fs::read_to_string(place.path("log.txt")).unwrap());
    // A telephone number as a whole: five digits of it stand in a time or an id by chance.
    for personal in ["canary", "Joanna", "07700 900123", "7700900123", "Lantern", "ZZ99"] {
        assert!(!all.contains(personal), "{personal} was told");
    }
}

#[test]
fn a_collector_that_is_not_there_changes_nothing() {
    let place = Place::new();
    let service =
        place.serve(&["serve", "--port", "0"], &[("BLUELAMP_OTLP__ENDPOINT", "http://127.0.0.1:9")]);
    assert_eq!(service.get("/healthz", &[]).status, 200);
    service.stop();
    let log = fs::read_to_string(place.path("log.txt")).unwrap();
    assert!(log.contains("the collector 127.0.0.1:9 was not told"), "{log}");
    place.run_with(&["serve"], &[("BLUELAMP_OTLP__ENDPOINT", "https://collector.example")]).refused(
        2,
        &["otlp.endpoint: \"https://collector.example\" should be the address of a collector", "without TLS"],
    );
}

#[test]
fn lines_for_machines_are_json() {
    let place = Place::new();
    let service = place.serve(&["serve", "--port", "0"], &[("BLUELAMP_LOG__FORMAT", "json")]);
    service.get("/desk/reports?secret=canary", &[]);
    service.stop();
    let log = fs::read_to_string(place.path("log.txt")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|l| l["message"] == "answered").unwrap();
    assert_eq!(answered["route"], "/desk/reports");
    assert_eq!(answered["level"], "INFO");
    assert!(!log.contains("canary"));
}
