//! From directives to rules. Collects every error of a file instead of stopping at the first.

use super::ast::{Disruptive, Link, Meta, Operator, OperatorKind, Rule, Selector, Variable};
use super::lexer::{LexError, Line, Place, Token, lex};
use crate::op::compile_pattern;
use crate::transform::Transformation;
use crate::var::Collection;
use crate::verdict::Severity;

/// Deepest chain, as in the rule sets in use.
const CHAIN_LINKS: usize = 8;

/// Reads one file.
pub(crate) fn parse(bytes: &[u8]) -> (Vec<Rule>, Vec<LexError>) {
    let (lines, mut errors) = lex(bytes);
    let mut parser = Parser { rules: Vec::new(), open: None };
    for line in &lines {
        if let Err(error) = parser.directive(line) {
            parser.open = None;
            errors.push(error);
        }
    }
    if let Some(open) = parser.open.take() {
        errors.push(error_at(open.place, "this chain has no further link"));
    }
    errors.sort_by_key(|error| (error.place.line, error.place.column));
    (parser.rules, errors)
}

struct Parser {
    rules: Vec<Rule>,
    /// A chain that waits for its next link.
    open: Option<Rule>,
}

fn error_at(place: Place, message: impl Into<String>) -> LexError {
    LexError { place, message: message.into() }
}

impl Parser {
    fn directive(&mut self, line: &Line) -> Result<(), LexError> {
        match line.name.text().to_ascii_lowercase().as_str() {
            "secrule" => self.rule(line),
            "secaction" => self.action(line),
            "seccomponentsignature" => Ok(()),
            _ => Err(error_at(line.name.place(0), format!("the directive {} is not known", line.name.text()))),
        }
    }

    fn rule(&mut self, line: &Line) -> Result<(), LexError> {
        let (variables, operator, actions) = match line.arguments.as_slice() {
            [variables, operator] => (variables, operator, None),
            [variables, operator, actions] => (variables, operator, Some(actions)),
            _ => {
                return Err(error_at(line.name.place(0), "SecRule takes variables, an operator and optional actions"));
            }
        };
        let variables = parse_variables(variables)?;
        let operator = parse_operator(operator)?;
        self.link(line.name.place(0), variables, operator, actions)
    }

    /// A `SecAction` is a rule that always matches.
    fn action(&mut self, line: &Line) -> Result<(), LexError> {
        let place = line.name.place(0);
        let [actions] = line.arguments.as_slice() else {
            return Err(error_at(place, "SecAction takes one argument: its actions"));
        };
        let variables =
            vec![Variable { collection: Collection::RequestLine, excluded: false, selector: Selector::All }];
        let kind = OperatorKind::UnconditionalMatch;
        self.link(place, variables, Operator { negated: false, kind, argument: Vec::new(), place }, Some(actions))
    }

    fn link(
        &mut self,
        place: Place,
        variables: Vec<Variable>,
        operator: Operator,
        actions: Option<&Token>,
    ) -> Result<(), LexError> {
        let actions = actions.map(parse_actions).transpose()?.unwrap_or_default();
        let link =
            Link { variables, operator, transformations: actions.transformations, points: actions.points.unwrap_or(0) };
        if actions.chain && actions.points.is_some() {
            return Err(error_at(place, "a chain scores at its last link: move setvar there"));
        }
        let rule = if let Some(mut open) = self.open.take() {
            if let Some(extra) = actions.head_only {
                return Err(error_at(extra, "only the first link of a chain carries this action"));
            }
            if open.children.len() + 2 > CHAIN_LINKS {
                return Err(error_at(place, format!("a chain has at most {CHAIN_LINKS} links")));
            }
            open.children.push(link);
            open
        } else {
            Rule { place, link, children: Vec::new(), meta: actions.meta.build(place)? }
        };
        if actions.chain {
            self.open = Some(rule);
        } else {
            self.rules.push(rule);
        }
        Ok(())
    }
}

/// A piece of a token and where it begins in it.
struct Piece<'a> {
    bytes: &'a [u8],
    start: usize,
}

