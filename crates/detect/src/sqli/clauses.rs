//! Clauses that say something by themselves, wherever they stand: sorting by a number, files, schema tables, sub-selects and
//! calls of functions that only attackers call.

use super::super::gate::spend;
use super::Found;
use super::expression::{Parsed, Shape, expression, selected};
use super::grammar::{Cut, Left};
use super::tokens::{Kind, Opened};
use super::words::{Verb, Word};

/// How far back the beginning of a statement is looked for.
const STATEMENT_TOKENS: usize = 128;

impl Cut<'_, '_> {
    /// `order by 10`, `group by 1,2`.
    pub(super) fn order(&self, at: usize) -> Option<Found> {
        if self.tokens.kind(at + 1) != Kind::Word(Word::By) {
            return None;
        }
        let Parsed { mut end, mut shape } = expression(self.tokens, at + 2)?;
        while self.tokens.kind(end) == Kind::Comma {
            let Some(more) = expression(self.tokens, end + 1) else { break };
            end = more.end;
            shape = shape.with(more.shape);
        }
        if self.tokens.is(end, "asc") || self.tokens.is(end, "desc") {
            end += 1;
        }
        if !self.can_end(end) {
            return None;
        }
        let number = shape.has(Shape::LITERAL);
        let confidence = match self.left(at) {
            Left::Quote if self.tail || number => 90,
            Left::Quote => 70,
            Left::Literal if self.tail => 88,
            Left::Literal if shape.is_strong() => 90,
            Left::Literal if number && self.ends(end) => 80,
            Left::Literal if self.commented(at) => 70,
            Left::Start if number && self.tail && self.hides_nothing() => 80,
            Left::Start if number && self.ends(end) => 55,
            Left::Name if number && self.tail => 80,
            Left::Name if number && self.ends(end) => 62,
            Left::Other if number && self.tail && !self.has_own_select(at) => 75,
            _ if shape.has(Shape::DANGER.with(Shape::SUBSELECT)) => 80,
            _ => return None,
        };
        Some(self.found(confidence, at, end, "order"))
    }

    /// A `select … from …` stands before `at`, outside of parentheses: the order is that statement's, written out whole, and
    /// no statement that the value lands in goes on here.
    fn has_own_select(&self, at: usize) -> bool {
        let mut depth = 0usize;
        let mut from = false;
        for before in (at.saturating_sub(STATEMENT_TOKENS)..at).rev() {
            spend(1);
            match self.tokens.kind(before) {
                Kind::Close => depth += 1,
                Kind::Open if depth == 0 => return false,
                Kind::Open => depth -= 1,
                Kind::Word(Word::From) if depth == 0 => from = true,
                Kind::Word(Word::Select) if depth == 0 && from => return true,
                _ => {}
            }
        }
        false
    }

    pub(super) fn limit(&self, at: usize) -> Option<Found> {
        let Parsed { end, shape } = expression(self.tokens, at + 1)?;
        let confidence = match self.left(at) {
            Left::Quote if shape.has(Shape::LITERAL) && self.tail => 85,
            Left::Literal if shape.has(Shape::LITERAL) && self.tail => 70,
            _ if shape.has(Shape::SUBSELECT.with(Shape::DANGER)) => 80,
            _ => return None,
        };
        Some(self.found(confidence, at, end, "limit"))
    }

    /// `into outfile '/x'`, `load data infile '/x'`.
    pub(super) fn outfile(&self, at: usize) -> Option<Found> {
        let file = self.tokens.kind(at + 1) == Kind::Word(Word::File);
        let named = matches!(self.tokens.kind(at + 2), Kind::Str { .. } | Kind::Number | Kind::Var);
        (file && named).then(|| self.found(90, at, at + 3, "into/file").acting())
    }

    pub(super) fn procedure(&self, at: usize) -> Option<Found> {
        (self.tokens.is(at + 1, "analyse") && self.tokens.kind(at + 2) == Kind::Open)
            .then(|| self.found(90, at, at + 3, "procedure"))
    }

