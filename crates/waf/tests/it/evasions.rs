//! Bodies that two servers read differently: whatever one of them would take for an argument is inspected.

use std::io::Write;

use medward_waf::http1::HttpFinding;
use medward_waf::{Outcome, Verdict};

use crate::requests::{Request, browser, get, judge, percent, post};

const FORM: &str = "application/x-www-form-urlencoded";
const ATTACK: &str = "1' union select username,password from users-- -";

fn each_byte(spell: fn(u8) -> String) -> String {
    ATTACK.bytes().fold(String::new(), |text, byte| text + &spell(byte))
}

fn is_blocked(verdict: &Verdict, what: &str) {
    assert_eq!(verdict.outcome, Outcome::Block, "{what}: {:?}", verdict.parse);
    assert!(verdict.hits.iter().any(|hit| hit.rule.starts_with("MW-SQLI-")), "{what}");
}

fn part(headers: &str, content: &str) -> String {
    format!("{headers}\r\n\r\n{content}\r\n")
}

#[test]
fn multipart_bodies_that_servers_read_differently_hide_nothing() {
    let field = |content: &str| part("Content-Disposition: form-data; name=\"q\"", content);
    let (attack, harmless) = (field(ATTACK), field("report"));
    let quoted_printable: String = each_byte(|byte| format!("={byte:02X}"));
    let encoded = |name: &str, content: &str| {
        part(&format!("Content-Disposition: form-data; name=\"q\"\r\nContent-Transfer-Encoding: {name}"), content)
    };
    let far = "x".repeat(100_000);
    let cases: &[(&str, &str, String)] = &[
        (
            "the last of two boundaries counts for Werkzeug",
            "boundary=BB; boundary=AA",
            format!("--BB\r\n{harmless}--BB--\r\n--AA\r\n{attack}--AA--\r\n"),
        ),
        (
            "an attack under the other boundary and far away",
            "boundary=BB; boundary=AA",
            format!(
                "--BB\r\n{}--AA\r\n{attack}--AA--\r\n--BB--\r\n",
                part("Content-Disposition: form-data; name=f; filename=x", &far)
            ),
        ),
        (
            "an extended boundary",
            "boundary=BB; boundary*=us-ascii''AA",
            format!("--BB\r\n{harmless}--BB--\r\n--AA\r\n{attack}--AA--\r\n"),
        ),
        ("parts behind the end", "boundary=AA", format!("--AA--\r\n--AA\r\n{attack}--AA--\r\n")),
        ("parts far behind the end", "boundary=AA", format!("--AA--\r\n{far}\r\n--AA\r\n{attack}--AA--\r\n")),
        ("text before the parts", "boundary=AA", format!("q={ATTACK}\r\n--AA\r\n{harmless}--AA--\r\n")),
        ("text behind the parts", "boundary=AA", format!("--AA\r\n{harmless}--AA--\r\nq={ATTACK}\r\n")),
        (
            "quoted-printable",
            "boundary=AA",
            format!("--AA\r\n{}--AA--\r\n", encoded("quoted-printable", &quoted_printable)),
        ),
        ("an encoding nobody knows", "boundary=AA", format!("--AA\r\n{}--AA--\r\n", encoded("x-none", ATTACK))),
        (
            "parts in a part",
            "boundary=AA",
            format!(
                "--AA\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Type: multipart/mixed; boundary=CC\r\n\r\n--CC\r\n{attack}--CC--\r\n--AA--\r\n"
            ),
        ),
    ];
    for (what, parameters, body) in cases {
        let verdict = judge(&post("/a", &format!("multipart/form-data; {parameters}"), body.as_bytes()));
        is_blocked(&verdict, what);
        assert!(verdict.parse.contains(&HttpFinding::MultipartBroken), "{what}");
    }
}

