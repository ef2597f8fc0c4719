//! Statements stacked behind the one the application meant: `; drop table x`, `'; exec xp_cmdshell 'dir'`.

use super::Found;
use super::expression::{condition, expression, is_function};
use super::grammar::{Cut, Left};
use super::tokens::{Kind, Tokens};
use super::words::{Verb, Word};

/// A statement that begins with `verb` at token `at`.
pub(super) fn begins(cut: &Cut<'_, '_>, at: usize, verb: Verb) -> Option<Found> {
    if verb == Verb::Waitfor {
        let timed = cut.tokens.kind(at + 1) == Kind::Word(Word::Delay) || cut.tokens.is(at + 1, "time");
        let until = matches!(cut.tokens.kind(at + 2), Kind::Str { .. } | Kind::Var | Kind::Nothing);
        return (timed && until).then(|| cut.found(93, at, at + 3, "statement/waitfor").acting());
    }
    if verb == Verb::If && is_function(cut.tokens, at) && cut.tokens.kind(at + 1) == Kind::Open {
        return conditional(cut, at).or_else(|| cut.function(at));
    }
    let confidence = lead(cut, at)?;
    let (end, weight) = body(cut, at, verb)?;
    Some(cut.found(confidence.saturating_sub(weight), at, end, "statement/stacked").acting())
}

/// How sure the place of a statement makes it.
fn lead(cut: &Cut<'_, '_>, at: usize) -> Option<u8> {
    match cut.left(at) {
        // Without a semicolon only SQL Server takes it; a statement in quotes looks the same, but for its end.
        Left::Quote | Left::Literal => return Some(if cut.tail && cut.hides_nothing() { 84 } else { 45 }),
        Left::Start => return Some(if cut.tail && cut.hides_nothing() { 82 } else { 50 }),
        Left::Name | Left::Other => {}
    }
    let before = at.checked_sub(1)?;
    match cut.tokens.kind(before) {
        Kind::Semi => Some(match cut.left(before) {
            Left::Quote => 95,
            Left::Literal => 93,
            Left::Name => 88,
            Left::Start => 85,
            // In the middle of something: a script, or prose.
            Left::Other if cut.statement => 55,
            Left::Other => 80,
        }),
        Kind::Word(Word::Verb(Verb::Begin) | Word::Then | Word::Else) => Some(70),
        _ => None,
    }
}

/// Whether a statement follows its verb: where it ends, and how much less sure this kind makes.
fn body(cut: &Cut<'_, '_>, at: usize, verb: Verb) -> Option<(usize, u8)> {
    change(cut.tokens, at, verb).or_else(|| run(cut.tokens, at, verb)).or_else(|| prepare(cut, at, verb))
}

/// Something that a statement may name.
pub(super) fn is_name(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(
        tokens.kind(at),
        Kind::Word(Word::Plain | Word::Schema | Word::Niladic | Word::Function | Word::Noun | Word::SystemProcedure)
            | Kind::Quoted
            | Kind::Var
    )
}

fn ends(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(tokens.kind(at), Kind::Nothing | Kind::Tail | Kind::Semi)
}

