//! Rows altered by direct SQL, on both engines: they grant nothing and are shouted about (`identity.md` §11).

use medward_contract::identity::Sessions as _;
use medward_store::sqlx::AssertSqlSafe;
use medward_store::{Statement, StoreError, store_test};

use super::*;

pub(super) async fn sql(db: &Db, text: &str) {
    let text = &text.to_owned();
    let changed: Result<u64, StoreError> =
        db.write(|tx| Box::pin(async move { Statement::new(tx, AssertSqlSafe(text.clone())).execute().await })).await;
    assert!(changed.unwrap() > 0, "{text} changed nothing");
}

#[store_test]
async fn role_written_by_sql_is_not_held_and_ends_the_session(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (opened, _) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    sql(&db, &format!("UPDATE identity_account SET role_class = 'secadmin' WHERE id = '{}'", member.id)).await;
    let grant = format!(
        "INSERT INTO identity_grant (account_id, role, role_class, granted_by, granted_at, mac)
         SELECT '{}', role, role_class, granted_by, granted_at, mac FROM identity_grant WHERE role = 'secadmin'",
        member.id
    );
    sql(&db, &grant).await;
    bench.time.advance(Duration::from_secs(1));
    assert!(matches!(who(&bench.service, &opened.secret).await, Err(PortError::Refused { code: "IDN-0460" })));
    let login = bench.service.login("li.na", &password("Neu-Fluss.31-Brett"), &client("10.0.0.2")).await;
    assert_eq!(code(login), "IDN-0401");
    assert!(bench.has_event("does not match its MAC"), "{:?}", bench.events());
}

#[store_test]
async fn account_activated_by_sql_cannot_log_in(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.invite("li.na", "李娜", "Regen;Turm-88-Salz").await.unwrap();
    sql(&db, "UPDATE identity_account SET state = 'active' WHERE login = 'li.na'").await;
    let login = bench.service.login("li.na", &password("Regen;Turm-88-Salz"), &client("10.0.0.2")).await;
    assert_eq!(code(login), "IDN-0401");
    assert!(bench.has_event("identity_account does not match its MAC"));
}

#[store_test]
async fn password_hash_copied_from_another_account_does_not_open_this_one(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    sql(
        &db,
        "UPDATE identity_credential SET password_hash =
           (SELECT c.password_hash FROM identity_credential c JOIN identity_account a ON a.id = c.account_id WHERE a.login = 'li.na')
         WHERE account_id = (SELECT id FROM identity_account WHERE login = 'su.he')",
    )
    .await;
    let login = bench.service.login("su.he", &password("Regen;Turm-88-Salz"), &client("10.0.0.2")).await;
    assert_eq!(code(login), "IDN-0401");
    assert!(bench.has_event("identity_credential does not match its MAC"));
}

#[store_test]
async fn removing_the_second_factor_or_rewinding_its_step_by_sql_is_noticed(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.sign_in(Role::Secadmin).await;
    sql(&db, "UPDATE identity_credential SET totp_step = totp_step - 5 WHERE totp_step IS NOT NULL").await;
    assert_eq!(code(bench.begin(Role::Secadmin).await), "IDN-0401");
    sql(&db, "UPDATE identity_credential SET totp_sealed = NULL").await;
    assert_eq!(code(bench.begin(Role::Sysadmin).await), "IDN-0401");
}

#[store_test]
async fn session_and_grant_of_a_person_made_administrator_by_sql_in_one_stroke_are_refused(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    // A whole account row with its valid MAC, under another id: the id is part of what the MAC covers.
    sql(
        &db,
        &format!(
            "UPDATE identity_account SET
               mac = (SELECT mac FROM identity_account WHERE login = 'su.he'),
               version = (SELECT version FROM identity_account WHERE login = 'su.he') WHERE id = '{}'",
            member.id
        ),
    )
    .await;
    let login = bench.service.login("li.na", &password("Regen;Turm-88-Salz"), &client("10.0.0.2")).await;
    assert_eq!(code(login), "IDN-0401");
}

