//! Bodies as the rule language sees them; the tables were compared with libmodsecurity 3.0.9.

use proptest::prelude::*;

use super::parsed::{MultipartFlags, Pair, UploadedFile};
use super::*;

fn texts(pairs: &[Pair]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    pairs.iter().map(|(name, value)| (text(name), text(value))).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn json(text: &str, expected: &[(&str, &str)], error: Option<&str>) {
    let parsed = read_json_body(text.as_bytes(), &Limits::default());
    assert_eq!(texts(&parsed.args_post), owned(expected), "{text}");
    assert_eq!(parsed.error.as_deref(), error.map(|at| format!("JSON parsing error: {at}")).as_deref(), "{text}");
}

#[test]
fn json_values_are_arguments_named_by_their_path() {
    json(
        r#"{"a":{"b":"x"},"c":[1,{"d":true},null,false]}"#,
        &[
            ("json.a.b", "x"),
            ("json.c.array_0", "1"),
            ("json.c.array_1.d", "true"),
            ("json.c.array_2", ""),
            ("json.c.array_3", "false"),
        ],
        None,
    );
    json("[[],{},[[1]]]", &[("json.array_2.array_0.array_0", "1")], None);
    json(r#""x""#, &[("json", "x")], None);
    json("-1.5e+3", &[("json", "-1.5e+3")], None);
    json("null", &[("json", "")], None);
    json(r#"{"a":12345678901234567890}"#, &[("json.a", "12345678901234567890")], None);
    json(r#"{"a":1,"a":2}"#, &[("json.a", "1"), ("json.a", "2")], None);
    json(r#"{"k\u0041":"\ud83d\ude00x\u0000y\n\/"}"#, &[("json.kA", r"\xf0\x9f\x98\x80x\x00y\n/")], None);
    let items = r#"{"items":[{"code":1},{"code":2}],"z":[[3]]}"#;
    json(
        items,
        &[("json.items.array_0.code", "1"), ("json.items.array_1.code", "2"), ("json.z.array_0.array_0", "3")],
        None,
    );
}

#[test]
fn a_broken_json_body_keeps_what_was_read_and_says_where_it_broke() {
    json(r#"{"a":1"#, &[("json.a", "1")], Some("unexpected input at byte 6"));
    json(r#"{"a":1} x"#, &[("json.a", "1")], Some("unexpected input at byte 8"));
    json("[1 2]", &[("json.array_0", "1")], Some("unexpected input at byte 3"));
    json("\u{feff}[1,]", &[("json.array_0", "1")], Some("unexpected input at byte 6"));
    json("  ", &[], Some("unexpected input at byte 2"));
}

#[test]
fn deep_and_long_json_is_bounded() {
    let limits = Limits { json_depth: 512, json_values: 3, ..Limits::default() };
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read_json_body(nested(512).as_bytes(), &limits).error, None);
    let deep = read_json_body(nested(513).as_bytes(), &limits);
    assert_eq!((deep.error.as_deref(), deep.partial), (Some("JSON parsing error: nested deeper than 512"), true));
}

#[test]
fn a_body_of_more_values_than_are_read_is_partial_and_not_broken() {
    let limits = Limits { json_values: 3, xml_nodes: 3, ..Limits::default() };
    let within = read_json_body(b"[1,2,3]", &limits);
    assert_eq!((within.args_post.len(), within.error, within.partial), (3, None, false));
    let beyond = read_json_body(b"[1,2,3,4", &limits);
    assert_eq!((beyond.args_post.len(), beyond.error, beyond.partial), (3, None, true));
    for text in ["<a w='0' x='1' y='2' z='3'/>", "<a x='1'>2<b>3</b>4<c>5</c></a>", "<a>1<b>2</b>3<c>4</d>"] {
        let parsed = read_xml_body(text.as_bytes(), &limits);
        assert_eq!((parsed.error, parsed.partial), (None, true), "{text}");
    }
    let read = read_xml_body(b"<a x='1'>2<b>3</b>4<c>5</c></a>", &limits);
    assert_eq!((read.xml_attributes, read.xml_text.as_deref()), (vec![b"1".to_vec()], Some(b"23".as_slice())));
}

fn xml(text: &str, content: Option<&str>, attributes: &[&str], complete: bool) {
    let parsed = read_xml_body(text.as_bytes(), &Limits::default());
    assert_eq!(parsed.xml_text.as_deref(), content.map(str::as_bytes), "{text}");
    let values: Vec<_> = parsed.xml_attributes.iter().map(|value| String::from_utf8_lossy(value)).collect();
    assert_eq!(values, attributes, "{text}");
    assert_eq!(parsed.error.is_none(), complete, "{text}: {:?}", parsed.error);
}

#[test]
fn the_text_of_a_document_is_one_value_and_each_attribute_another() {
    xml("<a>x<b>y</b>z</a>", Some("xyz"), &[], true);
    xml("<a x=\"1\" y='&lt;2'><b c=\"3\"/></a>", Some(""), &["1", "<2", "3"], true);
    xml("<a>x<!-- c --><![CDATA[<z>]]>y<?pi foo?></a>", Some("x<z>y"), &[], true);
    xml("<a>  \n <b> t </b>\n</a>\n", Some("  \n  t \n"), &[], true);
    xml(" <a>&#x41;&amp;</a><!-- after -->", Some("A&"), &[], true);
    xml("<a xmlns='v' xmlns:n='u' n:x='1'>t</a>", Some("t"), &["1"], true);
    xml("<?xml version='1.0'?><a/>", Some(""), &[], true);
}

#[test]
fn no_entity_of_a_document_type_is_expanded() {
    xml("<!DOCTYPE a [<!ENTITY x \"expanded\"> ]><a b=\"&x;\">&x;q</a>", Some("&x;q"), &["&x;"], true);
    xml("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>t</a>", Some("t"), &[], true);
}

#[test]
fn a_broken_document_keeps_what_was_read() {
    xml("<a>x<b>y", Some("xy"), &[], false);
    xml("<a>x</b>", Some("x"), &[], false);
    xml("<a>t</a> trailing", Some("t trailing"), &[], false);
    xml("<a x=1>t</a>", None, &[], false);
    xml("", None, &[], false);
    let limits = Limits { xml_depth: 3, ..Limits::default() };
    let deep = read_xml_body(b"<a><b><c><d/></c></b></a>", &limits);
    assert_eq!((deep.error.as_deref(), deep.partial), (Some("XML parsing error: nested deeper than 3"), true));
}

fn arguments(text: &str, separator: u8, expected: &[(&str, &str)]) {
    let parsed = read_arguments(text.as_bytes(), separator, &Limits::default());
    assert_eq!(texts(&parsed.args_post), owned(expected), "{text}");
}

#[test]
fn every_piece_between_separators_is_an_argument() {
    arguments("a=1&b=2&&c", b'&', &[("a", "1"), ("b", "2"), ("", ""), ("c", "")]);
    arguments("=x&a==b", b'&', &[("", "x"), ("a", "=b")]);
    arguments("n%61me=%2541+b", b'&', &[("name", "%41 b")]);
    arguments("a=%zz%4&b=%u0041&%00=+", b'&', &[("a", "%zz%4"), ("b", "%u0041"), (r"\x00", " ")]);
    arguments("a=1;b=2&c", b';', &[("a", "1"), ("b", "2&c")]);
    arguments("a=1&", b'&', &[("a", "1")]);
    arguments("&", b'&', &[("", "")]);
    arguments("", b'&', &[]);
}

#[test]
fn arguments_beyond_the_limit_are_one_value() {
    let limits = Limits { arguments: 2, ..Limits::default() };
    let parsed = read_arguments(b"a=1&b=2&c=%33&d=4", b'&', &limits);
    assert_eq!(texts(&parsed.args_post), owned(&[("a", "1"), ("b", "2"), ("", "c=3&d=4")]));
    assert!(parsed.partial);
}

#[test]
fn cookies_are_taken_as_sent() {
    let check = |header: &str, expected: &[(&str, &str)]| {
        let cookies = read_cookies(header.as_bytes(), &Limits { cookies: 3, ..Limits::default() });
        let cookies: Vec<_> = cookies.into_iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        assert_eq!(texts(&cookies), owned(expected), "{header}");
    };
    check("a=1; b=x=y;c ; ;", &[("a", "1"), ("b", "x=y"), ("c", "")]);
    check("d=%41+; a=1; a=2", &[("d", "%41+"), ("a", "1"), ("a", "2")]);
    check("a=\"x; y\"", &[("a", r#"\"x"#), (r#"y\""#, "")]);
    check(" a = 1 ;=x", &[("a", "1"), ("", "x")]);
    check("a;b;c;d=1;e", &[("a", ""), ("b", ""), ("c", ""), ("", "d=1;e")]);
    check("", &[]);
}

proptest! {
    #[test]
    fn every_reader_takes_any_bytes_and_grows_no_more_than_its_input(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            prop::collection::vec(prop::sample::select(b"[{\"a,:1}]<>&;=%/!-?'\\u".to_vec()), 0..300),
        ],
    ) {
        let limits = Limits { arguments: 20, json_values: 20, json_depth: 10, xml_nodes: 20, xml_depth: 10, ..Limits::default() };
        let json = read_json_body(&bytes, &limits);
        prop_assert!(json.args_post.len() <= 20);
        let values: usize = json.args_post.iter().map(|(_, value)| value.len()).sum();
        // A lone surrogate of six bytes becomes three; what breaks off is read a second time, the lenient way.
        prop_assert!(values <= 2 * bytes.len());
        let form = read_arguments(&bytes, b'&', &limits);
        prop_assert!(form.args_post.len() <= 21);
        let values: usize = form.args_post.iter().map(|(name, value)| name.len() + value.len()).sum();
        prop_assert!(values <= bytes.len());
        let xml = read_xml_body(&bytes, &limits);
        let values: usize = xml.xml_attributes.iter().map(Vec::len).sum();
        prop_assert!(values + xml.xml_text.map_or(0, |text| text.len()) <= bytes.len());
        prop_assert!(xml.xml_attributes.len() <= 20);
        prop_assert!(read_cookies(&bytes, &limits).len() <= limits.cookies + 1);
    }
}

#[test]
fn sizes_add_up_and_any_flag_but_one_is_a_strict_error() {
    let file = |size_bytes| UploadedFile { size_bytes, ..UploadedFile::default() };
    let parsed = Parsed { files: vec![file(3), file(4)], ..Parsed::default() };
    assert_eq!(parsed.files_combined_size(), 7);
    assert!(!MultipartFlags { unmatched_boundary: true, ..MultipartFlags::default() }.strict_error());
    assert!(MultipartFlags { file_limit_exceeded: true, ..MultipartFlags::default() }.strict_error());
}
