use super::ast::{Change, Ctl, Disruptive, OperatorKind, Rule, Selector, Setting, Statement, Use};
use super::lexer::LexError;
use super::parser::parse;
use crate::transform::Transformation;
use crate::var::Collection;

const RULE: &str = "SecRule ARGS \"@rx x\" \"id:1,phase:2\"";

fn read(bytes: &[u8]) -> (Vec<Rule>, Vec<LexError>) {
    let (statements, errors) = parse(bytes, 0);
    let rules = statements.into_iter().filter_map(|statement| match statement {
        Statement::Rule(rule) => Some(*rule),
        _ => None,
    });
    (rules.collect(), errors)
}

fn refuse(source: &str, line: u32, column: u32, message: &str) {
    let (_, errors) = read(source.as_bytes());
    let error = errors.first().unwrap_or_else(|| panic!("{source} must be refused"));
    assert_eq!((error.place.line, error.place.column, error.message.as_str()), (line, column, message), "{source}");
}

#[test]
fn a_rule_is_read_with_everything_it_says() {
    let source = "# comment\n\nSecRule ARGS|!ARGS:Skip|REQUEST_HEADERS:'/^x-(a|b)/' \\\n    \"!@contains a\\\"b\" \\\n    \"id:MW-SQLI-101,phase:request,block,status:406,\\\n    t:lowercase,t:none,t:urlDecodeUni,msg:'It\\'s bad, really',tag:'attack-sqli',tag:x,severity:2,setvar:tx.score_in=+5\"\n";
    let (rules, errors) = read(source.as_bytes());
    assert!(errors.is_empty(), "{errors:?}");
    let rule = &rules[0];
    assert_eq!((rule.place.line, rule.place.column), (3, 1));
    assert_eq!((rule.meta.id.as_str(), rule.meta.phase, rule.meta.status), ("MW-SQLI-101", 2, Some(406)));
    assert_eq!(rule.meta.msg.constant(), Some(&b"It's bad, really"[..]));
    assert_eq!(rule.meta.tags, ["attack-sqli", "x"]);
    assert_eq!(rule.meta.disruptive, Some(Disruptive::Block));
    let link = &rule.links[0];
    assert!(matches!(&link.setvars[0].change, Change::Add(points) if points.constant() == Some(b"5")));
    assert_eq!(link.transformations, [Transformation::UrlDecodeUni]);
    assert!(link.operator.negated);
    assert_eq!(link.operator.kind, OperatorKind::Contains);
    assert_eq!(link.operator.argument, b"a\"b");
    let [all, skipped, headers] = link.variables.as_slice() else { panic!("three variables") };
    assert_eq!((all.collection, all.use_), (Collection::Args, Use::Value));
    assert!(matches!(&skipped.selector, Selector::Name(name) if skipped.use_ == Use::Exclude && name == b"skip"));
    assert!(matches!(&headers.selector, Selector::Pattern(pattern) if pattern.is_match(b"X-B")));
}

#[test]
fn variables_are_separated_outside_of_patterns_and_paths() {
    let source = "SecRule REQUEST_COOKIES|!REQUEST_COOKIES:/__utm|x:y/|&TX:Score,XML:/*|XML://@*|ARGS:/^a\\/b$/ \"@rx x\" \"id:1\"";
    let (rules, errors) = read(source.as_bytes());
    assert!(errors.is_empty(), "{errors:?}");
    let variables = &rules[0].links[0].variables;
    let collections: Vec<_> = variables.iter().map(|variable| (variable.collection, variable.use_)).collect();
    assert_eq!(
        collections,
        [
            (Collection::RequestCookies, Use::Value),
            (Collection::RequestCookies, Use::Exclude),
            (Collection::Tx, Use::Count),
            (Collection::XmlText, Use::Value),
            (Collection::XmlAttributes, Use::Value),
            (Collection::Args, Use::Value),
        ]
    );
    assert!(matches!(&variables[1].selector, Selector::Pattern(pattern) if pattern.is_match(b"X:Y")));
    assert!(matches!(&variables[5].selector, Selector::Pattern(pattern) if pattern.is_match(b"a/b")));
}

