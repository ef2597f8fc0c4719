//! The ways in which a value breaks out of its place in a statement, or is a statement of attack by itself.
//!
//! Every token is tried as the beginning of each clause. How sure a clause is depends on its own parts (could people write
//! this in prose?) and on what stands to its left (does it continue a statement?).

use super::super::gate::spend;
use super::expression::{Parsed, Shape, condition, selected};
use super::tokens::{Kind, Opened, Tokens};
use super::words::{Verb, Word};
use super::{Found, statement};

/// What stands to the left of a clause.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Left {
    /// Something, in the middle of a value.
    Other,
    /// Nothing: the clause begins the value.
    Start,
    /// One word that the statement may go on from.
    Name,
    /// One number or string, with which the value begins.
    Literal,
    /// The quote that closes the string of the statement.
    Quote,
}

/// A cut value with what the rules ask again and again.
pub(super) struct Cut<'t, 'v> {
    pub(super) tokens: &'t Tokens<'v>,
    pub(super) opened: Opened,
    /// Behind the operand (and closing parentheses) with which the value begins.
    pub(super) anchor: usize,
    pub(super) anchored: Left,
    /// The last token is a comment that hides the rest of the statement.
    pub(super) tail: bool,
    /// The last string is left for the statement's own quote to close.
    pub(super) balanced: bool,
    /// The value begins with a verb: it is a statement, not a part of one.
    pub(super) statement: bool,
}

impl<'t, 'v> Cut<'t, 'v> {
    pub(super) fn new(tokens: &'t Tokens<'v>, opened: Opened) -> Self {
        let (mut anchor, anchored) = match opened {
            Opened::Quote(_) => (1, Left::Quote),
            Opened::Bare => leading_operand(tokens),
        };
        while anchor > 0 && tokens.kind(anchor) == Kind::Close {
            anchor += 1;
        }
        let last = tokens.len().checked_sub(1).map_or(Kind::Nothing, |last| tokens.kind(last));
        let before_tail = tokens.len().checked_sub(2).map_or(Kind::Nothing, |last| tokens.kind(last));
        let tail = last == Kind::Tail;
        // The last string must be of the statement's own kind of quote to be closed by it.
        let ours = |back: usize| {
            let text = tokens.len().checked_sub(back).map_or(b"".as_slice(), |at| tokens.text(at));
            opened == Opened::Bare || text.first().is_some_and(|byte| opened == Opened::Quote(*byte))
        };
        let open = |kind, back| kind == Kind::Str { closed: false } && ours(back);
        Self {
            tokens,
            opened,
            anchor,
            anchored,
            tail,
            balanced: open(last, 1) || (tail && open(before_tail, 2)),
            statement: opened == Opened::Bare
                && matches!(tokens.kind(0), Kind::Word(Word::Select | Word::Verb(_) | Word::Set)),
        }
    }

    pub(super) fn left(&self, at: usize) -> Left {
        if at == self.anchor {
            self.anchored
        } else if at == 0 {
            Left::Start
        } else {
            Left::Other
        }
    }

    pub(super) fn found(&self, confidence: u8, from: usize, end: usize, path: &'static str) -> Found {
        let last = end.min(self.tokens.len()).saturating_sub(1).max(from);
        let anchored = from <= self.anchor && self.anchored >= Left::Literal;
        Found {
            confidence,
            start: self.tokens.token(from).start,
            end: self.tokens.token(last).end,
            path,
            anchored,
            acts: false,
            closes: self.tail || self.balanced,
        }
    }

    /// Nothing follows that a statement could not go on with.
    pub(super) fn can_end(&self, at: usize) -> bool {
        matches!(
            self.tokens.kind(at),
            Kind::Nothing
                | Kind::Tail
                | Kind::Close
                | Kind::Semi
                | Kind::Amps
                | Kind::Pipes
                | Kind::Comma
                | Kind::Word(
                    Word::Logic
                        | Word::Union
                        | Word::Order
                        | Word::Group
                        | Word::Having
                        | Word::Limit
                        | Word::Procedure
                        | Word::Into
                        | Word::Then
                        | Word::From
                        | Word::Where
                        | Word::As
                )
        )
    }

