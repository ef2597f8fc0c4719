//! Bodies as an installed rule set reads them: what a limit leaves out makes a verdict partial, only what is broken is an
//! error, and a body that has not come to its end yet is not broken.

use std::sync::Arc;

use medward_waf::{
    CompileOptions, Conn, ObjectOptions, Outcome, PolicyId, Profile, Program, SourceFile, Sources, Step, Tx, UniqueId,
    Verdict, compile,
};

use crate::requests::{Request, post};

/// Refuses what cannot be taken apart, and one word.
const RULES: &str = "SecRequestBodyAccess On\nSecRequestBodyLimit 13107200\nSecRequestBodyLimitAction ProcessPartial\n\
    SecRule REQUEST_HEADERS:Content-Type \"@contains json\" \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n\
    SecRule REQUEST_HEADERS:Content-Type \"@contains xml\" \"id:2,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\n\
    SecRule REQBODY_ERROR|MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:3,phase:2,deny,status:400,msg:'Broken'\"\n\
    SecRule ARGS|XML:/*|XML://@* \"@contains forbidden\" \"id:4,phase:2,deny,status:403,msg:'Word'\"\n";

const MULTIPART: &str = "multipart/form-data; boundary=b";

fn program(rules: &str) -> Arc<Program> {
    let file = SourceFile { path: "rules.conf".to_owned(), bytes: rules.as_bytes().to_vec() };
    let options = CompileOptions { policy: PolicyId("crs".to_owned()), profile: Profile::ModSecurity };
    compile(&Sources { files: vec![file], ..Sources::default() }, &options).unwrap().0
}

fn begin(program: &Arc<Program>, request: &Request) -> Tx {
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let mut tx = Tx::new(Arc::clone(program), &ObjectOptions::default(), conn, UniqueId::default());
    tx.request_head(&request.head);
    tx
}

fn judge(rules: &str, content_type: &str, body: &str) -> Verdict {
    let request = post("/a", content_type, body.as_bytes());
    let mut tx = begin(&program(rules), &request);
    tx.request_body(&request.body);
    tx.request_end();
    tx.finish()
}

/// A body of more values than are read, with something before and behind them.
fn long_bodies(before: &str, behind: &str) -> [(&'static str, String); 2] {
    let values = "\"x\",".repeat(10_050);
    let nodes = "<b>x</b>".repeat(5_050) + &"<c y='1'/>".repeat(5_050);
    [
        ("application/json", format!("[\"{before}\",{values}\"{behind}\"]")),
        ("text/xml", format!("<a z='{before}'>{nodes}<b>{behind}</b></a>")),
    ]
}

#[test]
fn body_of_many_values_is_judged_as_far_as_it_is_read_and_is_partial() {
    for (content_type, body) in long_bodies("honest", "honest") {
        let verdict = judge(RULES, content_type, &body);
        assert_eq!((verdict.outcome, verdict.partial), (Outcome::Pass, true), "{content_type}");
    }
    for (content_type, body) in long_bodies("forbidden", "honest") {
        let verdict = judge(RULES, content_type, &body);
        assert_eq!((verdict.outcome, verdict.status, verdict.partial), (Outcome::Block, 403, true), "{content_type}");
    }
    for (content_type, body) in [("application/json", "[\"x\", 1 2]"), ("text/xml", "<a><b>x</a>")] {
        let verdict = judge(RULES, content_type, body);
        assert_eq!((verdict.status, verdict.partial), (400, false), "{content_type}");
    }
}

#[test]
fn operator_who_rejects_what_is_too_large_rejects_too_many_values() {
    let rules = format!("{RULES}SecRequestBodyLimitAction Reject\n");
    for (content_type, body) in long_bodies("honest", "honest") {
        assert_eq!(judge(&rules, content_type, &body).status, 413, "{content_type}");
    }
    assert_eq!(judge(&rules, "application/json", "[1,2]").outcome, Outcome::Pass);
}

#[test]
fn body_judged_before_its_end_is_not_broken_for_that() {
    let program = program(RULES);
    let head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.dcm\"\r\n\r\n";
    for (content_type, whole) in [
        ("application/json", "{\"a\":[\"one\",\"two\"]}".to_owned()),
        ("text/xml", "<a><b c='one'>two</b></a>".to_owned()),
        (MULTIPART, format!("{head}one\r\n{head}two\r\n--b--\r\n")),
    ] {
        for cut in 1..whole.len() {
            let request = post("/a", content_type, whole.as_bytes());
            let mut tx = begin(&program, &request);
            tx.request_body(&request.body[..cut]);
            assert_eq!(tx.request_judge(), Step::Continue, "{content_type} cut at {cut}");
            tx.request_body(&request.body[cut..]);
            assert_eq!(tx.request_end(), Step::Continue, "{content_type} cut at {cut}");
            let verdict = tx.finish();
            assert_eq!((verdict.outcome, verdict.partial), (Outcome::Pass, false), "{content_type} cut at {cut}");
        }
        let broken: String = whole.chars().take(whole.len() - 4).collect();
        assert_eq!(judge(RULES, content_type, &broken).status, 400, "{content_type}: its end never came");
    }
}
