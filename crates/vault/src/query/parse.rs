//! From query text to [`Query`] and [`Piped`]. Errors name the column and what was expected (VLT-0201).

mod pipes;

use std::time::Duration;

use ipnet::IpNet;
use medward_contract::Timestamp;
use medward_contract::event::is_key;
use regex::RegexBuilder;

use super::filter::{Filter, Query, Target, Test};
use super::pipe::Piped;
use super::term::Term;

/// Most tests in one query.
pub const MAX_TERMS: usize = 64;
/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 32;
/// Longest query in bytes.
const MAX_BYTES: usize = 8 * 1024;
/// Largest compiled regular expression.
const MAX_REGEX_BYTES: usize = 64 * 1024;

/// A query that is not one (VLT-0201).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read query at column {column}: expected {}", expected.join(" or "))]
pub struct SyntaxError {
    /// Character, from 1.
    pub column: usize,
    /// What could stand there.
    pub expected: Vec<String>,
}

/// Reads a query without pipes. `now` is the end of `_time:<duration>`.
pub fn parse(text: &str, now: Timestamp) -> Result<Query, SyntaxError> {
    let mut parser = Parser::new(text, now)?;
    let query = parser.query()?;
    if !parser.rest().is_empty() {
        return Err(parser.expected(&["and", "or", "a term", "the end"]));
    }
    Ok(query)
}

