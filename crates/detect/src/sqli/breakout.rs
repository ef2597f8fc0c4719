//! What directly continues the string or number with which a value begins: `admin'--`, `'='`, `1-sleep(5)`.

use super::Found;
use super::expression::{Parsed, Shape, condition, expression};
use super::grammar::{Cut, Left};
use super::statement::is_name;
use super::tokens::{Kind, Opened};
use super::words::Word;

impl Cut<'_, '_> {
    /// What directly continues the string or number with which the value begins.
    pub(super) fn continuation(&self) -> Option<Found> {
        let at = self.anchor;
        let first = self.tokens.kind(at);
        match self.anchored {
            Left::Quote => self.quote_continues(at, first),
            Left::Literal
                if matches!(first, Kind::Arith | Kind::Compare | Kind::Word(Word::Like | Word::Between | Word::In)) =>
            {
                let Parsed { end, shape } = condition(self.tokens, 0)?;
                let fixed = shape.has(Shape::FUNCTION) && shape.has(Shape::FIXED);
                let harm = fixed || shape.has(Shape::DANGER.with(Shape::SUBSELECT).with(Shape::CASE));
                let strong = harm || (shape.is_strong() && self.tail);
                (strong && self.can_end(end)).then(|| self.found(88, at, end, "literal/expression"))
            }
            Left::Literal if first == Kind::Tail => self.literal_tail(at),
            _ => None,
        }
    }

    /// `1)--`, `1;--`: a number, then a comment.
    fn literal_tail(&self, at: usize) -> Option<Found> {
        let closes = self.tokens.kind(at - 1) == Kind::Close;
        let bare = self.tokens.text(at).iter().all(|byte| matches!(byte, b'-' | b' ' | b'+' | b'#'));
        (closes && bare).then(|| self.found(65, at - 1, at + 1, "literal/comment"))
    }

    fn quote_continues(&self, at: usize, first: Kind) -> Option<Found> {
        let prefix = self.tokens.text(0);
        let simple = prefix.len() <= 80
            && prefix.iter().filter(|byte| byte.is_ascii_whitespace()).count() <= 2
            && !prefix.iter().any(|byte| matches!(byte, b'=' | b'<' | b'>' | b'{' | b'(' | 0..=0x1f));
        self.joined(at, first, simple).or_else(|| self.cut_off(at, first, simple))
    }

    fn joined(&self, at: usize, first: Kind, simple: bool) -> Option<Found> {
        let prefix = self.tokens.text(0);
        let single = self.opened == Opened::Quote(b'\'');
        match first {
            Kind::Tail if simple => self.comment_tail(at, single),
            Kind::Semi if simple && matches!(self.tokens.kind(at + 1), Kind::Tail) => self.comment_tail(at + 1, single),
            Kind::Compare | Kind::Word(Word::Like | Word::In | Word::Between | Word::Is) => {
                let Parsed { end, shape } = condition(self.tokens, 0)?;
                if at != 1 || !self.can_end(end) {
                    return None;
                }
                let last = self.tokens.text(end - 1).trim_ascii_end();
                let short = self.balanced && (self.is_short_string(end - 1) || last.len() == 1);
                let word = simple && self.left_is_word() && self.tokens.text(at) != b"<>";
                let confidence = match () {
                    () if shape.is_strong() => 92,
                    () if simple && self.tail && shape.has(Shape::COMPARISON) => 85,
                    () if word && short && end == self.tokens.len() && single && !shape.has(Shape::NAME) => 80,
                    () if simple && self.balanced && self.tokens.kind(end) == Kind::Word(Word::Logic) => 82,
                    () if simple && self.balanced && end == self.tokens.len() && single && !prefix.contains(&b' ') => {
                        60
                    }
                    () => return None,
                };
                Some(self.found(confidence, 0, end, "quote/comparison"))
            }
            Kind::Comma if simple => self.assignments(at).or_else(|| self.rows(at)),
            Kind::Arith | Kind::Pipes if self.is_probe(at) => Some(self.found(80, 0, self.tokens.len(), "quote/probe")),
            // `'|', '^', '~'`: the gaps between quoted things.
            _ if self.is_gap(at) => None,
            Kind::Arith | Kind::Star | Kind::Pipes => {
                let Parsed { end, shape } = condition(self.tokens, 0)?;
                let probe = simple && self.balanced && end == self.tokens.len() && end == 3 && prefix.len() <= 24;
                let confidence = match () {
                    () if at == 1 && shape.has(Shape::DANGER.with(Shape::SUBSELECT).with(Shape::CASE)) => 92,
                    () if shape.has(Shape::COMPARISON) && shape.has(Shape::FIXED) && simple => 85,
                    () if shape.has(Shape::FUNCTION) && simple && (self.tail || self.balanced) => 85,
                    () if probe && first == Kind::Pipes && single => 65,
                    () if probe && single && prefix.len() <= 2 && self.tokens.text(2).len() == 1 => 55,
                    () => return None,
                };
                Some(self.found(confidence, 0, end, "quote/operator"))
            }
            _ => None,
        }
    }

