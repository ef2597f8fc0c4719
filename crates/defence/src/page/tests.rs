use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::*;

/// Runs JavaScript under node with `input` on its standard input. Without node the test says so and passes; with `CI=true` it
/// fails.
pub(crate) fn node(script: &str, input: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test starts its peer")]
    let started = Command::new("node").args(["-e", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = started else {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration; CI is told by its environment")]
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!in_ci, "nothing is skipped in CI: node is not installed");
        eprintln!("skipped: node is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Opens a page in `browser.js` and tells what happened, line by line. `given` names what differs from an ordinary browser.
pub(crate) fn open(html: &str, given: Value) -> Option<Vec<Value>> {
    let mut input = serde_json::json!({"html": html, "answers": [], "worker": "runs", "cookies": true, "hash": "",
        "timers": false});
    input.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
    let told = node(include_str!("tests/browser.js"), &input.to_string())?;
    Some(told.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_way_back_stays_on_the_site() {
    let safe = ["/", "/booking", "/a?b=c&d=//e", "/a?b=\\", "/a//b", "/.well-known/x", "/预约", "/#/book", "/a;b=1"];
    for path in safe {
        assert_eq!(safe_return_path(path), path);
    }
    for path in [
        "",
        "booking",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "/a\\..\\b",
        "\\\\elsewhere.example",
        "https://elsewhere.example/",
        "javascript:alert(1)",
        " /a",
        "/\t/elsewhere.example",
        "/a b",
        "/a\r\nSet-Cookie: a=b",
        "/a\0",
        "/a\u{85}",
        "/.medward/challenge",
        &format!("/{}", "a".repeat(MAX_RETURN_PATH_BYTES)),
    ] {
        assert_eq!(safe_return_path(path), "/", "{path:?}");
    }
}

/// The browser's own reading: node's URL is the same standard (WHATWG).
#[test]
fn a_way_back_is_of_the_same_origin_for_who_follows_it() {
    const SCRIPT: &str = "for (const path of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) \
                          console.log(new URL(path, 'https://hospital.example/x').origin)";
    let pieces = ["/", "\\", "//", "\t", "\n", ".", "..", "@", ":", "e.example", "?", "#", "%2f", "http:", "；", " "];
    let pairs = pieces.iter().flat_map(|a| pieces.iter().map(move |b| format!("{a}{b}")));
    let paths: Vec<_> = pairs.flat_map(|pair| pieces.iter().map(move |c| format!("/{pair}{c}e.example/"))).collect();
    let kept: Vec<_> = paths.iter().map(|path| safe_return_path(path)).collect();
    assert!(kept.iter().filter(|path| **path != "/").count() > 500, "most of the test would be about nothing");
    let Some(origins) = node(SCRIPT, &serde_json::to_string(&kept).unwrap()) else { return };
    assert_eq!(origins.lines().count(), kept.len());
    for (origin, path) in origins.lines().zip(kept) {
        assert_eq!(origin, "https://hospital.example", "{path:?}");
    }
}

#[test]
fn the_policy_lets_in_the_script_of_the_page_and_nothing_else() {
    assert_eq!(
        content_security_policy("bm9uY2U="),
        "default-src 'none'; script-src 'nonce-bm9uY2U='; style-src 'nonce-bm9uY2U='; worker-src blob:; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    );
    assert!(content_security_policy("a'; script-src *\r\nX: y").contains("'nonce-ascript-srcXy'"));
}

#[test]
fn foreign_text_stays_text() {
    let escaped = Escaped("<a href=\"x\" title='y'>&amp;").to_string();
    assert_eq!(escaped, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;");
    let page = Page {
        language: Language::English,
        title: "t",
        head: "",
        body: "",
        scripts: &["1"],
        event_id: "<script>",
        nonce: "a\" onload=\"b",
    };
    let html = page.to_string();
    assert!(html.contains("<dd>&lt;script&gt;</dd>") && html.contains("nonce=\"aonload=b\""), "{html}");
}