    /// `from information_schema.tables`: the list of what there is to steal.
    pub(super) fn schema(&self, at: usize) -> Option<Found> {
        let mut next = at + 1;
        while self.tokens.kind(next) == Kind::Open {
            next += 1;
        }
        let named = matches!(self.tokens.kind(next), Kind::Word(Word::Schema));
        let user = self.tokens.is(next, "mysql") && self.tokens.kind(next + 1) == Kind::Dot;
        if !(named || user) {
            return None;
        }
        let reads = (at.saturating_sub(24)..at).any(|at| self.tokens.kind(at) == Kind::Word(Word::Select));
        // `select 1 from dual` is what everybody learns first; it attacks only where it continues something.
        let taught = self.tokens.is(next, "dual") && (self.statement || self.anchored < Left::Literal);
        let confidence = match (reads, taught) {
            (true, true) => 45,
            (true, false) => 85,
            (false, _) => 55,
        };
        Some(self.found(confidence, at, next + 1, "from/schema"))
    }

    pub(super) fn case(&self, at: usize) -> Option<Found> {
        let Parsed { end, shape } = expression(self.tokens, at)?;
        let decides = shape.has(Shape::FIXED) || shape.is_strong() && shape.has(Shape::COMPARISON);
        let confidence = match self.left(at) {
            _ if decides && shape.has(Shape::FIXED.with(Shape::DANGER)) => 85,
            Left::Start if decides => 60,
            _ => return None,
        };
        Some(self.found(confidence, at, end, "case"))
    }

    /// `(select … )` as an operand, or a statement that reads what only attackers read.
    pub(super) fn select(&self, at: usize) -> Option<Found> {
        let list = selected(self.tokens, at + 1)?;
        let shape = list.shape;
        let before = at.checked_sub(1).map(|before| self.tokens.kind(before));
        if before == Some(Kind::Open) {
            let operator = at.checked_sub(2).map_or(Kind::Nothing, |before| self.tokens.kind(before));
            let joined =
                matches!(operator, Kind::Arith | Kind::Compare | Kind::Pipes | Kind::Amps | Kind::Comma | Kind::Open)
                    || matches!(
                        operator,
                        Kind::Word(
                            Word::Logic | Word::Not | Word::Like | Word::In | Word::Exists | Word::From | Word::By
                        )
                    );
            let telling = shape.is_strong() || shape.has(Shape::VARIABLE.with(Shape::SCHEMA).with(Shape::CASE));
            let confidence = match (telling, joined) {
                (true, true) => 88,
                (true, false) => 82,
                // A whole statement breaks out of nothing, with or without a part in parentheses.
                (false, true) if self.statement && !self.tail => 65,
                (false, true) if list.from || shape.has(Shape::LITERAL) => 82,
                (false, false) if at == 1 && list.from && self.tail => 82,
                (false, false) if at == 1 && (list.from || shape.has(Shape::LITERAL)) && self.can_end(list.end) => 62,
                (false, false) if shape.has(Shape::STAR.with(Shape::LITERAL)) && list.from => 80,
                _ => return None,
            };
            return Some(self.found(confidence, at - 1, list.end, "subselect"));
        }
        let stacked =
            before == Some(Kind::Semi) && at.checked_sub(1).is_some_and(|semi| self.left(semi) >= Left::Literal);
        let confidence = if shape.has(Shape::DANGER) || (stacked && (list.from || shape.is_strong())) {
            85
        } else if shape.has(Shape::VARIABLE) && self.can_end(list.end) && !list.from && at == 0 {
            75
        } else if at == 0 && shape.has(Shape::FUNCTION) && !list.from && self.ends(list.end) {
            62
        } else if at == 0 && list.from && (1..list.end + 2).any(|at| self.tokens.token(at).commented) {
            80
        } else if at == 0 && list.from && shape.has(Shape::STAR.with(Shape::FUNCTION).with(Shape::LITERAL)) {
            45
        } else {
            return None;
        };
        Some(self.found(confidence, at, list.end, "select").acting())
    }

