//! Sessions: one per account, ended by time, by people, and not by a store that is away.

use medward_contract::identity::Sessions as _;
use medward_store::store_test;

use super::*;
use crate::config::OnSecond;

#[store_test]
async fn second_login_ends_the_first_session_at_once(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let first = bench.sign_in(Role::Secadmin).await;
    let second = bench.sign_in(Role::Secadmin).await;
    assert_eq!(bench.who(&first.secret).await, None);
    assert!(bench.who(&second.secret).await.is_some());
}

#[store_test]
async fn second_login_is_refused_when_the_site_says_so(db: Db) {
    let config = IdentityConfig { on_second: OnSecond::Refuse, ..IdentityConfig::default() };
    let bench = Bench::with_administrators_and(&db, config).await;
    let first = bench.sign_in(Role::Secadmin).await;
    let begun = bench.begin(Role::Secadmin).await.unwrap();
    let second = bench.service.login_factor(&begun.handle, &bench.code_of(Role::Secadmin), &client("10.0.0.1")).await;
    assert_eq!(code(second), "IDN-0424");
    assert!(bench.who(&first.secret).await.is_some());
    bench.time.advance(Duration::from_mins(16));
    bench.sign_in(Role::Secadmin).await;
}

/// PACS-058: however many log in at once, exactly one session lives.
#[store_test]
async fn logins_in_parallel_leave_exactly_one_session(db: Db) {
    let config = IdentityConfig { logins_per_address: 1_000, ..IdentityConfig::default() };
    let bench = Arc::new(Bench::with_administrators_and(&db, config).await);
    bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (opened, _) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    let tasks: Vec<_> = opened
        .recovery_codes
        .into_iter()
        .map(|recovery| {
            let bench = bench.clone();
            medward_store::testkit::spawn(async move {
                let from = client("10.0.0.2");
                let begun = bench.service.login("li.na", &password("Neu-Fluss.31-Brett"), &from).await.ok()?;
                bench.service.login_factor(&begun.handle, recovery.expose(), &from).await.ok()
            })
        })
        .collect();
    let mut sessions = Vec::new();
    for task in tasks {
        sessions.extend(task.await.unwrap());
    }
    assert!(!sessions.is_empty());
    bench.time.advance(Duration::from_secs(1));
    let mut living = 0;
    for session in &sessions {
        living += u32::from(bench.who(&session.secret).await.is_some());
    }
    assert_eq!(living, 1, "of {} opened", sessions.len());
}

#[store_test]
async fn session_ends_after_idle_and_absolute_time(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let idle = bench.sign_in(Role::Secadmin).await;
    bench.time.advance(Duration::from_mins(15) - Duration::from_secs(1));
    assert!(bench.who(&idle.secret).await.is_some());
    bench.time.advance(Duration::from_mins(15));
    assert_eq!(bench.who(&idle.secret).await, None);

    // A page that refreshes itself is nobody at work (PACS-057).
    let left = bench.sign_in(Role::Secadmin).await;
    for _ in 0..14 {
        bench.time.advance(Duration::from_mins(1));
        assert!(bench.who_unattended(&left.secret).await.is_some());
    }
    bench.time.advance(Duration::from_mins(1));
    assert_eq!(bench.who_unattended(&left.secret).await, None);

    let busy = bench.sign_in(Role::Auditadmin).await;
    for _ in 0..71 {
        bench.time.advance(Duration::from_mins(10));
        assert!(bench.who(&busy.secret).await.is_some());
    }
    bench.time.advance(Duration::from_mins(10));
    assert_eq!(bench.who(&busy.secret).await, None);
}

#[store_test]
async fn activity_seen_by_one_node_keeps_the_session_alive_on_another(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    let other_node = bench.restarted().await;
    for _ in 0..4 {
        bench.time.advance(Duration::from_mins(10));
        assert!(bench.who(&opened.secret).await.is_some());
    }
    bench.time.advance(Duration::from_mins(10));
    assert!(who(&other_node, &opened.secret).await.unwrap().is_some());
}

#[store_test]
async fn session_ended_on_another_node_ends_here_within_a_second(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    assert!(bench.who(&opened.secret).await.is_some());
    let other_node = bench.restarted().await;
    other_node.revoke(bench.id_of("su.he").await, "test").await.unwrap();
    bench.time.advance(Duration::from_secs(1));
    assert_eq!(bench.who(&opened.secret).await, None);
}

