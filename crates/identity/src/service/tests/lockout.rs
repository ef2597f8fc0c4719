//! Failures: locked means locked, for known and unknown names, for wrong passwords and wrong codes.

use medward_store::store_test;

use super::*;
use crate::model::Login;

/// Fails `times` times from ever new addresses, waiting out the delays.
async fn fail(bench: &Bench, login: &str, times: u32) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for attempt in 0..times {
        bench.time.advance(Duration::from_secs(40));
        let from = client(&format!("192.0.2.{}", attempt + 1));
        codes.push(code(bench.service.login(login, &password("Falsch-Fluss.31-Brett"), &from).await));
    }
    codes
}

#[store_test]
async fn fifth_failure_from_any_address_locks_and_the_right_password_is_refused(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert_eq!(fail(&bench, "su.he", 5).await, ["IDN-0401"; 5]);
    assert_eq!(code(bench.begin(Role::Secadmin).await), "IDN-0423");
    let until = bench.account("su.he").await.locked_until.unwrap();
    assert_eq!(until.since(bench.clock.now()), Duration::from_mins(15));
    assert!(bench.has_event("auth.account lock su.he locked until"));
    bench.time.advance(Duration::from_mins(15));
    assert_eq!(bench.begin(Role::Secadmin).await.unwrap().step, Step::Factor);
    assert_eq!(bench.account("su.he").await.locked_until, None);
}

#[store_test]
async fn unknown_name_locks_like_a_known_one(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert_eq!(fail(&bench, "nobody", 6).await, fail(&bench, "su.he", 6).await);
}

#[store_test]
async fn third_failure_makes_the_next_attempt_wait(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    fail(&bench, "su.he", 3).await;
    match bench.begin(Role::Secadmin).await.unwrap_err() {
        IdentityError::TooFast { until } => assert_eq!(until.since(bench.clock.now()), Duration::from_secs(1)),
        other => panic!("{other:?}"),
    }
    bench.time.advance(Duration::from_secs(1));
    bench.begin(Role::Secadmin).await.unwrap();
}

#[store_test]
async fn wrong_codes_lock_as_wrong_passwords_do(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let mut codes = Vec::new();
    for _ in 0..6 {
        bench.time.advance(Duration::from_secs(40));
        codes.push(match bench.begin(Role::Secadmin).await {
            Ok(begun) => code(bench.service.login_factor(&begun.handle, "000000", &client("10.0.0.1")).await),
            Err(error) => error.code().code,
        });
    }
    assert_eq!(codes, ["IDN-0401", "IDN-0401", "IDN-0401", "IDN-0401", "IDN-0401", "IDN-0423"]);
}

#[store_test]
async fn open_login_does_not_get_around_the_lock(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let begun = bench.begin(Role::Secadmin).await.unwrap();
    fail(&bench, "su.he", 5).await;
    let factor = bench.service.login_factor(&begun.handle, &bench.code_of(Role::Secadmin), &client("10.0.0.1")).await;
    assert_eq!(code(factor), "IDN-0423");
}

/// Twenty guesses sent at once all pass the first gate; one that is right must still meet the lock the others caused.
#[store_test]
async fn right_password_under_way_while_the_lock_falls_is_refused(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let inner = &*bench.service.0;
    let (login, digest) = (Login::parse("su.he").unwrap(), inner.login_digest("su.he"));
    let (account, credential) = inner.look_up(Some(&login), &digest, &client("10.0.0.1")).await.unwrap().unwrap();
    fail(&bench, "su.he", 5).await;
    assert_eq!(code(inner.login_begin(&account, credential, None, &digest, Purpose::Console).await), "IDN-0423");
}

#[store_test]
async fn success_forgets_failures(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    for _ in 0..3 {
        fail(&bench, "su.he", 2).await;
        bench.sign_in(Role::Secadmin).await;
    }
    assert_eq!(bench.account("su.he").await.locked_until, None);
}

