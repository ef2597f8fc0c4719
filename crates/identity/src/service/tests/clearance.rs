//! Clearances, and what others are told about changed accounts.

use medward_contract::SensitivityLabel;
use medward_contract::identity::{AccountChanged, Authenticator as _, PriorityClass};
use medward_store::{Statement, store_test};

use super::application::disable;
use super::tampering::sql;
use super::*;

fn wanted(clearance: SensitivityLabel, version: i64) -> WantedClearance {
    WantedClearance {
        clearance,
        departments: vec!["急诊科".to_owned(), " ICU ".to_owned()],
        priority: PriorityClass::new(1).unwrap(),
        version,
    }
}

async fn set(bench: &Bench, id: AccountId, wanted: &WantedClearance) -> Result<ClearanceView, IdentityError> {
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    bench.service.clearance_set(&secadmin, id, wanted, &change, &client("10.0.0.1")).await
}

/// Rows of the outbox about accounts, oldest first.
async fn changed(db: &Db) -> Vec<AccountChanged> {
    let sql = "SELECT payload FROM store_outbox WHERE kind = $1 ORDER BY created_at, id";
    let mut reader = db.read().await.unwrap();
    let rows: Vec<(String,)> = Statement::new(&mut reader, sql).bind(AccountChanged::KIND).fetch_all().await.unwrap();
    rows.iter().map(|(payload,)| serde_json::from_str(payload).unwrap()).collect()
}

#[store_test]
async fn clearance_is_internal_until_set_and_then_reaches_applications(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let before = bench.service.clearance_get(member.id, &client("10.0.0.1")).await.unwrap();
    assert_eq!((before.clearance, before.priority, before.version), (SensitivityLabel::L2, PriorityClass::NORMAL, 0));
    let after = set(&bench, member.id, &wanted(SensitivityLabel::L4, 0)).await.unwrap();
    assert_eq!(after, bench.service.clearance_get(member.id, &client("10.0.0.1")).await.unwrap());
    let subject = bench.service.subject(member.id).await.unwrap().unwrap();
    assert_eq!((subject.clearance, subject.priority.number()), (SensitivityLabel::L4, 1));
    assert_eq!(subject.departments, ["急诊科", "ICU"]);
    assert!(bench.has_event("auth.account grant su.he clearance L4, priority 1, departments 急诊科, ICU"));
    let lowered = set(&bench, member.id, &wanted(SensitivityLabel::L1, 1)).await.unwrap();
    assert_eq!((lowered.clearance, lowered.version), (SensitivityLabel::L1, 2));
}

#[store_test]
async fn clearance_seen_before_somebody_else_changed_it_is_not_overwritten(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    set(&bench, member.id, &wanted(SensitivityLabel::L3, 0)).await.unwrap();
    for stale in [0, 2, -1] {
        assert_eq!(code(set(&bench, member.id, &wanted(SensitivityLabel::L4, stale)).await), "IDN-0416");
    }
    let stored = bench.service.clearance_get(member.id, &client("10.0.0.1")).await.unwrap();
    assert_eq!(stored.clearance, SensitivityLabel::L3);
}

#[store_test]
async fn nobody_sets_their_own_clearance_or_that_of_nobody(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let own = bench.id_of("su.he").await;
    assert_eq!(code(set(&bench, own, &wanted(SensitivityLabel::L4, 0)).await), "IDN-0403");
    assert_eq!(code(set(&bench, AccountId::new(), &wanted(SensitivityLabel::L4, 0)).await), "IDN-0404");
    let nobody = bench.service.clearance_get(AccountId::new(), &client("10.0.0.1")).await;
    assert_eq!(code(nobody), "IDN-0404");
    let named = WantedClearance { departments: vec![String::new()], ..wanted(SensitivityLabel::L4, 0) };
    let other = bench.id_of("lin.zhou").await;
    assert_eq!(code(set(&bench, other, &named).await), "IDN-0421");
}

#[store_test]
async fn clearance_altered_by_sql_is_nobodys_and_is_shouted_about(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    set(&bench, member.id, &wanted(SensitivityLabel::L2, 0)).await.unwrap();
    let other = bench.id_of("lin.zhou").await;
    set(&bench, other, &wanted(SensitivityLabel::L4, 0)).await.unwrap();
    let alterations = [
        "clearance = 'L4'".to_owned(),
        "departments = '[]'".to_owned(),
        "priority = 0".to_owned(),
        "version = 7".to_owned(),
        // A whole row of another account, with its valid MAC.
        format!("clearance = 'L4', mac = (SELECT mac FROM identity_clearance WHERE account_id = '{other}')"),
    ];
    for alteration in alterations {
        sql(&db, "DELETE FROM identity_clearance WHERE version > 0 AND departments IS NOT NULL").await;
        set(&bench, member.id, &wanted(SensitivityLabel::L2, 0)).await.unwrap();
        set(&bench, other, &wanted(SensitivityLabel::L4, 0)).await.unwrap();
        assert!(bench.service.subject(member.id).await.unwrap().is_some());
        sql(&db, &format!("UPDATE identity_clearance SET {alteration} WHERE account_id = '{}'", member.id)).await;
        assert_eq!(bench.service.subject(member.id).await.unwrap(), None, "{alteration}");
        assert_eq!(code(bench.service.clearance_get(member.id, &client("10.0.0.1")).await), "IDN-0460");
        assert_eq!(code(set(&bench, member.id, &wanted(SensitivityLabel::L4, 1)).await), "IDN-0460");
    }
    assert!(bench.has_event("identity_clearance does not match its MAC"), "{:?}", bench.events());
}

#[store_test]
async fn others_are_told_of_each_change_of_state_roles_and_clearance_and_of_no_refused_one(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    let (secadmin, from) = (bench.principal(Role::Secadmin).await, client("10.0.0.1"));
    let grant = async |role| {
        let change = bench.change().await;
        bench.service.role_grant(&secadmin, member.id, role, &change, &from).await
    };
    grant(Role::Operator).await.unwrap();
    assert_eq!(code(grant(Role::Auditadmin).await), "IDN-0412");
    set(&bench, member.id, &wanted(SensitivityLabel::L3, 0)).await.unwrap();
    assert_eq!(code(set(&bench, member.id, &wanted(SensitivityLabel::L4, 0)).await), "IDN-0416");
    let change = bench.change().await;
    bench.service.role_revoke(&secadmin, member.id, Role::Operator, &change, &from).await.unwrap();
    disable(&bench, member.id).await;
    let told: Vec<(String, i64)> = changed(&db)
        .await
        .into_iter()
        .filter(|changed| changed.account == member.id)
        .map(|changed| (changed.state, changed.version))
        .collect();
    let active = |version| ("active".to_owned(), version);
    assert_eq!(told, [active(2), active(3), active(4), active(5), ("disabled".to_owned(), 6)]);
    assert_eq!(bench.account("li.na").await.version, 6);
}
