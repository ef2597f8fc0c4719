//! Parses expressions and conditions of SQL, leniently: the value may break off anywhere, and what an open parenthesis
//! or string lacks is supplied by the statement around it.
//!
//! A parse reads at most [`STEPS`] tokens, and [`PARENTHESES`] more that only open or close one, and nests at most [`DEPTH`]
//! deep, so starting one at every token stays linear. What is longer is [`Shape::UNREAD`], which is a doubt.

use super::super::gate::spend;
pub(super) use super::shape::{Parsed, Selected, Shape};
use super::tokens::{Kind, Tokens};
use super::words::{Verb, Word};

/// Tokens one parse may read.
const STEPS: usize = 160;
/// Nesting one parse follows; what lies deeper is skipped to its closing parenthesis, but for parentheses around parentheses.
const DEPTH: u8 = 12;
/// Parentheses one parse may read beyond its steps.
const PARENTHESES: usize = 4096;

/// The same for `case` within `case`, which has no end to skip to.
const CASE_DEPTH: u8 = 4;

/// Parses one condition at token `at`: an expression, or a comparison of two.
pub(super) fn condition(tokens: &Tokens<'_>, at: usize) -> Option<Parsed> {
    let mut parser = Parser::new(tokens, at);
    match parser.condition() {
        Some(()) => Some(Parsed { end: parser.at, shape: parser.shape }),
        None => parser.is_exhausted().then(|| Parsed { end: tokens.len(), shape: Shape::UNREAD }),
    }
}

/// Parses one expression, without comparison.
pub(super) fn expression(tokens: &Tokens<'_>, at: usize) -> Option<Parsed> {
    let mut parser = Parser::new(tokens, at);
    parser.expression()?;
    Some(Parsed { end: parser.at, shape: parser.shape })
}

/// Parses what stands after `select`.
pub(super) fn selected(tokens: &Tokens<'_>, at: usize) -> Option<Selected> {
    Parser::new(tokens, at).selected()
}

/// Whether the word at `at` is a function of SQL when called.
pub(super) fn is_function(tokens: &Tokens<'_>, at: usize) -> bool {
    match tokens.kind(at) {
        Kind::Word(
            Word::Function
            | Word::Timing
            | Word::Danger
            | Word::Niladic
            | Word::Like
            | Word::Values
            | Word::Verb(Verb::If | Verb::Insert),
        ) => true,
        Kind::Word(Word::Is) => tokens.is(at, "isnull"),
        Kind::Word(Word::On) => tokens.is(at, "left") || tokens.is(at, "right"),
        Kind::Word(Word::Noun) => tokens.is(at, "database") || tokens.is(at, "schema"),
        _ => false,
    }
}

struct Parser<'t, 'v> {
    tokens: &'t Tokens<'v>,
    at: usize,
    steps: usize,
    parentheses: usize,
    depth: u8,
    shape: Shape,
}

impl<'t, 'v> Parser<'t, 'v> {
    fn new(tokens: &'t Tokens<'v>, at: usize) -> Self {
        Self { tokens, at, steps: STEPS, parentheses: PARENTHESES, depth: 0, shape: Shape::default() }
    }

    fn kind(&self) -> Kind {
        self.tokens.kind(self.at)
    }

    fn next_kind(&self) -> Kind {
        self.tokens.kind(self.at + 1)
    }

    fn step(&mut self) -> Option<()> {
        spend(1);
        self.steps = self.steps.checked_sub(1)?;
        self.at += 1;
        Some(())
    }

    /// Past a parenthesis, which costs no step.
    fn pass(&mut self) -> Option<()> {
        spend(1);
        self.parentheses = self.parentheses.checked_sub(1)?;
        self.at += 1;
        Some(())
    }

    fn is_exhausted(&self) -> bool {
        self.steps == 0 || self.parentheses == 0
    }

    fn ended(&self) -> bool {
        matches!(self.kind(), Kind::Nothing | Kind::Tail)
    }

