//! Work in pieces on several threads, with results in the order of the pieces: the same answer for any number of
//! threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` for each number below `pieces` on `threads` threads, each with a state of its own, and hands the results
/// to `sink` in order. Stops early where `sink` says no.
pub fn ordered<S, T: Send, E: Send>(
    threads: usize,
    pieces: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> Result<T, E> + Sync,
    mut sink: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    if threads <= 1 || pieces <= 1 {
        let mut state = state();
        for piece in 0..pieces {
            sink(piece, work(&mut state, piece)?)?;
        }
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    let (send, receive) = crossbeam_channel::bounded(2 * threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let (next, state, work) = (&next, &state, &work);
            scope.spawn(move || {
                let mut state = state();
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    // The receiver is gone where the sink said no.
                    if piece >= pieces || send.send((piece, work(&mut state, piece))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (piece, result) in receive {
            early.insert(piece, result?);
            while let Some(result) = early.remove(&due) {
                sink(due, result)?;
                due += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        for threads in 1..5 {
            let mut seen = Vec::new();
            let done: Result<(), ()> = ordered(
                threads,
                100,
                || 0,
                |_, piece| Ok(piece * piece),
                |_, square| {
                    seen.push(square);
                    Ok(())
                },
            );
            assert_eq!(done, Ok(()));
            assert_eq!(seen, (0..100).map(|n| n * n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_fault_ends_the_work() {
        let done = ordered(
            3,
            50,
            || (),
            |(), piece| if piece == 7 { Err("seven") } else { Ok(piece) },
            |_, _| Ok(()),
        );
        assert_eq!(done, Err("seven"));
    }
}