#[test]
fn chains_hang_together() {
    let source = "SecRule ARGS \"a\" \"id:1,phase:2,chain,setvar:tx.seen=1\"\n  secrule ARGS \"b\" \"chain\"\n  SecRule MATCHED_VARS \"c\"\nSecAction \"id:2,phase:1,pass\"";
    let (rules, errors) = read(source.as_bytes());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!((rules[0].links.len(), rules[0].links[0].setvars.len()), (3, 1));
    assert_eq!(rules[1].links[0].operator.kind, OperatorKind::UnconditionalMatch);
}

#[test]
fn actions_say_what_a_match_changes() {
    let source = "SecAction \"id:1,phase:1,nolog,skipAfter:END,setvar:'tx.%{RULE.id}_x=a %{TX.1}, b',setvar:!tx.y,ctl:ruleRemoveTargetById=5;ARGS:pw,ctl:ruleRemoveById=10-20,ctl:requestBodyProcessor=xml,initcol:ip=%{REMOTE_ADDR}\"";
    let (rules, errors) = read(source.as_bytes());
    assert!(errors.is_empty(), "{errors:?}");
    let (meta, link) = (&rules[0].meta, &rules[0].links[0]);
    assert_eq!((meta.log, meta.skip_after.as_deref()), (Some(false), Some("END")));
    assert!(link.setvars[0].name.constant().is_none());
    assert!(matches!(&link.setvars[0].change, Change::Assign(value) if value.quotes().count() == 1));
    assert!(matches!(link.setvars[1].change, Change::Unset));
    let [Ctl::RemoveTarget(..), Ctl::Remove(rules), Ctl::BodyProcessor(_)] = link.ctls.as_slice() else {
        panic!("{:?}", link.ctls)
    };
    assert!(rules.covers("15", &[], b"") && !rules.covers("21", &[], b""));
}

#[test]
fn directives_beside_rules_are_read() {
    let source = "SecRuleEngine DetectionOnly\nSecMarker END\nSecDefaultAction \"phase:2,log,deny,status:406\"\nSecRuleUpdateTargetById 1-3 \"!ARGS:/^a/|!XML:/*\"\nSecAuditLogParts ABC\nSecResponseBodyMimeType text/plain text/html\nSecRuleRemoveById 1 2-4 \"7\"";
    let (statements, errors) = parse(source.as_bytes(), 0);
    assert!(errors.is_empty(), "{errors:?}");
    let [Statement::Setting(Setting::Engine(_)), Statement::Marker(name), Statement::Defaults(defaults), ..] =
        statements.as_slice()
    else {
        panic!("{statements:?}")
    };
    assert_eq!((name.as_str(), defaults.status), ("END", Some(406)));
    assert!(matches!(&statements[3], Statement::UpdateTargets(_, _, targets) if targets.len() == 2));
    assert!(matches!(&statements[4], Statement::Ignored(_, name) if name == "SecAuditLogParts"));
    assert!(matches!(&statements[5], Statement::Setting(Setting::ResponseBodyMimeTypes(types)) if types.len() == 2));
    assert!(matches!(&statements[6], Statement::Remove(_, rules) if rules.covers("7", &[], b"")));
}