    fn conditions(&mut self) -> Option<()> {
        self.condition()?;
        while matches!(self.kind(), Kind::Word(Word::Logic) | Kind::Amps) {
            self.step()?;
            if self.ended() {
                return Some(());
            }
            self.condition()?;
        }
        Some(())
    }

    fn condition(&mut self) -> Option<()> {
        let outer = std::mem::take(&mut self.shape);
        let result = self.comparison();
        self.shape.add(outer);
        result
    }

    fn comparison(&mut self) -> Option<()> {
        while self.kind() == Kind::Word(Word::Not) || (self.kind() == Kind::Arith && self.tokens.is(self.at, "!")) {
            self.step()?;
        }
        if self.kind() == Kind::Word(Word::Exists) {
            self.step()?;
        }
        let left_at = self.at;
        self.expression()?;
        let left = (left_at, self.at);
        let mut fixed = self.shape.is_fixed();
        // `1=1=1` and `1 like 1 like 1` are comparisons, too.
        for _ in 0..4 {
            if self.kind() == Kind::Word(Word::Not)
                && matches!(self.next_kind(), Kind::Word(Word::Like | Word::In | Word::Between))
            {
                self.step()?;
            }
            let before = std::mem::take(&mut self.shape);
            let compared = self.right_side();
            let right = std::mem::replace(&mut self.shape, before);
            self.shape.add(right);
            match compared {
                None => return None,
                Some(false) => break,
                Some(true) => {
                    fixed = (fixed && right.is_fixed()) || self.same(left, self.at);
                    self.shape.add(Shape::COMPARISON);
                    if fixed {
                        self.shape.add(Shape::FIXED);
                    }
                }
            }
        }
        Some(())
    }

    /// The comparing operator and what it compares with; false when there is none.
    fn right_side(&mut self) -> Option<bool> {
        match self.kind() {
            Kind::Compare => {
                self.step()?;
                if matches!(self.kind(), Kind::Word(Word::Quantifier | Word::Plain))
                    && self.next_kind() == Kind::Open
                    && !is_function(self.tokens, self.at)
                {
                    // `= any (…)`
                    self.step()?;
                }
                while self.kind() == Kind::Word(Word::Not) {
                    self.step()?;
                }
                self.expression()?;
            }
            Kind::Word(Word::Like) => {
                self.step()?;
                if matches!(self.kind(), Kind::Word(Word::Like))
                    || self.tokens.is(self.at, "to")
                    || self.tokens.is(self.at, "binary")
                {
                    self.step()?;
                }
                self.expression()?;
            }
            Kind::Word(Word::In) => {
                self.step()?;
                if self.kind() != Kind::Open {
                    return None;
                }
                self.operand()?;
            }
            Kind::Word(Word::Between) => {
                self.step()?;
                self.expression()?;
                if self.kind() != Kind::Word(Word::Logic) {
                    return None;
                }
                self.step()?;
                self.expression()?;
            }
            Kind::Word(Word::Is) => {
                self.step()?;
                while self.kind() == Kind::Word(Word::Not) {
                    self.step()?;
                }
                if self.kind() == Kind::Word(Word::Constant) {
                    self.step()?;
                    self.shape.add(Shape::LITERAL);
                }
            }
            _ => return Some(false),
        }
        Some(true)
    }

    /// Whether the single word of the left side stands again just before `end`: `x=x`.
    fn same(&self, left: (usize, usize), end: usize) -> bool {
        let word = |at: usize| matches!(self.tokens.kind(at), Kind::Word(_) | Kind::Quoted | Kind::Var);
        let equals = matches!(self.tokens.kind(left.0 + 1), Kind::Word(Word::Like))
            || matches!(self.tokens.text(left.0 + 1), b"=" | b"==" | b"<=>");
        left.1 == left.0 + 1
            && equals
            && end == left.0 + 3
            && word(left.0)
            && word(left.0 + 2)
            && self.tokens.text(left.0).eq_ignore_ascii_case(self.tokens.text(left.0 + 2))
    }

