use std::collections::HashSet;

use medward_crypto::Secret;
use proptest::prelude::*;

use super::*;
use crate::page::Language;

fn challenger() -> Challenger {
    Challenger::new(Secret::new([7; 32]))
}

fn client(object: &str) -> Client {
    Client::new(object, "192.0.2.7".parse().unwrap(), b"Mozilla/5.0")
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_795_144_455_926_535)
}

fn right(nonce: u8) -> String {
    challenger().characters([nonce; 16]).iter().map(|(character, _)| character).collect()
}

struct Desk {
    captcha: Captcha,
    tries: CaptchaTries,
}

impl Desk {
    fn new(nonce: u8) -> Self {
        let captcha = challenger().issue_captcha(&client("appointment"), now(), [nonce; 16]);
        Self { captcha, tries: CaptchaTries::default() }
    }

    fn answer_after(&self, seconds: u64, answer: &str) -> Result<String, Refusal> {
        let at = now().plus(Duration::from_secs(seconds));
        challenger().redeem_captcha(&client("appointment"), at, &self.captcha.token, answer, &self.tries)
    }

    fn answer(&self, answer: &str) -> Result<String, Refusal> {
        self.answer_after(1, answer)
    }
}

#[test]
fn a_right_answer_gives_a_cookie_once() {
    let desk = Desk::new(1);
    let cookie = desk.answer(&right(1)).unwrap();
    assert_eq!(challenger().check_cookie(&client("appointment"), now(), &cookie), Ok(Proof::Captcha));
    assert_eq!(desk.answer(&right(1)), Err(Refusal::Spent));
}

#[test]
fn the_same_picture_is_shown_again_to_its_client_while_it_may_be_answered() {
    let captcha = Desk::new(1).captcha;
    let again = |object: &str, seconds| {
        let at = now().plus(Duration::from_secs(seconds));
        challenger().captcha_again(&client(object), at, &captcha.token)
    };
    assert_eq!(again("appointment", 119).as_ref(), Some(&captcha));
    assert_eq!((again("appointment", 120), again("report", 1)), (None, None));
    assert_eq!(challenger().captcha_text(&captcha.token), Some(right(1)));
}

#[test]
fn an_answer_may_be_typed_as_people_type() {
    let answer = right(2);
    let wide: String = answer.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    for typed in [answer.to_lowercase(), format!(" {answer} \t"), wide.clone(), wide.to_lowercase()] {
        assert!(Desk::new(2).answer(&typed).is_ok(), "{typed}");
    }
}

#[test]
fn five_wrong_answers_end_it() {
    let desk = Desk::new(3);
    let long = right(3).repeat(20);
    for wrong in ["", "AAAAA", "????", &long] {
        assert_eq!(desk.answer(wrong), Err(Refusal::Unsolved), "{wrong}");
    }
    assert_eq!(desk.answer(&format!("{}A", right(3))), Err(Refusal::Spent), "there is nothing left to try");
    assert_eq!(desk.answer(&right(3)), Err(Refusal::Spent));
    let desk = Desk::new(3);
    for _ in 0..4 {
        assert_eq!(desk.answer("AAAAA"), Err(Refusal::Unsolved));
    }
    assert!(desk.answer(&right(3)).is_ok(), "the fifth may be right");
}

#[test]
fn it_ends_and_is_of_one_client_and_kind() {
    let desk = Desk::new(4);
    assert_eq!(desk.answer_after(120, &right(4)), Err(Refusal::Expired));
    let elsewhere = challenger().redeem_captcha(&client("report"), now(), &desk.captcha.token, &right(4), &desk.tries);
    assert_eq!(elsewhere, Err(Refusal::OtherClient));
    assert!(desk.answer_after(119, &right(4)).is_ok(), "and none of that was a try");
    let proof = challenger().issue(&client("appointment"), now(), [4; 16], 14);
    let redeem = |token: &str| {
        challenger().redeem_captcha(&client("appointment"), now(), token, &right(4), &CaptchaTries::default())
    };
    assert_eq!(redeem(&proof), Err(Refusal::Forged));
    assert_eq!(challenger().check_cookie(&client("appointment"), now(), &desk.captcha.token), Err(Refusal::Forged));
    let stranger = Challenger::new(Secret::new([8; 32])).issue_captcha(&client("appointment"), now(), [4; 16]);
    assert_eq!(redeem(&stranger.token), Err(Refusal::Forged));
}

