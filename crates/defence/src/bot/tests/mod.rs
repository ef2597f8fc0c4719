//! Tests of bots: what user agents say, what heads show, what behaviour shows.

mod agents;
mod behaviour;

use super::*;

const CHROME: &[u8] =
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const FIREFOX: &[u8] = b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// A head as a browser sends it over HTTPS.
fn honest(user_agent: &[u8]) -> Head<'_> {
    Head {
        user_agent,
        has_accept: true,
        has_accept_language: true,
        has_fetch_metadata: true,
        is_https: true,
        is_http_1_0: false,
    }
}

fn names(reasons: Reasons) -> Vec<&'static str> {
    reasons.iter().map(Reason::name).collect()
}

#[test]
fn classes_are_those_of_conditions() {
    for class in BotClass::ALL {
        let raw = serde_json::json!({"field": "bot_class", "op": "eq", "value": class.as_str()});
        let raw = serde_json::from_value(raw).unwrap();
        assert!(crate::condition::Condition::compile(&raw).is_ok(), "{}", class.as_str());
    }
}

#[test]
fn names_are_in_lower_case_and_each_stands_once() {
    let names = NAMES.as_ref().expect("the automaton can be built");
    assert!(names.entries.len() > 250);
    let mut texts: Vec<_> = BEGINNINGS.iter().flat_map(|(_, texts)| *texts).collect();
    assert!(texts.iter().all(|text| **text == text.to_ascii_lowercase()));
    texts.sort();
    let doubled: Vec<_> = texts.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    let groups = BEGINNINGS.iter().filter(|(kind, _)| matches!(kind, Kind::Search(_)));
    let indexes: Vec<_> = groups.map(|(kind, _)| *kind).collect();
    assert_eq!(indexes, (0..14).map(Kind::Search).collect::<Vec<_>>());
    assert_eq!(SEARCH_ENGINES.len(), 14);
}

#[test]
fn a_head_that_is_not_as_it_says_is_told_by_what_is_missing() {
    let check = |head: Head<'_>, expected: &[&str]| {
        let assessment = assess(&head);
        assert_eq!(names(assessment.reasons), expected, "{head:?}");
        assert_eq!(assessment.class, BotClass::Browser);
        assessment.score()
    };
    let chrome = honest(CHROME);
    assert_eq!(check(chrome, &[]), 0);
    let score = check(Head { has_fetch_metadata: false, ..chrome }, &["no_fetch_metadata"]);
    assert!(score < CHALLENGE_FROM, "one sign is none");
    let score = check(
        Head { has_fetch_metadata: false, has_accept_language: false, ..chrome },
        &["no_fetch_metadata", "no_accept_language"],
    );
    assert!((CHALLENGE_FROM..BLOCK_FROM).contains(&score));
    check(Head { has_fetch_metadata: false, is_https: false, ..chrome }, &[]);
    check(Head { has_accept: false, ..chrome }, &["no_accept"]);
    check(Head { is_http_1_0: true, ..chrome }, &["old_protocol"]);
    check(Head { has_fetch_metadata: false, ..honest(FIREFOX) }, &[]);
    let old = b"Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/75.0.3770.100 Safari/537.36";
    check(Head { has_fetch_metadata: false, ..honest(old) }, &[]);
    let first =
        b"Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/76.0.3809.87 Safari/537.36";
    check(Head { has_fetch_metadata: false, ..honest(first) }, &["no_fetch_metadata"]);
    let all = Head { is_https: true, user_agent: CHROME, is_http_1_0: true, ..Head::default() };
    let score = check(all, &["no_fetch_metadata", "no_accept", "no_accept_language", "old_protocol"]);
    assert!(score >= BLOCK_FROM);
}

#[test]
fn a_search_engine_is_known_by_its_names_in_the_dns() {
    let assessment =
        assess(&honest(b"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"));
    let baidu = assessment.claimed_search_engine.unwrap();
    assert_eq!((baidu.name, assessment.class), ("baidu", BotClass::SearchEngine));
    assert!(assessment.score() < CHALLENGE_FROM);
    for host in ["baiduspider-220-181-108-92.crawl.baidu.com", "BAIDUSPIDER-1.CRAWL.BAIDU.COM.", "crawl.baidu.com"] {
        assert!(baidu.owns(host), "{host}");
    }
    for host in ["", "com", "crawl.baidu.com.example", "xcrawl.baidu.com", "baidu.com", "example.cn", "爬虫.example"]
    {
        assert!(!baidu.owns(host), "{host}");
    }
    assert!(!SEARCH_ENGINES[4].owns("360spider.example"), "who publishes no names is never verified");
    assert!(assess(&honest(CHROME)).claimed_search_engine.is_none());
}

#[test]
fn points_add_up_to_a_hundred_and_names_are_unique() {
    let mut all = Reasons::default();
    assert_eq!(all.score(), 0);
    for reason in Reason::ALL {
        all.add(*reason);
    }
    assert_eq!(all.score(), 100);
    let mut names = names(all);
    assert_eq!(names.len(), Reason::ALL.len());
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Reason::ALL.len());
}

proptest::proptest! {
    /// Any bytes are assessed, and what is said twice is said.
    #[test]
    fn any_user_agent_is_assessed(agent in proptest::collection::vec(proptest::num::u8::ANY, 0..2_000)) {
        let assessment = assess(&honest(&agent));
        proptest::prop_assert!(assessment.score() <= 100);
        let mut scanner = b"sqlmap/1.8 ".to_vec();
        scanner.extend(&agent);
        proptest::prop_assert_eq!(assess(&honest(&scanner)).class, BotClass::Scanner);
    }
}
