//! multipart/form-data as the rule language sees it; flags compared with libmodsecurity 3.0.9.

use proptest::prelude::*;

use super::parsed::{MultipartFlags, Pair, UploadedFile};
use super::*;

const TYPE: &str = "multipart/form-data; boundary=b";
/// A part and the end, between which tests put what they are about.
const PART: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";

fn read(content_type: &str, body: &[u8]) -> Parsed {
    read_in_pieces(content_type, body, body.len().max(1), &Limits::default())
}

fn read_in_pieces(content_type: &str, body: &[u8], size: usize, limits: &Limits) -> Parsed {
    let mut reader = FormData::announced_by(content_type.as_bytes(), limits);
    for piece in body.chunks(size) {
        reader.push(piece);
    }
    reader.end(false)
}

/// The flags that are set, by the names of their variables.
fn flags(flags: MultipartFlags) -> Vec<&'static str> {
    [
        ("BOUNDARY_QUOTED", flags.boundary_quoted),
        ("BOUNDARY_WHITESPACE", flags.boundary_whitespace),
        ("DATA_BEFORE", flags.data_before),
        ("DATA_AFTER", flags.data_after),
        ("HEADER_FOLDING", flags.header_folding),
        ("LF_LINE", flags.lf_line),
        ("CRLF_LF_LINES", flags.crlf_lf_lines),
        ("SEMICOLON_MISSING", flags.semicolon_missing),
        ("INVALID_QUOTING", flags.invalid_quoting),
        ("INVALID_PART", flags.invalid_part),
        ("INVALID_HEADER_FOLDING", flags.invalid_header_folding),
        ("FILE_LIMIT_EXCEEDED", flags.file_limit_exceeded),
        ("UNMATCHED_BOUNDARY", flags.unmatched_boundary),
    ]
    .into_iter()
    .filter_map(|(name, set)| set.then_some(name))
    .collect()
}

fn texts(pairs: &[Pair]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    pairs.iter().map(|(name, value)| (text(name), text(value))).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn fields(body: &str, expected: &[(&str, &str)]) -> Parsed {
    let parsed = read(TYPE, body.as_bytes());
    assert_eq!(texts(&parsed.args_post), owned(expected), "{body}");
    parsed
}

/// A body whose field `a` is `x`, with exactly these flags; `wrong` says whether it is an error too.
fn flagged(content_type: &str, body: &str, expected: &[&str], wrong: bool) {
    let parsed = read(content_type, body.as_bytes());
    assert_eq!(flags(parsed.multipart), expected, "{content_type} {body}");
    assert_eq!(parsed.error.is_some(), wrong, "{content_type} {body}: {:?}", parsed.error);
    assert!(texts(&parsed.args_post).contains(&("a".to_owned(), "x".to_owned())), "{body}: {parsed:?}");
}

#[test]
fn fields_keep_every_byte_of_their_value() {
    let field = |value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{value}\r\n--b--\r\n");
    for value in ["x", "", "x\ny", "x\r\ny", "x\r\n", "\r\nx", "x\r", "\r", "\n", "x\n\r\n\ny", "中文"] {
        let parsed = read(TYPE, field(value).as_bytes());
        assert_eq!(parsed.args_post, [(b"a".to_vec(), value.as_bytes().to_vec())], "{value:?}");
        assert_eq!(flags(parsed.multipart), [""; 0], "{value:?}");
        assert_eq!(parsed.error, None);
    }
    let long = "y".repeat(100_000);
    assert_eq!(read(TYPE, field(&long).as_bytes()).args_post, [(b"a".to_vec(), long.into_bytes())]);
}

#[test]
fn files_have_names_sizes_and_a_beginning() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\x\\a\\\"b.png\"\r\nContent-Type: image/png\r\n\r\n12\r\n45\n\r\n\
                --b\r\nContent-Disposition: form-data; name=g; filename=y\r\n\r\n\r\n\
                --b\r\nContent-Disposition: form-data; name=\"h\"; filename=\"\"\r\n\r\nz\r\n--b--";
    let parsed = fields(body, &[("h", "z")]);
    let file = |field: &[u8], name: &[u8], size_bytes, content: &[u8]| UploadedFile {
        field: field.to_vec(),
        names: vec![name.to_vec()],
        size_bytes,
        content: content.to_vec(),
    };
    assert_eq!(parsed.files, [file(b"f", b"C:\\x\\a\"b.png", 7, b"12\r\n45\n"), file(b"g", b"y", 0, b"")]);
    assert_eq!(parsed.files_combined_size(), 7);
    assert_eq!(
        texts(&parsed.part_headers).get(1),
        Some(&("f".to_owned(), "Content-Type: image/png".to_owned())),
        "{:?}",
        parsed.part_headers
    );
    assert!(!parsed.multipart.strict_error());
}

