//! First start: the link, the three people, and nothing else.

use medward_store::store_test;

use super::*;

async fn set_up(bench: &Bench, token: &Secret<String>, people: &[NewAdministrator]) -> Result<(), IdentityError> {
    let change = bench.change().await;
    bench.service.setup(token, people, &change, &client("10.0.0.1")).await
}

#[store_test]
async fn link_creates_three_administrators_once_and_is_dead_afterwards(db: Db) {
    let bench = Bench::empty(&db).await;
    assert!(bench.service.setup_required().await.unwrap());
    let token = bench.service.setup_link().await.unwrap().unwrap();
    set_up(&bench, &token, &three()).await.unwrap();

    assert!(!bench.service.setup_required().await.unwrap());
    assert_eq!(code(set_up(&bench, &token, &three()).await), "IDN-0409");
    assert!(bench.service.setup_link().await.unwrap().is_none(), "a second link was made");
    let accounts = bench.service.account_list(None, "", 50).await.unwrap().items;
    let roles: Vec<_> = accounts.iter().map(|one| (one.login.as_str(), one.roles.as_slice())).collect();
    assert_eq!(
        roles,
        [("gu.yan", &[Role::Auditadmin][..]), ("lin.zhou", &[Role::Sysadmin]), ("su.he", &[Role::Secadmin])]
    );
    assert!(accounts.iter().all(|one| one.state == AccountState::Active && !one.second_factor));
}

#[store_test]
async fn each_administrator_chooses_a_new_password_and_enrols_at_first_login(db: Db) {
    let bench = Bench::empty(&db).await;
    let token = bench.service.setup_link().await.unwrap().unwrap();
    set_up(&bench, &token, &three()).await.unwrap();
    let (opened, _) = bench.first_login("lin.zhou", PASSWORDS[0], "Neu-Fluss.31-Brett").await.unwrap();
    assert_eq!(opened.recovery_codes.len(), 10);
    assert_eq!(bench.who(&opened.secret).await.unwrap().roles, [Role::Sysadmin]);
}

#[store_test]
async fn wrong_replaced_and_old_links_are_dead(db: Db) {
    let bench = Bench::empty(&db).await;
    assert_eq!(code(set_up(&bench, &secret("never given out"), &three()).await), "IDN-0410");
    let first = bench.service.setup_link().await.unwrap().unwrap();
    let second = bench.service.setup_link().await.unwrap().unwrap();
    assert_eq!(code(set_up(&bench, &first, &three()).await), "IDN-0410");
    bench.time.advance(Duration::from_hours(24));
    assert_eq!(code(set_up(&bench, &second, &three()).await), "IDN-0410");
    let third = bench.service.setup_link().await.unwrap().unwrap();
    bench.time.advance(Duration::from_hours(24) - Duration::from_secs(1));
    set_up(&bench, &third, &three()).await.unwrap();
}

#[store_test]
async fn link_secret_is_not_stored(db: Db) {
    let bench = Bench::empty(&db).await;
    let token = bench.service.setup_link().await.unwrap().unwrap();
    let mut reader = db.read().await.unwrap();
    let stored = crate::store::setup::setup_get(&mut reader).await.unwrap().unwrap();
    assert_eq!(stored.token_hash, medward_crypto::sha256(token.expose().as_bytes()));
    assert_eq!(token.expose().len(), 43, "256 bits in base64url");
}

#[store_test]
async fn two_hats_on_one_head_are_refused(db: Db) {
    let bench = Bench::empty(&db).await;
    let token = bench.service.setup_link().await.unwrap().unwrap();
    let check = async |change: fn(&mut Vec<NewAdministrator>), expected: &str| {
        let mut people = three();
        change(&mut people);
        assert_eq!(code(set_up(&bench, &token, &people).await), expected);
    };
    check(|people| people[1].name = "林 舟".to_owned(), "IDN-0414").await;
    check(|people| people[1].login = "LIN.Zhou ".to_owned(), "IDN-0414").await;
    check(|people| people[2].role = Role::Secadmin, "IDN-0414").await;
    check(|people| people[2].role = Role::Operator, "IDN-0414").await;
    check(|people| people.truncate(2), "IDN-0414").await;
    check(|people| people.push(three().remove(0)), "IDN-0414").await;
    check(|people| people[0].login = "x".to_owned(), "IDN-0421").await;
    check(|people| people[0].name = " ".to_owned(), "IDN-0421").await;
    assert!(bench.service.setup_required().await.unwrap());
}

#[store_test]
async fn one_weak_password_creates_nobody_and_keeps_the_link(db: Db) {
    let bench = Bench::empty(&db).await;
    let token = bench.service.setup_link().await.unwrap().unwrap();
    let mut people = three();
    people[2].password = password("Aa123456!");
    match set_up(&bench, &token, &people).await.unwrap_err() {
        IdentityError::Password(findings) => assert!(findings.contains(&Finding::Common)),
        other => panic!("{other:?}"),
    }
    assert!(bench.service.setup_required().await.unwrap());
    set_up(&bench, &token, &three()).await.unwrap();
}

#[store_test]
async fn of_many_who_use_the_link_at_once_one_wins(db: Db) {
    let bench = Arc::new(Bench::empty(&db).await);
    let token = bench.service.setup_link().await.unwrap().unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (bench, token) = (bench.clone(), token.clone());
            medward_store::testkit::spawn(async move { set_up(&bench, &token, &three()).await.is_ok() })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += u32::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
    assert_eq!(bench.service.account_list(None, "", 50).await.unwrap().items.len(), 3);
}

#[store_test]
async fn demo_administrators_are_refused_where_accounts_exist(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert_eq!(code(bench.service.demo_administrators(&three()).await), "IDN-0409");
}
