//! Four eyes: another person who holds the permission approves, and exactly that runs, once.

use medward_contract::id::{ApprovalId, AuditId};
use medward_contract::identity::{
    ApprovalAction, ApprovalClaim, ApprovalRequest, Approvals, Approver, Payload, PayloadHash,
};
use medward_store::sqlx::AssertSqlSafe;
use medward_store::{Statement, store_test};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::tampering::sql;
use super::*;
use crate::approval::{ApprovalState, LIFE};

const ACTION: ApprovalAction = ApprovalAction::new("test.policy.unprotect");
const OTHER_ACTION: ApprovalAction = ApprovalAction::new("test.policy.remove");
const PAYLOAD: &[u8] = b"portal: mode bypass, password hunter2";

/// A house with two security administrators: su.he asks, li.na is the second pair of eyes.
async fn with_two(db: &Db) -> (Bench, Principal, Principal) {
    let bench = Bench::with_administrators(db).await;
    let second = bench.member("li.na", "李娜", "Regen;Turm-88-Salz").await;
    role(&bench, second.id, true).await;
    let (asking, second) = (bench.principal(Role::Secadmin).await, principal(&bench, "li.na").await);
    (bench, asking, second)
}

async fn role(bench: &Bench, id: AccountId, grant: bool) {
    let (secadmin, change, from) = (bench.principal(Role::Secadmin).await, bench.change().await, client("10.0.0.1"));
    let done = if grant {
        bench.service.role_grant(&secadmin, id, Role::Secadmin, &change, &from).await
    } else {
        bench.service.role_revoke(&secadmin, id, Role::Secadmin, &change, &from).await
    };
    done.unwrap();
}

async fn principal(bench: &Bench, login: &str) -> Principal {
    let account = bench.account(login).await;
    Principal {
        account: account.id,
        login: account.login,
        name: account.name,
        roles: account.roles,
        clearance: medward_contract::SensitivityLabel::L2,
        session: None,
    }
}

