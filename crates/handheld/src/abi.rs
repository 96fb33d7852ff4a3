//! The door for a host that is not Rust: C's calling convention, addresses and lengths.
//!
//! The host asks for a piece of memory for each input ([`allocate`]), writes into it, calls [`assess`] with the pieces,
//! reads the answer, and gives everything back ([`release`]). An answer is its length, four bytes with the lowest first, and
//! then so many bytes of JSON.
//!
//! Every piece is kept in a list until it is given back, and found there by its address. So nothing here reads or frees
//! what an address points to because a host said so: an address that is not in the list, or another length, is an error
//! in the answer, and giving back twice does nothing.

use crate::{assess_bytes, written, wrong};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The longest piece: more than twenty times the longest shipped definition, compiled.
pub const LONGEST: usize = 1 << 20;

/// The pieces that the host holds, by their address.
static HELD: Mutex<BTreeMap<usize, Vec<u8>>> = Mutex::new(BTreeMap::new());

fn held() -> MutexGuard<'static, BTreeMap<usize, Vec<u8>>> {
    // Each change of the list is a single step: there is no half of one to fear.
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts a piece into the list and gives its address.
fn hold(mut piece: Vec<u8>) -> *mut u8 {
    let address = piece.as_mut_ptr();
    held().insert(address.addr(), piece);
    address
}

/// A piece of `length` zeros to write into. The address is null where `length` is 0 or more than [`LONGEST`], or no memory
/// is left.
#[cfg_attr(target_family = "wasm", allow(unsafe_code, reason = "exported; see below"))]
// SAFETY: the name could only clash with another export, and in a module there are no others than this crate's.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    let mut piece = Vec::new();
    if length == 0 || length > LONGEST || piece.try_reserve_exact(length).is_err() {
        return std::ptr::null_mut();
    }
    piece.resize(length, 0);
    hold(piece)
}

/// Gives a piece back: one from [`allocate`] with the length that was asked for, or an answer with its four bytes and its
/// length. Gives 1, or 0 where there is no such piece.
#[cfg_attr(target_family = "wasm", allow(unsafe_code, reason = "exported; see above"))]
// SAFETY: as above.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn release(address: *const u8, length: usize) -> u32 {
    let mut held = held();
    let there = held.get(&address.addr()).is_some_and(|piece| piece.len() == length);
    if there {
        held.remove(&address.addr());
    }
    there.into()
}

/// [`crate::assess`] over three pieces that were written into; one of length 0 is empty whatever its address. The answer is
/// a piece of its own, and stays until it is given back. A piece that is not held is an error, `not-held`.
#[cfg_attr(target_family = "wasm", allow(unsafe_code, reason = "exported; see above"))]
// SAFETY: as above.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn assess(
    definition: *const u8,
    definition_length: usize,
    told: *const u8,
    told_length: usize,
    at: *const u8,
    at_length: usize,
) -> *const u8 {
    let answer = {
        let held = held();
        let mut errors = Vec::new();
        let mut piece = |field: &str, address: *const u8, length: usize| match held.get(&address.addr()) {
            _ if length == 0 => &[][..],
            Some(piece) if piece.len() == length => piece.as_slice(),
            _ => {
                let message = format!("no piece of {length} bytes is held at this address");
                errors.push(wrong(field, "not-held", message));
                &[][..]
            }
        };
        let definition = piece("definition", definition, definition_length);
        let told = piece("told", told, told_length);
        let at = piece("at", at, at_length);
        if errors.is_empty() { assess_bytes(definition, told, at) } else { written(Err(errors)) }
    };
    // Memory would end long before four bytes could not hold the length.
    let Ok(length) = u32::try_from(answer.len()) else { return std::ptr::null() };
    hold([length.to_le_bytes().as_slice(), answer.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null;

    /// The answer at an address, which is given back.
    fn taken(address: *const u8) -> String {
        let piece = held().get(&address.addr()).cloned().unwrap();
        let (length, text) = piece.split_first_chunk().unwrap();
        assert_eq!(u32::from_le_bytes(*length) as usize, text.len());
        assert_eq!(release(address, piece.len()), 1);
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn a_piece_is_held_until_it_is_given_back_and_no_longer() {
        let (one, other) = (allocate(3), allocate(LONGEST));
        assert!(!one.is_null() && !other.is_null() && one != other);
        assert_eq!(held().get(&one.addr()), Some(&vec![0; 3]));
        assert_eq!(release(one, 4), 0, "another length is another piece");
        assert_eq!(release(one, 3), 1);
        assert_eq!(release(one, 3), 0, "only once");
        assert_eq!(release(other, LONGEST), 1);
    }

    #[test]
    fn too_much_and_nothing_have_no_address() {
        assert!(allocate(0).is_null() && allocate(LONGEST + 1).is_null() && allocate(usize::MAX).is_null());
        assert_eq!(release(null(), 0), 0);
    }

    #[test]
    fn what_the_host_wrote_is_what_is_assessed() {
        let told = allocate(2);
        held().get_mut(&told.addr()).unwrap().copy_from_slice(b"[]");
        let answer = taken(assess(null(), 0, told, 2, null(), 0));
        assert_eq!(answer, crate::assess("", "[]", None));
        assert_eq!(release(told, 2), 1);
    }

    #[test]
    fn an_address_that_was_never_given_out_is_an_error_and_is_not_looked_at() {
        let nowhere = std::ptr::without_provenance(0x10);
        let answer = taken(assess(nowhere, 5, null(), 1, nowhere, 0));
        assert_eq!(
            answer,
            r#"{"errors":[{"field":"definition","code":"not-held","message":"no piece of 5 bytes is held at this address"},{"field":"told","code":"not-held","message":"no piece of 1 bytes is held at this address"}]}"#
        );
    }
}
