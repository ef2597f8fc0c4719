//! The console's built files, embedded.

use medward_web::{Asset, Assets};

#[derive(rust_embed::Embed)]
#[folder = "$OUT_DIR/ui"]
struct Ui;

/// The files of `console/dist` as they were when this binary was built.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EmbeddedConsole;

impl Assets for EmbeddedConsole {
    fn get(&self, path: &str) -> Option<Asset> {
        let file = Ui::get(path)?;
        Some(Asset {
            bytes: file.data,
            mime: file.metadata.mimetype().to_owned(),
            sha256: data_encoding::HEXLOWER.encode(&file.metadata.sha256_hash()),
        })
    }
}
