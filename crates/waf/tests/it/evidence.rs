//! What a verdict tells: variable, match, decoding, score, masking; and what exclusions and modes change.

use std::sync::Arc;

use medward_waf::{
    AttackClass, CompileOptions, Conn, EngineError, Exclusion, ExclusionSet, Hit, Layer, Mode, ObjectOptions, Outcome,
    PathScope, PolicyId, RuleSelector, RuleState, SNIP_BYTES, Severity, SourceFile, Sources, Step, Tx, UniqueId,
    Verdict, compile,
};

use crate::requests::{browser, get, judge, judge_with, percent, post, transaction};

fn hit_of<'a>(verdict: &'a Verdict, rule: &str) -> &'a Hit {
    let found = verdict.hits.iter().find(|hit| hit.rule == rule);
    found.unwrap_or_else(|| panic!("{rule} among {:?}", verdict.hits.iter().map(|hit| &hit.rule).collect::<Vec<_>>()))
}

#[test]
fn a_hit_names_rule_variable_match_and_layers() {
    let verdict = judge(&get(b"/report?lang=zh&id=7%2520UNION%252f**%252fSELECT%25201,2,3--"));
    assert_eq!((verdict.outcome, verdict.status, verdict.phase), (Outcome::Block, 403, 2));
    assert_eq!(verdict.attack, Some(AttackClass::Sqli));
    assert_eq!(verdict.policy, PolicyId("balanced".to_owned()));
    let hit = hit_of(&verdict, "MW-SQLI-001");
    assert_eq!(hit.variable, "ARGS:id");
    assert_eq!(hit.raw.text(), "7%20UNION%2f**%2fSELECT%201,2,3--");
    assert_eq!(hit.decoded.text(), "7 UNION/**/SELECT 1,2,3--");
    let matched = &hit.decoded.bytes[hit.matched.start as usize..hit.matched.end as usize];
    assert_eq!(matched, b"UNION/**/SELECT 1,2,3");
    assert_eq!(hit.layers, [Layer("urlDecodeUni")]);
    assert_eq!((hit.severity, hit.points), (Severity::Critical, 5));
    assert!(hit.confidence >= 80, "{}", hit.confidence);
    assert!(hit.tags.contains(&"attack-sqli".to_owned()));
}

#[test]
fn json_values_are_named_by_their_path() {
    let verdict = judge(&post(
        "/api",
        "application/json",
        br#"{"patient":{"name":"x","notes":["ok","<script>alert(1)</script>"]}}"#,
    ));
    assert_eq!(hit_of(&verdict, "MW-XSS-001").variable, "ARGS:json.patient.notes.array_1");
}

#[test]
fn a_chain_quotes_each_link() {
    const RULE: &str = "SecRule ARGS \"@contains 'x'\" \"id:1,phase:2,block,msg:'m',tag:'attack-sqli',setvar:tx.score_in=+5,chain\"\nSecRule ARGS:user \"@contains --\"";
    let file = SourceFile { path: "local.conf".to_owned(), bytes: RULE.as_bytes().to_vec() };
    let sources = Sources { files: vec![file], ..Sources::default() };
    let (program, _) = compile(&sources, &CompileOptions::default()).unwrap();
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let mut tx = Tx::new(program, &ObjectOptions::default(), conn, UniqueId::default());
    tx.request_head(&get(b"/login?user=admin%27x%27--%20").head);
    tx.request_end();
    let verdict = tx.finish();
    let hit = hit_of(&verdict, "1");
    assert_eq!(hit.chain.len(), 1);
    assert_eq!(hit.chain[0].0, "ARGS:user");
    assert_eq!(hit.chain[0].1.text(), "admin'x'-- ");
}

