//! Sorted ranges of numbers that neither overlap nor touch.

/// A number that has a successor, unless it is the largest.
pub(super) trait Number: Copy + Ord {
    fn next(self) -> Option<Self>;
}

impl Number for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Number for u128 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// Ranges from one signpost to the next: few enough to share one to four cache lines.
const STRIDE: usize = 8;

/// Pairs (first, last), and every eighth first as a signpost. The signposts of 200,000 ranges stay in the cache, so a
/// question leaves it about once; one search over all firsts, and a look at its last, took twice as long for IPv6.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges<N> {
    pairs: Box<[(N, N)]>,
    signposts: Box<[N]>,
}

impl<N: Number> Ranges<N> {
    /// Sorts and joins pairs (first, last); `first <= last` in each.
    pub(super) fn merge(mut pairs: Vec<(N, N)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup_by(|later, kept| {
            let joins = kept.1.next().is_none_or(|next| later.0 <= next);
            if joins {
                kept.1 = kept.1.max(later.1);
            }
            joins
        });
        let signposts = pairs.iter().step_by(STRIDE).map(|(first, _)| *first).collect();
        Self { pairs: pairs.into_boxed_slice(), signposts }
    }

    pub(super) fn contains(&self, number: N) -> bool {
        let behind = self.signposts.partition_point(|first| *first <= number);
        let begin = behind.saturating_sub(1) * STRIDE;
        let near = self.pairs.get(begin..).unwrap_or_default();
        let near = near.get(..STRIDE).unwrap_or(near);
        let behind: usize = near.iter().map(|(first, _)| usize::from(*first <= number)).sum();
        behind.checked_sub(1).and_then(|index| near.get(index)).is_some_and(|(_, last)| number <= *last)
    }

    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.pairs) + size_of_val(&*self.signposts)
    }
}
