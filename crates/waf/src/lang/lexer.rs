//! Cuts a rule file into directives: a name and its arguments, each byte with its place.

/// Line and column (in bytes), both from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A word or quoted argument, without its quotes and line continuations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) bytes: Vec<u8>,
    /// Place of each byte, and of the end.
    places: Vec<Place>,
}

impl Token {
    /// Place of the byte at `offset`; of the last one beyond the end.
    pub(crate) fn place(&self, offset: usize) -> Place {
        self.places.get(offset).or(self.places.last()).copied().unwrap_or(Place { line: 1, column: 1 })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// One directive with its arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) name: Token,
    pub(crate) arguments: Vec<Token>,
}

/// What stops the lexer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LexError {
    pub(crate) place: Place,
    pub(crate) message: String,
}

/// Cuts `bytes` into directives. After an error the rest of that line is skipped, so that all errors of a file show.
pub(crate) fn lex(bytes: &[u8]) -> (Vec<Line>, Vec<LexError>) {
    let mut lexer = Lexer { bytes, at: 0, place: Place { line: 1, column: 1 } };
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    loop {
        lexer.skip_blank_lines();
        if lexer.peek().is_none() {
            return (lines, errors);
        }
        match lexer.line() {
            Ok(line) => lines.push(line),
            Err(error) => {
                errors.push(error);
                lexer.skip_line();
            }
        }
    }
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    place: Place,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b'\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
        Some(byte)
    }

    /// Length of a line continuation (`\` before a line end) at the cursor.
    fn continuation(&self) -> usize {
        match self.bytes.get(self.at..).unwrap_or_default() {
            [b'\\', b'\n', ..] => 2,
            [b'\\', b'\r', b'\n', ..] => 3,
            _ => 0,
        }
    }

    fn skip_continuation(&mut self) -> bool {
        let length = self.continuation();
        for _ in 0..length {
            self.bump();
        }
        length > 0
    }

    fn skip_line(&mut self) {
        while let Some(byte) = self.bump() {
            if byte == b'\n' {
                return;
            }
        }
    }

    fn skip_blank_lines(&mut self) {
        loop {
            match self.peek() {
                Some(b'#') => self.skip_line(),
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.bump();
                }
                Some(b'\\') if self.continuation() > 0 => {
                    self.skip_continuation();
                }
                _ => return,
            }
        }
    }

    /// Skips blanks and continuations inside a directive; false at the end of its line.
    fn skip_blanks(&mut self) -> bool {
        loop {
            match self.peek() {
                None | Some(b'\n') => return false,
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.bump();
                }
                Some(_) if self.skip_continuation() => {}
                Some(_) => return true,
            }
        }
    }

    fn line(&mut self) -> Result<Line, LexError> {
        let name = self.word();
        let mut arguments = Vec::new();
        while self.skip_blanks() {
            arguments.push(if self.peek() == Some(b'"') { self.quoted()? } else { self.word() });
        }
        Ok(Line { name, arguments })
    }

    fn word(&mut self) -> Token {
        let mut token = Token { bytes: Vec::new(), places: Vec::new() };
        while let Some(byte) = self.peek() {
            if byte.is_ascii_whitespace() || self.continuation() > 0 {
                break;
            }
            self.take_into(&mut token);
        }
        token.places.push(self.place);
        token
    }

    fn quoted(&mut self) -> Result<Token, LexError> {
        let opened = self.place;
        self.bump();
        let mut token = Token { bytes: Vec::new(), places: Vec::new() };
        loop {
            match self.peek() {
                None => {
                    return Err(LexError { place: opened, message: "this quote is never closed".to_owned() });
                }
                Some(b'"') => {
                    token.places.push(self.place);
                    self.bump();
                    return Ok(token);
                }
                Some(b'\n') => {
                    return Err(LexError {
                        place: opened,
                        message: "this quote is not closed on its line; continue a line with a backslash".to_owned(),
                    });
                }
                Some(b'\\') if self.bytes.get(self.at + 1) == Some(&b'"') => {
                    self.bump();
                    self.take_into(&mut token);
                }
                Some(_) if self.skip_continuation() => {}
                Some(_) => self.take_into(&mut token),
            }
        }
    }

    fn take_into(&mut self, token: &mut Token) {
        let place = self.place;
        if let Some(byte) = self.bump() {
            token.bytes.push(byte);
            token.places.push(place);
        }
    }
}
