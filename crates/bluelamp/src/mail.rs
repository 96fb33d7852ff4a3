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

/// Who is told how the sending of a message ended.
pub(crate) type Done = Box<dyn FnOnce(Result<()>) + Send>;

/// So many files are flushed side by side: a disk takes about as long for a few as for one.
const SIDE_BY_SIDE: usize = 8;

/// Delivers the messages of these jobs, each by itself, with few commits for all. Should it stop half-way, a message
/// is delivered again to the same file: nobody gets it twice before the mail system took the first.
pub(crate) fn send(db: &Db, jobs: Vec<(Job, Done)>, sender: &Sender) {
    let mut named = Vec::with_capacity(jobs.len());
    for (job, done) in jobs {
        match serde_json::from_str::<Id>(&job.data) {
            Ok(id) => named.push((job, id, done)),
            Err(e) => done(Err(Error::Bug(format!("job {} names no message: {e}", job.key)))),
        }
    }
    let read = db.read(&Actor::system(), |cx| {
        let mut messages = Vec::with_capacity(named.len());
        for (_, id, _) in &named {
            cx.allow(action::MESSAGE_SEND, Some(*id))?;
            cx.record(Verb::Consult, "message", Some(*id), json!({ "for": "sending" }))?;
            messages.push(cx.unsent(*id)?);
        }
        Ok(messages)
    });
    let messages = match read {
        Ok(messages) => messages,
        Err(e) => {
            return named.into_iter().for_each(|(_, _, done)| done(Err(Error::Unavailable(e.to_string()))));
        }
    };
    let put = deliver(&messages, sender);
    for (((job, id, done), message), outcome) in named.into_iter().zip(messages).zip(put) {
        let sent = message.is_some();
        match outcome {
            Err(e) => done(Err(e)),
            Ok(()) => db.write_then(
                &Actor::system(),
                move |cx| {
                    cx.allow(action::MESSAGE_SEND, Some(id))?;
                    if sent {
                        cx.mark_sent(id)?;
                    }
                    cx.record(Verb::Disclose, "message", Some(id), json!({ "sent": sent }))?;
                    cx.finish_job(&job)
                },
                done,
            ),
        }
    }
}

/// Puts the messages into the outbox, none where one was sent already. They are there for good when this returns.
fn deliver(messages: &[Option<Outgoing>], sender: &Sender) -> Vec<Result<()>> {
    let failed = |e: std::io::Error| {
        Error::Unavailable(format!("the outbox {} cannot be written: {e}", sender.folder.display()))
    };
    if let Err(e) = open::private_folder(&sender.folder) {
        return messages.iter().map(|_| Err(failed(std::io::Error::other(e.to_string())))).collect();
    }
    let one = |message: &Option<Outgoing>| match message {
        None => Ok(()),
        Some(m) if m.channel != "email" => {
            Err(Error::Unavailable(format!("there is no way out for '{}'", m.channel)))
        }
        Some(m) => put(&sender.folder, &format!("{}.eml", m.id), &eml(m, &sender.from)).map_err(failed),
    };
    let mut outcomes: Vec<Result<()>> = Vec::with_capacity(messages.len());
    for some in messages.chunks(SIDE_BY_SIDE) {
        std::thread::scope(|scope| {
            let threads: Vec<_> = some.iter().map(|message| scope.spawn(|| one(message))).collect();
            outcomes.extend(threads.into_iter().map(|thread| {
                thread.join().unwrap_or_else(|_| Err(Error::Bug("writing a message panicked".into())))
            }));
        });
    }
    // The names, once for all of them.
    if let Err(e) = File::open(&sender.folder).and_then(|folder| folder.sync_all()) {
        return messages.iter().map(|_| Err(failed(std::io::Error::other(e.to_string())))).collect();
    }
    outcomes
}

/// Writes a file whole: under another name, flushed, then renamed.
fn put(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = File::create(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(name))
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
    fn each_message_is_a_file_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let sender = Sender { folder: folder.path().join("outbox"), from: "no-reply@force.example".into() };
        let numbered =
            |n: u8, message: Outgoing| Outgoing { id: Id::new(Time::from_micros(0), [n; 10]), ..message };
        let by_text = Outgoing { channel: "text".into(), ..message("07700 900123", "x") };
        let messages = [
            Some(message("a@example.com", "x")),
            None,
            Some(by_text),
            Some(numbered(1, message("a@example.com", "y"))),
        ];
        for _ in 0..2 {
            let said: Vec<bool> = deliver(&messages, &sender).iter().map(Result::is_ok).collect();
            assert_eq!(said, [true, true, false, true], "one that fails does not stop the others");
        }
        let mut names: Vec<_> =
            fs::read_dir(&sender.folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        let expected =
            ["00000000-0000-7000-8000-000000000000.eml", "00000000-0000-7101-8101-010101010101.eml"];
        assert_eq!(names, expected, "delivered again it is the same file");
    }
}
