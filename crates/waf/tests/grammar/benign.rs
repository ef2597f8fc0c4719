//! Grammars of honest requests.

use super::rng::Rng;
use super::{Sample, different};

pub(crate) struct BenignGrammar {
    pub(crate) name: &'static str,
    pub(crate) count: usize,
    pub(crate) write: fn(&mut Rng) -> Vec<u8>,
}

pub(crate) const fn grammar(name: &'static str, count: usize, write: fn(&mut Rng) -> Vec<u8>) -> BenignGrammar {
    BenignGrammar { name, count, write }
}

/// All requests of one grammar, no two alike.
pub(crate) fn requests(grammar: &BenignGrammar) -> Vec<Sample> {
    let mut rng = Rng::named(grammar.name);
    different(grammar.count, grammar.name, |_| ((grammar.write)(&mut rng), ()))
        .into_iter()
        .map(|(bytes, ())| Sample { source: grammar.name.to_owned(), labels: None, bytes })
        .collect()
}