#[test]
fn extended_file_names_are_decoded_and_may_be_fields() {
    let part = |parameters: &str| {
        read(
            TYPE,
            format!("--b\r\nContent-Disposition: form-data; name=\"f\"; {parameters}\r\n\r\nx\r\n--b--").as_bytes(),
        )
    };
    let both = part("filename=\"a.png\"; filename*=UTF-8''%e4%b8%ad.php");
    assert_eq!(both.files.first().unwrap().names, [b"a.png".to_vec(), "中.php".as_bytes().to_vec()]);
    assert!(both.args_post.is_empty() && !both.multipart.strict_error());
    // To a server that does not know the extension this part is a field.
    let extended = part("filename*=UTF-8'zh'b%20c");
    assert_eq!(extended.files.first().unwrap().names, [b"b c".to_vec()]);
    assert_eq!(texts(&extended.args_post), owned(&[("f", "x")]));
    assert!(part("filename*=bad").multipart.invalid_part);
    let repeated = part("filename=a; filename=b.php");
    assert_eq!(repeated.files.first().unwrap().names, [b"a".to_vec(), b"b.php".to_vec()]);
    assert_eq!(flags(repeated.multipart), ["INVALID_PART"]);
}

#[test]
fn headers_belong_to_their_part_and_stand_without_line_end() {
    let body =
        "--b\r\nX-Before: 1\r\ncontent-disposition:form-data; name=\"a\"\r\nX-Folded: 1\r\n\t2\r\n\r\nx\r\n--b--";
    let parsed = fields(body, &[("a", "x")]);
    let expected = [("a", "X-Before: 1"), ("a", "content-disposition:form-data; name=\"a\""), ("a", "X-Folded: 1 2")];
    let unescaped: Vec<_> = parsed
        .part_headers
        .iter()
        .map(|(name, line)| (std::str::from_utf8(name).unwrap(), std::str::from_utf8(line).unwrap()))
        .collect();
    assert_eq!(unescaped, expected);
}

