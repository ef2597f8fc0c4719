use super::*;
use crate::policy;
use crate::sources::SourceFile;
use crate::var::Collection;

fn compile_text(text: &str) -> Result<(Arc<Program>, Vec<Warning>), Vec<CompileError>> {
    let file = SourceFile { path: "local.conf".to_owned(), bytes: text.as_bytes().to_vec() };
    compile(
        &Sources { files: vec![file], ..Sources::default() },
        &CompileOptions { policy: PolicyId("local".to_owned()), ..CompileOptions::default() },
    )
}

fn refuse(text: &str, expected: &str) {
    let errors = compile_text(text).map(|_| ()).unwrap_err();
    assert_eq!(errors[0].to_string(), expected);
}

#[test]
fn built_in_rules_compile_and_are_well_formed() {
    let program = policy::balanced().unwrap();
    assert!(program.rules.len() >= 20);
    for rule in &program.rules {
        assert!(rule.id.starts_with("MW-"), "{}", rule.id);
        assert!(
            !rule.title.is_empty() && rule.links.iter().any(|link| !link.setvars.is_empty()),
            "{} has a message and points",
            rule.id
        );
        assert_ne!(rule.class, AttackClass::Other, "{} has a class", rule.id);
        let family = rule.id.split('-').nth(1).unwrap().to_lowercase();
        assert_eq!(rule.class.code(), family, "{}", rule.id);
    }
}

#[test]
fn no_built_in_rule_escapes_the_prefilter() {
    let program = policy::balanced().unwrap();
    let always: Vec<_> = program
        .rules
        .iter()
        .enumerate()
        .filter(|(at, _)| program.phases.iter().any(|phase| phase.always().any(|always| always == *at)))
        .map(|(_, rule)| &rule.id)
        .collect();
    assert!(always.is_empty(), "{always:?} run on every value");
}

#[test]
fn errors_name_file_line_and_column() {
    refuse(
        "SecRule ARGS \"@rx (\" \"id:1,phase:2\"",
        "compile the policy: local.conf:1:15: the pattern does not compile: error: unclosed group",
    );
    refuse(
        "SecRule ARGS \"a\" \"id:1,phase:2\"\nSecRule ARGS \"b\" \"id:1,phase:2\"",
        "compile the policy: local.conf:2:1: the id 1 is used twice",
    );
    refuse(
        "SecRule ARGS \"@rx (?=a)b\" \"id:1,phase:2\"",
        "compile the policy: local.conf:1:15: the pattern does not compile: error: look-around, including look-ahead and look-behind, is not supported",
    );
    refuse(
        "SecRule ARGS \"@rx a{5000}{5000}\" \"id:1,phase:2\"",
        "compile the policy: local.conf:1:15: the pattern does not compile: Compiled regex exceeds size limit of 4194304 bytes.",
    );
}

#[test]
fn a_rule_without_message_is_worth_a_warning() {
    let (_, warnings) = compile_text("SecRule ARGS \"a\" \"id:7,phase:2\"").unwrap();
    assert_eq!(warnings[0].message, "rule 7 has no msg: its hits will say nothing");
}

#[test]
fn programs_are_told_apart_by_their_sources() {
    let one = compile_text("SecRule ARGS \"a\" \"id:1,phase:2,msg:x\"").unwrap().0;
    let same = compile_text("SecRule ARGS \"a\" \"id:1,phase:2,msg:x\"").unwrap().0;
    let other = compile_text("SecRule ARGS \"b\" \"id:1,phase:2,msg:x\"").unwrap().0;
    assert_eq!(one.id(), same.id());
    assert_ne!(one.id(), other.id());
    assert_eq!(one.policy(), &PolicyId("local".to_owned()));
}

#[test]
fn rules_that_share_transformations_share_trie_nodes() {
    let (program, _) = compile_text(
        "SecRule ARGS \"a\" \"id:1,phase:2,t:urlDecode,t:lowercase\"\nSecRule ARGS \"b\" \"id:2,phase:2,t:urlDecode,t:removeNulls\"\nSecRule ARGS \"c\" \"id:3,phase:2,t:urlDecode\"",
    )
    .unwrap();
    assert_eq!(program.nodes.len(), 3);
    let phase = program.phase(2).unwrap();
    assert_eq!(phase.plan(Collection::ArgsGet).unwrap().plain.len(), 3);
    assert!(phase.plan(Collection::RequestCookies).is_none());
    assert!(program.phase(1).unwrap().plan(Collection::ArgsGet).is_none());
}

#[test]
fn rules_that_only_jump_over_what_is_gone_are_dropped() {
    let gate = |between: &str, does: &str| {
        let text = format!(
            "SecAction \"id:1,phase:1,nolog,setvar:tx.level=1\"\n\
             SecRule ARGS:level \"@streq x\" \"id:2,phase:2,nolog,skipAfter:END{does}\"\n\
             {between}\nSecMarker END\nSecRule ARGS \"@rx z\" \"id:4,phase:2\""
        );
        let program = compile_text(&text).unwrap().0;
        let phase = program.phase(2).unwrap();
        (1..program.rules.len()).filter(|rule| phase.scans_for(*rule)).collect::<Vec<_>>()
    };
    let gone = "SecRule TX:level \"@eq 2\" \"id:3,phase:2,nolog,setvar:tx.x=1\"";
    assert_eq!(gate(gone, ""), [3]);
    assert_eq!(gate("SecRule ARGS \"@rx y\" \"id:3,phase:1\"", ""), [3], "another phase is not jumped over");
    assert_eq!(gate("SecRule ARGS \"@rx y\" \"id:3,phase:2\"", ""), [1, 2, 3]);
    assert_eq!(gate(gone, ",setvar:tx.y=1"), [1, 3]);
    assert_eq!(gate(gone, ",ctl:ruleRemoveById=4"), [1, 3]);
}
