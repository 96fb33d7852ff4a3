//! Gamma patterns: how they are packed, and a small dense number for each distinct one.

/// Where each comparison's level lies in a packed pattern. A level is stored as gamma + 1, so null is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    fields: Vec<(u32, u32)>,
}

impl Layout {
    /// Comparisons with these numbers of levels (null not counted), from the lowest bits up. None if over 64 bits.
    pub fn new(levels: &[usize]) -> Option<Self> {
        let widths: Vec<u32> = levels.iter().map(|&n| usize::BITS - n.leading_zeros()).collect();
        let mut at = 0;
        Self::from_fields(
            widths
                .into_iter()
                .map(|width| {
                    at += width;
                    (at - width, width)
                })
                .collect(),
        )
    }

    /// The (shift, width) of each comparison, if the caller packs in a way of its own.
    pub fn from_fields(fields: Vec<(u32, u32)>) -> Option<Self> {
        let fit = |&(shift, width): &(u32, u32)| {
            width <= 8 && shift.checked_add(width).is_some_and(|end| end <= 64)
        };
        fields.iter().all(fit).then_some(Self { fields })
    }

    /// Comparisons in it.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// gamma + 1 of comparison `i`; 0 (null) beyond the last.
    pub fn code(&self, pattern: u64, i: usize) -> u8 {
        match self.fields.get(i) {
            Some(&(shift, width)) if width > 0 => ((pattern >> shift) & ((1 << width) - 1)) as u8,
            _ => 0,
        }
    }

    /// The highest gamma that fits comparison `i`'s field.
    pub(super) fn most(&self, i: usize) -> usize {
        self.fields.get(i).map_or(0, |&(_, width)| ((1_usize << width) - 1).saturating_sub(1))
    }

    /// Packs gammas (−1 is null); what doesn't fit its field is null.
    pub fn pack(&self, gammas: &[i32]) -> u64 {
        let mut pattern = 0;
        for (&(shift, width), &gamma) in self.fields.iter().zip(gammas) {
            let code = u64::try_from(i64::from(gamma) + 1).unwrap_or(0);
            if code < 1 << width && width > 0 {
                pattern |= code << shift;
            }
        }
        pattern
    }
}

/// Numbers distinct patterns in order of arrival: open addressing, since 12 million look-ups are the hot loop.
#[derive(Clone, Debug)]
pub(super) struct Numbering {
    slots: Vec<u32>,
    pub(super) patterns: Vec<u64>,
    last: (u64, u32),
}

const FREE: u32 = u32::MAX;

impl Numbering {
    pub(super) fn new() -> Self {
        Self { slots: vec![FREE; 1 << 12], patterns: Vec::new(), last: (0, FREE) }
    }

    fn slot(&self, pattern: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (pattern.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while self.slots[at] != FREE && self.patterns[self.slots[at] as usize] != pattern {
            at = (at + 1) & mask;
        }
        at
    }

    /// The number of `pattern`, if it has one.
    pub(super) fn find(&self, pattern: u64) -> Option<u32> {
        Some(self.slots[self.slot(pattern)]).filter(|number| *number != FREE)
    }

    /// The number of `pattern`, a new one if it is new.
    pub(super) fn number(&mut self, pattern: u64) -> u32 {
        if self.last.1 != FREE && self.last.0 == pattern {
            return self.last.1;
        }
        let at = self.slot(pattern);
        let mut number = self.slots[at];
        if number == FREE {
            number = self.patterns.len() as u32;
            self.patterns.push(pattern);
            self.slots[at] = number;
            if self.patterns.len() * 4 > self.slots.len() {
                self.slots = vec![FREE; self.slots.len() * 4];
                for i in 0..self.patterns.len() {
                    let at = self.slot(self.patterns[i]);
                    self.slots[at] = i as u32;
                }
            }
        }
        self.last = (pattern, number);
        number
    }
}