/// A request as a capability makes it; the test changes what it is about.
async fn ask_with(
    bench: &Bench,
    who: &Principal,
    change: impl FnOnce(&mut ApprovalRequest<'_>),
) -> Result<ApprovalId, PortError> {
    let (payload, from) = (Payload::new(PAYLOAD.to_vec()), client("10.0.0.9"));
    let mut request = ApprovalRequest {
        action: ACTION,
        permission: "identity.grant.update",
        summary_zh: "关闭门户的防护",
        summary_en: "turn the protection of the portal off",
        payload: &payload,
        requested_by: who,
        reason: "vendor migrates tonight",
        client: &from,
        request_id: "r-1",
    };
    change(&mut request);
    bench.service.request(request).await
}

async fn ask(bench: &Bench, who: &Principal) -> ApprovalId {
    ask_with(bench, who, |_| {}).await.unwrap()
}

async fn approve(bench: &Bench, who: &Principal, id: ApprovalId) -> Result<ApprovalView, IdentityError> {
    bench.service.approval_approve(who, id, &bench.change().await, &client("10.0.0.1")).await
}

async fn refuse(bench: &Bench, who: &Principal, id: ApprovalId, why: &str) -> Result<ApprovalView, IdentityError> {
    bench.service.approval_refuse(who, id, why, &bench.change().await, &client("10.0.0.1")).await
}

async fn withdraw(bench: &Bench, who: &Principal, id: ApprovalId) -> Result<ApprovalView, IdentityError> {
    bench.service.approval_withdraw(who, id, &bench.change().await, &client("10.0.0.1")).await
}

fn claim_of(approval: ApprovalId) -> ApprovalClaim {
    let payload = PayloadHash::from_sha256(medward_crypto::sha256(PAYLOAD));
    ApprovalClaim { approval, action: ACTION, payload, change: AuditId::new() }
}

async fn claim(bench: &Bench, approval: ApprovalId) -> Result<Approver, PortError> {
    bench.service.is_granted(&claim_of(approval)).await
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, PortError>, code: &'static str) {
    assert_eq!(outcome.unwrap_err(), PortError::Refused { code });
}

async fn states(bench: &Bench, who: &Principal, listing: ApprovalListing) -> Vec<(ApprovalId, ApprovalState)> {
    let page = bench.service.approval_list(who, listing, None, 50).await.unwrap();
    page.items.into_iter().map(|item| (item.id, item.state)).collect()
}

async fn count(db: &Db, text: &'static str) -> i64 {
    let mut reader = db.read().await.unwrap();
    let rows: Vec<(i64,)> = Statement::new(&mut reader, AssertSqlSafe(text)).fetch_all().await.unwrap();
    rows[0].0
}

#[store_test]
async fn approved_change_runs_once_and_says_who_approved_it(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let id = ask(&bench, &asking).await;
    assert_refused(claim(&bench, id).await, "IDN-0431");
    let view = approve(&bench, &second, id).await.unwrap();
    assert_eq!((view.state, view.own, view.may_decide), (ApprovalState::Approved, false, false));
    assert_eq!(bench.service.payload(id).await.unwrap().expose(), PAYLOAD);
    let claimed = claim_of(id);
    let approver = bench.service.is_granted(&claimed).await.unwrap();
    assert_eq!((approver.account, approver.approved_at), (second.account, bench.clock.now()));
    assert_eq!(approver.to_string(), format!("approved by li.na ({id})"));
    assert_refused(claim(&bench, id).await, "IDN-0436");
    assert_refused(bench.service.payload(id).await, "IDN-0436");
    let decided = bench.service.approval_list(&asking, ApprovalListing::Decided, None, 50).await.unwrap();
    let used = &decided.items[0];
    assert_eq!((used.state, used.used_at), (ApprovalState::Used, Some(bench.clock.now())));
    assert_eq!(used.used_by, Some(claimed.change.to_string()));
}

/// Many who claim at once, some with another payload or action: one change gets through where one may, else none.
#[store_test]
async fn one_approval_lets_exactly_one_change_through_whoever_comes_at_once(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let bench = Arc::new(bench);
    let mut runner = TestRunner::deterministic();
    let claimants = proptest::collection::vec(0_u8..3, 2..9);
    for _ in 0..6 {
        let kinds = claimants.new_tree(&mut runner).unwrap().current();
        let id = ask(&bench, &asking).await;
        approve(&bench, &second, id).await.unwrap();
        let tasks: Vec<_> = kinds
            .iter()
            .map(|kind| {
                let mut claim = claim_of(id);
                match kind {
                    0 => {}
                    1 => claim.payload = PayloadHash::from_sha256([0; 32]),
                    _ => claim.action = OTHER_ACTION,
                }
                let bench = bench.clone();
                medward_store::testkit::spawn(async move { bench.service.is_granted(&claim).await })
            })
            .collect();
        let mut granted = 0;
        for (task, kind) in tasks.into_iter().zip(&kinds) {
            match task.await.unwrap() {
                Ok(_) => {
                    assert_eq!(*kind, 0, "{kinds:?}");
                    granted += 1;
                }
                Err(error) => {
                    let code = if *kind == 0 { "IDN-0436" } else { "IDN-0435" };
                    assert_eq!(error, PortError::Refused { code }, "{kinds:?}");
                }
            }
        }
        assert_eq!(granted, usize::from(kinds.contains(&0)), "{kinds:?}");
        assert_eq!(claim(&bench, id).await.is_ok(), granted == 0, "{kinds:?}");
    }
}

#[store_test]
async fn only_another_person_who_holds_the_permission_decides(db: Db) {
    let (bench, asking, _) = with_two(&db).await;
    let id = ask(&bench, &asking).await;
    assert_eq!(code(approve(&bench, &asking, id).await), "IDN-0432");
    assert_eq!(code(refuse(&bench, &asking, id, "no").await), "IDN-0432");
    for role in [Role::Sysadmin, Role::Auditadmin] {
        let outsider = bench.principal(role).await;
        assert_eq!(code(approve(&bench, &outsider, id).await), "IDN-0434");
        assert_eq!(code(refuse(&bench, &outsider, id, "no").await), "IDN-0434");
        assert_eq!(code(withdraw(&bench, &outsider, id).await), "IDN-0434");
    }
    assert_eq!(states(&bench, &asking, ApprovalListing::Own).await, [(id, ApprovalState::Open)]);
    assert_eq!(code(approve(&bench, &asking, ApprovalId::new()).await), "IDN-0437");
}

/// The session of the approver may still say what the account no longer says.
#[store_test]
async fn approver_who_lost_the_permission_approves_nothing(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let id = ask(&bench, &asking).await;
    role(&bench, second.account, false).await;
    assert!(second.roles.contains(&Role::Secadmin));
    assert_eq!(code(approve(&bench, &second, id).await), "IDN-0434");
    role(&bench, second.account, true).await;
    let change = bench.change().await;
    bench.service.account_disable(&asking, second.account, &change, &client("10.0.0.1")).await.unwrap();
    assert_eq!(code(approve(&bench, &second, id).await), "IDN-0434");
    assert_refused(claim(&bench, id).await, "IDN-0431");
}

#[store_test]
async fn what_a_stopped_person_asked_for_is_not_approved(db: Db) {
    let (bench, approver, asking) = with_two(&db).await;
    let id = ask(&bench, &asking).await;
    let change = bench.change().await;
    bench.service.account_disable(&approver, asking.account, &change, &client("10.0.0.1")).await.unwrap();
    assert_eq!(code(approve(&bench, &approver, id).await), "IDN-0413");
    assert_refused(ask_with(&bench, &asking, |_| {}).await, "IDN-0413");
    assert_eq!(refuse(&bench, &approver, id, "left").await.unwrap().state, ApprovalState::Refused);
}

#[store_test]
async fn other_payload_or_action_is_refused_and_uses_nothing_up(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let id = ask(&bench, &asking).await;
    approve(&bench, &second, id).await.unwrap();
    let other_payload = PayloadHash::from_sha256(medward_crypto::sha256(b"portal: mode block"));
    assert_refused(
        bench.service.is_granted(&ApprovalClaim { payload: other_payload, ..claim_of(id) }).await,
        "IDN-0435",
    );
    assert_refused(bench.service.is_granted(&ApprovalClaim { action: OTHER_ACTION, ..claim_of(id) }).await, "IDN-0435");
    assert_refused(claim(&bench, ApprovalId::new()).await, "IDN-0437");
    claim(&bench, id).await.unwrap();
}

#[store_test]
async fn request_is_over_after_a_day_decided_or_not(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let (open, approved) = (ask(&bench, &asking).await, ask(&bench, &asking).await);
    approve(&bench, &second, approved).await.unwrap();
    bench.time.advance(LIFE.checked_sub(Duration::from_micros(1)).unwrap());
    assert_eq!(states(&bench, &second, ApprovalListing::Open).await, [(open, ApprovalState::Open)]);
    assert!(bench.service.payload(approved).await.is_ok());
    bench.service.sweep().await.unwrap();
    assert_eq!(count(&db, "SELECT COUNT(payload_sealed) FROM identity_approval").await, 2);
    bench.time.advance(Duration::from_micros(1));
    assert_eq!(code(approve(&bench, &second, open).await), "IDN-0433");
    assert_eq!(code(withdraw(&bench, &asking, approved).await), "IDN-0433");
    assert_refused(claim(&bench, open).await, "IDN-0436");
    assert_refused(claim(&bench, approved).await, "IDN-0436");
    assert_refused(bench.service.payload(approved).await, "IDN-0436");
    assert_eq!(states(&bench, &second, ApprovalListing::Open).await, []);
    let expired = [(approved, ApprovalState::Expired), (open, ApprovalState::Expired)];
    assert_eq!(states(&bench, &second, ApprovalListing::Decided).await, expired);
    bench.service.sweep().await.unwrap();
    assert_eq!(count(&db, "SELECT COUNT(payload_sealed) FROM identity_approval").await, 0);
}

#[store_test]
async fn refused_and_withdrawn_requests_let_nothing_through(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let (refused, open, approved) =
        (ask(&bench, &asking).await, ask(&bench, &asking).await, ask(&bench, &asking).await);
    assert_eq!(code(refuse(&bench, &second, refused, "  ").await), "IDN-0421");
    let view = refuse(&bench, &second, refused, "not tonight").await.unwrap();
    assert_eq!((view.state, view.decision_reason.as_deref()), (ApprovalState::Refused, Some("not tonight")));
    approve(&bench, &second, approved).await.unwrap();
    for id in [open, approved] {
        assert_eq!(withdraw(&bench, &asking, id).await.unwrap().state, ApprovalState::Withdrawn);
    }
    for id in [refused, open, approved] {
        assert_eq!(code(approve(&bench, &second, id).await), "IDN-0433");
        assert_refused(claim(&bench, id).await, "IDN-0436");
    }
    assert_eq!(count(&db, "SELECT COUNT(payload_sealed) FROM identity_approval").await, 0);
}

#[store_test]
async fn requests_and_approvals_outlive_a_restart(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let (open, approved) = (ask(&bench, &asking).await, ask(&bench, &asking).await);
    approve(&bench, &second, approved).await.unwrap();
    let service = bench.restarted().await;
    let listed = service.approval_list(&second, ApprovalListing::Open, None, 50).await.unwrap();
    assert_eq!(listed.items.iter().map(|item| (item.id, item.may_decide)).collect::<Vec<_>>(), [(open, true)]);
    assert_eq!(service.payload(open).await.unwrap().expose(), PAYLOAD);
    service.is_granted(&claim_of(approved)).await.unwrap();
    let again = bench.restarted().await;
    assert_refused(again.is_granted(&claim_of(approved)).await, "IDN-0436");
}

#[store_test]
async fn request_that_nobody_could_judge_or_approve_is_refused(db: Db) {
    let (bench, asking, _) = with_two(&db).await;
    assert_refused(ask_with(&bench, &asking, |request| request.reason = " ").await, "IDN-0421");
    assert_refused(ask_with(&bench, &asking, |request| request.summary_zh = "").await, "IDN-0421");
    for permission in ["test.unheard", "signed_in", "public"] {
        assert_refused(ask_with(&bench, &asking, |request| request.permission = permission).await, "IDN-0421");
    }
    let long = Payload::new(vec![0; crate::approval::PAYLOAD_BYTES_MAX + 1]);
    let from = client("10.0.0.9");
    let request = ApprovalRequest {
        action: ACTION,
        permission: "identity.grant.update",
        summary_zh: "导入",
        summary_en: "import",
        payload: &long,
        requested_by: &asking,
        reason: "too much",
        client: &from,
        request_id: "r-2",
    };
    assert_refused(bench.service.request(request).await, "IDN-0421");
}

#[store_test]
async fn one_person_has_at_most_fifty_requests_waiting(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let first = ask(&bench, &asking).await;
    for _ in 1..crate::approval::OPEN_MAX {
        ask(&bench, &asking).await;
    }
    assert_refused(ask_with(&bench, &asking, |_| {}).await, "IDN-0438");
    ask(&bench, &second).await;
    withdraw(&bench, &asking, first).await.unwrap();
    ask(&bench, &asking).await;
}

#[store_test]
async fn lists_are_paged_and_show_each_what_is_theirs(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(ask(&bench, &asking).await);
    }
    approve(&bench, &second, ids[0]).await.unwrap();
    ids.reverse();
    let newest: Vec<_> = ids[..4].iter().map(|id| (*id, ApprovalState::Open)).collect();
    assert_eq!(states(&bench, &second, ApprovalListing::Open).await, newest);
    assert_eq!(states(&bench, &asking, ApprovalListing::Open).await, []);
    assert_eq!(states(&bench, &second, ApprovalListing::Own).await, []);
    assert_eq!(states(&bench, &asking, ApprovalListing::Own).await.len(), 5);
    let auditor = bench.principal(Role::Auditadmin).await;
    assert_eq!(states(&bench, &auditor, ApprovalListing::Open).await, []);
    assert_eq!(states(&bench, &auditor, ApprovalListing::Decided).await, [(ids[4], ApprovalState::Approved)]);
    let (mut cursor, mut seen) = (None, Vec::new());
    loop {
        let page = bench.service.approval_list(&asking, ApprovalListing::Own, cursor, 2).await.unwrap();
        seen.extend(page.items.iter().map(|item| item.id));
        match page.next_cursor {
            Some(next) => cursor = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(seen, ids);
}

#[store_test]
async fn approval_written_by_sql_lets_nothing_through_and_is_shouted_about(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let (id, untouched) = (ask(&bench, &asking).await, ask(&bench, &asking).await);
    sql(
        &db,
        &format!(
            "UPDATE identity_approval SET state = 'approved', decider_id = '{}', decider_login = 'li.na',
               decider_name = 'x', decided_at = requested_at WHERE id = '{id}'",
            second.account
        ),
    )
    .await;
    assert_refused(claim(&bench, id).await, "IDN-0460");
    assert!(bench.has_event("identity_approval does not match its MAC"), "{:?}", bench.events());
    assert_eq!(states(&bench, &asking, ApprovalListing::Own).await, [(untouched, ApprovalState::Open)]);
    // Another summary before the approver's eyes, and another payload behind the same hash.
    sql(&db, &format!("UPDATE identity_approval SET summary_zh = '换图标' WHERE id = '{untouched}'")).await;
    assert_eq!(code(approve(&bench, &second, untouched).await), "IDN-0460");
    let (first, other) = (ask(&bench, &asking).await, ask(&bench, &asking).await);
    sql(
        &db,
        &format!(
            "UPDATE identity_approval SET payload_sealed =
               (SELECT payload_sealed FROM identity_approval WHERE id = '{other}') WHERE id = '{first}'"
        ),
    )
    .await;
    assert_refused(bench.service.payload(first).await, "IDN-0500");
}

#[store_test]
async fn payload_is_not_in_the_database_in_clear(db: Db) {
    let (bench, asking, _) = with_two(&db).await;
    ask(&bench, &asking).await;
    let mut reader = db.read().await.unwrap();
    let sql = AssertSqlSafe("SELECT payload_sealed FROM identity_approval");
    let rows: Vec<(Vec<u8>,)> = Statement::new(&mut reader, sql).fetch_all().await.unwrap();
    assert!(rows[0].0.len() > PAYLOAD.len());
    assert!(!rows[0].0.windows(7).any(|part| part == b"hunter2"));
}

/// Closed: no answer is no.
#[store_test]
async fn without_the_store_nothing_is_asked_and_nothing_is_granted(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let id = ask(&bench, &asking).await;
    approve(&bench, &second, id).await.unwrap();
    db.close().await;
    assert_eq!(claim(&bench, id).await.unwrap_err(), PortError::Unavailable("identity"));
    assert_eq!(ask_with(&bench, &asking, |_| {}).await.unwrap_err(), PortError::Unavailable("identity"));
    assert_eq!(bench.service.payload(id).await.unwrap_err(), PortError::Unavailable("identity"));
}

/// Asking, deciding and taking back stand in the trail, refused ones too, and the number of waiting ones is measured.
#[store_test]
async fn every_step_is_in_the_audit_trail_and_open_ones_are_counted(db: Db) {
    let (bench, asking, second) = with_two(&db).await;
    let open = |expected: i64| {
        let text = bench.kit.metrics.render();
        assert!(text.contains(&format!("medward_identity_approvals_open {expected}")), "{text}");
    };
    let first = ask(&bench, &asking).await;
    let last = ask(&bench, &asking).await;
    open(2);
    approve(&bench, &second, first).await.unwrap();
    open(1);
    refuse(&bench, &second, last, "not tonight").await.unwrap();
    open(0);
    assert_refused(ask_with(&bench, &asking, |request| request.reason = "").await, "IDN-0421");
    let entries = bench.kit.audit.list(None, 5).await.unwrap();
    let trail: Vec<_> = entries
        .iter()
        .rev()
        .map(|entry| format!("{} {} {} {} {}", entry.who, entry.action, entry.object_type, entry.outcome, entry.detail))
        .collect();
    let expected = [
        "su.he create identity_approval success test.policy.unprotect: vendor migrates tonight",
        "su.he create identity_approval success test.policy.unprotect: vendor migrates tonight",
        " update identity_account success test.policy.unprotect: approved, requested by su.he",
        " update identity_account success test.policy.unprotect: refused: not tonight",
        "su.he create identity_approval failure IDN-0421",
    ];
    assert_eq!(trail, expected);
    assert_eq!((entries[4].source_ip.as_str(), entries[4].request_id.as_str()), ("10.0.0.9", "r-1"));
    assert_eq!(entries[4].object_id, first.to_string());
}
