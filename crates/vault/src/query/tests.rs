mod damaged;
mod oracle;
mod pipes;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Stream};
use medward_contract::vault::{Record, Window};
use medward_contract::{Severity, Timestamp};
use medward_kernel::Clock;
use proptest::prelude::*;

use super::*;
use crate::canonical::{View, encode};
use crate::commit::{Batch, Draft};
use crate::disk::fake::FakeDisk;
use crate::open::{OpenOptions, open};
use crate::seal::tests::sealer_of;
use crate::shared::Shared;
use crate::store::drafts_of;
use crate::streams::StreamSet;
use crate::wal::ROLL_BYTES;

const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

fn attack() -> Event {
    Event::new(Dataset::WafAttack, "block", NOW)
        .severity(Severity::High)
        .set(Field::SourceIp, "203.0.113.9")
        .set(Field::UrlPath, "/api/v1/report")
        .set(Field::HttpStatus, 403_u16)
        .set(Field::RuleId, "942100")
        .set(Field::RuleCategory, "sqli")
        .set(Field::Message, "SQL 注入攻击已拦截 at mysqli_query")
        .tag("alerted")
        .attr("waf.object", "tj-report")
        .attr("waf.score", 15)
        .attr("waf.ratio", 0.5)
        .attr("waf.drill", true)
        .attr("zz", "\"waf.score\":3")
}

/// Whether the query matches [`attack`].
fn check(query: &str, expected: bool) {
    let bytes = encode(7, NOW, &attack()).unwrap();
    let parsed = parse(query, NOW).unwrap_or_else(|error| panic!("{query}: {error}"));
    assert_eq!(parsed.filter.matches(Stream::Waf, &View::parse(&bytes).unwrap()), expected, "{query}");
}

#[test]
fn words_phrases_and_fields_match_as_specified() {
    check("", true);
    check("*", true);
    check("sqli", true);
    check("SQLI", true);
    check("mysql", false);
    check("mysql*", true);
    check("注入", true);
    check("\"注入攻击已拦截\"", true);
    check("\"sql 注入\"", true);
    check("rule.category:sqli", true);
    check("rule.category:=sqli", true);
    check("rule.category:=SQLI", false);
    check("rule.category:!=xss", true);
    check("user.name:!=root", false);
    check("source.ip:203.0.113.9", true);
    check("203.0.113.9", true);
    check("url.path:/api/v1/report", true);
    check("url.path:~\"^/api/v[0-9]+/\"", true);
    check("~\"mysqli_\\\\w+\"", true);
    check("tags:alerted", true);
    check("event.dataset:=waf.attack", true);
    check("event.action:block", true);
    check("event.outcome:failure", false);
    check("user.name:*", false);
    check("rule.id:*", true);
    check("rule.id:94*", true);
    check("rule.id:in(1, 942100)", true);
    check("source.ip:cidr(203.0.113.0/24)", true);
    check("source.ip:cidr(10.0.0.0/8)", false);
}

#[test]
fn numbers_compare_as_numbers_in_fields_and_attributes() {
    check("http.response.status_code:403", true);
    check("http.response.status_code:40*", true);
    check("http.response.status_code:>=403", true);
    check("http.response.status_code:>403", false);
    check("http.response.status_code:[400,499]", true);
    check("event.severity:<3", false);
    check("event.severity:3", true);
    check("waf.score:>10", true);
    check("waf.score:=15", true);
    check("waf.score:3", false);
    check("waf.ratio:<=0.5", true);
    check("waf.drill:true", true);
    check("waf.object:tj", true);
    check("missing:>0", false);
    check("medward.seq:7", true);
}

#[test]
fn logic_binds_not_before_and_before_or() {
    check("sqli and xss", false);
    check("sqli xss", false);
    check("sqli or xss", true);
    check("xss or sqli rule.id:942100", true);
    check("(xss or sqli) and not alerted", false);
    check("not xss", true);
    check("NOT (xss OR sqli)", false);
    check("-xss sqli", true);
    check("stream:waf sqli", true);
    check("stream:access or stream:waf", true);
    check("-stream:waf", false);
    check("_time:1h", true);
    check("_time:[2020-01-01T00:00:00Z,2021-01-01T00:00:00Z)", false);
    check("notable or sqli", true);
}

