use medward_contract::Timestamp;
use medward_crypto::Secret;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::challenge::{Challenger, Client, SpentNonces, solve};
use crate::page::tests::{node, open};

const BITS: u8 = 14;

fn challenger() -> Challenger {
    Challenger::new(Secret::new([7; 32]))
}

fn client() -> Client {
    Client::new("appointment", "192.0.2.7".parse().unwrap(), b"Mozilla/5.0")
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_795_144_455_926_535)
}

fn token(nonce: u8) -> String {
    challenger().issue(&client(), now(), [nonce; 16], BITS)
}

fn page_for(token: &str) -> String {
    page(Language::English, token, BITS, "/booking?day=1&who='x'", "01997c4e", "bm9uY2U=")
}

/// What the page posted, read as the gateway reads it and redeemed; and where the page went then.
fn redeemed(told: &[Value]) -> String {
    let post = told.iter().find(|line| line["method"] == "POST").expect("the page posts");
    assert_eq!(post["path"], SOLUTION_PATH);
    assert_eq!(post["headers"]["Content-Type"], "application/x-www-form-urlencoded");
    let body = post["body"].as_str().unwrap();
    let fields: Vec<_> = body.split('&').map(|field| field.split_once('=').unwrap()).collect();
    let [("token", token), ("counter", counter), ("to", to)] = &*fields else { panic!("{body}") };
    assert_eq!(*to, "%2Fbooking%3Fday%3D1%26who%3D'x'");
    let spent = SpentNonces::default();
    let cookie = challenger().redeem(&client(), now(), token, counter, &spent).expect("a right solution");
    assert!(challenger().check_cookie(&client(), now(), &cookie).is_ok());
    told.last().unwrap()["goes"].as_str().unwrap_or_default().to_owned()
}

/// FIPS 180-4 as NIST's examples have it, and one length for every place that the end of the text can have in a block.
#[test]
fn the_scripts_sha_256_is_sha_256() {
    let mut texts: Vec<String> = (0..200).map(|length| "x7".chars().cycle().take(length).collect()).collect();
    texts.extend(["abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"].map(str::to_owned));
    let run = "\nfor (const text of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) \
                       console.log(makeSolver().sha256Hex(text))";
    let Some(hashes) = node(&[SOLVER, run].concat(), &json!(texts).to_string()) else { return };
    let hashes: Vec<_> = hashes.lines().collect();
    assert_eq!(hashes.len(), texts.len());
    for (text, hash) in texts.iter().zip(&hashes) {
        let expected = data_encoding::HEXLOWER.encode(&medward_crypto::sha256(text.as_bytes()));
        assert_eq!(*hash, expected, "{text}");
    }
    assert_eq!(hashes[200], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(hashes[201], "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

#[test]
fn the_script_finds_what_the_gateway_finds() {
    let tokens: Vec<_> = (0..16).map(token).collect();
    let run = "\nfor (const token of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) { \
                       const run = makeSolver().search(token, 14); let counter = null; \
                       while (counter === null) counter = run.step(999); \
                       if (!(run.progress() > 0 && run.progress() < 1)) throw counter; \
                       console.log(counter) }";
    let Some(counters) = node(&[SOLVER, run].concat(), &json!(tokens).to_string()) else { return };
    let counters: Vec<_> = counters.lines().collect();
    assert_eq!(counters.len(), tokens.len());
    for (token, counter) in tokens.iter().zip(counters) {
        assert_eq!(solve(token, BITS).as_deref(), Some(counter));
        assert!(challenger().redeem(&client(), now(), token, counter, &SpentNonces::default()).is_ok());
    }
}

#[test]
fn the_page_solves_its_token_and_goes_on_wherever_workers_run_or_not() {
    for (nonce, worker) in (0..).zip(["runs", "throws", "errs", "silent", "absent"]) {
        let page = page_for(&token(nonce));
        let Some(told) = open(&page, json!({"worker": worker, "timers": worker == "silent", "answers": [[204, ""]]}))
        else {
            return;
        };
        assert_eq!(redeemed(&told), "/booking?day=1&who='x'", "{worker}: {told:?}");
        assert_eq!(told[0], json!({"shows": "doing"}));
    }
}

#[test]
fn a_failure_is_shown_and_a_new_page_asked_for() {
    for answer in [json!([403, ""]), json!([0, ""])] {
        let Some(told) = open(&page_for(&token(1)), json!({"answers": [answer]})) else { return };
        let end = [json!({"hides": "doing"}), json!({"shows": "failed"}), json!({"shows": "again"})];
        assert!(told.ends_with(&[&end[..], &[json!({"goes": "/booking?day=1&who='x'"})]].concat()), "{told:?}");
    }
}

/// Without cookies the way would lead back here for ever.
#[test]
fn a_browser_without_cookies_does_not_work_for_nothing() {
    let Some(told) = open(&page_for(&token(1)), json!({"cookies": false})) else { return };
    assert_eq!(told[0], json!({"shows": "cookies"}));
    assert!(told.iter().all(|line| line["method"].is_null()), "{told:?}");
}

#[test]
fn the_fragment_of_the_address_survives() {
    let Some(told) = open(&page_for(&token(1)), json!({"hash": "#/doctors", "answers": [[204, ""]]})) else { return };
    let end = [json!({"becomes": "/booking?day=1&who='x'#/doctors"}), json!({"reloads": true})];
    assert!(told.ends_with(&end), "{told:?}");
}

#[test]
fn the_page_is_whole_small_and_in_both_languages() {
    for (language, tag, word) in [(Language::Chinese, "zh-CN", "安全检查"), (Language::English, "en", "Security check")]
    {
        let html = page(language, &token(1), 18, "/booking", "01997c4e", "bm9uY2U=");
        assert!(html.len() <= 12 * 1_024, "{} bytes", html.len());
        assert!(html.starts_with(&format!("<!doctype html><html lang=\"{tag}\">")) && html.contains(word));
        assert!(html.contains("01997c4e") && html.contains("<noscript><p>"));
        assert_eq!(html.matches("<script").count(), html.matches("<script nonce=\"bm9uY2U=\">").count());
        assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("src="), "nothing is loaded");
    }
}

proptest! {
    /// Whatever a client sends, the page has the elements it has: nothing foreign opens or closes one, or leaves its attribute.
    #[test]
    fn foreign_text_changes_nothing_but_text(token in ".{0,40}", to in "/[\"'<>&=a-z]{0,40}", id in "[\"'<>&= a-z]{0,40}") {
        let plain = page(Language::Chinese, "", BITS, "/", "", "n");
        let html = page(Language::Chinese, &token, BITS, &to, &id, "n");
        for mark in ["<", ">", "\"", "data-token=", "nonce="] {
            let foreign = [&*token, &to, &id].iter().any(|text| mark.len() > 1 && text.contains(mark));
            prop_assert!(foreign || html.matches(mark).count() == plain.matches(mark).count(), "{}", mark);
        }
    }
}
