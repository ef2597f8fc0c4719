//! Whether what came of a request is what its test expects.
//!
//! The tests were recorded on servers of which some refuse a broken request before any rule is asked, and some ask first.
//! Where both answers are known, a test that expects a refusal is compared with the server's, every other test with the
//! rules': neither may hide behind the other.

use std::fmt::Write as _;

use medward_waf::printable;

use super::yaml::Expected;

/// What is known about one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Status with which the server in front refuses it.
    pub(super) refused: Option<u16>,
    /// What the rules say.
    pub(super) judged: Option<Judged>,
}

/// A request that the rules were asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Judged {
    /// Status that the client gets.
    pub(super) status: u16,
    pub(super) fired: Vec<Fired>,
    /// Why the rules were not all asked, when they were not.
    pub(super) cut_short: Option<String>,
}

/// A rule that matched and logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fired {
    pub(super) id: String,
    pub(super) msg: String,
    /// Its log data, macros filled in.
    pub(super) data: String,
}

impl Fired {
    /// The line in the log: `[id "…"] [msg "…"] [data "…"]`.
    pub(super) fn line(&self) -> String {
        let quoted = |text: &str| printable(text.as_bytes()).replace('"', "\\\"");
        format!("[id \"{}\"] [msg \"{}\"] [data \"{}\"]", quoted(&self.id), quoted(&self.msg), quoted(&self.data))
    }
}

/// Everything that is not as expected, in one line; `None` when all is.
pub(super) fn miss(expected: &Expected, outcome: &Outcome) -> Option<String> {
    let expects_refusal = expected.error || expected.status.is_some_and(|status| status >= 400);
    let judged = match (outcome.refused, &outcome.judged) {
        (Some(_), _) if expected.error => return None,
        (Some(status), judged) if expects_refusal || judged.is_none() => Judged { status, ..Judged::default() },
        (_, Some(judged)) => judged.clone(),
        (_, None) if expected.error => return None,
        (_, None) => return Some("expected an answer, got none".to_owned()),
    };
    let misses = misses(expected, &judged);
    if misses.is_empty() {
        return None;
    }
    let mut text = format!("expected {}", misses.join(" and "));
    let mut ids: Vec<&str> = judged.fired.iter().map(|fired| fired.id.as_str()).collect();
    ids.dedup();
    let fired = if ids.is_empty() { "nothing".to_owned() } else { ids.join(" ") };
    let _infallible = write!(text, "; fired: {fired}");
    if let Some(reason) = &judged.cut_short {
        let _infallible = write!(text, "; {reason}");
    }
    Some(text)
}

