//! Which files to read, and reading one: whoever hands over a folder means everything in it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Largest file that is read. The engine looks at 1 MiB of most bodies, so more is no capture of one request worth its
/// memory; the gateway, which keeps nothing, streams up to its own limit.
const LARGEST_BYTES: u64 = 64 << 20;

/// A file to judge, or a place that cannot be read and why.
pub(super) type Found = Result<PathBuf, Unreadable>;

/// A place that gives no request.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) path: PathBuf,
    pub(super) error: io::Error,
}

/// The files meant by `paths`, in the order given; a folder stands for everything below it, in the order of names.
pub(super) fn list(paths: &[PathBuf]) -> Vec<Found> {
    let mut found = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => list_folder(path, &mut found),
            // Anything else a person names is opened: a pipe of the shell is as good as a file.
            Ok(_) => found.push(Ok(path.clone())),
            Err(error) => found.push(Err(Unreadable { path: path.clone(), error })),
        }
    }
    found
}

fn list_folder(folder: &Path, found: &mut Vec<Found>) {
    let entries = match names(folder) {
        Ok(entries) => entries,
        Err(error) => return found.push(Err(Unreadable { path: folder.to_owned(), error })),
    };
    for name in entries {
        let path = folder.join(name);
        match fs::symlink_metadata(&path).map(|metadata| metadata.is_dir()) {
            Ok(true) => list_folder(&path, found),
            Ok(false) => found.push(regular(path)),
            Err(error) => found.push(Err(Unreadable { path, error })),
        }
    }
}

fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// Nobody chose what lies in a folder one by one: a pipe there would be waited on for ever, and a link to a folder may lead
/// back to where it stands.
fn regular(path: PathBuf) -> Found {
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => Ok(path),
        Ok(_) => Err(Unreadable { path, error: io::Error::other("neither a file nor a folder of its own") }),
        Err(error) => Err(Unreadable { path, error }),
    }
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(io::Error::other(format!("larger than {} MiB", LARGEST_BYTES >> 20)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &Path, paths: &[&str], expected: &[&str]) {
        let paths: Vec<_> = paths.iter().map(|path| folder.join(path)).collect();
        let shown = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
        let found: Vec<_> = list(&paths)
            .iter()
            .map(|found| match found {
                Ok(path) => shown(path),
                Err(unreadable) => format!("! {}", shown(&unreadable.path)),
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn folder_is_read_in_the_order_of_names_with_its_folders_at_their_place() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b/2", "b/10", "b/deep/er/1", "a.http", "c.http", "B"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        check(folder.path(), &[""], &["B", "a.http", "b/10", "b/2", "b/deep/er/1", "c.http"]);
        // What was named keeps the order in which it was named.
        check(folder.path(), &["c.http", "b", "a.http"], &["c.http", "b/10", "b/2", "b/deep/er/1", "a.http"]);
    }

    #[test]
    fn what_cannot_be_read_is_listed_and_a_link_leads_nowhere_twice() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("d");
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("a"), "").unwrap();
        for (name, target) in [("b-to-file", "a"), ("c-to-nothing", "missing"), ("d-to-itself", ".")] {
            std::os::unix::fs::symlink(target, inside.join(name)).unwrap();
        }
        let listed = ["d/a", "d/b-to-file", "! d/c-to-nothing", "! d/d-to-itself", "! gone"];
        check(folder.path(), &["d", "gone"], &listed);
    }
}
