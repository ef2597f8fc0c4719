//! Accounts and grants: who creates does not activate, who grants does not grant itself, exclusions hold twice.

use medward_store::{StoreError, execute, store_test};

use super::*;
use crate::model::role_class;

async fn grant(bench: &Bench, id: AccountId, role: Role) -> Result<AccountView, IdentityError> {
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    bench.service.role_grant(&secadmin, id, role, &change, &client("10.0.0.1")).await
}

async fn revoke(bench: &Bench, id: AccountId, role: Role) -> Result<AccountView, IdentityError> {
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    bench.service.role_revoke(&secadmin, id, role, &change, &client("10.0.0.1")).await
}

async fn disable(bench: &Bench, id: AccountId) -> Result<AccountView, IdentityError> {
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    bench.service.account_disable(&secadmin, id, &change, &client("10.0.0.1")).await
}

#[store_test]
async fn created_account_is_invited_without_roles_and_cannot_log_in_until_activated(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let invited = bench.invite("li.na", "李娜", "Regen;Turm-88-Salz").await.unwrap();
    assert_eq!((invited.state, invited.roles.len(), invited.second_factor), (AccountState::Invited, 0, false));
    let refused = bench.service.login("li.na", &password("Regen;Turm-88-Salz"), &client("10.0.0.2")).await;
    assert_eq!(code(refused), "IDN-0401");
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    bench.service.account_activate(&secadmin, invited.id, &change, &client("10.0.0.1")).await.unwrap();
    let (opened, _) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    assert!(bench.who(&opened.secret).await.unwrap().roles.is_empty());
}

/// PACS-034.
#[store_test]
async fn login_taken_in_other_case_width_or_spaces_is_refused_for_ever(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    disable(&bench, member.id).await.unwrap();
    for typed in ["LI.NA", "ｌｉ.ｎａ", " li.na "] {
        assert_eq!(code(bench.invite(typed, "李娜娜", "Regen;Turm-88-Salz").await), "IDN-0411", "{typed}");
    }
    assert_eq!(code(bench.invite("li na", "李娜娜", "Regen;Turm-88-Salz").await), "IDN-0421");
}

#[store_test]
async fn two_who_create_the_same_login_at_once_get_one_account(db: Db) {
    let bench = Arc::new(Bench::with_administrators(&db).await);
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let bench = bench.clone();
            medward_store::testkit::spawn(async move { bench.invite("li.na", "李娜", "Regen;Turm-88-Salz").await })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => created += 1,
            Err(error) => assert_eq!(error.code().code, "IDN-0411"),
        }
    }
    assert_eq!(created, 1);
}

#[store_test]
async fn weak_first_password_creates_nothing(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert_eq!(code(bench.invite("li.na", "李娜", "Aa123456!").await), "IDN-0422");
    assert_eq!(bench.service.account_list(None, "li.na", 50).await.unwrap().items, []);
}

/// Every pair of roles: the service grants the second beside the first exactly when they do not exclude one another.
#[store_test]
async fn excluding_roles_are_refused_for_every_pair_by_the_service(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    for first in Role::ALL {
        for second in Role::ALL.into_iter().filter(|second| *second != first) {
            grant(&bench, member.id, first).await.unwrap();
            match grant(&bench, member.id, second).await {
                Ok(view) => {
                    assert!(!first.excludes(second), "{first} beside {second}");
                    assert_eq!(view.roles.len(), 2);
                    revoke(&bench, member.id, second).await.unwrap();
                }
                Err(error) => {
                    assert_eq!(error.code().code, "IDN-0412");
                    assert!(first.excludes(second), "{first} beside {second}");
                }
            }
            revoke(&bench, member.id, first).await.unwrap();
        }
    }
}

/// The same pairs by direct SQL: the database refuses what the service would never write.
#[store_test]
async fn excluding_roles_are_refused_for_every_pair_by_the_database(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    for first in Role::ALL {
        grant(&bench, member.id, first).await.unwrap();
        for second in Role::ALL.into_iter().filter(|second| *second != first) {
            // Whatever class the attacker writes beside the role.
            for class in [role_class(first), role_class(second)] {
                let inserted = raw_grant(&db, member.id, second, class).await;
                let fits = role_class(first) == role_class(second);
                assert_eq!(inserted.is_ok(), fits, "{first} beside {second} as {class}");
                if fits {
                    raw_revoke(&db, member.id, second).await;
                }
            }
        }
        revoke(&bench, member.id, first).await.unwrap();
    }
}

async fn raw_grant(db: &Db, id: AccountId, role: Role, class: &'static str) -> Result<(), StoreError> {
    db.write(|tx| {
        Box::pin(async move {
            execute!(
                tx,
                "INSERT INTO identity_grant (account_id, role, role_class, granted_by, granted_at, mac)
                 VALUES ($1, $2, $3, 'sql', 0, $4)",
                id.to_string(),
                role.as_str(),
                class,
                vec![0_u8; 32]
            )
            .await
            .map(drop)
        })
    })
    .await
}