/// Reads a query and its pipes.
pub fn parse_piped(text: &str, now: Timestamp) -> Result<Piped, SyntaxError> {
    let mut parser = Parser::new(text, now)?;
    let query = parser.query()?;
    let pipes = parser.pipes()?;
    match (parser.rest().is_empty(), pipes.is_empty()) {
        (true, _) => Ok(Piped { query, pipes }),
        (false, true) => Err(parser.expected(&["and", "or", "a term", "\"|\"", "the end"])),
        (false, false) => Err(parser.expected(&["\"|\"", "the end"])),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    now: Timestamp,
    terms: usize,
    has_time: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, now: Timestamp) -> Result<Self, SyntaxError> {
        let parser = Self { text, at: 0, now, terms: 0, has_time: false };
        if text.len() > MAX_BYTES { Err(parser.expected(&["a query of at most 8192 bytes"])) } else { Ok(parser) }
    }

    /// The filter before the first pipe; none finds everything.
    fn query(&mut self) -> Result<Query, SyntaxError> {
        self.blanks();
        let nothing = self.rest().is_empty() || self.rest().starts_with('|');
        // No filter is the term `*`, which is how it is printed.
        self.terms += usize::from(nothing);
        let filter = if nothing { Filter::All } else { self.or(0)? };
        Ok(Query { filter, has_time: self.has_time })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    fn need(&mut self, token: &str) -> Result<(), SyntaxError> {
        if self.eat(token) { Ok(()) } else { Err(self.expected(&[&format!("{token:?}")])) }
    }

    /// Eats a keyword in any case when it stands as a word of its own.
    fn keyword(&mut self, keyword: &str) -> bool {
        let rest = self.rest();
        let Some((word, behind)) = rest.split_at_checked(keyword.len()) else { return false };
        let alone = behind.chars().next().is_none_or(|next| next.is_whitespace() || next == '(');
        let there = word.eq_ignore_ascii_case(keyword) && alone;
        if there {
            self.at += keyword.len();
            self.blanks();
        }
        there
    }

    fn expected(&self, expected: &[&str]) -> SyntaxError {
        let column = self.text.get(..self.at).map_or(0, |before| before.chars().count()) + 1;
        SyntaxError { column, expected: expected.iter().map(|text| (*text).to_owned()).collect() }
    }

    fn or(&mut self, depth: usize) -> Result<Filter, SyntaxError> {
        let mut any = vec![self.and(depth)?];
        while self.keyword("or") {
            any.push(self.and(depth)?);
        }
        Ok(if any.len() == 1 { any.pop().unwrap_or(Filter::All) } else { Filter::Or(any) })
    }

    fn and(&mut self, depth: usize) -> Result<Filter, SyntaxError> {
        let mut all = vec![self.not(depth)?];
        loop {
            self.blanks();
            let said = self.keyword("and");
            let ends = self.rest().is_empty() || self.rest().starts_with([')', '|']) || self.at_keyword("or");
            if ends && said {
                return Err(self.expected(&["a term"]));
            }
            if ends {
                return Ok(if all.len() == 1 { all.pop().unwrap_or(Filter::All) } else { Filter::And(all) });
            }
            all.push(self.not(depth)?);
        }
    }

    fn at_keyword(&mut self, keyword: &str) -> bool {
        let at = self.at;
        let there = self.keyword(keyword);
        self.at = at;
        there
    }

    fn not(&mut self, depth: usize) -> Result<Filter, SyntaxError> {
        self.blanks();
        if depth > MAX_DEPTH {
            return Err(self.expected(&["less nesting"]));
        }
        if self.keyword("not") || self.eat("-") {
            return Ok(Filter::Not(Box::new(self.not(depth + 1)?)));
        }
        let filter = self.primary(depth)?;
        self.blanks();
        Ok(filter)
    }

    fn primary(&mut self, depth: usize) -> Result<Filter, SyntaxError> {
        if self.eat("(") {
            let filter = self.or(depth + 1)?;
            self.need(")")?;
            return Ok(filter);
        }
        let misplaced = self.at_keyword("or") || self.at_keyword("and");
        if misplaced || self.rest().is_empty() || self.rest().starts_with([')', '|']) {
            return Err(self.expected(&["a term", "(", "not"]));
        }
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(self.expected(&["at most 64 terms"]));
        }
        match self.field() {
            None => self.test().map(|test| match test {
                Test::Exists => Filter::All,
                test => Filter::Match(Target::AnyText, test),
            }),
            Some("_time") => self.time(),
            Some("stream") => {
                let start = self.at;
                let word = self.word()?;
                word.parse().map(Filter::Stream).map_err(|_| {
                    self.at = start;
                    self.expected(&["the name of a stream"])
                })
            }
            Some(name) => {
                let target = Target::of(name);
                self.test().map(|test| Filter::Match(target, test))
            }
        }
    }

    /// A field name with its colon. It begins with a letter, `_` or `@`, so that an address is a word.
    fn field(&mut self) -> Option<&'a str> {
        let (name, _) = self.rest().split_once(':')?;
        let begins = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_' || first == '@');
        if !begins || !is_key(name) {
            return None;
        }
        self.at += name.len() + 1;
        Some(name)
    }

    fn test(&mut self) -> Result<Test, SyntaxError> {
        if self.eat("!=") {
            return self.value().map(Test::NotEquals);
        }
        if self.eat("=") {
            return self.value().map(Test::Equals);
        }
        if self.eat(">=") {
            return self.number().map(|low| Test::Between(low, f64::INFINITY));
        }
        if self.eat("<=") {
            return self.number().map(|high| Test::Between(f64::NEG_INFINITY, high));
        }
        if self.eat(">") {
            return self.number().map(Test::Above);
        }
        if self.eat("<") {
            return self.number().map(Test::Below);
        }
        if self.eat("~") {
            return self.regex();
        }
        if self.eat("[") {
            let low = self.number()?;
            self.need(",")?;
            let high = self.number()?;
            self.need("]")?;
            return Ok(Test::Between(low, high));
        }
        if self.eat("in(") {
            return self.list().map(Test::In);
        }
        if self.eat("cidr(") {
            return self.cidr();
        }
        if self.rest().starts_with('"') {
            let phrase = self.quoted()?;
            let prefix = self.eat("*");
            return Ok(Test::Term(Term::new(&phrase, prefix)));
        }
        let word = self.word()?;
        Ok(match word.strip_suffix('*') {
            Some("") => Test::Exists,
            Some(start) => Test::Term(Term::new(start, true)),
            None => Test::Term(Term::new(word, false)),
        })
    }

    fn word(&mut self) -> Result<&'a str, SyntaxError> {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '|');
        let word = self.rest().split(ends).next().unwrap_or_default();
        if word.is_empty() {
            return Err(self.expected(&["a word", "a phrase in quotes"]));
        }
        self.at += word.len();
        Ok(word)
    }

    /// Text in quotes; `\"` and `\\` stand for themselves.
    fn quoted(&mut self) -> Result<String, SyntaxError> {
        self.need("\"")?;
        let mut text = String::new();
        while let Some(next) = self.peek() {
            self.at += next.len_utf8();
            match next {
                '"' if text.is_empty() => break,
                '"' => return Ok(text),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                other => text.push(other),
            }
        }
        Err(self.expected(&[if text.is_empty() { "text between the quotes" } else { "a closing quote" }]))
    }

    fn value(&mut self) -> Result<String, SyntaxError> {
        if self.rest().starts_with('"') { self.quoted() } else { self.word().map(str::to_owned) }
    }

    /// A value in a list, which ends at a comma too.
    fn item(&mut self) -> Result<String, SyntaxError> {
        self.blanks();
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let item = self.rest().split([',', ')', ']', '"']).next().unwrap_or_default();
        self.at += item.len();
        let item = item.trim();
        if item.is_empty() { Err(self.expected(&["a value"])) } else { Ok(item.to_owned()) }
    }

    fn list(&mut self) -> Result<Vec<String>, SyntaxError> {
        let mut items = vec![self.item()?];
        loop {
            self.blanks();
            if self.eat(")") {
                return Ok(items);
            }
            if !self.eat(",") {
                return Err(self.expected(&["\",\"", "\")\""]));
            }
            items.push(self.item()?);
            if items.len() > MAX_TERMS {
                return Err(self.expected(&["at most 64 values"]));
            }
        }
    }

    fn number(&mut self) -> Result<f64, SyntaxError> {
        self.blanks();
        let text = self.rest();
        let length = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))).unwrap_or(text.len());
        let number =
            text.get(..length).and_then(|digits| digits.parse().ok()).filter(|number: &f64| number.is_finite());
        let number = number.ok_or_else(|| self.expected(&["a number"]))?;
        self.at += length;
        Ok(number)
    }

    fn regex(&mut self) -> Result<Test, SyntaxError> {
        let start = self.at;
        let text = self.quoted()?;
        RegexBuilder::new(&text).size_limit(MAX_REGEX_BYTES).build().map(Test::Regex).map_err(|_| {
            self.at = start;
            self.expected(&["a regular expression of at most 64 KiB"])
        })
    }

    fn cidr(&mut self) -> Result<Test, SyntaxError> {
        let start = self.at;
        let text = self.item()?;
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
        let net = net.map_err(|_| {
            self.at = start;
            self.expected(&["a network such as 10.0.0.0/8"])
        })?;
        self.need(")")?;
        Ok(Test::Cidr(net))
    }

    fn time(&mut self) -> Result<Filter, SyntaxError> {
        self.has_time = true;
        if self.eat("[") {
            let from = self.moment()?;
            self.need(",")?;
            let to = self.moment()?;
            self.need(")")?;
            return Ok(Filter::Time { from, to });
        }
        let start = self.at;
        let word = self.word()?;
        let Some(duration) = parse_duration(word) else {
            self.at = start;
            return Err(self.expected(&["a duration such as 15m, 1h or 7d", "[from,to)"]));
        };
        // The moment asked for is inside; so is what was recorded in this microsecond.
        Ok(Filter::Time { from: self.now.minus(duration).as_micros(), to: self.now.as_micros().saturating_add(1) })
    }

    fn moment(&mut self) -> Result<i64, SyntaxError> {
        let start = self.at;
        let item = self.item()?;
        Timestamp::parse(&item).map(Timestamp::as_micros).map_err(|_| {
            self.at = start;
            self.expected(&["a time in RFC 3339 or microseconds"])
        })
    }
}

/// `90s`, `15m`, `1h`, `7d`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let number: u64 = text.get(..text.len() - unit.len_utf8())?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number.checked_mul(seconds)?))
}