#[test]
fn pictures_and_answers_differ_and_say_nothing_of_each_other() {
    let desks: Vec<_> = (0..100).map(Desk::new).collect();
    let answers: HashSet<_> = (0..100).map(right).collect();
    assert!(answers.len() >= 99 && answers.iter().all(|answer| answer.len() == CHARACTERS));
    let all: HashSet<char> = answers.iter().flat_map(|answer| answer.chars()).collect();
    assert_eq!(all.len(), GLYPHS.len(), "every character comes up");
    let pictures: HashSet<_> = desks.iter().map(|desk| &desk.captcha.svg).collect();
    assert_eq!(pictures.len(), 100);
    for desk in &desks {
        let svg = &desk.captcha.svg;
        assert!(svg.len() < 8 * 1_024 && !svg.contains("<text") && svg.matches('<').count() == 3, "{svg}");
        let path = svg.split("d=\"").nth(1).unwrap().split('"').next().unwrap();
        let numbers =
            path.split(['M', 'L', ' ']).filter(|number| !number.is_empty()).map(|n| n.parse::<f64>().unwrap());
        let numbers: Vec<f64> = numbers.collect();
        assert!(
            numbers.chunks(2).all(|point| (0.0..=300.0).contains(&point[0]) && (0.0..=90.0).contains(&point[1])),
            "{svg}"
        );
    }
}

/// A path from left to right would tell the characters' order, and where one ends, for nothing.
#[test]
fn pieces_come_in_no_order() {
    for nonce in 0..20 {
        let svg = Desk::new(nonce).captcha.svg;
        let path = svg.split("d=\"M").nth(1).unwrap().split('"').next().unwrap();
        let left: Vec<f64> = path.split('M').map(|piece| piece.split(' ').next().unwrap().parse().unwrap()).collect();
        let near = left.windows(2).filter(|pair| (pair[0] - pair[1]).abs() < 20.0).count();
        assert!(left.len() > 50 && near < left.len() / 3, "{near} of {}", left.len());
    }
}

#[test]
fn the_page_works_without_scripts() {
    let captcha = &Desk::new(5).captcha;
    for (language, was_wrong, word) in [(Language::Chinese, false, ""), (Language::English, true, "not right")] {
        let (return_to, event_id) = ("/booking?a='1'&b=\"2\"", "01997c4e");
        let page = CaptchaPage { language, captcha, was_wrong, return_to, event_id, nonce_for_csp: "bm9uY2U=" };
        let html = page.html();
        assert!(html.len() < 16 * 1_024 && !html.contains("<script") && !html.contains("style=\""), "{html}");
        assert!(html.contains("<form method=\"post\" action=\"/.medward/captcha\">") && html.contains(&captcha.svg));
        assert!(html.contains(&format!("name=\"token\" value=\"{}\"", captcha.token)) && html.contains(word), "{html}");
        assert!(html.contains("name=\"to\" value=\"/booking?a=&#39;1&#39;&amp;b=&quot;2&quot;\""), "{html}");
        assert!(!html.contains(&right(5)) && html.contains("01997c4e"), "{html}");
    }
}

proptest! {
    #[test]
    fn nothing_but_the_right_answer_is_taken(answer in "[A-Z0-9 a-z]{0,8}|.{0,80}") {
        prop_assume!(normalised(&answer) != right(6));
        prop_assert_eq!(Desk::new(6).answer(&answer), Err(Refusal::Unsolved));
    }
}