#[test]
fn the_text_of_an_upload_is_inspected_like_an_argument() {
    for disposition in [
        "filename*=UTF-8''x.txt",
        "filename=\"x.txt\"",
        "filename=\"\"",
        "filename=\"x.bin\"\r\nContent-Type: application/octet-stream",
        "filename=\"x.bin\"\r\nContent-Type: text/plain",
    ] {
        let part = part(&format!("Content-Disposition: form-data; name=\"q\"; {disposition}"), ATTACK);
        let verdict =
            judge(&post("/a", "multipart/form-data; boundary=AA", format!("--AA\r\n{part}--AA--\r\n").as_bytes()));
        is_blocked(&verdict, disposition);
        assert!(verdict.hits.iter().any(|hit| hit.variable == "ARGS:q"), "{disposition}");
    }
}

#[test]
fn commands_in_a_broken_multipart_body_are_found_too() {
    let body = "--AA--\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\n127.0.0.1; cat /etc/hosts\r\n";
    let verdict = judge(&post("/a", "multipart/form-data; boundary=AA", body.as_bytes()));
    assert!(verdict.hits.iter().any(|hit| hit.rule == "MW-SHELL-001"), "{:?}", verdict.hits);
}

fn wide(text: &str, unit: fn(char) -> Vec<u8>) -> Vec<u8> {
    text.chars().flat_map(unit).collect()
}

#[test]
fn repeated_content_types_are_read_in_every_way() {
    let multipart = format!(
        "--AA\r\n{}--AA--\r\n",
        part("Content-Disposition: form-data; name=\"q\"", &format!("{ATTACK}\r\n--x"))
    );
    let form = format!("q={}", percent(ATTACK.as_bytes()));
    for (first, second, body) in [
        ("multipart/form-data; boundary=AA", FORM, &multipart),
        (FORM, "multipart/form-data; boundary=AA", &multipart),
        ("multipart/form-data; boundary=AA", FORM, &form),
        ("image/png", FORM, &form),
        (FORM, FORM, &form),
    ] {
        let mut request = post("/a", first, body.as_bytes());
        request.head.push_header(b"content-type", second.as_bytes());
        let verdict = judge(&request);
        is_blocked(&verdict, &format!("{first} and {second}"));
        assert!(verdict.parse.contains(&HttpFinding::ContentTypeRepeated));
    }
    let verdict = judge(&post("/a", &format!("{FORM}, text/plain"), form.as_bytes()));
    assert!(verdict.hits.iter().any(|hit| hit.variable == "ARGS:q"), "PHP ends a type at a comma: {:?}", verdict.hits);
}