#[test]
fn wrong_query_names_column_and_what_was_expected() {
    let check = |query: &str, column: usize, expected: &str| {
        let error = parse(query, NOW).unwrap_err();
        assert_eq!((error.column, error.expected.join(" | ").as_str()), (column, expected), "{query}");
    };
    check("(sqli", 6, "\")\"");
    check("sqli)", 5, "and | or | a term | the end");
    check("sqli and", 9, "a term");
    check("or", 1, "a term | ( | not");
    check("rule.id:>x", 10, "a number");
    check("预约 \"开", 6, "a closing quote");
    check("\"\"", 3, "text between the quotes");
    check("stream:nobody", 8, "the name of a stream");
    check("_time:soon", 7, "a duration such as 15m, 1h or 7d | [from,to)");
    check("a:~\"(\"", 4, "a regular expression of at most 64 KiB");
    check("source.ip:cidr(x)", 16, "a network such as 10.0.0.0/8");
    check("sqli | limit 3", 6, "and | or | a term | the end");
    check(&"(".repeat(100), 34, "less nesting");
    check(&"a ".repeat(70), 129, "at most 64 terms");
}

#[test]
fn time_and_streams_of_a_query_bound_the_search() {
    let query = parse("_time:1h (stream:waf or stream:auth) sqli", NOW).unwrap();
    assert!(query.has_time);
    assert_eq!(query.filter.bounds(), (NOW.minus(Duration::from_hours(1)).as_micros(), NOW.as_micros() + 1));
    let streams = query.filter.streams();
    assert!(streams.contains(Stream::Waf) && streams.contains(Stream::Auth) && !streams.contains(Stream::Access));
    let either = parse("_time:1h or sqli", NOW).unwrap();
    assert_eq!(either.filter.bounds(), (i64::MIN, i64::MAX));
}

/// A vault in memory that holds these events, committed in groups of three; the first half stands in segments, the rest in the
/// log.
fn vault_of(events: Vec<Event>) -> Arc<Shared> {
    vault_on(&FakeDisk::default(), Clock::manual(NOW).0, events, 3)
}

/// The same in groups of `at_once`, on a disk and with a clock that the test keeps.
fn vault_on(disk: &FakeDisk, clock: Clock, events: Vec<Event>, at_once: usize) -> Arc<Shared> {
    let options = OpenOptions {
        directory: PathBuf::from("/v"),
        node: "t".into(),
        site_id: Some("t".into()),
        new_site_id: None,
        reserve_bytes: Some(0),
        roll_bytes: ROLL_BYTES,
        log_limits: crate::seal::LogLimits::default(),
    };
    let mut opened = open(Arc::new(disk.clone()), clock, &options).unwrap();
    let drafts: Vec<Draft> = drafts_of(events).unwrap();
    let mut sealer = sealer_of(&opened.shared);
    let groups = drafts.len().div_ceil(at_once);
    for (number, group) in drafts.chunks(at_once).enumerate() {
        if number == groups / 2 {
            while sealer.step().unwrap() {}
            for stream in Stream::ALL {
                sealer.seal(stream).unwrap();
            }
        }
        let done = Box::new(|fate: Result<_, _>| assert!(fate.is_ok()));
        opened.committer.commit(vec![Batch { drafts: Arc::new(group.to_vec()), lane: None, done }]).unwrap();
    }
    opened.shared
}

fn search(query: &str) -> Search {
    Search {
        query: Arc::new(parse(query, NOW).unwrap()),
        window: None,
        streams: StreamSet::ALL,
        after: None,
        limit: 100,
        budget: Duration::from_secs(30),
    }
}

fn addresses(rows: &[Record]) -> Vec<String> {
    rows.iter().map(|record| record.at.to_string()).collect()
}

