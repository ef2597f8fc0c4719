//! Which grammar and which application belongs to which part, and why: one line each in `manifest.tsv`.

const MANIFEST: &str = include_str!("manifest.tsv");

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    /// May be looked at while rules are written.
    Tune,
    /// Is only scored.
    HeldBack,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    /// Recorded from an application.
    Captured,
    /// Honest requests of a grammar of ours.
    Benign,
    /// Attacks of a grammar of ours.
    Attack,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) part: Part,
    pub(crate) name: &'static str,
    /// What it is, and why it stands in its part.
    pub(crate) reason: &'static str,
}

impl Part {
    pub(crate) const ALL: &'static [Self] = &[Self::Tune, Self::HeldBack];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "tune" => Some(Self::Tune),
            "held-back" => Some(Self::HeldBack),
            _ => None,
        }
    }
}

pub(crate) fn entries() -> Vec<Entry> {
    MANIFEST.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(entry).collect()
}

fn entry(line: &'static str) -> Entry {
    let mut columns = line.splitn(4, '\t');
    let mut column = || columns.next().unwrap_or_else(|| panic!("four columns: {line}"));
    let kind = match column() {
        "captured" => Kind::Captured,
        "benign" => Kind::Benign,
        "attack" => Kind::Attack,
        other => panic!("no kind: {other}"),
    };
    let part = Part::from_name(column()).unwrap_or_else(|| panic!("no part: {line}"));
    Entry { kind, part, name: column(), reason: column() }
}
