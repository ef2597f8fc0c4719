use medward_contract::id::AccountId;

use super::*;

fn area(path_prefix: &str) -> Area {
    Area { path_prefix: path_prefix.into(), ..Area::default() }
}

fn doctor() -> Subject {
    Subject {
        account: AccountId::new(),
        login: "wang.min".into(),
        name: "王敏".into(),
        roles: vec![Role::Requester],
        clearance: SensitivityLabel::L3,
        departments: vec!["放射科".into()],
        priority: PriorityClass::NORMAL,
    }
}

fn pacs() -> Areas {
    Areas::new(vec![
        Area { label: Some(SensitivityLabel::L2), ..area("/") },
        Area { is_public: true, ..area("/static/") },
        Area { is_polling: true, ..area("/api/unread") },
        Area { label: Some(SensitivityLabel::L4), ..area("/reports/sealed") },
        Area { departments: vec!["放射科".into()], ..area("/reports") },
        Area { roles: vec![Role::Sysadmin], ..area("/Admin") },
        Area { methods: vec!["DELETE".into()], roles: vec![Role::Auditor], ..area("/reports") },
        Area { priority: Some(PriorityClass::LOWEST), ..area("/export") },
    ])
    .unwrap()
}

fn check(method: &str, readings: &[&str], expected: Result<(), Denied>) {
    let areas = pacs();
    let readings: Vec<&[u8]> = readings.iter().map(|path| path.as_bytes()).collect();
    assert_eq!(areas.ask(method.as_bytes(), &readings).admits(&doctor()), expected, "{method} {readings:?}");
}

#[test]
fn every_area_on_the_way_has_to_admit() {
    check("GET", &["/reports/7"], Ok(()));
    check("GET", &["/reports"], Ok(()));
    check("GET", &["/reportsx"], Ok(()));
    check("GET", &["/reports/sealed/7"], Err(Denied::Label));
    check("DELETE", &["/reports/7"], Err(Denied::Role));
    check("GET", &["/admin/users"], Err(Denied::Role));
    check("GET", &["/ADMIN"], Err(Denied::Role));
    check("GET", &["/admin;x=1"], Err(Denied::Role));
    check("GET", &["/admin./x"], Err(Denied::Role));
    check("GET", &["/admin "], Err(Denied::Role));
    check("GET", &["/admin::$DATA"], Err(Denied::Role));
    check("GET", &["/admin.css"], Ok(()));
}

#[test]
fn the_hardest_reading_of_a_path_counts() {
    check("GET", &["/static/..%2fadmin", "/static/..%2fadmin", "/admin"], Err(Denied::Role));
    let areas = pacs();
    let asked = areas.ask(b"GET", &[b"/static/..%2freports/7", b"/reports/7"]);
    assert!(!asked.is_public);
    assert!(areas.ask(b"GET", &[b"/static/logo.png"]).is_public);
    assert!(!areas.ask(b"GET", &[b"/"]).is_public && !areas.ask(b"GET", &[]).is_public);
    assert!(areas.ask(b"GET", &[b"/api/unread"]).is_polling && !areas.ask(b"GET", &[b"/api"]).is_polling);
}

#[test]
fn what_is_closed_for_one_method_is_not_public_for_it_whatever_stands_first() {
    let all = Area { is_public: true, ..area("/x") };
    let post = Area { methods: vec!["POST".into()], label: Some(SensitivityLabel::L4), ..area("/x") };
    for order in [vec![all.clone(), post.clone()], vec![post, all]] {
        let areas = Areas::new(order).unwrap();
        assert!(!areas.ask(b"POST", &[b"/x"]).is_public && areas.ask(b"GET", &[b"/x"]).is_public);
    }
}

#[test]
fn who_may_get_may_ask_for_the_head() {
    let areas = Areas::new(vec![Area { methods: vec!["GET".into()], is_public: true, ..area("/") }]).unwrap();
    assert!(areas.ask(b"HEAD", &[b"/"]).is_public && !areas.ask(b"POST", &[b"/"]).is_public);
}

#[test]
fn method_is_the_same_in_every_case() {
    for method in ["DELETE", "delete", "Delete"] {
        check(method, &["/reports/7"], Err(Denied::Role));
    }
    let areas = Areas::new(vec![Area { methods: vec!["GET".into()], is_public: true, ..area("/") }]).unwrap();
    assert!(areas.ask(b"head", &[b"/"]).is_public && !areas.ask(b"post", &[b"/"]).is_public);
}

#[test]
fn request_stands_in_the_less_important_class_but_for_protected_people() {
    let areas = pacs();
    let class = |path: &[u8], own: u8| {
        let subject = Subject { priority: PriorityClass::new(own).unwrap(), ..doctor() };
        areas.ask(b"GET", &[path]).class_of(&subject).number()
    };
    assert_eq!(class(b"/export/all", 5), 9);
    assert_eq!(class(b"/reports", 5), 5);
    assert_eq!(class(b"/export/all", 1), 1);
    let booking = Area { is_public: true, priority: Some(PriorityClass::NORMAL), ..area("/booking") };
    let areas = Areas::new(vec![Area { is_public: true, ..area("/") }, booking]).unwrap();
    let anybody = |path: &[u8]| areas.ask(b"GET", &[path]).class_of_anybody().number();
    assert_eq!((anybody(b"/booking/7"), anybody(b"/news")), (5, 9));
}

#[test]
fn wrong_areas_are_refused() {
    let new = |areas: Vec<Area>| Areas::new(areas).map(drop);
    for prefix in ["", "admin", "/a b", "/a%20b", "/a;b", "/a?b", "//a", &format!("/{}", "a".repeat(256))] {
        assert_eq!(new(vec![area(prefix)]), Err(AreaError::Prefix(prefix.to_owned())));
    }
    let both = Area { is_public: true, label: Some(SensitivityLabel::L3), ..area("/x") };
    assert_eq!(new(vec![both]), Err(AreaError::PublicAndNot("/x".into())));
    assert_eq!(new(vec![area("/x"), area("/X/")]), Err(AreaError::Twice("/X/".into())));
}
