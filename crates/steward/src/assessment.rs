//! Items measured against a strategy: who found what, why, on what evidence, and what can be said of it.
//!
//! An assessment is one person's, of one item, against one version of a strategy. It is never changed; whoever looks
//! again writes another with the reason. What several people found stands side by side as median and range. An element
//! that nobody assessed is not a nought: it is counted apart, and no figure takes it for anything.
//!
//! How well an item serves an axis of the strategy is an [`Alignment`], which cannot be taken apart: whoever gets the
//! number gets the coverage, the range, what works against it, and how far its rank depends on the weights.

mod act;
mod alignment;
mod block;
mod cause;
mod figures;
mod past;
mod scheme;
mod score;
mod stability;
mod standing;
mod weights;

pub use act::{Cell, MOST_EVIDENCE, NewAssessment, assess};
pub use alignment::{Aligned, Alignment, align, alignment};
pub use block::{Block, GUARDED, Lift, all_blocks, blocks, lift_block};
pub use cause::{Cause, Driver};
pub use figures::{Figure, ItemRow, matrix, over};
pub use past::{Change, Comparison, Difference, Past, assessed, compare, history};
pub use scheme::{Element, Scheme};
pub use score::Score;
pub use stability::{Rank, WEIGHTINGS};
pub use standing::{Assessed, Letters, OfItem, of_item, standing};
pub use weights::{NewWeights, WeightSet, Weights, set_weights, weight_sets, weights_in_force};