#[test]
fn long_values_are_quoted_around_the_match() {
    let value = format!("{}<script>alert(1)</script>{}", "甲".repeat(500), "乙".repeat(500));
    let verdict = judge(&get(format!("/a?q={}", percent(value.as_bytes())).as_bytes()));
    let hit = hit_of(&verdict, "MW-XSS-001");
    assert_eq!(hit.decoded.bytes.len(), SNIP_BYTES);
    assert_eq!(hit.decoded.total as usize, value.len());
    let matched = &hit.decoded.bytes[hit.matched.start as usize..hit.matched.end as usize];
    assert_eq!(matched, b"<script>alert(1)");
    assert_eq!(hit.decoded.start + hit.matched.start, 1500);
}

#[test]
fn secrets_are_masked_outside_the_match() {
    for name in ["password", "json.user.newPwd", "id_card", "access_token"] {
        let verdict = judge(&get(format!("/login?{name}=S3cret!pass%27%20UNION%20SELECT%20NULL--tail").as_bytes()));
        let hit = hit_of(&verdict, "MW-SQLI-001");
        assert!(hit.decoded.masked && hit.raw.masked, "{name}");
        assert_eq!(hit.decoded.text(), "*************UNION SELECT NULL--tail", "{name}");
    }
    let verdict = judge(&get(b"/login?user=S3cret%27%20UNION%20SELECT%20NULL"));
    assert!(!hit_of(&verdict, "MW-SQLI-001").decoded.masked);
    let options =
        ObjectOptions { secrets: Arc::from(["病历号".to_owned(), "mrn".to_owned()]), ..ObjectOptions::default() };
    let verdict = judge_with(&get(b"/a?MRN=12345%20UNION%20SELECT%20NULL"), &options);
    assert_eq!(hit_of(&verdict, "MW-SQLI-001").decoded.text(), "******UNION SELECT NULL");
}

/// Judges by one rule of the rule language.
fn judge_by(rule: &str, request: &crate::requests::Request) -> Verdict {
    let rules = format!("SecRequestBodyAccess On\n{rule}");
    let sources = Sources {
        files: vec![SourceFile { path: "local.conf".to_owned(), bytes: rules.into_bytes() }],
        ..Sources::default()
    };
    let options = CompileOptions { profile: medward_waf::Profile::ModSecurity, ..CompileOptions::default() };
    let (program, _) = compile(&sources, &options).unwrap();
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let mut tx = Tx::new(program, &ObjectOptions::default(), conn, UniqueId::default());
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    tx.finish()
}

#[test]
fn an_operator_that_does_not_say_where_unmasks_no_secret() {
    const ATTACK: &str = "=S3CRET%27%20union%20select%201,2,3%20from%20users--%20";
    for operator in ["@detectSQLi", "@rx ^.*union", "@rx .+", "!@eq 7"] {
        let rule = format!("SecRule ARGS \"{operator}\" \"id:1,phase:2,block,capture,msg:'m %{{MATCHED_VAR}}'\"");
        for name in ["password", "sfzh", "%E8%BA%AB%E4%BB%BD%E8%AF%81%E5%8F%B7", "loginPin"] {
            let verdict = judge_by(&rule, &get(format!("/a?{name}{ATTACK}").as_bytes()));
            let hit = hit_of(&verdict, "1");
            assert!(hit.decoded.masked && hit.raw.masked, "{operator} {name}");
            let shown = format!("{} {} {}", hit.decoded.text(), hit.raw.text(), hit.msg);
            assert!(!shown.contains("S3CRET"), "{operator} {name}: {shown}");
            assert_eq!(hit.decoded.bytes.len(), hit.decoded.total as usize, "it says how long it was");
        }
        let open = judge_by(&rule, &get(format!("/a?name{ATTACK}").as_bytes()));
        assert!(hit_of(&open, "1").decoded.text().contains("S3CRET' union select"), "{operator}");
    }
    let exact =
        judge_by("SecRule ARGS \"@contains union\" \"id:1,phase:2,block\"", &get(format!("/a?pwd{ATTACK}").as_bytes()));
    assert!(hit_of(&exact, "1").decoded.text().contains("***union***"), "the match stays visible");
}