async fn raw_revoke(db: &Db, id: AccountId, role: Role) {
    db.write(|tx| {
        Box::pin(async move {
            execute!(
                tx,
                "DELETE FROM identity_grant WHERE account_id = $1 AND role = $2",
                id.to_string(),
                role.as_str()
            )
            .await
            .map(drop)
        })
    })
    .await
    .unwrap();
}

#[store_test]
async fn nobody_administers_their_own_account(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let own = bench.id_of("su.he").await;
    assert_eq!(code(grant(&bench, own, Role::Operator).await), "IDN-0403");
    assert_eq!(code(revoke(&bench, own, Role::Secadmin).await), "IDN-0403");
    assert_eq!(code(disable(&bench, own).await), "IDN-0403");
    assert_eq!(bench.account("su.he").await.roles, [Role::Secadmin]);
}

#[store_test]
async fn last_administrator_of_a_kind_stays(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let sysadmin = bench.id_of("lin.zhou").await;
    assert_eq!(code(revoke(&bench, sysadmin, Role::Sysadmin).await), "IDN-0415");
    assert_eq!(code(disable(&bench, sysadmin).await), "IDN-0415");
    let second = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    grant(&bench, second.id, Role::Sysadmin).await.unwrap();
    disable(&bench, sysadmin).await.unwrap();
    assert_eq!(code(disable(&bench, second.id).await), "IDN-0415");
}

#[store_test]
async fn disabled_account_loses_its_session_and_cannot_log_in(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (opened, _) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    disable(&bench, member.id).await.unwrap();
    assert_eq!(bench.who(&opened.secret).await, None);
    let refused = bench.service.login("li.na", &password("Neu-Fluss.31-Brett"), &client("10.0.0.2")).await;
    assert_eq!(code(refused), "IDN-0401");
    assert_eq!(code(disable(&bench, member.id).await), "IDN-0413");
}

#[store_test]
async fn granted_role_acts_within_a_second_and_revoked_one_ends_as_fast(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (opened, _) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    grant(&bench, member.id, Role::Operator).await.unwrap();
    bench.time.advance(Duration::from_secs(1));
    assert_eq!(bench.who(&opened.secret).await.unwrap().roles, [Role::Operator]);
    revoke(&bench, member.id, Role::Operator).await.unwrap();
    bench.time.advance(Duration::from_secs(1));
    assert!(bench.who(&opened.secret).await.unwrap().roles.is_empty());
}

#[store_test]
async fn reset_factor_makes_the_next_login_enrol_and_old_codes_worthless(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (opened, _) = bench.first_login("li.na", "Regen;Turm-88-Salz", "Neu-Fluss.31-Brett").await.unwrap();
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    let reset = bench.service.account_reset_factor(&secadmin, member.id, &change, &client("10.0.0.1")).await.unwrap();
    assert!(!reset.second_factor);
    assert_eq!(bench.who(&opened.secret).await, None);
    let from = client("10.0.0.2");
    let begun = bench.service.login("li.na", &password("Neu-Fluss.31-Brett"), &from).await.unwrap();
    assert_eq!(begun.step, Step::Enrol);
    let recovery = opened.recovery_codes[0].expose();
    assert_eq!(code(bench.service.login_factor(&begun.handle, recovery, &from).await), "IDN-0419");
}

#[store_test]
async fn change_without_a_living_audit_record_does_not_happen(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (secadmin, used) = (bench.principal(Role::Secadmin).await, bench.change().await);
    used.finish(true, None, "used up").await.unwrap();
    let refused = bench.service.role_grant(&secadmin, member.id, Role::Operator, &used, &client("10.0.0.1")).await;
    assert!(refused.is_err());
    assert!(bench.account("li.na").await.roles.is_empty());
}

#[store_test]
async fn accounts_are_paged_and_found_by_login_and_name(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.invite("li_na", "李娜", "Regen;Turm-88-Salz").await.unwrap();
    let first = bench.service.account_list(None, "", 3).await.unwrap();
    assert_eq!(first.items.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(), ["gu.yan", "li_na", "lin.zhou"]);
    let second = bench.service.account_list(first.next_cursor.as_deref(), "", 3).await.unwrap();
    assert_eq!(second.items.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(), ["su.he"]);
    assert_eq!(second.next_cursor, None);
    let found = async |filter: &str| bench.service.account_list(None, filter, 50).await.unwrap().items.len();
    assert_eq!((found("李娜").await, found("LI").await, found("_").await, found("%").await), (1, 2, 1, 0));
}
