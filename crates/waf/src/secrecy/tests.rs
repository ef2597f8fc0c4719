use proptest::prelude::*;

use super::*;

#[track_caller]
fn secret(names: &[&str], expected: bool) {
    for name in names {
        assert_eq!(is_secret_name(name.as_bytes(), &[]), expected, "{name}");
    }
}

#[test]
fn names_are_secret_by_their_words() {
    secret(
        &["password", "json.user.newPwd", "PASS", "login_pass", "psw", "userPin", "PINCode", "mima", "kou_ling"],
        true,
    );
    secret(&["JSESSIONID", "PHPSESSID", "ASP.NET_SessionId", "laravel_session", "connect.sid", "csrf-token"], true);
    secret(&["x-api-key", "X-Auth-User", "X_AUTH", "Api_Key", "cardNo", "cert_no", "zjh", "idcard", "ID-Card"], true);
    secret(&["sign", "req.sign", "signature", "phone", "mobileNo", "身份证号", "登录密码", "%E5%AF%86%E7%A0%81"], true);
    secret(
        &["q", "name", "compass", "shipping", "pinyin", "side", "assign", "design", "signal", "address", "id"],
        false,
    );
    secret(&["addressId", "classid", "passenger", "url", "code", "", "remark", "症状"], false);
    let more = ["病历号".to_owned(), "MRN".to_owned(), String::new()];
    assert!(is_secret_name("病历号".as_bytes(), &more) && is_secret_name(b"patient_mrn", &more));
    assert!(!is_secret_name(b"other", &more));
    assert!(is_secret_name(b"\xc3\xdc\xc2\xeb", &[]), "GBK");
}

#[track_caller]
fn shown(text: &str, expected: &str) {
    assert_eq!(String::from_utf8_lossy(&without_secrets(text.as_bytes(), &[])), expected, "{text}");
}

#[test]
fn forms_queries_and_urls_show_no_secret() {
    shown("a=1&password=S3CRET' union&b=2", "a=1&password=***&b=2");
    shown("password=", "password=");
    shown("GET /a?token=S3CRET HTTP/1.1", "GET /a?token=*** HTTP/1.1");
    shown("https://x/?back=1&access_token=S3CRET", "https://x/?back=1&access_token=***");
    shown("go=http%3A%2F%2Fx%2F%3Ftoken%3DS3%2526CRET%26x%3D1&b=2", "go=http%3A%2F%2Fx%2F%3Ftoken%3D***%26x%3D1&b=2");
    shown("密码=S3CRET&b", "密码=***&b");
    shown("pwd=S3%26CRET&b", "pwd=***&b");
    shown("theme=dark; JSESSIONID=S3CRET; lang=zh", "theme=dark; JSESSIONID=***; lang=zh");
    shown("<a pwd=\"S3CRET\" href='x'>", "<a pwd=\"***\" href='x'>");
    shown("/a;jsessionid=S3CRET?b=1", "/a;jsessionid=***");
}

#[test]
fn json_shows_no_secret_whole_broken_or_within_another() {
    shown(r#"{"password":"S3\"CRET","a":"x"}"#, r#"{"password":"***","a":"x"}"#);
    shown(r#"{"a":[{"pin" : 1234},{"b":2}]}"#, r#"{"a":[{"pin" : ***},{"b":2}]}"#);
    shown(r#"{"password":"S3CRET' union select 1"#, r#"{"password":"***"#);
    shown(r#"{"a":"{\"password\":\"S3\\\"CRET\",\"b\":1}","c":2}"#, r#"{"a":"{\"password\":\"***\",\"b\":1}","c":2}"#);
    shown(r#"{"\u5bc6\u7801":"S3CRET","a":1}"#, r#"{"\u5bc6\u7801":"***","a":1}"#);
    shown("{password:'S3CRET',a:1}", "{password:'***',a:1}");
    shown("d=%7B%22sfzh%22%3A%22S3CRET%22%2C%22a%22%3A1%7D", "d=%7B%22sfzh%22%3A%22***%22%2C%22a%22%3A1%7D");
    shown(r#"{"password":"S3"CRET","a":1}"#, r#"{"password":"***","a":1}"#);
    shown("{\"token\":\"S3CRET", "{\"token\":\"***");
}

#[test]
fn xml_and_multipart_show_no_secret() {
    let soap = "<e:Body><w:Password Type='text'>S3CRET</w:Password><a>x</a></e:Body>";
    shown(soap, &soap.replace("S3CRET", "***"));
    shown("<pwd><![CDATA[S3<CRET]]></pwd><a/>", "<pwd>***</pwd><a/>");
    shown("<a>&lt;pwd&gt;S3CRET&lt;/pwd&gt;x</a>", "<a>&lt;pwd&gt;***&lt;/pwd&gt;x</a>");
    shown("<pwd/>x<a>y</a>", "<pwd/>x<a>y</a>");
    let part = "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nS3CRET\r\n--b\r\nx";
    shown(part, &part.replace("S3CRET", "***"));
    let cut = "--b\nContent-Disposition: form-data; name=pwd\n\nS3CRET";
    shown(cut, &cut.replace("S3CRET", "***"));
}

#[test]
fn what_is_no_secret_stays_readable() {
    for text in [
        "1' union select 1,2,3 from users where id=7 -- ",
        "name=王&q=a:b&t=12:30&u=https://x/y",
        r#"{"a":{"b":"c"},"d":[1,2]}"#,
        "a <= b && c >= d",
        "the password is asked for, and a token",
        "100% & 5 % \\ %zz &foo; \\u12",
    ] {
        shown(text, text);
    }
}

#[test]
fn time_is_linear_in_the_text() {
    // Each of these once made a search to the end of the text for every sign in it.
    for piece in [
        "password=\"x; ",
        "password='x\r\n",
        "\"pwd\":\"x\r\n",
        "<pwd>",
        "name=pwd ",
        "====",
        "%253D",
        "\\\"pwd\\\":\\\"x ",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let spans = secret_spans(text.as_bytes(), &[]);
        assert!(spans.iter().zip(spans.iter().skip(1)).all(|(one, next)| one.end <= next.start), "{piece}");
    }
}

/// The long way: what [`append_parameter`] spares.
fn parameter_the_long_way(pair: &[u8]) -> Vec<u8> {
    let name = pair.split(|byte| *byte == b'=').next().unwrap();
    if name.len() < pair.len() && is_secret_name(name, &[]) {
        return [name, b"=***"].concat();
    }
    without_secrets(pair, &[])
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "name",
        "token",
        "pin",
        "xauth",
        "a",
        "Id",
        "=",
        "=",
        "%3D",
        "%253D",
        "%E5%AF%86%E7%A0%81",
        "密码",
        "%0A",
        "%",
        "\\u003d",
        "\\",
        "\"",
        "&quot;",
        ":",
        ";",
        "<",
        ">",
        " ",
        "+",
        "-",
        "_",
        ".",
        "[0]",
        "1",
        "\n\n",
        "/",
        "?",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn parameter_is_shown_as_if_it_had_gone_the_long_way(pair in pieces()) {
        let mut shown = Vec::new();
        append_parameter(pair.as_bytes(), &mut shown);
        prop_assert_eq!(shown, parameter_the_long_way(pair.as_bytes()));
    }
}