#[test]
fn texts_show_no_secret_outside_the_match() {
    let shown = |verdict: &Verdict, text: &str| {
        assert!(!verdict.hits.is_empty());
        let told = verdict.hits.iter().map(|hit| format!("{hit:?} {} {}", hit.decoded.text(), hit.raw.text()));
        let all = told.collect::<String>();
        assert!(!all.contains("S3CRET") && all.contains(text), "{all}");
    };
    let attack = "1' UNION SELECT NULL,NULL-- -";
    for (content_type, body) in [
        ("text/xml", format!("<e><Password>S3CRET</Password><a>{attack}</a></e>")),
        ("application/json", format!("{{\"password\":\"S3CRET\",\"a\":\"{attack}\"")),
        ("application/json", format!("{{\"a\":\"{{\\\"pwd\\\":\\\"S3CRET\\\",\\\"b\\\":\\\"{attack}\\\"}}\"}}")),
        ("text/plain", format!("pwd=S3CRET&a={attack}")),
        (
            "multipart/form-data; boundary=b",
            format!(
                "x\r\n--b\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\nS3CRET\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{attack}\r\n--b"
            ),
        ),
    ] {
        let request = post("/a", content_type, body.as_bytes());
        shown(&judge(&request), "UNION SELECT NULL,NULL");
        let whole = judge_by(
            "SecAction \"id:2,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On\"\nSecRule REQUEST_BODY \"@contains UNION\" \"id:1,phase:2,block\"",
            &request,
        );
        shown(&whole, "UNION");
    }
    let head = "SecRule REQUEST_URI|REQUEST_LINE|QUERY_STRING|REQUEST_HEADERS|REQUEST_COOKIES \"@rx union\" \"id:1,phase:1,block\"";
    let mut request = get(b"/a?sfzh=S3CRET&x=union");
    request.head = request
        .head
        .with_header(b"Referer", b"https://x/?token=S3CRET&y=union")
        .with_header(b"Cookie", b"JSESSIONID=S3CRET; z=union");
    let verdict = judge_by(head, &request);
    shown(&verdict, "union");
    let variables: Vec<_> = verdict.hits.iter().map(|hit| hit.variable.as_str()).collect();
    assert_eq!(variables.len(), 6, "{variables:?}");
    let referer = verdict.hits.iter().find(|hit| hit.variable == "REQUEST_HEADERS:Referer").unwrap();
    assert_eq!(referer.decoded.text(), "https://x/?token=******&y=union");
    assert!(referer.decoded.masked);
}

#[test]
fn evidence_serialises_as_readable_json() {
    let verdict = judge(&get(b"/a?q=%ff%00%3cscript%3ealert(1)"));
    let hit = serde_json::to_value(hit_of(&verdict, "MW-XSS-001")).unwrap();
    assert_eq!(hit["raw"]["text"], "\\xff\\x00<script>alert(1)");
    assert_eq!(hit["class"], "xss");
    assert_eq!(hit["variable"], "ARGS:q");
    let whole = serde_json::to_value(&verdict).unwrap();
    assert_eq!(whole["outcome"], "block");
    assert_eq!(whole["program"].as_str().unwrap().len(), 32);
}

#[test]
fn observe_records_what_block_would_block() {
    let request = get(b"/a?q=%3cscript%3ealert(1)%3c/script%3e");
    let options = ObjectOptions { mode: Mode::Observe, ..ObjectOptions::default() };
    let mut tx = transaction(&options);
    assert_eq!(tx.request_head(&request.head), Step::Continue);
    assert_eq!(tx.request_end(), Step::Continue);
    let observed = tx.finish();
    assert_eq!((observed.outcome, observed.status), (Outcome::Observe, 0));
    assert_eq!(observed.hits, judge(&request).hits);
}

#[test]
fn mode_off_looks_at_nothing() {
    let options = ObjectOptions { mode: Mode::Off, ..ObjectOptions::default() };
    let verdict = judge_with(&get(b"/a?q=%3cscript%3ealert(1)%3c/script%3e"), &options);
    assert_eq!((verdict.outcome, verdict.hits.len(), verdict.work_units), (Outcome::Pass, 0, 0));
}

