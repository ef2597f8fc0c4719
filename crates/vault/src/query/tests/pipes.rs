//! The language of pipes: what reads, what is refused at which column, and that printing and reading agree.

use super::*;

#[test]
fn wrong_pipe_names_column_and_what_was_expected() {
    let check = |query: &str, column: usize, expected: &str| {
        let error = parse_piped(query, NOW).unwrap_err();
        assert_eq!((error.column, error.expected.join(" | ").as_str()), (column, expected), "{query}");
    };
    let pipes = "fields | where | sort | limit | stats | hist | facets | top | uniq";
    let functions = "count | count_if | count_uniq | sum | avg | min | max | p50 | p90 | p95 | p99";
    check("sqli)", 5, "and | or | a term | \"|\" | the end");
    check("* |", 4, pipes);
    check("预约 | stat count()", 6, pipes);
    check("* | limit", 10, "a number from 1 to 100000");
    check("* | limit 0", 11, "a number from 1 to 100000");
    check("* | limit 100001", 11, "a number from 1 to 100000");
    check("* | limit 5 6", 13, "\"|\" | the end");
    check("* | stats", 10, functions);
    check("* | stats by source.ip count()", 14, "\"(\"");
    check("* | stats by (source.ip user.name) count()", 25, "\",\" | \")\"");
    check("* | stats by (a, a) count()", 18, "another field");
    check("* | stats median(x)", 11, functions);
    check("* | stats sum()", 15, "the name of a field");
    check("* | stats count() as n, sum(x) as n", 25, "a column with a name of its own: … as name");
    check("* | stats by (n) count() as n", 18, "a column with a name of its own: … as name");
    check("* | stats count() as Name", 22, "the name of a field");
    check("* | stats count_if(a", 21, "\")\"");
    check("* | hist", 9, "a step from 1s to 366d");
    check("* | hist 0s", 10, "a step from 1s to 366d");
    check("* | hist 1h by ()", 17, "the name of a field");
    check("* | sort (a)", 10, "by");
    check("* | top 5 source.ip", 11, "by");
    check("* | facets 99999", 12, "a number from 1 to 10000");
    check("* | fields", 11, "the name of a field");
    check("* | where", 10, "a term | ( | not");
    check(&format!("* {}", "| limit 1 ".repeat(17)), 164, "at most 16 pipes");
    check(&format!("* | where {}", "a ".repeat(64)), 137, "at most 64 terms");
}

#[test]
fn query_is_printed_as_it_reads() {
    let check = |query: &str, expected: &str| {
        let printed = parse_piped(query, NOW).unwrap().to_string();
        assert_eq!(printed, expected, "{query}");
        assert_eq!(parse_piped(&printed, NOW).unwrap().to_string(), expected, "{query}");
    };
    check("", "*");
    check("|limit 5", "* | limit 5");
    check(
        "stream:waf rule.category:=sqli \"预约\" | STATS by (source.ip) count() as n"
            .replace("STATS", "stats")
            .as_str(),
        "stream:waf and rule.category:=\"sqli\" and \"预约\" | stats by (source.ip) count() as n",
    );
    check("a or -b (c or d)", "\"a\" or not \"b\" and (\"c\" or \"d\")");
    check("| sort by (n desc m) | limit 20", "* | sort by (n desc, m) | limit 20");
    check(
        "| stats by (_time:1h,stream) count(), sum( event.duration ), p95(x) as slow, count_if(a or b)",
        "* | stats by (_time:3600s, stream) count() as count, sum(event.duration) as sum_event.duration, p95(x) as slow, count_if(\"a\" or \"b\") as count_if",
    );
    check("| fields a,b c | hist 1d by (a)", "* | fields a b c | hist 86400s by (a)");
    check("| facets 3 | facets 3 (a b)", "* | facets 3 | facets 3 (a, b)");
    check("| top 5 by (a) | uniq by (a)", "* | top 5 by (a) | uniq by (a)");
}

fn any_target() -> impl Strategy<Value = Target> {
    prop::sample::select(
        &[
            "user.name",
            "event.severity",
            "@timestamp",
            "waf.score",
            "stream",
            "n",
            "or",
            "by",
            "desc",
            "event.dataset",
            "tags",
        ][..],
    )
    .prop_map(Target::of)
}

fn any_text() -> impl Strategy<Value = String> {
    "[ab\"\\\\ |():*,预约]{1,5}"
}

