//! Requests recorded between unmodified applications and their own clients; `tests/benign/README.md` says how.

use std::path::{Path, PathBuf};

use super::{Part, Sample};

pub(crate) fn folder(part: Part) -> PathBuf {
    let name = match part {
        Part::Tune => "tune",
        Part::HeldBack => "held-back",
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/benign").join(name)
}

/// The names below a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("list {}: {error}", folder.display()));
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// All requests of one part, by application and number.
pub(crate) fn requests(part: Part) -> Vec<Sample> {
    let root = folder(part);
    let mut all = Vec::new();
    for application in names(&root) {
        for name in names(&root.join(&application)) {
            let bytes = std::fs::read(root.join(&application).join(name)).unwrap();
            all.push(Sample { source: application.clone(), labels: None, bytes });
        }
    }
    all
}
