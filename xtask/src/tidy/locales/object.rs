//! Reads the keys of one TypeScript object literal, nested ones as `outer.inner`.
//!
//! Not a TypeScript parser: it knows comments, quotes, templates and brackets, which is what a dictionary is made of.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The value as written: `'检索'`, or a function that fills in a number.
    pub(super) value: String,
    /// From 1.
    pub(super) line: usize,
}

impl Entry {
    pub(super) fn is_empty_text(&self) -> bool {
        matches!(self.value.as_str(), "''" | "\"\"" | "``")
    }
}

/// The entries of `const NAME … = { … }`; `None` when there is no such object.
pub(super) fn object_named(text: &str, name: &str) -> Option<BTreeMap<String, Entry>> {
    let characters: Vec<char> = without_comments(text).chars().collect();
    let declaration: Vec<char> = format!("const {name}").chars().collect();
    let start = (0..characters.len()).find(|at| {
        characters.get(*at..).is_some_and(|rest| rest.starts_with(&declaration))
            && !characters.get(at + declaration.len()).is_some_and(|next| next.is_alphanumeric() || *next == '_')
    })?;
    let mut reader = Reader { characters: &characters, at: start + declaration.len() };
    reader.skip_to('=')?;
    reader.skip_blank();
    let mut entries = BTreeMap::new();
    reader.object("", &mut entries)?;
    Some(entries)
}

struct Reader<'a> {
    characters: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Stands behind the next `wanted` afterwards.
    fn skip_to(&mut self, wanted: char) -> Option<()> {
        while self.peek()? != wanted {
            self.at += 1;
        }
        self.at += 1;
        Some(())
    }

    fn line(&self) -> usize {
        self.characters.iter().take(self.at).filter(|character| **character == '\n').count() + 1
    }

    fn object(&mut self, prefix: &str, entries: &mut BTreeMap<String, Entry>) -> Option<()> {
        if self.peek()? != '{' {
            return None;
        }
        self.at += 1;
        loop {
            self.skip_blank();
            match self.peek()? {
                '}' => {
                    self.at += 1;
                    return Some(());
                }
                ',' => self.at += 1,
                _ => self.entry(prefix, entries)?,
            }
        }
    }

    fn entry(&mut self, prefix: &str, entries: &mut BTreeMap<String, Entry>) -> Option<()> {
        let line = self.line();
        let key = self.key()?;
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        self.skip_blank();
        if self.peek()? == ':' {
            self.at += 1;
            self.skip_blank();
        }
        if self.peek()? == '{' {
            self.object(&path, entries)?;
            return self.skip_annotation();
        }
        let value = self.value()?;
        entries.insert(path, Entry { value, line });
        Some(())
    }

    /// `as Record<string, string>` behind a nested object: its comma ends no entry.
    fn skip_annotation(&mut self) -> Option<()> {
        let mut angles = 0_usize;
        loop {
            match self.peek()? {
                '<' => angles += 1,
                '>' => angles = angles.saturating_sub(1),
                ',' | '}' if angles == 0 => return Some(()),
                _ => {}
            }
            self.at += 1;
        }
    }

    /// A word, a quoted word, or whatever stands before `:` (a spread or a computed key).
    fn key(&mut self) -> Option<String> {
        let first = self.peek()?;
        if first == '\'' || first == '"' {
            let quoted = self.quoted()?;
            return Some(quoted.trim_matches(first).to_owned());
        }
        let mut key = String::new();
        while let Some(next) =
            self.peek().filter(|next| !matches!(next, ':' | ',' | '}' | '(') && !next.is_whitespace())
        {
            key.push(next);
            self.at += 1;
        }
        (!key.is_empty()).then_some(key)
    }

    /// Everything up to the `,` or `}` that ends this entry.
    fn value(&mut self) -> Option<String> {
        let mut value = String::new();
        let mut depth = 0_usize;
        loop {
            let next = self.peek()?;
            match next {
                '\'' | '"' | '`' => {
                    value.push_str(&self.quoted()?);
                    continue;
                }
                '(' | '[' | '{' => depth += 1,
                ',' | '}' if depth == 0 => return Some(value.trim().to_owned()),
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            value.push(next);
            self.at += 1;
        }
    }

    /// A quoted text with its quotes. A template is taken up to its closing backquote.
    fn quoted(&mut self) -> Option<String> {
        let quote = self.peek()?;
        let mut text = String::from(quote);
        self.at += 1;
        loop {
            let next = self.peek()?;
            text.push(next);
            self.at += 1;
            if next == '\\' {
                text.push(self.peek()?);
                self.at += 1;
            } else if next == quote {
                return Some(text);
            }
        }
    }
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut quote: Option<char> = None;
    while let Some(next) = rest.next() {
        match (quote, next) {
            (Some(_), '\\') => {
                kept.push(next);
                kept.extend(rest.next());
            }
            (Some(open), _) => {
                kept.push(next);
                if next == open {
                    quote = None;
                }
            }
            (None, '\'' | '"' | '`') => {
                kept.push(next);
                quote = Some(next);
            }
            (None, '/') if rest.peek() == Some(&'/') => {
                while rest.peek().is_some_and(|character| *character != '\n') {
                    rest.next();
                }
            }
            (None, '/') if rest.peek() == Some(&'*') => {
                let mut previous = ' ';
                for inside in rest.by_ref() {
                    if inside == '\n' {
                        kept.push('\n');
                    }
                    if (previous, inside) == ('*', '/') {
                        break;
                    }
                    previous = inside;
                }
            }
            (None, _) => kept.push(next),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let shown = match object_named(text, "zh") {
            None => "none".to_owned(),
            Some(entries) => {
                let lines: Vec<String> =
                    entries.iter().map(|(key, entry)| format!("{} {key} = {}", entry.line, entry.value)).collect();
                lines.join("\n")
            }
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn keys_are_read_through_nesting_comments_quotes_and_functions() {
        check(
            "// const zh = { no: 1 }\nexport const zh: Words<{ a: string }> = {\n  a: 'x, y', /* b: 1, */\n  'c-d': \"it's\",\n\
             \u{20} e: { f: `n ${n} }`, g: (n: number) => `${n} 条`, } as Record<string, string>,\n} as const;\n",
            expect![[r#"
                3 a = 'x, y'
                4 c-d = "it's"
                5 e.f = `n ${n} }`
                5 e.g = (n: number) => `${n} 条`"#]],
        );
    }

    #[test]
    fn a_longer_name_is_another_object() {
        check("const zhCN = { a: 1 }", expect!["none"]);
    }
}