/// Somebody who writes into the database chooses a cookie's secret for the session of an administrator.
#[store_test]
async fn session_written_by_sql_with_a_chosen_secret_is_none_and_is_shouted_about_once(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Auditadmin).await;
    let chosen = secret("chosen by an intruder");
    let hash = data_encoding::HEXLOWER.encode(&medward_crypto::sha256(chosen.expose().as_bytes()));
    let literal = match db.engine() {
        medward_store::Engine::Sqlite => format!("X'{hash}'"),
        medward_store::Engine::Postgres => format!("'\\x{hash}'::bytea"),
    };
    // With no MAC, and with the MAC of a real session.
    for mac in ["NULL", "(SELECT mac FROM identity_session WHERE mac IS NOT NULL)"] {
        sql(
            &db,
            &format!(
                "INSERT INTO identity_session
               (id, token_hash, account_id, source_ip, user_agent, created_at, last_seen_at, ended_at, end_reason, mac)
             SELECT '{}', {literal}, id, '10.0.0.1', 'test', {now}, {now}, NULL, NULL, {mac}
             FROM identity_account WHERE login = 'su.he'",
                medward_contract::id::SessionId::new(),
                now = bench.clock.now().as_micros(),
            ),
        )
        .await;
        // Not taken in at a start, and not when it is shown.
        assert_eq!(who(&bench.restarted().await, &chosen).await.unwrap(), None);
        assert_eq!(bench.who(&chosen).await, None);
        sql(&db, "DELETE FROM identity_session WHERE end_reason = 'altered'").await;
    }
    let alarms = bench.events().iter().filter(|event| event.contains("identity_session does not match")).count();
    assert_eq!(alarms, 2, "{:?}", bench.events());
    assert!(bench.who(&opened.secret).await.is_some(), "a real session beside it lives on");
}

#[store_test]
async fn session_whose_owner_secret_or_age_is_altered_by_sql_ends(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let later = bench.clock.now().plus(Duration::from_hours(24)).as_micros();
    let alterations = [
        "account_id = (SELECT id FROM identity_account WHERE login = 'lin.zhou')".to_owned(),
        format!("created_at = {later}"),
        format!("last_seen_at = {later}"),
        "source_ip = '203.0.113.1'".to_owned(),
    ];
    for alteration in alterations {
        let opened = bench.sign_in(Role::Secadmin).await;
        bench.time.advance(Duration::from_millis(500));
        assert!(bench.who(&opened.secret).await.is_some());
        sql(&db, &format!("UPDATE identity_session SET {alteration} WHERE ended_at IS NULL")).await;
        bench.service.sweep().await.unwrap();
        bench.time.advance(Duration::from_secs(1));
        assert_eq!(bench.who(&opened.secret).await, None, "{alteration}");
    }
    // Its own activity, written down by us, does not end it.
    let opened = bench.sign_in(Role::Secadmin).await;
    for _ in 0..4 {
        bench.time.advance(Duration::from_secs(40));
        assert!(bench.who(&opened.secret).await.is_some());
    }
}

#[store_test]
async fn ended_session_brought_back_by_sql_stays_dead_and_does_not_keep_its_owner_out(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    bench.service.revoke(bench.id_of("su.he").await, "test").await.unwrap();
    let revive = "UPDATE identity_session SET ended_at = NULL, end_reason = NULL";
    sql(&db, revive).await;
    assert_eq!(bench.who(&opened.secret).await, None);
    // Nobody shows its cookie: the next login meets the row.
    sql(&db, revive).await;
    let again = bench.sign_in(Role::Secadmin).await;
    assert_eq!(bench.who(&opened.secret).await, None);
    assert!(bench.who(&again.secret).await.is_some());
}

