//! What tells two records apart whatever they agree in.

use super::{Input, Judgement, Role, Verdict};

/// Cannot-links of the columns: trusted identifiers bind, incompatible sex weighs heavily.
pub(super) struct Contradictions<'a> {
    trusted: Vec<&'a [u32]>,
    sex: Vec<&'a [u32]>,
    telling: Vec<usize>,
    input: &'a Input<'a>,
}

impl<'a> Contradictions<'a> {
    pub(super) fn new(input: &'a Input<'a>) -> Self {
        let of =
            |role| input.evidence.iter().filter(move |c| c.role == role).map(|c| c.ids).collect::<Vec<_>>();
        let telling = |role: Role| matches!(role, Role::Forename | Role::BirthDate);
        Self {
            trusted: of(Role::TrustedId),
            sex: of(Role::Sex),
            telling: (0..input.comparisons.len()).filter(|&i| telling(input.comparisons[i].role)).collect(),
            input,
        }
    }

    /// True if a trusted identifier of both is known and not the same.
    pub(super) fn apart(&self, left: u32, right: u32) -> bool {
        self.trusted.iter().any(|ids| differ(ids, left, right))
    }

    /// True if nothing here can tell any two records apart.
    pub(super) fn none(&self) -> bool {
        self.trusted.is_empty()
    }

    /// Different sex, and the forename or the date of birth doesn't agree either: not a slip of one field.
    pub(super) fn incompatible(&self, left: u32, right: u32, pattern: u64) -> bool {
        self.sex.iter().any(|ids| differ(ids, left, right))
            && self.telling.iter().any(|&i| self.input.layout.code(pattern, i) == 1)
    }
}

fn differ(ids: &[u32], left: u32, right: u32) -> bool {
    match (ids.get(left as usize), ids.get(right as usize)) {
        (Some(&a), Some(&b)) => a != 0 && b != 0 && a != b,
        _ => false,
    }
}

/// One verdict for each pair, the smaller record first, sorted: the last judgement counts.
pub(super) fn settle(judgements: &[Judgement], records: u32) -> Vec<(u32, u32, Verdict)> {
    let mut settled: Vec<(u32, u32, Verdict)> = judgements
        .iter()
        .filter(|j| j.left != j.right && j.left.max(j.right) < records)
        .map(|j| (j.left.min(j.right), j.left.max(j.right), j.verdict))
        .collect();
    settled.sort_by_key(|&(left, right, _)| (left, right)); // stable: the last stays last
    settled.reverse();
    settled.dedup_by_key(|&mut (left, right, _)| (left, right));
    settled.reverse();
    settled
}
