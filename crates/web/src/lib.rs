//! Pages for the public and for staff, and the JSON API.

pub mod assets;
pub mod govuk;

#[expect(unreachable_pub, reason = "generated")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}
