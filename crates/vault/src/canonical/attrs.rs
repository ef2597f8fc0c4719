//! The JSON text under key 49: an object of scalars, keys sorted bytewise, no blanks. Stored once, never re-serialised.

use medward_contract::event::is_key;

/// Whether the text has the one stored form. Values may be any JSON scalar; how a number or an escape is spelt is
/// left to the writer, so that a later JSON library cannot make old records wrong.
pub(super) fn is_canonical(text: &str) -> bool {
    Scanner { rest: text.as_bytes() }.object().is_some()
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    fn object(&mut self) -> Option<()> {
        self.literal(b"{")?;
        let mut last: &[u8] = b"";
        loop {
            let key = self.key()?;
            if key <= last {
                return None;
            }
            last = key;
            self.literal(b":")?;
            self.scalar()?;
            match self.byte()? {
                b',' => {}
                b'}' => return self.rest.is_empty().then_some(()),
                _ => return None,
            }
        }
    }

    fn key(&mut self) -> Option<&'a [u8]> {
        self.literal(b"\"")?;
        let length = self.rest.iter().position(|byte| *byte == b'"')?;
        let (key, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.literal(b"\"")?;
        is_key(std::str::from_utf8(key).ok()?).then_some(key)
    }

    fn scalar(&mut self) -> Option<()> {
        match self.rest.first()? {
            b'"' => self.string(),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => self.number(),
        }
    }

    fn string(&mut self) -> Option<()> {
        self.literal(b"\"")?;
        loop {
            match self.byte()? {
                b'"' => return Some(()),
                b'\\' => match self.byte()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.byte()?.is_ascii_hexdigit().then_some(())?;
                        }
                    }
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.rest = self.rest.get(count..)?;
        (count > 0).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix(b"-").unwrap_or(self.rest);
        match self.rest.strip_prefix(b"0") {
            Some(rest) => self.rest = rest,
            None => self.digits()?,
        }
        if let Some(rest) = self.rest.strip_prefix(b".") {
            self.rest = rest;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.rest.first() {
            self.byte()?;
            if let Some(b'+' | b'-') = self.rest.first() {
                self.byte()?;
            }
            self.digits()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(is_canonical(text), expected, "{text}");
    }

    #[test]
    fn sorted_object_of_scalars_is_the_only_form() {
        check(r#"{"a":1}"#, true);
        check(r#"{"a":-0.5e+10,"a.b":"诊\n\u0001","b":null,"c":true}"#, true);
        check("{}", false);
        check(r#"{"a": 1}"#, false);
        check(r#"{"a":1} "#, false);
        check(r#"{"b":1,"a":1}"#, false);
        check(r#"{"a":1,"a":2}"#, false);
        check(r#"{"a":[]}"#, false);
        check(r#"{"A":1}"#, false);
        check(r#"{"a":01}"#, false);
        check(r#"{"a":1,}"#, false);
        check("{\"a\":\"\n\"}", false);
        check(r#"{"a":"\x"}"#, false);
    }
}
