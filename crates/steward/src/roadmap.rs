//! A roadmap as a picture and as a table: phases above, a lane for each ambition or enabler, items as bars on a line of
//! days. Nothing in the picture is told by colour alone, and nothing is in it that the table does not say.

use crate::schedule::Schedule;
use bluelamp_model::Day;
use serde::Serialize;
use std::fmt::Write;

/// A span of days. The end is the first day after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first day.
    pub start: Day,
    /// The first day after it.
    pub end: Day,
}

/// A phase of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Phase {
    /// What it is called.
    pub name: String,
    /// Its days.
    pub span: Span,
}

/// An item as a bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Its code.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its days as they are planned now.
    pub span: Span,
    /// Its days as they were agreed at first.
    pub baseline: Option<Span>,
    /// How many days it can be put off; none where nobody has worked it out.
    pub slack: Option<i32>,
    /// The phases of which it delivers something.
    pub phases: Vec<String>,
}

/// The items of one ambition or enabler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// Its items.
    pub bars: Vec<Bar>,
}

/// A roadmap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Roadmap {
    /// What it is called.
    pub title: String,
    /// The phases.
    pub phases: Vec<Phase>,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Today.
    pub today: Day,
}

/// An item in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The lane.
    pub lane: String,
    /// The item's code.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The phases of which it delivers something.
    pub phases: Vec<String>,
    /// Its days.
    pub span: Span,
    /// Its days as agreed at first.
    pub baseline: Option<Span>,
    /// By how many days its end is later than agreed at first.
    pub slip: Option<i32>,
    /// By how many days it can be put off.
    pub slack: Option<i32>,
    /// Whether the end of the whole hangs on it.
    pub critical: bool,
    /// Whether its days are over.
    pub past: bool,
}

impl Bar {
    /// Whether the end of the whole hangs on it.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.slack == Some(0)
    }
}

impl Roadmap {
    /// Puts the slack that was worked out to each bar. A bar that the schedule does not know keeps what it has.
    pub fn mark(&mut self, schedule: &Schedule) {
        for bar in self.lanes.iter_mut().flat_map(|l| &mut l.bars) {
            if let Some(line) = schedule.lines.iter().find(|line| line.id == bar.id) {
                bar.slack = Some(line.slack);
            }
        }
    }

    /// The same as the picture, in words and numbers.
    #[must_use]
    pub fn table(&self) -> Vec<Row> {
        let row = |lane: &Lane, bar: &Bar| {
            let to = bar.span.end.max(bar.span.start);
            Row {
                lane: lane.name.clone(),
                id: bar.id.clone(),
                title: bar.title.clone(),
                phases: bar.phases.clone(),
                span: bar.span,
                baseline: bar.baseline,
                slip: bar.baseline.map(|b| bar.span.end.number() - b.end.number()),
                slack: bar.slack,
                critical: bar.is_critical(),
                past: to <= self.today,
            }
        };
        self.lanes.iter().flat_map(|lane| lane.bars.iter().map(move |bar| row(lane, bar))).collect()
    }
}

/// The width of the picture, of which the names have their part.
const WIDTH: i32 = 1200;
const NAMES: i32 = 320;
const HEAD: i32 = 56;
const LANE: i32 = 28;
const LINE: i32 = 34;
/// So many letters of a name fit.
const LETTERS: usize = 40;

/// Texts are data: nothing in them is markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What XML does not allow.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn short(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return escape(text);
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", escape(kept.trim_end()))
}

/// Where days lie in the picture.
struct Scale {
    from: i32,
    days: i32,
}

impl Scale {
    fn of(roadmap: &Roadmap) -> Self {
        let bars = roadmap.lanes.iter().flat_map(|l| &l.bars);
        let spans = bars.flat_map(|b| [Some(b.span), b.baseline]).flatten();
        let spans = spans.chain(roadmap.phases.iter().map(|p| p.span));
        let mut days = vec![roadmap.today.number()];
        days.extend(spans.flat_map(|s| [s.start.number(), s.end.number()]));
        let (from, to) = days.iter().fold((i32::MAX, i32::MIN), |(a, b), d| (a.min(*d), b.max(*d)));
        Self { from, days: to.saturating_sub(from).max(1) }
    }

    /// In whole points, so that the picture is the same everywhere.
    fn x(&self, day: Day) -> i32 {
        let along =
            i64::from(day.number() - self.from) * i64::from(WIDTH - NAMES - 10) / i64::from(self.days);
        NAMES + i32::try_from(along).unwrap_or(0)
    }

    /// Where it begins and how wide it is: a single day can be seen too.
    fn bar(&self, span: Span) -> (i32, i32) {
        let x = self.x(span.start);
        (x, (self.x(span.end) - x).max(4))
    }
}