/// Splits at `separator` bytes outside quotes; with `regexes`, also outside `/…/` after a colon.
fn split<'a>(bytes: &'a [u8], separators: &[u8], regexes: bool) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut start, mut quote, mut previous) = (0, None, 0u8);
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped = previous == b'\\';
        match quote {
            Some(open) if byte == open && !escaped => quote = None,
            None if byte == b'\'' => quote = Some(b'\''),
            None if regexes && byte == b'/' && previous == b':' => quote = Some(b'/'),
            None if separators.contains(&byte) => {
                pieces.push(Piece { bytes: bytes.get(start..at).unwrap_or_default(), start });
                start = at + 1;
            }
            _ => {}
        }
        previous = byte;
    }
    pieces.push(Piece { bytes: bytes.get(start..).unwrap_or_default(), start });
    pieces
}

fn parse_variables(token: &Token) -> Result<Vec<Variable>, LexError> {
    split(&token.bytes, b"|,", true).iter().map(|piece| parse_variable(token, piece)).collect()
}

fn parse_variable(token: &Token, piece: &Piece<'_>) -> Result<Variable, LexError> {
    let place = token.place(piece.start);
    let bytes = piece.bytes.trim_ascii();
    let (excluded, bytes) = bytes.strip_prefix(b"!").map_or((false, bytes), |rest| (true, rest));
    if bytes.starts_with(b"&") {
        return Err(error_at(place, "counting a collection with & is not known here"));
    }
    let colon = memchr::memchr(b':', bytes).unwrap_or(bytes.len());
    let (name, selector) = bytes.split_at(colon);
    let name = String::from_utf8_lossy(name);
    let collection =
        Collection::from_name(&name).ok_or_else(|| error_at(place, format!("the variable {name} is not known")))?;
    let selector = match selector.strip_prefix(b":") {
        None => Selector::All,
        Some(selector) => parse_selector(selector).map_err(|message| error_at(place, message))?,
    };
    Ok(Variable { collection, excluded, selector })
}

fn parse_selector(selector: &[u8]) -> Result<Selector, String> {
    let selector = selector.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'")).unwrap_or(selector);
    if let Some(pattern) = selector.strip_prefix(b"/").and_then(|rest| rest.strip_suffix(b"/")) {
        let insensitive = [b"(?i)".as_slice(), pattern].concat();
        return compile_pattern(&insensitive).map(Selector::Pattern);
    }
    if selector.is_empty() || selector.starts_with(b"/") {
        return Err("the selector after the colon is empty or not closed".to_owned());
    }
    Ok(Selector::Name(selector.to_ascii_lowercase()))
}

fn parse_operator(token: &Token) -> Result<Operator, LexError> {
    let place = token.place(0);
    let bytes = token.bytes.trim_ascii_start();
    let (negated, bytes) = bytes.strip_prefix(b"!").map_or((false, bytes), |rest| (true, rest.trim_ascii_start()));
    let Some(named) = bytes.strip_prefix(b"@") else {
        return Ok(Operator { negated, kind: OperatorKind::Rx, argument: bytes.to_vec(), place });
    };
    let end = named.iter().position(u8::is_ascii_whitespace).unwrap_or(named.len());
    let (name, argument) = named.split_at(end);
    let name = String::from_utf8_lossy(name);
    let kind =
        OperatorKind::from_name(&name).ok_or_else(|| error_at(place, format!("the operator @{name} is not known")))?;
    let argument = argument.trim_ascii().to_vec();
    if kind.takes_argument() == argument.is_empty() {
        let wants = if kind.takes_argument() { "needs an argument" } else { "takes no argument" };
        return Err(error_at(place, format!("the operator @{name} {wants}")));
    }
    Ok(Operator { negated, kind, argument, place })
}

#[derive(Default)]
struct Actions {
    transformations: Vec<Transformation>,
    points: Option<u16>,
    chain: bool,
    /// Place of an action that only the first link may carry.
    head_only: Option<Place>,
    meta: RawMeta,
}

#[derive(Default)]
struct RawMeta {
    id: Option<String>,
    phase: Option<u8>,
    msg: Option<String>,
    severity: Option<Severity>,
    tags: Vec<String>,
    disruptive: Option<Disruptive>,
    status: Option<u16>,
}

impl RawMeta {
    fn build(self, place: Place) -> Result<Meta, LexError> {
        Ok(Meta {
            id: self.id.ok_or_else(|| error_at(place, "the rule has no id"))?,
            phase: self.phase.ok_or_else(|| error_at(place, "the rule has no phase"))?,
            msg: self.msg.unwrap_or_default(),
            severity: self.severity.unwrap_or(Severity::Notice),
            tags: self.tags,
            disruptive: self.disruptive.unwrap_or(Disruptive::Pass),
            status: self.status,
        })
    }
}

