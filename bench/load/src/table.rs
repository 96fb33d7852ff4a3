//! The figures with their goals, as a table for people and as JSON.

use serde_json::{Value, json};

/// What a figure is to be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// Worth knowing, but nothing was promised.
    None,
}

/// The simple thing that it is set beside.
pub(crate) struct Peer {
    pub(crate) what: &'static str,
    pub(crate) value: f64,
}

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
    pub(crate) peer: Option<Peer>,
    /// Load average before and after, where it was measured here.
    pub(crate) load: Option<(f64, f64)>,
    /// Everything else that was measured with it.
    pub(crate) more: Value,
}

impl Figure {
    /// Whether the goal was reached; nothing where there is none. What could not be measured was not reached.
    pub(crate) fn reached(&self) -> Option<bool> {
        match self.goal {
            Goal::AtLeast(least) => Some(self.value >= least),
            Goal::AtMost(most) => Some(self.value <= most),
            Goal::None => None,
        }
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::AtLeast(n) => format!("≥ {} {}", number(n), self.unit),
            Goal::AtMost(n) => format!("≤ {} {}", number(n), self.unit),
            Goal::None => "–".into(),
        }
    }

    fn cells(&self) -> [String; 6] {
        let reached = match self.reached() {
            Some(true) => "reached",
            Some(false) => "not reached",
            None => "–",
        };
        let peer = self.peer.as_ref().map_or_else(
            || "–".into(),
            |p| format!("{:.2} × {} ({} {})", self.value / p.value, p.what, number(p.value), self.unit),
        );
        let load = self.load.map_or_else(|| "–".into(), |(a, b)| format!("{a:.1} → {b:.1}"));
        let value = if self.value.is_nan() {
            "failed".into()
        } else {
            format!("{} {}", number(self.value), self.unit)
        };
        [self.what.clone(), value, self.goal(), reached.into(), peer, load]
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "what": self.what, "value": self.value, "unit": self.unit, "goal": self.goal(),
            "reached": self.reached(),
            "peer": self.peer.as_ref().map(|p| json!({
                "what": p.what, "value": p.value, "ratio": self.value / p.value,
            })),
            "load_average": self.load, "more": self.more,
        })
    }
}

/// Three figures that count, thousands apart.
fn number(n: f64) -> String {
    let text = match n.abs() {
        a if a >= 100.0 => format!("{n:.0}"),
        a if a >= 10.0 => format!("{n:.1}"),
        a if a >= 1.0 => format!("{n:.2}"),
        _ => format!("{n:.3}"),
    };
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out.push_str(if rest.bytes().all(|b| matches!(b, b'.' | b'0')) {
        ""
    } else {
        rest.trim_end_matches('0')
    });
    out
}

const HEADS: [&str; 6] = ["figure", "result", "goal", "", "beside", "load average"];

/// The table in Markdown, its columns made even so that it can be read as it stands.
pub(crate) fn markdown(figures: &[Figure]) -> String {
    let rows: Vec<[String; 6]> =
        std::iter::once(HEADS.map(String::from)).chain(figures.iter().map(Figure::cells)).collect();
    let wide: Vec<usize> =
        (0..6).map(|c| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        for (cell, wide) in row.iter().zip(&wide) {
            out.push_str(&format!("| {cell:wide$} "));
        }
        out.push_str("|\n");
        if n == 0 {
            for wide in &wide {
                out.push_str(&format!("|{}", "-".repeat(wide + 2)));
            }
            out.push_str("|\n");
        }
    }
    out
}

/// Everything, for machines.
pub(crate) fn json(machine: &Value, figures: &[Figure]) -> Value {
    json!({ "machine": machine, "figures": figures.iter().map(Figure::json).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, goal: Goal) -> Figure {
        let peer = Some(Peer { what: "bare SQLite", value: 20_000.0 });
        let (id, what) = ("x".into(), "reports".into());
        Figure { id, what, value, unit: "/s", goal, peer, load: Some((0.1, 2.0)), more: Value::Null }
    }

    #[test]
    fn a_goal_is_reached_or_it_is_not() {
        assert_eq!(figure(3000.0, Goal::AtLeast(3000.0)).reached(), Some(true));
        assert_eq!(figure(2999.9, Goal::AtLeast(3000.0)).reached(), Some(false));
        assert_eq!(figure(50.1, Goal::AtMost(50.0)).reached(), Some(false));
        assert_eq!(figure(f64::NAN, Goal::AtMost(50.0)).reached(), Some(false));
        assert_eq!(figure(f64::NAN, Goal::AtLeast(1.0)).reached(), Some(false));
    }

    #[test]
    fn the_table_says_goal_and_ratio() {
        let table = markdown(&[figure(4321.0, Goal::AtLeast(3000.0)), figure(0.1234, Goal::None)]);
        assert!(table.contains(
            "| reports | 4,321 /s | ≥ 3,000 /s | reached | 0.22 × bare SQLite (20,000 /s) | 0.1 → 2.0    |"
        ), "{table}");
        assert!(table.contains("| 0.123 /s |"), "{table}");
    }

    #[test]
    fn numbers_have_thousands_apart_and_no_idle_noughts() {
        for (n, text) in
            [(31635.4, "31,635"), (0.5, "0.5"), (50.0, "50"), (1.0, "1"), (12.34, "12.3"), (100.0, "100")]
        {
            assert_eq!(number(n), text);
        }
    }
}
