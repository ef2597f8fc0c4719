//! The way back in for whoever owns the data directory: it opens exactly what it says, and it is recorded.

use medward_kernel::audit::AuditEntry;
use medward_store::store_test;

use super::*;

fn rescue(bench: &Bench) -> Rescue {
    Rescue::new(IdentityConfig::default(), bench.kit.db.clone(), bench.kit.keys.clone(), bench.clock.clone())
}

/// Records of changes made at the machine, oldest first.
async fn local_records(bench: &Bench) -> Vec<AuditEntry> {
    let mut entries = bench.kit.audit.list(None, 500).await.unwrap();
    entries.retain(|entry| entry.who.starts_with("os:"));
    entries.reverse();
    entries
}

async fn lock(bench: &Bench, login: &str) {
    for attempt in 0..5 {
        bench.time.advance(Duration::from_secs(40));
        let from = client(&format!("192.0.2.{attempt}"));
        assert!(bench.service.login(login, &password("Falsch-Fluss.31-Brett"), &from).await.is_err());
    }
    bench.time.advance(Duration::from_mins(1));
}

#[store_test]
async fn reset_opens_the_account_once_more_and_ends_everything_it_had(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    let begun = bench.begin(Role::Secadmin).await.unwrap();
    lock(&bench, "su.he").await;
    let rescued = rescue(&bench).reset(" SU.he ", "root").await.unwrap();
    let one_time = rescued.password.unwrap();
    assert_eq!((rescued.login.as_str(), rescued.state), ("su.he", AccountState::Active));
    assert_eq!(bench.who(&opened.secret).await, None, "its session lives on");
    let code_before = bench.code_of(Role::Secadmin);
    assert_eq!(
        code(bench.service.login_factor(&begun.handle, &code_before, &client("10.0.0.1")).await),
        "IDN-0419",
        "a login under way goes on"
    );
    assert_eq!(code(bench.begin(Role::Secadmin).await), "IDN-0401", "the old password still opens");
    // Asks for a new password and a new authenticator, in this order.
    bench.first_login("su.he", one_time.expose(), "Neu-Fluss.31-Brett").await.unwrap();
    bench.time.advance(Duration::from_secs(1));
    assert_eq!(code(bench.service.login("su.he", &password(one_time.expose()), &client("10.0.0.3")).await), "IDN-0401");

    let records = local_records(&bench).await;
    let said: Vec<_> =
        records.iter().map(|one| (one.who.as_str(), one.outcome.as_str(), one.detail.as_str())).collect();
    assert_eq!(said, [("os:root", "success", "su.he: password and second factor reset at the machine")]);
    assert_eq!(records[0].object_id, bench.id_of("su.he").await.to_string());
}

#[store_test]
async fn unlock_ends_the_lock_and_changes_nothing_else(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    lock(&bench, "su.he").await;
    assert_eq!(code(bench.begin(Role::Secadmin).await), "IDN-0423");
    assert!(rescue(&bench).unlock("su.he", "root").await.unwrap().password.is_none());
    bench.sign_in(Role::Secadmin).await;
    let records = local_records(&bench).await;
    assert_eq!(records.iter().map(|one| one.detail.as_str()).collect::<Vec<_>>(), ["su.he: unlocked at the machine"]);
}

#[store_test]
async fn rescue_of_nobody_or_of_an_altered_account_fails_and_is_recorded(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert_eq!(code(rescue(&bench).reset("nobody", "root").await), "IDN-0404");
    assert_eq!(code(rescue(&bench).unlock("no body", "root").await), "IDN-0421");
    super::tampering::sql(&db, "UPDATE identity_account SET state = 'disabled' WHERE login = 'gu.yan'").await;
    assert_eq!(code(rescue(&bench).reset("gu.yan", "root").await), "IDN-0460");
    let records = local_records(&bench).await;
    let said: Vec<_> = records.iter().map(|one| (one.outcome.as_str(), one.detail.as_str())).collect();
    assert_eq!(said, [("failure", "IDN-0404"), ("failure", "IDN-0460")]);
}

#[store_test]
async fn one_time_passwords_differ_and_meet_the_longest_policy(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let config = IdentityConfig { min_length: 128, ..IdentityConfig::default() };
    let strict = Rescue::new(config, db.clone(), bench.kit.keys.clone(), bench.clock.clone());
    let first = strict.reset("su.he", "root").await.unwrap().password.unwrap();
    let second = rescue(&bench).reset("su.he", "root").await.unwrap().password.unwrap();
    assert_eq!((first.expose().len(), second.expose().len()), (128, 20));
    assert_ne!(first.expose().get(..20), Some(second.expose().as_str()));
}
