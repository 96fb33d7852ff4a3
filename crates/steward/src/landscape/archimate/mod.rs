//! ArchiMate models in The Open Group's Model Exchange File Format 3.x: read, written, and turned into a landscape and
//! back.
//!
//! Nothing of a model is lost: what is not understood (views to the node and connection, folders, metadata, what a tool
//! added) is kept as a tree, and written again where it was. Comments and processing instructions alone are left out.

mod export;
mod map;
mod model;
mod read;
mod ties;
mod write;
mod xml;

pub use export::model as export;
pub use map::{Mapped, landscape};
pub use model::{Element, Model, More, Property, PropertyDefinition, Relationship, Text};
pub use read::read;
pub use write::write;
pub(super) use xml::looks_like;
pub use xml::{Child, Name, Node};