    fn expression(&mut self) -> Option<()> {
        self.operand()?;
        while matches!(self.kind(), Kind::Arith | Kind::Star | Kind::Pipes) {
            self.step()?;
            if self.ended() {
                // The statement around it goes on: `1'||`.
                return Some(());
            }
            self.shape.add(Shape::ARITHMETIC);
            self.operand()?;
        }
        Some(())
    }

    fn operand(&mut self) -> Option<()> {
        while self.kind() == Kind::Arith || self.kind() == Kind::Word(Word::Not) || self.tokens.is(self.at, "binary") {
            self.step()?;
        }
        match self.kind() {
            Kind::Number | Kind::Word(Word::Constant) => {
                self.step()?;
                self.shape.add(Shape::LITERAL);
            }
            Kind::Str { .. } => {
                while matches!(self.kind(), Kind::Str { .. }) {
                    self.step()?;
                }
                self.shape.add(Shape::LITERAL);
                while self.tokens.is(self.at, "::") {
                    self.step()?;
                    self.step()?;
                }
            }
            Kind::Var => {
                self.step()?;
                self.shape.add(Shape::VARIABLE);
            }
            Kind::Quoted => {
                self.step()?;
                self.shape.add(Shape::NAME);
                self.members()?;
            }
            Kind::Star => {
                self.step()?;
                self.shape.add(Shape::STAR);
            }
            Kind::Open => self.parenthesis()?,
            // ODBC: `{if length(x)>0}`.
            Kind::Junk if self.tokens.is(self.at, "{") && matches!(self.next_kind(), Kind::Word(_)) => {
                self.step()?;
                self.step()?;
                self.condition()?;
                if self.tokens.is(self.at, "}") {
                    self.step()?;
                }
            }
            Kind::Word(Word::Case) => self.case()?,
            Kind::Word(word) => self.named(word)?,
            _ => return None,
        }
        Some(())
    }

    fn named(&mut self, word: Word) -> Option<()> {
        if self.next_kind() == Kind::Open {
            if is_function(self.tokens, self.at) {
                self.shape.add(Shape::FUNCTION);
                if matches!(word, Word::Timing | Word::Danger) {
                    self.shape.add(Shape::DANGER);
                }
            } else if matches!(word, Word::Plain | Word::Schema | Word::SystemProcedure) {
                self.shape.add(Shape::CALL);
            } else {
                return None;
            }
            self.step()?;
            self.parenthesis()?;
            return self.members();
        }
        match word {
            Word::Schema => self.shape.add(Shape::SCHEMA.with(Shape::NAME)),
            Word::Plain | Word::Function | Word::Niladic | Word::Danger | Word::Timing | Word::Noun | Word::Delay => {
                self.shape.add(Shape::NAME);
            }
            _ => return None,
        }
        self.step()?;
        if word == Word::Danger && self.kind() == Kind::Dot {
            // A package: what is called is one of its members.
            let called = self.tokens.kind(self.at + 2) == Kind::Open;
            self.shape.add(if called { Shape::DANGER.with(Shape::FUNCTION) } else { Shape::NAME });
        }
        self.members()
    }

    /// `.name`, `.*`, `.name(…)` and `::type` after a name or call.
    fn members(&mut self) -> Option<()> {
        while self.kind() == Kind::Dot {
            let word = match self.next_kind() {
                Kind::Word(word) => word,
                Kind::Quoted | Kind::Star => Word::Plain,
                _ => return None,
            };
            self.step()?;
            self.shape.add(Shape::DOTTED);
            if word == Word::Schema {
                self.shape.add(Shape::SCHEMA);
            }
            let called = self.next_kind() == Kind::Open;
            if called && matches!(word, Word::Timing | Word::Danger) {
                self.shape.add(Shape::DANGER.with(Shape::FUNCTION));
            }
            self.step()?;
            if called {
                self.shape.add(Shape::CALL);
                self.parenthesis()?;
            }
        }
        Some(())
    }

