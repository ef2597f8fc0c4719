//! Logging in to applications: the console's rules, no session of the console.

use medward_contract::identity::{AuthStep, Authenticator, Denial, Factor, LoginHandle, Subject, Typed};
use medward_store::store_test;

use super::tampering::sql;
use super::*;

const FIRST: &str = "Regen;Turm-88-Salz";
const CHOSEN: &str = "Neu-Fluss.31-Brett";

fn port(bench: &Bench) -> &dyn Authenticator {
    &bench.service
}

fn typed(text: &str) -> Typed {
    Typed::new(text.to_owned())
}

fn code_typed(text: &str) -> Factor {
    Factor::Code(typed(text))
}

async fn begin(bench: &Bench, role: Role) -> AuthStep {
    let password = typed(Bench::password_of(role).expose());
    port(bench).begin(bench.login_of(role), &password, &client("10.0.0.1")).await.unwrap()
}

async fn finish(bench: &Bench, handle: &LoginHandle, factor: Factor) -> AuthStep {
    port(bench).finish(handle, factor, &client("10.0.0.1")).await.unwrap()
}

async fn factor_handle(bench: &Bench, role: Role) -> LoginHandle {
    match begin(bench, role).await {
        AuthStep::NeedFactor(handle) => handle,
        other => panic!("{other:?}"),
    }
}

/// Both steps of an administrator.
pub(super) async fn sign_in(bench: &Bench, role: Role) -> Subject {
    let handle = factor_handle(bench, role).await;
    let code = bench.code_of(role);
    done(finish(bench, &handle, code_typed(&code)).await).0
}

fn done(step: AuthStep) -> (Subject, Vec<Typed>) {
    match step {
        AuthStep::Done { subject, recovery_codes } => (subject, recovery_codes),
        other => panic!("{other:?}"),
    }
}

fn denial(step: AuthStep) -> Denial {
    match step {
        AuthStep::Denied(denial) => denial,
        other => panic!("{other:?}"),
    }
}

#[store_test]
async fn password_alone_names_nobody_and_the_right_code_does(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let handle = factor_handle(&bench, Role::Secadmin).await;
    assert_eq!(denial(finish(&bench, &handle, code_typed("")).await), Denial::Wrong);
    assert_eq!(denial(finish(&bench, &handle, Factor::Enrolled(typed("123456"))).await), Denial::Expired);
    assert_eq!(denial(finish(&bench, &handle, Factor::NewPassword(typed(CHOSEN))).await), Denial::Expired);
    assert!(port(&bench).enrolment(&handle).await.unwrap().is_none());
    let code = bench.code_of(Role::Secadmin);
    let (subject, recovery_codes) = done(finish(&bench, &handle, code_typed(&code)).await);
    assert_eq!((subject.login.as_str(), subject.name.as_str()), ("su.he", "苏禾"));
    assert_eq!((subject.roles.as_slice(), recovery_codes.len()), (&[Role::Secadmin][..], 0));
    assert_eq!((subject.clearance, subject.priority.number()), (medward_contract::SensitivityLabel::L2, 5));
    assert!(subject.departments.is_empty());
    assert!(bench.account("su.he").await.last_login.is_some());
}

#[store_test]
async fn unknown_login_wrong_password_and_inactive_account_are_denied_alike_and_recorded(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.invite("li.na", "李娜", FIRST).await.unwrap();
    for (login, password) in [("su.he", CHOSEN), ("nobody", CHOSEN), ("li.na", FIRST)] {
        let step = port(&bench).begin(login, &typed(password), &client("10.0.0.1")).await.unwrap();
        assert_eq!(denial(step), Denial::Wrong, "{login}");
    }
    assert!(bench.has_event("login_failed su.he wrong password"));
    assert!(bench.has_event("login_failed li.na account not active"));
}

#[store_test]
async fn right_password_is_denied_like_a_wrong_one_while_the_login_is_locked(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    for _ in 0..5 {
        bench.time.advance(Duration::from_secs(60));
        port(&bench).begin("su.he", &typed(CHOSEN), &client("10.0.0.1")).await.unwrap();
    }
    bench.time.advance(Duration::from_secs(60));
    let right = denial(begin(&bench, Role::Secadmin).await);
    let wrong = denial(port(&bench).begin("su.he", &typed(CHOSEN), &client("10.0.0.1")).await.unwrap());
    assert!(matches!(right, Denial::Locked { .. }), "{right:?}");
    assert_eq!(right, wrong);
    assert!(bench.has_event("auth.account lock su.he"));
    // One lock for both doors.
    assert_eq!(code(bench.begin(Role::Secadmin).await), "IDN-0423");
}

