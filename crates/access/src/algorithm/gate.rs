//! The gate: whether an algorithm may be used in this way, here and now. What is not allowed is refused.

use super::{State, state, units};
use bluelamp_model::{Id, Result, Time};
use bluelamp_store::{Cx, Value};
use serde::Serialize;
use std::fmt;

/// How an algorithm is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Replayed over what is stored, for those who try it.
    Lab,
    /// Beside the work: it looks, and nobody who works is shown what it says.
    Shadow,
    /// Shown to an officer.
    Operation,
}

/// That it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The entry in the register.
    pub id: Id,
    /// Whether this use counts against the volume of a pilot.
    pub counts: bool,
}

/// That it may not, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The register has no such version, or it was retired.
    Unknown,
    /// It has not come so far.
    State(State),
    /// A named person stopped it.
    Suspended(Time),
    /// Its time is over.
    Ended(State, Time),
    /// It is for other units.
    Unit,
    /// Its pilot has been used as often as it may.
    Volume(u64),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => {
                f.write_str("the register of algorithms has no entry for it that is not retired")
            }
            Self::State(State::Proposed) => f.write_str("it is only proposed, and was not assessed"),
            Self::State(State::Assessed) => {
                f.write_str("it is assessed, and nobody has approved it for the lab")
            }
            Self::State(State::Retired) => f.write_str("it was retired"),
            Self::State(_) => f.write_str("it is approved for the lab, and not for operation"),
            Self::Suspended(at) => write!(f, "it was suspended on {}", at.spoken()),
            Self::Ended(State::Pilot, at) => write!(f, "its pilot ended on {}", at.spoken()),
            Self::Ended(_, at) => write!(f, "its approval for operation ended on {}", at.spoken()),
            Self::Unit => f.write_str("it is approved for other units than this"),
            Self::Volume(most) => write!(f, "its pilot has reached its {most} uses"),
        }
    }
}

/// How one version stands.
#[derive(Clone, Debug)]
struct Standing {
    id: Id,
    kind: String,
    name: String,
    digest: String,
    state: State,
    since: Time,
    until: Option<Time>,
    units: Vec<String>,
    volume: Option<u64>,
    used: u64,
}

/// Everything that the register allows, as one transaction sees it.
#[derive(Clone, Debug, Default)]
pub struct Permits {
    all: Vec<Standing>,
}

/// Reads what the register allows, with one query. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn permits(cx: &mut Cx<'_>) -> Result<Permits> {
    let rows = cx.rows(
        "select id, kind, name, digest, state, since, until_at, units, volume, used from algorithm",
        &[],
    )?;
    let all = rows
        .iter()
        .map(|r| {
            Ok(Standing {
                id: r.get(0)?,
                kind: r.get(1)?,
                name: r.get(2)?,
                digest: r.get(3)?,
                state: state(&r.get::<String>(4)?)?,
                since: r.get(5)?,
                until: r.get(6)?,
                units: units(&r.get::<String>(7)?),
                volume: r.get(8)?,
                used: r.get(9)?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Permits { all })
}

impl Permits {
    /// Whether this version of an algorithm (`kind/name`) may be used in this way, in a unit, at a moment.
    ///
    /// # Errors
    /// Why it may not.
    pub fn may(
        &self,
        algorithm: &str,
        digest: &str,
        as_what: Use,
        unit: &str,
        now: Time,
    ) -> Result<Permission, Refusal> {
        let (kind, name) = algorithm.split_once('/').unwrap_or_default();
        let found = self.all.iter().find(|s| s.digest == digest && s.name == name && s.kind == kind);
        let s = found.ok_or(Refusal::Unknown)?;
        let allowed = Permission { id: s.id, counts: false };
        match (s.state, as_what) {
            (State::Suspended, _) => Err(Refusal::Suspended(s.since)),
            (State::Retired, _) => Err(Refusal::Unknown),
            (State::Proposed | State::Assessed, _) | (State::Lab | State::LabReported, Use::Operation) => {
                Err(Refusal::State(s.state))
            }
            (_, Use::Lab | Use::Shadow) => Ok(allowed),
            (State::Pilot | State::Operational, Use::Operation) => {
                // A use without an end was never approved.
                let until = s.until.unwrap_or(s.since);
                if now >= until {
                    return Err(Refusal::Ended(s.state, until));
                }
                if !s.units.is_empty() && !s.units.iter().any(|u| u == unit) {
                    return Err(Refusal::Unit);
                }
                if s.state == State::Operational {
                    return Ok(allowed);
                }
                match s.volume {
                    Some(most) if s.used < most => Ok(Permission { counts: true, ..allowed }),
                    most => Err(Refusal::Volume(most.unwrap_or(0))),
                }
            }
        }
    }

    /// Whether some version of an algorithm is approved for operation in some unit, at a moment.
    #[must_use]
    pub fn is_operational(&self, algorithm: &str, now: Time) -> bool {
        let (kind, name) = algorithm.split_once('/').unwrap_or_default();
        let mut own = self.all.iter().filter(|s| s.name == name && s.kind == kind);
        own.any(|s| s.state == State::Operational && s.until.is_some_and(|until| now < until))
    }

    /// Whether what ranks or compares work, and says nothing of a person, may be worked out: until a named person stops
    /// it. Gives why it counts as not approved, which has to be told beside what it gives; none where it is approved.
    ///
    /// # Errors
    /// Who stopped it, or that it was retired.
    pub fn of_work(&self, algorithm: &str, digest: &str, now: Time) -> Result<Option<Refusal>, Refusal> {
        let (kind, name) = algorithm.split_once('/').unwrap_or_default();
        let Some(s) = self.all.iter().find(|s| s.digest == digest && s.name == name && s.kind == kind) else {
            return Ok(Some(Refusal::Unknown));
        };
        match (s.state, s.until) {
            (State::Suspended, _) => Err(Refusal::Suspended(s.since)),
            (State::Retired, _) => Err(Refusal::State(State::Retired)),
            (State::Pilot | State::Operational, Some(until)) if now < until => Ok(None),
            (State::Pilot | State::Operational, until) => {
                Ok(Some(Refusal::Ended(s.state, until.unwrap_or(s.since))))
            }
            (state, _) => Ok(Some(Refusal::State(state))),
        }
    }

    /// Whether any version of an algorithm may be shown to an officer: for what was stored before its digest was.
    #[must_use]
    pub fn any_operates(&self, algorithm: &str, unit: &str, now: Time) -> bool {
        let digests = self.all.iter().map(|s| s.digest.as_str());
        digests.into_iter().any(|d| self.may(algorithm, d, Use::Operation, unit, now).is_ok())
    }
}

/// Counts one use of each against the volume of its pilot, in the transaction of the use. Gives whether every one of
/// them had a use left: where not, another transaction was first, and this one has to read the permits anew.
///
/// # Errors
/// Database errors.
pub fn count_uses(cx: &mut Cx<'_>, used: &[Permission]) -> Result<bool> {
    let ids: Vec<Value> = used.iter().filter(|p| p.counts).map(|p| p.id.into()).collect();
    if ids.is_empty() {
        return Ok(true);
    }
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let counted = cx.exec(
        &format!(
            "update algorithm set used = used + 1 where state = 'pilot' and used < volume and id in ({})",
            places.join(", ")
        ),
        &ids,
    )?;
    Ok(counted == ids.len() as u64)
}