/// Statements that change data or its shape.
fn change(tokens: &Tokens<'_>, at: usize, verb: Verb) -> Option<(usize, u8)> {
    let next = tokens.kind(at + 1);
    Some(match verb {
        Verb::Define => {
            let mut noun = at + 1;
            while tokens.is(noun, "or")
                || matches!(tokens.kind(noun), Kind::Word(Word::Verb(Verb::Insert) | Word::Quantifier))
                || tokens.is(noun, "temporary")
                || tokens.is(noun, "global")
            {
                noun += 1;
            }
            let object = matches!(tokens.kind(noun), Kind::Word(Word::Noun | Word::Procedure | Word::Niladic));
            let truncate = tokens.is(at, "truncate") && is_name(tokens, noun);
            if !(object && (is_name(tokens, noun + 1) || tokens.kind(noun + 1) == Kind::Word(Word::Verb(Verb::If)))
                || truncate)
            {
                return None;
            }
            // `drop table in the hall`: prose goes on with more words.
            let after = tokens.kind(noun + 2);
            let prose = matches!(after, Kind::Word(Word::Plain | Word::In) | Kind::Foreign)
                && tokens.kind(noun + 3) != Kind::Open
                && !tokens.is(at, "alter")
                && !tokens.is(at, "create");
            if prose {
                return None;
            }
            (noun + 2, 0)
        }
        Verb::Insert => {
            let into = if tokens.kind(at + 1) == Kind::Word(Word::Into) { at + 2 } else { at + 1 };
            let mut after = into + 1;
            while tokens.kind(after) == Kind::Dot {
                after += 2;
            }
            let listed = matches!(tokens.kind(after), Kind::Open | Kind::Word(Word::Values | Word::Select | Word::Set));
            if !(is_name(tokens, into) && listed) {
                return None;
            }
            (after + 1, 0)
        }
        Verb::Update => {
            let mut set = at + 2;
            while tokens.kind(set) == Kind::Dot {
                set += 2;
            }
            let assigns =
                (set + 2..set + 6).any(|at| tokens.kind(at) == Kind::Compare) || tokens.kind(set + 2) == Kind::Dot;
            if !(is_name(tokens, at + 1) && tokens.kind(set) == Kind::Word(Word::Set) && assigns) {
                return None;
            }
            (set + 3, 0)
        }
        Verb::Delete => {
            let from = next == Kind::Word(Word::From) && is_name(tokens, at + 2);
            let after = tokens.kind(at + 3);
            if !(from && (ends(tokens, at + 3) || matches!(after, Kind::Word(Word::Where) | Kind::Dot))) {
                return None;
            }
            (at + 3, 0)
        }
        _ => return None,
    })
}

/// Statements that run something or hand out rights.
fn run(tokens: &Tokens<'_>, at: usize, verb: Verb) -> Option<(usize, u8)> {
    let next = tokens.kind(at + 1);
    Some(match verb {
        Verb::Exec => {
            let named = matches!(next, Kind::Word(Word::SystemProcedure) | Kind::Str { .. } | Kind::Open | Kind::Var)
                || (tokens.is(at + 1, "immediate") && matches!(tokens.kind(at + 2), Kind::Str { .. }))
                || (is_name(tokens, at + 1) && matches!(tokens.kind(at + 2), Kind::Dot | Kind::Str { .. } | Kind::Var));
            if !named {
                return None;
            }
            (at + 3, 0)
        }
        Verb::Declare => (next == Kind::Var).then_some((at + 3, 0))?,
        Verb::Shutdown => (ends(tokens, at + 1) || tokens.kind(at + 1) == Kind::Word(Word::Verb(Verb::With)))
            .then_some((at + 1, 5))?,
        Verb::Grant => {
            let on =
                (at + 2..at + 8).any(|at| matches!(tokens.kind(at), Kind::Word(Word::On))) || tokens.is(at + 2, "to");
            let to = (at + 2..at + 14).any(|at| tokens.is(at, "to") || tokens.kind(at) == Kind::Word(Word::From));
            (on && to).then_some((at + 4, 0))?
        }
        Verb::Copy => {
            let source = is_name(tokens, at + 1) || next == Kind::Open;
            let way = (at + 2..at + 12).any(|at| {
                (tokens.is(at, "to") || tokens.is(at, "from"))
                    && (tokens.is(at + 1, "program") || matches!(tokens.kind(at + 1), Kind::Str { .. }))
            });
            (source && way).then_some((at + 4, 0))?
        }
        Verb::Call => {
            let called = expression(tokens, at + 1)?;
            (tokens.kind(called.end - 1) == Kind::Close).then_some((called.end, 5))?
        }
        _ => return None,
    })
}