#[store_test]
async fn wrong_codes_lock_and_the_lock_holds_for_a_login_begun_before(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let handle = factor_handle(&bench, Role::Secadmin).await;
    for _ in 0..5 {
        bench.time.advance(Duration::from_secs(31));
        assert_eq!(denial(finish(&bench, &handle, code_typed("000000x")).await), Denial::Wrong);
    }
    let code = bench.code_of(Role::Secadmin);
    assert!(matches!(denial(finish(&bench, &handle, code_typed(&code)).await), Denial::Locked { .. }));
}

#[store_test]
async fn code_is_accepted_once_whichever_door_it_was_shown_at(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let handle = factor_handle(&bench, Role::Secadmin).await;
    let code_now = bench.code_of(Role::Secadmin);
    done(finish(&bench, &handle, code_typed(&code_now)).await);
    assert_eq!(denial(finish(&bench, &handle, code_typed(&code_now)).await), Denial::Expired);
    let handle = factor_handle(&bench, Role::Secadmin).await;
    assert_eq!(denial(finish(&bench, &handle, code_typed(&code_now)).await), Denial::Wrong);
    let begun = bench.begin(Role::Secadmin).await.unwrap();
    assert_eq!(code(bench.service.login_factor(&begun.handle, &code_now, &client("10.0.0.1")).await), "IDN-0401");
}

#[store_test]
async fn handle_of_the_console_is_worth_nothing_for_applications_and_the_other_way_round(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let console = bench.begin(Role::Secadmin).await.unwrap();
    let application = factor_handle(&bench, Role::Secadmin).await;
    let code_now = bench.code_of(Role::Secadmin);
    let crossed = LoginHandle::new(console.handle.expose().clone());
    assert_eq!(denial(finish(&bench, &crossed, code_typed(&code_now)).await), Denial::Expired);
    let crossed = secret(application.expose());
    assert_eq!(code(bench.service.login_factor(&crossed, &code_now, &client("10.0.0.1")).await), "IDN-0419");
    // Neither attempt used the code up or counted as a failure.
    done(finish(&bench, &application, code_typed(&code_now)).await);
}

#[store_test]
async fn purpose_of_a_login_altered_by_sql_opens_nothing(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let handle = factor_handle(&bench, Role::Secadmin).await;
    sql(&db, "UPDATE identity_login_step SET purpose = 'console'").await;
    let code_now = bench.code_of(Role::Secadmin);
    let opened = bench.service.login_factor(&secret(handle.expose()), &code_now, &client("10.0.0.1")).await;
    assert_eq!(code(opened), "IDN-0460");
    assert!(bench.has_event("identity_login_step does not match its MAC"));
    let answered = port(&bench).finish(&handle, code_typed(&code_now), &client("10.0.0.1")).await;
    assert_eq!(answered.unwrap_err(), PortError::Unavailable("identity"));
}

#[store_test]
async fn first_login_changes_the_password_and_enrols_and_gives_recovery_codes(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.member("li.na", "李娜", FIRST).await;
    let (port, from) = (port(&bench), client("10.0.0.2"));
    let AuthStep::MustChange(handle) = port.begin("li.na", &typed(FIRST), &from).await.unwrap() else { panic!() };
    assert!(port.enrolment(&handle).await.unwrap().is_none(), "the password comes first");
    let refused = denial(finish(&bench, &handle, Factor::NewPassword(typed("Li.Na-12x"))).await);
    let Denial::Password { findings } = refused else { panic!("{refused:?}") };
    assert!(findings.contains(&"too_short".into()) && findings.contains(&"contains_login".into()), "{findings:?}");
    let same = denial(finish(&bench, &handle, Factor::NewPassword(typed(FIRST))).await);
    assert_eq!(same, Denial::Password { findings: vec!["reused".into()] });
    let step = finish(&bench, &handle, Factor::NewPassword(typed(CHOSEN))).await;
    let AuthStep::NeedEnrolment(handle) = step else { panic!("{step:?}") };
    port.enrolment(&handle).await.unwrap().unwrap();
    let offer = port.enrolment(&handle).await.unwrap().unwrap();
    assert!(offer.qr_svg.expose().contains("<svg"));
    let bytes = data_encoding::BASE32_NOPAD.decode(offer.secret_base32.expose().as_bytes()).unwrap();
    let totp = TotpSecret::from_bytes(&bytes).unwrap();
    let code_now = totp.code_at(bench.clock.now());
    let (subject, recovery_codes) = done(finish(&bench, &handle, Factor::Enrolled(typed(&code_now))).await);
    assert_eq!((subject.login.as_str(), recovery_codes.len()), ("li.na", crate::recovery::COUNT));
    assert!(bench.has_event("auth.account mfa li.na authenticator enrolled"));
    assert!(bench.has_event("auth.account password li.na changed at login"));
    // A recovery code is a second factor, once.
    for expected in [None, Some(Denial::Wrong)] {
        let step = port.begin("li.na", &typed(CHOSEN), &from).await.unwrap();
        let AuthStep::NeedFactor(handle) = step else { panic!("{step:?}") };
        let step = finish(&bench, &handle, Factor::Code(recovery_codes[2].clone())).await;
        match expected {
            None => assert_eq!(done(step).0.login, "li.na"),
            Some(expected) => assert_eq!(denial(step), expected),
        }
    }
}

