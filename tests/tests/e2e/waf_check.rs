//! `medward waf check`: captured requests judged at the command line, with the lines and exit codes of waf.md §10.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use medward_tests::peer::{command, texts};
use medward_tests::{finished, medward_binary};
use serde_json::Value;

const HEAD: &str = "HTTP/1.1\r\nHost: tj.example.org\r\nUser-Agent: Mozilla/5.0\r\n";

fn post(kind: &str, body: &str) -> String {
    format!("POST /record {HEAD}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn write(folder: &Path, name: &str, request: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, request).unwrap();
}

/// Requests of every kind below `folder`/requests.
fn capture(folder: &Path) {
    let requests = folder.join("requests");
    let form = "application/x-www-form-urlencoded";
    write(&requests, "1-honest.http", &format!("GET /report?id=7&name=%E7%8E%8B%E8%8A%B3 {HEAD}\r\n"));
    write(&requests, "2-query.http", &format!("GET /report?id=1'%20OR%20'1'='1 {HEAD}\r\n"));
    write(&requests, "3/form.http", &post(form, "name=wang&id=1%27+UNION+SELECT+login%2Cpassword+FROM+users--+"));
    write(&requests, "3/json.http", &post("application/json", r#"{"patient":{"name":"x' OR '1'='1"}}"#));
    let smuggled = "GET /admin HTTP/1.1\r\nHost: tj.example.org\r\n\r\n";
    let heads = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";
    write(&requests, "4-smuggling.http", &format!("POST / {HEAD}{heads}\r\n0\r\n\r\n{smuggled}"));
    write(&requests, "5-wrong-length.http", &post(form, "name=wang").replace("Length: 9", "Length: 900"));
}

fn lines(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_file_of_a_folder_gets_its_line_in_name_order_and_the_last_line_sums_up() {
    let folder = tempfile::tempdir().unwrap();
    capture(folder.path());
    let (stdout, stderr, code) = texts(&finished(folder.path(), &["waf", "check", "--policy", "balanced", "requests"]));
    assert_eq!(code, 0, "{stderr}");
    let lines = lines(&stdout);
    let (last, files) = lines.split_last().unwrap();
    let expected = [
        ("requests/1-honest.http", "pass", "", ""),
        ("requests/2-query.http", "block", "MW-SQLI-", "ARGS:id"),
        ("requests/3/form.http", "block", "MW-SQLI-", "ARGS:id"),
        ("requests/3/json.http", "block", "MW-SQLI-", "ARGS:json.patient.name"),
        ("requests/4-smuggling.http", "block", "MW-HTTP-022", "REQUEST_HEAD"),
        ("requests/5-wrong-length.http", "pass", "", ""),
    ];
    assert_eq!(files.len(), expected.len(), "{stdout}");
    for (line, (file, verdict, id, variable)) in files.iter().zip(expected) {
        assert_eq!(line["file"], file);
        assert_eq!(line["verdict"], verdict, "{line}");
        assert_eq!(keys(line), BTreeSet::from(["cpu_us", "file", "rules", "score", "verdict"]));
        assert!(line["cpu_us"].is_u64(), "{line}");
        let rules = line["rules"].as_array().unwrap();
        assert_eq!(rules.is_empty(), verdict == "pass", "{line}");
        for rule in rules {
            assert_eq!(keys(rule), BTreeSet::from(["decoded", "id", "matched", "msg", "variable"]));
            assert!(rule["id"].as_str().unwrap().starts_with(id), "{line}");
        }
        assert!(rules.is_empty() || rules.iter().any(|rule| rule["variable"] == variable), "{line}");
        let scored = verdict == "block" && !id.starts_with("MW-HTTP");
        assert_eq!(line["score"].as_u64().unwrap() >= 5, scored, "{line}");
    }
    let query = &files[1]["rules"][0];
    assert_eq!(query["decoded"], "1' OR '1'='1");
    assert!(query["decoded"].as_str().unwrap().contains(query["matched"].as_str().unwrap()), "{query}");

    let summary = &last["summary"];
    assert_eq!(keys(last), BTreeSet::from(["summary"]));
    let figures = ["block", "cpu_us_mean", "cpu_us_p99", "files", "pass", "unreadable", "wall_ms"];
    assert_eq!(keys(summary), BTreeSet::from(figures));
    let counts = ["files", "pass", "block", "unreadable"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts, [6, 2, 4, 0]);
    assert_eq!(summary["cpu_us_p99"], files.iter().map(|line| line["cpu_us"].as_u64().unwrap()).max().unwrap());
    assert!(summary["cpu_us_mean"].as_u64() <= summary["cpu_us_p99"].as_u64());
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("5-wrong-length.http: Content-Length says 900, the body has 9 bytes"), "{stderr}");
    assert!(!folder.path().join("data").exists(), "a check made an installation");
}

#[test]
fn file_that_is_no_request_is_counted_and_named_and_the_rest_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "r/a.http", "GET / HTTP/1.1\r\nHost: a\r\n");
    std::os::unix::fs::symlink("missing", folder.path().join("r/b.http")).unwrap();
    write(folder.path(), "r/c.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let arguments = ["waf", "check", "--policy", "balanced", "--host", "tj.example.org", "r", "gone.http"];
    let (stdout, stderr, code) = texts(&finished(folder.path(), &arguments));
    assert_eq!(code, 1, "{stderr}");
    let lines = lines(&stdout);
    assert_eq!(lines.len(), 2, "{stdout}");
    assert_eq!(lines[0]["file"], "r/c.http");
    assert_eq!(lines[0]["verdict"], "pass");
    let counts = ["files", "pass", "block", "unreadable"].map(|name| lines[1]["summary"][name].as_u64().unwrap());
    assert_eq!(counts, [4, 1, 0, 3]);
    let named = ["r/a.http: not read as a request: the head does not end", "r/b.http", "gone.http"];
    assert_eq!(stderr.lines().count(), named.len(), "{stderr}");
    for (line, name) in stderr.lines().zip(named) {
        assert!(line.contains(name), "{name:?} is missing in {line}");
    }
}

#[test]
fn each_policy_judges_in_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    let requests = folder.path().join("requests");
    write(&requests, "1-honest.http", &format!("GET /report?id=7 {HEAD}\r\n"));
    write(&requests, "2-attack.http", &format!("GET /report?id=1'%20OR%20'1'='1 {HEAD}\r\n"));
    write(&requests, "3-method.http", &format!("PURGE /report?id=7 {HEAD}\r\n"));
    write(&requests, "4-foreign.http", &format!("GET /report?id=eval {HEAD}\r\n"));
    let rule = "SecRule ARGS \"@contains eval\" \"id:801,phase:2,deny,t:none,msg:'bad word'\"\n";
    write(folder.path(), "crs/crs-setup.conf.example", "# nothing\n");
    write(folder.path(), "crs/rules/REQUEST-800.conf", rule);
    for (policy, crs, expected) in [
        ("balanced", None, [("pass", ""), ("block", "MW-SQLI-"), ("pass", ""), ("pass", "")]),
        ("observe", None, [("pass", ""), ("pass", "MW-SQLI-"), ("pass", ""), ("pass", "")]),
        ("strict", None, [("pass", ""), ("block", "MW-SQLI-"), ("block", "MW-PROTOCOL-001"), ("pass", "")]),
        ("crs", Some("crs"), [("pass", ""), ("pass", ""), ("pass", ""), ("block", "801")]),
    ] {
        let mut arguments = vec!["waf", "check", "--policy", policy];
        arguments.extend(crs.into_iter().flat_map(|folder| ["--crs", folder]));
        arguments.push("requests");
        let (stdout, stderr, code) = texts(&finished(folder.path(), &arguments));
        assert_eq!(code, 0, "{stderr}");
        for (line, (verdict, rule)) in lines(&stdout).iter().zip(expected) {
            let first = line["rules"][0]["id"].as_str().unwrap_or_default();
            assert_eq!((line["verdict"].as_str().unwrap(), first.is_empty()), (verdict, rule.is_empty()), "{line}");
            assert!(first.starts_with(rule), "{policy}: {line}");
        }
    }
}

#[test]
fn policy_that_cannot_be_meant_is_one_clear_line_and_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    capture(folder.path());
    let refused = |arguments: &[&str], words: &[&str]| {
        let all = [&["waf", "check"][..], arguments].concat();
        let (stdout, stderr, code) = texts(&finished(folder.path(), &all));
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (64, "", 1), "{stderr}");
        for word in words {
            assert!(stderr.contains(word), "{word:?} is missing in {stderr}");
        }
    };
    refused(&["--policy", "crs", "requests"], &["policy crs", "--crs must name the folder"]);
    refused(&["--policy", "balanced", "--crs", "rules", "requests"], &["--crs", "balanced", "belongs to crs"]);
    refused(&["--policy", "blanced", "requests"], &["blanced", "no such policy", "balanced, observe, strict and crs"]);
    refused(&["--policy", "balanced", "--host", "a b", "requests"], &["a b", "--host"]);

    let usage = [&["requests"][..], &["--policy", "balanced"], &["--policy", "balanced", "--data", "x", "requests"]];
    for arguments in usage {
        let (stdout, stderr, code) = texts(&finished(folder.path(), &[&["waf", "check"][..], arguments].concat()));
        assert_eq!((code, stdout.as_str()), (64, ""), "{arguments:?}: {stderr}");
    }
}