#[test]
fn wide_and_foreign_encodings_hide_nothing() {
    let little: fn(char) -> Vec<u8> = |character| u16::try_from(u32::from(character)).unwrap().to_le_bytes().to_vec();
    let big: fn(char) -> Vec<u8> = |character| u16::try_from(u32::from(character)).unwrap().to_be_bytes().to_vec();
    let little4: fn(char) -> Vec<u8> = |character| u32::from(character).to_le_bytes().to_vec();
    let big4: fn(char) -> Vec<u8> = |character| u32::from(character).to_be_bytes().to_vec();
    // Escaped once more, so that no view of the raw bytes would show it.
    let escaped: String = each_byte(|byte| format!("\\u{byte:04x}"));
    for (what, unit) in [("UTF-16LE", little), ("UTF-16BE", big), ("UTF-32LE", little4), ("UTF-32BE", big4)] {
        for (kind, text) in [
            ("application/json", format!("{{\"q\":\"{escaped}\"}}")),
            ("application/json", format!("\u{feff}{{\"q\":\"{ATTACK}\"}}")),
            ("", format!("[\"{ATTACK}\"]")),
            ("text/plain", format!("q={ATTACK}")),
            ("text/xml", format!("<a>{ATTACK}</a>")),
        ] {
            let verdict = judge(&post("/a", kind, &wide(&text, unit)));
            is_blocked(&verdict, &format!("{what} as {kind}"));
            if kind == "application/json" {
                let found = verdict.hits.iter().any(|hit| hit.variable == "ARGS:json.q");
                assert!(found && verdict.parse.is_empty(), "{what}: {:?}", verdict.parse);
            }
        }
        let declared = format!("text/plain; charset={what}");
        is_blocked(&judge(&post("/a", &declared, &wide(ATTACK, unit))), &declared);
        is_blocked(&judge(&post("/a", &declared, format!("q={ATTACK}").as_bytes())), "a charset that is not true");
    }
    let seven = ATTACK.replace('\'', "+ACc-").replace('e', "+AGU-");
    is_blocked(&judge(&post("/a", "text/plain; charset=utf-7", seven.as_bytes())), "UTF-7");
    let document = format!("<?xml version=\"1.0\" encoding=\"UTF-7\"?><a>{seven}</a>");
    is_blocked(&judge(&post("/a", "text/xml", document.as_bytes())), "UTF-7 in an XML declaration");
    let part = part("Content-Disposition: form-data; name=\"q\"\r\nContent-Type: text/plain; charset=utf-7", &seven);
    let body = format!("--AA\r\n{part}--AA--\r\n");
    is_blocked(&judge(&post("/a", "multipart/form-data; boundary=AA", body.as_bytes())), "UTF-7 in a part");
    // `1' union select 1,2` in code page 037, percent-encoded as ASP.NET decodes it.
    let ebcdic = "q=%F1%7D%40%A4%95%89%96%95%40%A2%85%93%85%83%A3%40%F1%6B%F2";
    is_blocked(&judge(&post("/a", &format!("{FORM}; charset=ibm037"), ebcdic.as_bytes())), "EBCDIC");
    let unknown = judge(&post("/a", "text/plain; charset=x-none", b"hello"));
    assert_eq!((unknown.outcome, unknown.parse), (Outcome::Pass, vec![HttpFinding::CharsetUnknown]));
}

#[test]
fn nul_bytes_do_not_make_a_text_binary() {
    for kind in ["text/plain", "text/csv", "", "nonsense", "text/plain; charset=utf-8"] {
        is_blocked(&judge(&post("/a", kind, format!("\0q={ATTACK}").as_bytes())), kind);
        is_blocked(&judge(&post("/a", kind, format!("q\0\0\0\u{1}\u{2}\u{3}={ATTACK}").as_bytes())), kind);
    }
}

#[test]
fn json_that_only_lenient_parsers_read_hides_nothing() {
    for body in [
        format!("\u{feff}{{\"q\":\"{ATTACK}\"}}"),
        format!("{{\"q\":\"1\",\"q\":\"{ATTACK}\"}}"),
        format!("{{\"a\":NaN,\"b\":-Infinity,\"q\":\"{ATTACK}\"}}"),
        format!("{{/* x */\"q\":\"{ATTACK}\"}}"),
        format!("// x\n{{\"q\":\"{ATTACK}\"}}"),
        format!("{{q:\"{ATTACK}\"}}"),
        format!("{{\"a\":1}}{{\"q\":\"{ATTACK}\"}}"),
        format!("[1,,\"{ATTACK}\"]"),
        format!("q={}", percent(ATTACK.as_bytes())),
    ] {
        is_blocked(&judge(&post("/a", "application/json", body.as_bytes())), &body);
    }
    let verdict = judge(&post("/a", "application/json", b"{\"a\":NaN,\"b\":[Infinity,-Infinity]}"));
    assert_eq!((verdict.outcome, verdict.parse), (Outcome::Pass, vec![]), "Python writes such numbers");
    let shell = "{/* x */\"host\":\"127.0.0.1; cat /etc/hosts\"}";
    let verdict = judge(&post("/a", "application/json", shell.as_bytes()));
    assert!(verdict.hits.iter().any(|hit| hit.rule == "MW-SHELL-001"), "{:?}", verdict.hits);
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// RFC 7932 §9.2: a window of 16 bits, one meta-block that is not compressed, an empty last one.
fn brotli(body: &[u8]) -> Vec<u8> {
    let header = (u32::try_from(body.len()).unwrap() - 1) << 4 | 1 << 20;
    [&header.to_le_bytes()[..3], body, b"\x03"].concat()
}

/// RFC 8878 §3.1.1: one segment, its size in four bytes, one raw block.
fn zstd(body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).unwrap();
    let block = (size << 3 | 1).to_le_bytes();
    [b"\x28\xb5\x2f\xfd\xa0", &size.to_le_bytes()[..], &block[..3], body].concat()
}

