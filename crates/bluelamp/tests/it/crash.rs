//! The first start, an end in good order, and an end in none: `kill -9` while reports come in.

use crate::{Place, ask, burglary, on_both};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

#[test]
fn the_first_start_prints_a_link_for_the_first_administrator() {
    let place = Place::new();
    let service = place.serve(&["serve", "--port", "0"], &[]);
    assert!(service.took < Duration::from_secs(10), "{:?}", service.took);
    let mut link = String::new();
    while let Ok(line) = service.lines.recv_timeout(Duration::from_secs(5)) {
        if line.contains("/invitation/") {
            line.trim().clone_into(&mut link);
            break;
        }
    }
    let path = link.strip_prefix(&format!("http://{}", service.address)).unwrap();
    assert!(service.get(path, &[]).body.contains("Choose a password"));
    assert!(service.stop() < Duration::from_secs(5));
    // Nobody took it up: the next start gives another.
    let again = place.serve(&["serve", "--port", "0"], &[]);
    let mut other = String::new();
    while let Ok(line) = again.lines.recv_timeout(Duration::from_secs(5)) {
        if line.contains("/invitation/") {
            other = line;
            break;
        }
    }
    assert!(!other.is_empty() && !other.contains(path.rsplit('/').next().unwrap()));
    again.stop();
}

#[test]
fn what_is_under_way_is_finished_before_it_stops() {
    let place = Place::new();
    let service = place.serve(&["serve", "--port", "0"], &[("BLUELAMP_LIMITS__REPORTS", "0")]);
    let address = service.address.clone();
    let stopped = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stopped);
    let sender = std::thread::spawn(move || {
        let mut acknowledged = 0;
        for n in 0.. {
            let body = burglary(&format!("Number {n}: the back door was open.")).to_string();
            match ask(&address, "POST", "/api/v1/submissions", &[], &body) {
                Ok(answer) => {
                    assert_eq!(answer.status, 201, "{}", answer.body);
                    acknowledged += 1;
                }
                // Refused at the door is right once it was told to stop; an answer cut off is not.
                Err(e) if told.load(Ordering::Relaxed) && e.to_string() != "the answer was cut off" => break,
                Err(e) => panic!("{e}"),
            }
        }
        acknowledged
    });
    std::thread::sleep(Duration::from_millis(500));
    stopped.store(true, Ordering::Relaxed);
    assert!(service.stop() < Duration::from_secs(12));
    assert!(sender.join().unwrap() > 0);
    let log = place.run(&["log", "check", "--json"]).ok().json();
    assert_eq!((&log["ok"], &log["unsealed"]), (&true.into(), &0.into()), "{log}");
}

/// Sends reports until the service is gone; gives key, text and receipt of those that were acknowledged.
fn send_until_gone(address: &str, who: usize) -> Vec<(String, String, Value)> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let (key, body) =
            (format!("sender-{who}-report-{n:06}"), burglary(&format!("Told by {who}, report {n}.")));
        match ask(address, "POST", "/api/v1/submissions", &[("idempotency-key", &key)], &body.to_string()) {
            Ok(answer) => {
                assert_eq!(answer.status, 201, "{}", answer.body);
                acknowledged.push((key, body.to_string(), answer.json()));
            }
            Err(_) => break,
        }
    }
    acknowledged
}

#[test]
fn nothing_that_was_acknowledged_is_lost_by_kill_9_and_nothing_is_there_twice() {
    on_both(|place| {
        let no_limits = [("BLUELAMP_LIMITS__REPORTS", "0"), ("BLUELAMP_LIMITS__TRACKING", "0")];
        let mut all = Vec::new();
        for round in 0..2 {
            let mut service = place.serve(&["serve", "--port", "0"], &no_limits);
            let senders: Vec<_> = (0..4)
                .map(|who| {
                    let address = service.address.clone();
                    std::thread::spawn(move || send_until_gone(&address, round * 10 + who))
                })
                .collect();
            std::thread::sleep(Duration::from_millis(700));
            service.child.kill().unwrap(); // SIGKILL
            service.child.wait().unwrap();
            for sender in senders {
                all.extend(sender.join().unwrap());
            }
        }
        assert!(all.len() > 20, "only {} were acknowledged", all.len());
        let service = place.serve(&["serve", "--port", "0"], &no_limits);
        for (key, body, receipt) in &all {
            // The same key gives the first receipt again, word for word: it is there, and it is there once.
            let again =
                ask(&service.address, "POST", "/api/v1/submissions", &[("idempotency-key", key)], body)
                    .unwrap();
            assert_eq!(again.status, 200, "{}", again.body);
            assert_eq!(&again.json(), receipt);
        }
        assert_eq!(dead_jobs(&service), 0);
        service.stop();
        let log = place.run(&["log", "check", "--json"]).ok().json();
        assert_eq!((&log["ok"], &log["unsealed"]), (&true.into(), &0.into()), "{log}");
        place.assert_well("data-dir");
    });
}

fn dead_jobs(service: &crate::Service) -> u64 {
    let metrics = service.get("/metrics", &[]).body;
    let line =
        metrics.lines().find(|l| l.starts_with("bluelamp_jobs_dead ")).unwrap_or_else(|| panic!("{metrics}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}
