//! From tokens to directives. Collects every error of a file instead of stopping at the first.

use std::sync::Arc;

use regex::bytes::Regex;

use super::actions::{parse_actions, parse_engine, parse_ids, parse_switch};
use super::ast::{
    Actions, Defaults, Disruptive, Link, Meta, Operator, OperatorKind, Rule, RuleMatch, Selector, Setting, Statement,
    Takes, Use, Variable,
};
use super::lexer::{LexError, Line, Place, Token, lex};
use super::template::Template;
use super::variables::parse_variables;
use crate::op::compile_pattern;
use crate::var::Collection;

/// Deepest chain, as in the rule sets in use.
const CHAIN_LINKS: usize = 8;

/// Directives that are accepted and do nothing here: they are about files and logs of another server.
const WITHOUT_EFFECT: &[&str] = &[
    "secpcrematchlimit",
    "secpcrematchlimitrecursion",
    "sectmpdir",
    "secdatadir",
    "secstatusengine",
    "secserversignature",
    "seccollectiontimeout",
];
const WITHOUT_EFFECT_PREFIXES: &[&str] = &["secauditengine", "secauditlog", "secdebuglog", "secupload"];

/// Reads one file, number `file` of its policy.
pub(crate) fn parse(bytes: &[u8], file: u32) -> (Vec<Statement>, Vec<LexError>) {
    let (lines, mut errors) = lex(bytes);
    let mut parser = Parser { file, statements: Vec::new(), open: None };
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
    (parser.statements, errors)
}

struct Parser {
    file: u32,
    statements: Vec<Statement>,
    /// A chain that waits for its next link.
    open: Option<Rule>,
}

pub(super) fn error_at(place: Place, message: impl Into<String>) -> LexError {
    LexError { place, message: message.into() }
}

impl Parser {
    fn directive(&mut self, line: &Line) -> Result<(), LexError> {
        let place = line.name.place(0);
        let name = line.name.text().to_ascii_lowercase();
        if !matches!(name.as_str(), "secrule")
            && let Some(open) = &self.open
        {
            return Err(error_at(open.place, "this chain has no further link"));
        }
        let statement = match name.as_str() {
            "secrule" => return self.rule(line),
            "secaction" => return self.action(line),
            "secmarker" => Statement::Marker(one(line, "a name")?.text()),
            "secdefaultaction" => Statement::Defaults(parse_defaults(place, one(line, "its actions")?)?),
            "include" => Statement::Include(place, one(line, "a file or pattern")?.text()),
            "secruleremovebyid" => Statement::Remove(place, ids(line, &line.arguments)?),
            "secruleremovebytag" => Statement::Remove(place, RuleMatch::Tag(pattern(line, one(line, "a pattern")?)?)),
            "secruleremovebymsg" => Statement::Remove(place, RuleMatch::Msg(pattern(line, one(line, "a pattern")?)?)),
            "secruleupdatetargetbyid" | "secruleupdatetargetbytag" | "secruleupdatetargetbymsg" => {
                update_targets(line, &name)?
            }
            "secruleupdateactionbyid" => {
                let (rules, actions) = two(line, "an id and actions")?;
                let rules = ids(line, std::slice::from_ref(rules))?;
                Statement::UpdateActions(place, rules, Box::new(parse_actions(actions)?))
            }
            known if WITHOUT_EFFECT.contains(&known) => Statement::Ignored(place, line.name.text()),
            known if WITHOUT_EFFECT_PREFIXES.iter().any(|prefix| known.starts_with(prefix)) => {
                Statement::Ignored(place, line.name.text())
            }
            _ => Statement::Setting(parse_setting(line, &name)?),
        };
        self.statements.push(statement);
        Ok(())
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
        let actions = one(line, "its actions")?;
        let variables = vec![Variable { collection: Collection::UniqueId, use_: Use::Value, selector: Selector::All }];
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
        let mut actions = actions.map(parse_actions).transpose()?.unwrap_or_default();
        let link = Link {
            variables,
            operator,
            transformations: std::mem::take(&mut actions.transformations),
            own_transformations: actions.own_transformations,
            multi_match: actions.multi_match,
            capture: actions.capture,
            setvars: std::mem::take(&mut actions.setvars),
            ctls: std::mem::take(&mut actions.ctls),
        };
        let chains = actions.chain;
        let rule = if let Some(mut open) = self.open.take() {
            if let Some(extra) = actions.head_only {
                return Err(error_at(extra, "only the first link of a chain carries this action"));
            }
            if open.links.len() + 1 > CHAIN_LINKS {
                return Err(error_at(place, format!("a chain has at most {CHAIN_LINKS} links")));
            }
            open.links.push(link);
            open
        } else {
            Rule { file: self.file, place, links: vec![link], meta: build_meta(place, actions)? }
        };
        if chains {
            self.open = Some(rule);
        } else {
            self.statements.push(Statement::Rule(Box::new(rule)));
        }
        Ok(())
    }
}

fn build_meta(place: Place, actions: Actions) -> Result<Meta, LexError> {
    Ok(Meta {
        id: actions.id.ok_or_else(|| error_at(place, "the rule has no id"))?,
        phase: actions.phase.unwrap_or(2),
        msg: actions.msg.unwrap_or_default(),
        logdata: actions.logdata.unwrap_or_default(),
        severity: actions.severity,
        tags: actions.tags,
        disruptive: actions.disruptive,
        status: actions.status,
        log: actions.log,
        skip: actions.skip,
        skip_after: actions.skip_after,
        version: actions.version,
        revision: actions.revision,
    })
}

