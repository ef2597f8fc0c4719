use proptest::prelude::*;

use super::*;
use medward_detect::Place;

#[test]
fn pm_words_may_spell_bytes() {
    let error = Operator::compile(OperatorKind::Pm, b"nikto a|zz|b", &Sources::default(), "").unwrap_err();
    assert_eq!(error, "zz between | is no hex byte");
    let operator = Operator::compile(OperatorKind::Pm, b"Nikto a|0D 0a|b", &Sources::default(), "").unwrap();
    assert_eq!(operator.find(b"x NIKTO/2", Context::of(Place::Value)), Some(Found::at(2..7)));
    assert_eq!(operator.find(b"a\r\nb", Context::of(Place::Value)), Some(Found::at(0..4)));
    assert_eq!(operator.find(b"ab", Context::of(Place::Value)), None);
}

proptest! {
    #[test]
    fn words_skipped_by_the_sqli_gate_never_differ_from_the_full_call(
        value in "[A-Za-z0-9_.]{0,40}",
        words in prop::collection::vec(
            prop::sample::select(vec![
                "select", "union", "and", "or", "not", "null", "like", "in", "sleep", "benchmark", "user", "having",
                "1", "0x1f", "1e5", ".5", "1.", "x", "n", "current_user", "waitfor", "case", "when", "distinct",
            ]),
            1..8,
        ),
        joints in prop::collection::vec(prop::sample::select(vec![".", "..", "\u{4e2d}", "\u{ff07}", "_"]), 8),
    ) {
        let sentence: String = words.iter().zip(&joints).flat_map(|(word, joint)| [*word, *joint]).collect();
        for value in [value, sentence] {
            if !value.contains('\u{a0}') {
                prop_assert_eq!(Operator::DetectSqli.find(value.as_bytes(), Context::of(Place::Value)), None);
            }
        }
    }

    #[test]
    fn values_skipped_by_the_xss_gate_never_differ_from_the_full_call(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "onerror", "style", "javascript:", "script", "xlink:href", " ", "\t", "\"", "'", "`", ">", "/", "!--",
                "&#61;", "\0", "x", "!entity", "alert(1)", ":", "[if", "?xml", "data:", "\u{ff1c}",
            ]),
            0..10,
        ),
    ) {
        prop_assert_eq!(Operator::DetectXss.find(pieces.concat().as_bytes(), Context::of(Place::Value)), None);
    }

    #[test]
    fn detectors_take_any_bytes(value in prop::collection::vec(any::<u8>(), 0..200)) {
        Operator::DetectSqli.find(&value, Context::of(Place::Value));
        Operator::DetectXss.find(&value, Context::of(Place::Value));
    }

    #[test]
    fn a_matching_value_contains_a_required_literal(value in "[a-e'\" (]{0,12}") {
        for pattern in ["(?i)ab(?:c|de)", "'\\s*(?:a|bc)", "a(?:bc?d|e)[a-c]", "(?:ab|'c)+d?e", "(?i)(?:B|cd)\\s?(?:'|e+)|(?:a|bc){2,}\\("] {
            let regex = compile_pattern(pattern.as_bytes()).unwrap();
            if regex.is_match(value.as_bytes()) {
                let lower = value.to_ascii_lowercase();
                let met = match Requirement::of_pattern(pattern) {
                    Requirement::None => true,
                    Requirement::Any(branches) => branches.iter().any(|branch| {
                        let found = |literal: &Vec<u8>| memchr::memmem::find(lower.as_bytes(), literal).is_some();
                        let mask = ByteMask::of(value.as_bytes());
                        (branch.literals.is_empty() || branch.literals.iter().any(found))
                            && branch.bytes.iter().all(|bytes| bytes.intersects(mask))
                    }),
                };
                prop_assert!(met, "{} matched {}", pattern, value);
            }
        }
    }
}
