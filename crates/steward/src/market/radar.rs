//! The radar: each signal a numbered disc in its ring and sector. Where a disc stands within them says nothing; it is
//! placed so that no two touch, and the same signals always give the same picture.

use super::Signal;
use crate::register::FieldKind;
use crate::registers::market::{RINGS, SECTORS, SIGNAL};
use bluelamp_model::Day;
use serde::Serialize;
use std::f64::consts::{FRAC_PI_2, PI};

/// The radius of a disc.
pub const DISC: f64 = 12.0;
/// What is left free between two discs, and between a disc and a line.
const FREE: f64 = 4.0;
/// Nothing stands nearer to the middle.
const MIDDLE: f64 = 24.0;
/// Left free at the outside of each ring for its name.
const NAME: f64 = 17.0;
/// A ring is at least so wide.
const NARROWEST: f64 = 48.0;
/// Room for the names of the sectors around the outermost ring.
const MARGIN: f64 = 34.0;

/// A ring of the radar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ring {
    /// Its code.
    pub code: &'static str,
    /// What people read.
    pub label: &'static str,
    /// Its outer radius.
    pub radius: f64,
    /// Where its name stands: so far above the middle.
    pub name_at: f64,
}

/// A sector of the radar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sector {
    /// Its code.
    pub code: &'static str,
    /// What people read.
    pub label: &'static str,
    /// Where its name stands.
    pub x: f64,
    /// Where its name stands.
    pub y: f64,
    /// Whether its name ends there, rather than begins.
    pub ends: bool,
}

/// A signal on the radar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Blip {
    /// Its number, from 1: on the disc and in the table.
    pub number: usize,
    /// The signal's code.
    pub code: String,
    /// What it is.
    pub title: String,
    /// The ring's code.
    pub ring: String,
    /// The ring, as people read it.
    pub ring_label: &'static str,
    /// The sector's code.
    pub sector: String,
    /// The sector, as people read it.
    pub sector_label: &'static str,
    /// How ripe it is, as people read it.
    pub maturity: &'static str,
    /// How much it matters, as people read it.
    pub significance: &'static str,
    /// A role.
    pub owner: String,
    /// By when it is to be looked at again.
    pub review: Day,
    /// Whether that day has passed.
    pub overdue: bool,
    /// By when it is phased out.
    pub phase_out: Option<Day>,
    /// Whether that day has passed.
    pub phase_out_overdue: bool,
    /// The middle of its disc.
    pub x: f64,
    /// The middle of its disc.
    pub y: f64,
}

/// The whole picture. Its middle is the middle of a square.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Radar {
    /// The length of a side.
    pub size: f64,
    /// The middle, on both axes.
    pub middle: f64,
    /// The radius of a disc.
    pub disc: f64,
    /// From the middle outwards.
    pub rings: Vec<Ring>,
    /// By the register's order, clockwise from the top left.
    pub sectors: Vec<Sector>,
    /// Every signal, by sector, ring and title.
    pub blips: Vec<Blip>,
}

fn label(field: &str, code: &str) -> &'static str {
    let Some(FieldKind::Choice(all)) = SIGNAL.field(field).map(|f| f.kind) else { return "" };
    all.iter().find(|(known, _)| *known == code).map_or("", |(_, label)| label)
}

/// A row of discs on an arc: its radius, and how many have room on a quarter of it.
struct Row {
    radius: f64,
    room: usize,
}

impl Row {
    fn at(radius: f64) -> Self {
        let aside = ((DISC + FREE) / radius).clamp(0.0, 1.0).asin();
        let step = 2.0 * ((DISC + FREE / 2.0) / radius).clamp(0.0, 1.0).asin();
        let usable = FRAC_PI_2 - 2.0 * aside;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not below zero, and small"
        )]
        let room = if usable < 0.0 { 0 } else { (usable / step) as usize + 1 };
        Self { radius, room }
    }

    /// The angles of so many discs within a quarter, spread evenly.
    fn angles(&self, discs: usize) -> Vec<f64> {
        let aside = ((DISC + FREE) / self.radius).clamp(0.0, 1.0).asin();
        let usable = FRAC_PI_2 - 2.0 * aside;
        match discs {
            0 => Vec::new(),
            1 => vec![FRAC_PI_2 / 2.0],
            n => (0..n).map(|i| aside + usable * i as f64 / (n - 1) as f64).collect(),
        }
    }
}

