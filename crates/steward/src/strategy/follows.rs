//! What a later version of a strategy may change: anything but the meaning of an id.

use super::Strategy;
use bluelamp_model::Fault;

/// Where a later version gives an id another meaning, drops one or brings one back.
pub(crate) fn follows(file: &str, later: &Strategy, earlier: &Strategy) -> Vec<Fault> {
    let mut faults = Vec::new();
    for before in &earlier.elements {
        let id = &before.id;
        let Some(now) = later.element(id) else {
            let reason = format!(
                "'{id}' ({}) stood in version {}: an id does not go away, keep it with 'retired: ' and a day",
                before.name, earlier.version
            );
            faults.push(Fault::new(file, reason).at_line(1).in_field("elements"));
            continue;
        };
        let at = |key: &str, reason: String| {
            Fault::new(file, reason).at_line(now.line).in_field(format!("elements[{id}].{key}"))
        };
        if now.kind != before.kind {
            let (is, was) = (now.kind.one(), before.kind.one());
            faults.push(at(
                "kind",
                format!("was {was} in version {}, not {is}: a new meaning needs a new id", earlier.version),
            ));
        }
        if now.name != before.name && now.formerly.as_deref() != Some(&before.name) {
            faults.push(at(
                "name",
                format!(
                    "was '{}' in version {}. If it means the same, add 'formerly: {0}'; if not, use a new id",
                    before.name, earlier.version
                ),
            ));
        }
        if let Some(day) = before.retired.filter(|_| now.retired.is_none()) {
            faults.push(at("retired", format!("was retired on {day}: a retired id stays so, use a new id")));
        }
    }
    faults
}
