//! Which template a path finds.

use proptest::prelude::*;
use serde_json::json;

use super::appointment;
use crate::Document;

#[test]
fn concrete_segments_win_over_templates() {
    let document = appointment();
    let check = |path: &str, expected: Option<&str>| assert_eq!(document.path_template(path), expected, "{path}");
    check("/internal/appointments/mine", Some("/appointments/mine"));
    check("/internal/appointments/7", Some("/appointments/{id}"));
    check("/internal/reports/7.pdf", Some("/reports/{id}.pdf"));
    check("/internal/reports/7", Some("/reports/{id}"));
    check("/internal/reports/.pdf", Some("/reports/{id}"));
    check("/internal/departments/NK01/slots", Some("/departments/{department}/slots"));
    check("/internal/departments/NK01", None);
    check("/internal/reports/", None);
}

#[test]
fn a_base_path_can_be_given() {
    let document = appointment().with_base_path("/v9/");
    assert_eq!(document.path_template("/v9/departments"), Some("/departments"));
    assert_eq!(document.path_template("/internal/departments"), None);
    assert_eq!(appointment().with_base_path("").path_template("/departments"), Some("/departments"));
}

fn with_paths(paths: &[String]) -> Result<Document, crate::DocumentError> {
    let item = |path: &String| {
        let names = path.split(['{', '}']).skip(1).step_by(2);
        let parameters: Vec<_> =
            names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {}})).collect();
        (path.clone(), json!({"get": {"parameters": parameters}}))
    };
    let paths: serde_json::Map<_, _> = paths.iter().map(item).collect();
    Document::compile(json!({"openapi": "3.1.0", "paths": paths}).to_string().as_bytes())
}

#[test]
fn a_wrong_turn_is_taken_back() {
    let paths = ["/a/{x}/c", "/{x}/b/d", "/a/b", "/{x}-{y}/{z}", "/f{x}/b/d"].map(str::to_owned);
    let document = with_paths(&paths).unwrap();
    for (path, expected) in [
        ("/a/b/d", Some("/{x}/b/d")),
        ("/a/b/c", Some("/a/{x}/c")),
        ("/a/b", Some("/a/b")),
        ("/1-2-3/q", Some("/{x}-{y}/{z}")),
        ("/fx/b/d", Some("/f{x}/b/d")),
        ("/-/q", None),
        ("/a/b/e", None),
    ] {
        assert_eq!(document.path_template(path), expected, "{path}");
    }
}

/// The rule as a sentence: of the templates that fit, the one whose first differing segment is concrete.
fn slow(paths: &[String], path: &str) -> Option<String> {
    let rank = |template: &str| template.split('/').map(|segment| segment.starts_with('{')).collect::<Vec<_>>();
    let fits = |template: &&String| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(path).all(|(want, have)| want == &have || want.starts_with('{'))
    };
    paths.iter().filter(fits).min_by_key(|template| rank(template)).cloned()
}

proptest! {
    #[test]
    fn the_trie_finds_what_the_rule_says(
        paths in proptest::collection::btree_set("(/(a|b|\\{x\\})){1,3}", 1..12),
        asked in "(/(a|b|c)){1,3}",
    ) {
        // The same name twice in a template is no template.
        let rename = |path: &String| {
            let segments = path.split('/').skip(1).enumerate();
            let renamed = segments.map(|(at, segment)| segment.replace("{x}", &format!("{{x{at}}}")));
            format!("/{}", renamed.collect::<Vec<_>>().join("/"))
        };
        let paths: Vec<String> = paths.iter().map(rename).collect();
        let document = with_paths(&paths).unwrap();
        prop_assert_eq!(document.path_template(&asked).map(str::to_owned), slow(&paths, &asked));
    }
}
