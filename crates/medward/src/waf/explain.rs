//! `medward waf explain`: one raw request, and rule by rule why it is blocked or passes (waf.md §10).
//!
//! For people: what a value looks like after each transformation, what each rule needs to be asked at all, and what it
//! answered. Values stand there unmasked, as they do in the file.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use medward_kernel::Clock;
use medward_waf::{Asked, Explanation, Form, Forms, Outcome, RuleExplanation, RuleOutcome};

use super::files;
use super::policies::PolicyArgs;
use super::request::{Judge, RuleMatch};
use crate::cli::{WrongUse, write_out};

/// `medward waf explain`.
#[derive(Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Explain as if the request named this host.
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Only rules whose id begins with this, for example MW-SQLI.
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// File of one raw HTTP request (lines end with CRLF).
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Longest part of a value that is shown.
const SHOWN_CHARACTERS: usize = 160;
/// Most forms of one value, and most answers of one rule, that are shown.
const SHOWN: usize = 12;

/// Runs the command: 0 whatever the verdict is, 1 when the file cannot be read as a request.
pub(super) fn run(args: &ExplainArgs, clock: &Clock) -> Result<ExitCode> {
    let policy = args.policy.load()?;
    let threshold = policy.options.threshold_in;
    let judge = Judge::new(policy, clock.clone(), args.host.clone())
        .ok_or_else(|| WrongUse("send the request to this --host: it takes a name or address".to_owned()))?;
    for note in judge.notes() {
        // A closed standard error keeps nobody from the explanation.
        drop(writeln!(io::stderr(), "medward: {note}"));
    }
    let raw = files::read(&args.file).with_context(|| format!("read {}", args.file.display()))?;
    let explained = judge
        .explain(&raw)
        .map_err(|_| anyhow!("read {} as a request: the head does not end with an empty line", args.file.display()))?;
    let text = match explained {
        Ok(explanation) => told(&explanation, threshold, args.rule.as_deref().unwrap_or_default()),
        Err(refusal) => refused(&refusal),
    };
    write_out(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn refused(refusal: &RuleMatch) -> String {
    let RuleMatch { id, msg, variable, matched, .. } = refusal;
    format!("verdict: block, before any rule is asked\n{id}: {msg}\n  {variable}: {}\n", cut(matched))
}

/// The whole text; rules whose ids begin with `prefix`.
fn told(explanation: &Explanation, threshold: u16, prefix: &str) -> String {
    let Explanation { verdict, values, rules } = explanation;
    let outcome = match verdict.outcome {
        Outcome::Pass => "pass",
        Outcome::Block => "block",
        Outcome::Observe => "would block, but only records",
        Outcome::Exhausted => "undecided, the work budget was spent",
        Outcome::Error(_) => "undecided, the engine failed",
    };
    let policy = &verdict.policy.0;
    let mut text = format!("verdict: {outcome}; score {} (policy {policy}, threshold {threshold})\n", verdict.score_in);
    let _infallible = writeln!(text, "\nvalues that rules look at: {}", values.len());
    for value in values {
        of_value(&mut text, value);
    }
    let chosen: Vec<&RuleExplanation> = rules.iter().filter(|rule| rule.id.starts_with(prefix)).collect();
    let _infallible = writeln!(text, "\nrules: {}", chosen.len());
    for rule in chosen {
        of_rule(&mut text, rule);
    }
    text
}

fn of_value(text: &mut String, value: &Forms) {
    let _infallible = writeln!(text, "  {}", cut(&value.variable));
    for form in value.forms.iter().take(SHOWN) {
        let _infallible = writeln!(text, "    {}", of_form(form));
    }
    rest(text, value.forms.len(), "forms");
}

fn of_rule(text: &mut String, rule: &RuleExplanation) {
    let outcome = match rule.outcome {
        RuleOutcome::Off => "off: the settings of the policy leave it out".to_owned(),
        RuleOutcome::NothingToLookAt => "nothing to look at".to_owned(),
        RuleOutcome::CannotMatch => "cannot match".to_owned(),
        RuleOutcome::NoMatch => "no match".to_owned(),
        RuleOutcome::NotReached => {
            "its condition holds, but it is excluded, removed or skipped, or the request was refused before".to_owned()
        }
        RuleOutcome::ChainBroken => "the first condition of its chain holds, and not all of them".to_owned(),
        RuleOutcome::Silent => "matches, and says nothing by itself".to_owned(),
        RuleOutcome::InTurn => "asked in its turn about what other rules set: no hit".to_owned(),
        RuleOutcome::Hit(points) => format!("HIT, {points} points"),
    };
    let _infallible = writeln!(text, "  {} (phase {}) {outcome}. {}", rule.id, rule.phase, rule.msg);
    if rule.spared > 0 {
        let needs = rule.needs.as_deref().unwrap_or("what these values lack");
        let _infallible = writeln!(text, "    not asked about {} forms without {}", rule.spared, cut(needs));
    }
    // What matched is what people look for.
    let mut asked: Vec<&Asked> = rule.asked.iter().collect();
    asked.sort_by_key(|asked| asked.matched.is_none());
    for Asked { variable, form, matched } in asked.iter().take(SHOWN) {
        let answer = matched.as_ref().map_or_else(|| "no".to_owned(), |matched| format!("matched {}", cut(matched)));
        let _infallible = writeln!(text, "    {}: {} -> {answer}", cut(variable), of_form(form));
    }
    rest(text, rule.asked.len(), "answers");
}

fn rest(text: &mut String, all: usize, of: &str) {
    if let Some(more @ 1..) = all.checked_sub(SHOWN) {
        let _infallible = writeln!(text, "    and {more} more {of}");
    }
}

fn of_form(form: &Form) -> String {
    let layers: Vec<&str> = form.layers.iter().map(|layer| layer.0).collect();
    match layers.as_slice() {
        [] => format!("\"{}\"", cut(&form.text)),
        layers => format!("\"{}\" after {}", cut(&form.text), layers.join(", ")),
    }
}

/// The beginning of a long text, never cut within a character.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use medward_waf::Layer;

    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters_and_long_lists_are_counted() {
        assert_eq!(cut("abc"), "abc");
        let chinese = "体".repeat(SHOWN_CHARACTERS + 1);
        assert_eq!(cut(&chinese), format!("{}…", "体".repeat(SHOWN_CHARACTERS)));
        let form = Form { text: "a".to_owned(), layers: vec![Layer("lowercase"), Layer("removeNulls")] };
        assert_eq!(of_form(&form), "\"a\" after lowercase, removeNulls");
        let mut text = String::new();
        of_value(&mut text, &Forms { variable: "ARGS:a".to_owned(), forms: vec![form; SHOWN + 2] });
        assert_eq!((text.lines().count(), text.lines().last().unwrap()), (SHOWN + 2, "    and 2 more forms"));
    }
}