fn event_at(offset_us: i64, dataset: Dataset, user: &str) -> Event {
    let at = Timestamp::from_micros(NOW.as_micros() - offset_us);
    Event::new(dataset, dataset.actions()[0], at).set(Field::UserName, user)
}

#[test]
fn rows_come_newest_first_with_ties_by_stream_and_number() {
    let vault = vault_of(vec![
        event_at(5, Dataset::WafAttack, "a"),
        event_at(1, Dataset::WafAttack, "a"),
        event_at(5, Dataset::AuthLogin, "a"),
        event_at(5, Dataset::WafAttack, "a"),
        event_at(9, Dataset::AppLog, "a"),
    ]);
    let answer = search("user.name:a").run(&vault).unwrap();
    assert_eq!(addresses(&answer.rows), ["waf:1", "auth:0", "waf:0", "waf:2", "app:0"]);
    assert!(answer.coverage.is_complete() && answer.next.is_none());
}

#[test]
fn streams_the_caller_may_not_read_are_left_out() {
    let vault = vault_of(vec![event_at(1, Dataset::WafAttack, "a"), event_at(2, Dataset::AuthLogin, "a")]);
    let mut search = search("*");
    search.streams = StreamSet::ALL.and(StreamSet::EMPTY.with(Stream::Waf));
    assert_eq!(addresses(&search.run(&vault).unwrap().rows), ["waf:0"]);
}

#[test]
fn query_without_time_looks_at_the_last_day() {
    let day = 86_400_000_000;
    let vault = vault_of(vec![event_at(day / 2, Dataset::WafAttack, "a"), event_at(day * 2, Dataset::WafAttack, "b")]);
    assert_eq!(addresses(&search("*").run(&vault).unwrap().rows), ["waf:0"]);
    assert_eq!(search("_time:3d").run(&vault).unwrap().rows.len(), 2);
}

#[test]
fn spent_time_gives_sure_rows_and_where_to_go_on() {
    let vault = vault_of((0..9).map(|minute| event_at(minute * 60_000_000, Dataset::AppLog, "a")).collect());
    let mut spent = search("*");
    // No time at all: the first look at the clock is already too late for a clock that moved.
    spent.budget = Duration::ZERO;
    let answer = spent.run(&vault).unwrap();
    assert!(answer.coverage.is_complete(), "a clock that stands still spends nothing");
    let stopped = Cursor::of(Stream::App, 4, NOW.as_micros() - 4 * 60_000_000);
    assert_eq!(stopped.to_string().parse::<Cursor>().unwrap(), stopped);
    assert!("x,app,1".parse::<Cursor>().is_err() && "1,nobody,1".parse::<Cursor>().is_err());
}

#[test]
fn histogram_counts_every_step_and_key_and_shows_empty_steps() {
    let minute = 60_000_000;
    let vault = vault_of(vec![
        event_at(0, Dataset::WafAttack, "a"),
        event_at(1, Dataset::WafAttack, "b"),
        event_at(3 * minute, Dataset::WafAttack, "a"),
    ]);
    let mut counted = search("user.name:*");
    counted.window = Some(Window { from: NOW.minus(Duration::from_mins(4)), to: NOW.plus(Duration::from_micros(1)) });
    let by = Target::of("user.name");
    let histogram = histogram(&counted, minute, Some(&by), &vault).unwrap();
    let counts: Vec<_> =
        histogram.buckets.iter().map(|bucket| bucket.counts.clone().into_iter().collect::<Vec<_>>()).collect();
    assert!(histogram.buckets.iter().all(|bucket| bucket.at % minute == 0));
    assert_eq!(counts, [vec![], vec![("a".into(), 1)], vec![], vec![], vec![("a".to_owned(), 1), ("b".to_owned(), 1)]]);
    counted.window = Some(Window { from: Timestamp::from_micros(0), to: NOW });
    assert!(matches!(super::histogram(&counted, minute, None, &vault), Err(TallyError::TooManyGroups)));
}

