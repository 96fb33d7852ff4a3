//! Sources, matching and suggestions over the records that are held.