fn any_test() -> impl Strategy<Value = Test> {
    let number = || (-50_i32..50).prop_map(|tenths| f64::from(tenths) / 10.0);
    let regex =
        prop::sample::select(&["a.b", "^\\d+\"$", "预|约"][..]).prop_map(|text| Test::Regex(text.parse().unwrap()));
    let net = prop::sample::select(&["10.0.0.0/8", "fe80::/10"][..]).prop_map(|text| Test::Cidr(text.parse().unwrap()));
    prop_oneof![
        (any_text(), any::<bool>()).prop_map(|(text, prefix)| Test::Term(Term::new(&text, prefix))),
        any_text().prop_map(Test::Equals),
        any_text().prop_map(Test::NotEquals),
        prop::collection::vec(any_text(), 1..4).prop_map(Test::In),
        (number(), number()).prop_map(|(low, high)| Test::Between(low, high)),
        number().prop_map(|low| Test::Between(low, f64::INFINITY)),
        number().prop_map(|high| Test::Between(f64::NEG_INFINITY, high)),
        number().prop_map(Test::Below),
        number().prop_map(Test::Above),
        regex,
        net,
    ]
}

fn any_filter(depth: u32) -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        Just(Filter::All),
        Just(Filter::Stream(Stream::Waf)),
        (-9_i64..9, 0_i64..9).prop_map(|(from, to)| Filter::Time { from, to }),
        any_test().prop_map(|test| Filter::Match(Target::AnyText, test)),
        (any_target(), any_test())
            .prop_filter("stream: is a filter of its own", |(target, _)| *target != Target::Stream)
            .prop_map(|(target, test)| Filter::Match(target, test)),
        Just(Filter::Match(Target::of("user.name"), Test::Exists)),
    ];
    leaf.prop_recursive(depth, 9, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn any_pipe() -> impl Strategy<Value = Pipe> {
    let targets = || prop::collection::vec(any_target(), 1..4);
    let step = || (1_u64..200_000).prop_map(Duration::from_secs);
    let order = (any_target(), any::<bool>()).prop_map(|(by, descending)| Order { by, descending });
    let keys = (any_target(), prop::option::of(step()))
        .prop_map(|(by, step)| [Key::Field(by)].into_iter().chain(step.map(Key::Step)).collect::<Vec<_>>());
    let fold = prop::sample::select(&Fold::ALL[..]).prop_map(|(_, fold)| fold);
    let function = prop_oneof![
        Just(Function::Count),
        any_filter(0).prop_map(Function::CountIf),
        (fold, any_target()).prop_map(|(fold, target)| Function::Of(fold, target)),
    ];
    let calls = prop::collection::vec(function, 1..4).prop_map(|functions| {
        functions.into_iter().enumerate().map(|(at, function)| Call { function, name: format!("c{at}") }).collect()
    });
    prop_oneof![
        targets().prop_map(Pipe::Fields),
        any_filter(1).prop_map(Pipe::Where),
        prop::collection::vec(order, 1..4).prop_map(Pipe::Sort),
        (1_usize..1000).prop_map(Pipe::Limit),
        (keys, calls).prop_map(|(by, calls)| Pipe::Stats { by, calls }),
        (step(), prop::option::of(any_target())).prop_map(|(step, by)| Pipe::Hist { step, by }),
        (1_usize..99, prop::collection::vec(any_target(), 0..4))
            .prop_map(|(limit, fields)| Pipe::Facets { limit, fields }),
        (1_usize..99, any_target()).prop_map(|(limit, by)| Pipe::Top { limit, by }),
        any_target().prop_map(|by| Pipe::Uniq { by }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn printed_query_reads_as_the_same_query(filter in any_filter(2), pipes in prop::collection::vec(any_pipe(), 0..4)) {
        let has_time = filter.names_time();
        let query = Piped { query: Query { filter, has_time }, pipes };
        let printed = query.to_string();
        let read = parse_piped(&printed, NOW).unwrap_or_else(|error| panic!("{printed}: {error}"));
        prop_assert_eq!(format!("{read:?}"), format!("{query:?}"), "{}", printed);
    }
}

/// Whatever reads is planned or refused, and a plan is answered or refused: nothing panics.
#[test]
fn any_plan_is_answered() {
    let vault = vault_of((0..6).map(|at| event_at(at, Dataset::AppLog, "a")).collect());
    proptest!(ProptestConfig::with_cases(512), |(filter in any_filter(1), pipes in prop::collection::vec(any_pipe(), 0..4))| {
        let has_time = filter.names_time();
        let Ok(plan) = Plan::of(Piped { query: Query { filter, has_time }, pipes }) else { return Ok(()) };
        let mut asked = search("*");
        asked.query = Arc::new(plan.query.clone());
        match run(&plan, &asked, &vault) {
            Ok(Found::Table(table, _)) => prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len())),
            Ok(Found::Rows(_)) | Err(TallyError::TooManyGroups) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
    });
}
