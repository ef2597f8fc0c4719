//! Who waits, in the order of their numbers, each with its position.
//!
//! A sorted list in chunks: a position is the lengths of the chunks in front and a search in one. With 100,000 waiting that is a
//! few hundred additions, where a plain sorted list would move a megabyte for who leaves, and a tree could not count.

/// Places of a chunk before it is cut in two.
const CHUNK: usize = 512;

/// A visitor's place. Times are in microseconds of the room's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) seen: u64,
    /// Whether it has come back with its ticket.
    pub(super) polled: bool,
}

/// Invariant: no chunk is empty, and numbers rise.
#[derive(Debug, Default)]
pub(super) struct Line {
    chunks: Vec<Vec<Place>>,
    len: usize,
}

impl Line {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many stand in front, and the place itself.
    pub(super) fn find(&mut self, number: u64) -> Option<(usize, &mut Place)> {
        let chunk = self.chunk_of(number);
        let before: usize = self.chunks.iter().take(chunk).map(Vec::len).sum();
        let places = self.chunks.get_mut(chunk)?;
        let index = places.binary_search_by_key(&number, |place| place.number).ok()?;
        Some((before + index, places.get_mut(index)?))
    }

    /// Takes a place by its number; one with that number already stays as it is.
    pub(super) fn insert(&mut self, place: Place) {
        let chunk = self.chunk_of(place.number);
        let Some(places) = self.chunks.get_mut(chunk) else {
            self.chunks.push(vec![place]);
            self.len += 1;
            return;
        };
        let Err(index) = places.binary_search_by_key(&place.number, |other| other.number) else { return };
        places.insert(index, place);
        self.len += 1;
        if places.len() > CHUNK {
            // Most come at the end of the last chunk: it stays nearly full, and the new one nearly empty.
            let rest = places.split_off(if index + 1 == places.len() { CHUNK } else { CHUNK / 2 });
            self.chunks.insert(chunk + 1, rest);
        }
    }

    pub(super) fn pop_first(&mut self) -> Option<Place> {
        let places = self.chunks.first_mut()?;
        let place = places.remove(0);
        if places.is_empty() {
            self.chunks.remove(0);
        }
        self.len -= 1;
        Some(place)
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Place) -> bool) {
        for places in &mut self.chunks {
            places.retain(&mut keep);
        }
        self.chunks.retain(|places| !places.is_empty());
        self.len = self.chunks.iter().map(Vec::len).sum();
    }

    /// The chunk that has this number or would get it: the last that begins at or before it, or the first.
    fn chunk_of(&self, number: u64) -> usize {
        let after = self.chunks.partition_point(|places| places.first().is_some_and(|first| first.number <= number));
        after.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Insert(u64),
        Pop,
        Drop(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (0..3_000_u64).prop_map(Step::Insert),
            1 => Just(Step::Pop),
            1 => (2..40_u64).prop_map(Step::Drop),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// As a sorted map that counts the slow way.
        #[test]
        fn a_line_is_a_sorted_map_with_positions(steps in proptest::collection::vec(step(), 0..2_000)) {
            let (mut line, mut model) = (Line::default(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Insert(number) => {
                        let place = Place { number, seen: number, polled: false };
                        line.insert(place);
                        model.entry(number).or_insert(place);
                    }
                    Step::Pop => prop_assert_eq!(line.pop_first(), model.pop_first().map(|(_, place)| place)),
                    Step::Drop(divisor) => {
                        line.retain(|place| place.number % divisor != 0);
                        model.retain(|number, _| number % divisor != 0);
                    }
                }
                prop_assert_eq!(line.len(), model.len());
                prop_assert!(line.chunks.iter().all(|places| (1..=CHUNK).contains(&places.len())));
            }
            for number in 0..3_000 {
                let found = line.find(number).map(|(index, place)| (index, *place));
                let expected = model.get(&number).map(|place| (model.range(..number).count(), *place));
                prop_assert_eq!(found, expected);
            }
        }
    }
}
