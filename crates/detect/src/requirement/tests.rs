use super::*;

fn requires(pattern: &str, expected: &[&str]) {
    let Requirement::Any(branches) = Requirement::of_pattern(pattern) else { panic!("{pattern} has no requirement") };
    assert!(branches.iter().all(|branch| !branch.literals.is_empty()), "{pattern}: {branches:?}");
    let found: Vec<_> = branches.iter().flat_map(|branch| &branch.literals).collect();
    let found: Vec<_> = found.iter().map(|literal| String::from_utf8_lossy(literal).into_owned()).collect();
    assert_eq!(found, expected, "{pattern}");
}

#[test]
fn required_literals_are_the_most_selective_ones() {
    requires("(?i)union[\\s(]+select", &["union"]);
    requires("(?i)\\b(?:sleep|benchmark)\\s*\\(", &["benchmark", "sleep"]);
    requires("(?i)x(?:foo|bar)?y[0-9]+z{2,}baz", &["baz"]);
    requires("a(?:bc)+d|efg", &["bc", "efg"]);
    requires("a(?:\\.{2,}[/\\\\]+){2,}", &[".."]);
    requires("(?i)ＳＥＬ", &["ｓｅｌ".to_uppercase().as_str()]);
}

#[test]
fn patterns_without_certain_literals_have_no_requirement() {
    for pattern in ["[a-z]+", "(?:abc)?", "abc|[a-z]", "", "(?:abc)*x?"] {
        assert_eq!(Requirement::of_pattern(pattern), Requirement::None, "{pattern}");
    }
    assert_eq!(Requirement::of_pattern("['\"][^a]"), Requirement::of_bytes(ByteMask::of(b"'\"")));
}

#[test]
fn single_bytes_do_not_make_the_literals_beside_them_worthless() {
    let branch = |literals: &[&str], bytes: &[&str]| Branch {
        literals: literals.iter().map(|literal| literal.as_bytes().to_vec()).collect(),
        bytes: bytes.iter().map(|bytes| ByteMask::of(bytes.as_bytes())).collect(),
    };
    let check = |pattern: &str, expected: &[Branch]| {
        assert_eq!(Requirement::of_pattern(pattern), Requirement::Any(expected.to_vec()), "{pattern}");
    };
    check("sleep\\(|^\\(\\d+=", &[branch(&["sleep("], &["sS"]), branch(&[], &["(", "0123456789", "="])]);
    check("[;|]\\s*(?:cat|w)[^a]", &[branch(&[], &[";|", "cCwW", "wW"]), branch(&["cat"], &[";|", "cCwW"])]);
}

#[test]
fn each_way_of_an_alternation_adds_to_the_bytes_that_are_needed() {
    let needs = |pattern: &str, bytes: &[u8]| {
        let Requirement::Any(branches) = Requirement::of_pattern(pattern) else { return false };
        branches.iter().all(|branch| branch.bytes.contains(&ByteMask::of(bytes)))
    };
    assert!(needs("(?:j|&#[0-9]+;)\\s*(?::|&[a-z]+;)", b"jJ&"));
    assert!(needs("(?:j|&#[0-9]+;)\\s*(?::|&[a-z]+;)", b":&"));
    assert!(!needs("(?:j|[^a])\\s*(?::|&[a-z]+;)", b"jJ"), "one way needs nothing");
}
