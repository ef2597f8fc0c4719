use proptest::prelude::*;

use super::*;

type Pairs = Vec<(String, String)>;

fn pairs(sink: &Sink, collection: Collection) -> Pairs {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let of_collection = sink.values.iter().filter(|value| value.collection == collection);
    of_collection.map(|value| (text(sink.values.name(value)), text(sink.values.bytes(value)))).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn form(text: &str, expected: &[(&str, &str)]) {
    let mut sink = Sink::default();
    parse_form(text.as_bytes(), Collection::ArgsGet, &Limits::default(), &mut sink);
    assert_eq!(pairs(&sink, Collection::ArgsGet), owned(expected), "{text}");
}

#[test]
fn forms_are_cut_and_decoded_once() {
    form("a=1&b=2", &[("a", "1"), ("b", "2")]);
    form("a=1&a=2&&c", &[("a", "1"), ("a", "2"), ("c", "")]);
    form("=x&a==b", &[("", "x"), ("a", "=b")]);
    form("n%61me=%2541+b", &[("name", "%41 b")]);
    form("", &[]);
}

#[test]
fn arguments_beyond_the_limit_come_as_one_value() {
    let mut sink = Sink::default();
    let limits = Limits { arguments: 2, ..Limits::default() };
    parse_form(b"a=1&b=2&c=%33&d=4", Collection::ArgsGet, &limits, &mut sink);
    assert_eq!(pairs(&sink, Collection::ArgsGet), owned(&[("a", "1"), ("b", "2"), ("", "c=3&d=4")]));
    assert!(sink.partial);
    assert_eq!(sink.findings, [HttpFinding::TooManyArguments]);
}

#[test]
fn cookies_are_cut_but_not_decoded() {
    let mut sink = Sink::default();
    parse_cookies(b"a=1; b=x=y;c ; ;d=%41", &Limits::default(), &mut sink);
    assert_eq!(pairs(&sink, Collection::RequestCookies), owned(&[("a", "1"), ("b", "x=y"), ("c", ""), ("d", "%41")]));
}

fn json(text: &str, complete: bool, expected: &[(&str, &str)]) {
    let mut sink = Sink::default();
    assert_eq!(parse_json(text.as_bytes(), &Limits::default(), &mut sink), complete, "{text}");
    assert_eq!(pairs(&sink, Collection::ArgsPost), owned(expected), "{text}");
}

#[test]
fn json_values_are_named_by_their_path() {
    json(
        r#"{"a":{"b":"x"},"c":[1,{"d":true},null]}"#,
        true,
        &[("json.a.b", "x"), ("json.c.array_0", "1"), ("json.c.array_1.d", "true"), ("json.c.array_2", "")],
    );
    json("[[],{},[[]]]", true, &[]);
    json("\u{feff} \"x\" ", true, &[("json", "x")]);
    json("-1.5e+3", true, &[("json", "-1.5e+3")]);
    json(r#"{"a":1,"a":2}"#, true, &[("json.a", "1"), ("json.a", "2")]);
    json(r#"{"":1,"a.b":2}"#, true, &[("json.", "1"), ("json.a.b", "2")]);
}

#[test]
fn json_strings_are_unescaped() {
    json(r#""\u003c\/\n\"\\\ud83d\ude00\ud800x""#, true, &[("json", "</\n\"\\😀\u{fffd}x")]);
    json("\"raw \u{1} control\"", true, &[("json", "raw \u{1} control")]);
}

#[test]
fn broken_json_keeps_what_was_read() {
    json(r#"{"a":1,"b":"x"#, false, &[("json.a", "1"), ("json.b", "x")]);
    json(r#"{"a":1}}"#, false, &[("json.a", "1")]);
    json(r#"{"a":1,}"#, false, &[("json.a", "1")]);
    json(r#"{"a" 1}"#, false, &[]);
    json("{a:1}", false, &[("json.a", "1")]);
    json("[1 2]", false, &[("json.array_0", "1")]);
    json(r#"["\q"]"#, false, &[("json.array_0", ""), ("json.array_0", "q")]);
    json(r#"["\u12"]"#, false, &[("json.array_0", "")]);
    json("nul", false, &[]);
    json("", false, &[]);
    json("[1}", false, &[("json.array_0", "1")]);
}

#[test]
fn what_lenient_readers_take_for_json_is_read_and_stays_broken() {
    json(r#"{a:'x\' y',"b":2}"#, false, &[("json.a", "x' y"), ("json.b", "2")]);
    json(
        "{\"a\":1,'b':'2',c:[x,'y'],}",
        false,
        &[("json.a", "1"), ("json.b", "2"), ("json.c.array_0", "x"), ("json.c.array_1", "y")],
    );
    json("/* a */ { # b\n a = null; b => \"x\\x41\" // c\n}", false, &[("json.a", ""), ("json.b", "xA")]);
    json("[1'x']", false, &[("json.array_0", "1"), ("json.array_0", "1'x'")]);
    json("'x'", false, &[("json", "x")]);
    json("x y", false, &[]);
    json("{'a':'", false, &[("json.a", "")]);
    json("{\"a\":1,\"b\" x", false, &[("json.a", "1")]);
    let parsed = read_json_body(b"{\"a\":1,b:'2'}", &Limits::default());
    let args = [(b"json.a".to_vec(), b"1".to_vec()), (b"json.b".to_vec(), b"2".to_vec())];
    assert_eq!((parsed.args_post.as_slice(), parsed.error.is_some()), (args.as_slice(), true));
}

#[test]
fn json_is_bounded_in_depth_and_number() {
    let limits = Limits { json_depth: 3, json_values: 4, ..Limits::default() };
    for (text, finding) in [("[[[[1]]]]", HttpFinding::JsonTooDeep), ("[1,2,3,4,5]", HttpFinding::JsonTooManyValues)] {
        let mut sink = Sink::default();
        assert!(!parse_json(text.as_bytes(), &limits, &mut sink));
        assert!(sink.partial);
        assert_eq!(sink.findings, [finding]);
    }
    let mut sink = Sink::default();
    let bomb = "[".repeat(1_000_000);
    assert!(!parse_json(bomb.as_bytes(), &Limits::default(), &mut sink));
}

fn xml(text: &str, complete: bool, expected: &[(&str, &str)]) {
    let mut sink = Sink::default();
    parse_xml(text.as_bytes(), &Limits::default(), &mut sink);
    assert_eq!(pairs(&sink, Collection::Xml), owned(expected), "{text}");
    assert_eq!(sink.findings.is_empty(), complete, "{text}: {:?}", sink.findings);
}

#[test]
fn xml_text_and_attributes_are_named_by_their_path() {
    xml(
        "<?xml version='1.0'?><a x='1' y=\"&lt;2\"><b>t&amp;u</b><c/>tail</a>",
        true,
        &[("xml.a.@x", "1"), ("xml.a.@y", "<2"), ("xml.a.b", "t&u"), ("xml.a", "tail")],
    );
    xml("<a>x<!-- c -->y<![CDATA[<z>]]></a>", true, &[("xml.a", "xy<z>")]);
    xml("<!DOCTYPE a [<!ENTITY x '>'> ]><a>&x;</a>", true, &[("xml.a", "&x;")]);
    xml("<ns:a xmlns:ns='u'> </ns:a>", true, &[("xml.ns:a.@xmlns:ns", "u")]);
}

#[test]
fn broken_xml_keeps_what_was_read() {
    xml("<a><b>x</a>", false, &[("xml.a.b", "x")]);
    xml("<a>x", false, &[("xml.a", "x")]);
    xml("<a><![CDATA[x", false, &[("xml.a", "x")]);
    xml("<a x=1>", false, &[]);
    xml("<a x='1", false, &[]);
    xml("</a>", false, &[]);
    xml("plain", false, &[("xml", "plain")]);
    xml("<", false, &[]);
    xml("<!DOCTYPE a [", false, &[]);
    xml("<a/>x", false, &[("xml", "x")]);
}

#[test]
fn xml_is_bounded_in_depth_and_number() {
    let limits = Limits { xml_depth: 3, xml_nodes: 2, ..Limits::default() };
    for text in ["<a><a><a><a>x</a></a></a></a>", "<a><b>1</b><b>2</b><b>3</b></a>"] {
        let mut sink = Sink::default();
        parse_xml(text.as_bytes(), &limits, &mut sink);
        assert!(sink.partial, "{text}");
        assert_eq!(sink.findings, [HttpFinding::XmlTooLarge], "{text}");
    }
}

#[test]
fn the_charset_of_a_document_is_found() {
    for (text, expected) in [
        ("<?xml version='1.0' encoding = 'UTF-7'?><a/>", Charset::Utf7),
        ("<?xml version=\"1.0\" encoding=\"gb2312\"?><a/>", Charset::AsciiLike),
        ("<a/>", Charset::AsciiLike),
        ("<?xml encoding", Charset::AsciiLike),
    ] {
        assert_eq!(xml_charset(text.as_bytes()), expected, "{text}");
    }
    assert_eq!(xml_charset(&[0x4c, 0x6f, 0xa7, 0x94, 0x93, 0x40]), Charset::Ebcdic);
}

fn multipart(body: &str) -> Sink {
    let mut sink = Sink::default();
    let mut reader = Multipart::new(b"b");
    reader.push(body.as_bytes(), &Limits::default(), &mut sink);
    reader.end(&Limits::default(), &mut sink);
    sink
}

#[test]
fn multipart_fields_and_files_are_taken_apart() {
    let sink = multipart(
        "\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nline 1\r\nline 2\r\n--b\r\n\
         Content-Disposition: form-data; name=f; filename=\"C:\\dir\\x \\\"y\\\".png\"\r\nContent-Type: image/png\r\n\r\n\0\u{1}PNG\r\n--b\r\n\
         content-disposition: form-data; name=\"e\"\r\n\r\n\r\n--b--\r\n \r\n",
    );
    assert_eq!(pairs(&sink, Collection::ArgsPost), owned(&[("a", "line 1\r\nline 2"), ("e", "")]));
    assert_eq!(pairs(&sink, Collection::Files), owned(&[("f", "C:\\dir\\x \"y\".png")]));
    assert_eq!(pairs(&sink, Collection::FilesNames), owned(&[("f", "f")]));
    assert_eq!(pairs(&sink, Collection::FilesContent), owned(&[("f", "\0\u{1}PNG")]));
    assert_eq!(pairs(&sink, Collection::MultipartPartHeaders).len(), 4);
    assert!(sink.findings.is_empty(), "{:?}", sink.findings);
}

#[test]
fn file_names_in_every_spelling_are_seen() {
    let sink = multipart(
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.png\"; filename=b.php; filename*=UTF-8''%E4%B8%AD.jsp\r\n\r\nx\r\n--b--",
    );
    assert_eq!(pairs(&sink, Collection::Files), owned(&[("f", "a.png"), ("f", "b.php"), ("f", "中.jsp")]));
}

#[test]
fn sloppy_multipart_is_read_and_reported() {
    for body in [
        "--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--b\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--b--",
        "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\nepilogue",
        "--b--\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--",
    ] {
        let sink = multipart(body);
        assert!(pairs(&sink, Collection::ArgsPost).contains(&("a".to_owned(), "x".to_owned())), "{body}");
        assert_eq!(sink.findings, [HttpFinding::MultipartBroken], "{body}");
    }
}

#[test]
fn multipart_is_bounded() {
    let limits = Limits { multipart_parts: 2, file_bytes: 4, multipart_field_bytes: 6, ..Limits::default() };
    let read = |body: &str| {
        let mut sink = Sink::default();
        let mut reader = Multipart::new(b"b");
        reader.push(body.as_bytes(), &limits, &mut sink);
        reader.end(&limits, &mut sink);
        sink
    };
    let part = |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n");
    let sink = read(&format!("{}--b--", part("name=f; filename=x", "123456789")));
    assert_eq!(pairs(&sink, Collection::FilesContent), owned(&[("f", "1234")]));
    assert!(!sink.partial, "the rest of a file is not inspected by intent");
    let sink = read(&format!("{}{}--b--", part("name=a", "1234"), part("name=b", "5678")));
    // What a field has no room for is one text with all that follows, and repeats what stands before it.
    assert_eq!(pairs(&sink, Collection::ArgsPost), owned(&[("a", "1234"), ("b", "56"), ("", "5678")]));
    assert!(sink.partial);
    let fields = [part("name=a", "1234567"), part("name=c", "x"), part("name=f; filename=x", "long enough")].concat();
    let sink = read(&format!("{fields}--b--"));
    let (name, text) = pairs(&sink, Collection::ArgsPost).pop().unwrap();
    assert!(
        name.is_empty() && text.starts_with("1234567\nc=x\r\n") && text.ends_with("long enough\r\n--b--"),
        "{text}"
    );
    let sink = read(&format!("{}--b--", part("name=a", "1").repeat(3)));
    assert!(sink.partial && sink.findings.contains(&HttpFinding::MultipartTooManyParts));
    let text = pairs(&sink, Collection::ArgsPost).pop().unwrap_or_default().1;
    assert!(text.contains("name=a") && text.ends_with("--b--"), "{text}");
}

#[test]
fn quoted_printable_and_base64_parts_are_decoded_beside_their_text() {
    for (encoding, content) in [("quoted-printable", "1'=20un=\r\nion=3D"), ("BASE64", "MScg\r\ndW5pb249")] {
        let sink = multipart(&format!(
            "--b\r\nContent-Disposition: form-data; name=q\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{content}\r\n--b--"
        ));
        assert_eq!(pairs(&sink, Collection::ArgsPost), owned(&[("q", content), ("q", "1' union=")]));
    }
}

#[test]
fn what_some_server_takes_for_a_field_is_a_field() {
    let part = |disposition: &str, content: &str| {
        multipart(&format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n--b--"))
    };
    for disposition in [
        "name=q; filename*=UTF-8''x.txt",
        "name=q; filename=\"\"",
        "name=q\r\nContent-Disposition: form-data; name=q; filename=x",
    ] {
        assert_eq!(pairs(&part(disposition, "\0x"), Collection::ArgsPost), owned(&[("q", "\0x")]), "{disposition}");
    }
    assert_eq!(pairs(&part("name=q; filename=x", "x"), Collection::ArgsPost), owned(&[("q", "x")]));
    assert_eq!(pairs(&part("name=q; filename=x", &"x".repeat(513)), Collection::ArgsPost), owned(&[]));
    let long = "x".repeat(513);
    assert_eq!(pairs(&part("name=q; filename*=a; filename=x", &long), Collection::ArgsPost), owned(&[("q", &long)]));
    assert_eq!(pairs(&part("name=q; filename=x", "\0\u{1}"), Collection::ArgsPost), owned(&[]));
}

#[test]
fn boundaries_are_found() {
    let read = |content_type: &str| {
        let found = boundary_of(content_type.as_bytes())?;
        Some((String::from_utf8(found.bytes).unwrap(), found.ambiguous))
    };
    let certain = |boundary: &str| Some((boundary.to_owned(), false));
    let ambiguous = |boundary: &str| Some((boundary.to_owned(), true));
    assert_eq!(read("multipart/form-data; boundary=abc"), certain("abc"));
    assert_eq!(read("multipart/form-data; charset=x; BOUNDARY=\"a;b c\""), certain("a;b c"));
    assert_eq!(read("multipart/form-data; boundary=----WebKitFormBoundary7MA4"), certain("----WebKitFormBoundary7MA4"));
    assert_eq!(read("multipart/related; type=\"application/dicom\"; boundary=a=_1"), certain("a=_1"));
    assert_eq!(read("multipart/form-data"), None);
    assert_eq!(read("multipart/form-data; boundary="), None);
    assert_eq!(read(&format!("multipart/form-data; boundary={}", "x".repeat(71))), None);
    for content_type in [
        "multipart/form-data; boundary=BB; boundary=AA",
        "multipart/form-data; boundary=BB; boundary*=us-ascii''AA",
        "multipart/form-data; boundary=BB; boundary*0=AA",
        "multipart/form-data; xboundary=AA; boundary=BB",
        "multipart/form-data; x=\"boundary=AA\"; boundary=BB",
        "multipart/form-data; boundary=\"BB\"AA",
    ] {
        assert_eq!(read(content_type), ambiguous("BB"), "{content_type}");
    }
    assert_eq!(read("multipart/form-data; boundary=AA,BB"), ambiguous("AA,BB"));
    assert_eq!(read("multipart/form-data; boundary=AA BB"), ambiguous("AA BB"));
    assert_eq!(read("multipart/form-data; boundary=\"AA\\\"\""), ambiguous("AA\""));
}

#[test]
fn kinds_follow_type_and_first_byte() {
    use BodyKind::{Form, Json, Multipart, Other, Xml};
    let table: &[(&[u8], Option<BodyKind>)] = &[
        (b"application/x-www-form-urlencoded; charset=UTF-8", Some(Form)),
        (b"Application/JSON", Some(Json)),
        (b"application/fhir+json", Some(Json)),
        (b"text/xml", Some(Xml)),
        (b"application/soap+xml; action=x", Some(Xml)),
        (b"multipart/form-data; boundary=x", Some(Multipart)),
        (b"image/png", Some(Other)),
        (b"text/plain", None),
    ];
    for (content_type, kind) in table {
        assert_eq!(BodyKind::of_content_type(Some(content_type)), *kind, "{}", content_type.escape_ascii());
    }
    assert_eq!(BodyKind::of_content_type(None), None);
    let sniffed: &[(&[u8], BodyKind)] = &[
        (b" {\"a\":1}", Json),
        (b"\xef\xbb\xbf<a/>", Xml),
        (b"a[0]=1&b=2", Form),
        (b"MSH|^~\\&|x=", Other),
        (b"", Other),
    ];
    for (bytes, kind) in sniffed {
        assert_eq!(BodyKind::sniff(bytes), *kind, "{}", bytes.escape_ascii());
    }
}

proptest! {
    #[test]
    fn multipart_does_not_depend_on_how_it_was_cut(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "--b", "--b--", "--", "\r\n", "\n", "\r", "\r\n--b\r\n", "\r\n\r\n", "x", ";", "Content-Disposition: form-data; name=\"a\"",
                "; filename=\"f\"", "Content-Type: multipart/mixed", "Content-Transfer-Encoding: base64", " folded", "YWJj", "\0",
            ]),
            0..40,
        ),
        size in 1usize..30,
    ) {
        let limits =
            Limits { multipart_parts: 4, part_header_bytes: 120, multipart_field_bytes: 40, file_bytes: 8, ..Limits::default() };
        let body = pieces.concat();
        let read = |size: usize| {
            let mut sink = Sink::default();
            let mut reader = Multipart::new(b"b");
            for piece in body.as_bytes().chunks(size) {
                reader.push(piece, &limits, &mut sink);
            }
            reader.end(&limits, &mut sink);
            let values: Vec<_> = sink
                .values
                .iter()
                .map(|value| (value.collection, sink.values.name(value).to_vec(), sink.values.bytes(value).to_vec()))
                .collect();
            (values, sink.findings, sink.partial)
        };
        prop_assert_eq!(read(body.len().max(1)), read(size));
    }

    #[test]
    fn every_processor_takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut sink = Sink::default();
        let limits = Limits::default();
        parse_form(&bytes, Collection::ArgsPost, &limits, &mut sink);
        parse_cookies(&bytes, &limits, &mut sink);
        parse_json(&bytes, &limits, &mut sink);
        parse_xml(&bytes, &limits, &mut sink);
        xml_charset(&bytes);
        charset_of(&bytes);
        for charset in [Charset::sniff(&bytes), Charset::Utf7, Charset::Ebcdic] {
            charset.decode(&bytes);
        }
        boundary_of(&bytes);
        multipart(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn json_round_trips_through_a_serialiser(values in prop::collection::vec(".{0,20}", 0..10)) {
        let text = serde_json::to_string(&values).unwrap();
        let mut sink = Sink::default();
        prop_assert!(parse_json(text.as_bytes(), &Limits::default(), &mut sink));
        let read: Vec<String> = pairs(&sink, Collection::ArgsPost).into_iter().map(|(_, value)| value).collect();
        prop_assert_eq!(read, values);
    }
}
