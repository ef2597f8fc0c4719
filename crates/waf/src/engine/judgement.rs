//! The score so far, and why.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use crate::options::ObjectOptions;
use crate::var::Collection;
use crate::verdict::{AttackClass, Hit};

/// What the rules have said about a transaction up to now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) score_in: u16,
    pub(crate) score_out: u16,
    pub(crate) phase: u8,
    /// Status of a rule that denied at once.
    pub(crate) denied: Option<u16>,
    /// A rule denied, but the engine only records.
    pub(crate) would_deny: bool,
    pub(crate) hits: Vec<Hit>,
    pub(crate) hits_dropped: u32,
    /// Points given per class and origin, those of the response and the doubtful ones apart: a class scores once per value (waf.md §8), in however
    /// many parameters a page repeats it.
    pub(crate) given: HashMap<(AttackClass, Origin, bool, bool), u16>,
    /// Doubtful points of each value, over all classes, and the most of any value; those of the response apart.
    pub(crate) doubtful: HashMap<(Origin, bool), u16>,
    pub(crate) most_doubtful: [u16; 2],
    /// Where the value that is judged comes from.
    pub(crate) origin: Origin,
    /// How many of the matched values belong to the first link of the chain that runs.
    pub(crate) chain_starts_at: usize,
    pub(crate) work: u64,
    pub(crate) micros: u64,
    pub(crate) exhausted: bool,
    /// A value that was not judged to its end could have matched a rule.
    pub(crate) suspicious: bool,
}

/// What counts as one value: the parts of a target that contain each other are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Origin {
    #[default]
    Made,
    Target,
    /// Hash of what the value says.
    Value(u64),
}

impl Origin {
    pub(crate) fn of(collection: Collection, content: &[u8]) -> Self {
        match collection {
            Collection::RequestLine
            | Collection::RequestUri
            | Collection::RequestUriRaw
            | Collection::RequestFilename
            | Collection::RequestBasename
            | Collection::QueryString => Self::Target,
            _ => {
                let mut hash = DefaultHasher::new();
                hash.write(content);
                Self::Value(hash.finish())
            }
        }
    }
}

/// The phase of logging. Everything has been sent by then, so that its rules record and block nothing.
pub(crate) const LOGGING: u8 = 5;

/// Points of a finding that needs no other.
const CERTAIN: u16 = 5;

impl Judgement {
    pub(crate) fn reached(&self, options: &ObjectOptions) -> bool {
        self.denied.is_some()
            || (self.score_in > 0 && self.score_in >= options.threshold_in)
            || (self.score_out > 0 && self.score_out >= options.threshold_out)
    }

    pub(crate) fn deny(&mut self, status: u16, phase: u8, enforced: bool) {
        if !enforced {
            self.would_deny = true;
            return;
        }
        if self.denied.is_none() {
            self.denied = Some(status);
            self.phase = phase;
        }
    }

    /// Gives a rule's points to the score of the request or, from phase 3 on, of the response: a class gives its best
    /// rule's points once per value. Returns how many counted.
    pub(crate) fn award(&mut self, class: AttackClass, points: u16, phase: u8, options: &ObjectOptions) -> u16 {
        let reached_before = self.reached(options);
        let of_response = phase > 2;
        let doubtful = points < CERTAIN && class != AttackClass::Other;
        let given = self.given.entry((class, self.origin, of_response, doubtful)).or_default();
        let mut more = points.saturating_sub(*given);
        *given += more;
        // Doubtful signs make each other more certain where they stand together, in one value: a log, a batch or a long
        // page has many of them, each in a line of its own.
        if doubtful {
            let here = self.doubtful.entry((self.origin, of_response)).or_default();
            *here = here.saturating_add(more);
            let [request, response] = &mut self.most_doubtful;
            let most = if of_response { response } else { request };
            more = here.saturating_sub(*most);
            *most += more;
        }
        let score = if of_response { &mut self.score_out } else { &mut self.score_in };
        *score = score.saturating_add(more);
        if !reached_before && self.reached(options) {
            self.phase = phase;
        }
        more
    }
}
