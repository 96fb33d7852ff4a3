//! Messages on their way out: each becomes a file in the outbox of the data folder, from which the mail system of
//! the force takes it. This program speaks to no mail server by itself.

use crate::open;
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Db, Job, Outgoing};
use serde_json::json;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

/// How messages leave.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    /// The outbox.
    pub(crate) folder: PathBuf,
    /// The address that they come from.
    pub(crate) from: String,
}

/// Delivers one message. Should it stop half-way, it is delivered again to the same file: nobody gets it twice
/// before the mail system took the first.
///
/// # Errors
/// When the file cannot be written; database errors.
pub(crate) fn send(db: &Db, job: &Job, id: Id, sender: &Sender) -> Result<()> {
    let actor = Actor::system();
    let message = db.read(&actor, |cx| {
        cx.allow(action::MESSAGE_SEND, Some(id))?;
        cx.record(Verb::Consult, "message", Some(id), json!({ "for": "sending" }))?;
        cx.unsent(id)
    })?;
    if let Some(message) = &message {
        if message.channel != "email" {
            return Err(Error::Unavailable(format!("there is no way out for '{}'", message.channel)));
        }
        put(&sender.folder, &format!("{id}.eml"), &eml(message, &sender.from)).map_err(|e| {
            Error::Unavailable(format!("the outbox {} cannot be written: {e}", sender.folder.display()))
        })?;
    }
    let (job, sent) = (job.clone(), message.is_some());
    db.write(&actor, move |cx| {
        cx.allow(action::MESSAGE_SEND, Some(id))?;
        if sent {
            cx.mark_sent(id)?;
        }
        cx.record(Verb::Disclose, "message", Some(id), json!({ "sent": sent }))?;
        cx.finish_job(&job)
    })
}

/// Writes a file whole: under another name, flushed, then renamed.
fn put(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    open::private_folder(folder)?;
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = File::create(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// The message as RFC 5322 has it, with the line ends of the system that stores it.
fn eml(message: &Outgoing, from: &str) -> String {
    let domain = from.rsplit('@').next().unwrap_or("bluelamp.invalid");
    format!(
        "From: {from}\nTo: {}\nSubject: {}\nDate: {}\nMessage-ID: <{}@{domain}>\nAuto-Submitted: auto-generated\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}",
        one_line(&message.recipient),
        encoded(&one_line(&message.subject)),
        date(message.created_at),
        message.id,
        message.body
    )
}

/// Nothing that was typed can begin another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// RFC 2047, for a subject that is not plain ASCII. Short words, so that none is longer than 75 characters.
fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        let mut bytes = [0; 4];
        let piece: String = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => c.to_string(),
            ' ' => "_".into(),
            c => c.encode_utf8(&mut bytes).bytes().map(|b| format!("={b:02X}")).collect(),
        };
        if words.last().is_some_and(|word| word.len() + piece.len() > 60) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push_str(&piece);
        }
    }
    words.iter().map(|word| format!("=?utf-8?Q?{word}?=")).collect::<Vec<_>>().join("\n ")
}

/// RFC 5322 wants the month in English letters; the day of the week may be left out.
fn date(time: Time) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // "2026-11-22T04:15:00.000000Z"
    let text = time.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let month =
        part(5, 7).parse::<usize>().ok().and_then(|n| MONTHS.get(n.wrapping_sub(1))).unwrap_or(&"Jan");
    format!("{} {month} {} {} +0000", part(8, 10), part(0, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(recipient: &str, subject: &str) -> Outgoing {
        Outgoing {
            id: Id::new(Time::from_micros(0), [0; 10]),
            channel: "email".into(),
            recipient: recipient.into(),
            subject: subject.into(),
            body: "Hello\n".into(),
            created_at: "2026-11-02T04:15:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn is_a_message_that_a_mail_system_takes() {
        let text = eml(&message("a@example.com", "Your report R-1: received"), "no-reply@force.example");
        assert_eq!(
            text,
            "From: no-reply@force.example\nTo: a@example.com\nSubject: Your report R-1: received\n\
             Date: 02 Nov 2026 04:15:00 +0000\nMessage-ID: <00000000-0000-7000-8000-000000000000@force.example>\n\
             Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: 8bit\n\nHello\n"
        );
    }

    #[test]
    fn no_answer_can_begin_a_header_of_its_own() {
        let text = eml(&message("a@example.com\r\nBcc: b@example.com", "x\ny"), "no-reply@force.example");
        let head = text.split("\n\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc") || line.starts_with('y')), "{head}");
    }

    #[test]
    fn a_subject_that_is_not_ascii_is_encoded_in_short_words() {
        assert_eq!(encoded("plain"), "plain");
        assert_eq!(encoded("é b"), "=?utf-8?Q?=C3=A9_b?=");
        let long = encoded(&"’".repeat(50));
        assert!(long.lines().all(|line| line.trim().len() <= 75), "{long}");
        assert!(long.lines().skip(1).all(|line| line.starts_with(' ')), "{long}");
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        put(&folder.path().join("outbox"), "1.eml", "x").unwrap();
        put(&folder.path().join("outbox"), "1.eml", "y").unwrap();
        let names: Vec<_> =
            fs::read_dir(folder.path().join("outbox")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["1.eml"]);
        assert_eq!(fs::read_to_string(folder.path().join("outbox/1.eml")).unwrap(), "y");
    }
}
