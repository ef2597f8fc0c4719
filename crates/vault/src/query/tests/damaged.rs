//! Answers that do not reach everything say so and why.

use super::*;

/// Eight records of each of two streams; the first four of each stand in a segment.
fn vault_and_disk() -> (Arc<Shared>, FakeDisk) {
    let events = (0..16).rev().map(|at| {
        let dataset = if at % 2 == 0 { Dataset::WafAttack } else { Dataset::AppLog };
        event_at(at * 60_000_000, dataset, "a")
    });
    let disk = FakeDisk::default();
    (vault_on(&disk, Clock::manual(NOW).0, events.collect(), 2), disk)
}

/// Breaks the end of the segment of a stream, without which no reader finds anything in it.
fn damage(vault: &Shared, disk: &FakeDisk, stream: Stream) {
    let paths = vault.index().catalog().of(stream).first().unwrap().paths.parquet.clone();
    let length = usize::try_from(vault.disk.open_read(&paths).unwrap().length()).unwrap();
    disk.flip(&paths, length - 1, 3);
}

fn run_text(query: &str, vault: &Shared) -> Found {
    let plan = Plan::of(parse_piped(query, NOW).unwrap()).unwrap();
    let mut asked = search("*");
    asked.query = Arc::new(plan.query.clone());
    run(&plan, &asked, vault).unwrap()
}

/// Every kind of answer, with the number of rows or the count in it.
fn check(vault: &Shared, query: &str, number: usize, damaged: &[Stream]) {
    let (found, coverage) = match run_text(query, vault) {
        Found::Rows(answer) => (answer.rows.len(), answer.coverage),
        Found::Table(table, coverage) => (table.rows[0].last().unwrap().to_text().parse().unwrap(), coverage),
    };
    assert_eq!((found, coverage.damaged.as_slice()), (number, damaged), "{query}");
    assert_eq!(coverage.reason(), (!damaged.is_empty()).then_some(Reason::Damaged), "{query}");
}

#[test]
fn segment_that_does_not_read_takes_only_its_own_records_from_an_answer() {
    let (whole, _) = vault_and_disk();
    for query in ["*", "* | sort by (user.name)", "* | limit 16", "* | stats count()", "* | top 1 by (user.name)"] {
        check(&whole, query, 16, &[]);
    }
    // A segment stays open once it was read: this vault has read nothing yet.
    let (vault, disk) = vault_and_disk();
    damage(&vault, &disk, Stream::Waf);
    for query in ["*", "* | sort by (user.name)", "* | limit 16", "* | stats count()", "* | top 1 by (user.name)"] {
        check(&vault, query, 12, &[Stream::Waf]);
    }
    check(&vault, "stream:app", 8, &[]);
    check(&vault, "stream:app | stats count()", 8, &[]);
    check(&vault, "stream:waf _time:5m | stats count()", 3, &[]);
    assert!(!histogram(&search("*"), 60_000_000, None, &vault).unwrap().complete);
    assert!(!top_values(&search("*"), &Target::of("user.name"), 1, &vault).unwrap().complete);
}

#[test]
fn answer_that_is_cut_says_that_there_is_more() {
    let (vault, _) = vault_and_disk();
    let plan = Plan::of(parse_piped("* | sort by (@timestamp)", NOW).unwrap()).unwrap();
    let mut asked = search("*");
    asked.limit = 3;
    let Found::Rows(answer) = run(&plan, &asked, &vault).unwrap() else { panic!("rows") };
    assert_eq!((answer.rows.len(), answer.next, answer.coverage.reason()), (3, None, Some(Reason::Limit)));
    let Found::Rows(answer) = run_text("* | sort by (@timestamp) | limit 3", &vault) else { panic!("rows") };
    assert_eq!((addresses(&answer.rows).join(" "), answer.coverage.reason()), ("app:0 waf:0 app:1".to_owned(), None));
}

/// With no time at all the first place that is read spends more.
#[test]
fn spent_time_is_said_and_rows_go_on_where_they_stopped() {
    let events: Vec<_> = (0..16).rev().map(|at| event_at(at * 60_000_000, Dataset::AppLog, "a")).collect();
    let vault = vault_on(&FakeDisk::default(), Clock::system(), events, 2);
    let always = "_time:[0,9000000000000000)";
    let ask = |pipes: &str, after: Option<Cursor>, budget: Duration| {
        let plan = Plan::of(parse_piped(&format!("{always} {pipes}"), NOW).unwrap()).unwrap();
        let query = Arc::new(plan.query.clone());
        run(&plan, &Search { query, after, budget, ..search("*") }, &vault).unwrap()
    };
    let Found::Rows(first) = ask("", None, Duration::ZERO) else { panic!("rows") };
    assert_eq!(first.coverage.reason().map(Reason::as_str), Some("budget"));
    let resume = first.next.expect("where to go on");
    let Found::Rows(rest) = ask("", Some(resume), Duration::from_secs(30)) else { panic!("rows") };
    assert_eq!((first.rows.len() + rest.rows.len(), rest.coverage.reason(), rest.next), (16, None, None));
    for pipes in ["| stats count()", "| limit 16 | stats count()"] {
        let Found::Table(table, coverage) = ask(pipes, None, Duration::ZERO) else { panic!("table") };
        assert_eq!(coverage.reason(), Some(Reason::Budget), "{pipes}");
        assert!(table.rows[0][0] < Cell::Int(16), "{pipes}: {:?}", table.rows);
    }
}

#[test]
fn answer_says_whether_the_token_filters_helped() {
    let (vault, _) = vault_and_disk();
    let scan = |query: &str| match run_text(query, &vault) {
        Found::Rows(answer) => answer.coverage.scan(),
        Found::Table(_, coverage) => coverage.scan(),
    };
    assert_eq!(scan("user.name:a"), "index");
    assert_eq!(scan("user.name:a or stream:waf"), "full");
    assert_eq!(scan("* | where user.name:a | stats count()"), "index");
    assert_eq!(scan("not user.name:a | stats count()"), "full");
}