/// The roadmap as SVG. The same roadmap gives the same picture, to the byte. It has no style and no script of its own;
/// a page can give it colours by its classes, and without any it is black, white and grey.
#[must_use]
pub fn svg(roadmap: &Roadmap) -> String {
    let scale = Scale::of(roadmap);
    let lines: usize = roadmap.lanes.iter().map(|l| l.bars.len()).sum();
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX / 100);
    let height = HEAD + LANE * count(roadmap.lanes.len()) + LINE * count(lines) + 30;
    let mut out = String::new();
    let critical = roadmap.table().iter().filter(|r| r.critical).count();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bl-roadmap\" role=\"img\" viewBox=\"0 0 {WIDTH} {height}\" \
         aria-labelledby=\"roadmap-title roadmap-desc\" font-family=\"arial, sans-serif\" font-size=\"13\">\n\
         <title id=\"roadmap-title\">{}</title>\n<desc id=\"roadmap-desc\">{} items in {} lanes over {} phases; {critical} \
         of them on the critical path, which has thick outlines and the word critical. The table below says the same.\
         </desc>\n",
        escape(&roadmap.title),
        lines,
        roadmap.lanes.len(),
        roadmap.phases.len(),
    );
    phases(&mut out, roadmap, &scale, height);
    let mut y = HEAD;
    for lane in &roadmap.lanes {
        let _ = writeln!(
            out,
            "<rect class=\"bl-roadmap__lane\" x=\"0\" y=\"{y}\" width=\"{WIDTH}\" height=\"{LANE}\" fill=\"#e8edf4\"/>\
             <text x=\"6\" y=\"{}\" font-weight=\"700\">{}</text>",
            y + 19,
            short(&lane.name, 3 * LETTERS),
        );
        y += LANE;
        for bar in &lane.bars {
            line(&mut out, bar, &scale, y);
            y += LINE;
        }
    }
    let x = scale.x(roadmap.today);
    let anchor = if x > WIDTH - 120 { "end" } else { "start" };
    let _ = write!(
        out,
        "<line class=\"bl-roadmap__today\" x1=\"{x}\" y1=\"{HEAD}\" x2=\"{x}\" y2=\"{}\" stroke=\"#0b0c0c\" \
         stroke-width=\"2\" stroke-dasharray=\"2 4\"/>\
         <text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">Today, {}</text>\n</svg>\n",
        height - 22,
        height - 8,
        roadmap.today,
    );
    out
}

fn phases(out: &mut String, roadmap: &Roadmap, scale: &Scale, height: i32) {
    for (n, phase) in roadmap.phases.iter().enumerate() {
        let (x, width) = scale.bar(phase.span);
        let fill = if n % 2 == 0 { "#ffffff" } else { "#f4f6f9" };
        let letters = usize::try_from(width / 8).unwrap_or(0).max(3);
        let _ = writeln!(
            out,
            "<g class=\"bl-roadmap__phase\"><title>{name}: {from} to {to}</title>\
             <rect x=\"{x}\" y=\"0\" width=\"{width}\" height=\"{}\" fill=\"{fill}\" stroke=\"#9fb8d8\"/>\
             <text x=\"{}\" y=\"20\" font-weight=\"700\">{}</text><text x=\"{}\" y=\"40\" font-size=\"11\">{}</text></g>",
            height - 22,
            x + 5,
            short(&phase.name, letters),
            x + 5,
            if width > 70 { phase.span.start.to_string() } else { String::new() },
            name = escape(&phase.name),
            from = phase.span.start,
            to = phase.span.end,
        );
    }
}