/// How many passwords were hashed or judged so far.
fn hashes(bench: &Bench) -> u64 {
    let text = bench.kit.metrics.render();
    let line = text.lines().find(|line| line.starts_with("medward_identity_hash_seconds_count")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// A burst is judged one after another: no more passwords than the lock allows, and every other answer is the same one,
/// whether its password was right or wrong.
#[store_test]
async fn guesses_made_all_at_once_meet_the_gate_and_none_tells_the_right_password(db: Db) {
    let bench = Arc::new(Bench::with_administrators(&db).await);
    fail(&bench, "su.he", 2).await;
    bench.time.advance(Duration::from_secs(40));
    let before = hashes(&bench);
    let guesses: Vec<_> = (0..24)
        .map(|guess| {
            let bench = bench.clone();
            medward_store::testkit::spawn(async move {
                let from = client(&format!("192.0.2.{}", guess + 100));
                let right = Bench::password_of(Role::Secadmin);
                let tried = if guess == 23 { right } else { password(&format!("Falsch-{guess}.Brett")) };
                match bench.service.login("su.he", &tried, &from).await {
                    Ok(_) => "open".to_owned(),
                    Err(error) => format!("{error:?}"),
                }
            })
        })
        .collect();
    let mut answers = Vec::new();
    for guess in guesses {
        answers.push(guess.await.unwrap());
    }
    let judged = answers.iter().filter(|answer| ["open", "LoginFailed"].contains(&answer.as_str())).count();
    let turned_away: std::collections::BTreeSet<_> =
        answers.iter().filter(|answer| !["open", "LoginFailed"].contains(&answer.as_str())).collect();
    assert!((1..=2).contains(&judged), "the third failure closes the gate: {answers:?}");
    assert_eq!(turned_away.len(), 1, "answers at the gate differ: {answers:?}");
    assert!(turned_away.iter().all(|answer| answer.starts_with("TooFast")), "{answers:?}");
    assert_eq!(hashes(&bench) - before, judged as u64, "passwords were judged behind a closed gate");
}

/// Another node's guesses closed the gate while this one was judged: wrong is answered as right would be.
#[store_test]
async fn wrong_password_under_way_while_the_lock_falls_is_answered_like_the_right_one(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let inner = &*bench.service.0;
    let from = client("10.0.0.1");
    let (login, digest) = (Login::parse("su.he").unwrap(), inner.login_digest("su.he"));
    let (account, credential) = inner.look_up(Some(&login), &digest, &from).await.unwrap().unwrap();
    fail(&bench, "su.he", 5).await;
    let actor = crate::events::Actor { login: "su.he", client: &from };
    let wrong = inner.login_failed(&digest, &actor, crate::events::Method::Password, "wrong password").await;
    let right = inner.login_begin(&account, credential, None, &digest, Purpose::Console).await.unwrap_err();
    assert_eq!(format!("{wrong:?}"), format!("{right:?}"));
    assert_eq!(wrong.code().code, "IDN-0423");
}

#[store_test]
async fn security_administrator_unlocks_before_time_and_it_is_recorded(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    fail(&bench, "lin.zhou", 5).await;
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    let id = bench.id_of("lin.zhou").await;
    let unlocked = bench.service.account_unlock(&secadmin, id, &change, &client("10.0.0.1")).await.unwrap();
    assert_eq!(unlocked.locked_until, None);
    assert!(bench.has_event("auth.account unlock su.he unlocked"));
    assert_eq!(bench.begin(Role::Sysadmin).await.unwrap().step, Step::Factor);
}

#[store_test]
async fn one_address_is_slowed_down_whatever_names_it_tries(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let from = client("203.0.113.9");
    let mut codes = Vec::new();
    for attempt in 0..11 {
        codes.push(code(bench.service.login(&format!("name{attempt}"), &password("x"), &from).await));
    }
    assert_eq!((codes[9], codes[10]), ("IDN-0401", "IDN-0429"));
    assert!(bench.begin(Role::Secadmin).await.is_ok(), "other addresses go on");
    bench.time.advance(Duration::from_mins(1));
    for attempt in 11..21 {
        codes.push(code(bench.service.login(&format!("name{attempt}"), &password("x"), &from).await));
    }
    // Twenty failures within ten minutes: the minute alone does not help any more.
    bench.time.advance(Duration::from_mins(2));
    assert_eq!(code(bench.service.login("name99", &password("x"), &from).await), "IDN-0429");
    bench.time.advance(Duration::from_mins(10));
    assert_eq!(code(bench.service.login("name99", &password("x"), &from).await), "IDN-0401");
}

/// Whoever has one IPv6 address has 2^64 of them; and an IPv4 address may come in IPv6 clothes.
#[store_test]
async fn addresses_of_one_network_are_slowed_down_together(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let mut codes = Vec::new();
    for attempt in 0..11 {
        let from = client(&format!("2001:db8:1:2:{attempt:x}::1"));
        codes.push(code(bench.service.login(&format!("name{attempt}"), &password("x"), &from).await));
    }
    assert_eq!((codes[9], codes[10]), ("IDN-0401", "IDN-0429"));
    let neighbour = bench.service.login("name99", &password("x"), &client("2001:db8:1:3::1")).await;
    assert_eq!(code(neighbour), "IDN-0401", "another network goes on");
    for attempt in 0..10 {
        let from = if attempt % 2 == 0 { "203.0.113.9" } else { "::ffff:203.0.113.9" };
        bench.service.login(&format!("four{attempt}"), &password("x"), &client(from)).await.unwrap_err();
    }
    assert_eq!(code(bench.service.login("four99", &password("x"), &client("203.0.113.9")).await), "IDN-0429");
}

#[store_test]
async fn sweeping_forgets_only_what_cannot_matter(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    fail(&bench, "su.he", 5).await;
    bench.service.sweep().await.unwrap();
    assert_eq!(code(bench.begin(Role::Secadmin).await), "IDN-0423");
    bench.time.advance(Duration::from_hours(26));
    bench.service.sweep().await.unwrap();
    let mut reader = db.read().await.unwrap();
    let (left,) =
        medward_store::fetch_one!(&mut reader, (i64,), "SELECT CAST(COUNT(*) AS BIGINT) FROM identity_attempt")
            .await
            .unwrap();
    assert_eq!(left, 0);
}
