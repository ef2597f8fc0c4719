//! Reads the actions of a rule: `id:1,phase:2,deny,t:lowercase,setvar:'tx.score=+%{tx.points}'`.

use std::sync::Arc;

use regex::bytes::Regex;

use super::ast::{
    Actions, AllowScope, Change, Ctl, Disruptive, EngineMode, Processor, RuleMatch, SetVar, Use, Variable,
};
use super::lexer::{LexError, Place, Token};
use super::parser::error_at;
use super::template::Template;
use super::variables::parse_variable;
use crate::op::compile_pattern;
use crate::transform::Transformation;
use crate::verdict::Severity;

/// Reads a comma-separated list of actions.
pub(crate) fn parse_actions(token: &Token) -> Result<Actions, LexError> {
    let mut actions = Actions::default();
    for (start, piece) in split(&token.bytes) {
        let place = token.place(start + piece.iter().take_while(|byte| byte.is_ascii_whitespace()).count());
        let text =
            std::str::from_utf8(piece.trim_ascii()).map_err(|_| error_at(place, "actions are written in UTF-8"))?;
        if text.is_empty() {
            return Err(error_at(place, "an action is missing between commas"));
        }
        let (name, value) = text.split_once(':').map_or((text, ""), |(name, value)| (name, value.trim()));
        let value = unquoted(value).replace("\\'", "'");
        actions.take(place, name.trim(), &value).map_err(|message| error_at(place, message))?;
    }
    Ok(actions)
}

/// Splits at commas outside single quotes.
fn split(bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted, mut previous) = (0, false, 0u8);
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\'' && previous != b'\\' {
            quoted = !quoted;
        } else if byte == b',' && !quoted {
            pieces.push((start, bytes.get(start..at).unwrap_or_default()));
            start = at + 1;
        }
        previous = byte;
    }
    pieces.push((start, bytes.get(start..).unwrap_or_default()));
    pieces
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value)
}

impl Actions {
    fn take(&mut self, place: Place, name: &str, value: &str) -> Result<(), String> {
        match name.to_ascii_lowercase().as_str() {
            "t" => self.transformation(value)?,
            "chain" => self.chain = true,
            "capture" => self.capture = true,
            "multimatch" => self.multi_match = true,
            "setvar" => self.setvars.push(parse_setvar(value)?),
            "ctl" => self.ctls.push(parse_ctl(value)?),
            // Collections that outlive a transaction are not kept.
            "initcol" if value.contains('=') => {}
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
            self.own_transformations = true;
        } else {
            let transformation =
                Transformation::from_name(value).ok_or_else(|| format!("the transformation {value} is not known"))?;
            self.transformations.push(transformation);
        }
        Ok(())
    }

    fn head_action(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name.to_ascii_lowercase().as_str() {
            "id" => self.id = Some(parse_id(value)?),
            "phase" => self.phase = Some(parse_phase(value)?),
            "msg" => self.msg = Some(Template::parse(value.as_bytes())?),
            "logdata" => self.logdata = Some(Template::parse(value.as_bytes())?),
            "tag" => self.tags.push(value.to_owned()),
            "severity" => self.severity = Some(parse_severity(value)?),
            "ver" => value.clone_into(&mut self.version),
            "rev" => value.clone_into(&mut self.revision),
            "maturity" | "accuracy" => {
                value.parse::<u8>().map_err(|_| format!("{name}:{value} is no number"))?;
            }
            "log" => self.log = Some(true),
            "nolog" => self.log = Some(false),
            "auditlog" | "noauditlog" => {}
            "skip" => self.skip = value.parse().map_err(|_| format!("skip:{value} is no number of rules"))?,
            "skipafter" if !value.is_empty() => self.skip_after = Some(value.to_owned()),
            "status" => {
                let status = value.parse().ok().filter(|status| (100..600).contains(status));
                self.status = Some(status.ok_or_else(|| format!("{value} is no HTTP status"))?);
            }
            _ => self.disruptive = Some(parse_disruptive(name, value)?),
        }
        Ok(())
    }
}

fn parse_disruptive(name: &str, value: &str) -> Result<Disruptive, String> {
    Ok(match (name.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
        ("pass", "") => Disruptive::Pass,
        ("block", "") => Disruptive::Block,
        ("deny", "") => Disruptive::Deny,
        ("drop", "") => Disruptive::Drop,
        ("redirect", _) if !value.is_empty() => Disruptive::Redirect(Template::parse(value.as_bytes())?),
        ("allow", "") => Disruptive::Allow(AllowScope::Transaction),
        ("allow", "phase") => Disruptive::Allow(AllowScope::Phase),
        ("allow", "request") => Disruptive::Allow(AllowScope::Request),
        ("pass" | "block" | "deny" | "drop" | "allow", _) => return Err(format!("{name} does not take {value}")),
        _ => return Err(format!("the action {name} is not known")),
    })
}

