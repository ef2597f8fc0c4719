use super::*;

const FINDINGS: [Cow<'static, str>; 3] =
    [Cow::Borrowed("too_short"), Cow::Borrowed("mismatch"), Cow::Borrowed("unheard of")];

fn frame(language: Language) -> Frame<'static> {
    Frame {
        language,
        application: "影像系统 <PACS>",
        back: "/reports?id=1&x=\"><script>",
        event_id: "0190",
        nonce: "bm9uY2U=",
    }
}

fn at() -> Timestamp {
    Timestamp::from_micros(1_795_144_455_000_000)
}

/// Every page there is.
fn views() -> Vec<View<'static>> {
    let address = IpAddr::from([10, 1, 5, 19]);
    vec![
        View::Password { login: "\"><script>alert(1)</script>" },
        View::Factor { again: false },
        View::Factor { again: true },
        View::Enrol { qr_svg: "<svg></svg>", secret: "ABCD" },
        View::EnrolCode,
        View::NewPassword { findings: &FINDINGS },
        View::Ask { address, since: at() },
        View::Second { address, since: at() },
        View::RecoveryCodes { codes: &["AAAA-BBBB"] },
        View::Full,
        View::Denied,
        View::Share,
        View::Shed,
        View::Within { name: "<b>王敏</b>", login: "wang.min", until: at() },
    ]
}

#[test]
fn nothing_foreign_becomes_markup_and_nothing_is_loaded_or_run() {
    for language in [Language::Chinese, Language::English] {
        for view in views() {
            let html = page(&frame(language), view, Some(Notice::Wrong));
            assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<PACS>"), "{html}");
            assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("src="), "{html}");
            assert!(html.len() < 16 << 10, "{}", html.len());
        }
    }
}

#[test]
fn forms_carry_the_way_back_and_never_to_another_site() {
    let html = page(&frame(Language::Chinese), View::Password { login: "" }, None);
    assert!(html.contains("name=\"to\" value=\"/reports?id=1&amp;x=&quot;&gt;&lt;script&gt;\""), "{html}");
    let elsewhere = Frame { back: "//elsewhere.example/", ..frame(Language::Chinese) };
    assert!(page(&elsewhere, View::Password { login: "" }, None).contains("name=\"to\" value=\"/\""));
}

#[test]
fn who_was_taken_over_reads_from_where_and_when() {
    let by = Some((IpAddr::from([10, 1, 5, 20]), at()));
    let html = page(&frame(Language::Chinese), View::Password { login: "" }, Some(Notice::TakenOver(by)));
    assert!(html.contains("10.1.5.20") && html.contains(&at().clock_text(8)), "{html}");
    let html = page(&frame(Language::English), View::Password { login: "" }, Some(Notice::Locked(at())));
    assert!(html.contains(&format!("{} UTC", at().clock_text(0))), "{html}");
}