#[test]
fn the_content_type_is_read_strictly() {
    let body = format!("{PART}--b--");
    for (content_type, expected, wrong) in [
        ("multipart/form-data; boundary=b", "", false),
        ("multipart/form-data;boundary=b", "", false),
        ("multipart/form-data; boundary=b; charset=x", "", false),
        ("multipart/form-data; charset=x; boundary=b", "", false),
        ("multipart/form-data; BOUNDARY=b", "", false),
        ("multipart/form-data; boundary=\"b\"", "BOUNDARY_QUOTED", false),
        ("multipart/form-data; boundary=\"b\" ; x=y", "BOUNDARY_QUOTED", false),
        ("multipart/form-data; boundary= b", "BOUNDARY_WHITESPACE", false),
        ("multipart/form-data; boundary =b", "BOUNDARY_WHITESPACE", false),
        ("multipart/form-data; boundary=b ", "BOUNDARY_WHITESPACE", false),
        ("multipart/form-data boundary=b", "SEMICOLON_MISSING", false),
        ("multipart/form-data, boundary=b", "SEMICOLON_MISSING", false),
        ("multipart/form-data; boundary=b; boundary=c", "", true),
        ("multipart/form-data; x=boundary; boundary=b", "", true),
        ("multipart/form-data; boundary=\"b\"x", "BOUNDARY_QUOTED,INVALID_QUOTING", true),
        ("multipart/form-data; boundary=\"b", "BOUNDARY_QUOTED,INVALID_QUOTING", true),
    ] {
        let expected: Vec<&str> = expected.split(',').filter(|flag| !flag.is_empty()).collect();
        flagged(content_type, &body, &expected, wrong);
    }
    let parsed = read("multipart/form-data; boundary=b@", body.replace("--b", "--b@").as_bytes());
    assert!(parsed.error.is_some() && parsed.args_post.len() == 1, "{parsed:?}");
    for content_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary",
        &format!("multipart/form-data; boundary={}", "x".repeat(71)),
    ] {
        let parsed = read(content_type, body.as_bytes());
        assert!(parsed.error.is_some() && parsed.args_post.is_empty(), "{content_type}");
    }
}

#[test]
fn the_framing_is_read_strictly() {
    let end = "--b--";
    for (body, expected, wrong) in [
        (format!("{PART}{end}\r\n"), "", false),
        (format!("before\r\n{PART}{end}"), "DATA_BEFORE", false),
        (format!("\r\n{PART}{end}"), "DATA_BEFORE", false),
        (format!("{PART}{end}\r\nafter"), "DATA_AFTER", false),
        (format!("{PART}{end}\r\n\r\n"), "DATA_AFTER", false),
        (format!("{PART}{end}\r\n{PART}{end}"), "DATA_AFTER", false),
        (PART.replace("\r\n", "\n") + end + "\n", "LF_LINE", false),
        (format!("{PART}{}{end}", PART.replace("\r\n", "\n")), "LF_LINE,CRLF_LF_LINES", false),
        (format!("{}{end}", PART.replace("x\r\n", "x\n")), "LF_LINE,CRLF_LF_LINES", false),
        (format!("{}{end}", PART.replace("--b", "--b \t")), "BOUNDARY_WHITESPACE", false),
        (format!("{PART}--b\r\n{end}"), "INVALID_PART", false),
        (format!("{PART}--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n{end}"), "INVALID_PART", false),
        (format!("{PART}--b\r\nContent-Type: text/plain\r\n\r\ny\r\n{end}"), "INVALID_PART", false),
        (format!("{PART}--b\r\n\r\ny\r\n{end}"), "INVALID_PART", false),
        (format!("{PART}--b\r\nX: 1"), "INVALID_PART", true),
        (
            format!(
                "{}{end}",
                PART.replace("x\r\n", "x\r\n--b2\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n")
            ),
            "UNMATCHED_BOUNDARY",
            true,
        ),
    ] {
        let expected: Vec<&str> = expected.split(',').filter(|flag| !flag.is_empty()).collect();
        flagged(TYPE, &body, &expected, wrong);
    }
    // What stands last belongs to the value when no boundary follows.
    assert!(fields(PART, &[("a", r"x\r\n")]).error.is_some());
    for body in ["x", "--b--", "\r\n", "--bx\r\n"] {
        assert!(read(TYPE, body.as_bytes()).error.is_some(), "{body}");
    }
    assert_eq!(read(TYPE, b""), Parsed::default());
}