/// Rows that have room for so many discs, from a radius outwards.
fn rows(from: f64, discs: usize) -> Vec<Row> {
    let (mut all, mut radius, mut room) = (Vec::new(), from + DISC + FREE, 0);
    while room < discs {
        let row = Row::at(radius);
        room += row.room;
        all.push(row);
        radius += 2.0 * DISC + FREE;
    }
    all
}

/// How many of so many discs stand in each row: in proportion to its room, and never more than that.
fn spread(rows: &[Row], discs: usize) -> Vec<usize> {
    let (mut left, mut room): (usize, usize) = (discs, rows.iter().map(|r| r.room).sum());
    rows.iter()
        .map(|row| {
            // What stands further out has to have room for the rest.
            let share = if room == 0 { 0 } else { (left * row.room).div_ceil(room) };
            let here = share.min(row.room).min(left);
            left -= here;
            room -= row.room;
            here
        })
        .collect()
}

/// Places the signals as they stand on a day.
#[must_use]
pub fn draw(signals: &[(String, Signal)], day: Day) -> Radar {
    let of = |sector: &str, ring: &str| {
        let mut all: Vec<&(String, Signal)> =
            signals.iter().filter(|(_, s)| s.sector == sector && s.ring == ring).collect();
        all.sort_by(|a, b| (&a.1.title, &a.0).cmp(&(&b.1.title, &b.0)));
        all
    };
    let (mut rings, mut inner) = (Vec::new(), MIDDLE);
    let mut rows_of_ring = Vec::new();
    for (code, label) in RINGS {
        let most = SECTORS.iter().map(|(sector, _)| of(sector, code).len()).max().unwrap_or(0);
        let rows = rows(inner, most);
        let radius = rows.last().map_or(0.0, |r| r.radius + DISC + NAME).max(inner + NARROWEST);
        rings.push(Ring { code, label, radius, name_at: radius - NAME + 4.0 });
        rows_of_ring.push(rows);
        inner = radius;
    }
    let middle = inner + MARGIN;
    let corner = inner * 0.98;
    let mut blips = Vec::new();
    let mut sectors = Vec::new();
    for (n, (sector, sector_label)) in SECTORS.iter().enumerate() {
        // Clockwise from the top left: angles are counted from the right, clockwise as the picture's y goes down.
        let begins = PI + FRAC_PI_2 * n as f64;
        let (right, down) = (n == 1 || n == 2, n >= 2);
        sectors.push(Sector {
            code: sector,
            label: sector_label,
            x: if right { middle + corner } else { middle - corner },
            y: if down { 2.0 * middle - 8.0 } else { 20.0 },
            ends: right,
        });
        for ((ring, ring_label), rows) in RINGS.iter().zip(&rows_of_ring) {
            let here = of(sector, ring);
            let places = rows.iter().zip(spread(rows, here.len())).flat_map(|(row, discs)| {
                row.angles(discs).into_iter().map(|angle| {
                    let (sin, cos) = (begins + angle).sin_cos();
                    (middle + row.radius * cos, middle + row.radius * sin)
                })
            });
            for ((code, s), (x, y)) in here.into_iter().zip(places) {
                blips.push(Blip {
                    number: blips.len() + 1,
                    code: code.clone(),
                    title: s.title.clone(),
                    ring: s.ring.clone(),
                    ring_label,
                    sector: s.sector.clone(),
                    sector_label,
                    maturity: label("maturity", &s.maturity),
                    significance: label("significance", &s.significance),
                    owner: s.owner.clone(),
                    review: s.review,
                    overdue: s.review < day,
                    phase_out: s.phase_out,
                    phase_out_overdue: s.phase_out.is_some_and(|p| p < day),
                    x: (x * 10.0).round() / 10.0,
                    y: (y * 10.0).round() / 10.0,
                });
            }
        }
    }
    Radar { size: 2.0 * middle, middle, disc: DISC, rings, sectors, blips }
}
