//! Runs: keys that lie next to each other, letters and digits in order, one character repeated.

/// Lines along which fingers slide. Reverse directions are derived.
const LINES: &[&str] = &[
    "1234567890",
    "!@#$%^&*()",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "zaq1",
];

/// Length of the longest run along a line, forwards or backwards, ignoring case.
pub(super) fn longest(text: &str) -> usize {
    let keys: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let steps = keys.windows(2).map(|pair| match pair {
        [from, to] => directions(*from, *to),
        _ => Vec::new(),
    });
    // A run goes on only while one and the same line and direction goes on.
    let mut alive: Vec<(usize, bool, usize)> = Vec::new();
    let mut best = usize::from(!keys.is_empty());
    for step in steps {
        alive = step
            .into_iter()
            .map(|(line, forwards)| {
                let before = alive.iter().find(|(l, f, _)| (*l, *f) == (line, forwards)).map_or(1, |(_, _, n)| *n);
                (line, forwards, before + 1)
            })
            .collect();
        best = alive.iter().map(|(_, _, length)| *length).max().unwrap_or(1).max(best);
    }
    best
}

/// Every line on which `to` is the neighbour of `from`, and whether that is forwards.
fn directions(from: char, to: char) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    for (at, line) in LINES.iter().enumerate() {
        let position = |key| line.chars().position(|c| c == key);
        let (Some(from), Some(to)) = (position(from), position(to)) else { continue };
        if from + 1 == to {
            found.push((at, true));
        }
        if to + 1 == from {
            found.push((at, false));
        }
    }
    found
}

/// Length of the longest stretch of one character.
pub(super) fn longest_repeat(text: &str) -> usize {
    let mut best = 0;
    let mut current = 0;
    let mut previous = None;
    for key in text.chars() {
        current = if previous == Some(key) { current + 1 } else { 1 };
        previous = Some(key);
        best = best.max(current);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_measured_along_one_line_in_one_direction() {
        let check = |text, expected| assert_eq!(longest(text), expected, "{text}");
        check("", 0);
        check("x", 1);
        check("qwe", 3);
        check("QweR", 4);
        check("rewq", 4);
        check("4321", 4);
        check("890", 3);
        check("1qaz2wsx", 4);
        check("!@#$", 4);
        check("abcd", 4);
        check("qwew", 3);
        check("2026", 1);
        check("王小明", 1);
    }

    #[test]
    fn repeats_count_the_same_character_only() {
        assert_eq!(longest_repeat("aabbb"), 3);
        assert_eq!(longest_repeat("aAa"), 1);
        assert_eq!(longest_repeat(""), 0);
    }
}