#[test]
fn part_headers_are_read_strictly() {
    for (headers, expected, wrong) in [
        ("Content-Disposition: form-data; name=a", "", false),
        ("Content-Disposition: form-data ;name = \"a\" ;", "", false),
        ("Content-Disposition: form-data;\r\n name=\"a\"", "HEADER_FOLDING", false),
        ("Content-Disposition: form-data; name=\"a\"\r\nX: 1\r\n\x0b2", "HEADER_FOLDING,INVALID_HEADER_FOLDING", false),
        ("Content-Disposition: form-data; name=\"a\"\r\nX: 1\r\n  ", "HEADER_FOLDING,INVALID_HEADER_FOLDING", false),
        (" X: 1\r\nContent-Disposition: form-data; name=\"a\"", "HEADER_FOLDING,INVALID_HEADER_FOLDING", true),
        ("Content-Disposition: form-data; name=\"a\"\r\nno colon", "", true),
        ("Content-Disposition: form-data; name=\"a\"\r\n: no name", "", true),
        ("Content-Disposition: form-data; name=\"a\"\r\nX: \0", "", true),
        ("Content-Disposition : form-data; name=\"a\"", "INVALID_PART", false),
        (
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
            "INVALID_PART",
            false,
        ),
        (
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: Multipart/Mixed; boundary=c",
            "INVALID_PART",
            false,
        ),
        ("Content-Disposition: form-data; name='a'", "INVALID_QUOTING", false),
        ("Content-Disposition: form-data; name=\"a", "INVALID_QUOTING", false),
        ("Content-Disposition: form-data; name=\"a\"x", "INVALID_QUOTING,INVALID_PART", false),
        ("Content-Disposition: form-data; Name=\"a\"", "INVALID_PART", false),
        ("Content-Disposition: attachment; name=\"a\"", "INVALID_PART", false),
        ("Content-Disposition: form-data, name=\"a\"", "INVALID_PART", false),
        ("Content-Disposition: form-data name=\"a\"", "INVALID_PART", false),
        ("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "INVALID_PART", false),
        ("Content-Disposition: form-data; name=\"a\"; size=3", "INVALID_PART", false),
        ("Content-Disposition: form-data; name=\"a\"; x", "INVALID_PART", false),
        ("Content-Disposition: form-data; name=\"a\"; ; filename=\"\"", "INVALID_PART", false),
        ("Content-Disposition: form-data; name=a b", "INVALID_PART", false),
    ] {
        let expected: Vec<&str> = expected.split(',').filter(|flag| !flag.is_empty()).collect();
        flagged(TYPE, &format!("--b\r\n{headers}\r\n\r\nx\r\n--b--"), &expected, wrong);
    }
    for disposition in ["form-data", "form-data; name=\"\"", "form-data; filename=\"f\"", "form-data; name=a\""] {
        let parsed = read(TYPE, format!("--b\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--b--").as_bytes());
        assert!(parsed.multipart.invalid_part, "{disposition}");
        assert!(parsed.args_post.len() + parsed.files.len() == 1, "{disposition}");
    }
    let quoted = read(TYPE, b"--b\r\nContent-Disposition: form-data; name=\"it's a\\\"b\\\\c\\d;e\"\r\n\r\n\r\n--b--");
    assert_eq!(quoted.args_post, [(b"it's a\"b\\c\\d;e".to_vec(), Vec::new())]);
}

#[test]
fn lines_that_could_be_another_boundary_are_noticed() {
    let noticed = |line: &str| {
        let body = PART.replace("x\r\n", &format!("x\r\n{line}\r\n")) + "--b--";
        read(TYPE, body.as_bytes()).multipart.unmatched_boundary
    };
    for line in ["--foo", "--foo--", "--B", " --b", "y --b", "---b", "----WebKitFormBoundary7MA4YWxk", "--b2", "--b x"]
    {
        assert!(noticed(line), "{line}");
    }
    for line in ["-----BEGIN CERTIFICATE-----", "--", "-- ", "-- SELECT 1", "-----", "a -- b", "- b", &"--b".repeat(90)]
    {
        assert!(!noticed(line), "{line}");
    }
}

#[test]
fn form_data_is_bounded() {
    let limits = Limits {
        multipart_parts: 2,
        file_bytes: 4,
        multipart_field_bytes: 6,
        part_header_bytes: 80,
        ..Limits::default()
    };
    let part = |parameters: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; {parameters}\r\n\r\n{value}\r\n")
    };
    let read = |body: String| read_in_pieces(TYPE, body.as_bytes(), 7, &limits);
    let file = read(part("name=f; filename=x", "123456789") + "--b--");
    assert_eq!(
        file.files.first().map(|file| (file.content.as_slice(), file.size_bytes)),
        Some((b"1234".as_slice(), 9))
    );
    assert!(!file.partial, "the rest of a file is not inspected by intent");
    let long = read(part("name=a", "1234") + &part("name=b", "5678") + "--b--");
    assert_eq!(texts(&long.args_post), owned(&[("a", "1234"), ("b", "56"), ("", "5678")]));
    assert!(long.partial);
    let many = read(part("name=a", "1").repeat(3) + "--b--");
    assert!(many.partial);
    let beyond = "Content-Disposition: form-data; name=a\\r\\n\\r\\n1\\r\\n--b--";
    assert_eq!(texts(&many.args_post), owned(&[("a", "1"), ("a", "1"), ("", beyond)]));
    assert_eq!(flags(many.multipart), ["FILE_LIMIT_EXCEEDED"]);
    let endless = read(format!("--b\r\nContent-Disposition: form-data; name=a\r\nX: {}\r\n\r\n--b--", "y".repeat(100)));
    assert!(endless.partial && endless.error.is_some() && endless.multipart.invalid_part);
    assert_eq!(endless.args_post.first().map(|(name, _)| name.as_slice()), Some(b"a".as_slice()));
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "--b",
        "--",
        "\r\n",
        "\n",
        "\r",
        "--b--",
        "--b\r\n",
        "\r\n--b\r\n",
        "\r\n--b--\r\n",
        "x",
        " ",
        "\t",
        ":",
        ";",
        "=",
        "\"",
        "'",
        "\\",
        "\0",
        "Content-Disposition: form-data; name=\"a\"",
        "Content-Disposition: ",
        "form-data",
        "; name=",
        "; filename=\"f\"",
        "filename*=UTF-8''x",
        "Content-Type: text/plain",
        "\r\n\r\n",
        "X: 1",
        "--foo",
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
    ]);
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..300),
        4 => prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn form_data_does_not_depend_on_how_it_was_cut(body in any_body(), size in 1usize..40) {
        let limits = Limits { part_header_bytes: 120, multipart_parts: 4, multipart_field_bytes: 64, file_bytes: 16, ..Limits::default() };
        let whole = read_in_pieces(TYPE, &body, body.len().max(1), &limits);
        let kept: usize = whole.args_post.iter().map(|(_, value)| value.len()).sum();
        // The fields, and one text of what lies beyond their limits, which repeats the end of what was kept.
        prop_assert!(kept <= 64 + 4 * 64 + 2 * body.len() && whole.args_post.len() <= 5);
        prop_assert!(whole.files.iter().all(|file| file.content.len() <= 16));
        prop_assert_eq!(whole, read_in_pieces(TYPE, &body, size, &limits));
    }

    #[test]
    fn values_of_any_bytes_come_through(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..5), size in 1usize..700) {
        let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
        let mut body = Vec::new();
        for value in &values {
            body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n").as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let parsed = read_in_pieces(&format!("multipart/form-data; boundary={boundary}"), &body, size, &Limits::default());
        let read: Vec<Vec<u8>> = parsed.args_post.into_iter().map(|(_, value)| value).collect();
        if values.is_empty() {
            prop_assert!(parsed.error.is_some());
        } else {
            prop_assert_eq!(parsed.error, None);
            prop_assert!(!parsed.multipart.strict_error());
        }
        prop_assert_eq!(read, values);
    }

    #[test]
    fn any_content_type_is_read(content_type in "[ -~]{0,40}", parameters in "(boundary|BOUNDARY|=|\"|;| |b){0,8}") {
        read_in_pieces(&(content_type + &parameters), PART.as_bytes(), 5, &Limits::default());
    }
}