fn parse_actions(token: &Token) -> Result<Actions, LexError> {
    let mut actions = Actions::default();
    for piece in split(&token.bytes, b",", false) {
        let place = token.place(piece.start + piece.bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count());
        let text = std::str::from_utf8(piece.bytes.trim_ascii())
            .map_err(|_| error_at(place, "actions are written in UTF-8"))?;
        if text.is_empty() {
            return Err(error_at(place, "an action is missing between commas"));
        }
        let (name, value) = text.split_once(':').map_or((text, ""), |(name, value)| (name, value.trim()));
        let value = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value);
        let value = value.replace("\\'", "'");
        actions.take(place, name.trim(), &value).map_err(|message| error_at(place, message))?;
    }
    Ok(actions)
}

impl Actions {
    fn take(&mut self, place: Place, name: &str, value: &str) -> Result<(), String> {
        match name.to_ascii_lowercase().as_str() {
            "t" => self.transformation(value)?,
            "chain" => self.chain = true,
            "setvar" => self.setvar(value)?,
            _ => {
                self.head_only.get_or_insert(place);
                self.head_action(name, value)?;
            }
        }
        Ok(())
    }

    fn transformation(&mut self, value: &str) -> Result<(), String> {
        if value.eq_ignore_ascii_case("none") {
            self.transformations.clear();
        } else {
            let transformation =
                Transformation::from_name(value).ok_or_else(|| format!("the transformation {value} is not known"))?;
            self.transformations.push(transformation);
        }
        Ok(())
    }

    fn setvar(&mut self, value: &str) -> Result<(), String> {
        let lower = value.to_ascii_lowercase();
        let points = lower
            .strip_prefix("tx.score_in=+")
            .ok_or_else(|| format!("setvar {value}: only tx.score_in=+n is known here"))?;
        let points: u16 = points.parse().map_err(|_| format!("setvar {value}: {points} is no number of points"))?;
        self.points = Some(self.points.unwrap_or(0).saturating_add(points));
        Ok(())
    }

    fn head_action(&mut self, name: &str, value: &str) -> Result<(), String> {
        let meta = &mut self.meta;
        match name.to_ascii_lowercase().as_str() {
            "id" => meta.id = Some(parse_id(value)?),
            "phase" => meta.phase = Some(parse_phase(value)?),
            "msg" => meta.msg = Some(value.to_owned()),
            "tag" => meta.tags.push(value.to_owned()),
            "severity" => meta.severity = Some(parse_severity(value)?),
            "pass" => meta.disruptive = Some(Disruptive::Pass),
            "block" => meta.disruptive = Some(Disruptive::Block),
            "deny" => meta.disruptive = Some(Disruptive::Deny),
            "status" => {
                let status = value.parse().ok().filter(|status| (100..600).contains(status));
                meta.status = Some(status.ok_or_else(|| format!("{value} is no HTTP status"))?);
            }
            _ => return Err(format!("the action {name} is not known")),
        }
        Ok(())
    }
}

/// A number, or `MW-CLASS-nnn` for rules of ours.
fn parse_id(value: &str) -> Result<String, String> {
    let numeric = !value.is_empty() && value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit());
    let ours = value.strip_prefix("MW-").and_then(|rest| rest.split_once('-')).is_some_and(|(class, number)| {
        !class.is_empty()
            && class.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if numeric || ours { Ok(value.to_owned()) } else { Err(format!("{value} is neither a number nor MW-CLASS-nnn")) }
}

fn parse_phase(value: &str) -> Result<u8, String> {
    match value.to_ascii_lowercase().as_str() {
        "1" => Ok(1),
        "2" | "request" => Ok(2),
        _ => Err(format!("the phase {value} is not known here: 1 or 2")),
    }
}

fn parse_severity(value: &str) -> Result<Severity, String> {
    Ok(match value.to_ascii_uppercase().as_str() {
        "EMERGENCY" | "0" => Severity::Emergency,
        "ALERT" | "1" => Severity::Alert,
        "CRITICAL" | "2" => Severity::Critical,
        "ERROR" | "3" => Severity::Error,
        "WARNING" | "4" => Severity::Warning,
        "NOTICE" | "5" => Severity::Notice,
        "INFO" | "6" => Severity::Info,
        "DEBUG" | "7" => Severity::Debug,
        _ => return Err(format!("the severity {value} is not known")),
    })
}