/// DESIGN §6, row "identity or session store unreachable".
#[store_test]
async fn store_unreachable_refuses_new_logins_while_living_sessions_go_on_until_idle(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    db.close().await;
    let refused = bench.begin(Role::Sysadmin).await.unwrap_err();
    assert_eq!(refused.code().code, "IDN-0503");
    for _ in 0..6 {
        bench.time.advance(Duration::from_mins(10));
        let principal = bench.who(&opened.secret).await.expect("a living session ended with the store");
        assert_eq!(principal.login, "su.he");
    }
    bench.time.advance(Duration::from_mins(15));
    assert!(who(&bench.service, &opened.secret).await.is_err(), "an idle session lived on");
    assert!(matches!(who(&bench.service, &secret("unknown")).await, Err(PortError::Unavailable(_))));
}

#[store_test]
async fn session_known_before_a_restart_survives_the_store_going_away_after_it(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    let restarted = bench.restarted().await;
    db.close().await;
    bench.time.advance(Duration::from_mins(1));
    assert!(who(&restarted, &opened.secret).await.unwrap().is_some());
}

#[store_test]
async fn killed_session_and_logged_out_session_are_dead(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let (victim, secadmin) = (bench.sign_in(Role::Auditadmin).await, bench.sign_in(Role::Secadmin).await);
    let caller = bench.who(&secadmin.secret).await.unwrap();
    let listed = bench.service.session_list(&caller).await.unwrap();
    assert_eq!(
        listed.iter().map(|one| (one.login.as_str(), one.current)).collect::<Vec<_>>(),
        [("gu.yan", false), ("su.he", true)]
    );
    let change = bench.change().await;
    bench.service.session_kill(&caller, listed[0].id, &change, &client("10.0.0.1")).await.unwrap();
    assert_eq!(bench.who(&victim.secret).await, None);
    let again = bench.change().await;
    assert_eq!(code(bench.service.session_kill(&caller, listed[0].id, &again, &client("10.0.0.1")).await), "IDN-0404");

    let change = bench.change().await;
    bench.service.logout(&caller, &change, &client("10.0.0.1")).await.unwrap();
    assert_eq!(bench.who(&secadmin.secret).await, None);
    assert!(bench.has_event("auth.login logout gu.yan ended by su.he"));
    assert!(bench.has_event("auth.login logout su.he logout"));
}

/// Says that it failed, and has changed nothing: neither half.
#[store_test]
async fn logout_that_cannot_be_written_is_an_error_and_the_session_goes_on(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    let (caller, change) = (bench.who(&opened.secret).await.unwrap(), bench.change().await);
    db.close().await;
    assert_eq!(code(bench.service.logout(&caller, &change, &client("10.0.0.1")).await), "IDN-0503");
    assert!(bench.who(&opened.secret).await.is_some());
    assert!(!bench.has_event("auth.login logout"));
}

#[store_test]
async fn maximum_of_sessions_is_kept_and_ended_ones_make_room(db: Db) {
    let config = IdentityConfig { max_sessions: 1, ..IdentityConfig::default() };
    let bench = Bench::with_administrators_and(&db, config).await;
    bench.sign_in(Role::Secadmin).await;
    let begun = bench.begin(Role::Sysadmin).await.unwrap();
    let refused = bench.service.login_factor(&begun.handle, &bench.code_of(Role::Sysadmin), &client("10.0.0.1")).await;
    assert_eq!(code(refused), "IDN-0425");
    bench.time.advance(Duration::from_mins(16));
    bench.sign_in(Role::Sysadmin).await;
}

#[store_test]
async fn administrators_addresses_are_known_while_they_work(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert!(bench.service.admin_addresses().is_empty());
    bench.sign_in(Role::Secadmin).await;
    assert_eq!(bench.service.admin_addresses(), [client("10.0.0.1").address]);
    bench.service.revoke(bench.id_of("su.he").await, "test").await.unwrap();
    assert!(bench.service.admin_addresses().is_empty());
}

#[store_test]
async fn sweeping_ends_idle_sessions_and_spares_busy_ones(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let (idle, busy) = (bench.sign_in(Role::Auditadmin).await, bench.sign_in(Role::Secadmin).await);
    bench.time.advance(Duration::from_mins(10));
    assert!(bench.who(&busy.secret).await.is_some());
    bench.time.advance(Duration::from_mins(10));
    bench.service.sweep().await.unwrap();
    assert_eq!(bench.who(&idle.secret).await, None);
    assert!(bench.who(&busy.secret).await.is_some());
    let caller = bench.principal(Role::Secadmin).await;
    assert_eq!(bench.service.session_list(&caller).await.unwrap().len(), 1);
}

#[store_test]
async fn ends_of_the_own_session_are_told(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    let begun_at = bench.clock.now();
    bench.time.advance(Duration::from_mins(5));
    let caller = bench.who(&opened.secret).await.unwrap();
    let me = bench.service.me(&caller).await.unwrap();
    assert_eq!(me.idle_ends_at, bench.clock.now().plus(Duration::from_mins(15)));
    assert_eq!(me.absolute_ends_at, begun_at.plus(Duration::from_hours(12)));
}