#[store_test]
async fn login_step_written_by_sql_opens_nothing(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    // Own password and factor, somebody else's account.
    let begun = bench.begin(Role::Auditadmin).await.unwrap();
    sql(
        &db,
        "UPDATE identity_login_step SET account_id = (SELECT id FROM identity_account WHERE login = 'li.na'),
           step = 'enrol'",
    )
    .await;
    assert_eq!(code(bench.service.login_enrol(&begun.handle).await), "IDN-0460");
    assert_eq!(code(bench.service.login_enrol_confirm(&begun.handle, "000000", &client("10.0.0.1")).await), "IDN-0460");
    sql(&db, "UPDATE identity_login_step SET step = 'change_password'").await;
    let chosen = bench.service.login_password(&begun.handle, &password("Neu-Fluss.31-Brett")).await;
    assert_eq!(code(chosen), "IDN-0460");
    sql(&db, "UPDATE identity_login_step SET step = 'factor'").await;
    let factor = bench.service.login_factor(&begun.handle, &bench.code_of(Role::Auditadmin), &client("10.0.0.1")).await;
    assert_eq!(code(factor), "IDN-0460");
    assert!(bench.has_event("identity_login_step does not match its MAC"), "{:?}", bench.events());
}

/// CD-191, PACS-071: what the database holds of every secret is cipher text or a hash.
#[store_test]
async fn no_secret_is_in_the_database_in_clear(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (opened, totp) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    let begun = bench.begin(Role::Secadmin).await.unwrap();
    let mut secrets: Vec<Vec<u8>> = vec![
        b"Regen;Turm-88-Salz".to_vec(),
        b"Neu-Fluss.31-Brett".to_vec(),
        totp.expose().to_vec(),
        totp.base32().expose().clone().into_bytes(),
        opened.secret.expose().clone().into_bytes(),
        begun.handle.expose().clone().into_bytes(),
    ];
    secrets.extend(opened.recovery_codes.iter().map(|code| code.expose().clone().into_bytes()));
    let cells = every_cell(&db).await;
    assert!(cells.iter().any(|cell| cell.starts_with(b"$argon2id$")), "the dump is empty");
    for wanted in secrets {
        assert!(!cells.iter().any(|cell| cell.windows(wanted.len()).any(|part| part == wanted.as_slice())));
    }
}

/// Text and bytes of every table that may hold something of a secret.
async fn every_cell(db: &Db) -> Vec<Vec<u8>> {
    let texts = [
        "SELECT login || name || state FROM identity_account",
        "SELECT password_hash FROM identity_credential",
        "SELECT password_hash FROM identity_password_history",
        "SELECT id || source_ip || user_agent FROM identity_session",
        "SELECT step || COALESCE(new_password_hash, '') FROM identity_login_step",
        "SELECT recent FROM identity_attempt",
        "SELECT object_id || detail || request_id FROM kernel_audit",
        "SELECT payload FROM store_outbox",
    ];
    let bytes = [
        "SELECT totp_sealed FROM identity_credential WHERE totp_sealed IS NOT NULL",
        "SELECT code_mac FROM identity_recovery",
        "SELECT token_hash FROM identity_session",
        "SELECT handle_hash FROM identity_login_step",
        "SELECT totp_sealed FROM identity_login_step WHERE totp_sealed IS NOT NULL",
    ];
    let mut reader = db.read().await.unwrap();
    let mut cells = Vec::new();
    for text in texts {
        let rows: Vec<(String,)> = Statement::new(&mut reader, AssertSqlSafe(text)).fetch_all().await.unwrap();
        cells.extend(rows.into_iter().map(|(cell,)| cell.into_bytes()));
    }
    for text in bytes {
        let rows: Vec<(Vec<u8>,)> = Statement::new(&mut reader, AssertSqlSafe(text)).fetch_all().await.unwrap();
        cells.extend(rows.into_iter().map(|(cell,)| cell));
    }
    cells
}
