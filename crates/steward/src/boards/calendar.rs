//! The calendar as iCalendar (RFC 5545), for whoever keeps their diary elsewhere.

use super::{Body, Meeting, MeetingState};
use bluelamp_model::Time;

/// A text as a value: what means something there is escaped.
fn value(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line of at most 75 bytes, folded where it is longer.
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}

/// Meetings as a calendar. `host` makes their ids unique to this service.
#[must_use]
pub fn icalendar(bodies: &[Body], meetings: &[Meeting], now: Time, host: &str) -> String {
    let mut out = String::new();
    let stamp: String = now.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    let stamp = format!("{}T{}Z", &stamp[..8.min(stamp.len())], stamp.get(8..).unwrap_or_default());
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bluelamp//Boards//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, text);
    }
    for meeting in meetings {
        let name =
            bodies.iter().find(|b| b.code == meeting.body).map_or(meeting.body.as_str(), |b| b.name.as_str());
        let day: String = meeting.on.to_string().replace('-', "");
        let at = meeting.at.replace(':', "");
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}@{}", meeting.id, value(host)));
        line(&mut out, &format!("DTSTAMP:{stamp}"));
        // Local time: a meeting at ten is at ten, in summer and in winter.
        line(&mut out, &format!("DTSTART:{day}T{at}00"));
        line(&mut out, &format!("SUMMARY:{}", value(name)));
        if !meeting.place.is_empty() {
            line(&mut out, &format!("LOCATION:{}", value(&meeting.place)));
        }
        let status = if meeting.state == MeetingState::Cancelled { "CANCELLED" } else { "CONFIRMED" };
        line(&mut out, &format!("STATUS:{status}"));
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}