fn parse_defaults(place: Place, token: &Token) -> Result<Defaults, LexError> {
    let actions = parse_actions(token)?;
    let phase = actions.phase.ok_or_else(|| error_at(place, "SecDefaultAction names no phase"))?;
    let disruptive = actions.disruptive.unwrap_or(Disruptive::Pass);
    if disruptive == Disruptive::Block || actions.chain || actions.id.is_some() {
        return Err(error_at(place, "SecDefaultAction takes neither block nor chain nor id"));
    }
    let log = actions.log.unwrap_or(true);
    Ok(Defaults { phase, disruptive, status: actions.status, log, transformations: actions.transformations })
}

fn update_targets(line: &Line, name: &str) -> Result<Statement, LexError> {
    let (rules, targets) = two(line, "rules and targets")?;
    let rules = match name.as_bytes().last() {
        Some(b'd') => ids(line, std::slice::from_ref(rules))?,
        Some(b'g') if name.ends_with("tag") => RuleMatch::Tag(pattern(line, rules)?),
        _ => RuleMatch::Msg(pattern(line, rules)?),
    };
    Ok(Statement::UpdateTargets(line.name.place(0), rules, parse_variables(targets)?))
}

fn ids(line: &Line, tokens: &[Token]) -> Result<RuleMatch, LexError> {
    let texts: Vec<String> = tokens.iter().map(Token::text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    parse_ids(&texts).map_err(|message| error_at(line.name.place(0), message))
}

fn pattern(line: &Line, token: &Token) -> Result<Arc<Regex>, LexError> {
    compile_pattern(&token.bytes).map_err(|message| error_at(line.name.place(0), message))
}

fn one<'a>(line: &'a Line, what: &str) -> Result<&'a Token, LexError> {
    match line.arguments.as_slice() {
        [argument] if !argument.bytes.is_empty() => Ok(argument),
        _ => Err(error_at(line.name.place(0), format!("{} takes one argument: {what}", line.name.text()))),
    }
}

fn two<'a>(line: &'a Line, what: &str) -> Result<(&'a Token, &'a Token), LexError> {
    match line.arguments.as_slice() {
        [first, second] => Ok((first, second)),
        _ => Err(error_at(line.name.place(0), format!("{} takes two arguments: {what}", line.name.text()))),
    }
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
    let argument = argument.strip_prefix(b" ").unwrap_or(argument).to_vec();
    let takes = kind.takes();
    if (takes == Takes::Nothing) != argument.trim_ascii().is_empty() {
        let wants = if takes == Takes::Nothing { "takes no argument" } else { "needs an argument" };
        return Err(error_at(place, format!("the operator @{name} {wants}")));
    }
    let template = Template::parse(&argument);
    let quotes = template.as_ref().is_ok_and(|template| template.quotes().next().is_some());
    match template {
        Err(message) if takes == Takes::Template => Err(error_at(place, message)),
        _ if quotes && takes == Takes::Text => Err(error_at(place, format!("the operator @{name} takes no macro"))),
        _ => Ok(Operator { negated, kind, argument, place }),
    }
}

fn parse_setting(line: &Line, name: &str) -> Result<Setting, LexError> {
    let place = line.name.place(0);
    let text = || one(line, "a value").map(Token::text);
    let located = |message: String| error_at(place, message);
    let switch = || parse_switch(&text()?).map_err(located);
    let size = || {
        let text = text()?;
        text.parse::<usize>().map_err(|_| located(format!("{text} is no number of bytes")))
    };
    Ok(match name {
        "secruleengine" => Setting::Engine(parse_engine(&text()?).map_err(located)?),
        "secrequestbodyaccess" => Setting::RequestBodyAccess(switch()?),
        "secrequestbodylimit" => Setting::RequestBodyLimit(size()?),
        "secrequestbodynofileslimit" => Setting::RequestBodyNoFilesLimit(size()?),
        "secrequestbodylimitaction" => Setting::RequestBodyLimitRejects(rejects(&text()?).map_err(located)?),
        "secrequestbodyjsondepthlimit" => Setting::RequestBodyJsonDepth(size()?),
        "secargumentslimit" => Setting::ArgumentsLimit(size()?),
        "secargumentseparator" => match text()?.as_bytes() {
            [separator] => Setting::ArgumentSeparator(*separator),
            _ => return Err(located("SecArgumentSeparator takes one character".to_owned())),
        },
        "seccookieformat" => match text()?.as_str() {
            "0" => Setting::CookieFormat,
            other => return Err(located(format!("the cookie format {other} is not known: 0 is"))),
        },
        "secunicodemapfile" => Setting::UnicodeMap,
        "secresponsebodyaccess" => Setting::ResponseBodyAccess(switch()?),
        "secresponsebodymimetype" => {
            let types = line.arguments.iter().flat_map(|token| {
                token.text().split_ascii_whitespace().map(str::to_ascii_lowercase).collect::<Vec<_>>()
            });
            Setting::ResponseBodyMimeTypes(types.collect())
        }
        "secresponsebodymimetypesclear" => Setting::ResponseBodyMimeTypesClear,
        "secresponsebodylimit" => Setting::ResponseBodyLimit(size()?),
        "secresponsebodylimitaction" => Setting::ResponseBodyLimitRejects(rejects(&text()?).map_err(located)?),
        "seccomponentsignature" => {
            text()?;
            Setting::Signature
        }
        _ => return Err(located(format!("the directive {} is not known", line.name.text()))),
    })
}

fn rejects(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "reject" => Ok(true),
        "processpartial" => Ok(false),
        _ => Err(format!("{value} is neither Reject nor ProcessPartial")),
    }
}
