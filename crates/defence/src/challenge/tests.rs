use expect_test::expect;
use proptest::prelude::*;

use super::*;

fn challenger() -> Challenger {
    Challenger::new(Secret::new([7; 32]))
}

fn client() -> Client {
    of("appointment", "192.0.2.7", "Mozilla/5.0")
}

fn of(object: &str, address: &str, agent: &str) -> Client {
    Client::new(object, address.parse().unwrap(), agent.as_bytes())
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-20T12:00:00+08:00").unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What the script of the page must agree with: the text of a token and its first solution.
#[test]
fn a_token_and_its_solution_stay_as_published() {
    let token = challenger().issue(&client(), now(), *b"0123456789abcdef", 14);
    expect!["AXT9N_h1rSmR9JcPqB5Am0GWBMAAAgAAAAAAEGa0giS7GIzrlVYF9Pz_mAAGYK1HLPAAMDEyMzQ1Njc4OWFiY2RlZg4.joJZBwqmFFeDbFVXeAB0d54-yCwJFfN1gwch9Nnb6ds"]
        .assert_eq(&token);
    expect!["28497"].assert_eq(&solve(&token, 14).unwrap());
}

#[test]
fn a_solved_token_gives_a_cookie_once() {
    let (challenger, spent) = (challenger(), SpentNonces::default());
    let token = challenger.issue(&client(), now(), [1; 16], 14);
    let counter = solve(&token, 14).unwrap();
    let cookie = challenger.redeem(&client(), now(), &token, &counter, &spent).unwrap();
    assert_eq!(challenger.check_cookie(&client(), now(), &cookie), Ok(Proof::Work));
    assert_eq!(challenger.redeem(&client(), now(), &token, &counter, &spent), Err(Refusal::Spent));
    let other = challenger.issue(&client(), now(), [2; 16], 14);
    assert!(challenger.redeem(&client(), now(), &other, &solve(&other, 14).unwrap(), &spent).is_ok());
}

#[test]
fn work_that_was_not_done_does_not_count() {
    let (challenger, spent) = (challenger(), SpentNonces::default());
    let token = challenger.issue(&client(), now(), [1; 16], 14);
    let solution = solve(&token, 14).unwrap();
    let redeem = |counter: &str| challenger.redeem(&client(), now(), &token, counter, &spent);
    let wrong = (0..u64::MAX).map(|counter| counter.to_string()).find(|counter| leading_zeros(&token, counter) == 13);
    for counter in
        [&*wrong.unwrap(), "", "-1", "1e9", "99999999999999999999999", &format!("0{solution}"), &format!("{solution} ")]
    {
        assert_eq!(redeem(counter), Err(Refusal::Unsolved), "{counter}");
    }
    assert!(redeem(&solution).is_ok(), "the failures have not spent it");
    let bits = |wanted| challenger.issue(&client(), now(), [1; 16], wanted);
    assert_eq!((bits(0), bits(255)), (bits(MIN_BITS), bits(MAX_BITS)));
}

#[test]
fn the_number_of_bits_is_the_tokens_and_not_the_clients() {
    let (challenger, spent) = (challenger(), SpentNonces::default());
    let token = challenger.issue(&client(), now(), [1; 16], 16);
    let cheap = (0..u64::MAX)
        .map(|counter| counter.to_string())
        .find(|counter| (14..16).contains(&leading_zeros(&token, counter)));
    assert_eq!(challenger.redeem(&client(), now(), &token, &cheap.unwrap(), &spent), Err(Refusal::Unsolved));
    assert!(challenger.redeem(&client(), now(), &token, &solve(&token, 16).unwrap(), &spent).is_ok());
}

#[test]
fn another_network_agent_object_or_key_gets_nothing() {
    let (challenger, spent) = (challenger(), SpentNonces::default());
    let token = challenger.issue(&client(), now(), [1; 16], 14);
    let counter = solve(&token, 14).unwrap();
    let cookie = challenger.cookie(&client(), now(), Proof::Work);
    for other in [
        of("appointment", "192.0.3.7", "Mozilla/5.0"),
        of("appointment", "2001:db8::1", "Mozilla/5.0"),
        of("appointment", "192.0.2.7", "curl/8"),
        of("report", "192.0.2.7", "Mozilla/5.0"),
    ] {
        assert_eq!(challenger.redeem(&other, now(), &token, &counter, &spent), Err(Refusal::OtherClient));
        assert_eq!(challenger.check_cookie(&other, now(), &cookie), Err(Refusal::OtherClient));
    }
    let neighbour = of("appointment", "::ffff:192.0.2.200", "Mozilla/5.0");
    assert_eq!(challenger.check_cookie(&neighbour, now(), &cookie), Ok(Proof::Work), "a phone may change its address");
    let stranger = Challenger::new(Secret::new([8; 32]));
    assert_eq!(stranger.check_cookie(&client(), now(), &cookie), Err(Refusal::Forged));
    assert_eq!(stranger.redeem(&client(), now(), &token, &counter, &spent), Err(Refusal::Forged));
}

#[test]
fn a_token_is_no_cookie_and_a_cookie_no_token() {
    let challenger = challenger();
    let token = challenger.issue(&client(), now(), [1; 16], 14);
    assert_eq!(challenger.check_cookie(&client(), now(), &token), Err(Refusal::Forged));
    let cookie = challenger.cookie(&client(), now(), Proof::Work);
    assert_eq!(challenger.redeem(&client(), now(), &cookie, "0", &SpentNonces::default()), Err(Refusal::Forged));
}

#[test]
fn tokens_and_cookies_end() {
    let challenger = challenger();
    let token = challenger.issue(&client(), now(), [1; 16], 14);
    let counter = solve(&token, 14).unwrap();
    let cookie = challenger.cookie(&client(), now(), Proof::Work);
    let redeem = |at: Timestamp| challenger.redeem(&client(), at, &token, &counter, &SpentNonces::default());
    let check = |at: Timestamp| challenger.check_cookie(&client(), at, &cookie);
    assert!(redeem(now().plus(seconds(299))).is_ok() && redeem(now().minus(seconds(30))).is_ok());
    assert_eq!(redeem(now().plus(TOKEN_LIFETIME)), Err(Refusal::Expired));
    assert_eq!(redeem(now().minus(seconds(31))), Err(Refusal::Expired));
    assert_eq!(check(now().plus(seconds(1_799))), Ok(Proof::Work));
    assert_eq!(check(now().plus(COOKIE_LIFETIME)), Err(Refusal::Expired));
    assert_eq!(check(now().minus(seconds(31))), Err(Refusal::Expired));
}

#[test]
fn spent_nonces_stay_spent_while_their_token_lives_and_memory_is_bounded() {
    let spent = SpentNonces::default();
    let nonce = |number: u32| half_hash(&number.to_le_bytes());
    assert!(spent.spend(now(), nonce(0)));
    for number in 1..50_000 {
        assert!(spent.spend(now(), nonce(number)));
    }
    assert!((0..50_000).all(|number| !spent.spend(now().plus(TOKEN_LIFETIME), nonce(number))));
    for number in 50_000..250_000 {
        spent.spend(now(), nonce(number));
    }
    assert!(spent.0.len() <= 2 * SPENT_ROOM * crate::table::SHARDS);
}

#[test]
fn the_key_is_not_shown() {
    assert!(!format!("{:?}", challenger()).contains('7'));
}

proptest! {
    /// One changed character anywhere makes it a forgery; any other text is one too.
    #[test]
    fn nothing_but_the_signed_text_is_taken(index in 0..135_usize, other in "[A-Za-z0-9_.-]", text in ".{0,200}") {
        let challenger = challenger();
        let cookie = challenger.cookie(&client(), now(), Proof::Work);
        let mut changed = cookie.clone().into_bytes();
        prop_assume!(changed[index] != other.as_bytes()[0]);
        changed[index] = other.as_bytes()[0];
        let changed = String::from_utf8(changed).unwrap();
        prop_assert_eq!(challenger.check_cookie(&client(), now(), &changed), Err(Refusal::Forged));
        prop_assert_eq!(challenger.check_cookie(&client(), now(), &text), Err(Refusal::Forged));
    }
}

#[test]
fn who_looks_like_a_program_works_harder() {
    let bits = [0, 39, 40, 49, 50, 60, 79, 80, 100].map(bits_for);
    assert_eq!(bits, [18, 18, 18, 18, 19, 20, 21, 22, 22]);
}

#[test]
fn token_is_known_as_that_of_its_client_while_it_may_be_solved() {
    let (challenger, now) = (Challenger::new(Secret::new([7; 32])), Timestamp::from_micros(1_795_144_455_926_535));
    let client = |address: &str| Client::new("appointment", address.parse().unwrap(), b"Mozilla/5.0");
    let token = challenger.issue(&client("192.0.2.7"), now, [9; 16], DEFAULT_BITS);
    assert!(challenger.is_token_of(&client("192.0.2.7"), now, &token));
    assert!(!challenger.is_token_of(&client("198.51.100.7"), now, &token));
    assert!(!challenger.is_token_of(&client("192.0.2.7"), now.plus(TOKEN_LIFETIME), &token));
    assert!(!challenger.is_token_of(&client("192.0.2.7"), now, "made up"));
}