    /// `sleep(5)`, `extractvalue(1,concat(0x7e,version()))`.
    pub(super) fn call(&self, at: usize) -> Option<Found> {
        let before = at.checked_sub(1).map_or(Kind::Nothing, |before| self.tokens.kind(before));
        let member = before == Kind::Dot;
        let owned = member
            && at
                .checked_sub(2)
                .is_some_and(|at| matches!(self.tokens.kind(at), Kind::Word(Word::Danger | Word::Schema)));
        if member && !owned {
            return None;
        }
        let start = if owned { at - 2 } else { at };
        let Parsed { end, shape } = expression(self.tokens, start)?;
        if !shape.has(Shape::DANGER) {
            return None;
        }
        let arguments = self.tokens.kind(at + 2) != Kind::Close;
        let left = self.left(start);
        let operator = start.checked_sub(1).map_or(Kind::Nothing, |at| self.tokens.kind(at));
        let told = matches!(
            operator,
            Kind::Word(
                Word::Logic
                    | Word::Not
                    | Word::Select
                    | Word::By
                    | Word::Like
                    | Word::Verb(_)
                    | Word::Then
                    | Word::Else
                    | Word::Procedure
            )
        );
        let joined = told
            || matches!(operator, Kind::Arith | Kind::Compare | Kind::Pipes | Kind::Amps | Kind::Semi | Kind::Comma);
        let deep = shape.has(Shape::SUBSELECT) || self.inner_function(at, end);
        let timing = self.tokens.kind(at) == Kind::Word(Word::Timing);
        let confidence = match left {
            _ if !arguments => return None,
            Left::Other if owned && joined => 88,
            _ if owned => 80,
            Left::Other if joined && deep => 90,
            Left::Other if told && timing && shape.has(Shape::LITERAL) => 82,
            Left::Other if joined && self.opened != Opened::Bare => 60,
            Left::Other if joined => 55,
            Left::Start if deep => 85,
            Left::Start if self.ends(end) && shape.has(Shape::LITERAL) && self.tokens.text(at).contains(&b'_') => 80,
            Left::Start if timing && self.ends(end) && shape.has(Shape::LITERAL) => 80,
            Left::Start if self.ends(end) => 60,
            _ if deep => 80,
            _ => return None,
        };
        Some(self.found(confidence, start, end, "call").acting())
    }

    /// Whether another function of SQL is called between two tokens.
    pub(super) fn inner_function(&self, from: usize, end: usize) -> bool {
        (from + 1..end).any(|at| {
            matches!(self.tokens.kind(at), Kind::Word(Word::Function | Word::Niladic | Word::Danger))
                && self.tokens.kind(at + 1) == Kind::Open
        }) || (from + 1..end).any(|at| self.tokens.kind(at) == Kind::Var && self.tokens.text(at).starts_with(b"@@"))
    }

    /// Two functions of SQL, or one without arguments: `length(database())`, and not `len(x)`.
    pub(super) fn nests_functions(&self, from: usize, end: usize) -> bool {
        let called = |at: &usize| {
            matches!(self.tokens.kind(*at), Kind::Word(Word::Function | Word::Niladic | Word::Danger | Word::Timing))
                && self.tokens.kind(at + 1) == Kind::Open
        };
        let mut calls = (from..end).filter(called);
        calls.next().is_some_and(|first| self.tokens.kind(first + 2) == Kind::Close || calls.next().is_some())
    }

    /// Functions that tell by their arguments: `if(1=1,…)`, `concat(0x71,user())`, `char(65,66)`.
    pub(super) fn function(&self, at: usize) -> Option<Found> {
        if self.tokens.kind(at + 1) != Kind::Open
            || at.checked_sub(1).is_some_and(|at| self.tokens.kind(at) == Kind::Dot)
        {
            return None;
        }
        let Parsed { end, shape } = expression(self.tokens, at)?;
        if shape.has(Shape::DANGER) && self.tokens.kind(at) == Kind::Word(Word::Verb(Verb::If)) {
            return Some(self.found(85, at, end, "function/if"));
        }
        let hex =
            (at + 1..end).any(|at| self.tokens.text(at).get(..2).is_some_and(|mark| mark.eq_ignore_ascii_case(b"0x")));
        let concat =
            self.tokens.is(at, "concat") || self.tokens.is(at, "concat_ws") || self.tokens.is(at, "group_concat");
        if concat && (hex || shape.has(Shape::SUBSELECT)) && self.inner_function(at, end) {
            return Some(self.found(82, at, end, "function/concat"));
        }
        None
    }
}
