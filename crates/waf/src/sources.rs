//! What a policy is compiled from, and what can be wrong with it.

use thiserror::Error;

use crate::lang::lexer::Place;

/// One file of a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Name used in error messages and to find it; nothing is read from it.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Every file a policy consists of. Nothing outside is ever read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    /// Rule files, in load order.
    pub files: Vec<SourceFile>,
    /// Files that are only looked at when a rule names them: `Include`, `@pmFromFile`, `@ipMatchFromFile`.
    pub referenced: Vec<SourceFile>,
}

impl Sources {
    /// The file that `name` means when `from` says it: beside that file, or by its whole name.
    pub(crate) fn find(&self, from: &str, name: &str) -> Option<&SourceFile> {
        let beside = beside(from, name);
        let find = |path: &str| self.referenced.iter().find(|file| file.path == path);
        find(&beside).or_else(|| find(name))
    }

    /// The files a pattern (`*`, `?`) means, in the order of their names.
    pub(crate) fn glob(&self, from: &str, pattern: &str) -> Vec<&SourceFile> {
        let beside = beside(from, pattern);
        let mut files: Vec<_> = self
            .referenced
            .iter()
            .filter(|file| {
                let path = file.path.as_bytes();
                matches_glob(beside.as_bytes(), path) || matches_glob(pattern.as_bytes(), path)
            })
            .collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        files
    }
}

fn beside(from: &str, name: &str) -> String {
    from.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

/// Whether `path` is one that `pattern` means: `*` is any run of bytes but `/`, `?` one of them.
fn matches_glob(pattern: &[u8], path: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = path.get(at) {
        match pattern.get(from) {
            Some(b'*') => {
                star = Some((from, at));
                from += 1;
                continue;
            }
            Some(wanted) if *wanted == byte || (*wanted == b'?' && byte != b'/') => {
                at += 1;
                from += 1;
                continue;
            }
            _ => {}
        }
        let Some((pattern_at, path_at)) = star else { return false };
        if path.get(path_at) == Some(&b'/') {
            return false;
        }
        star = Some((pattern_at, path_at + 1));
        at = path_at + 1;
        from = pattern_at + 1;
    }
    pattern.get(from..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

/// A place in the sources that makes the policy unusable.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("compile the policy: {path}:{line}:{column}: {message}")]
pub struct CompileError {
    /// File name as given.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong, naming the token.
    pub message: String,
}

impl CompileError {
    pub(crate) fn at(path: &str, place: Place, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: place.line, column: place.column, message: message.into() }
    }
}

/// A place in the sources that has no effect here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// File name as given.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What was ignored.
    pub message: String,
}
