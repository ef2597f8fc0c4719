//! Grammars of attacks: what is sent, where it may stand, how it may be spelled.

use medward_waf::AttackClass;

use super::encode::{self, Encoding};
use super::place::{Place, carry};
use super::rng::Rng;
use super::{Labels, Sample, different};

pub(crate) struct AttackGrammar {
    pub(crate) name: &'static str,
    pub(crate) class: AttackClass,
    pub(crate) count: usize,
    pub(crate) make: Make,
}

pub(crate) enum Make {
    /// A payload, sent in every combination of these places and encodings in turn.
    Payload { write: fn(&mut Rng) -> Vec<u8>, places: &'static [Place], encodings: &'static [Encoding] },
    /// A whole request, because the attack is one: where the payload stands in it, and how it is encoded.
    Request(fn(&mut Rng) -> (Vec<u8>, Place, Encoding)),
}

/// A grammar of payloads.
pub(crate) const fn payload(
    name: &'static str,
    class: AttackClass,
    count: usize,
    write: fn(&mut Rng) -> Vec<u8>,
    places: &'static [Place],
    encodings: &'static [Encoding],
) -> AttackGrammar {
    AttackGrammar { name, class, count, make: Make::Payload { write, places, encodings } }
}

/// A grammar of whole requests.
pub(crate) const fn request(
    name: &'static str,
    class: AttackClass,
    count: usize,
    write: fn(&mut Rng) -> (Vec<u8>, Place, Encoding),
) -> AttackGrammar {
    AttackGrammar { name, class, count, make: Make::Request(write) }
}

/// All requests of one grammar, no two alike.
pub(crate) fn requests(grammar: &AttackGrammar) -> Vec<Sample> {
    let mut rng = Rng::named(grammar.name);
    let written = match &grammar.make {
        Make::Request(write) => different(grammar.count, grammar.name, |_| {
            let (bytes, place, encoding) = write(&mut rng);
            (bytes, Labels { class: grammar.class, encoding, place })
        }),
        Make::Payload { write, places, encodings } => {
            let ways: Vec<(Place, Encoding)> = places
                .iter()
                .flat_map(|place| encodings.iter().map(|encoding| (*place, *encoding)))
                .filter(|(place, encoding)| place.takes(*encoding))
                .collect();
            // A step that shares no factor with the number of ways visits all of them, in no order of theirs.
            let step = (ways.len() / 2..ways.len()).find(|step| gcd(*step, ways.len()) == 1).unwrap_or(1);
            different(grammar.count, grammar.name, |attempt| {
                let (place, encoding) = ways[attempt * step % ways.len()];
                let in_url = matches!(place, Place::Path | Place::Query | Place::Cookie | Place::Form);
                // Some payloads have nothing that this encoding would change: another one is drawn.
                for _ in 0..200 {
                    let payload = write(&mut rng);
                    let encoded = encode::encode(&mut rng, grammar.class, encoding, &payload, in_url);
                    let is_carried_out =
                        encoded.bytes != payload || matches!(encoding, Encoding::Plain | Encoding::JsonEscape);
                    if is_carried_out && place.holds(&encoded) {
                        return (
                            carry(&mut rng, place, encoding, &encoded),
                            Labels { class: grammar.class, encoding, place },
                        );
                    }
                }
                panic!("the grammar {} says nothing that {} would change", grammar.name, encoding.name());
            })
        }
    };
    let sample = |(bytes, labels)| Sample { source: grammar.name.to_owned(), labels: Some(labels), bytes };
    written.into_iter().map(sample).collect()
}

const fn gcd(left: usize, right: usize) -> usize {
    if right == 0 { left } else { gcd(right, left % right) }
}