    /// `', role='admin' where id=1#`, `', admin=1, note='x`: further columns of an UPDATE.
    fn assignments(&self, at: usize) -> Option<Found> {
        let (mut here, mut columns) = (at, 0);
        while self.tokens.kind(here) == Kind::Comma && is_name(self.tokens, here + 1) && self.tokens.is(here + 2, "=") {
            let value = expression(self.tokens, here + 3)?;
            here = value.end;
            columns += 1;
        }
        let bounded = self.tokens.kind(here) == Kind::Word(Word::Where) && condition(self.tokens, here + 1).is_some();
        let confidence = match columns {
            0 => return None,
            _ if bounded && (self.tail || self.balanced) => 90,
            _ if self.tail && self.tokens.kind(here) == Kind::Tail && self.hides_nothing() => 84,
            2.. if self.balanced && here == self.tokens.len() => 84,
            _ => return None,
        };
        Some(self.found(confidence, 0, here, "quote/assignment"))
    }

    /// `'),('admin','x',1)-- `: further rows of an INSERT.
    fn rows(&self, at: usize) -> Option<Found> {
        let last = self.tokens.len().checked_sub(2)?;
        let begins = at > 1 && self.tokens.kind(at + 1) == Kind::Open && self.tokens.kind(last) == Kind::Close;
        (begins && self.tail && self.hides_nothing()).then(|| self.found(84, 0, self.tokens.len(), "quote/rows"))
    }

    /// `'-52-'`, `'||95||'`: a number joined on from both sides, and nothing else.
    fn is_probe(&self, at: usize) -> bool {
        let sides = [self.tokens.text(0), self.tokens.text(4)];
        at == 1
            && self.tokens.len() == 5
            && sides.iter().all(|side| side.len() == 1)
            && self.tokens.kind(2) == Kind::Number
            && self.tokens.text(1) == self.tokens.text(3)
    }

    /// `x'|email--`, `x' and array[id] is not null#`: whatever this is, it joins on and throws the rest away.
    fn cut_off(&self, at: usize, first: Kind, simple: bool) -> Option<Found> {
        let joins = matches!(first, Kind::Arith | Kind::Star | Kind::Pipes | Kind::Amps | Kind::Compare)
            || matches!(
                first,
                Kind::Word(
                    Word::Logic
                        | Word::Like
                        | Word::Is
                        | Word::In
                        | Word::Between
                        | Word::Union
                        | Word::Order
                        | Word::Group
                        | Word::Having
                        | Word::Not
                )
            );
        let length = self.tokens.len() - at;
        (simple && joins && self.tail && self.hides_nothing() && (3..40).contains(&length))
            .then(|| self.found(80, 0, self.tokens.len(), "quote/cut"))
    }

    /// The comment at the end has no text of its own.
    pub(super) fn hides_nothing(&self) -> bool {
        let last = self.tokens.len().saturating_sub(1);
        self.tokens.text(last).iter().all(|byte| matches!(byte, b'-' | b' ' | b'+' | b'#' | b'\t' | b'\r' | b'\n' | 0))
    }

    /// The first string behind the way out begins like what stands between two quoted things.
    fn is_gap(&self, at: usize) -> bool {
        (at..at + 4)
            .find(|at| matches!(self.tokens.kind(*at), Kind::Str { .. }))
            .and_then(|at| self.tokens.text(at).get(1))
            .is_some_and(|byte| b" ,):;]}".contains(byte) || *byte >= 0x80)
    }

    /// The prefix is one word without marks, or nothing.
    fn left_is_word(&self) -> bool {
        let prefix = self.tokens.text(0);
        prefix.len() <= 24
            && prefix.iter().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'\'' | b'"' | b'-' | b'_' | b'%' | b'@' | b'.')
            })
    }

    /// The prefix is the name of an account, or nothing.
    fn left_is_name(&self) -> bool {
        let name = self.tokens.text(0);
        let name = name.strip_suffix(b"'").unwrap_or(name);
        name.is_empty() || (name.len() >= 2 && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_'))
    }

    /// `admin'--`, `x')#`, `1'/*`: the rest of the statement is gone.
    fn comment_tail(&self, at: usize, single: bool) -> Option<Found> {
        let tail = self.tokens.text(at);
        let rest = tail.trim_ascii_end();
        let bare = |more: &[u8]| more.len() <= 12 && !more.iter().any(|byte| b"'\"=()<>.,".contains(byte));
        let confidence: u8 =
            match rest {
                [b'-', b'-', more @ ..] if more.is_empty() || matches!(more, [b' ' | b'-' | b'+', ..]) => {
                    if bare(more) { 88 } else { 45 }
                }
                [b'-', b'-', more @ ..] if bare(more) => 70,
                [b'#', more @ ..] if more.len() <= 4 && more.iter().all(u8::is_ascii_digit) && self.left_is_name() => {
                    80
                }
                [b'-', b'-', more @ ..] if more.len() <= 4 && more.iter().all(u8::is_ascii_digit) => 80,
                [b'#', more @ ..] if more.is_empty() || (matches!(more, [b' ' | b'-' | b'#', ..]) && bare(more)) => 82,
                [b'/', b'*', more @ ..] if bare(more) => 80,
                [0, ..] => 60,
                _ => return None,
            };
        let confidence = if single { confidence } else { confidence.saturating_sub(6) };
        Some(self.found(confidence, 0, at + 1, "quote/comment"))
    }
}