    /// From an opening parenthesis past its closing one, or to the end of the value.
    fn parenthesis(&mut self) -> Option<()> {
        self.step()?;
        if self.depth > DEPTH {
            return self.skip_to_close();
        }
        // `((((1=1))))`: only the innermost says something.
        let mut around = 0usize;
        while self.depth == DEPTH && self.kind() == Kind::Open {
            self.pass()?;
            around += 1;
        }
        self.depth += 1;
        if self.kind() == Kind::Word(Word::Select) {
            self.step()?;
            self.selected()?;
            self.shape.add(Shape::SUBSELECT);
            self.depth -= 1;
            return self.skip_to_close();
        }
        loop {
            match self.kind() {
                Kind::Close => break,
                Kind::Nothing | Kind::Tail => return Some(()),
                // `count(distinct x)`, `trim(both 'x' from y)`, `cast(x as int)`, `group_concat(x order by y separator z)`
                Kind::Comma | Kind::Word(Word::Quantifier) => self.step()?,
                Kind::Word(Word::As | Word::From | Word::Order) if self.at > 1 => return self.skip_to_close(),
                _ => {
                    self.conditions()?;
                    match self.kind() {
                        Kind::Comma | Kind::Close | Kind::Nothing | Kind::Tail => {}
                        Kind::Word(
                            Word::As | Word::From | Word::Order | Word::Union | Word::In | Word::Group | Word::Limit,
                        ) => {
                            self.depth -= 1;
                            return self.skip_to_close();
                        }
                        _ => return None,
                    }
                }
            }
        }
        self.depth -= 1;
        self.step()?;
        while around > 0 && self.kind() == Kind::Close {
            self.pass()?;
            around -= 1;
        }
        Some(())
    }

    /// Past the parenthesis that closes the one we are in.
    fn skip_to_close(&mut self) -> Option<()> {
        let mut depth = 1usize;
        while depth > 0 {
            match self.kind() {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::Nothing | Kind::Tail => return Some(()),
                _ => {}
            }
            self.step()?;
        }
        Some(())
    }

    fn case(&mut self) -> Option<()> {
        if self.depth >= CASE_DEPTH {
            return None;
        }
        self.depth += 1;
        self.step()?;
        if self.kind() != Kind::Word(Word::When) {
            self.expression()?;
        }
        if self.kind() != Kind::Word(Word::When) {
            return None;
        }
        while matches!(self.kind(), Kind::Word(Word::When | Word::Then | Word::Else)) {
            self.step()?;
            if self.ended() {
                break;
            }
            self.conditions()?;
        }
        self.shape.add(Shape::CASE);
        self.depth -= 1;
        if self.kind() == Kind::Word(Word::End) {
            self.step()?;
        }
        Some(())
    }

    fn selected(&mut self) -> Option<Selected> {
        let mut columns = 0;
        while self.kind() == Kind::Word(Word::Quantifier) {
            self.step()?;
            if self.kind() == Kind::Number {
                // `top 1 x`
                self.step()?;
            }
        }
        loop {
            self.condition()?;
            columns += 1;
            if self.kind() == Kind::Word(Word::As) {
                self.step()?;
            }
            if matches!(self.kind(), Kind::Word(Word::Plain) | Kind::Quoted) {
                // An alias.
                self.step()?;
            }
            if self.kind() != Kind::Comma {
                break;
            }
            self.step()?;
            if self.ended() {
                break;
            }
        }
        let from = self.kind() == Kind::Word(Word::From)
            && match self.next_kind() {
                Kind::Word(Word::Schema) => {
                    self.shape.add(Shape::SCHEMA);
                    true
                }
                Kind::Word(word) => {
                    matches!(word, Word::Plain | Word::Niladic | Word::Function | Word::Noun | Word::Danger)
                        || is_function(self.tokens, self.at + 1)
                }
                kind => matches!(kind, Kind::Quoted | Kind::Open | Kind::Nothing | Kind::Var),
            };
        Some(Selected { end: self.at, shape: self.shape, columns, from })
    }
}
