//! One application that a force lists twice, under the name of its product and under the name that people use for it.
//! The names share nothing, so other fields have to say it.

use super::{
    Application, coverage,
    same::{FIELDS, Pair, same_company, telling, words},
};

/// A name that stands in the other's description says most.
const NAMED: f64 = 0.7;
/// The same contract for the same people and the same thing.
const SAME_FIELDS: f64 = 0.65;
/// Both.
const BOTH: f64 = 0.8;
/// Words before a name that say that the application is tied to it, not that it is it.
const TIED: [&str; 20] = [
    "a", "an", "and", "as", "beside", "by", "feeds", "for", "from", "in", "into", "of", "on", "or",
    "replaces", "the", "to", "under", "via", "with",
];

/// Whether two applications of one force and one supplier are one; the pair with the fields that say so. Where contract
/// ends or users are known and differ, they are two.
pub(super) fn pair(
    a: &Application,
    b: &Application,
    suppliers: (Option<&Vec<String>>, Option<&Vec<String>>),
) -> Option<Pair> {
    let (Some(x), Some(y)) = suppliers else { return None };
    let differ = |known: Option<bool>| known == Some(false);
    let ends = a.contract_end.zip(b.contract_end).map(|(x, y)| x == y);
    let users = a.users.zip(b.users).map(|(x, y)| x == y && x > 0);
    if a.force.to_lowercase() != b.force.to_lowercase()
        || !same_company(x, y)
        || differ(ends)
        || differ(users)
    {
        return None;
    }
    let mut reasons = vec!["The force and the supplier are the same.".to_owned()];
    let mut say = |found: bool, reason: String| {
        if found {
            reasons.push(reason);
        }
        found
    };
    let stands = |name: &Application, other: &Application| {
        format!("‘{}’ stands in what is said of ‘{}’.", name.name, other.name)
    };
    let named = [(a, b), (b, a)].into_iter().any(|(x, y)| say(calls(y, &x.name), stands(x, y)));
    let common = coverage::in_common(a, b);
    // Two things for which different capabilities are named are two, unless one contract for the same people says more.
    let apart = common.is_empty() && !a.capabilities.is_empty() && !b.capabilities.is_empty();
    let contract = ends == Some(true) && users == Some(true);
    let fields = contract && !common.is_empty();
    if !(fields || (named && (contract || !apart))) {
        return None;
    }
    if let Some(end) = a.contract_end.filter(|_| ends == Some(true)) {
        say(true, format!("The contracts end on the same day, {end}."));
    }
    if let Some(users) = a.users.filter(|_| users == Some(true)) {
        say(true, format!("Both have {users} users."));
    }
    say(!common.is_empty(), format!("Both serve {}.", common.join(", ")));
    let score = match (named, fields) {
        (true, true) => BOTH,
        (true, false) => NAMED,
        _ => SAME_FIELDS,
    };
    Some(Pair { a: a.code.clone(), b: b.code.clone(), score, reasons })
}

/// Whether what is said of an application calls it by a name: all words of it in a row, and not as something that it is
/// tied to. A name of words that any such system has calls nothing.
fn calls(app: &Application, name: &str) -> bool {
    let name = words(name);
    let tells = telling(&name).iter().any(|w| w.chars().count() >= 3 && !FIELDS.contains(&w.as_str()));
    let said = [app.function.as_deref(), app.product.as_deref()];
    tells
        && said.into_iter().flatten().map(words).any(|text| {
            text.windows(name.len()).enumerate().any(|(at, part)| {
                let before = at.checked_sub(1).and_then(|n| text.get(n));
                part == name && before.is_none_or(|w| !TIED.contains(&w.as_str()))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::super::same_applications;
    use super::*;

    fn app(name: &str, function: &str, users: u64, end: &str) -> Application {
        Application {
            code: Application::code_of("Avon", name),
            force: "Avon".into(),
            name: name.into(),
            supplier: Some("Larkfield Ltd".into()),
            function: (!function.is_empty()).then(|| function.into()),
            users: (users > 0).then_some(users),
            contract_end: (!end.is_empty()).then(|| end.parse().unwrap()),
            capabilities: vec!["Digital evidence".into()],
            ..Application::default()
        }
    }

    fn found(a: &Application, b: &Application) -> Vec<Vec<String>> {
        let groups = same_applications(&[a.clone(), b.clone()]);
        groups.into_iter().map(|g| g.pairs.into_iter().flat_map(|p| p.reasons).collect()).collect()
    }

    #[test]
    fn a_product_and_the_name_that_people_use_for_it_are_one() {
        let product = app("Proofs.com", "DEMS body worn video", 2900, "2029-11-01");
        let common = Application {
            capabilities: vec!["Digital evidence management".into()],
            ..app("DEMS", "", 2900, "2029-11-01")
        };
        assert_eq!(
            found(&product, &common),
            [[
                "The force and the supplier are the same.",
                "‘DEMS’ stands in what is said of ‘Proofs.com’.",
                "The contracts end on the same day, 2029-11-01.",
                "Both have 2900 users.",
                "Both serve Digital evidence management."
            ]]
        );
        let unsaid = app("Proofs.com", "", 2900, "2029-11-01");
        assert_eq!(
            found(&unsaid, &common).len(),
            1,
            "the same contract for the same people and the same thing"
        );
        let named = app("DEMS", "", 0, "");
        assert_eq!(found(&product, &named).len(), 1, "it is said what people call it");
    }

    #[test]
    fn different_products_of_one_supplier_stay_apart() {
        let product = app("Proofs.com", "DEMS body worn video", 2900, "2029-11-01");
        let elsewhere = |change: &dyn Fn(&mut Application)| {
            let mut other = app("DEMS", "", 2900, "2029-11-01");
            change(&mut other);
            found(&product, &other)
        };
        assert!(
            elsewhere(&|o| o.contract_end = Some("2027-03-31".parse().unwrap())).is_empty(),
            "another contract"
        );
        assert!(elsewhere(&|o| o.users = Some(40)).is_empty(), "other people");
        assert!(elsewhere(&|o| o.supplier = Some("Otherwise".into())).is_empty(), "another supplier");
        assert!(elsewhere(&|o| o.force = "Dorsett".into()).is_empty(), "another force");
        let apart = [
            (
                app("Proofs.com", "Body worn video", 2900, "2029-11-01"),
                app("Rota", "Duties", 300, "2027-03-31"),
            ),
            (
                app("Fieldnote", "Mobile front end to Northgate", 900, ""),
                app("Northgate", "Crime records", 900, ""),
            ),
            (app("Fieldnote", "Custody and case records", 900, ""), app("Custody", "", 900, "")),
        ];
        for (x, y) in apart {
            assert!(found(&x, &y).is_empty(), "{} and {}", x.name, y.name);
        }
        let client = Application {
            capabilities: vec!["Mobile working".into()],
            ..app("Fieldnote", "Mobile DEMS client", 900, "")
        };
        assert!(found(&client, &app("DEMS", "", 0, "")).is_empty(), "a client of it, for something else");
        let mut mail = app("Letterbox", "", 2900, "2029-11-01");
        mail.capabilities = vec!["Mail".into()];
        let suite = app("Roomfinder", "", 2900, "2029-11-01");
        assert!(found(&mail, &suite).is_empty(), "one contract for two things");
    }
}