#[test]
fn protected_object_is_judged_as_its_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let requests = folder.path().join("requests");
    write(&requests, "1-attack.http", &format!("GET /report?id=1'%20OR%20'1'='1 {HEAD}\r\n"));
    write(&requests, "2-unusual.http", &format!("GET /report?file=/x/.env {HEAD}\r\n"));
    let late = format!("note={}&id=1'+OR+'1'='1", "x".repeat(4096));
    write(&requests, "3-late.http", &post("application/x-www-form-urlencoded", &late));
    write(&requests, "4-foreign.http", &format!("GET /report?id=eval {HEAD}\r\n"));
    let rule = "SecRule ARGS \"@contains eval\" \"id:801,phase:2,deny,t:none,msg:'bad word'\"\n";
    write(folder.path(), "crs/crs-setup.conf", "# nothing\n");
    write(folder.path(), "crs/rules/REQUEST-800.conf", rule);
    let objects = [
        ("plain", ""),
        ("strict", "policy = \"strict\""),
        ("observing", "policy = \"strict\"\nmode = \"observe\""),
        ("bypass", "mode = \"bypass\""),
        ("short", "inspect_limit = \"1KiB\""),
        ("crs", "policy = \"crs\""),
    ];
    let objects = objects.map(|(name, more)| {
        let hosts = format!("hosts = [\"{name}\"]\nupstreams = [\"http://127.0.0.1:9\"]\n");
        format!("[[gateway.object]]\nname = \"{name}\"\n{hosts}{more}\n")
    });
    write(folder.path(), "medward.toml", &format!("[gateway.crs]\ndirectory = \"crs\"\n{}", objects.concat()));
    let (block, pass) = ("block", "pass");
    for (object, expected) in [
        (&["plain"][..], [block, pass, block, pass]),
        (&["strict"], [block, block, block, pass]),
        (&["strict", "--policy", "balanced"], [block, pass, block, pass]),
        (&["observing"], [pass, pass, pass, pass]),
        (&["bypass"], [pass, pass, pass, pass]),
        (&["short"], [block, pass, pass, pass]),
        (&["crs"], [pass, pass, pass, block]),
        (&["plain", "--policy", "crs"], [pass, pass, pass, block]),
        (&["crs", "--policy", "crs", "--crs", "crs"], [pass, pass, pass, block]),
    ] {
        let arguments = [&["waf", "check", "--object"][..], object, &["requests"]].concat();
        let (stdout, stderr, code) = texts(&finished(folder.path(), &arguments));
        assert_eq!(code, 0, "{stderr}");
        let verdicts: Vec<_> = lines(&stdout).iter().take(4).map(|line| line["verdict"].clone()).collect();
        assert_eq!(verdicts, expected, "{object:?}: {stdout}{stderr}");
        let rules = |line: usize| lines(&stdout)[line]["rules"].as_array().unwrap().len();
        match object[0] {
            "observing" => assert!(rules(0) > 0 && rules(1) > 0, "what is only observed is told"),
            "bypass" => assert_eq!(rules(0), 0),
            "short" => assert!(stderr.contains("3-late.http: some of it lies behind a limit"), "{stderr}"),
            _ => {}
        }
    }
    for (object, words) in [
        (&["PACS"][..], &["\"PACS\"", "there is none of this name", "medward.toml"][..]),
        (&["plain", "--policy", "lenient"], &["lenient", "no such policy"]),
        (&["plain", "--crs", "crs"], &["--crs", "belongs to crs"]),
        (&["plain", "--config", "gone.toml"], &["gone.toml"]),
    ] {
        let arguments = [&["waf", "check", "--object"][..], object, &["requests"]].concat();
        let (stdout, stderr, code) = texts(&finished(folder.path(), &arguments));
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (64, "", 1), "{object:?}: {stderr}");
        assert!(words.iter().all(|word| stderr.contains(word)), "{stderr}");
    }
    assert!(!folder.path().join("data").exists(), "a check made an installation");
}

#[test]
fn example_of_the_documentation_works_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/waf.md")).unwrap();
    let section = page.split("## Judging captured requests").nth(1).unwrap();
    let script: Vec<_> = section
        .lines()
        .skip_while(|line| !line.starts_with("    "))
        .take_while(|line| line.starts_with("    "))
        .map(str::trim_start)
        .collect();
    assert!(script.iter().any(|line| line.starts_with("medward waf check")), "{script:?}");
    let folder = tempfile::tempdir().unwrap();
    let path = format!("{}:/usr/bin:/bin", medward_binary().parent().unwrap().display());
    let shell =
        command("sh").args(["-ec", &script.join("\n")]).env("PATH", path).current_dir(&folder).output().unwrap();
    let (stdout, stderr, code) = texts(&shell);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let verdicts: Vec<_> = lines(&stdout)
        .iter()
        .filter_map(|line| Some((line["file"].as_str()?.to_owned(), line["verdict"].as_str()?.to_owned())))
        .collect();
    let expected = [("requests/honest.http", "pass"), ("requests/injection.http", "block")];
    assert_eq!(verdicts, expected.map(|(file, verdict)| (file.to_owned(), verdict.to_owned())));
}