fn parse_setvar(value: &str) -> Result<SetVar, String> {
    let (unset, rest) = value.strip_prefix('!').map_or((false, value), |rest| (true, rest));
    let (collection, rest) = rest.split_once('.').ok_or_else(|| format!("setvar {value} names no variable"))?;
    if !collection.eq_ignore_ascii_case("tx") {
        return Err(format!("setvar {value}: only tx can be set, other collections are not kept"));
    }
    let (name, change) = match (unset, rest.split_once('=')) {
        (true, None) => (rest, Change::Unset),
        (false, None) => (rest, Change::Assign(Template::parse(b"1")?)),
        (false, Some((name, text))) => (name, parse_change(text)?),
        (true, Some(_)) => return Err(format!("setvar {value} both removes and sets")),
    };
    let name = Template::parse(name.trim().as_bytes())?;
    if name.parts.is_empty() {
        return Err(format!("setvar {value} names no variable"));
    }
    Ok(SetVar { name, change })
}

fn parse_change(text: &str) -> Result<Change, String> {
    Ok(match text.as_bytes() {
        [b'+', amount @ ..] => Change::Add(Template::parse(amount)?),
        [b'-', amount @ ..] => Change::Subtract(Template::parse(amount)?),
        whole => Change::Assign(Template::parse(whole)?),
    })
}

fn parse_ctl(value: &str) -> Result<Ctl, String> {
    let (name, value) = value.split_once('=').ok_or_else(|| format!("ctl:{value} sets nothing"))?;
    let value = unquoted(value.trim());
    Ok(match name.trim().to_ascii_lowercase().as_str() {
        "ruleengine" => Ctl::Engine(parse_engine(value)?),
        "ruleremovebyid" => Ctl::Remove(parse_ids(&[value])?),
        "ruleremovebytag" => Ctl::Remove(RuleMatch::Tag(pattern(value)?)),
        "ruleremovebymsg" => Ctl::Remove(RuleMatch::Msg(pattern(value)?)),
        "ruleremovetargetbyid" => remove_target(value, |ids| parse_ids(&[ids]))?,
        "ruleremovetargetbytag" => remove_target(value, |tag| Ok(RuleMatch::Tag(pattern(tag)?)))?,
        "requestbodyprocessor" => Ctl::BodyProcessor(
            Processor::from_name(value).ok_or_else(|| format!("the body processor {value} is not known"))?,
        ),
        "forcerequestbodyvariable" => Ctl::ForceBodyVariable(parse_switch(value)?),
        "requestbodyaccess" => Ctl::RequestBodyAccess(parse_switch(value)?),
        "responsebodyaccess" => Ctl::ResponseBodyAccess(parse_switch(value)?),
        "auditengine" => Ctl::Nothing,
        _ => return Err(format!("ctl:{name} is not known")),
    })
}

fn remove_target(value: &str, rules: impl Fn(&str) -> Result<RuleMatch, String>) -> Result<Ctl, String> {
    let (selector, target) = value.split_once(';').ok_or_else(|| format!("{value} names no target after a ;"))?;
    let target = Variable { use_: Use::Exclude, ..parse_variable(target.trim().as_bytes())? };
    Ok(Ctl::RemoveTarget(rules(selector.trim())?, vec![target]))
}

fn pattern(text: &str) -> Result<Arc<Regex>, String> {
    compile_pattern(text.as_bytes())
}

/// `On`, `Off` or `DetectionOnly`.
pub(crate) fn parse_engine(value: &str) -> Result<EngineMode, String> {
    Ok(match value.to_ascii_lowercase().as_str() {
        "on" => EngineMode::On,
        "off" => EngineMode::Off,
        "detectiononly" => EngineMode::DetectionOnly,
        _ => return Err(format!("{value} is none of On, Off, DetectionOnly")),
    })
}

/// `On` or `Off`.
pub(crate) fn parse_switch(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("{value} is neither On nor Off")),
    }
}

/// Ids and ranges of ids, separated by blanks or commas.
pub(crate) fn parse_ids(arguments: &[&str]) -> Result<RuleMatch, String> {
    let (mut ranges, mut names) = (Vec::new(), Vec::new());
    let words = arguments.iter().flat_map(|argument| argument.split([' ', ',', '\t'])).filter(|word| !word.is_empty());
    for word in words {
        if word.starts_with("MW-") {
            names.push(parse_id(word)?);
            continue;
        }
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let bound = |text: &str| text.trim().parse::<u32>().map_err(|_| format!("{word} is neither an id nor a range"));
        ranges.push((bound(first)?, bound(last)?));
    }
    if ranges.is_empty() && names.is_empty() { Err("no ids".to_owned()) } else { Ok(RuleMatch::Ids(ranges, names)) }
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
        "3" => Ok(3),
        "4" | "response" => Ok(4),
        "5" | "logging" => Ok(5),
        _ => Err(format!("the phase {value} is not known: 1 to 5, request, response or logging")),
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