#[test]
fn whatever_is_not_known_is_an_error_with_its_place() {
    refuse("SecFoo On", 1, 1, "the directive SecFoo is not known");
    refuse("\n  SecRuleScript x.lua", 2, 3, "the directive SecRuleScript is not known");
    refuse("SecRuleEngine Maybe", 1, 1, "Maybe is none of On, Off, DetectionOnly");
    refuse("SecRequestBodyLimit many", 1, 1, "many is no number of bytes");
    refuse("SecRule ARGZ \"x\" \"id:1,phase:2\"", 1, 9, "the variable ARGZ is not known");
    refuse("SecRule ARGS|&ARGZ \"x\" \"id:1,phase:2\"", 1, 14, "the variable ARGZ is not known");
    refuse("SecRule XML:/a/b \"x\" \"id:1\"", 1, 9, "the XML path /a/b is not known: /* and //@* are");
    refuse("SecRule ARGS \"@frob x\" \"id:1,phase:2\"", 1, 15, "the operator @frob is not known");
    refuse("SecRule ARGS \"@rx\" \"id:1,phase:2\"", 1, 15, "the operator @rx needs an argument");
    refuse("SecRule ARGS \"@rx %{TX.a}\" \"id:1\"", 1, 15, "the operator @rx takes no macro");
    refuse("SecRule ARGS \"@eq %{TY.a}\" \"id:1\"", 1, 15, "the variable TY in a macro is not known");
    refuse("SecRule ARGS \"@detectSQLi x\" \"id:1,phase:2\"", 1, 15, "the operator @detectSQLi takes no argument");
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,exec:/bin/x\"", 1, 32, "the action exec is not known");
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,t:rot13\"", 1, 32, "the transformation rot13 is not known");
    refuse(
        "SecRule ARGS \"x\" \"id:1,phase:6\"",
        1,
        24,
        "the phase 6 is not known: 1 to 5, request, response or logging",
    );
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,severity:9\"", 1, 32, "the severity 9 is not known");
    refuse("SecRule ARGS \"x\" \"id:MW-sqli-1,phase:2\"", 1, 19, "MW-sqli-1 is neither a number nor MW-CLASS-nnn");
    refuse(
        "SecRule ARGS \"x\" \"id:1,phase:2,setvar:ip.a=1\"",
        1,
        32,
        "setvar ip.a=1: only tx can be set, other collections are not kept",
    );
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,ctl:frob=1\"", 1, 32, "ctl:frob is not known");
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,status:99\"", 1, 32, "99 is no HTTP status");
    refuse("SecRule ARGS \"x\" \"phase:2\"", 1, 1, "the rule has no id");
    refuse("SecRule ARGS", 1, 1, "SecRule takes variables, an operator and optional actions");
    refuse("SecRule ARGS \"x", 1, 14, "this quote is never closed");
    refuse(
        "SecRule ARGS \"x\nSecRule",
        1,
        14,
        "this quote is not closed on its line; continue a line with a backslash",
    );
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,chain\"", 1, 1, "this chain has no further link");
    refuse("SecRule ARGS \"x\" \"id:1,chain\"\nSecMarker a", 1, 1, "this chain has no further link");
    refuse("SecRule ARGS \"x\" \"id:1,,phase:2\"", 1, 24, "an action is missing between commas");
    refuse("SecRule ARGS: \"x\" \"id:1,phase:2\"", 1, 9, "the selector after the colon is empty or not closed");
    let chained = "SecRule ARGS \"x\" \"id:1,phase:2,chain\"\n SecRule ARGS \"y\" \"id:2\"";
    refuse(chained, 2, 20, "only the first link of a chain carries this action");
}

#[test]
fn every_error_of_a_file_is_reported() {
    let (rules, errors) = read(format!("SecFoo\n{RULE}\nSecBar\n").as_bytes());
    assert_eq!((rules.len(), errors.len()), (1, 2));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        read(&bytes);
    }

    #[test]
    fn anything_close_to_a_rule_is_read_or_refused(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "SecRule", " ", "ARGS", "|", "!", ":", "/", "'", "\"", "\\", "\n", "@rx", "@pm", "(", "id:1", ",", "phase:2", "chain", "t:", "#",
        ]), 0..30),
    ) {
        read(pieces.concat().as_bytes());
    }
}
