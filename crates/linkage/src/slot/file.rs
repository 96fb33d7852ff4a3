//! What is derived from records, in the file of an index: written from what there is, used where it lies.

use super::{Facts, Lists, NO_LIST, Slots, UNKNOWN};
use crate::dictionary::{Dictionary, NULL};
use crate::metric::Bag;
use crate::sections::{Sections, Writer, damaged};
use crate::shelf::{Finder, lasting_hash};
use std::io::Write;

/// Writes a dictionary. Values that are not kept are written as empty texts that nobody finds: their numbers stay taken,
/// what they said is gone.
pub(crate) fn write_dictionary<W: Write>(
    out: &mut Writer<'_, W>,
    name: &str,
    dictionary: &Dictionary,
    keep: impl Fn(u32) -> bool,
) -> std::io::Result<()> {
    let kept = || dictionary.iter().filter(|(id, _)| keep(*id));
    out.section(&format!("{name}.values"), |out| kept().try_for_each(|(_, value)| out.write_all(value)))?;
    let mut end = 0u64;
    let ends = dictionary.iter().map(|(id, value)| {
        end += if keep(id) { value.len() as u64 } else { 0 };
        end
    });
    out.items(&format!("{name}.ends"), ends)?;
    let found: Vec<(u64, u32)> = kept().map(|(id, value)| (lasting_hash(value), id)).collect();
    out.items(&format!("{name}.slots"), Finder::lay_out(found.into_iter()).into_iter())
}

/// A dictionary as it lies in a file.
pub(crate) fn open_dictionary(file: &Sections, name: &str) -> Result<Dictionary, String> {
    Ok(Dictionary::lying(
        file.bytes(&format!("{name}.values"))?,
        file.items(&format!("{name}.ends"))?,
        Finder::new(file.items(&format!("{name}.slots"))?).ok_or_else(damaged)?,
    ))
}

impl Slots {
    /// What the numbers of a row mean: two that have it alike can take one another's rows.
    pub(crate) fn plan(&self) -> String {
        let slots: Vec<_> = self.slots.iter().map(|s| (&s.expr, &s.sources, s.dictionary)).collect();
        format!("{slots:?} {:?} {:?}", self.wanted, self.unit)
    }

    /// Writes the values that are used, by dictionary and number, with all that is known of them.
    pub(crate) fn save<W: Write>(&self, used: &[Vec<bool>], out: &mut Writer<'_, W>) -> std::io::Result<()> {
        let mut elements = vec![false; self.elements.len() + 1];
        for (at, dictionary) in self.dictionaries.iter().enumerate() {
            let is_used = |id: u32| used[at][id as usize];
            let (wanted, facts, name) = (self.wanted[at], &self.facts[at], format!("dictionary {at}"));
            write_dictionary(out, &name, dictionary, is_used)?;
            let ids = || 0..=dictionary.len() as u32;
            if wanted.numbers {
                let number = |id: u32| if is_used(id) { facts.number(id) } else { f64::NAN };
                out.items(&format!("{name}.numbers"), ids().map(number))?;
            }
            if wanted.truths {
                let truth = |id: u32| if is_used(id) { facts.truth(id) } else { UNKNOWN };
                out.items(&format!("{name}.truths"), ids().map(truth))?;
            }
            if wanted.bags {
                let empty = Bag::of(b"", self.unit);
                let bag =
                    |id: u32| facts.bags.get(id as usize).copied().filter(|_| is_used(id)).unwrap_or(empty);
                out.items(&format!("{name}.bags"), ids().map(bag))?;
            }
            if wanted.lists {
                let list = |id: u32| facts.lists.get(id).filter(|_| is_used(id)).unwrap_or(NO_LIST);
                let mut end = 0u64;
                let ends = ids().map(|id| {
                    end += list(id).len() as u64;
                    end
                });
                out.items(&format!("{name}.lists.ends"), ends)?;
                out.items(&format!("{name}.lists"), ids().flat_map(|id| list(id).iter().copied()))?;
                for element in ids().filter(|id| is_used(*id)).filter_map(|id| facts.lists.get(id)).flatten()
                {
                    if let Some(used) = elements.get_mut(*element as usize) {
                        *used = true;
                    }
                }
            }
        }
        write_dictionary(out, "elements", &self.elements, |id| elements[id as usize])?;
        for (at, slot) in self.slots.iter().enumerate() {
            let ([source], false) = (slot.sources.as_slice(), slot.is_source) else { continue };
            let used = &used[self.sources[*source].dictionary];
            let number = |id: usize| slot.by_value.get(id).copied().filter(|_| used[id]).unwrap_or(NULL);
            out.items(&format!("slot {at}"), (0..slot.by_value.len()).map(number))?;
        }
        Ok(())
    }

    /// Takes over what lies in a file. The model must have been compiled for columns of the same names and kinds.
    ///
    /// # Errors
    /// Where a section is missing or does not add up.
    pub(crate) fn open(&mut self, file: &Sections) -> Result<(), String> {
        for at in 0..self.dictionaries.len() {
            let (wanted, name) = (self.wanted[at], format!("dictionary {at}"));
            self.dictionaries[at] = open_dictionary(file, &name)?;
            let mut facts = Facts::default();
            if wanted.numbers {
                facts.numbers = file.items(&format!("{name}.numbers"))?.into();
            }
            if wanted.truths {
                facts.truths = file.items(&format!("{name}.truths"))?.into();
            }
            if wanted.bags {
                facts.bags = file.items(&format!("{name}.bags"))?.into();
            }
            if wanted.lists {
                let ends = file.items(&format!("{name}.lists.ends"))?;
                let first = ends.items().len();
                let elements = file.items(&format!("{name}.lists"))?;
                facts.lists = Lists { ends, elements, first, grown: Vec::new() };
            }
            let values = self.dictionaries[at].len() + 1;
            let known = [
                (wanted.numbers, facts.numbers.len()),
                (wanted.truths, facts.truths.len()),
                (wanted.bags, facts.bags.len()),
                (wanted.lists, facts.lists.len()),
            ];
            if known.iter().any(|(wanted, known)| *wanted && *known != values) {
                return Err(damaged());
            }
            self.facts[at] = facts;
        }
        self.elements = open_dictionary(file, "elements")?;
        for at in 0..self.slots.len() {
            if let ([source], false) = (self.slots[at].sources.as_slice(), self.slots[at].is_source) {
                let values = self.dictionaries[self.sources[*source].dictionary].len() + 1;
                self.slots[at].by_value = file.items(&format!("slot {at}"))?.into();
                if self.slots[at].by_value.len() != values {
                    return Err(damaged());
                }
            }
        }
        Ok(())
    }
}
