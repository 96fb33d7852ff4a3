//! Writes a page of every kind to `target/samples`, with its styles, to be looked at in a browser:
//!
//!     cargo run -p bluelamp-web --example render_samples

use std::fs;
use std::path::Path;

mod samples;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/samples");
    fs::create_dir_all(folder.join("assets"))?;
    for asset in bluelamp_web::assets::all() {
        let text = String::from_utf8_lossy(asset.plain).replace("/assets/", "");
        fs::write(folder.join("assets").join(asset.file), text.as_bytes())?;
    }
    for (name, html) in samples::all() {
        fs::write(folder.join(format!("{name}.html")), html.replace("/assets/", "assets/"))?;
    }
    Ok(())
}