    /// A string as attacks end with, to be closed by the statement: `'x`, `'1`. Prose goes on for longer.
    pub(super) fn is_short_string(&self, at: usize) -> bool {
        let text = self.tokens.text(at);
        let begins =
            text.get(1).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'_' | b'\'' | b'"'));
        let number = self.tokens.kind(at) != Kind::Str { closed: false };
        text.len() <= 24 && (begins || number) && !text.trim_ascii_end().iter().any(u8::is_ascii_whitespace)
    }

    /// A string that begins with another script is no number: to a database it is false, and `or` with it changes nothing.
    fn begins_in_words(&self, at: usize) -> bool {
        let inside = self.tokens.text(at).get(1..).unwrap_or_default();
        inside.trim_ascii_start().first().is_some_and(|byte| *byte >= 0x80)
    }

    pub(super) fn ends(&self, at: usize) -> bool {
        matches!(self.tokens.kind(at), Kind::Nothing | Kind::Tail)
            || (matches!(self.tokens.kind(at), Kind::Semi | Kind::Close)
                && matches!(self.tokens.kind(at + 1), Kind::Nothing | Kind::Tail))
    }

    /// Hands every clause to `keep`.
    pub(super) fn clauses(&self, mut keep: impl FnMut(Option<Found>)) {
        for at in 0..self.tokens.len() {
            spend(1);
            keep(match self.tokens.kind(at) {
                Kind::Word(Word::Logic) | Kind::Amps | Kind::Pipes => self.logic(at),
                Kind::Word(Word::Having | Word::Where | Word::When) => self.filter(at),
                Kind::Word(Word::Union) => self.union(at),
                Kind::Word(Word::Order | Word::Group) => self.order(at),
                Kind::Word(Word::Limit) => self.limit(at),
                Kind::Word(Word::Into) => self.outfile(at),
                Kind::Word(Word::Procedure) => self.procedure(at),
                Kind::Word(Word::From) => self.schema(at),
                Kind::Word(Word::Case) => self.case(at),
                Kind::Word(Word::Select) => self.select(at),
                Kind::Word(Word::Timing | Word::Danger) => self.call(at),
                Kind::Word(Word::Verb(Verb::If) | Word::Function) => self.function(at),
                Kind::Word(Word::Verb(verb)) => statement::begins(self, at, verb),
                Kind::Word(Word::Set) => statement::sets(self, at),
                Kind::Word(Word::SystemProcedure) => statement::system_procedure(self, at),
                _ => None,
            });
        }
        keep(self.continuation());
    }

    /// `or 1=1`, `and substring(x,1,1)='a'`, `|| 'a'='a`.
    fn logic(&self, at: usize) -> Option<Found> {
        let left = self.left(at);
        let kind = self.tokens.kind(at);
        if left == Left::Quote && self.is_cut_constant(at + 1) {
            return Some(self.found(84, at, self.tokens.len(), "logic/constant"));
        }
        let Parsed { end, shape } = condition(self.tokens, at + 1)?;
        if shape.has(Shape::UNREAD) {
            return (left >= Left::Literal).then(|| self.found(62, at, end, "logic/unread"));
        }
        let follows = self.can_end(end);
        if shape.has(Shape::COMPARISON) {
            return self.compared(at, left, end, shape, follows);
        }
        if shape.is_strong() && follows {
            let harm = shape.has(Shape::DANGER.with(Shape::SUBSELECT).with(Shape::CASE));
            let confidence = match (left, harm) {
                (Left::Quote | Left::Literal, true) => 93,
                (Left::Quote, false) => 82,
                (Left::Start, true) => 85,
                (Left::Start, false) if self.tail => 80,
                (_, true) => 80,
                (Left::Literal, false) if self.nests_functions(at + 1, end) => 82,
                (Left::Literal, false) => 65,
                _ => return None,
            };
            let found = self.found(confidence, at, end, "logic/call");
            return Some(if harm { found.acting() } else { found });
        }
        // `' or 1--`, `1 or true#`: the bare value decides.
        let only_literal = shape == Shape::LITERAL || shape == Shape::LITERAL.with(Shape::ARITHMETIC);
        let confidence = match left {
            Left::Quote if only_literal && self.tail && self.ends(end) => 90,
            Left::Quote
                if only_literal
                    && self.balanced
                    && self.ends(end)
                    && (self.is_short_string(end - 1) || self.tokens.kind(at + 1) == (Kind::Str { closed: true })) =>
            {
                if kind == Kind::Pipes {
                    65
                } else {
                    85
                }
            }
            Left::Quote if only_literal && self.ends(end) && !self.begins_in_words(end - 1) => 62,
            Left::Literal if only_literal && self.tail && self.ends(end) && kind == Kind::Word(Word::Logic) => {
                // `'Set' and 'match' -- a game` goes on as a sentence.
                if self.hides_nothing() || matches!(self.tokens.kind(0), Kind::Number) { 80 } else { 62 }
            }
            Left::Quote if self.tail && self.ends(end) => 80,
            Left::Quote if only_literal && self.tokens.kind(end) == Kind::Semi => 80,
            Left::Start if only_literal && self.tail && self.ends(end) => {
                if self.hides_nothing() {
                    80
                } else {
                    60
                }
            }
            Left::Literal if self.ends(end) && self.tokens.is(end - 1, "true") => {
                if self.commented(at) {
                    80
                } else {
                    60
                }
            }
            _ => return None,
        };
        Some(self.found(confidence, at, end, "logic/constant"))
    }

    /// `true--x`: outside of MySQL two dashes begin a comment wherever they stand. Words joined by them are slugs elsewhere, but
    /// not behind a way out of a string.
    fn is_cut_constant(&self, at: usize) -> bool {
        let constant =
            matches!(self.tokens.kind(at), Kind::Number | Kind::Word(Word::Constant)) || self.tokens.is(at, "true");
        let dashes = self.tokens.is(at + 1, "-")
            && self.tokens.is(at + 2, "-")
            && self.tokens.token(at + 1).end == self.tokens.token(at + 2).start
            && self.tokens.token(at).end == self.tokens.token(at + 1).start;
        constant && dashes && self.tokens.len() <= at + 5
    }

    fn compared(&self, at: usize, left: Left, end: usize, shape: Shape, follows: bool) -> Option<Found> {
        if !follows {
            // `1' or '1'='1' foo` is broken SQL, but nobody else writes it either.
            let broken = shape.has(Shape::FIXED) && left >= Left::Literal;
            return broken.then(|| self.found(65, at, end, "logic/broken"));
        }
        let word = matches!(self.tokens.kind(at), Kind::Word(_));
        if shape.is_strong() {
            let harm = shape.has(Shape::DANGER.with(Shape::SUBSELECT).with(Shape::CASE));
            let deep = self.nests_functions(at + 1, end) || shape.has(Shape::VARIABLE.with(Shape::SCHEMA));
            let confidence = match left {
                Left::Quote | Left::Literal => 95,
                Left::Start => 88,
                // `x and len(y)==2` is code; a function of a function, or of the server, is not.
                // Nor in a whole statement, which a client of a database sends.
                Left::Name | Left::Other if harm || (deep && word && !self.statement) => 82,
                Left::Name | Left::Other if word => 58,
                _ => 50,
            };
            let found = self.found(confidence, at, end, "logic/expression");
            return Some(if harm { found.acting() } else { found });
        }
        if shape.has(Shape::FIXED) {
            let confidence = match left {
                Left::Quote => 95,
                Left::Literal => 92,
                Left::Start | Left::Name if word => 86,
                Left::Other if self.left_is_mathematics(at) => {
                    if shape.has(Shape::ARITHMETIC) || !word {
                        return None;
                    }
                    62
                }
                // `true or false = true` are words.
                Left::Other if word && !self.spells_out(at + 1, end) && !self.quotes_a_name(at + 1, end) => 80,
                Left::Other if word => 62,
                _ => 55,
            };
            return Some(self.found(confidence, at, end, "logic/tautology"));
        }
        // A column against something: only a break-out says that it is not a filter somebody typed.
        let closes = self.tail || (self.balanced && self.ends(end));
        let confidence = match left {
            Left::Quote if closes => 88,
            Left::Quote if word && !shape.has(Shape::CALL) => 72,
            Left::Quote => 50,
            Left::Literal if self.tail => 82,
            Left::Literal if word && self.commented(at) => 80,
            Left::Literal if word && shape.has(Shape::VARIABLE) => 75,
            Left::Literal if word && self.ends(end) && self.tokens.is(end - 1, "null") => 80,
            Left::Literal if word && self.ends(end) && shape.has(Shape::LITERAL) => 62,
            Left::Start if self.tail => 60,
            _ => return None,
        };
        Some(self.found(confidence, at, end, "logic/column"))
    }

    /// No number and no string from `from` to `end`.
    fn spells_out(&self, from: usize, end: usize) -> bool {
        !(from..end).any(|at| matches!(self.tokens.kind(at), Kind::Number | Kind::Str { .. }))
    }

    /// `"ward" = 'ICU'` in a statement of its own: where both quotes occur, the double ones hold a name (ISO/IEC 9075-2 5.4).
    fn quotes_a_name(&self, from: usize, end: usize) -> bool {
        let quoted = |at: usize, quote: u8| self.tokens.text(at).first() == Some(&quote);
        self.statement
            && (from + 1..end)
                .any(|at| self.tokens.kind(at) == Kind::Compare && quoted(at - 1, b'"') && quoted(at + 1, b'\''))
    }

    /// Comments instead of blanks around a token.
    pub(super) fn commented(&self, at: usize) -> bool {
        self.tokens.token(at).commented || self.tokens.token(at + 1).commented
    }

    /// `1+1=2 and 2+2=4`: mathematics.
    fn left_is_mathematics(&self, at: usize) -> bool {
        let from = at.saturating_sub(8).max(1);
        (from..at).any(|at| self.tokens.kind(at) == Kind::Compare && self.tokens.kind(at - 1) == Kind::Number)
    }

    /// `having 1=1`, `where 1=1`, `when 1=1 then`.
    fn filter(&self, at: usize) -> Option<Found> {
        let left = self.left(at);
        let Parsed { end, shape } = condition(self.tokens, at + 1)?;
        let having = self.tokens.kind(at) == Kind::Word(Word::Having);
        if !shape.has(Shape::COMPARISON) || !self.can_end(end) {
            return None;
        }
        let confidence = match left {
            Left::Quote if shape.has(Shape::FIXED) || shape.is_strong() => 92,
            Left::Literal if shape.has(Shape::FIXED) || shape.is_strong() => 88,
            Left::Quote if self.tail => 80,
            _ if having && shape.has(Shape::FIXED) => 80,
            _ if shape.has(Shape::FIXED) && self.tail => 70,
            _ => return None,
        };
        Some(self.found(confidence, at, end, "filter"))
    }

    /// `union [all] select …`, also `union values`, `union table`.
    fn union(&self, at: usize) -> Option<Found> {
        let mut next = at + 1;
        while matches!(self.tokens.kind(next), Kind::Word(Word::Quantifier) | Kind::Open) {
            next += 1;
        }
        let left = self.left(at);
        let evidence = self.tail
            || self.tokens.versioned
            || (at..=next).any(|at| self.tokens.token(at + 1).commented)
            || self.tokens.kind(at + 1) == Kind::Word(Word::Quantifier)
            || self.tokens.kind(next.saturating_sub(1)) == Kind::Open;
        if self.tokens.kind(next) != Kind::Word(Word::Select) {
            let row = matches!(self.tokens.kind(next), Kind::Word(Word::Values))
                && matches!(self.tokens.kind(next + 1), Kind::Open | Kind::Word(Word::Function));
            return (row && left >= Left::Start).then(|| self.found(85, at, next + 2, "union/values").acting());
        }
        let listed = selected(self.tokens, next + 1);
        let anchored = left >= Left::Literal || self.after_operand(at);
        let (confidence, end) = match listed {
            Some(list) => {
                let shape = list.shape;
                let typical = list.columns > 1
                    && (shape.has(Shape::LITERAL.with(Shape::VARIABLE).with(Shape::FUNCTION)) || list.from)
                    || shape.is_strong()
                    || shape.has(Shape::VARIABLE.with(Shape::SCHEMA))
                    || (shape.has(Shape::LITERAL.with(Shape::STAR)) && self.can_end(list.end));
                let confidence = match (typical, list.from || self.can_end(list.end)) {
                    (true, _) if left == Left::Quote || left == Left::Literal => 97,
                    (true, true) => {
                        if self.statement && !evidence {
                            62
                        } else {
                            90
                        }
                    }
                    (true, false) => 80,
                    (false, true) if anchored => 88,
                    (false, true) if evidence => 80,
                    (false, true) if list.from => 62,
                    (false, _) if left == Left::Quote => 85,
                    (false, _) if anchored && evidence => 80,
                    _ => return None,
                };
                (confidence, list.end)
            }
            // Broken off: `1 union select`, `' union all select`.
            None if left >= Left::Literal
                && matches!(self.tokens.kind(next + 1), Kind::Nothing | Kind::Tail | Kind::Semi) =>
            {
                (82, next + 1)
            }
            None if left >= Left::Literal && evidence => (80, next + 1),
            None if evidence
                && left == Left::Start
                && matches!(self.tokens.kind(next + 1), Kind::Nothing | Kind::Tail) =>
            {
                (62, next + 1)
            }
            None => return None,
        };
        Some(self.found(confidence, at, end, "union/select").acting())
    }

    /// A number, a closed parenthesis or a string stands directly before: a statement could go on here.
    fn after_operand(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| {
            matches!(self.tokens.kind(before), Kind::Number | Kind::Close | Kind::Word(Word::Constant))
        })
    }
}

/// The operand with which a bare value begins: behind it, and what it is.
fn leading_operand(tokens: &Tokens<'_>) -> (usize, Left) {
    let mut at = 0;
    while matches!(tokens.kind(at), Kind::Arith | Kind::Open) && at < 4 {
        at += 1;
    }
    match tokens.kind(at) {
        Kind::Number | Kind::Word(Word::Constant) | Kind::Str { closed: true } => (at + 1, Left::Literal),
        Kind::Word(Word::Plain | Word::Niladic | Word::Function | Word::Noun) | Kind::Var => (at + 1, Left::Name),
        _ => (0, Left::Start),
    }
}