fn line(out: &mut String, bar: &Bar, scale: &Scale, y: i32) {
    let (x, width) = scale.bar(bar.span);
    let critical = bar.is_critical();
    let (class, fill, stroke) = if critical {
        ("bl-roadmap__bar bl-roadmap__bar--critical", "#ffffff", "stroke=\"#0b0c0c\" stroke-width=\"4\"")
    } else {
        ("bl-roadmap__bar", "#8fb4e3", "stroke=\"#0f2a52\" stroke-width=\"1\"")
    };
    let mut said = format!("{}: {} to {}", escape(&bar.title), bar.span.start, bar.span.end);
    if let Some(baseline) = bar.baseline {
        let _ = write!(said, "; agreed at first {} to {}", baseline.start, baseline.end);
    }
    match bar.slack {
        Some(0) => said.push_str("; critical"),
        Some(days) => {
            let _ = write!(said, "; can wait {days} days");
        }
        None => {}
    }
    let _ = write!(
        out,
        "<g class=\"bl-roadmap__item\"><title>{said}</title><text x=\"14\" y=\"{}\">{}</text>",
        y + 18,
        short(&bar.title, LETTERS),
    );
    if let Some(baseline) = bar.baseline {
        let (x, width) = scale.bar(baseline);
        let _ = write!(
            out,
            "<rect class=\"bl-roadmap__baseline\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"5\" fill=\"#505a5f\"/>",
            y + 25,
        );
    }
    let _ = write!(
        out,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"16\" fill=\"{fill}\" {stroke}/>",
        y + 6,
    );
    if critical {
        // Inside the bar where there is room, else beside it, on the side that has some.
        let (at, anchor) = match x + width {
            _ if width > 60 => (x + 8, "start"),
            end if end > WIDTH - 70 => (x - 6, "end"),
            end => (end + 6, "start"),
        };
        let _ = write!(
            out,
            "<text x=\"{at}\" y=\"{}\" font-size=\"11\" font-weight=\"700\" text-anchor=\"{anchor}\">critical</text>",
            y + 18,
        );
    }
    out.push_str("</g>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn span(start: &str, end: &str) -> Span {
        Span { start: day(start), end: day(end) }
    }

    fn roadmap() -> Roadmap {
        let bar = |id: &str, title: &str, span: Span, baseline, slack| Bar {
            id: id.into(),
            title: title.into(),
            span,
            baseline,
            slack,
            phases: if id == "c" { vec!["Phase 1".into()] } else { Vec::new() },
        };
        let agreed = span("2026-02-01", "2026-05-01");
        Roadmap {
            title: "Plan <2026> & after".into(),
            phases: vec![
                Phase { name: "Phase 0: foundations".into(), span: span("2026-01-01", "2026-07-01") },
                Phase { name: "Phase 1".into(), span: span("2026-07-01", "2027-01-01") },
            ],
            lanes: vec![
                Lane {
                    name: "Seamless citizen experience".into(),
                    bars: vec![
                        bar(
                            "a",
                            "Online \"reporting\"",
                            span("2026-02-01", "2026-06-01"),
                            Some(agreed),
                            Some(0),
                        ),
                        bar(
                            "b",
                            "<script>alert('x')</script>",
                            span("2026-06-01", "2026-06-01"),
                            None,
                            Some(30),
                        ),
                    ],
                },
                Lane {
                    name: "Data".into(),
                    bars: vec![bar(
                        "c",
                        &"A long name ".repeat(9),
                        span("2026-06-15", "2026-12-31"),
                        None,
                        None,
                    )],
                },
            ],
            today: day("2026-03-15"),
        }
    }

    #[test]
    fn the_picture_is_the_same_every_time_and_nothing_in_it_is_markup_by_accident() {
        let picture = svg(&roadmap());
        assert_eq!(picture, svg(&roadmap()));
        assert!(!picture.contains("<script"), "{picture}");
        assert!(picture.contains("Plan &lt;2026&gt; &amp; after"));
        assert!(picture.contains("Online &quot;reporting&quot;: 2026-02-01 to 2026-06-01; agreed at first 2026-02-01 to 2026-05-01; critical"));
        assert!(!picture.contains(" style="), "the policy of the pages allows none");
        let (opened, closed) = (picture.matches("<g ").count(), picture.matches("</g>").count());
        assert_eq!((opened, closed), (5, 5), "two phases and three items");
        assert_eq!(picture.matches(">critical</text>").count(), 1, "the critical one says so in words");
        let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/roadmap.svg"));
        if std::env::var_os("BLUELAMP_REGENERATE").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/roadmap.svg"), &picture).unwrap();
        } else {
            assert_eq!(picture, kept.unwrap(), "run with BLUELAMP_REGENERATE=1 and look at it");
        }
    }

    #[test]
    fn the_table_says_what_the_picture_shows() {
        let rows = roadmap().table();
        let told: Vec<_> =
            rows.iter().map(|r| (r.id.as_str(), r.critical, r.slip, r.slack, r.past)).collect();
        assert_eq!(
            told,
            [
                ("a", true, Some(31), Some(0), false),
                ("b", false, None, Some(30), false),
                ("c", false, None, None, false)
            ]
        );
        assert_eq!(rows[2].phases, ["Phase 1"]);
        assert!(rows[1].phases.is_empty(), "it delivers nothing of a phase, whatever its days");
    }

    #[test]
    fn slack_comes_from_the_schedule() {
        use crate::schedule::{Dependency, Task, Tie, schedule};
        let mut roadmap = roadmap();
        let tasks: Vec<_> = roadmap
            .lanes
            .iter()
            .flat_map(|l| &l.bars)
            .map(|b| Task {
                id: b.id.clone(),
                start: b.span.start.number(),
                end: b.span.end.number(),
                baseline: None,
                began: None,
                ended: None,
            })
            .collect();
        let tie = Dependency { before: "a".into(), after: "c".into(), tie: Tie::FinishToStart, lag: 14 };
        roadmap.mark(&schedule(&tasks, &[tie]).unwrap());
        let slack: Vec<_> = roadmap.table().iter().map(|r| r.slack).collect();
        // c begins 14 days after a ends, as planned: both are critical. b can wait to 31 December.
        assert_eq!(slack, [Some(0), Some(213), Some(0)]);
    }

    #[test]
    fn an_empty_roadmap_is_a_picture_too() {
        let empty = Roadmap { title: String::new(), phases: vec![], lanes: vec![], today: day("2026-01-01") };
        assert!(svg(&empty).contains("0 items in 0 lanes over 0 phases"));
    }
}
