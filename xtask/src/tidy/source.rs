//! Rust source with comments and literals blanked, so that rules look at code and nothing else.
//!
//! Not a parser: it knows comments, strings and characters. Invariant: the result has the same lines as the input, and
//! every remaining byte is code.

use std::iter::Peekable;
use std::str::Chars;

/// `text` without the contents of comments, strings and character literals; line numbers stay.
pub(super) fn code_only(text: &str) -> String {
    let mut blanker = Blanker { rest: text.chars().peekable(), code: String::with_capacity(text.len()) };
    blanker.run();
    blanker.code
}

/// Whether the file, or its end from this line on, is test code: by path, or after `#[cfg(test)]`.
pub(super) fn first_test_line(path: &str, code: &str) -> Option<usize> {
    let by_path = path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs");
    if by_path {
        return Some(1);
    }
    code.lines().position(|line| line.trim_start().starts_with("#[cfg(test)]")).map(|index| index + 1)
}

struct Blanker<'a> {
    rest: Peekable<Chars<'a>>,
    code: String,
}

impl Blanker<'_> {
    fn run(&mut self) {
        let mut previous = ' ';
        while let Some(next) = self.rest.next() {
            match next {
                '/' if self.rest.peek() == Some(&'/') => self.line_comment(),
                '/' if self.rest.peek() == Some(&'*') => self.block_comment(),
                '"' => self.string(),
                'r' if !is_word(previous) && matches!(self.rest.peek(), Some('"' | '#')) => self.raw_string(),
                '\'' => self.character_or_lifetime(),
                other => {
                    self.code.push(other);
                    // `b"…"`, `br"…"` and `c"…"`: the letter before the quote is part of the literal's prefix.
                    previous = if matches!(other, 'b' | 'c') && !is_word(previous) { ' ' } else { other };
                    continue;
                }
            }
            previous = ' ';
        }
    }

    fn line_comment(&mut self) {
        for next in self.rest.by_ref() {
            if next == '\n' {
                self.code.push('\n');
                return;
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 1_usize;
        self.rest.next();
        let mut previous = ' ';
        for next in self.rest.by_ref() {
            match (previous, next) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                (_, '\n') => self.code.push('\n'),
                _ => {}
            }
            if depth == 0 {
                return;
            }
            // A `/` that closed one comment must not open the next.
            previous = if (previous, next) == ('*', '/') || (previous, next) == ('/', '*') { ' ' } else { next };
        }
    }

    fn string(&mut self) {
        self.code.push('"');
        let mut escaped = false;
        for next in self.rest.by_ref() {
            match next {
                '\n' => {
                    self.code.push('\n');
                    escaped = false;
                }
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => break,
                _ => {}
            }
        }
        self.code.push('"');
    }

    fn raw_string(&mut self) {
        let mut hashes = 0_usize;
        while self.rest.peek() == Some(&'#') {
            self.rest.next();
            hashes += 1;
        }
        if self.rest.peek() != Some(&'"') {
            // A raw identifier such as `r#type`.
            self.code.push_str("r#");
            return;
        }
        self.rest.next();
        self.code.push('"');
        let mut closing: Option<usize> = None;
        for next in self.rest.by_ref() {
            closing = match (next, closing) {
                ('"', _) => Some(0),
                ('#', Some(seen)) => Some(seen + 1),
                _ => None,
            };
            if next == '\n' {
                self.code.push('\n');
            }
            if closing == Some(hashes) {
                break;
            }
        }
        self.code.push('"');
    }

    fn character_or_lifetime(&mut self) {
        let mut ahead = self.rest.clone();
        let first = ahead.next();
        let second = ahead.next();
        if first == Some('\\') {
            self.rest.next();
            self.rest.next();
            for next in self.rest.by_ref() {
                if next == '\'' {
                    break;
                }
            }
            self.code.push_str("''");
        } else if second == Some('\'') {
            self.rest.next();
            self.rest.next();
            self.code.push_str("''");
        } else {
            self.code.push('\'');
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, code: &str) {
        assert_eq!(code_only(source), code);
    }

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        check("a // b\nc", "a \nc");
        check("a /* b /* c */ d\n */ e", "a \n e");
        check(r#"f("x \" // y") // z"#, r#"f("") "#);
        check("f(r#\"x \" y\"#, 1)", "f(\"\", 1)");
        check("f(b\"x\", br\"\\\")", "f(b\"\", b\"\")");
        check("let c = '\"'; let d = '\\''; fn f<'a>(x: &'a str)", "let c = ''; let d = ''; fn f<'a>(x: &'a str)");
        check("let r#type = for_r\"\";", "let r#type = for_r\"\";");
    }

    #[test]
    fn test_code_starts_at_the_cfg_or_with_the_file() {
        assert_eq!(first_test_line("crates/a/tests/it/main.rs", ""), Some(1));
        assert_eq!(first_test_line("crates/a/src/x/tests.rs", ""), Some(1));
        assert_eq!(first_test_line("crates/a/src/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests {}"), Some(2));
        assert_eq!(first_test_line("crates/a/src/x.rs", "fn f() {}"), None);
    }
}
