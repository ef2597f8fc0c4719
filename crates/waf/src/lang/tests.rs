use super::ast::{Disruptive, OperatorKind, Selector};
use super::parser::parse;
use crate::transform::Transformation;
use crate::var::Collection;

const RULE: &str = "SecRule ARGS \"@rx x\" \"id:1,phase:2\"";

fn refuse(source: &str, line: u32, column: u32, message: &str) {
    let (_, errors) = parse(source.as_bytes());
    let error = errors.first().unwrap_or_else(|| panic!("{source} must be refused"));
    assert_eq!((error.place.line, error.place.column, error.message.as_str()), (line, column, message), "{source}");
}

#[test]
fn a_rule_is_read_with_everything_it_says() {
    let source = "# comment\n\nSecRule ARGS|!ARGS:Skip|REQUEST_HEADERS:'/^x-(a|b)/' \\\n    \"!@contains a\\\"b\" \\\n    \"id:MW-SQLI-101,phase:request,block,status:406,\\\n    t:lowercase,t:none,t:urlDecodeUni,msg:'It\\'s bad, really',tag:'attack-sqli',tag:x,severity:2,setvar:tx.score_in=+5\"\n";
    let (rules, errors) = parse(source.as_bytes());
    assert!(errors.is_empty(), "{errors:?}");
    let rule = &rules[0];
    assert_eq!((rule.place.line, rule.place.column), (3, 1));
    assert_eq!((rule.meta.id.as_str(), rule.meta.phase, rule.meta.status), ("MW-SQLI-101", 2, Some(406)));
    assert_eq!(rule.meta.msg, "It's bad, really");
    assert_eq!(rule.meta.tags, ["attack-sqli", "x"]);
    assert_eq!(rule.meta.disruptive, Disruptive::Block);
    assert_eq!(rule.link.points, 5);
    assert_eq!(rule.link.transformations, [Transformation::UrlDecodeUni]);
    assert!(rule.link.operator.negated);
    assert_eq!(rule.link.operator.kind, OperatorKind::Contains);
    assert_eq!(rule.link.operator.argument, b"a\"b");
    let [all, skipped, headers] = rule.link.variables.as_slice() else { panic!("three variables") };
    assert_eq!((all.collection, all.excluded), (Collection::Args, false));
    assert!(matches!(&skipped.selector, Selector::Name(name) if skipped.excluded && name == b"skip"));
    assert!(matches!(&headers.selector, Selector::Pattern(pattern) if pattern.is_match(b"X-B")));
}

#[test]
fn chains_hang_together_and_score_at_their_end() {
    let source = "SecRule ARGS \"a\" \"id:1,phase:2,chain\"\n  secrule ARGS \"b\" \"chain\"\n  SecRule MATCHED_VARS \"c\" \"setvar:tx.score_in=+3\"\nSecAction \"id:2,phase:1,pass\"";
    let (rules, errors) = parse(source.as_bytes());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!((rules[0].children.len(), rules[0].children[1].points), (2, 3));
    assert_eq!(rules[1].link.operator.kind, OperatorKind::UnconditionalMatch);
}

#[test]
fn whatever_is_not_known_is_an_error_with_its_place() {
    refuse("SecFoo On", 1, 1, "the directive SecFoo is not known");
    refuse("\n  SecRuleEngine On", 2, 3, "the directive SecRuleEngine is not known");
    refuse("SecRule ARGZ \"x\" \"id:1,phase:2\"", 1, 9, "the variable ARGZ is not known");
    refuse("SecRule ARGS|&ARGS \"x\" \"id:1,phase:2\"", 1, 14, "counting a collection with & is not known here");
    refuse("SecRule ARGS \"@frob x\" \"id:1,phase:2\"", 1, 15, "the operator @frob is not known");
    refuse("SecRule ARGS \"@rx\" \"id:1,phase:2\"", 1, 15, "the operator @rx needs an argument");
    refuse("SecRule ARGS \"@detectSQLi x\" \"id:1,phase:2\"", 1, 15, "the operator @detectSQLi takes no argument");
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,exec:/bin/x\"", 1, 32, "the action exec is not known");
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,t:rot13\"", 1, 32, "the transformation rot13 is not known");
    refuse("SecRule ARGS \"x\" \"id:1,phase:3\"", 1, 24, "the phase 3 is not known here: 1 or 2");
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,severity:9\"", 1, 32, "the severity 9 is not known");
    refuse("SecRule ARGS \"x\" \"id:MW-sqli-1,phase:2\"", 1, 19, "MW-sqli-1 is neither a number nor MW-CLASS-nnn");
    refuse(
        "SecRule ARGS \"x\" \"id:1,phase:2,setvar:tx.a=1\"",
        1,
        32,
        "setvar tx.a=1: only tx.score_in=+n is known here",
    );
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,status:99\"", 1, 32, "99 is no HTTP status");
    refuse("SecRule ARGS \"x\" \"phase:2\"", 1, 1, "the rule has no id");
    refuse("SecRule ARGS \"x\" \"id:1\"", 1, 1, "the rule has no phase");
    refuse("SecRule ARGS", 1, 1, "SecRule takes variables, an operator and optional actions");
    refuse("SecRule ARGS \"x", 1, 14, "this quote is never closed");
    refuse(
        "SecRule ARGS \"x\nSecRule",
        1,
        14,
        "this quote is not closed on its line; continue a line with a backslash",
    );
    refuse("SecRule ARGS \"x\" \"id:1,phase:2,chain\"", 1, 1, "this chain has no further link");
    refuse("SecRule ARGS \"x\" \"id:1,,phase:2\"", 1, 24, "an action is missing between commas");
    refuse("SecRule ARGS: \"x\" \"id:1,phase:2\"", 1, 9, "the selector after the colon is empty or not closed");
    let chained = "SecRule ARGS \"x\" \"id:1,phase:2,chain\"\n SecRule ARGS \"y\" \"id:2\"";
    refuse(chained, 2, 20, "only the first link of a chain carries this action");
    let early = "SecRule ARGS \"x\" \"id:1,phase:2,chain,setvar:tx.score_in=+5\"\n SecRule ARGS \"y\"";
    refuse(early, 1, 1, "a chain scores at its last link: move setvar there");
}

#[test]
fn every_error_of_a_file_is_reported() {
    let (rules, errors) = parse(format!("SecFoo\n{RULE}\nSecBar\n").as_bytes());
    assert_eq!((rules.len(), errors.len()), (1, 2));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        parse(&bytes);
    }

    #[test]
    fn anything_close_to_a_rule_is_read_or_refused(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "SecRule", " ", "ARGS", "|", "!", ":", "/", "'", "\"", "\\", "\n", "@rx", "@pm", "(", "id:1", ",", "phase:2", "chain", "t:", "#",
        ]), 0..30),
    ) {
        parse(pieces.concat().as_bytes());
    }
}
