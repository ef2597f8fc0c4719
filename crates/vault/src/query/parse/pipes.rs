//! The part of the grammar behind `|`.

use std::time::Duration;

use medward_contract::event::is_key;

use super::{Parser, SyntaxError, parse_duration};
use crate::query::cell::TIME;
use crate::query::filter::Target;
use crate::query::pipe::{Call, Fold, Function, Key, Order, Pipe};

/// Most pipes of one query.
const MAX_PIPES: usize = 16;
/// Most fields, keys or functions of one pipe.
const MAX_NAMES: usize = 32;
/// Most rows of `limit`.
const MAX_LIMIT: usize = 100_000;
/// Most values of `top` and `facets`.
const MAX_TOP: usize = 10_000;
/// Longest step of time.
const MAX_STEP: Duration = Duration::from_secs(366 * 86_400);

const PIPES: [&str; 9] = ["fields", "where", "sort", "limit", "stats", "hist", "facets", "top", "uniq"];

impl<'a> Parser<'a> {
    /// Everything from the first `|` on.
    pub(super) fn pipes(&mut self) -> Result<Vec<Pipe>, SyntaxError> {
        let mut pipes = Vec::new();
        while self.eat("|") {
            if pipes.len() == MAX_PIPES {
                return Err(self.expected(&["at most 16 pipes"]));
            }
            self.blanks();
            pipes.push(self.pipe()?);
            self.blanks();
        }
        Ok(pipes)
    }

    fn pipe(&mut self) -> Result<Pipe, SyntaxError> {
        let start = self.at;
        let name = self.token();
        self.blanks();
        Ok(match name {
            "fields" => Pipe::Fields(self.names(&[])?),
            "where" => Pipe::Where(self.or(0)?),
            "sort" => Pipe::Sort(self.orders()?),
            "limit" => Pipe::Limit(self.count(MAX_LIMIT, "a number from 1 to 100000")?),
            "stats" => self.stats()?,
            "hist" => {
                let step = self.step()?;
                self.blanks();
                let by = if self.eat_token("by") { Some(self.one_in_parentheses()?) } else { None };
                Pipe::Hist { step, by }
            }
            "facets" => {
                let limit = self.count(MAX_TOP, "a number from 1 to 10000")?;
                self.blanks();
                let fields = if self.eat("(") { self.names(&[")"])? } else { Vec::new() };
                Pipe::Facets { limit, fields }
            }
            "top" => {
                let limit = self.count(MAX_TOP, "a number from 1 to 10000")?;
                Pipe::Top { limit, by: self.by_one()? }
            }
            "uniq" => Pipe::Uniq { by: self.by_one()? },
            _ => {
                self.at = start;
                return Err(self.expected(&PIPES));
            }
        })
    }

    /// The longest run of letters that a name may have.
    fn token(&mut self) -> &'a str {
        let rest = self.rest();
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.' | '-');
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Eats this word and the blanks behind it, if it stands there.
    fn eat_token(&mut self, word: &str) -> bool {
        let start = self.at;
        let there = self.token().eq_ignore_ascii_case(word);
        if there {
            self.blanks();
        } else {
            self.at = start;
        }
        there
    }

    fn name(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        let name = self.token();
        if is_key(name) {
            return Ok(name);
        }
        self.at = start;
        Err(self.expected(&["the name of a field"]))
    }

    /// Names up to the end of the pipe, or up to a closing text.
    fn names(&mut self, close: &[&str]) -> Result<Vec<Target>, SyntaxError> {
        let mut names = Vec::new();
        loop {
            self.blanks();
            names.push(Target::of(self.name()?));
            self.blanks();
            let comma = self.eat(",");
            self.blanks();
            if let Some(close) = close.first() {
                if !comma && self.eat(close) {
                    return Ok(names);
                }
            } else if !comma && (self.rest().is_empty() || self.rest().starts_with('|')) {
                return Ok(names);
            }
            if names.len() == MAX_NAMES {
                return Err(self.expected(&["at most 32 fields"]));
            }
        }
    }

    fn by_open(&mut self) -> Result<(), SyntaxError> {
        self.blanks();
        if !self.eat_token("by") {
            return Err(self.expected(&["by"]));
        }
        self.need("(")
    }