fn judge_encoded(kind: &str, codings: &[&str], body: &[u8]) -> Verdict {
    let mut request = post("/a", kind, body);
    for coding in codings {
        request.head.push_header(b"Content-Encoding", coding.as_bytes());
    }
    judge(&request)
}

#[test]
fn compressed_bodies_are_decompressed_and_inspected() {
    let json = format!("{{\"q\":\"{ATTACK}\"}}").into_bytes();
    let part = part("Content-Disposition: form-data; name=\"q\"", ATTACK);
    let multipart = format!("--AA\r\n{part}--AA--\r\n").into_bytes();
    let two_members =
        [gzip(b"{\"a\":1,\"q\":\"1' union "), gzip(b"select username,password from users-- -\"}")].concat();
    let cases: &[(&str, &str, &[&str], Vec<u8>)] = &[
        ("gzip", "application/json", &["gzip"], gzip(&json)),
        ("old name", "application/json", &["X-GZIP"], gzip(&json)),
        ("zlib", "application/json", &["deflate"], zlib(&json)),
        ("raw deflate", "application/json", &["deflate"], raw_deflate(&json)),
        ("brotli", "application/json", &["br"], brotli(&json)),
        ("zstd", "application/json", &["ZSTD"], zstd(&json)),
        ("zstd in brotli", "application/json", &["zstd, br"], brotli(&zstd(&json))),
        ("two codings", "application/json", &["deflate, gzip"], gzip(&zlib(&json))),
        ("two lines", "application/json", &["deflate", "gzip"], gzip(&zlib(&json))),
        ("two members", "application/json", &["gzip"], two_members),
        ("multipart", "multipart/form-data; boundary=AA", &["gzip"], gzip(&multipart)),
    ];
    for (what, kind, codings, body) in cases {
        let verdict = judge_encoded(kind, codings, body);
        is_blocked(&verdict, what);
        assert!(!verdict.partial && verdict.parse.is_empty(), "{what}: {:?}", verdict.parse);
    }
    let honest = judge_encoded("application/json", &["gzip"], &gzip("{\"name\":\"王小明\"}".as_bytes()));
    assert_eq!((honest.outcome, honest.partial, honest.parse), (Outcome::Pass, false, vec![]));
}