/// Everything else that may be stacked.
fn prepare(cut: &Cut<'_, '_>, at: usize, verb: Verb) -> Option<(usize, u8)> {
    let tokens = cut.tokens;
    let next = tokens.kind(at + 1);
    Some(match verb {
        Verb::Load => {
            let data = tokens.is(at + 1, "data") || tokens.is(at + 1, "xml");
            let file = (at + 2..at + 5).any(|at| tokens.kind(at) == Kind::Word(Word::File));
            (data && file).then_some((at + 4, 0))?
        }
        Verb::Show => {
            let listed =
                matches!(next, Kind::Word(Word::Noun)) || tokens.is(at + 1, "variables") || tokens.is(at + 1, "grants");
            (listed && ends(tokens, at + 2)).then_some((at + 2, 5))?
        }
        Verb::Begin => (ends(tokens, at + 1) && cut.tail).then_some((at + 1, 20))?,
        Verb::If => {
            let parsed = condition(tokens, at + 1)?;
            let acts = matches!(tokens.kind(parsed.end), Kind::Word(Word::Verb(_) | Word::Select));
            acts.then_some((parsed.end, 0))?
        }
        Verb::Do => {
            let opens = tokens.is(at, "handler") && is_name(tokens, at + 1) && tokens.is(at + 2, "open");
            let called = is_function(tokens, at + 1) && tokens.kind(at + 2) == Kind::Open;
            let block = matches!(next, Kind::Str { .. });
            (opens || called || block).then_some((at + 3, 0))?
        }
        Verb::Attach => {
            let attaches = (tokens.is(at + 1, "database") || matches!(next, Kind::Str { .. }))
                && (at + 1..at + 5).any(|at| tokens.kind(at) == Kind::Word(Word::As));
            let pragma = tokens.is(at, "pragma")
                && is_name(tokens, at + 1)
                && (ends(tokens, at + 2) || matches!(tokens.kind(at + 2), Kind::Compare | Kind::Open));
            (attaches || pragma).then_some((at + 3, 0))?
        }
        Verb::Use => (is_name(tokens, at + 1) && ends(tokens, at + 2) && tokens.kind(at + 2) != Kind::Nothing)
            .then_some((at + 2, 15))?,
        Verb::With => (is_name(tokens, at + 1)
            && tokens.kind(at + 2) == Kind::Word(Word::As)
            && tokens.kind(at + 3) == Kind::Open)
            .then_some((at + 4, 0))?,
        _ => return None,
    })
}

/// `if (1=1) waitfor delay …`, `if(1=1,sleep(5),0)`.
fn conditional(cut: &Cut<'_, '_>, at: usize) -> Option<Found> {
    let parsed = condition(cut.tokens, at + 1)?;
    let acts = matches!(cut.tokens.kind(parsed.end), Kind::Word(Word::Verb(_) | Word::Select));
    acts.then(|| cut.found(85, at, parsed.end + 1, "statement/if").acting())
}

/// `; set @a=0x73656c656374`, `; set global x=1`.
pub(super) fn sets(cut: &Cut<'_, '_>, at: usize) -> Option<Found> {
    let variable = cut.tokens.kind(at + 1) == Kind::Var || cut.tokens.is(at + 1, "global");
    let assigned = (at + 2..at + 4).any(|at| cut.tokens.kind(at) == Kind::Compare);
    let stacked = cut.tokens.kind(at.checked_sub(1)?) == Kind::Semi;
    (variable && assigned && stacked).then(|| {
        let confidence = if cut.left(at - 1) >= Left::Name { 88 } else { 60 };
        cut.found(confidence, at, at + 4, "statement/set").acting()
    })
}

/// `exec master..xp_cmdshell 'dir'`, `xp_dirtree '\\host\x'`.
pub(super) fn system_procedure(cut: &Cut<'_, '_>, at: usize) -> Option<Found> {
    let before = at.checked_sub(1).map_or(Kind::Nothing, |at| cut.tokens.kind(at));
    let after = cut.tokens.kind(at + 1);
    let told = matches!(after, Kind::Str { .. } | Kind::Var | Kind::Quoted | Kind::Open);
    let run = matches!(before, Kind::Word(Word::Verb(Verb::Exec)) | Kind::Dot | Kind::Semi);
    let confidence = match (run, told) {
        (true, true) => 93,
        (true, false) => 82,
        (false, true) => 80,
        (false, false) => return None,
    };
    Some(cut.found(confidence, at, at + 2, "statement/procedure").acting())
}