fn misses(expected: &Expected, judged: &Judged) -> Vec<String> {
    let mut misses = Vec::new();
    if expected.error {
        misses.push("a refusal".to_owned());
    }
    if let Some(status) = expected.status.filter(|status| *status != judged.status) {
        misses.push(format!("status {status}, got {}", judged.status));
    }
    let fires = |id: &u32| judged.fired.iter().any(|fired| fired.id.parse() == Ok(*id));
    misses.extend(expected.fires.iter().filter(|id| !fires(id)).map(|id| format!("{id} to fire")));
    misses.extend(expected.silent.iter().filter(|id| fires(id)).map(|id| format!("{id} not to fire")));
    let lines: Vec<String> = judged.fired.iter().map(Fired::line).collect();
    if let Some(regex) = expected.line.as_ref().filter(|regex| !lines.iter().any(|line| regex.is_match(line))) {
        misses.push(format!("a log line like {regex}"));
    }
    if let Some(regex) = expected.no_line.as_ref().filter(|regex| lines.iter().any(|line| regex.is_match(line))) {
        misses.push(format!("no log line like {regex}"));
    }
    // Rules that were not asked prove nothing by their silence.
    let expects_silence = !expected.silent.is_empty() || expected.no_line.is_some();
    if judged.cut_short.is_some() && misses.is_empty() && expects_silence {
        misses.push("every rule to be asked".to_owned());
    }
    misses
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn fired(id: &str) -> Fired {
        Fired { id: id.to_owned(), msg: format!("rule {id}"), data: "a\n\"b\"".to_owned() }
    }

    fn judged(status: u16, ids: &[&str]) -> Outcome {
        let fired = ids.iter().map(|id| fired(id)).collect();
        Outcome { refused: None, judged: Some(Judged { status, fired, cut_short: None }) }
    }

    fn check(expected: Expected, outcome: &Outcome, said: &str) {
        assert_eq!(miss(&expected, outcome).unwrap_or_default(), said, "{expected:?} {outcome:?}");
    }

    fn status(status: u16) -> Expected {
        Expected { status: Some(status), ..Expected::default() }
    }

    #[test]
    fn rules_must_fire_or_stay_silent_as_the_test_says() {
        let expected = || Expected { fires: vec![1, 2], silent: vec![3], ..Expected::default() };
        check(expected(), &judged(200, &["2", "1", "4"]), "");
        check(expected(), &judged(200, &["1", "1", "3"]), "expected 2 to fire and 3 not to fire; fired: 1 3");
        check(expected(), &judged(200, &[]), "expected 1 to fire and 2 to fire; fired: nothing");
        // Rules of our own have names, and a name that holds a number is not that number.
        check(expected(), &judged(200, &["1", "2", "MW-3"]), "");
    }

    #[test]
    fn log_lines_are_quoted_on_one_line_and_compared_one_by_one() {
        assert_eq!(fired("7").line(), r#"[id "7"] [msg "rule 7"] [data "a\x0a\"b\""]"#);
        let like = |regex: &str| Some(Regex::new(regex).unwrap());
        let outcome = judged(200, &["1", "2"]);
        check(Expected { line: like(r#"\[id "2"\].*rule 2"#), ..Expected::default() }, &outcome, "");
        check(
            Expected { line: like("rule 1.*rule 2"), ..Expected::default() },
            &outcome,
            "expected a log line like rule 1.*rule 2; fired: 1 2",
        );
        check(Expected { no_line: like("rule 3"), ..Expected::default() }, &outcome, "");
        let said = "expected no log line like rule 2; fired: 1 2";
        check(Expected { no_line: like("rule 2"), ..Expected::default() }, &outcome, said);
    }

    #[test]
    fn test_that_expects_a_refusal_is_compared_with_the_server() {
        let both = Outcome { refused: Some(400), ..judged(200, &["3"]) };
        check(status(400), &both, "");
        check(Expected { silent: vec![3], ..status(400) }, &both, "");
        check(Expected { fires: vec![3], ..status(400) }, &both, "expected 3 to fire; fired: nothing");
        check(status(505), &both, "expected status 505, got 400; fired: nothing");
        check(status(400), &judged(200, &["3"]), "expected status 400, got 200; fired: 3");
    }

    #[test]
    fn every_other_test_is_compared_with_the_rules() {
        let both = Outcome { refused: Some(400), ..judged(200, &["3"]) };
        check(status(200), &both, "");
        check(Expected { fires: vec![3], ..Expected::default() }, &both, "");
        let said = "expected 3 not to fire; fired: 3";
        check(Expected { silent: vec![3], ..Expected::default() }, &both, said);
        // Where the server refuses and no rule is asked, that is what counts.
        let refused = Outcome { refused: Some(400), judged: None };
        check(status(200), &refused, "expected status 200, got 400; fired: nothing");
        check(Expected { fires: vec![3], ..Expected::default() }, &refused, "expected 3 to fire; fired: nothing");
    }

    #[test]
    fn error_is_a_refusal_or_no_answer_at_all() {
        let error = || Expected { error: true, fires: vec![3], ..Expected::default() };
        check(error(), &Outcome { refused: Some(400), ..judged(200, &[]) }, "");
        check(error(), &Outcome::default(), "");
        check(error(), &judged(200, &["3"]), "expected a refusal; fired: 3");
        check(status(200), &Outcome::default(), "expected an answer, got none");
    }

    #[test]
    fn silence_of_rules_that_were_not_asked_proves_nothing() {
        let mut outcome = judged(200, &["1"]);
        outcome.judged.as_mut().unwrap().cut_short = Some("the work budget was spent".to_owned());
        let silent = Expected { silent: vec![3], ..Expected::default() };
        check(silent, &outcome, "expected every rule to be asked; fired: 1; the work budget was spent");
        check(Expected { fires: vec![1], ..Expected::default() }, &outcome, "");
    }
}