#[test]
fn steps_of_a_day_begin_at_midnight_in_shanghai() {
    let vault = vault_of(vec![event_at(0, Dataset::AppLog, "a")]);
    let day = 86_400_000_000;
    let histogram = histogram(&search("*"), day, None, &vault).unwrap();
    let last = histogram.buckets.last().unwrap();
    assert_eq!(Timestamp::from_micros(last.at).to_string(), "2026-11-19T16:00:00.000000Z");
    assert_eq!(last.counts["all"], 1);
}

#[test]
fn top_values_are_the_most_frequent_first() {
    let users = ["b", "a", "c", "a", "b", "a"];
    let vault = vault_of(users.iter().map(|user| event_at(1, Dataset::AppLog, user)).collect());
    let top = top_values(&search("*"), &Target::of("user.name"), 2, &vault).unwrap();
    assert_eq!((top.items, top.total), (vec![("a".to_owned(), 3), ("b".to_owned(), 2)], 6));
}

#[test]
fn records_are_counted_in_several_ways_at_once() {
    let users = ["b", "a", "c", "a", "b", "a"];
    let vault = vault_of(users.iter().map(|user| event_at(1, Dataset::AppLog, user)).collect());
    let user = vec![Target::of("user.name")];
    let ways = [
        Way { by: user.clone(), step_us: None, limit: 2 },
        Way { by: user, step_us: Some(86_400_000_000), limit: 1 },
        Way { by: vec![Target::of("rule.id")], step_us: None, limit: 9 },
    ];
    let counts = counts(&search("*"), &ways, &vault).unwrap();
    let told = |at: usize| {
        let groups = counts.each[at].groups.iter().map(|group| (group.values.join("|"), group.count));
        (groups.collect::<Vec<_>>(), counts.each[at].distinct)
    };
    assert_eq!((counts.total, counts.complete), (6, true));
    assert_eq!(told(0), (vec![("a".to_owned(), 3), ("b".to_owned(), 2)], 3));
    assert_eq!(told(1), (vec![("1795104000000000|a".to_owned(), 3)], 3));
    assert_eq!(told(2), (vec![(String::new(), 6)], 1), "what a record lacks is a value as well");
}

prop_compose! {
    fn any_row()(offset in 0_i64..40, dataset in prop::sample::select(&[Dataset::WafAttack, Dataset::AppLog, Dataset::AuthLogin]), user in "[ab]") -> Event {
        event_at(offset, dataset, &user)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Pages put together are what a naive reader finds by looking at everything.
    #[test]
    fn pages_together_are_the_whole_answer(events in prop::collection::vec(any_row(), 0..40), limit in 1_usize..7) {
        let vault = vault_of(events.clone());
        let mut expected: Vec<(i64, &str, u64)> = Vec::new();
        let mut next = std::collections::BTreeMap::new();
        for event in &events {
            let stream = event.dataset.stream();
            let seq = next.entry(stream).or_insert(0_u64);
            if event.text(Field::UserName) == Some("a") {
                expected.push((-event.timestamp.as_micros(), stream.as_str(), *seq));
            }
            *seq += 1;
        }
        expected.sort_unstable();
        let mut paged = search("user.name:a");
        paged.limit = limit;
        let mut found = Vec::new();
        loop {
            let answer = paged.run(&vault).unwrap();
            prop_assert!(answer.rows.len() <= limit && answer.coverage.is_complete());
            found.extend(answer.rows.iter().map(|row| (-row.event.timestamp.as_micros(), row.at.stream.as_str(), row.at.seq)));
            match answer.next {
                Some(next) => paged.after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_text_never_panics(text in "\\PC{0,60}", tokens in prop::collection::vec(prop::sample::select(&["(", ")", "and", "or", "not", "-", "\"", "a:", "~", "[", ",", "in(", "cidr(", "_time:", "1h", "*", ">", "诊", " "]), 0..20)) {
        drop(parse_piped(&text, NOW));
        drop(parse_piped(&tokens.concat(), NOW));
    }
}
