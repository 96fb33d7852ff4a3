//! A short model that a person writes by hand.

use crate::settings::{Settings, SettingsErrors};

/// Reads a short model.
///
/// # Errors
/// Every fault with its place.
pub fn settings(_text: &str) -> Result<Settings, SettingsErrors> {
    Err(SettingsErrors(vec!["not yet".to_owned()]))
}