#[test]
fn thresholds_decide_and_a_class_scores_once_per_value() {
    let request = get(b"/a?q=%3cscript%3ealert(1)%3c/script%3e");
    let verdict = judge(&request);
    assert_eq!(verdict.score_in, 5);
    let twice = judge(&get(b"/a?q=%3cscript%3ealert(1)%3c/script%3e&again=%3cscript%3ealert(1)%3c/script%3e"));
    assert_eq!((twice.hits.len(), twice.score_in), (2, 5), "one value, however often it is sent");
    let options = ObjectOptions { threshold_in: 6, ..ObjectOptions::default() };
    assert_eq!(judge_with(&request, &options).outcome, Outcome::Pass);
    let verdict = judge_with(&get(b"/a?q=%3cscript%3ealert(1)&r=1%20UNION%20SELECT%20NULL"), &options);
    assert_eq!((verdict.outcome, verdict.score_in), (Outcome::Block, 10));
}

#[test]
fn weak_findings_block_only_together() {
    let verdict = judge(&get(b"/a?u=%3cscript%3e"));
    assert_eq!((verdict.outcome, verdict.score_in), (Outcome::Pass, 3));
    let verdict = judge(&get(b"/a?u=%3cscript%3e&v=%3cscript%3ex"));
    assert_eq!((verdict.outcome, verdict.score_in), (Outcome::Pass, 3), "doubtful twice is no more certain");
    let verdict = judge(&get(b"/a?u=%3cscript%3e&v=/x/.env"));
    assert_eq!((verdict.outcome, verdict.score_in), (Outcome::Pass, 3), "two values, each doubtful by itself");
    let verdict = judge(&get(b"/a?u=%3cscript%3e+cat+/etc/hosts"));
    assert_eq!((verdict.outcome, verdict.score_in), (Outcome::Block, 6), "two doubts about one value");
}

#[test]
fn an_exclusion_clears_exactly_its_scope() {
    let exclude = |rule: RuleSelector, target: Option<&str>, path: Option<&str>| ObjectOptions {
        exclusions: Arc::new(ExclusionSet {
            exclusions: vec![Exclusion {
                rule,
                target: target.map(|target| target.parse().unwrap()),
                path: path.map(|path| match path.strip_suffix('*') {
                    Some(beginning) => PathScope::Beginning(beginning.into()),
                    None => PathScope::Exactly(path.into()),
                }),
            }],
        }),
        ..ObjectOptions::default()
    };
    let request = get(b"/cms/edit?body=1%20UNION%20SELECT%20NULL,2");
    let passes = |options: &ObjectOptions| judge_with(&request, options).outcome == Outcome::Pass;
    let tag = || RuleSelector::Tag("attack-sqli".to_owned());
    assert!(passes(&exclude(tag(), Some("ARGS:BODY"), Some("/cms/*"))));
    assert!(passes(&exclude(tag(), None, None)));
    assert!(!passes(&exclude(tag(), Some("ARGS:other"), None)));
    assert!(!passes(&exclude(tag(), Some("REQUEST_COOKIES"), None)));
    assert!(!passes(&exclude(tag(), None, Some("/portal/*"))));
    assert!(passes(&exclude(tag(), None, Some("/cms/edit"))));
    assert!(!passes(&exclude(tag(), None, Some("/cms/"))), "no other path than this one");
    assert!(!passes(&exclude(RuleSelector::Id("MW-XSS-001".to_owned()), None, None)));
    let sneaky = get(b"/cms/../portal?body=1%20UNION%20SELECT%20NULL,2");
    assert_eq!(judge_with(&sneaky, &exclude(tag(), None, Some("/cms/*"))).outcome, Outcome::Block);
    assert!("NOT_A_VARIABLE:x".parse::<medward_waf::Target>().is_err());
}