    fn by_one(&mut self) -> Result<Target, SyntaxError> {
        self.blanks();
        if !self.eat_token("by") {
            return Err(self.expected(&["by"]));
        }
        self.one_in_parentheses()
    }

    fn one_in_parentheses(&mut self) -> Result<Target, SyntaxError> {
        self.need("(")?;
        self.blanks();
        let target = Target::of(self.name()?);
        self.blanks();
        self.need(")")?;
        Ok(target)
    }

    fn count(&mut self, most: usize, expected: &str) -> Result<usize, SyntaxError> {
        let start = self.at;
        let number = self.token().parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| {
            self.at = start;
            self.expected(&[expected])
        })
    }

    fn step(&mut self) -> Result<Duration, SyntaxError> {
        let start = self.at;
        let step = parse_duration(self.token()).filter(|step| !step.is_zero() && *step <= MAX_STEP);
        step.ok_or_else(|| {
            self.at = start;
            self.expected(&["a step from 1s to 366d"])
        })
    }

    fn orders(&mut self) -> Result<Vec<Order>, SyntaxError> {
        self.by_open()?;
        let mut orders = Vec::new();
        loop {
            self.blanks();
            let by = Target::of(self.name()?);
            self.blanks();
            let descending = self.eat_token("desc");
            if !descending {
                self.eat_token("asc");
            }
            orders.push(Order { by, descending });
            self.blanks();
            if self.eat(")") {
                return Ok(orders);
            }
            if orders.len() == MAX_NAMES {
                return Err(self.expected(&["at most 32 fields"]));
            }
            self.eat(",");
        }
    }

    fn stats(&mut self) -> Result<Pipe, SyntaxError> {
        let by = if self.eat_token("by") { self.keys()? } else { Vec::new() };
        let mut calls: Vec<Call> = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            let call = self.call()?;
            let taken =
                calls.iter().any(|other| other.name == call.name) || by.iter().any(|key| key.name() == call.name);
            if taken || !is_key(&call.name) {
                self.at = start;
                return Err(self.expected(&["a column with a name of its own: … as name"]));
            }
            calls.push(call);
            self.blanks();
            if !self.eat(",") {
                return Ok(Pipe::Stats { by, calls });
            }
            if calls.len() == MAX_NAMES {
                return Err(self.expected(&["at most 32 functions"]));
            }
        }
    }

    fn keys(&mut self) -> Result<Vec<Key>, SyntaxError> {
        self.need("(")?;
        let mut keys: Vec<Key> = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            let name = self.name()?;
            let stepped = name == TIME && self.eat(":");
            let key = if stepped { Key::Step(self.step()?) } else { Key::Field(Target::of(name)) };
            if keys.iter().any(|other| other.name() == key.name()) {
                self.at = start;
                return Err(self.expected(&["another field"]));
            }
            keys.push(key);
            self.blanks();
            if self.eat(")") {
                return Ok(keys);
            }
            if keys.len() == MAX_NAMES {
                return Err(self.expected(&["at most 32 fields"]));
            }
            if !self.eat(",") {
                return Err(self.expected(&["\",\"", "\")\""]));
            }
        }
    }

    fn call(&mut self) -> Result<Call, SyntaxError> {
        let start = self.at;
        let name = self.token();
        let fold = Fold::ALL.iter().find(|(known, _)| *known == name).map(|(_, fold)| *fold);
        if fold.is_none() && !matches!(name, "count" | "count_if") {
            self.at = start;
            let folds = Fold::ALL.iter().map(|(name, _)| *name);
            return Err(self.expected(&["count", "count_if"].into_iter().chain(folds).collect::<Vec<_>>()));
        }
        self.need("(")?;
        self.blanks();
        let function = match fold {
            Some(fold) => Function::Of(fold, Target::of(self.name()?)),
            None if name == "count" => Function::Count,
            None => Function::CountIf(self.or(0)?),
        };
        self.blanks();
        self.need(")")?;
        self.blanks();
        let name = if self.eat_token("as") { self.name()?.to_owned() } else { function.default_name() };
        Ok(Call { function, name })
    }
}
