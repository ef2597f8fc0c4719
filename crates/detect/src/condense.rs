//! Program text without what its language ignores.
//!
//! Blanks and block comments go (one blank stays between two words), and string literals that are only glued together
//! become one: `Ru /**/ ntime . get ("a" + 'b')` cannot hide behind its spelling. Every byte remembers where it stood.

use std::ops::Range;

use super::gate::{Best, Shape, spend};
use super::reading::{from, is_space, is_word_byte, run, window};

/// Condensed text and, for each of its bytes, the offset it came from.
#[derive(Debug, Default)]
pub(super) struct Condensed {
    pub(super) text: Vec<u8>,
    origin: Vec<u32>,
}

impl Condensed {
    pub(super) fn of(value: &[u8]) -> Self {
        let mut condensed = Self { text: Vec::with_capacity(value.len()), origin: Vec::with_capacity(value.len()) };
        let mut at = 0;
        // Once one comment has no end, none behind it has.
        let mut comments_close = true;
        while let Some(byte) = value.get(at).copied() {
            spend(1);
            let skipped = skipped(value, at, &mut comments_close);
            if skipped > 0 {
                let apart = condensed.text.last().is_some_and(|last| is_word_byte(*last))
                    && value.get(at + skipped).is_some_and(|next| is_word_byte(*next));
                if apart {
                    condensed.push(b' ', at);
                }
                at += skipped;
                continue;
            }
            if matches!(byte, b'"' | b'\'')
                && let Some(length) = gluing(from(value, at), byte)
                && condensed.text.last().is_some_and(|last| is_word_byte(*last) || *last == b'.')
            {
                at += length;
                continue;
            }
            condensed.push(byte, at);
            at += 1;
        }
        condensed
    }

    fn push(&mut self, byte: u8, origin: usize) {
        self.text.push(byte);
        self.origin.push(u32::try_from(origin).unwrap_or(u32::MAX));
    }

    /// Where a part of the text stood in the value.
    pub(super) fn span(&self, part: &Range<usize>) -> Range<usize> {
        let place = |at: usize| self.origin.get(at).map(|at| *at as usize);
        let start = place(part.start).unwrap_or_default();
        let last = part.end.checked_sub(1).and_then(place).unwrap_or(start);
        start..(last + 1).max(start)
    }

    /// Offers every shape found in the text.
    pub(super) fn offer_all(&self, shapes: &[Shape], best: &mut Best) {
        for shape in shapes {
            if shape.confidence > best.confidence()
                && let Some(part) = shape.pattern.find(&self.text)
            {
                best.offer(shape.confidence, self.span(&part), shape.path);
            }
        }
    }
}

/// The length of the blanks or the comment at `at`.
fn skipped(value: &[u8], at: usize, comments_close: &mut bool) -> usize {
    let rest = from(value, at);
    if *comments_close && rest.starts_with(b"/*") {
        let end = memchr::memmem::find(from(rest, 2), b"*/");
        spend(end.unwrap_or(rest.len()));
        *comments_close = end.is_some();
        // Without an end it is a wildcard or a path.
        return end.map_or(0, |end| end + 4);
    }
    run(rest, is_space)
}

/// The length of `" + "`, with which two literals become one.
fn gluing(text: &[u8], quote: u8) -> Option<usize> {
    let near = window(text, 1, 16);
    let before = run(near, is_space);
    if !matches!(near.get(before), Some(b'+' | b'.')) {
        return None;
    }
    let behind = run(from(near, before + 1), is_space);
    (near.get(before + 1 + behind) == Some(&quote)).then_some(before + behind + 3)
}