#[test]
fn rule_that_only_records_leaves_evidence_and_counts_for_nothing() {
    let switched = |switches: &[(RuleSelector, RuleState)]| ObjectOptions {
        switches: switches.into(),
        ..ObjectOptions::default()
    };
    let record = |rule: RuleSelector| switched(&[(rule, RuleState::Records)]);
    let request = get(b"/a?q=1%20UNION%20SELECT%20NULL,2");
    for rule in [RuleSelector::Id("mw-sqli-001".to_owned()), RuleSelector::Tag("attack-sqli".to_owned())] {
        let verdict = judge_with(&request, &record(rule));
        assert_eq!((verdict.outcome, verdict.score_in), (Outcome::Pass, 0));
        assert_eq!((verdict.hits[0].rule.as_str(), verdict.hits[0].points), ("MW-SQLI-001", 0));
    }
    let (id, tag) = (RuleSelector::Id("MW-SQLI-001".to_owned()), RuleSelector::Tag("attack-SQLI".to_owned()));
    let first = switched(&[(id.clone(), RuleState::Judges), (tag.clone(), RuleState::Off)]);
    assert_eq!(judge_with(&request, &first).outcome, Outcome::Block, "the first entry decides");
    let off = judge_with(&request, &switched(&[(tag, RuleState::Off), (id, RuleState::Judges)]));
    assert_eq!((off.outcome, off.hits.len()), (Outcome::Pass, 0));
    let other = record(RuleSelector::Id("MW-XSS-001".to_owned()));
    assert_eq!(judge_with(&request, &other).outcome, Outcome::Block);
}

#[test]
fn rich_text_parameters_may_hold_markup_but_no_active_content() {
    let options = ObjectOptions { rich_text: vec!["ARGS:content".parse().unwrap()], ..ObjectOptions::default() };
    let video = get(b"/a?content=%3ciframe%20src=%22https://v.qq.com/x%22%3e%3c/iframe%3e%3cform%3e");
    assert!(judge(&video).score_in > 0);
    assert_eq!(judge_with(&video, &options).score_in, 0);
    let script = get(b"/a?content=%3cscript%3ealert(1)%3c/script%3e");
    assert_eq!(judge_with(&script, &options).outcome, Outcome::Block);
}

#[test]
fn transactions_and_programs_move_between_threads() {
    fn moves<T: Send>() {}
    fn is_shared<T: Send + Sync>() {}
    moves::<medward_waf::Tx>();
    is_shared::<medward_waf::Program>();
    is_shared::<Verdict>();
}

#[test]
fn a_caught_failure_has_a_verdict_too() {
    let verdict = Verdict::failed(EngineError::Panicked, PolicyId("balanced".to_owned()), [7; 16]);
    assert_eq!(verdict.outcome, Outcome::Error(EngineError::Panicked));
    assert_eq!(EngineError::Panicked.to_string(), "judge the request: the engine panicked");
}

#[test]
fn scanner_is_blocked_at_the_head_before_any_body() {
    let mut tx = transaction(&ObjectOptions::default());
    let head = medward_waf::Head::new(b"POST", b"/", b"HTTP/1.1").with_header(b"User-Agent", b"sqlmap/1.7");
    assert_eq!(tx.request_head(&head), Step::Block);
    assert_eq!(tx.finish().phase, 1);
}

#[test]
fn http2_heads_join_cookie_crumbs() {
    let headers: Vec<(&[u8], &[u8])> =
        vec![(b"cookie", b"a=1"), (b"user-agent", b"x"), (b"cookie", b"b=1' UNION SELECT NULL--"), (b"cookie", b"c=3")];
    let head = medward_waf::Head::http2(b"GET", b"/p?q=1", Some(b"tj.example.org"), headers);
    assert_eq!(head.line(), b"GET /p?q=1 HTTP/2.0");
    assert_eq!(head.header(b"host"), Some(&b"tj.example.org"[..]));
    assert_eq!(head.header(b"Cookie"), Some(&b"a=1; b=1' UNION SELECT NULL--; c=3"[..]));
    let verdict = judge(&crate::requests::Request { head, body: Vec::new() });
    assert_eq!(hit_of(&verdict, "MW-SQLI-001").variable, "REQUEST_COOKIES:b");
    assert_eq!(browser("GET", b"/").headers().len(), 4);
}