#[test]
fn a_coding_that_is_not_true_hides_nothing() {
    let json = format!("{{\"q\":\"{ATTACK}\"}}").into_bytes();
    let mut cut = gzip(&[json.as_slice(), "x".repeat(100).as_bytes()].concat());
    cut.truncate(cut.len() - 9);
    let trailed = [gzip(b"{}"), json.clone()].concat();
    // A member with a name: `\x1f\x8b`, deflate, flag 8, six bytes, the name, a NUL.
    let named = [b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".as_slice(), ATTACK.as_bytes(), b"\0", &gzip(b"{}")[10..]].concat();
    let cases: [(&str, &str, &[u8], Option<HttpFinding>); 11] = [
        ("plain text", "gzip", &json, Some(HttpFinding::EncodingBroken)),
        ("plain text as deflate", "deflate", &json, Some(HttpFinding::EncodingBroken)),
        ("cut off", "gzip", &cut, Some(HttpFinding::EncodingBroken)),
        ("text behind it", "gzip", &trailed, Some(HttpFinding::EncodingBroken)),
        ("text behind brotli", "br", &[brotli(b"{}"), json.clone()].concat(), Some(HttpFinding::EncodingBroken)),
        ("text behind zstd", "zstd", &[zstd(b"{}"), json.clone()].concat(), Some(HttpFinding::EncodingBroken)),
        ("text in the header of a member", "gzip", &named, None),
        ("plain text as brotli", "br", &json, Some(HttpFinding::EncodingBroken)),
        ("plain text as zstd", "zstd", &json, Some(HttpFinding::EncodingBroken)),
        ("unknown", "compress", &json, Some(HttpFinding::EncodingUnknown)),
        ("too many", "gzip, gzip, gzip", &json, Some(HttpFinding::DecompressionBomb)),
    ];
    for (what, codings, body, finding) in cases {
        let verdict = judge_encoded("application/json", &[codings], body);
        is_blocked(&verdict, what);
        assert!(
            finding.is_none_or(|finding| verdict.parse.contains(&finding) && verdict.partial),
            "{what}: {:?}",
            verdict.parse
        );
    }
}

#[test]
fn decompression_bombs_are_found() {
    for (coding, body) in [("gzip", gzip(&vec![b' '; 20 << 20])), ("gzip, gzip", gzip(&gzip(&vec![b' '; 8 << 20])))] {
        let verdict = judge_encoded("application/json", &[coding], &body);
        assert!(
            verdict.partial && verdict.parse.contains(&HttpFinding::DecompressionBomb),
            "{coding}: {:?}",
            verdict.parse
        );
    }
}

#[test]
fn cookies_that_only_some_servers_unquote_hide_nothing() {
    let octal: String = each_byte(|byte| format!("\\{byte:03o}"));
    for cookie in [
        format!("lang=zh; q=\"{ATTACK}\""),
        format!("q=\"{octal}\""),
        "q=\"1' union/*;*/select username,password from users-- -\"".to_owned(),
        format!("$Version=1; q={}", percent(ATTACK.as_bytes())),
    ] {
        let head = browser("GET", b"/").with_header(b"Cookie", cookie.as_bytes());
        is_blocked(&judge(&Request { head, body: Vec::new() }), &cookie);
    }
    let honest = "theme=\"dark; large\"; name=\"O'Brien\"; a=1; b=\"x\"";
    let head = browser("GET", b"/").with_header(b"Cookie", honest.as_bytes());
    assert_eq!(judge(&Request { head, body: Vec::new() }).score_in, 0);
}

#[test]
fn forms_and_documents_in_odd_spellings_hide_nothing() {
    let unicode: String = each_byte(|byte| format!("%u{byte:04x}"));
    let full_width: String = ATTACK.chars().map(|letter| if letter == '\'' { '\u{ff07}' } else { letter }).collect();
    is_blocked(&judge(&get(format!("/a?q={unicode}").as_bytes())), "%u in a query");
    for (kind, body) in [
        (FORM, format!("q={unicode}")),
        (FORM, format!("a=1;q={}", percent(ATTACK.as_bytes()))),
        (FORM, format!("q={}", percent(full_width.as_bytes()))),
        (
            "application/x-www-form-urlencoded; charset=utf-16le",
            format!("q={}", percent(&ATTACK.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<_>>())),
        ),
        ("Application/X-WWW-Form-URLEncoded;charset=GBK", format!("q={}", percent(ATTACK.as_bytes()))),
        ("text/xml", format!("<?xml version=\"1.0\" encoding=\"utf-16\"?><a>{ATTACK}</a>")),
        ("text/xml", "<a><![CDATA[1' uni]]><!-- x -->on select username,password from users-- -</a>".to_owned()),
        ("text/xml", format!("<a q=\"{}\"/>", ATTACK.replace('\'', "&#x27;"))),
        ("multipart/mixed; boundary=AA", format!("--AA\r\nContent-Type: text/plain\r\n\r\n{ATTACK}\r\n--AA--\r\n")),
        (
            "multipart/form-data boundary=AA",
            format!("--AA\r\nContent-Disposition: form-data; name=q\r\n\r\n{ATTACK}\r\n--AA--\r\n"),
        ),
    ] {
        is_blocked(&judge(&post("/a", kind, body.as_bytes())), &format!("{kind}: {body}"));
    }
}
