//! What the sender of a report types, and what is kept of the answers.

use crate::{accept, forms, text};
use bluelamp_contact::{Body, NewSubmission, Reference, TrackingCode, Written};
use bluelamp_forms::Safety;
use serde_json::Value;

/// A reference or a tracking code as a person types it: read in many ways, written in one.
pub(crate) fn code(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let plain = |code: &str| code.bytes().all(|b| b == b'-' || b.is_ascii_uppercase() || b.is_ascii_digit());
    if let Some(reference) = Reference::parse(text) {
        accept();
        assert_eq!(Reference::parse(reference.text()).as_ref(), Some(&reference));
        assert!(reference.text().len() == 11 && plain(reference.text()), "{}", reference.text());
    }
    if let Some(code) = TrackingCode::parse(text) {
        accept();
        assert!(TrackingCode::parse(code.text()).is_some_and(|again| again == code));
        assert!(code.text().len() == 19 && plain(code.text()), "{}", code.text());
    }
}

/// Answers as they are kept: written and read again they are the same, and nobody is written to who did not say
/// that it is safe.
pub(crate) fn submission(data: &[u8]) {
    let Ok(Value::Object(answers)) = serde_json::from_slice(data) else { return };
    for form in &*forms::FORMS {
        let Ok(clean) = form.validate(&answers, forms::today()) else { continue };
        accept();
        let safe = clean.answers.get("contact_safe").is_some_and(|a| a == "yes");
        let new = NewSubmission::new(form, clean, "api", None);
        let kept: Body = serde_json::from_str(&new.body.json).expect("what was kept can be read");
        assert_eq!(Written::from(kept), new.body);
        if new.contact_email.is_some() {
            assert!(form.safety == Safety::Standard && safe);
        }
    }
}
