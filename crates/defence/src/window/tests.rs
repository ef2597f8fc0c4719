use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn window(json: &str) -> Result<TimeWindow, WindowError> {
    TimeWindow::compile(&serde_json::from_str(json).unwrap())
}

/// National Day and the day after.
fn holidays() -> Holidays {
    Holidays::parse(["2026-10-01", "2026-10-02"]).unwrap()
}

/// Moments are given in Shanghai time.
fn check(json: &str, open: &[&str], closed: &[&str]) {
    let window = window(json).unwrap();
    let covers = |text: &str| {
        window.covers(Timestamp::parse(&format!("{}+08:00", text.replace(' ', "T"))).unwrap(), &holidays())
    };
    for moment in open {
        assert!(covers(moment), "{moment} is in {json}");
    }
    for moment in closed {
        assert!(!covers(moment), "{moment} is not in {json}");
    }
}

#[test]
fn a_window_holds_its_first_minute_and_not_its_last() {
    check(
        r#"{"from":"08:00","to":"17:30"}"#,
        &["2026-11-20 08:00:00", "2026-11-20 17:29:59"],
        &["2026-11-20 07:59:59", "2026-11-20 17:30:00"],
    );
    check(r#"{"from":"08:00"}"#, &["2026-11-20 23:59:59"], &["2026-11-20 00:00:00"]);
    check(r#"{"to":"08:00"}"#, &["2026-11-20 00:00:00"], &["2026-11-20 08:00:00"]);
    check(r#"{"from":"18:00","to":"24:00"}"#, &["2026-11-20 23:59:59"], &["2026-11-21 00:00:00"]);
    check("{}", &["2026-11-20 00:00:00", "1969-01-01 00:00:00"], &[]);
}

#[test]
fn weekdays_are_local_ones() {
    // 2026-11-20 is a Friday; at 07:00 in Shanghai it is still Thursday in UTC.
    check(
        r#"{"weekdays":["fri"]}"#,
        &["2026-11-20 00:00:00", "2026-11-20 07:00:00"],
        &["2026-11-19 23:59:59", "2026-11-21 00:00:00"],
    );
    check(r#"{"weekdays":["mon","sun"]}"#, &["2026-11-22 12:00:00", "2026-11-23 12:00:00"], &["2026-11-24 12:00:00"]);
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    check(
        r#"{"weekdays":["fri"],"from":"22:00","to":"06:00"}"#,
        &["2026-11-20 22:00:00", "2026-11-21 05:59:59"],
        &["2026-11-20 05:59:59", "2026-11-20 21:59:59", "2026-11-21 06:00:00", "2026-11-21 22:00:00"],
    );
    check(
        r#"{"from":"22:00","to":"06:00","first_day":"2026-11-20","last_day":"2026-11-20"}"#,
        &["2026-11-20 22:00:00", "2026-11-21 05:00:00"],
        &["2026-11-20 05:00:00", "2026-11-21 22:00:00"],
    );
    check(
        r#"{"from":"22:00","to":"06:00","holidays":"excluded"}"#,
        &["2026-10-01 05:00:00", "2026-10-03 22:00:00"],
        &["2026-10-02 22:00:00", "2026-10-03 05:00:00"],
    );
}

#[test]
fn dates_and_holidays_limit_a_window() {
    check(
        r#"{"first_day":"2026-10-01","last_day":"2026-10-07"}"#,
        &["2026-10-01 00:00:00", "2026-10-07 23:59:59"],
        &["2026-09-30 23:59:59", "2026-10-08 00:00:00"],
    );
    check(r#"{"holidays":"excluded"}"#, &["2026-10-03 00:00:00"], &["2026-10-02 23:59:59"]);
    check(r#"{"holidays":"only","from":"08:00"}"#, &["2026-10-01 08:00:00"], &["2026-10-03 08:00:00"]);
}

#[test]
fn a_named_zone_keeps_its_summer_time() {
    let berlin = window(r#"{"from":"09:00","to":"10:00","zone":"Europe/Berlin"}"#).unwrap();
    let covers = |text: &str| berlin.covers(Timestamp::parse(text).unwrap(), &Holidays::default());
    assert!(covers("2026-07-01T07:30:00Z") && !covers("2026-07-01T08:30:00Z"));
    assert!(covers("2026-12-01T08:30:00Z") && !covers("2026-12-01T07:30:00Z"));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let refused = |json: &str, part: &str| {
        let message = window(json).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    };
    refused(r#"{"from":"8:00"}"#, "from: expected a time");
    refused(r#"{"from":"24:00"}"#, "from: expected a time");
    refused(r#"{"to":"24:01"}"#, "to: expected a time");
    refused(r#"{"to":"08:60"}"#, "to: expected a time");
    refused(r#"{"to":"+8:00"}"#, "to: expected a time");
    refused(r#"{"from":"08:00","to":"08:00"}"#, "leave both out");
    refused(r#"{"first_day":"2026-02-30"}"#, "first_day: expected a date");
    refused(r#"{"last_day":"2026-10-01T00:00"}"#, "last_day: expected a date");
    refused(r#"{"first_day":"2026-10-02","last_day":"2026-10-01"}"#, "before `first_day`");
    refused(r#"{"zone":"Asia/Nowhere"}"#, "`Asia/Nowhere` is not in the time zone database");
    refused(r#"{"zone":"../../etc/passwd"}"#, "is not in the time zone database");
    assert!(serde_json::from_str::<RawTimeWindow>(r#"{"form":"08:00"}"#).is_err());
    assert_eq!(Holidays::parse(["2026-10-01", "1.10."]), Err(WindowError::Holiday { index: 1 }));
    assert_eq!(Holidays::parse(vec!["2026-10-01"; MAX_HOLIDAYS + 1]), Err(WindowError::TooManyHolidays));
}

proptest! {
    /// A window and its complement share no moment and leave none out, over midnight too.
    #[test]
    fn a_window_and_the_rest_of_the_day_are_the_day(from in 0..1440_u16, to in 0..1440_u16, offset in 0..200_000_u64) {
        prop_assume!(from != to);
        let clock = |minute: u16| Some(format!("{:02}:{:02}", minute / 60, minute % 60));
        let between = |from, to| {
            TimeWindow::compile(&RawTimeWindow { from: clock(from), to: clock(to), ..RawTimeWindow::default() }).unwrap()
        };
        let now = Timestamp::parse("2026-11-20T00:00:00Z").unwrap().plus(Duration::from_secs(offset));
        let none = Holidays::default();
        prop_assert!(between(from, to).covers(now, &none) != between(to, from).covers(now, &none));
    }
}

#[test]
fn list_of_holidays_says_how_far_it_reaches_and_when_it_ran_out() {
    let list = holidays();
    assert_eq!((list.len(), list.last().map(String::from)), (2, Some("2026-10-02".to_owned())));
    let ran_out = |text: &str| list.ran_out(Timestamp::parse(text).unwrap());
    assert!(!ran_out("2026-10-02T23:59:59+08:00"));
    assert!(ran_out("2026-10-03T00:00:00+08:00"));
    assert!(!Holidays::default().ran_out(Timestamp::parse("2026-10-03T00:00:00+08:00").unwrap()));
}