#[store_test]
async fn step_up_asks_for_the_factor_and_nothing_else(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let id = bench.id_of("su.he").await;
    let step = port(&bench).again(id).await.unwrap();
    let AuthStep::NeedFactor(handle) = step else { panic!("{step:?}") };
    assert_eq!(denial(finish(&bench, &handle, code_typed("")).await), Denial::Wrong);
    let code_now = bench.code_of(Role::Secadmin);
    let console = bench.service.login_factor(&secret(handle.expose()), &code_now, &client("10.0.0.1")).await;
    assert_eq!(code(console), "IDN-0419");
    assert_eq!(done(finish(&bench, &handle, code_typed(&code_now)).await).0.account, id);
}

#[store_test]
async fn step_up_is_denied_without_an_active_account_that_has_a_factor(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let member = bench.member("li.na", "李娜", FIRST).await;
    assert_eq!(denial(port(&bench).again(member.id).await.unwrap()), Denial::Wrong, "no factor yet");
    assert_eq!(denial(port(&bench).again(AccountId::new()).await.unwrap()), Denial::Wrong, "nobody");
    bench.first_login("li.na", FIRST, CHOSEN).await.unwrap();
    let step = port(&bench).again(member.id).await.unwrap();
    let AuthStep::NeedFactor(handle) = step else { panic!("{step:?}") };
    disable(&bench, member.id).await;
    assert_eq!(denial(port(&bench).again(member.id).await.unwrap()), Denial::Wrong, "disabled");
    assert_eq!(denial(finish(&bench, &handle, code_typed("123456")).await), Denial::Expired);
}

pub(super) async fn disable(bench: &Bench, id: AccountId) {
    let (secadmin, change) = (bench.principal(Role::Secadmin).await, bench.change().await);
    bench.service.account_disable(&secadmin, id, &change, &client("10.0.0.1")).await.unwrap();
}

#[store_test]
async fn only_an_active_account_is_a_person(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let invited = bench.invite("wang.fang", "王芳", FIRST).await.unwrap();
    assert_eq!(port(&bench).subject(invited.id).await.unwrap(), None);
    let member = bench.member("li.na", "李娜", FIRST).await;
    assert_eq!(port(&bench).subject(member.id).await.unwrap().unwrap().name, "李娜");
    disable(&bench, member.id).await;
    assert_eq!(port(&bench).subject(member.id).await.unwrap(), None);
    assert_eq!(port(&bench).subject(AccountId::new()).await.unwrap(), None);
}

/// Also when the console has no room left and would refuse a second session.
#[store_test]
async fn login_to_an_application_leaves_sessions_of_the_console_alone(db: Db) {
    let config = IdentityConfig { max_sessions: 1, on_second: crate::OnSecond::Refuse, ..IdentityConfig::default() };
    let bench = Bench::with_administrators_and(&db, config).await;
    let opened = bench.sign_in(Role::Secadmin).await;
    let logins = || bench.events().iter().filter(|event| event.starts_with("auth.login login ")).count();
    let before = logins();
    sign_in(&bench, Role::Secadmin).await;
    sign_in(&bench, Role::Sysadmin).await;
    assert!(bench.who(&opened.secret).await.is_some());
    assert_eq!(bench.service.session_list(&bench.principal(Role::Secadmin).await).await.unwrap().len(), 1);
    assert_eq!(logins(), before, "the gateway records the login when it opens its own session");
}

#[store_test]
async fn without_the_store_nobody_is_let_in(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let id = bench.id_of("su.he").await;
    let subject = port(&bench).subject(id).await.unwrap().unwrap();
    sql_any(&db, "ALTER TABLE identity_account RENAME TO identity_account_away").await;
    let (port, unavailable) = (port(&bench), PortError::Unavailable("identity"));
    let password = typed(Bench::password_of(Role::Secadmin).expose());
    assert_eq!(port.begin("su.he", &password, &client("10.0.0.1")).await.unwrap_err(), unavailable);
    assert_eq!(port.subject(id).await.unwrap_err(), unavailable);
    assert_eq!(port.again(id).await.unwrap_err(), unavailable);
    // Who is in already is still vouched for.
    assert!(port.assertion(&subject, "pacs").await.is_ok());
}

async fn sql_any(db: &Db, text: &'static str) {
    let done: Result<u64, medward_store::StoreError> =
        db.write(|tx| Box::pin(async move { medward_store::Statement::new(tx, text).execute().await })).await;
    done.unwrap();
}
