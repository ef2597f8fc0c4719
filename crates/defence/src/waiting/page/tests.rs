use std::time::Duration;

use serde_json::json;

use super::*;
use crate::page::tests::open;

fn waiting(position: u32, seconds: u64) -> Entrance {
    Entrance::Waiting { cookie: "c".to_owned(), position, estimated_wait: Duration::from_secs(seconds) }
}

fn full() -> Entrance {
    Entrance::Full { retry_after: Duration::from_secs(30) }
}

fn page_for(entrance: &Entrance) -> String {
    page(Language::Chinese, entrance, "/booking?a=1&b='2'", "01997c4e", "bm9uY2U=")
}

fn answer(entrance: &Entrance) -> serde_json::Value {
    json!([200, entrance.to_json()])
}

#[test]
fn the_page_asks_until_it_is_its_turn_and_then_goes_on() {
    let answers = [
        answer(&waiting(41, 61)),
        json!([0, ""]),
        json!([502, "<html>"]),
        json!([403, "{}"]),
        answer(&full()),
        answer(&waiting(1, 3)),
        answer(&Entrance::Admitted { cookie: None }),
    ];
    let Some(told) = open(&page_for(&waiting(50, 100)), json!({"timers": true, "answers": answers})) else { return };
    let polls = told.iter().filter(|line| line["path"] == POLL_PATH && line["method"] == "GET").count();
    assert_eq!(polls, 7);
    let shown: Vec<_> = told.into_iter().filter(|line| line["path"].is_null()).collect();
    let expected = [
        json!({"position": "41"}),
        json!({"wait": "约 2 分钟"}),
        json!({"shows": "lost"}),
        json!({"hides": "line"}),
        json!({"shows": "full"}),
        json!({"hides": "lost"}),
        json!({"position": "1"}),
        json!({"wait": "不到 1 分钟"}),
        json!({"shows": "line"}),
        json!({"hides": "full"}),
        json!({"goes": "/booking?a=1&b='2'"}),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn the_page_says_the_position_before_any_script_runs_and_without_one() {
    for (language, words) in
        [(Language::Chinese, ["正在排队", "约 5 分钟"]), (Language::English, ["You are in line", "about 5 min"])]
    {
        let html = page(language, &waiting(1_234, 299), "/booking?a=1&b='2'", "01997c4e", "bm9uY2U=");
        assert!(html.len() <= 12 * 1_024 && html.contains("01997c4e"), "{html}");
        assert!(words.iter().all(|word| html.contains(word)), "{html}");
        assert!(html.contains("<dd id=\"position\">1234</dd>") && html.contains("<p id=\"full\" hidden>"), "{html}");
        let refresh =
            "<noscript><meta http-equiv=\"refresh\" content=\"5;url=/booking?a=1&amp;b=&#39;2&#39;\"></noscript>";
        assert!(html.contains(refresh), "{html}");
        assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("src="), "nothing is loaded");
    }
    let html = page_for(&full());
    assert!(html.contains("<div id=\"line\" hidden>") && html.contains("<p id=\"full\">"), "{html}");
}

#[test]
fn both_sides_write_an_estimate_alike() {
    let times = [0, 59, 60, 61, 120, 121, 3_600, 86_400];
    let written: Vec<_> = times.iter().map(|seconds| estimate_text(&CHINESE, *seconds)).collect();
    let mut answers: Vec<_> = times.iter().map(|seconds| answer(&waiting(9, *seconds))).collect();
    answers.push(answer(&Entrance::Admitted { cookie: None }));
    let Some(told) = open(&page_for(&waiting(9, 9)), json!({"timers": true, "answers": answers})) else { return };
    let shown: Vec<_> = told.iter().filter_map(|line| line["wait"].as_str()).collect();
    assert_eq!(shown, written);
}

#[test]
fn an_answer_reads_as_published() {
    let json = |entrance: &Entrance| entrance.to_json();
    assert_eq!(json(&waiting(3, 12)), r#"{"admitted":false,"estimated_seconds":12,"position":3}"#);
    assert_eq!(json(&full()), r#"{"admitted":false,"estimated_seconds":null,"position":null}"#);
    let admitted = Entrance::Admitted { cookie: Some("c".to_owned()) };
    assert_eq!(json(&admitted), r#"{"admitted":true,"estimated_seconds":null,"position":null}"#);
}
