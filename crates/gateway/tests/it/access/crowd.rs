//! Who waits, who is turned away and who is not when there are more visitors than the application bears (PACS-059, PACS-063).

use medward_contract::Role;
use serde_json::json;

use super::House;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emergencies_go_past_the_waiting_room_and_nobody_waits_for_the_login() {
    let house = House::new(json!({})).await;
    let site = json!({ "name": "RIS", "hosts": ["pacs.local"], "upstreams": [house.backend.url()],
        "settings": { "guard_id": house.guard, "waiting_room": { "max_active": 1, "admissions_per_second": 10 } } });
    let (code, made) = house.rig.call(Role::Secadmin, "POST", "/objects", &site.to_string()).await;
    assert_eq!(code, 201, "{made}");
    let wang = house.login("wang").await;
    assert_eq!(house.get("/", &wang).await.status, 200, "the only place is taken");
    let (batch, emergency) = (house.login("batch").await, house.login("急诊").await);
    assert_eq!(house.get("/", &batch).await.status, 503);
    assert_eq!(house.get("/", &emergency).await.status, 200);
    let api = format!("Accept: application/json\r\nX-Forwarded-For: 203.0.113.9\r\nCookie: {emergency}\r\n");
    assert_eq!(house.send("GET /api", &api, "").await.status, 200);
    let unknown = house.get("/", "").await;
    assert_eq!((unknown.status, unknown.header("location")), (303, Some("/.medward/login?to=%2F")));
    house.rig.recorder.refused(503, "waiting_room", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_whom_nobody_knows_are_turned_away_by_the_class_of_the_area() {
    let house = House::new(json!({ "admit_up_to": 5, "areas": [
        { "path_prefix": "/public", "public": true },
        { "path_prefix": "/public/booking", "public": true, "priority": 5 },
    ] }))
    .await;
    assert_eq!(house.get("/public/booking", "").await.status, 200);
    let shed = house.get("/public/news", "").await;
    assert_eq!((shed.status, shed.header("retry-after")), (503, Some("10")));
    assert!(shed.text().contains("系统繁忙，优先保障急诊"), "{}", shed.text());
    assert_eq!(house.send("GET /public/news", "Accept: application/json\r\n", "").await.status, 503);
    assert_eq!(house.get("/.medward/login?to=/", "").await.status, 200);
    assert_eq!(house.get("/", "").await.status, 303);
    let turned = house.try_login("batch", "/").await;
    assert_eq!((turned.status, turned.header("retry-after")), (503, Some("10")));
    assert!(turned.text().contains("系统繁忙，优先保障急诊"), "{}", turned.text());
    house.rig.recorder.refused(503, "shed", 3).await;
    assert_eq!(house.get("/public/news", &house.login("急诊").await).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_host_of_the_application_logs_nobody_out() {
    let house = House::new(json!({})).await;
    let site = |hosts: &[&str]| {
        json!({ "name": "RIS", "hosts": hosts, "upstreams": [house.backend.url()],
            "settings": { "guard_id": house.guard } })
        .to_string()
    };
    let (code, made) = house.rig.call(Role::Secadmin, "POST", "/objects", &site(&["pacs.local"])).await;
    assert_eq!(code, 201, "{made}");
    let session = house.login("wang").await;
    let path = format!("/objects/{}", made["id"].as_str().unwrap());
    let (code, changed) = house.rig.call(Role::Secadmin, "PUT", &path, &site(&["a.local", "pacs.local"])).await;
    assert_eq!(code, 200, "{changed}");
    assert_eq!(house.get("/", &session).await.status, 200);
}
